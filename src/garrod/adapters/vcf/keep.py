"""What a file says over the regions of the genes, kept so that it can be read again without it.

lines over a region -> pruned to what the reader looks at -> kept (read again in again.py)

A kept line has its number in the file, so that a finding made from it has the same proof. What the
file does not mention is not kept either: there it stays not covered.
"""

from __future__ import annotations

import zlib
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from garrod.adapters.vcf.copies import stop_of
from garrod.adapters.vcf.header import Header
from garrod.adapters.vcf.place import Place
from garrod.adapters.vcf.record import Record
from garrod.core.variant import Assembly
from garrod.science.pgx.regions import Region

KEYS = ("GT", "PS", "GQ", "RGQ", "DP", "MIN_DP", "FT", "CN")  # of FORMAT: what is looked at
INFO = ("END", "SVTYPE", "REFLEN", "SVLEN")
NAMED = "CYP2D6*"  # an INFO value that names a hybrid
CHUNK = 1_000_000  # bytes of lines that are packed together, so that a cohort's take little room
Line = tuple[int | None, bytes]


@dataclass(frozen=True, slots=True)
class Kept:
    """The lines of a file over some regions, and what of its header reading needs."""

    assembly: Assembly
    samples: tuple[str, ...]
    regions: tuple[Region, ...]
    lines: Iterable[Line]
    mitochondrial: tuple[str, int | None] = ("", None)  # the contig as spelled, its length


class Keeper:
    """Keeps the lines over the regions of whichever build the file turns out to be on."""

    def __init__(self, regions: Mapping[Assembly, tuple[Region, ...]]) -> None:
        self._regions = regions
        self._open = bytearray()
        self._packed: list[bytes] = []
        self._spans: dict[str, tuple[list[int], list[int]] | None] = {}
        self._place: Place | None = None
        self.kept: Kept | None = None

    def regions(self, assembly: Assembly) -> tuple[Region, ...]:
        """Return the regions on a build."""
        return self._regions[assembly]

    def start(self, place: Place, header: Header, samples: tuple[str, ...], at: Assembly) -> None:
        """Get ready for the records of one file."""
        self._place = place
        mitochondrial = header.spelled.get("MT", ""), header.lengths.get("MT")
        self.kept = Kept(at, samples, self.regions(at), self, mitochondrial)

    def take(self, record: Record, cells: Sequence[bytes]) -> None:
        """Keep a record when it reaches into a region or to a known position."""
        if self._is_within(record):
            number = str(record.line or "").encode()
            self._open += number + b"\t" + pruned(record, cells) + b"\n"
            if len(self._open) > CHUNK:
                self._packed.append(zlib.compress(self._open, 1))
                self._open.clear()

    def _is_within(self, record: Record) -> bool:
        if record.contig not in self._spans:
            found = self._place.spans(record.contig.encode()) if self._place else None
            self._spans[record.contig] = found
        spans = self._spans[record.contig]
        if spans is None:
            return False
        index = bisect_left(spans[1], record.pos)
        return index < len(spans[1]) and spans[0][index] <= max(record.end, stop_of(record))

    def __iter__(self) -> Iterator[Line]:
        """Yield the kept lines in the order in which they were read."""
        for chunk in (*map(zlib.decompress, self._packed), bytes(self._open)):
            for raw in chunk.split(b"\n")[:-1]:
                number, _, line = raw.partition(b"\t")
                yield (int(number) if number else None), line


def pruned(record: Record, cells: Sequence[bytes]) -> bytes:
    """Return a record as a line with nothing but what the reader looks at."""
    wanted = [n for n, key in enumerate(record.keys) if key in KEYS]
    info = [i for i in record.info.split(";") if i.partition("=")[0] in INFO or NAMED in i]
    fields = (
        *(record.contig, str(record.pos), ".", record.ref, ",".join(record.alts) or ".", "."),
        *(record.filter, ";".join(info) or ".", ":".join(record.keys[n] for n in wanted) or "."),
    )
    short: dict[bytes, bytes] = {}
    if len(wanted) != len(record.keys):
        for cell in set(cells):
            parts = cell.split(b":")
            short[cell] = b":".join(parts[n] for n in wanted if n < len(parts))
    return b"\t".join([*(f.encode() for f in fields), *(short.get(c, c) for c in cells)])
