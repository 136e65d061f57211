"""Whether two files of a few hundred places are of one person: what both show there, compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

ENOUGH = 10  # Not clinical: places where one of two differs from the reference
SAME, OTHER = 0.97, 0.9  # Not clinical: alike at so many of them; measured: docs/validation/web.md


@dataclass(frozen=True, slots=True)
class Readings:
    """What a file shows at known places of the autosomes.

    `shows`: by place, the alleles where they are not all the reference; `unread`: places that were
    not read. Every other place was read, and is as the reference.
    """

    shows: Mapping[str, str] = field(default_factory=dict)
    unread: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Likeness:
    """At how many places either of two files differs from the reference; how many are alike."""

    places: int
    alike: int

    @property
    def is_same(self) -> bool:
        """Return whether they look like one person's (or of identical twins)."""
        return self.places >= ENOUGH and self.alike >= SAME * self.places

    @property
    def is_other(self) -> bool:
        """Return whether they are of two people."""
        return self.places >= ENOUGH and self.alike < OTHER * self.places


def likeness(one: Readings, other: Readings) -> Likeness:
    """Return how alike two files are, at the places that both have read.

    Source: arithmetic (the share of places read alike).
    """
    places = (one.shows.keys() | other.shows.keys()) - one.unread - other.unread
    alike = sum(one.shows.get(place) == other.shows.get(place) for place in places)
    return Likeness(len(places), alike)
