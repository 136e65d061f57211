"""The register of advisers beside genes: each stands here once, and is then heard at every door."""

from __future__ import annotations

from garrod.care.decide.allergies import by_allergies, every_ingredient
from garrod.care.decide.asking import Adviser, Question
from garrod.care.decide.burdened import by_burdens, rated
from garrod.care.decide.coverage import Covers
from garrod.care.decide.duplicated import by_duplicates
from garrod.care.decide.model import NOTHING, Decision
from garrod.care.decide.ruled import by_rules

ADVISERS: dict[str, Adviser] = {
    "rules": by_rules,
    "allergy": by_allergies,
    "burden": by_burdens,
    "duplicates": by_duplicates,
}

# The ingredients that each adviser of functions speaks of; those of rows are known by their rows.
COVERS: dict[str, Covers] = {
    "allergy": every_ingredient,
    "burden": rated,
    "duplicates": every_ingredient,
}


def asked(question: Question) -> Decision:
    """Return what every registered adviser says."""
    found = NOTHING
    for adviser in ADVISERS.values():
        found = found.joined(adviser(question))
    return found
