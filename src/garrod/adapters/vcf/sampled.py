"""Draws places of a variant file evenly, to ask whose sample it is and whether it is one person's.

lines -> every nth of them -> single bases of the autosomes -> copies and reads (numpy)

Every line is passed, few are looked at: where too many places came together, every second of them
goes, and n doubles. So the places lie all over the genome, and a whole genome takes little room.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from garrod.adapters.vcf.header import chromosome_of, read_header
from garrod.adapters.vcf.record import NON_REF, PASSING, whole
from garrod.adapters.vcf.source import lines_of, open_source

MOST = 20_000  # Not clinical: places that are kept; up to twice as many while they are drawn
OTHERS = 500  # Not clinical: other samples of the file that are looked at
LEAST_GQ = 20  # Not clinical: as in ReadSettings; a genotype of less is not compared
AUTOSOMES = frozenset(map(str, range(1, 23)))
BASES = frozenset((b"A", b"C", b"G", b"T"))
UNTOLD = (-1, -1)
UNREAD = 255  # a byte that is -1 as a signed one
_COPIES = {
    first + mark + second: int(first == b"1") + int(second == b"1")
    for mark in (b"/", b"|")
    for first in (b"0", b"1")
    for second in (b"0", b"1")
}
_PASSING = frozenset(word.encode() for word in PASSING)
_NON_REF = frozenset(word.encode() for word in NON_REF)
_Row = tuple[bytes, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Sampled:
    """What a file shows at places drawn of it: of the chosen sample, and of others in the file.

    `copies`: shape (places, samples), how many of two alleles differ from the reference, -1 where
    not read; the chosen sample is the first. `reads`: shape (places, 2), the chosen sample's reads
    of the reference and of the other allele, -1 where not told. `left_out`: samples not looked at.
    """

    samples: tuple[str, ...]
    copies: npt.NDArray[np.int8]
    reads: npt.NDArray[np.int32]
    left_out: int = 0


@dataclass(slots=True)
class _Draw:
    """The columns that are looked at, and the rows that were drawn so far."""

    columns: tuple[int, ...]  # of the line; the chosen sample's is the first
    most: int
    step: int = 1
    rows: list[_Row] = field(default_factory=list)
    _known: dict[bytes, bool] = field(default_factory=dict)

    def take(self, lines: Iterable[bytes]) -> None:
        for number, raw in enumerate(lines):
            if number % self.step:
                continue
            row = self._row(raw.split(b"\t"))
            if row is not None:
                self.rows.append(row)
                if len(self.rows) >= 2 * self.most:
                    self.rows = self.rows[::2]
                    self.step *= 2

    def _row(self, fields: list[bytes]) -> _Row | None:
        if len(fields) <= max(self.columns) or not self._is_autosome(fields[0]):
            return None
        others = [a for a in fields[4].upper().split(b",") if a not in _NON_REF]
        if fields[3].upper() not in BASES or len(others) != 1 or others[0] not in BASES:
            return None
        keys = fields[8].split(b":")
        if fields[6] not in _PASSING or keys[0] != b"GT":
            return None
        copies = bytearray(_COPIES.get(fields[n].partition(b":")[0], UNREAD) for n in self.columns)
        if not (1 in copies or 2 in copies):
            return None  # all are as the reference: it tells of nobody
        told = dict(zip(keys, fields[self.columns[0]].decode("latin-1").split(":"), strict=False))
        if (whole(told.get(b"GQ", "")) or LEAST_GQ) < LEAST_GQ or told.get(
            b"FT", "."
        ) not in PASSING:
            copies[0] = UNREAD
        return bytes(copies), _reads(told)

    def _is_autosome(self, contig: bytes) -> bool:
        if contig not in self._known:
            self._known[contig] = chromosome_of(contig.decode("latin-1")) in AUTOSOMES
        return self._known[contig]


def _reads(told: dict[bytes, str]) -> tuple[int, int]:
    """Return the reads of the reference and of the other allele; UNTOLD where they are not told.

    Some count reads of each called allele instead, twice the same where both are alike: such are
    more than the depth.
    """
    counted = told.get(b"AD", "").split(",")
    if len(counted) < 2:
        counted = [told.get(b"RO", ""), told.get(b"AO", "")]
    reference, other = whole(counted[0]), whole(counted[1])
    if reference is None or other is None:
        return UNTOLD
    depth = whole(told.get(b"DP", ""))
    if depth is not None and reference + other > depth:
        return UNTOLD
    return reference, other


def sampled(path: Path, sample: str, *, most: int = MOST) -> Sampled:
    """Return what a file shows at places drawn evenly of it.

    Raises: VcfError VCF002-VCF010 (as reading does), ValueError where the file has no such sample.
    """
    with closing(lines_of(open_source(path))) as lines:
        names = read_header(lines, str(path)).samples
        chosen = names.index(sample)
        others = [n for n in range(len(names)) if n != chosen][:OTHERS]
        columns = (chosen, *others)
        draw = _Draw(tuple(9 + n for n in columns), most)
        draw.take(lines)
    rows = draw.rows
    return Sampled(
        tuple(names[n] for n in columns),
        np.frombuffer(b"".join(copies for copies, _ in rows), np.int8).reshape(-1, len(columns)),
        np.array([reads for _, reads in rows], np.int32).reshape(len(rows), 2),
        left_out=len(names) - len(columns),
    )
