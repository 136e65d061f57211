"""Whether a new answer, beside those already given, would be one about a handful of people.

people as bits of a number: what was shown before, what would be shown now -> is it too near?

Too near is what differs by 1 to 7 people from what was shown, from everybody but that, from a union
of cells shown in one table, and from the sum or the difference of two populations shown.
Source: Denning and Schloerer 1980, doi 10.1145/356810.356813 (trackers; unchecked)
"""

from __future__ import annotations

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
    distance, rest = 0, everybody
    for cell in old.cells:
        rest &= ~cell
        shared = (group & cell).bit_count()
        distance += min(shared, cell.bit_count() - shared)
        if distance > SMALL:
            return False
    shared = (group & rest).bit_count()
    return 0 < distance + min(shared, rest.bit_count() - shared) <= SMALL


def _is_near_two(groups: Iterable[People], populations: Sequence[People]) -> bool:
    """Return whether a group is near the sum, or the difference, of two populations shown."""
    known = list(dict.fromkeys(populations))
    for place, one in enumerate(known):
        for other in known[:place]:
            if not one & other:
                both = one | other
            elif one & other in (one, other):
                both = one ^ other
            else:
                continue
            if any(_is_near(group, both) for group in groups):
                return True
    return False
