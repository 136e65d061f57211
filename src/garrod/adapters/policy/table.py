"""Who gains and who loses by a change of policy: every question asked of both.

policy before, policy after -> rows (role, deed, kind, relation, purpose, label, consent)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from garrod.adapters.policy.load import Loaded
from garrod.care.govern.policy import Question, Verdict

PORTION = 5000  # Not clinical: questions asked at once


@dataclass(frozen=True, slots=True)
class Change:
    """One question that is answered otherwise, and the rules that now answer it."""

    question: Question
    is_gain: bool
    because: tuple[str, ...]


def changes(before: Loaded, after: Loaded) -> Iterator[Change]:
    """Yield what is answered otherwise, in the order of questions.  Raises: PolicyFault POL001."""
    asked = list(dict.fromkeys((*before.terms.questions(), *after.terms.questions())))
    for start in range(0, len(asked), PORTION):
        some = asked[start : start + PORTION]
        for question, old, new in zip(some, _said(before, some), _said(after, some), strict=True):
            if old.is_permitted != new.is_permitted:
                yield Change(question, new.is_permitted, new.because)


def _said(policy: Loaded, questions: list[Question]) -> list[Verdict]:
    return list(policy.engine.judge(questions))
