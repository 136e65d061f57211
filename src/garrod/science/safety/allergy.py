"""What a recorded allergy means for a medicine, and which penicillin allergies may be none.

Recognised, ingredient -> Clash (grade, act, tier), the loudest first · PEN-FAST, as far as known
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from garrod.core.advice import Action, Tier
from garrod.core.evidence import Evidence
from garrod.science.safety.allergens import Allergens, Crossing, Recognised, Weight

SAME, CLASS = "same", "class"
SIDE_EFFECT = "side-effect"  # the weight of an intolerance of which it is known what happened
SIDE_EFFECT_DO = "side_effect_do"  # the phrase that goes with it
PENICILLIN = "penicillin"
DAYS_A_YEAR = 365.25  # Not clinical: of the calendar


@dataclass(frozen=True, slots=True)
class Clash:
    """An allergy that speaks of a medicine: how closely, what to do, and where that is written."""

    recognised: Recognised
    drug: str
    grade: str
    action: Action
    tier: Tier
    effect: str  # code of a phrase, "" where it is the same medicine or class
    manage: tuple[str, ...]
    evidence: Evidence
    of_class: str = ""  # the class that was named as a whole

    @property
    def is_against(self) -> bool:
        """Return whether the medicine should not be offered."""
        against = (Action.AVOID, Action.PREFER_ALTERNATIVE)
        return self.action in against and self.tier in (Tier.T1, Tier.T2, Tier.T3)


def clashes(known: Allergens, recognised: Iterable[Recognised], drug: str) -> tuple[Clash, ...]:
    """Return what recorded allergies mean for an ingredient, the loudest first.

    Source: pack allergy-classes; each row names its own.
    """
    found = (_clash(known, one, drug) for one in recognised)
    told = [one for one in found if one is not None]
    return tuple(sorted(told, key=lambda c: c.tier))


def _clash(known: Allergens, one: Recognised, drug: str) -> Clash | None:
    """Return the closest tie: the medicine itself, then the first row, then a class as a whole."""
    if drug in one.drugs:
        return _graded(known, one, drug, SAME)
    for row in known.crossings:
        if drug in row.to and _is_from(row, one) and _is_such(row, one):
            return _crossed(known, one, drug, row)
    for name in sorted(one.classes):
        if drug in known.classes.get(name, frozenset()):
            return _graded(known, one, drug, CLASS, name)
    return None


def _is_from(row: Crossing, one: Recognised) -> bool:
    return bool(one.drugs & row.named or one.classes & row.wholes)


def _is_such(row: Crossing, one: Recognised) -> bool:
    if not row.reactions:
        return one.weight is not Weight.INTOLERANCE
    return one.weight.value in row.reactions or any(r.id in row.reactions for r in one.reactions)


def _graded(
    known: Allergens, one: Recognised, drug: str, grade: str, of_class: str = ""
) -> Clash | None:
    """Return a tie of the medicine itself, or of a class; without the pack it is loud enough."""
    loud = (Action.AVOID, Tier.T2)
    cited = known.evidence.get(f"grades:{grade}", NO_EVIDENCE)
    if is_side_effect(known, one) and (grade, SIDE_EFFECT) in known.grades:
        action, tier = known.grades[grade, SIDE_EFFECT]
        return Clash(one, drug, grade, action, tier, "", (SIDE_EFFECT_DO,), cited, of_class)
    action, tier = known.grades.get((grade, one.weight.value), loud)
    return Clash(one, drug, grade, action, tier, "", (), cited, of_class)


def is_side_effect(known: Allergens, one: Recognised) -> bool:
    """Return whether it is an intolerance that says what happened, which was a side effect.

    Source: the project's design.
    """
    is_mild = one.weight is Weight.INTOLERANCE and bool(one.reactions)
    return is_mild and known.is_told(one.allergy)


def _crossed(known: Allergens, one: Recognised, drug: str, row: Crossing) -> Clash:
    action, tier = known.grades[row.grade, one.weight.value]
    return Clash(one, drug, row.grade, action, tier, row.effect, row.manage, row.evidence)


NO_EVIDENCE = Evidence("Garrod's own rule", "1", "the medicine itself", "Apache-2.0")


@dataclass(frozen=True, slots=True)
class PenFast:
    """The PEN-FAST score as far as it can be told: `low` to `high` points, and what is open.

    Source: Trubiano 2020, PMID 32176248 (abstract and AAFP summary read): 2 points for five years
    or less, 2 for anaphylaxis, angioedema or a severe skin reaction, 1 for treatment; below 3 the
    risk of a positive test is under 5 %.
    """

    low: int
    high: int
    open: tuple[str, ...]


def pen_fast(known: Allergens, one: Recognised, today: date) -> PenFast:
    """Return the score of a penicillin allergy. What is not known counts from nought to full.

    `since` may be the day on which it was written down: the reaction was then or before.

    Source: Trubiano 2020, PMID 32176248.
    """
    points = known.pen_fast
    low = high = 0
    unsure: list[str] = []
    since = one.allergy.since
    if since is None:
        high += points["recent"]
        unsure.append("when it was")
    elif (today - since).days <= points["recent-years"] * DAYS_A_YEAR:
        low, high = low + points["recent"], high + points["recent"]
    if one.weight in (Weight.SEVERE, Weight.DELAYED):
        low, high = low + points["reaction"], high + points["reaction"]
    elif not one.reactions:
        high += points["reaction"]
        unsure.append("what the reaction was")
    return PenFast(low, high + points["treated"], (*unsure, "whether it was treated"))


def may_be_none(known: Allergens, one: Recognised, today: date, age: int | None) -> PenFast | None:
    """Return the score of a penicillin allergy of low risk in an adult; None of any other.

    Source: Trubiano 2020, PMID 32176248.
    """
    if not known.pen_fast or age is None or age < known.pen_fast["age-from"]:
        return None
    if not is_penicillin(known, one) or one.weight in (Weight.SEVERE, Weight.DELAYED):
        return None
    score = pen_fast(known, one, today)
    return score if score.high < known.pen_fast["low-below"] else None


def is_penicillin(known: Allergens, one: Recognised) -> bool:
    """Return whether an allergy is to penicillins, and to nothing else.

    Source: the project's design.
    """
    penicillins = known.classes.get(PENICILLIN, frozenset())
    is_named = one.classes <= {PENICILLIN} and one.drugs <= penicillins
    return bool(one.classes or one.drugs) and is_named


def unread(recognised: Sequence[Recognised]) -> tuple[Recognised, ...]:
    """Return the allergies that name nothing that is known.

    Source: the project's design.
    """
    return tuple(one for one in recognised if not one.is_read)
