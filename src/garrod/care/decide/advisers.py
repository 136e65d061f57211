"""The register of advisers beside genes: each stands here once, and is then heard at every door."""

from __future__ import annotations

from garrod.care.decide.asking import Adviser, Question
from garrod.care.decide.model import NOTHING, Decision
from garrod.care.decide.ruled import by_rules

ADVISERS: dict[str, Adviser] = {
    "rules": by_rules,
}


def asked(question: Question) -> Decision:
    """Return what every registered adviser says."""
    found = NOTHING
    for adviser in ADVISERS.values():
        found = found.joined(adviser(question))
    return found
