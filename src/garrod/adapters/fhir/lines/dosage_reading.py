"""FHIR Dosages read as a dose of the record: all of what they say, or nothing.

[Dosage, ...] -> Dose, or None where anything in them has no place in a dose: the words then stay
the only directions, and nothing is guessed.
Source: HL7 FHIR R4 (4.0.1), Dosage and Timing, https://hl7.org/fhir/R4/dosage.html
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import time
from decimal import Decimal, InvalidOperation
from typing import Any

from garrod.adapters.fhir.directions import ROUTES as ROUTE_CODES
from garrod.adapters.fhir.json import Resource, codings, many, one, text, words_of
from garrod.adapters.fhir.lines.dosage import UCUM_CODES
from garrod.adapters.fhir.lines.names import BY_INR, METHODS, ROUTES, WHEN, WORDS
from garrod.adapters.fhir.lines.nested import every, within
from garrod.care.record.medication.dose import (
    Amount,
    Dose,
    Every,
    Limit,
    PeriodUnit,
    Regimen,
    Span,
    Step,
    Timing,
    VariableByInr,
    Weekday,
    When,
    timing_of,
)
from garrod.care.record.medication.dose_phrases import amount_of
from garrod.care.record.medication.dose_reading import NotRead, read_words
from garrod.care.record.medication.dose_tables import METHODS as METHOD_NAMES
from garrod.care.record.medication.dose_tables import UNITS
from garrod.core.dosage import ROUTES as ROUTE_NAMES
from garrod.core.dosage import route_in
from garrod.core.errors import GarrodError

_UNIT_OF = {code: unit for unit, code in UCUM_CODES.items()}
_ROUTE_OF = {code: route for route, codes in ROUTE_CODES.items() for code in codes}
_KNOWN = frozenset(
    (
        *("id", "sequence", "text", "patientInstruction", "additionalInstruction", "timing"),
        *("asNeededBoolean", "asNeededCodeableConcept", "site", "route", "method", "doseAndRate"),
        *("maxDosePerPeriod", "extension"),
    )
)
_REPEAT = frozenset(
    (
        *("boundsDuration", "count", "frequency", "frequencyMax", "period"),
        *("periodMax", "periodUnit", "dayOfWeek", "timeOfDay", "when", "offset"),
    )
)


_WORDS_ALONE = frozenset(("text", "patientInstruction"))  # of which no step can be made


class _CannotBeReadError(Exception):
    pass


def dose_of(dosages: Sequence[Resource]) -> Dose | None:
    """Return the dose that Dosages say; None where some of it has no place in a dose.

    Structure is read first; where there is none, the words are.
    """
    if not all(d.keys() <= _WORDS_ALONE for d in dosages):
        try:
            return _structured(dosages)
        except (_CannotBeReadError, GarrodError, ValueError):
            pass
    said = directions_in(dosages)
    if not said or any(_has_structure(d) for d in dosages):
        return None
    try:
        found = read_words(said)
    except GarrodError:
        return None
    return None if isinstance(found, NotRead) else found


def directions_in(dosages: Sequence[Resource]) -> str:
    """Return the words of Dosages, as they were sent."""
    said = (text(d, "text") or text(d, "patientInstruction") for d in dosages)
    return "; ".join(s for s in said if s)


def _has_structure(dosage: Resource) -> bool:
    return any(name in dosage for name in ("timing", "doseAndRate", "maxDosePerPeriod"))


def _structured(dosages: Sequence[Resource]) -> Dose:
    if len(dosages) == 1 and within(dosages[0], BY_INR):
        return _by_inr(dosages[0])
    stages: dict[int, list[Step]] = {}
    for dosage in dosages:
        stages.setdefault(int(dosage.get("sequence", 1)), []).append(_step(dosage))
    return Regimen(tuple(tuple(stages[n]) for n in sorted(stages)))


def _step(dosage: Resource) -> Step:
    _refuse(bool(dosage.keys() - _KNOWN))
    _refuse(any(e.get("url") not in (WORDS, WHEN) for e in many(dosage, "extension")))
    timing = one(dosage, "timing")
    repeat = one(timing, "repeat")
    _refuse(bool(timing.keys() - {"repeat"}) or bool(repeat.keys() - _REPEAT))
    doses = list(many(dosage, "doseAndRate"))
    _refuse(len(doses) > 1)
    needed = words_of(one(dosage, "asNeededCodeableConcept"))
    span = one(repeat, "boundsDuration")
    return Step(
        amount=_amount(doses[0]) if doses else None,
        timing=_timing(repeat, every(dosage, WHEN, "Code")),
        method=_method(one(dosage, "method")),
        route=_route(one(dosage, "route")),
        site=words_of(one(dosage, "site")),
        is_as_needed=bool(needed) or dosage.get("asNeededBoolean") is True,
        needed_for=needed,
        limit=_limit(one(dosage, "maxDosePerPeriod")),
        duration=_span(span) if span else None,
        doses_in_all=_whole(repeat.get("count")),
        notes=tuple(words_of(c) for c in many(dosage, "additionalInstruction")),
    )


def _refuse(is_wrong: bool) -> None:
    if is_wrong:
        raise _CannotBeReadError


def _amount(dose: Resource) -> Amount:
    _refuse(bool(dose.keys() - {"type", "doseQuantity", "doseRange", "id"}))
    spread = one(dose, "doseRange")
    if not spread:
        value, unit = _quantity(one(dose, "doseQuantity"))
        return Amount(value, unit)
    (low, unit), (high, second) = _quantity(one(spread, "low")), _quantity(one(spread, "high"))
    _refuse(unit != second)
    return Amount(low, unit, high)


def _quantity(found: Resource) -> tuple[Decimal, str]:
    _refuse("comparator" in found)
    return _decimal(found.get("value")), _unit(found)


def _decimal(value: Any) -> Decimal:
    try:
        return Decimal(str(value))
    except InvalidOperation:
        raise _CannotBeReadError from None


def _unit(found: Resource) -> str:
    """Return the record's unit of a quantity: by name, by UCUM's code, or as it is spelled."""
    named, code = text(found, "unit"), text(found, "code").strip("{}")
    for name in (named, code):
        if name in UNITS:
            return name
    if code in _UNIT_OF:
        return _UNIT_OF[code]
    if not named and not code:
        return ""
    try:
        return amount_of("1", None, named or code).unit
    except StopIteration:  # no unit is spelled so
        raise _CannotBeReadError from None


def _limit(found: Resource) -> Limit | None:
    if not found:
        return None
    value, unit = _quantity(one(found, "numerator"))
    return Limit(Amount(value, unit), _span(one(found, "denominator")))


def _span(found: Resource) -> Span:
    number = _whole(found.get("value"))
    _refuse(number is None)
    return Span(number or 0, PeriodUnit(text(found, "code") or text(found, "unit")))


def _whole(value: Any) -> int | None:
    if value is None:
        return None
    found = _decimal(value)
    _refuse(found != found.to_integral_value())
    return int(found)


def _timing(repeat: Resource, beside: Sequence[str]) -> Timing:
    rate = None
    if {"frequency", "frequencyMax", "period"} & repeat.keys():
        most, times = _whole(repeat.get("frequencyMax")), _whole(repeat.get("frequency"))
        if times is None and most is None:
            times = 1
        rate = Every(
            times,
            _whole(repeat.get("period", 1)) or 0,
            PeriodUnit(text(repeat, "periodUnit")),
            most,
            _whole(repeat.get("periodMax")),
        )
    return timing_of(
        every=rate,
        when=[When(w) for w in (*_listed(repeat, "when"), *beside)],
        at=[time.fromisoformat(t) for t in _listed(repeat, "timeOfDay")],
        days=[Weekday(d) for d in _listed(repeat, "dayOfWeek")],
        offset_minutes=_whole(repeat.get("offset")),
    )


def _listed(repeat: Resource, name: str) -> list[str]:
    found = repeat.get(name, [])
    return [str(v) for v in found] if isinstance(found, list) else []


def _method(concept: Resource) -> str:
    if not concept:
        return ""
    named = [c.code for c in codings(concept) if c.system == METHODS]
    said = next((n for n in (*named, words_of(concept).casefold()) if n in METHOD_NAMES), None)
    _refuse(said is None)
    return said or ""


def _route(concept: Resource) -> str:
    if not concept:
        return ""
    found = codings(concept)
    named = [c.code for c in found if c.system == ROUTES and c.code in ROUTE_NAMES]
    by_code = [_ROUTE_OF[c.code] for c in found if c.code in _ROUTE_OF]
    said = next(iter((*named, *by_code)), "") or route_in(words_of(concept))
    _refuse(not said)
    return said


def _by_inr(dosage: Resource) -> VariableByInr:
    found = within(dosage, BY_INR)
    whens = _listed(one(one(dosage, "timing"), "repeat"), "when")
    return VariableByInr(
        _decimal(within(found, "targetLow").get("valueDecimal")),
        _decimal(within(found, "targetHigh").get("valueDecimal")),
        tuple(_planned(day) for day in every(found, "day")),
        _route(one(dosage, "route")),
        When(whens[0]) if whens else None,
    )


def _planned(said: str) -> Amount | None:
    value, _, unit = said.partition(" ")
    return None if value == "none" else Amount(_decimal(value), unit)
