"""How coded values are spoken to people, in British English; machine values are never changed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from functools import lru_cache

from garrod.core.advice import Action
from garrod.core.finding import GeneFinding, Status

_SPELLINGS = (("etabolizer", "etaboliser"), ("Ultrarapid", "ultra-rapid"))
_POPULATIONS = {
    "EUR": "European",
    "SAS": "South Asian",
    "AFR": "African",
    "EAS": "East Asian",
    "AMR": "admixed American",
}
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip

DOING = {
    Action.AVOID: "Avoid",
    Action.PREFER_ALTERNATIVE: "Choose an alternative to",
    Action.START_LOWER: "Start with a lower dose of",
    Action.START_HIGHER: "Start with a higher dose of",
    Action.ADJUST: "Adjust the dose of",
    Action.MONITOR: "Watch more closely with",
    Action.STOP: "Stop",
    Action.TAPER: "Taper",
    Action.ASK: "Ask before giving",
    Action.TEST_FIRST: "Test before giving",
    Action.CONSIDER_TEST: "Consider a test before relying on",
    Action.REFER: "Seek advice about",
    Action.STANDARD: "Usual dosing of",
    Action.NO_RECOMMENDATION: "No recommendation for",
}

# What was checked, or was not: advisers and other subjects whose own word is none for a person.
SUBJECTS = {
    "co-medication": "other medicines",
    "contraindication": "contraindications",
    "coverage": "what rules cover",
    "dose-range": "doses",
    "hepatic": "liver",
    "lifestyle": "habits and food",
    "pincer": "hazards of prescribing (PINCER)",
    "qt": "QT",
    "renal": "kidneys",
    "review-start": "medicines that may be missing (START)",
    "review-stopp": "medicines that may have to go (STOPP)",
    "variants": "rare variants",
}


def subject_words(subject: str) -> str:
    """Return what was not assessed, or what was, as a person reads it; a gene is its name."""
    return SUBJECTS.get(subject, subject)


@lru_cache(4096)  # phenotypes and statuses: few, and of nobody in particular
def spoken(value: str) -> str:
    """Return a phenotype or status as a person reads it: "poor metaboliser"."""
    for old, new in _SPELLINGS:
        value = value.replace(old, new)
    if value[:1].isupper() and not value[:2].isupper():
        value = value[:1].lower() + value[1:]
    return re.sub(r"(?<=\s)[A-Z](?=[a-z])", lambda m: m[0].lower(), value)


def percent(probability: float) -> str:
    """Return a probability as a share in a hundred: "40 %", "over 99 %", "under 1 %"."""
    if probability >= 0.995:
        return "over 99 %"
    return f"{probability * 100:.0f} %" if probability >= 0.005 else "under 1 %"


def listed(words: Sequence[str], joint: str = "and") -> str:
    """Return "a", "a and b", "a, b and c"."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {joint} {words[-1]}"


def likelihood(probability: float) -> str:
    """Return a probability in words and number."""
    shown = percent(probability)
    word = (
        "almost certain" if probability >= 0.95
        else "likely" if probability >= 0.7
        else "uncertain"
    )  # fmt: skip
    return f"{word} ({shown})"


def prior_in_words(prior: str) -> str:
    """Return how the starting frequencies were chosen."""
    kind, _, population = prior.partition(":")
    if kind != "population":
        return (
            "No table of frequencies was used: half of the weight lay on the reference allele, "
            "the rest evenly on all others."
        )
    if population == "pooled":
        return "Ancestry is unknown: allele frequencies of all populations were pooled."
    name = _POPULATIONS.get(population, population)
    return f"Allele frequencies of {name} populations were used beforehand."


def why_untold(finding: GeneFinding | None) -> str:
    """Return why a gene has no result that can be used."""
    if finding is None:
        return "not tested"
    reasons = "; ".join(finding.reasons)
    word = {
        Status.NO_CALL: "could not be called",
        Status.NOT_ASSESSED: "not assessed",
        Status.AMBIGUOUS: "ambiguous",
    }.get(finding.status, "not tested for what matters to this medicine")
    return f"{word}: {reasons}" if reasons else word


def dated(day: date) -> str:
    """Return a day as a person reads it: "7 December 2026"."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"
