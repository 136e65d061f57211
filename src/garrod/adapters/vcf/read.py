"""Reads a variant file once, into the readings of known positions.

lines -> records near a position -> alleles of each position -> one reading per sample, kept as
small codes into a palette per position, so that a cohort costs two bytes a reading.
"""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
import numpy.typing as npt

from garrod.adapters.vcf.alleles import window_of, with_deletions
from garrod.adapters.vcf.assembly import LEAST_HITS, RCRS_LENGTH, contradicted, settle, shown
from garrod.adapters.vcf.gather import Gathering
from garrod.adapters.vcf.header import Header, chosen_samples, read_header
from garrod.adapters.vcf.keep import Keeper
from garrod.adapters.vcf.place import Place, is_near
from garrod.adapters.vcf.record import LONGEST_NUMBER, ReadSettings, parse_record
from garrod.adapters.vcf.source import Source, fetch_lines, lines_of, open_source
from garrod.core.errors import VcfError
from garrod.core.genotype import GenotypeTable
from garrod.core.variant import Assembly, Position
from garrod.science.pgx.regions import Region

DEFAULT_SETTINGS = ReadSettings()
UNSORTED = (
    "VCF012: the file is not sorted by position; every line was read all the same "
    "(sort it, with bcftools sort, before it is indexed)"
)
IN_MEMORY = 20_000_000  # cells; larger tables are kept in a file without a name


def read_genotypes(
    path: Path,
    positions: Sequence[Position],
    *,
    samples: Sequence[str] | None = None,
    assembly: Assembly | None = None,
    settings: ReadSettings = DEFAULT_SETTINGS,
    keeper: Keeper | None = None,
) -> GenotypeTable:
    """Return what a VCF, gVCF or BCF says at the positions, for some or all of its samples.

    `assembly` None means: find out, and refuse when unsure.  A keeper takes in the records over
    its regions.  Raises: VcfError VCF002-VCF022.
    """
    source = open_source(path)
    warnings = list(source.warnings)
    with closing(lines_of(source)) as lines:
        header = read_header(lines, source.name)
        chosen = chosen_samples(header, samples, source.name)
        told = settle(header, assembly, source.name)
        build = told or _shown(source, positions)
        kept = keeper.regions(build) if keeper else ()
        place = place_of(header, positions, build, warnings, kept=kept)
        codes = matrix_of(len(positions), len(chosen))
        gathering = Gathering(place, header, chosen, codes, settings, name=source.name)
        if keeper:
            keeper.start(place, header, chosen, build)
            gathering.keeper = keeper
        if source.index is not None:
            _fetch(source, gathering, header)
        else:
            _scan(lines, gathering, header, warnings)
    if told and gathering.fitting < LEAST_HITS:
        with closing(lines_of(source)) as lines:
            contradicted(lines, positions, told, header, source.name)
    return gathering.table(positions, build, warnings)


def _shown(source: Source, positions: Sequence[Position]) -> Assembly:
    with closing(lines_of(source)) as lines:
        return shown(lines, positions, source.name)


def _fetch(source: Source, gathering: Gathering, header: Header) -> None:
    """Read the lines that stand near a position through the index."""
    with closing(fetch_lines(source, gathering.place.stretches())) as lines:
        for raw in _unique(lines):
            gathering.add(parse_record(raw, line=None, columns=_columns(header), name=source.name))


def _columns(header: Header) -> int:
    return 9 + len(header.samples)


def place_of(
    header: Header,
    positions: Sequence[Position],
    build: Assembly,
    warnings: list[str],
    *,
    kept: Sequence[Region] = (),
    skipped: Collection[str] = (),
) -> Place:
    """Return where the positions lie on a build, but those skipped, and what else is to be kept."""
    made = (window_of(i, p, build) for i, p in enumerate(positions) if p.id not in skipped)
    windows = with_deletions([w for w in made if w is not None])
    length = header.lengths.get("MT", RCRS_LENGTH)
    spelled = header.spelled.get("MT", "")
    if length != RCRS_LENGTH or (
        build is Assembly.GRCH37 and spelled == "chrM" and "MT" not in header.lengths
    ):
        windows = [w for w in windows if w.position.chromosome != "MT"]
        warnings.append("the mitochondrial contig is not rCRS (16,569 bases): it was not read")
    return Place(windows, kept)


def matrix_of(rows: int, columns: int) -> npt.NDArray[np.uint16]:
    """Return a table of codes, all of them "not covered"."""
    if rows * columns <= IN_MEMORY:
        return np.zeros((rows, columns), dtype=np.uint16)
    with tempfile.TemporaryFile() as file:
        return np.memmap(file, dtype=np.uint16, mode="w+", shape=(rows, columns))


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
    number, contig, last, unsorted = header.lines, b"", 0, 0
    left: set[bytes] = set()
    spans, tail = None, b""
    for number, raw in enumerate(lines, header.lines + 1):
        head = raw.split(b"\t", 2)
        if len(head) < 3 or not head[1].isdigit() or len(head[1]) > LONGEST_NUMBER:
            if raw.strip() and not raw.startswith(b"#"):
                parse_record(raw, line=number, columns=columns, name=name)
            continue
        pos, tail = int(head[1]), raw
        if head[0] != contig:
            left.add(contig)
            contig, last = head[0], 0 if head[0] not in left else pos + 1
            spans = gathering.place.spans(contig)
        if pos < last:
            unsorted = unsorted or number
        last = pos
        if spans and is_near(spans, pos, raw):
            gathering.add(parse_record(raw, line=number, columns=columns, name=name))
    if number == header.lines:
        raise VcfError(
            f"{name}: holds no record at all; ask its sender for the whole file", code="VCF018"
        )
    if tail:  # a file that was cut off shows it on its last line
        parse_record(tail, line=number, columns=columns, name=name)
    if unsorted:
        warnings.append(f"{UNSORTED}; the first record out of order is on line {unsorted}")
