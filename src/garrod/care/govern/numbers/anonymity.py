"""How well people are hidden among each other: k-anonymity, l-diversity, and the worst cells.

people as rows of values, what others may know of them, what is sensitive -> Report
Source: Sweeney 2002, doi 10.1142/S0218488502001648 (k); Machanavajjhala et al. 2007,
doi 10.1145/1217299.1217302 (l, distinct; unchecked)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

WORST = 10  # Not clinical: how many cells a report names


@dataclass(frozen=True, slots=True)
class Group:
    """People whom nobody can tell apart by what is known; `diversity`: their sensitive values."""

    values: tuple[str, ...]
    size: int
    diversity: int


@dataclass(frozen=True, slots=True)
class Report:
    """What a release would let others tell. k and l are 0 where there is nobody."""

    people: int
    k: int
    l: int  # noqa: E741 - the field's name for it
    alone: int  # people who are the only ones of their group
    below: int  # people in groups of fewer than the k that is asked for
    groups: int
    worst: tuple[Group, ...]


def anonymity(
    people: Iterable[Mapping[str, Iterable[str]]],
    known: Sequence[str],
    sensitive: str = "",
    *,
    wanted: int = 8,
) -> Report:
    """Return how many share what is known of each person.

    A person is their values by name; more than one of a name count together. Nothing said is a
    value too. Without `sensitive`, l is 0.
    """
    sizes: dict[tuple[str, ...], int] = {}
    seen: dict[tuple[str, ...], set[tuple[str, ...]]] = {}
    for person in people:
        place = tuple(" + ".join(sorted(person.get(name, ()))) for name in known)
        sizes[place] = sizes.get(place, 0) + 1
        if sensitive:
            seen.setdefault(place, set()).add(tuple(sorted(person.get(sensitive, ()))))
    found = [Group(place, size, len(seen.get(place, ()))) for place, size in sizes.items()]
    found.sort(key=lambda g: (g.size, g.diversity, g.values))
    return Report(
        people=sum(sizes.values()),
        k=min(sizes.values(), default=0),
        l=min((g.diversity for g in found), default=0),
        alone=sum(1 for g in found if g.size == 1),
        below=sum(g.size for g in found if g.size < wanted),
        groups=len(found),
        worst=tuple(found[:WORST]),
    )
