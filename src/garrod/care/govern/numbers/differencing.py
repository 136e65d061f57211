"""Whether a new answer, beside those already given, would be one about a handful of people.

people as bits of a number: what was shown before, what would be shown now -> is it too near?

Too near is what differs by 1 to 7 people from what was shown, from everybody but that, from a union
of cells shown in one table (and of what is left of its population, and of everybody), from what is
left of a total, and from the sum or the difference of two populations shown.
Source: Denning and Schloerer 1980, doi 10.1145/356810.356813 (trackers; unchecked)
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from garrod.care.govern.numbers.suppress import SMALL

People = int  # bit n: the person who has the number n in a data set

REFUSED = (
    "this answer, beside answers that were given before, would be about too few people. "
    "Ask about a group that differs by more, or ask with noise."
)


@dataclass(frozen=True, slots=True)
class Shown:
    """What one answer showed: its population, its cells that overlap nowhere, and every sum of it.

    Of cells and sums only those are here that were shown; hidden ones tell nothing.
    """

    population: People
    cells: tuple[People, ...] = ()
    sums: tuple[People, ...] = ()

    def every(self) -> Iterable[People]:
        """Return each group of people of which a count was shown."""
        yield self.population
        yield from self.cells
        yield from self.sums


def is_too_near(new: Shown, before: Sequence[Shown], everybody: People) -> bool:
    """Return whether what is new must not be shown after what was shown before."""
    groups = {group for group in new.every() if group.bit_count() > SMALL}
    if any(_is_near(group, everybody) for group in groups):
        return True
    groups -= {group for old in before for group in old.every()}  # told already: nothing new
    return any(
        _is_near_one(group, old, everybody) for group in groups for old in before
    ) or _is_near_two(groups, [old.population for old in before])


def _is_near(one: People, other: People) -> bool:
    return 0 < (one ^ other).bit_count() <= SMALL


def _is_near_one(group: People, old: Shown, everybody: People) -> bool:
    """Return whether a group is near what one answer showed, or near a union of its cells."""
    if any(_is_near(group, known) or _is_near(group, everybody ^ known) for known in old.every()):
        return True
    shown = 0
    for cell in old.cells:
        shown |= cell
    if any(_is_near(group, sum_ & ~shown) for sum_ in old.sums):  # a total less what it shows
        return True
    distance = 0
    inside, outside = old.population & ~shown, everybody & ~old.population & ~shown
    for part in (inside, outside, *old.cells):
        shared = (group & part).bit_count()
        distance += min(shared, part.bit_count() - shared)
        if distance > SMALL:
            return False
    return distance > 0


def _is_near_two(groups: Iterable[People], populations: Sequence[People]) -> bool:
    """Return whether a group is near the sum, or the difference, of two populations shown."""
    known, found = list(dict.fromkeys(populations)), sorted(groups, key=int.bit_count)
    sizes = [group.bit_count() for group in found]
    for place, one in enumerate(known):
        for other in known[:place]:
            shared = one & other
            if not shared:
                both = one | other
            elif shared in (one, other):
                both = one ^ other
            else:
                continue
            size = both.bit_count()
            alike = slice(bisect_left(sizes, size - SMALL), bisect_right(sizes, size + SMALL))
            if any(_is_near(group, both) for group in found[alike]):
                return True
    return False
