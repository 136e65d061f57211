"""Whether a usual dose may be signed as it is: no adviser would have another.

medicine, usual dose -> the line that a draft would be -> every adviser -> the dose, or why not
"""

from __future__ import annotations

from decimal import Decimal

from garrod.care.decide.model import Decision
from garrod.care.decide.treatments import Dosed
from garrod.core.advice import Action, OptionDose, Tier
from garrod.core.errors import UnitError
from garrod.core.medicine import MedicineLine
from garrod.core.quantity import Quantity
from garrod.knowledge.medicines import Medicine

WEEK = 7  # days
ANOTHER_DOSE = frozenset(
    (Action.ADJUST, Action.START_LOWER, Action.START_HIGHER, Action.TAPER, Action.TEST_FIRST)
)


def line_of(medicine: Medicine, dose: OptionDose | None) -> MedicineLine:
    """Return the line that an order of a medicine would be, with its dose where one is known."""
    if dose is None:
        return MedicineLine(medicine.name)
    total = _mg(dose.amount * dose.times_a_day, dose.unit)
    is_daily = dose.every_days == 1
    return MedicineLine(
        medicine.name,
        route=dose.route,
        daily_mg=total if is_daily else None,
        weekly_mg=total if dose.every_days == WEEK else None,
    )


def unopposed(dosed: Dosed, found: Decision) -> Dosed:
    """Return a usual dose; none, and why, where some adviser asks for another one.

    `found` is what every adviser says of an order of that dose.
    """
    if dosed.dose is None:
        return dosed
    against = (a for a in found.advice if a.action in ANOTHER_DOSE and a.tier is not Tier.T5)
    advice = next(against, None)
    return dosed if advice is None else Dosed(None, advice.title)


def _mg(amount: Decimal, unit: str) -> Decimal | None:
    try:
        return Quantity(amount, unit).convert("mg").value
    except UnitError:  # units, puffs, drops: no mass
        return None
