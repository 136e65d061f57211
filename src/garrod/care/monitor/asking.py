"""Asks of one person only the rules that differ, and those that offer something to anybody.

person -> the rules' own answers -> may they say something, what may be offered
"""

from __future__ import annotations

from datetime import date

from garrod.care.decide.asking import question_of
from garrod.care.decide.case import case_of
from garrod.care.decide.knowledge import Knowledge
from garrod.care.monitor.named import only
from garrod.care.monitor.reach import Reach
from garrod.core.person import KINDS, Person
from garrod.science.safety.apply import judged
from garrod.science.safety.language import Asked
from garrod.science.safety.subject import Subject


class Asking:
    """The rules of both states that matter to a change."""

    def __init__(self, both: tuple[Knowledge, Knowledge], reach: Reach, today: date) -> None:
        self._both = both
        self._today = today
        self._rules = tuple(only(k.rules, reach.rules) for k in both)
        self._offering = tuple(
            tuple(rule for rule in k.rules.about_person if rule.alternatives) for k in both
        )
        self.offered = frozenset(d for mine in self._offering for r in mine for d in r.alternatives)

    def says_something(self, person: Person) -> bool:
        """Return whether a rule that differs holds, or cannot be told, in either state."""
        for knowledge, rules in zip(self._both, self._rules, strict=True):
            found = judged(rules, self._subject(knowledge, person), is_order=False)
            if found.signals or found.gaps:
                return True
        return False

    def offers(self, person: Person) -> frozenset[str]:
        """Return what rules about the person may offer, in either state."""
        found: set[str] = set()
        for knowledge, rules in zip(self._both, self._offering, strict=True):
            asked = Asked(self._subject(knowledge, person))
            found |= {d for r in rules if not r.when(asked).is_no for d in r.alternatives}
        return frozenset(found)

    def _subject(self, knowledge: Knowledge, person: Person) -> Subject:
        case = case_of(knowledge, person, today=self._today)
        return question_of(knowledge, case, None).subject


def bare(birth_date: date | None) -> Person:
    """Return a person of whom nothing is known but the day of birth: the rest did not answer."""
    return Person("Patient/unseen", birth_date=birth_date, unseen=frozenset(KINDS))
