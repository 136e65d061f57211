"""Directions of a FHIR medicine: the route, and the total of a day or week, where beyond doubt.

dosageInstruction (request) or dosage (statement) -> route codings, dose x timing, else the words
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from fractions import Fraction

from garrod.adapters.fhir.json import Resource, codings, many, one, text, words_of
from garrod.core.dosage import (
    Dosage,
    daily_mg_in,
    dosage_in,
    is_open_ended,
    route_in,
    strength_mg_in,
    weekly_mg_in,
)
from garrod.core.errors import UnitError
from garrod.core.quantity import Quantity

# Routes by code: SNOMED CT (unchecked but for their check digits), EDQM Standard Terms as the Swiss
# list of them has it (http://fhir.ch/ig/ch-epl, CC0), HL7 v3 RouteOfAdministration (unchecked).
ROUTES = {
    "oral": ("26643006", "20053000", "PO"),
    "sublingual": ("37839007", "20067000", "SL"),
    "buccal": ("54471007", "20002500", "BUC"),
    "intravenous": ("47625008", "20045000", "IV", "IVPUSH"),
    "intramuscular": ("78421000", "20035000", "IM"),
    "subcutaneous": ("34206005", "20066000", "SQ", "SC"),
    "intrathecal": ("72607000", "20042000", "IT"),
    "topical": ("6064005", "448598008", "20003000", "TOPICAL"),
    "transdermal": ("45890007", "20070000", "TRNSDERM"),
    "inhaled": ("447694001", "20020000", "IH", "IPINHL"),
    "nasal": ("46713006", "20049000", "NASINHL"),
    "ocular": ("54485002", "20051000", "OPTHALTA"),
    "otic": ("10547007", "20001000", "OTIC"),
    "rectal": ("37161004", "20061000", "PR"),
    "vaginal": ("16857009", "20072000", "VAGINSI"),
}
_ROUTE_OF = {code: route for route, codes in ROUTES.items() for code in codes}
# How often a day, by code. Source: HL7 v3 GTSAbbreviation (unchecked)
_TIMES = {
    **dict.fromkeys(("QD", "AM", "PM", "BED"), 1),
    **{"BID": 2, "Q12H": 2, "TID": 3, "Q8H": 3, "QID": 4, "Q6H": 4, "Q4H": 6},
}
_WEEK = {"d": 7, "wk": 1}
_PER_DAY = {"s": 86400, "min": 1440, "h": 24, "d": 1}
# What a strength in a medicine's name is the strength of.
_PIECE = re.compile(r"\W*(?:tab|tabs|tablet|tablets|cap|caps|capsule|capsules)\b", re.IGNORECASE)
_OPEN = ("frequencyMax", "periodMax", "countMax", "dayOfWeek")  # a total that is not fixed


def directions_of(resource: Resource, name: str) -> Dosage:
    """Return route and total of a day or week of a MedicationRequest or MedicationStatement.

    `name` are the medicine's words: their form tells a route, their strength what a tablet holds.
    What is taken once, before what goes on, is in no total.
    """
    given = [*many(resource, "dosageInstruction"), *many(resource, "dosage")]
    if not given:
        return dosage_in(name)
    routes: set[str] = set().union(*map(_routes, given))
    route = next(iter(routes)) if len(routes) == 1 else "" if routes else route_in(name)
    lasting = [dosage for dosage in given if not _is_once(dosage)] if len(given) > 1 else given
    if len(lasting) != 1:
        return Dosage(route)
    return Dosage(route, _daily_mg(lasting[0], name), _weekly_mg(lasting[0], name))


def _is_once(dosage: Resource) -> bool:
    """Return whether a dosage is one that is taken a single time."""
    repeat = one(one(dosage, "timing"), "repeat")
    return repeat.get("count") == 1 and "countMax" not in repeat


def _routes(dosage: Resource) -> set[str]:
    """Return the routes that a dosage states: by code, else in words."""
    concept = one(dosage, "route")
    found = {r for c in codings(concept) if (r := _ROUTE_OF.get(c.code))}
    return found or {route_in(words_of(concept)) or route_in(text(dosage, "text"))} - {""}


def _daily_mg(dosage: Resource, name: str) -> Decimal | None:
    """Return the total of a day; None where structure and words say different things."""
    words = text(dosage, "text") or text(dosage, "patientInstruction")
    if _is_as_needed(dosage) or is_open_ended(words):
        return None
    worded = daily_mg_in(words) or daily_mg_in(f"{name}, {words}")
    if not one(dosage, "timing") or not list(many(dosage, "doseAndRate")):
        return worded
    structured = _structured_mg(dosage, name)
    return structured if worded in (None, structured) else None


def _weekly_mg(dosage: Resource, name: str) -> Decimal | None:
    """Return the total of a week of what is taken once a week; None where two things are said."""
    words = text(dosage, "text") or text(dosage, "patientInstruction")
    if _is_as_needed(dosage):
        return None
    worded = weekly_mg_in(words) or weekly_mg_in(f"{name}, {words}")
    if not one(dosage, "timing") or not list(many(dosage, "doseAndRate")):
        return worded
    is_weekly = _is_once_a_week(one(one(dosage, "timing"), "repeat"))
    structured = _total_mg(dosage, name, 1 if is_weekly else None)
    return structured if worded in (None, structured) else None


def _is_once_a_week(repeat: Resource) -> bool:
    period, unit = _decimal(repeat.get("period")), text(repeat, "periodUnit")
    days = repeat.get("dayOfWeek", ["any"])
    is_one_day = isinstance(days, list) and len(days) == 1
    is_week = period is not None and period == _WEEK.get(unit) and repeat.get("frequency", 1) == 1
    return is_week and is_one_day and not {"frequencyMax", "periodMax", "countMax"} & {*repeat}


def _is_as_needed(dosage: Resource) -> bool:
    return dosage.get("asNeededBoolean") is True or "asNeededCodeableConcept" in dosage


def _structured_mg(dosage: Resource, name: str) -> Decimal | None:
    return _total_mg(dosage, name, _times_a_day(one(dosage, "timing")))


def _total_mg(dosage: Resource, name: str, times: int | None) -> Decimal | None:
    doses = list(many(dosage, "doseAndRate"))
    if times is None or len(doses) != 1 or any(key.startswith("rate") for key in doses[0]):
        return None
    amount = _amount_mg(one(doses[0], "doseQuantity"), name)
    return None if amount is None else amount * times


def _amount_mg(quantity: Resource, name: str) -> Decimal | None:
    """Return one dose in mg: a mass, or tablets whose strength the medicine's name gives."""
    value = _decimal(quantity.get("value"))
    unit, code = text(quantity, "unit"), text(quantity, "code")
    if value is None or value <= 0 or "comparator" in quantity:
        return None
    if _PIECE.match(unit or code):
        strength = strength_mg_in(name)
        return None if strength is None else value * strength
    try:
        return Quantity(value, code or unit).convert("mg").value
    except UnitError:
        return None


def _times_a_day(timing: Resource) -> int | None:
    """Return how often a day; None where it is not fixed, or not for every day."""
    repeat = one(timing, "repeat")
    if "event" in timing or any(key in repeat for key in _OPEN):
        return None
    parts = [p for key in ("timeOfDay", "when") if isinstance(p := repeat.get(key), list)]
    moments = len(parts[0]) if len(parts) == 1 else None
    if "period" in repeat or "frequency" in repeat:
        times = _by_period(repeat)
        return times if moments in (None, 1, times) else None
    if moments is not None:
        return moments or None
    found = {times for c in codings(one(timing, "code")) if (times := _TIMES.get(c.code))}
    return next(iter(found)) if len(found) == 1 else None


def _by_period(repeat: Resource) -> int | None:
    """Return a whole number of times a day: less often, no day is like the next."""
    frequency, period = _decimal(repeat.get("frequency", 1)), _decimal(repeat.get("period"))
    per_day = _PER_DAY.get(text(repeat, "periodUnit"))
    if frequency is None or period is None or per_day is None or period <= 0:
        return None
    times = Fraction(frequency) * per_day / Fraction(period)
    return int(times) if times >= 1 and times.denominator == 1 else None


def _decimal(value: object) -> Decimal | None:
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        return None
    return found if found.is_finite() else None
