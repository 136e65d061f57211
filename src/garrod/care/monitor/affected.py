"""Whose advice changes between two states of the knowledge, medicine by medicine.

a person under either knowledge -> what is said of each medicine -> the medicines where it differs
Only coded content counts (act, tier, strength, dose, options, what stays untold), never wording.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Any

from garrod.care.decide.knowledge import Knowledge
from garrod.care.decide.model import Decision
from garrod.care.decide.service import decide, look_ahead
from garrod.core.advice import Advice, Tier
from garrod.core.medicine import REVIEW
from garrod.core.person import Person

UNNAMED = "an entry that is no known medicine"  # its words may be private
ADVICE, CLEAR, UNTOLD = "advice", "clear", "not-assessed"


@dataclass(frozen=True, slots=True, order=True)
class Said:
    """The coded content of one answer about a medicine."""

    kind: str  # "advice", "clear" or "not-assessed"
    action: str = ""
    tier: str = ""
    strength: str = ""
    dose_factor: str = ""
    options: tuple[str, ...] = ()
    monitoring: tuple[str, ...] = ()
    subject: str = ""  # of what was not assessed, or is clear: the genes, a check
    code: str = ""  # why it was not assessed

    def as_json(self) -> dict[str, Any]:
        """Return what is stated, without what is not."""
        return {k: list(v) if isinstance(v, tuple) else v for k, v in asdict(self).items() if v}

    @property
    def words(self) -> str:
        """Return the content on one line."""
        if self.kind != ADVICE:
            return f"{self.kind} {self.subject} {self.code}".rstrip()
        parts = [self.action, self.tier, self.strength]
        parts += [f"× {self.dose_factor}"] if self.dose_factor else []
        parts += [f"options {', '.join(self.options)}"] if self.options else []
        return " ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class View:
    """A person as one state of the knowledge sees them: results may be understood otherwise."""

    knowledge: Knowledge
    person: Person


@dataclass(frozen=True, slots=True)
class Change:
    """One medicine of one person about which something else is said. Holds no name of a person."""

    person: str  # the logical reference
    medicine: str
    is_ahead: bool  # not taken: what would be said if it were prescribed
    before: tuple[Said, ...]
    after: tuple[Said, ...]

    @property
    def differs(self) -> tuple[str, ...]:
        """Return the parts of the content that differ."""
        return tuple(
            f.name
            for f in fields(Said)
            if sorted(getattr(s, f.name) for s in self.before)
            != sorted(getattr(s, f.name) for s in self.after)
        )

    @property
    def loses_hard_stop(self) -> bool:
        """Return whether advice of tier T1 was given before and is not after."""
        had, has = (any(s.tier == Tier.T1 for s in said) for said in (self.before, self.after))
        return had and not has

    def as_json(self) -> dict[str, Any]:
        """Return the change as plain values."""
        return {
            "person": self.person,
            "medicine": self.medicine,
            "ahead": self.is_ahead,
            "differs": list(self.differs),
            "loses_hard_stop": self.loses_hard_stop,
            "before": [said.as_json() for said in self.before],
            "after": [said.as_json() for said in self.after],
        }


Answers = dict[tuple[bool, str], tuple[Said, ...]]  # by whether it is ahead, and medicine


def changes_for(
    before: View, after: View, *, today: date, with_ahead: bool = False
) -> tuple[Change, ...]:
    """Return the medicines of one person about which something else is said, by name."""
    old = _answers(before, today, with_ahead)
    new = _answers(after, today, with_ahead)
    person = after.person.reference
    return tuple(
        Change(person, medicine, is_ahead, old.get((is_ahead, medicine), ()), said)
        for is_ahead, medicine in sorted({*old, *new})
        if (said := new.get((is_ahead, medicine), ())) != old.get((is_ahead, medicine), ())
    )


def said_to(view: View, *, today: date) -> dict[str, tuple[Said, ...]]:
    """Return what is said of each medicine that a person takes, by its name."""
    return {medicine: said for (_, medicine), said in _answers(view, today, False).items()}


def _answers(view: View, today: date, with_ahead: bool) -> Answers:
    known = {medicine.name for medicine in view.knowledge.medicines.by_drug.values()}
    found: dict[tuple[bool, str], list[Said]] = {}
    decision = decide(view.knowledge, view.person, REVIEW, today=today)
    for name, said in _said(decision):
        found.setdefault((False, name if name in known else UNNAMED), []).append(said)
    for advice in look_ahead(view.knowledge, view.person, today=today) if with_ahead else ():
        found.setdefault((True, advice.target.name), []).append(_content(advice))
    return {at: tuple(sorted(said)) for at, said in found.items()}


def _said(decision: Decision) -> Iterator[tuple[str, Said]]:
    for advice in decision.advice:
        yield advice.target.name, _content(advice)
    for clear in decision.clear:
        yield clear.target.name, Said(CLEAR, subject=", ".join(sorted(clear.genes)))
    for gap in decision.not_assessed:
        yield gap.target.name, Said(UNTOLD, subject=gap.subject, code=gap.code)


def _content(advice: Advice) -> Said:
    return Said(
        ADVICE,
        advice.action.value,
        advice.tier.value,
        advice.strength,
        advice.dose_factor or "",
        tuple(option.name for option in advice.options),
        advice.monitoring,
    )
