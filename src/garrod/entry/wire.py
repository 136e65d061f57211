"""Builds what the doors need: the shelf, the caller, the advisers. Imports no door."""

from __future__ import annotations

import hashlib
import os
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from garrod.adapters.fhir.draft import with_orders
from garrod.adapters.outside.read import read_results
from garrod.adapters.packs.site import folders_in_force, shelf_in_force
from garrod.adapters.vcf.keep import Keeper
from garrod.adapters.vcf.read import read_genotypes
from garrod.adapters.vcf.record import ReadSettings
from garrod.care.decide.knowledge import Knowledge, load_knowledge
from garrod.care.decide.model import Decision
from garrod.care.decide.policy import PACK
from garrod.care.decide.service import decide, look_ahead
from garrod.care.record.ports import Store
from garrod.core.advice import Advice
from garrod.core.errors import UsageError
from garrod.core.finding import GeneFinding
from garrod.core.genotype import GenotypeTable
from garrod.core.medicine import Proposal
from garrod.core.person import Person
from garrod.core.variant import Assembly
from garrod.knowledge.shelf import Shelf
from garrod.science.pgx.outside import OutsideRow, findings_from, unused_genes
from garrod.science.pgx.people import Caller, Sample, call_people, load_caller

if TYPE_CHECKING:
    from garrod.adapters.fhir.record.codec import FhirCodec

Called = tuple[Sample, tuple[GeneFinding, ...]]


@dataclass(frozen=True, slots=True)
class Settings:
    """What a site or a run may choose; read in `entry` and handed down."""

    is_flat: bool = False
    called_at: float = 0.95
    min_gq: float = 20
    min_dp: float = 8
    policy: str = PACK  # a nation's policy pack: order of sources, tests, tiers
    prefer: bool | None = None  # published preferences (NAT2); None: with the population prior
    packs: Path | None = field(default_factory=lambda: folder_named())  # the site's own packs


class Services:
    """The services of one run, each built when first asked for."""

    def __init__(self, settings: Settings | None = None, shelf: Shelf | None = None) -> None:
        self.settings = settings or Settings()
        self._given = shelf
        self.unused: list[str] = []  # genes that a program reported and nothing here knows

    @cached_property
    def shelf(self) -> Shelf:
        """The packs in force: the shipped ones, and those that the site activated."""
        return self._given or shelf_in_force(self.settings.packs)

    @cached_property
    def caller(self) -> Caller:
        """The pharmacogene caller."""
        s = self.settings
        return load_caller(self.shelf, is_flat=s.is_flat, called_at=s.called_at, prefer=s.prefer)

    @cached_property
    def knowledge(self) -> Knowledge:
        """What the advisers reason over."""
        return load_knowledge(self.shelf, self.settings.policy)

    def take(self, fresh: Services) -> None:
        """Reason from now on over the knowledge that other services have read."""
        new = {"shelf": fresh.shelf, "caller": fresh.caller, "knowledge": fresh.knowledge}
        self.__dict__.update(_given=fresh.shelf, **new)

    def read(
        self,
        path: Path,
        *,
        samples: Sequence[str] = (),
        assembly: Assembly | None = None,
        keeper: Keeper | None = None,
    ) -> GenotypeTable:
        """Return the readings of a variant file; a keeper takes its lines.  Raises: VcfError."""
        return read_genotypes(
            path,
            self.caller.positions(),
            samples=samples or None,
            assembly=assembly,
            settings=ReadSettings(self.settings.min_gq, self.settings.min_dp),
            keeper=keeper,
        )

    def call(
        self,
        table: GenotypeTable,
        subjects: Sequence[Sample],
        outside: Sequence[Path] = (),
        rows: Sequence[OutsideRow] = (),
    ) -> Iterator[Called]:
        """Yield the findings of each sample.  Raises: OutsideCallError, UsageError."""
        if outside and len(subjects) != 1:
            raise UsageError(
                f"--outside speaks of one person, {len(subjects)} samples were chosen; "
                "name one with --sample"
            )
        who = subjects[0] if subjects else Sample("")
        given = self.outside_findings(outside, rows, sex=who.sex, sample=who.sample)
        return call_people(self.caller, table, subjects, outside=given or None)

    def outside_findings(
        self,
        files: Sequence[Path],
        rows: Sequence[OutsideRow] = (),
        *,
        sex: str,
        sample: str | None = None,
    ) -> dict[str, GeneFinding]:
        """Return the findings of outside calls, by gene.  Raises: OutsideCallError."""
        every = [*(row for f in files for row in read_results(f, sample=sample)), *rows]
        self.unused += unused_genes(every, self.caller.definitions)
        return findings_from(every, self.caller.definitions, self.caller.phenotyping, sex=sex)

    def answer(self, person: Person, proposal: Proposal, *, today: date) -> Decision:
        """Return the decision, each option with its draft order."""
        found = decide(self.knowledge, person, proposal, today=today)
        return replace(found, advice=tuple(with_orders(a, person) for a in found.advice))

    def ahead(self, person: Person, *, today: date) -> tuple[Advice, ...]:
        """Return the advice for medicines that the person does not take."""
        return look_ahead(self.knowledge, person, today=today)


async def store_at(url: str, clock: Callable[[], datetime]) -> Store:
    """Return the record's store at a url.  Raises: UsageError, OutsideError (see open_store)."""
    from garrod.adapters.store import open_store

    return await open_store(url, clock=clock)


async def flaws_of(
    store: Store, codec: FhirCodec, *, mend: bool = False, whole: bool = False
) -> AsyncIterator[tuple[str, str, bool]]:
    """Yield the part, words and whether it was mended of what is not as it should be in a store.

    `mend`: search rows are made anew; `whole`: the words may hold names and numbers of people.
    Raises: OutsideError STO003 to STO005.
    """
    from garrod.adapters.fhir.lines.proof import FhirMeaning
    from garrod.adapters.store.rebuild import rebuild
    from garrod.adapters.store.verify import verify

    meaning = FhirMeaning(codec)
    if mend:
        async for flaw, is_mended in rebuild(store, meaning):
            yield flaw.part.value, flaw.words(whole=whole), is_mended
    else:
        async for flaw in verify(store, meaning):
            yield flaw.part.value, flaw.words(whole=whole), False


async def stale_labels(
    store: Store, codec: FhirCodec, *, mend: bool = False
) -> AsyncIterator[tuple[str, str]]:
    """Yield kind and id of what is found by other labels than those in force; `mend`: no longer.

    Raises: OutsideError STO003 to STO005.
    """
    from garrod.adapters.fhir.lines.proof import FhirMeaning
    from garrod.adapters.store.relabel import relabel

    async for flaw in relabel(store, FhirMeaning(codec), is_mended=mend):
        yield flaw.kind, flaw.id


async def back_up(url: str, to: Path, *, force: bool) -> None:
    """Write a backup of the record at a url.  Raises: UsageError, OutsideError (see backup)."""
    from garrod.adapters.store.backup import backup

    await backup(url, to, force=force)


def check_free(*files: Path, force: bool) -> None:
    """Raise UsageError STO014 where a file is there that may not be overwritten."""
    from garrod.adapters.store import faults

    for file in files:
        if file.exists() and not force:
            raise faults.is_there(file.name)


async def bring_back(source: Path, url: str, *, clock: Callable[[], datetime], force: bool) -> None:
    """Make the record at a url that of a backup.  Raises: UsageError, OutsideError."""
    from garrod.adapters.store.backup import restore

    await restore(source, url, clock=clock, force=force)


def check_backup(source: Path) -> None:
    """Return where a file is a whole backup.  Raises: InputError STO013, OutsideError STO015."""
    from garrod.adapters.store.backup import check

    check(source)


def folder_named() -> Path | None:
    """Return the folder of the site's packs that the environment names, or None."""
    named = os.environ.get("GARROD_PACKS")
    return Path(named) if named else None


def now() -> str:
    """Return the time (UTC, ISO 8601, to the second) at which something is done."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def today() -> date:
    """Return today's date (UTC): the one place where the date is read."""
    return datetime.now(UTC).date()


def sha256_of(path: Path) -> str:
    """Return the sha256 of a file's bytes, as hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


BEFORE: list[Services] = []  # of a command that goes on as a server, in the same process


def services_before() -> Services:
    """Return the services of a server; what a command of this process has read is not read again.

    Where other packs are in force by now, all is read anew.
    """
    found = Services()
    old = BEFORE.pop() if BEFORE else None
    if old is not None and _reads_as(old.settings, found.settings):
        read = {"shelf": old.shelf, "caller": old.caller, "knowledge": old.knowledge}
        found.__dict__.update(read)
    return found


def _reads_as(one: Settings, other: Settings) -> bool:
    are_alike = replace(one, packs=None) == replace(other, packs=None)
    return are_alike and folders_in_force(one.packs) == folders_in_force(other.packs)
