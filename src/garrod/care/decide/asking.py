"""What every adviser is asked, and how it answers: one shape, so that each is registered once.

Question -> adviser -> Decision (advice, what is clear, what could not be assessed)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from garrod.care.decide.case import Case
from garrod.care.decide.knowledge import Knowledge
from garrod.care.decide.model import Decision
from garrod.care.decide.naming import named_in
from garrod.core.medicine import MedicineLine
from garrod.knowledge.medicines import Medicine
from garrod.science.safety.subject import NamedLine, Subject, subject_of


@dataclass(frozen=True, slots=True)
class Question:
    """A person on a day, and what is proposed: one draft order, or a review of all (`order` None).

    `subject` is the person as safety rules ask about them, the order counted among what is taken;
    `ordered` are the ingredients of the order.
    """

    knowledge: Knowledge
    case: Case
    subject: Subject
    order: MedicineLine | None
    ordered: tuple[Medicine, ...]

    @property
    def is_order(self) -> bool:
        """Return whether one order is asked about."""
        return self.order is not None


Adviser = Callable[[Question], Decision]


def question_of(knowledge: Knowledge, case: Case, order: MedicineLine | None) -> Question:
    """Return the question to ask of every adviser."""
    medicines = knowledge.medicines
    past: list[NamedLine] = [(x, named_in(medicines, x)) for x in case.person.past]
    ordered = () if order is None else named_in(medicines, order)
    proposed: list[NamedLine] = [] if order is None else [(order, ordered)]
    subject = subject_of(
        case.person,
        case.named,
        knowledge.clinical,
        today=case.today,
        proposed=proposed,
        past=past,
        local=[*case.local, *(line for line, _ in past if medicines.is_local(line.text))],
    )
    return Question(knowledge, case, subject, order, ordered)
