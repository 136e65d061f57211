"""Asks of one person only the rules that differ, and those that offer something to anybody.

person -> the rules' own answers -> do they say something, or something else; what may be offered
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from garrod.care.decide.asking import question_of
from garrod.care.decide.case import case_of
from garrod.care.decide.knowledge import Knowledge
from garrod.care.monitor.named import key_of, only
from garrod.care.monitor.reach import Reach
from garrod.core.person import KINDS, Person
from garrod.science.safety.apply import answers
from garrod.science.safety.language import Asked
from garrod.science.safety.rules import Rule, Rules
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
        self._contents: dict[int, Any] = {}  # by the identity of a rule, which lives as long
        self.offered = frozenset(d for mine in self._offering for r in mine for d in r.alternatives)

    def may_say_something(self, person: Person) -> bool:
        """Return whether a rule that differs holds, or cannot be told, in either state.

        One counts whose want of facts is not worth saying, too: with them it may hold.
        """
        return any(
            self._answers(knowledge, rules, person)
            for knowledge, rules in zip(self._both, self._rules, strict=True)
        )

    def says_otherwise(self, person: Person) -> bool:
        """Return whether the rules that differ say anything else in one state than in the other.

        Each is asked by itself, so that nothing that another rule outranks or doubles is hidden:
        where all answers are the same, whatever is made of them and of the other rules is too.
        """
        before, after = (
            self._answers(knowledge, rules, person)
            for knowledge, rules in zip(self._both, self._rules, strict=True)
        )
        return before != after

    def _answers(self, knowledge: Knowledge, rules: Rules, person: Person) -> list[Any]:
        """Return what rules answer but for a plain no, with what of them counts."""
        subject = self._subject(knowledge, person)
        places = {id(taken): place for place, taken in enumerate(subject.taken)}
        return [
            (self._content(knowledge, rule), places.get(id(line)), places.get(id(other)), answer)
            for rule, line, other, answer in answers(rules, subject, is_order=False)
            if not answer.is_no
        ]

    def _content(self, knowledge: Knowledge, rule: Rule) -> Any:
        """Return all that is said by a rule that holds, but not when it does, nor its source."""
        if id(rule) not in self._contents:
            self._contents[id(rule)] = _content(knowledge, rule)
        return self._contents[id(rule)]

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


def _content(knowledge: Knowledge, rule: Rule) -> Any:
    """Return the fields of a rule, its codes in words, and what is said of it as an interaction.

    The words of an effect count: what has the same effect is said once.
    """
    rules = knowledge.rules
    plain = replace(rule, pack="", when_text="", evidence=())
    fields = [getattr(plain, name) for name in Rule.__slots__ if name != "when"]
    codes = (rule.effect, *rule.manage, *rule.monitoring)
    words = tuple(rules.phrase(rule, code) for code in codes)
    return (key_of(rule), fields, words, rules.interactions.get((rule.pack, rule.id)))


def bare(birth_date: date | None) -> Person:
    """Return a person of whom nothing is known but the day of birth: the rest did not answer."""
    return Person("Patient/unseen", birth_date=birth_date, unseen=frozenset(KINDS))
