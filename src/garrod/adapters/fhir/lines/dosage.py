"""A dose of the record as FHIR Dosages: one for each instruction, stages by `sequence`.

Dose -> [Dosage, ...]; `dosage_reading` reads them back to the same dose.
Source: HL7 FHIR R4 (4.0.1), Dosage and Timing, https://hl7.org/fhir/R4/dosage.html
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from garrod.adapters.fhir.directions import ROUTES as ROUTE_CODES
from garrod.adapters.fhir.json import Resource
from garrod.adapters.fhir.lines.names import BY_INR, METHODS, ROUTES, WHEN, WORDS
from garrod.adapters.fhir.lines.nested import part, tree
from garrod.care.record.medication.dose import (
    Amount,
    Dose,
    Regimen,
    Span,
    Step,
    Timing,
    VariableByInr,
)
from garrod.care.record.medication.dose_reading import read_words
from garrod.care.record.medication.dose_words import WHEN_WORDS, words_of
from garrod.care.record.medication.line import Content

UCUM = "http://unitsofmeasure.org"
SNOMED = "http://snomed.info/sct"
# Units of the record that UCUM has a plain code for. Source: UCUM, https://ucum.org
UCUM_CODES = {
    **{"mg": "mg", "g": "g", "microgram": "ug", "nanogram": "ng", "mL": "mL", "L": "L"},
    **{"mmol": "mmol", "cm": "cm", "mg/kg": "mg/kg", "microgram/kg": "ug/kg", "mL/kg": "mL/kg"},
    **{"mg/m2": "mg/m2", "international unit": "[iU]"},
}


def dosages_of(content: Content) -> list[Resource]:
    """Return the Dosages of what a line says: structured, or the words alone.

    The first has the directions as received; where the words made of the structure are others,
    they stand beside them, so that a difference is seen and never settled by itself.
    """
    if content.dose is None:
        return [{"text": content.directions}] if content.directions.strip() else []
    made = words_of(content.dose)
    found = dose_out(content.dose)
    found[0]["text"] = content.directions if content.directions.strip() else made
    if differ(content.directions, content.dose):
        found[0]["extension"] = [*found[0].get("extension", []), part(WORDS, "String", made)]
    return found


def differ(received: str, dose: Dose) -> bool:
    """Return whether received words, if any, do not say just what the structure says."""
    if not received.strip() or _folded(received) == _folded(words_of(dose)):
        return False
    return read_words(received) != dose


def _folded(words: str) -> list[str]:
    return words.casefold().rstrip(". ").split()


def dose_out(dose: Dose) -> list[Resource]:
    """Return a dose as Dosages without words."""
    if isinstance(dose, VariableByInr):
        return [_by_inr(dose)]
    return [_step(step, number) for number, stage in _numbered(dose) for step in stage]


def _numbered(dose: Regimen) -> list[tuple[int, tuple[Step, ...]]]:
    return list(enumerate(dose.stages, 1))


def _step(step: Step, number: int) -> Resource:
    found: Resource = {"sequence": number}
    if step.timing.at and step.timing.when:
        # FHIR (tim-10) has no place for a relation to food beside a clock time.
        found["extension"] = [{"url": WHEN, "valueCode": w.value} for w in step.timing.when]
    if step.notes:
        found["additionalInstruction"] = [{"text": note} for note in step.notes]
    timing = _timing(step)
    if timing:
        found["timing"] = {"repeat": timing}
    if step.needed_for:
        found["asNeededCodeableConcept"] = {"text": step.needed_for}
    elif step.is_as_needed:
        found["asNeededBoolean"] = True
    if step.site:
        found["site"] = {"text": step.site}
    if step.route:
        found["route"] = route_out(step.route)
    if step.method:
        coding = [{"system": METHODS, "code": step.method}]
        found["method"] = {"coding": coding, "text": step.method}
    if step.amount:
        found["doseAndRate"] = [_amount(step.amount)]
    if step.limit:
        found["maxDosePerPeriod"] = {
            "numerator": quantity(step.limit.amount.low, step.limit.amount.unit),
            "denominator": _length(step.limit.within),
        }
    return found


def route_out(route: str) -> Resource:
    """Return a route, by SNOMED CT's code and our own."""
    coding = [{"system": ROUTES, "code": route}]
    codes = ROUTE_CODES.get(route)
    if codes:
        coding.insert(0, {"system": SNOMED, "code": codes[0]})
    return {"coding": coding, "text": route}


def quantity(value: Decimal, unit: str) -> Resource:
    """Return an amount; the unit as the record names it, with UCUM's code where it has one."""
    found: Resource = {"value": value}
    if unit:
        found["unit"] = unit
    if unit in UCUM_CODES:
        found |= {"system": UCUM, "code": UCUM_CODES[unit]}
    return found


def _amount(amount: Amount) -> Resource:
    if amount.high is None:
        return {"doseQuantity": quantity(amount.low, amount.unit)}
    low, high = quantity(amount.low, amount.unit), quantity(amount.high, amount.unit)
    return {"doseRange": {"low": low, "high": high}}


def _length(span: Span) -> Resource:
    code = span.unit.value
    return {"value": span.number, "unit": code, "system": UCUM, "code": code}


def _timing(step: Step) -> Resource:
    repeat: Resource = {}
    if step.duration:
        repeat["boundsDuration"] = _length(step.duration)
    if step.doses_in_all:
        repeat["count"] = step.doses_in_all
    return {**repeat, **_repeat(step.timing)}


def _repeat(timing: Timing) -> Resource:
    every = timing.every
    found: dict[str, Any] = {}
    if every is not None:
        found = {
            "frequency": every.times,
            "frequencyMax": every.times_max,
            "period": every.period,
            "periodMax": every.period_max,
            "periodUnit": every.unit.value,
        }
    found["dayOfWeek"] = [d.value for d in timing.days]
    found["timeOfDay"] = [t.strftime("%H:%M:%S") for t in timing.at]
    found["when"] = [] if timing.at else [w.value for w in timing.when]
    found["offset"] = timing.offset_minutes
    return {name: value for name, value in found.items() if value not in (None, [])}


def _by_inr(dose: VariableByInr) -> Resource:
    """Return a dose that follows the INR: its target and plan have no place in a Dosage."""
    plan = (f"{a.low} {a.unit}" if a else "none" for a in dose.plan)
    found: Resource = {
        "sequence": 1,
        "extension": tree(
            BY_INR,
            part("targetLow", "Decimal", dose.target_low),
            part("targetHigh", "Decimal", dose.target_high),
            *(part("day", "String", day) for day in plan),
        ),
    }
    if dose.moment:
        found["timing"] = {"repeat": {"when": [dose.moment.value]}}
        found["additionalInstruction"] = [{"text": f"by INR, {WHEN_WORDS[dose.moment]}"}]
    if dose.route:
        found["route"] = route_out(dose.route)
    return found
