"""Reads kept lines again, as the file that they came from would be read; says what was not kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from garrod.adapters.vcf.alleles import LONGEST_CONTEXT
from garrod.adapters.vcf.gather import Gathering
from garrod.adapters.vcf.header import Header
from garrod.adapters.vcf.keep import Kept, Line
from garrod.adapters.vcf.place import Place, is_near
from garrod.adapters.vcf.read import matrix_of, place_of
from garrod.adapters.vcf.record import ReadSettings, parse_record
from garrod.core.genotype import GenotypeTable
from garrod.core.variant import Position
from garrod.science.pgx.regions import Region


def read_kept(
    kept: Kept, positions: Sequence[Position], *, settings: ReadSettings, name: str
) -> GenotypeTable:
    """Return what the kept lines say at the positions, as the file itself would.

    A position beyond what was kept is not covered, even where a kept block reaches over it: a
    record that says otherwise may stand where nothing was kept.
    Raises: VcfError VCF015-VCF022.
    """
    spelled, length = kept.mitochondrial
    header = Header(
        samples=kept.samples,
        lengths={} if length is None else {"MT": length},
        spelled={"MT": spelled} if spelled else {},
        reference="",
    )
    warnings: list[str] = []
    beyond = frozenset(not_kept(kept, positions))
    place = place_of(header, positions, kept.assembly, warnings, skipped=beyond)
    codes = matrix_of(len(positions), len(kept.samples))
    gathering = Gathering(place, header, kept.samples, codes, settings, name=name)
    for number, raw in _near(place, kept.lines):
        gathering.add(parse_record(raw, line=number, columns=9 + len(kept.samples), name=name))
    return gathering.table(positions, kept.assembly, warnings)


def _near(place: Place, lines: Iterable[Line]) -> Iterator[Line]:
    """Yield the lines that may reach a position."""
    known: dict[bytes, tuple[list[int], list[int]] | None] = {}
    for number, raw in lines:
        contig, pos, _ = raw.split(b"\t", 2)
        if contig not in known:
            known[contig] = place.spans(contig)
        spans = known[contig]
        if spans is not None and is_near(spans, int(pos), raw):
            yield number, raw


def not_kept(kept: Kept, positions: Iterable[Position]) -> tuple[str, ...]:
    """Return the ids of the positions that the kept regions do not hold with all around them.

    An indel may be written some way off (LONGEST_CONTEXT): that stretch must be kept too.
    """
    by_place: dict[str, list[Region]] = {}
    for region in kept.regions:
        by_place.setdefault(region.chromosome, []).append(region)
    missing = []
    for position in positions:
        locus = position.on(kept.assembly)
        if locus is None:
            continue
        first, last = locus.pos - LONGEST_CONTEXT, locus.pos + len(locus.ref) - 1 + LONGEST_CONTEXT
        stretch = position.chromosome, max(first, 1), last
        if not any(region.holds(*stretch) for region in by_place.get(position.chromosome, ())):
            missing.append(position.id)
    return tuple(missing)
