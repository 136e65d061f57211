"""Reads a variant file once, into the readings of known positions.

lines -> records near a position -> alleles of each position -> one reading per sample, kept as
small codes into a palette per position, so that a cohort costs two bytes a reading.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from garrod.adapters.vcf.alleles import window_of
from garrod.adapters.vcf.assembly import RCRS_LENGTH, settle, shown
from garrod.adapters.vcf.gather import Gathering
from garrod.adapters.vcf.header import Header, chosen_samples, read_header
from garrod.adapters.vcf.place import Place, is_near
from garrod.adapters.vcf.record import ReadSettings, parse_record
from garrod.adapters.vcf.source import (
    Region,
    check_file,
    check_whole,
    fetch_lines,
    index_of,
    is_bcf,
    is_gzip,
    lines_of,
)
from garrod.core.errors import VcfError
from garrod.core.genotype import GenotypeTable
from garrod.core.variant import Assembly, Position

DEFAULT_SETTINGS = ReadSettings()
IN_MEMORY = 200_000_000  # cells; larger tables are kept in a file without a name


def read_genotypes(
    path: Path,
    positions: Sequence[Position],
    *,
    samples: Sequence[str] | None = None,
    assembly: Assembly | None = None,
    settings: ReadSettings = DEFAULT_SETTINGS,
) -> GenotypeTable:
    """Return what a VCF, gVCF or BCF says at the positions, for some or all of its samples.

    `assembly` None means: find out, and refuse when unsure.  Raises: VcfError VCF002-VCF021.
    """
    check_file(path)
    if is_gzip(path):
        check_whole(path)
    lines = lines_of(path)
    header = read_header(lines, str(path))
    chosen = chosen_samples(header, samples, str(path))
    build = settle(header, assembly, str(path)) or shown(lines_of(path), positions, str(path))
    warnings: list[str] = []
    place = _place(header, positions, build, warnings)
    codes = _matrix(len(positions), len(chosen))
    gathering = Gathering(place, header, chosen, codes, settings, str(path))
    index = index_of(path) if not is_bcf(path) else None
    if index is not None:
        for raw in _unique(fetch_lines(path, _regions(place, header))):
            gathering.add(parse_record(raw, line=None, columns=_columns(header), name=str(path)))
    else:
        _scan(lines, gathering, header, warnings)
    return gathering.table(positions, build, warnings)


def _columns(header: Header) -> int:
    return 9 + len(header.samples)


def _place(
    header: Header, positions: Sequence[Position], build: Assembly, warnings: list[str]
) -> Place:
    windows = [window_of(i, p, build) for i, p in enumerate(positions)]
    kept = [w for w in windows if w is not None]
    length = header.lengths.get("MT", RCRS_LENGTH)
    spelled = header.spelled.get("MT", "")
    if length != RCRS_LENGTH or (
        build is Assembly.GRCH37 and spelled == "chrM" and "MT" not in header.lengths
    ):
        kept = [w for w in kept if w.position.chromosome != "MT"]
        warnings.append("the mitochondrial contig is not rCRS (16,569 bases): it was not read")
    return Place(kept)


def _matrix(rows: int, columns: int) -> npt.NDArray[np.uint16]:
    if rows * columns <= IN_MEMORY:
        return np.zeros((rows, columns), dtype=np.uint16)
    with tempfile.TemporaryFile() as file:
        return np.memmap(file, dtype=np.uint16, mode="w+", shape=(rows, columns))


def _regions(place: Place, header: Header) -> list[Region]:
    """Return the stretches of the file to fetch, in the file's own spelling of contigs."""
    return [
        (contig, max(1, first), last)
        for chromosome, first, last in place.stretches()
        for contig in _spellings(chromosome, header)
    ]


def _spellings(chromosome: str, header: Header) -> tuple[str, ...]:
    if chromosome in header.spelled:
        return (header.spelled[chromosome],)
    return (f"chr{chromosome}", chromosome) if chromosome != "MT" else ("chrM", "MT")


def _unique(lines: Iterator[bytes]) -> Iterator[bytes]:
    """Yield each record once, though neighbouring stretches may both bring it."""
    seen: set[int] = set()
    for line in lines:
        mark = hash(line)
        if mark not in seen:
            seen.add(mark)
            yield line


def _scan(
    lines: Iterator[bytes], gathering: Gathering, header: Header, warnings: list[str]
) -> None:
    """Read every line, splitting only those that stand near a position."""
    name, columns = gathering.name, _columns(header)
    number, contig, last, is_sorted = header.lines, b"", 0, True
    spans = gathering.place.spans(b"")
    for number, raw in enumerate(lines, header.lines + 1):
        head = raw.split(b"\t", 2)
        if len(head) < 3 or not head[1].isdigit():
            if raw.strip() and not raw.startswith(b"#"):
                parse_record(raw, line=number, columns=columns, name=name)
            continue
        pos = int(head[1])
        if head[0] != contig:
            contig, last = head[0], 0
            spans = gathering.place.spans(contig)
        is_sorted = is_sorted and pos >= last
        last = pos
        if spans and is_near(spans, pos, raw):
            gathering.add(parse_record(raw, line=number, columns=columns, name=name))
    if number == header.lines:
        raise VcfError(
            f"{name}: holds no record at all; ask its sender for the whole file", code="VCF018"
        )
    if not is_sorted:
        warnings.append("the file is not sorted by position; every line was read all the same")
