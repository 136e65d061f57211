"""What holds of a person before an order: the same for each order, until their record changes.

a person, a day -> the case of their list alone, and what was said of each medicine on it
A person who has not changed is the same object at each order, by which they are found again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date

from garrod.care.decide.behaviour import touched_by
from garrod.care.decide.case import Case, case_of
from garrod.care.decide.knowledge import Knowledge
from garrod.care.decide.model import Decision
from garrod.care.decide.naming import named_in
from garrod.core.medicine import MedicineLine
from garrod.core.person import Person
from garrod.knowledge.medicines import Medicine

MOST = 1_000  # Not clinical: people who are kept, some 20 kB each
Say = Callable[[Knowledge, Case, Medicine], Decision]


@dataclass(frozen=True, slots=True)
class Before:
    """The case of a person without an order; `said` keeps what was said of each medicine."""

    knowledge: Knowledge
    case: Case
    said: dict[str, Decision] = field(default_factory=dict, compare=False, repr=False)

    def is_of(self, knowledge: Knowledge, person: Person, today: date) -> bool:
        """Return whether it is of a person, on a day, by this knowledge."""
        is_same = self.case.person is person and self.knowledge is knowledge
        return is_same and self.case.today == today

    def of(self, medicine: Medicine, say: Say) -> Decision:
        """Return what is said of a medicine that is taken already; said once."""
        found = self.said.get(medicine.drug)
        if found is None:
            found = self.said[medicine.drug] = say(self.knowledge, self.case, medicine)
        return found

    def ordered(self, order: MedicineLine) -> Case:
        """Return the case with an order that acts on no enzyme: all else stands as it was."""
        medicines, had = self.knowledge.medicines, self.case
        if medicines.is_local(order.text):
            return replace(had, local=(*had.local, order))
        named = named_in(medicines, order)
        return replace(had, active=tuple(dict.fromkeys((*had.active, *named))))


# By the person itself, which is held so that its number stays its own; forgotten all at once.
_kept: dict[int, Before] = {}


def before(knowledge: Knowledge, person: Person, today: date, read: Case | None = None) -> Before:
    """Return what holds of a person on a day without an order.

    `read` is another case of the same list, whose lines need not be read again.
    """
    found = _kept.get(id(person))
    if found is not None and found.is_of(knowledge, person, today):
        return found
    if len(_kept) >= MOST:
        _kept.clear()
    found = Before(knowledge, case_of(knowledge, person, today=today, read=read))
    _kept[id(person)] = found
    return found


def case_with(knowledge: Knowledge, person: Person, today: date, order: MedicineLine) -> Case:
    """Return a person's case, an order counted among what is taken.

    What acts on an enzyme may change how every gene behaves, and what is stopped or started; of
    any other order the case is that of the list, which is worked out once.
    """
    named = named_in(knowledge.medicines, order)
    if any(touched_by(knowledge.conversions, medicine) for medicine in named):
        return case_of(knowledge, person, today=today, order=order)
    return before(knowledge, person, today).ordered(order)
