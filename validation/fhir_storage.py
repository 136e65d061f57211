"""Every example stored through the real record, and given back: equal, or refused for a reason.

file -> the path of `garrod record import` -> SQLite -> served -> compared by member, as bytes
Every refusal is listed in fhir_storage.csv with the reason that was looked up in the file. Files
that clash with one another (the same id or NHS number for somebody else) are stored again alone.
"""

from __future__ import annotations

import asyncio
import csv
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from garrod.adapters.fhir.ingest.acts import act
from garrod.adapters.fhir.ingest.find import Ambiguous, Clash, is_same
from garrod.adapters.fhir.ingest.parcel import Parcel, Taken
from garrod.adapters.fhir.ingest.sources import Source, sources
from garrod.adapters.fhir.ingest.take import Taker, take
from garrod.adapters.fhir.ingest.wrap import parcels
from garrod.adapters.fhir.json import many, text
from garrod.adapters.fhir.record.parse import parse
from garrod.adapters.fhir.record.scan import members
from garrod.adapters.fhir.record.splice import rewritten, served, slice_entries
from garrod.adapters.fhir.rest.checked import CheckedCodec, InvalidResource
from garrod.adapters.fhir.validate.issue import Severity
from garrod.adapters.fhir.xml.format import XmlFormat
from garrod.care.govern.access import LOCAL
from garrod.care.record.ports import HistoryOf
from garrod.care.record.service import Record
from garrod.core.errors import InputError
from garrod.core.resource import Version
from garrod.entry.housing import Housing, clock, opened_record
from validation.calling import shelf
from validation.fhir_examples import FHIR
from validation.figures import Figure, at_least, none_of, share, show

LISTED = Path(__file__).with_suffix(".csv")
LEFT_OUT = ("cds-hooks-docs", "r4-definitions")  # no resources one by one
OURS = frozenset(("id", "meta"))


@dataclass(frozen=True, slots=True)
class Refusal:
    """A file that is refused, and the first thing that is wrong with it."""

    source: str
    file: str
    code: str
    message: str

    @property
    def key(self) -> tuple[str, str, str]:
        """Return what identifies a refusal and its cause."""
        return self.source, self.file, self.code


@dataclass(slots=True)
class Tally:
    """What came of the files of one source."""

    files: int = 0
    equal: int = 0
    alone: int = 0  # stored apart from others that they clash with
    warned: int = 0
    resources: int = 0
    unequal: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)  # something failed that nobody foresaw
    refused: list[Refusal] = field(default_factory=list)


class Desk:
    """A record in a folder, and the ways in and out."""

    def __init__(self, codec: CheckedCodec, xml: XmlFormat, record: Record) -> None:
        self.codec, self.xml, self.record = codec, xml, record
        self.taker = Taker(record, codec, LOCAL, clock())

    async def sent(self, source: Source) -> tuple[bytes, list[tuple[Parcel, Taken]]]:
        """Store a file; return its JSON and what came of each parcel."""
        if source.fault is not None:
            raise source.fault
        body = source.body
        if source.is_xml:
            body = self.xml.from_xml(body, is_strict=False)
        found = list(parcels(body, self.codec.checker, is_strict=False))
        return body, [(p, await (act if p.acts else take)(self.taker, p)) for p in found]

    async def is_equal(self, source: Source, body: bytes, parcel: Parcel, taken: Taken) -> bool:
        """Return whether a parcel comes back as it was sent, outside id and meta."""
        if parcel.acts:
            return _acts_equal(parcel.acts, taken.written)
        first = parcel.parts[0]
        for id in (first.own_id, first.made_id):
            page = await self.record.store.history(HistoryOf(first.kind, id, count=200))
            for kept in page.versions if id else ():
                if outside(served(kept)) == outside(first.body):
                    is_xml = source.is_xml and first.body == body
                    return self._is_equal_xml(source, kept) if is_xml else True
                if not taken.written and is_same(first.body, kept):
                    return True  # it was there, as another file wrote it
        return False

    def _is_equal_xml(self, source: Source, kept: Version) -> bool:
        """Elements of XML may have been sent in another order than theirs; the rest is equal."""
        back = parse(self.xml.from_xml(self.xml.to_xml(served(kept))))
        sent = parse(self.xml.from_xml(source.body, is_strict=False))
        return {k: back.get(k) for k in (*back, *sent) if k not in OURS} == {
            k: v for k, v in sent.items() if k not in OURS
        }


def outside(body: bytes) -> list[bytes]:
    """Return the members of a resource as written, but for id and meta."""
    return [body[m.start : m.end] for m in members(body) if m.name not in OURS]


def _acts_equal(bundle: bytes, written: list[Version]) -> bool:
    """Return whether what a transaction wrote is what it was sent, references put in."""
    entries = list(many(parse(bundle), "entry"))
    if len(written) != len(entries):
        return False
    pairs = list(zip(entries, slice_entries(bundle), written, strict=True))
    targets = {text(entry, "fullUrl"): f"{v.kind}/{v.id}" for entry, _, v in pairs}
    return all(outside(rewritten(b, targets)) == outside(served(v)) for _, b, v in pairs)


def _is_example(path: Path) -> bool:
    """Return whether a file may be a resource; two of Synthea's have a quote behind their name."""
    return path.name.strip('"').removesuffix(".gz").endswith((".json", ".xml"))


async def stored(codec: CheckedCodec, xml: XmlFormat, source: str) -> Tally:
    """Return what came of a source."""
    tally = Tally()
    paths = [p for p in sorted((FHIR / source).rglob("*")) if _is_example(p)]
    files = [*sources(paths)]
    async with _desk(codec, xml) as desk:
        apart = [file for file in files if await _one(desk, source, file, tally)]
    for file in apart:
        async with _desk(codec, xml) as desk:
            tally.alone += 1
            if await _one(desk, source, file, tally):
                raise AssertionError(f"{file.place} clashes with nothing")
    return tally


@asynccontextmanager
async def _desk(codec: CheckedCodec, xml: XmlFormat) -> AsyncIterator[Desk]:
    """Open a record that is not kept."""
    with tempfile.TemporaryDirectory() as folder:
        housing = Housing(Path(folder), f"sqlite:///{folder}/record.db", "")
        async with opened_record(housing, codec) as record:
            yield Desk(codec, xml, record)


async def _one(desk: Desk, source: str, file: Source, tally: Tally) -> bool:
    """Count one file; return whether it is to be stored again alone."""
    name = Path(file.place).relative_to(FHIR / source).as_posix()
    try:
        body, done = await desk.sent(file)
    except (Ambiguous, Clash):
        return True
    except InputError as error:
        tally.files += 1
        tally.refused.append(Refusal(source, name, error.code, _said(error)))
        return False
    except Exception as error:
        tally.files += 1
        tally.broken.append(f"{source}/{name}: {type(error).__name__}: {error.__cause__!r}")
        return False
    tally.files += 1
    tally.warned += any(parcel.warnings for parcel, _ in done)
    tally.resources += sum(len(taken.written) for _, taken in done)
    for parcel, taken in done:
        if not await desk.is_equal(file, body, parcel, taken):
            tally.unequal.append(f"{source}/{name}")
            return False
    tally.equal += 1
    return False


def _said(error: InputError) -> str:
    if isinstance(error, InvalidResource):
        first = next(i for i in error.issues if i.severity is Severity.ERROR)
        return f"{first.rule} {first.path}: {first.message}"
    return error.message


def listed() -> dict[tuple[str, str, str], str]:
    """Return the reasons of the refusals that were looked up."""
    if not LISTED.is_file():
        return {}
    with LISTED.open(encoding="utf-8", newline="") as file:
        return {(r["source"], r["file"], r["code"]): r["reason"] for r in csv.DictReader(file)}


def names() -> Iterator[str]:
    """Yield the sources."""
    yield from sorted(p.name for p in FHIR.iterdir() if p.is_dir() and p.name not in LEFT_OUT)


def measure() -> tuple[list[Figure], list[str]]:
    """Return the figures by source, and what has no reason."""
    packs = shelf()
    codec, xml = CheckedCodec(packs, is_strict=False, clock=clock), XmlFormat(packs)
    tallies = {name: asyncio.run(stored(codec, xml, name)) for name in names()}
    reasons, figures = listed(), []
    refused = [r for tally in tallies.values() for r in tally.refused]
    unexplained = [r for r in refused if not reasons.get(r.key)]
    unequal = [name for tally in tallies.values() for name in tally.unequal]
    for name, t in tallies.items():
        told = f"{t.resources:,} resources; {t.warned} with warnings, {t.alone} stored apart"
        figures.append(share(f"{name}: stored and returned equal ({told})", t.equal, t.files))
    whole = Counter[str]()
    for t in tallies.values():
        whole.update(files=t.files, equal=t.equal)
    good = whole["equal"] + len(refused) - len(unexplained)
    broken = [name for tally in tallies.values() for name in tally.broken]
    figures += [
        none_of("refused by a fault of ours", len(broken), whole["files"]),
        none_of("stored, and not returned equal", len(unequal), whole["files"]),
        none_of("refused without a reason looked up", len(unexplained), whole["files"]),
        at_least("returned equal, or refused rightly", good, whole["files"], 100),
    ]
    notes = [f"- fault: {name}" for name in broken[:40]]
    notes += [f"- unequal: {name}" for name in unequal[:40]]
    notes += [f"- {r.source}/{r.file}: {r.code} {r.message[:160]}" for r in unexplained[:400]]
    return figures, notes


def main() -> int:
    """Print the figures."""
    return show("FHIR storage", *measure())


if __name__ == "__main__":
    raise SystemExit(main())
