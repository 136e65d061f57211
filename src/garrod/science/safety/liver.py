"""How well the liver works, by Child and Pugh: a sum of five findings, all of which must be known.

Subject -> bilirubin, albumin, INR, ascites, encephalopathy -> Score with its inputs, or what lacks
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from garrod.core.person import Condition, Sign
from garrod.science.safety.renal import usable
from garrod.science.safety.subject import Subject

# Bounds between one, two and three points: bilirubin in µmol/L, albumin in g/L, INR.
# Source: Gut, "Scoring systems for quantifying the severity of cirrhosis" (table 2) and the table
# of the MSD Manual, as stored; the same in https://pmc.ncbi.nlm.nih.gov/articles/PMC3017746, but
# for albumin (30 g/L there)
BOUNDS = {
    "bilirubin": (Decimal(34), Decimal(51)),
    "albumin": (Decimal(28), Decimal(35)),
    "inr": (Decimal("1.7"), Decimal("2.3")),
}
RISING = {"bilirubin": True, "albumin": False, "inr": True}  # whether more is worse
# Points of a sign by its grade. Source: the same tables: mild ascites, encephalopathy of grade 1-2
POINTS = {"none": 1, "mild": 2, "severe": 3}
SIGN_LASTS = 84  # days that a sign is taken to last. Source: own choice, as that of an INR
# Conditions with which the score has a meaning. Source: the same tables: of cirrhosis
LIVER = ("liver_disease", "cirrhosis", "severe_liver_disease")
# Sets of the pack drug-sets that raise the INR whatever the liver does. Source: product information
# of warfarin and of factor Xa inhibitors (unchecked)
INR_RAISING = ("anticoagulant-oral",)
SIGNS = {"ascites": "ascites", "encephalopathy": "hepatic encephalopathy"}  # in words
NAMES = {"bilirubin": "bilirubin", "albumin": "albumin", "inr": "INR"}
_GRADES = (
    ("severe", re.compile(r"\b(?:severe|moderate|tense|refractory|gross|grade (?:3|4|iii|iv))\b")),
    ("mild", re.compile(r"\b(?:mild|slight|minimal|trace|controlled|grade (?:1|2|i|ii))\b")),
)


@dataclass(frozen=True, slots=True)
class Score:
    """A score with the words of its five parts; `value` is None where some part is `missing`."""

    value: int | None
    inputs: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


def child_pugh(subject: Subject) -> Score:
    """Return the score of 5 to 15 by Child and Pugh.  Source: the tables beside the constants.

    Class A is 5 or 6, B 7 to 9, C 10 and more. Nothing is guessed: each of the five is known, or
    the score is not, and what is missing is named.
    """
    points: dict[str, int] = {}
    inputs: list[str] = []
    missing: list[str] = []
    for name in (*BOUNDS, *SIGNS):
        told, said = _measured(subject, name) if name in BOUNDS else _sign(subject, name)
        if told is None:
            missing.append(said)
        else:
            points[name] = told
            inputs.append(said)
    value = None if missing else sum(points.values())
    return Score(value, tuple(inputs), tuple(missing))


def has_liver_disease(subject: Subject) -> bool:
    """Return whether a disease is on record with which the score has a meaning.

    Source: the tables beside the constants.
    """
    return any(c.is_active for name in LIVER for c in subject.conditions.get(name, ()))


def _measured(subject: Subject, name: str) -> tuple[int | None, str]:
    """Return the points of a result and its words; or None and what is missing."""
    found, why = usable(subject, name)
    if found is None:
        return None, f"{NAMES[name]} ({why})"
    if found.comparator:
        return None, f"{NAMES[name]} (only known as {found.comparator}{found.value})"
    if name == "inr" and _is_anticoagulated(subject):
        return None, "INR (an anticoagulant raises it, whatever the liver does)"
    low, high = BOUNDS[name]
    middle = 2 if low <= found.value <= high else 0
    is_worst = found.value > high if RISING[name] else found.value < low
    points = middle or (3 if is_worst else 1)
    return points, f"{NAMES[name]} {found.value} {found.measure.unit}".removesuffix(" {INR}")


def _is_anticoagulated(subject: Subject) -> bool:
    sets = subject.clinical.sets
    drugs = [
        d for name in INR_RAISING if name in sets for d in subject.clinical.members(f"@{name}")
    ]
    return any(not t.is_new for t in subject.takers(sorted(drugs)))


def _sign(subject: Subject, name: str) -> tuple[int | None, str]:
    """Return the points of a sign: the newest that was looked for, else a condition on record."""
    signs = [s for s in subject.person.signs if s.name == name and _is_in_date(subject, s)]
    newest = max(signs, key=lambda s: s.seen or subject.today, default=None)
    grade = newest.grade if newest is not None else _worst(subject, name)
    if grade is None:
        return None, f"{SIGNS[name]} (not looked for in that time)"
    if grade not in POINTS:
        return None, f"how severe the {SIGNS[name]} is"
    return POINTS[grade], f"{SIGNS[name]}: {grade}"


def _is_in_date(subject: Subject, sign: Sign) -> bool:
    ago = subject.days_since(sign.seen)
    return ago is not None and 0 <= ago <= SIGN_LASTS


def _worst(subject: Subject, name: str) -> str | None:
    """Return the grade of a condition on record; "" of one that does not say, None of none."""
    had = [c for c in subject.person.conditions if c.is_active and SIGNS[name] in _words(c)]
    grades = {grade_in(_words(c)) for c in had}
    return next((g for g in ("severe", "", "mild") if g in grades), None)


def grade_in(words: str) -> str:
    """Return the grade that words give a sign: "severe", "mild" or "" where they give none.

    Source: the grades of the tables beside the constants.
    """
    said = words.casefold()
    return next((grade for grade, pattern in _GRADES if pattern.search(said)), "")


def _words(condition: Condition) -> str:
    return " ".join((condition.text, *(c.display for c in condition.codings))).casefold()
