"""Yes, no, or not known: what a question about a person is answered with, and on what it rests.

The logic is Kleene's: what is unknown stays so unless the rest decides. A yes carries the facts
that made it; what is unknown carries what would have to be known.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum


class Truth(Enum):
    """The three answers."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Fact:
    """Something of the person that made an answer: in words, and the entry that it stands in."""

    text: str
    ref: str = "record"


@dataclass(frozen=True, slots=True)
class Missing:
    """Something that is not known: `what` is its code ("measure:egfr"), `text` says it in words."""

    what: str
    text: str


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer with the facts that it rests on and, where it is unknown, what is missing."""

    truth: Truth
    facts: tuple[Fact, ...] = ()
    missing: tuple[Missing, ...] = ()

    @property
    def is_yes(self) -> bool:
        """Return whether it is so, beyond doubt."""
        return self.truth is Truth.YES

    @property
    def is_no(self) -> bool:
        """Return whether it is not so, beyond doubt."""
        return self.truth is Truth.NO


YES, NO = Answer(Truth.YES), Answer(Truth.NO)


def yes(text: str = "", ref: str = "record") -> Answer:
    """Return a yes with the fact that makes it.  Source: Kleene's three-valued logic."""
    return Answer(Truth.YES, (Fact(text, ref),)) if text else YES


def no(text: str = "", ref: str = "record") -> Answer:
    """Return a no; its fact is told where the question was asked the other way round.

    Source: Kleene's three-valued logic.
    """
    return Answer(Truth.NO, (Fact(text, ref),)) if text else NO


def unknown(what: str, text: str) -> Answer:
    """Return that it is not known, and what would have to be.

    Source: Kleene's three-valued logic.
    """
    return Answer(Truth.UNKNOWN, (), (Missing(what, text),))


def either(is_so: bool, text: str = "", ref: str = "record") -> Answer:
    """Return yes or no, with the fact that decides it.  Source: Kleene's three-valued logic."""
    return yes(text, ref) if is_so else no(text, ref)


def not_(answer: Answer) -> Answer:
    """Return the opposite; what is unknown stays so.  Source: Kleene's three-valued logic."""
    if answer.truth is Truth.UNKNOWN:
        return answer
    return Answer(Truth.NO if answer.is_yes else Truth.YES, answer.facts)


def all_of(answers: Iterable[Answer]) -> Answer:
    """Return yes when all are; no as soon as one is; else what is missing for it.

    Source: Kleene's three-valued logic.
    """
    found: list[Answer] = []
    for answer in answers:
        if answer.is_no:
            return answer
        found.append(answer)
    open_ones = [a for a in found if not a.is_yes]
    facts = tuple(dict.fromkeys(f for a in found for f in a.facts))
    if open_ones:
        return Answer(Truth.UNKNOWN, facts, _missing(open_ones))
    return Answer(Truth.YES, facts)


def any_of(answers: Iterable[Answer]) -> Answer:
    """Return yes as soon as one is; no when all are; else what is missing for it.

    Source: Kleene's three-valued logic.
    """
    found: list[Answer] = []
    for answer in answers:
        if answer.is_yes:
            return answer
        found.append(answer)
    open_ones = [a for a in found if not a.is_no]
    if open_ones:
        return Answer(Truth.UNKNOWN, (), _missing(open_ones))
    return Answer(Truth.NO, tuple(dict.fromkeys(f for a in found for f in a.facts)))


def _missing(answers: Iterable[Answer]) -> tuple[Missing, ...]:
    return tuple(dict.fromkeys(m for a in answers for m in a.missing))
