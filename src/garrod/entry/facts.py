"""Keeps call facts of a variant file, and calls them again with the packs now in force."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

import orjson

from garrod import __version__
from garrod.adapters.facts.changes import Compared, compare, reasons_for
from garrod.adapters.facts.model import Facts, Origin
from garrod.adapters.facts.read import read_facts
from garrod.adapters.facts.write import writing
from garrod.adapters.outside.read import read_results
from garrod.adapters.packs.importers.carry import genes_of
from garrod.adapters.report.calls import finding_json
from garrod.adapters.vcf.again import not_kept, read_kept
from garrod.adapters.vcf.keep import Keeper
from garrod.adapters.vcf.record import ReadSettings
from garrod.core.errors import InputError
from garrod.core.variant import Assembly
from garrod.entry.wire import Called, Services, Settings, sha256_of, today
from garrod.knowledge.shelf import Shelf
from garrod.science.pgx.outside import OutsideRow
from garrod.science.pgx.people import Sample
from garrod.science.pgx.regions import load_regions

SOFTWARE = f"garrod {__version__}"
CALLING = ("is_flat", "called_at", "min_gq", "min_dp", "prefer")  # settings that calls depend on
MakeServices = Callable[[Settings], Services]


@dataclass(frozen=True, slots=True)
class Kept:
    """A file read with a keeper, and where the facts of its samples go."""

    vcf: Path
    target: Path
    keeper: Keeper


def kept_from(services: Services, vcf: Path, target: Path | None) -> Kept | None:
    """Return a keeper of the regions of all genes in force; None where no facts are wanted."""
    if target is None:
        return None
    positions = services.caller.positions()
    regions = {a: load_regions(services.shelf, positions, a) for a in Assembly}
    return Kept(vcf, target, Keeper(regions))


@contextmanager
def recording(
    services: Services, kept: Kept | None, subjects: Sequence[Sample], outside: Sequence[Path] = ()
) -> Iterator[Callable[[Iterable[Called]], Iterable[Called]]]:
    """Give what the findings pass through on their way out: it writes them to the facts.

    The facts stand at their place only once all of them passed.
    Raises: InputError INP010, OutsideCallError.
    """
    if kept is None or kept.keeper.kept is None:
        yield lambda people: people
        return
    rows = outside_rows(outside, sample=subjects[0].sample if subjects else "")
    with writing(kept.target) as file:
        file.begin(origin_of(services, kept.vcf), kept.keeper.kept, subjects, rows)
        yield file.recorded


def _read_settings(settings: Settings) -> ReadSettings:
    return ReadSettings(settings.min_gq, settings.min_dp)


def origin_of(services: Services, path: Path) -> Origin:
    """Return where the facts of a file come from."""
    told = asdict(services.settings)
    return Origin(
        source=path.name,
        sha256=sha256_of(path),
        called_on=today().isoformat(),
        software=SOFTWARE,
        packs=services.caller.packs,
        settings={name: told[name] for name in CALLING},
    )


def outside_rows(files: Sequence[Path], *, sample: str) -> tuple[OutsideRow, ...]:
    """Return the rows of files of outside calls; of where they lay, the name alone.

    Raises: OutsideCallError.
    """
    rows = (row for file in files for row in read_results(file, sample=sample))
    return tuple(replace(row, file=Path(row.file).name) for row in rows)


def recalled(services: Services, facts: Facts, name: str) -> Iterator[Called]:
    """Yield the samples of some facts, called with the packs that the services have."""
    table = read_kept(
        facts.kept,
        services.caller.positions(),
        settings=_read_settings(services.settings),
        name=name,
    )
    return services.call(table, facts.subjects, rows=facts.outside)


def reinterpreted(paths: Sequence[Path], make: MakeServices) -> Iterator[Compared]:
    """Yield each person of each file of facts, compared with what was stored.

    Raises: InputError INP060, INP061, VcfError.
    """
    known: dict[Settings, Services] = {}
    for path in paths:
        facts = read_facts(path)
        settings = settings_of(facts, path)
        services = known.setdefault(settings, make(settings))
        yield from _compared(services, facts, path)


def settings_of(facts: Facts, path: Path) -> Settings:
    """Return the settings by which facts were called.  Raises: InputError INP061."""
    names = {f.name for f in fields(Settings)}
    unknown = sorted(set(facts.origin.settings) - names)
    if unknown:
        raise InputError(
            f"{path}: was called with settings unknown here ({', '.join(unknown)}); "
            "use the software that wrote it, or a newer one",
            code="INP061",
        )
    told: dict[str, Any] = dict(facts.origin.settings)
    return Settings(**told)


def _compared(services: Services, facts: Facts, path: Path) -> Iterator[Compared]:
    positions = services.caller.positions()
    unkept = set(not_kept(facts.kept, positions))
    by_gene: dict[str, tuple[str, ...]] = {}
    for position in positions:
        if position.id in unkept:
            by_gene[position.gene] = (*by_gene.get(position.gene, ()), position.id)

    def why(gene: str) -> tuple[str, ...]:
        return reasons_for(
            facts.origin.packs,
            services.caller.packs,
            software=(facts.origin.software, SOFTWARE),
            silent=_silent(services.shelf, gene),
        )

    for person, findings in recalled(services, facts, str(path)):
        now = [orjson.loads(orjson.dumps(finding_json(f))) for f in findings]
        was = facts.findings[person.sample]
        changes = compare(person.sample, was, now, why=why, not_kept=by_gene)
        open_genes = {c.gene for c in changes}
        same = sum(f["gene"] not in open_genes for f in now)
        yield Compared(person.sample, facts.origin.source, changes, same)


def _silent(shelf: Shelf, gene: str) -> set[str]:
    """Return the names of the packs on the shelf that extend another, but not by this gene."""
    packs = (shelf.pack(name) for name in shelf.names())
    return {p.manifest.name for p in packs if p.manifest.extends and gene not in genes_of(p.tables)}
