"""What holds of a person before an order: the same for each order, until their record changes.

a person, a day -> the case of their list alone, and what was said of each medicine on it
A person who has not changed is the same object at each order, by which they are found again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from garrod.care.decide.case import Case, case_of
from garrod.care.decide.knowledge import Knowledge
from garrod.care.decide.model import Decision
from garrod.knowledge.medicines import Medicine

MOST = 300  # Not clinical: people who are kept, some 50 kB each
Say = Callable[[Knowledge, Case, Medicine], Decision]


@dataclass(frozen=True, slots=True)
class Before:
    """The case of a person without an order; `said` keeps what was said of each medicine."""

    knowledge: Knowledge
    case: Case
    said: dict[str, Decision] = field(default_factory=dict, compare=False, repr=False)

    def is_of(self, knowledge: Knowledge, case: Case) -> bool:
        """Return whether it is of the person of a case, on its day, by this knowledge."""
        is_same_day = self.case.today == case.today
        return self.case.person is case.person and self.knowledge is knowledge and is_same_day

    def of(self, medicine: Medicine, say: Say) -> Decision:
        """Return what is said of a medicine that is taken already; said once."""
        found = self.said.get(medicine.drug)
        if found is None:
            found = self.said[medicine.drug] = say(self.knowledge, self.case, medicine)
        return found


# By the person itself, which is held so that its number stays its own; forgotten all at once.
_kept: dict[int, Before] = {}


def before(knowledge: Knowledge, case: Case) -> Before:
    """Return what holds of the person of a case without its order, as of the same day."""
    person = case.person
    found = _kept.get(id(person))
    if found is not None and found.is_of(knowledge, case):
        return found
    if len(_kept) >= MOST:
        _kept.clear()
    found = Before(knowledge, case_of(knowledge, person, today=case.today, read=case))
    _kept[id(person)] = found
    return found
