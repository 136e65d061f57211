"""Where each gene lies, on both builds: what a file says there is kept with its calls.

A gene's region reaches over its exons and some way beyond. A position that lies elsewhere has a
small region of its own; a gene without a row has the stretch from its first position to its last.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from garrod.core.variant import Assembly, Position
from garrod.knowledge.shelf import Shelf

PACK = "pgx-regions"
MARGIN = 300  # Not clinical: bases kept about a position, so that a long indel there is whole


@dataclass(frozen=True, slots=True)
class Region:
    """A stretch of one build, 1-based and closed, that belongs to a gene."""

    gene: str
    chromosome: str
    first: int
    last: int

    def holds(self, chromosome: str, first: int, last: int) -> bool:
        """Return whether a stretch lies inside it."""
        return chromosome == self.chromosome and self.first <= first and last <= self.last


def load_regions(
    shelf: Shelf, positions: Iterable[Position], assembly: Assembly
) -> tuple[Region, ...]:
    """Return the regions of the genes that have positions, on one build, sorted by place.

    Source: pack pgx-regions.
    """
    placed: dict[str, list[Region]] = {}
    for position in positions:
        locus = position.on(assembly)
        if locus is not None:
            first, last = locus.pos - MARGIN, locus.pos + len(locus.ref) - 1 + MARGIN
            region = Region(position.gene, position.chromosome, max(first, 1), last)
            placed.setdefault(position.gene, []).append(region)
    stated = {region.gene: region for region in _stated(shelf, assembly)}
    found = [r for gene, places in placed.items() for r in _of_gene(stated.get(gene), places)]
    return tuple(sorted(found, key=lambda r: (r.chromosome, r.first, r.gene)))


def _of_gene(stated: Region | None, places: list[Region]) -> list[Region]:
    """Return a gene's own region, and those of its positions that lie outside it."""
    if stated is None:
        return [_around(places)]
    return [stated, *(p for p in places if not stated.holds(p.chromosome, p.first, p.last))]


def _stated(shelf: Shelf, assembly: Assembly) -> Iterable[Region]:
    if PACK not in shelf.names():
        return
    first, last = ("first38", "last38") if assembly is Assembly.GRCH38 else ("first37", "last37")
    for row in shelf.rows(PACK, "regions"):
        if row[first]:
            yield Region(row["gene"], row["chromosome"], int(row[first]), int(row[last]))


def _around(places: list[Region]) -> Region:
    """Return the stretch from the first base to the last of a gene's places."""
    gene, chromosome = places[0].gene, places[0].chromosome
    return Region(gene, chromosome, min(r.first for r in places), max(r.last for r in places))
