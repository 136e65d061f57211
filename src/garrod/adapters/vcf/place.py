"""Where the known positions lie on a build, and which records come near them."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence

from garrod.adapters.vcf.alleles import LONGEST_CONTEXT, Window
from garrod.adapters.vcf.header import chromosome_of
from garrod.science.pgx.regions import Region

_END = re.compile(rb"[\t;]END=(\d{1,12})")
_LENGTH = re.compile(rb"[\t;]SVLEN=-?(\d{1,12})")
LONGEST_HEAD = 65_536  # bytes of a line in which its INFO is looked for
REACH = 300  # a record this far before a position is split and looked at
GAP = 20_000  # stretches nearer than this are fetched from an index as one
COPIED = ("CYP2D6",)  # genes whose copy number and hybrids are read. Source: PMID 31401124

Span = tuple[int, int]


class Place:
    """The windows of all positions on one build, by chromosome and in order.

    Records over `kept` regions count as near, whether or not a position lies there.
    """

    __slots__ = ("_kept", "_starts", "_windows", "copied")

    def __init__(self, windows: Iterable[Window], kept: Iterable[Region] = ()) -> None:
        self._windows: dict[str, list[Window]] = {}
        self._kept: dict[str, list[Span]] = {}
        for region in kept:
            self._kept.setdefault(region.chromosome, []).append((region.first, region.last))
        for window in sorted(windows, key=lambda w: w.start):
            self._windows.setdefault(window.position.chromosome, []).append(window)
        self._starts = {c: [w.start for w in ws] for c, ws in self._windows.items()}
        self.copied = {gene: span for gene in COPIED if (span := self._span_of(gene)) is not None}

    def _span_of(self, gene: str) -> tuple[str, int, int] | None:
        found = [w for ws in self._windows.values() for w in ws if w.position.gene == gene]
        if not found:
            return None
        first = found[0].position.chromosome
        return first, min(w.start for w in found), max(w.stop for w in found)

    def windows(self, chromosome: str, first: int, last: int) -> Iterator[Window]:
        """Yield the windows that a record from first to last may speak of."""
        starts = self._starts.get(chromosome)
        if starts is None:
            return
        all_here = self._windows[chromosome]
        for index in range(
            bisect_left(starts, first - LONGEST_CONTEXT), bisect_right(starts, last)
        ):
            if all_here[index].end + 1 >= first:
                yield all_here[index]

    def spans(self, contig: bytes) -> tuple[list[int], list[int]] | None:
        """Return starts and ends of the merged stretches of a contig, None without any."""
        chromosome = chromosome_of(contig.decode("utf-8", "replace"))
        spans = merge(self._spans(chromosome), gap=0)
        return ([s for s, _ in spans], [e for _, e in spans]) if spans else None

    def stretches(self) -> Iterator[tuple[str, int, int]]:
        """Yield chromosome, first and last base of the stretches to fetch from an index."""
        for chromosome in dict.fromkeys((*self._windows, *self._kept)):
            for first, last in merge(self._spans(chromosome), gap=GAP):
                yield chromosome, first, last

    def _spans(self, chromosome: str) -> list[Span]:
        spans = [(w.start, w.end + 1) for w in self._windows.get(chromosome, ())]
        copied = [(first, last) for c, first, last in self.copied.values() if c == chromosome]
        return sorted(spans + copied + self._kept.get(chromosome, []))


def merge(spans: Sequence[Span], *, gap: int) -> list[Span]:
    """Return sorted spans with those nearer than a gap made one."""
    found: list[Span] = []
    for first, last in spans:
        if found and first <= found[-1][1] + gap + 1:
            found[-1] = (found[-1][0], max(last, found[-1][1]))
        else:
            found.append((first, last))
    return found


def is_near(spans: tuple[list[int], list[int]], pos: int, raw: bytes) -> bool:
    """Return whether the record on a line may reach a stretch; False is certain, True is not."""
    starts, ends = spans
    index = bisect_left(ends, pos)
    if index == len(ends):
        return False
    gap = starts[index] - pos
    if gap < REACH or len(raw) > gap:
        return True
    # Looking for plain bytes is many times quicker than the patterns, and most lines have neither.
    end = _END.search(raw, 0, LONGEST_HEAD) if b"END=" in raw else None
    length = _LENGTH.search(raw, 0, LONGEST_HEAD) if end is None and b"SVLEN=" in raw else None
    return (end is not None and int(end[1]) >= starts[index]) or (
        length is not None and int(length[1]) >= gap
    )
