"""Says to who acts for somebody whose record it is, as what they look, and what they may. Pure.

name, tie, answers of the decision point -> Acting
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from garrod.care.govern.access import Deed

SEES = {
    "MedicationRequest": "medicines",
    "AllergyIntolerance": "allergies",
    "Observation": "tests and genes",
    "Consent": "choices",
    "AuditEvent": "who looked",
}
Act = tuple[str, str]  # a deed, and the kind that it is done to
DOES: dict[Act, str] = {
    (Deed.UPDATE.value, "Communication"): "tell the care team things",
    (Deed.UPDATE.value, "Consent"): "choose who sees what",
    (Deed.UPDATE.value, "MedicationRequest"): "change what the care team wrote",
    (Deed.EXPORT.value, "Patient"): "take a copy of the whole record",
}
NO_NAME = "a person"
HIDDEN = "What they hide from all but themselves, you do not see."


@dataclass(frozen=True, slots=True)
class Acting:
    """What stands above each page of who acts for somebody."""

    words: str
    lines: tuple[str, ...]


def acting_of(name: str, tie: str, sees: Mapping[str, bool], does: Mapping[Act, bool]) -> Acting:
    """Return the words; `tie` is what they are to the person, "" where that is not known."""
    whose = f"{name or NO_NAME}’s record"
    as_what = f" as their {tie}" if tie else ", for them"
    lists = (
        ("You can see", [words for kind, words in SEES.items() if sees[kind]]),
        ("You cannot see", [words for kind, words in SEES.items() if not sees[kind]]),
        ("You can", [words for act, words in DOES.items() if does[act]]),
        ("You cannot", [words for act, words in DOES.items() if not does[act]]),
    )
    said = tuple(f"{first}: {', '.join(found)}." for first, found in lists if found)
    return Acting(f"You are looking at {whose}{as_what}.", (*said, HIDDEN))
