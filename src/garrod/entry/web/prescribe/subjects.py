"""People as rules ask about them, made once for each reading of a person and each day.

What is kept is made of the person alone, as somebody was shown them: whoever is shown less has a
person of their own, and so another subject.
"""

from __future__ import annotations

from collections import OrderedDict
from datetime import date

from garrod.care.decide.asking import question_of
from garrod.care.decide.case import case_of
from garrod.care.decide.knowledge import Knowledge
from garrod.core.person import Person
from garrod.science.safety.subject import Subject

MOST = 200  # Not clinical: people of whom that is kept


class Subjects:
    """The subjects that were asked for lately, by the person (the very object) and the day."""

    def __init__(self, knowledge: Knowledge, most: int = MOST) -> None:
        self.knowledge = knowledge
        self._most = most
        self._kept: OrderedDict[tuple[int, date], Subject] = OrderedDict()

    def of(self, person: Person, today: date) -> Subject:
        """Return a person as rules ask about them on a day, of no order."""
        key = (id(person), today)
        found = self._kept.get(key)
        if found is None or found.person is not person:  # it keeps the person: no id is used twice
            case = case_of(self.knowledge, person, today=today)
            found = self._kept[key] = question_of(self.knowledge, case, None).subject
            if len(self._kept) > self._most:
                self._kept.popitem(last=False)
        self._kept.move_to_end(key)
        return found


_ALL: list[Subjects] = []


def subjects_of(knowledge: Knowledge) -> Subjects:
    """Return the subjects of the knowledge in force: the same for every page of this process."""
    if not _ALL or _ALL[0].knowledge is not knowledge:
        _ALL[:] = [Subjects(knowledge)]
    return _ALL[0]
