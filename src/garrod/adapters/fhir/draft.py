"""Draft orders: an option of a piece of advice, ready to sign, as a FHIR R4 request.

Option (codes, and the usual dose where a cited row has one) -> MedicationRequest, intent proposal;
an amount that is taken once, to begin with, is a direction of its own
Option of a gene's test -> ServiceRequest, intent proposal
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from garrod.adapters.fhir.genomics_codes import HGNC, HGNC_SYSTEM
from garrod.adapters.fhir.person_tests import CATEGORY, GENETICS
from garrod.core.advice import Action, Advice, Option, OptionDose
from garrod.core.person import Person

UCUM = "http://unitsofmeasure.org"
SNOMED = "http://snomed.info/sct"
NO_DOSE = "dose to be chosen"
# Source: SNOMED CT, as the routes of `directions` have them (unchecked but for their check digits)
ROUTES = {
    "oral": ("26643006", "Oral route"),
    "intravenous": ("47625008", "Intravenous route"),
    "subcutaneous": ("34206005", "Subcutaneous route"),
    "inhaled": ("447694001", "Respiratory tract route"),
    "transdermal": ("45890007", "Transdermal route"),
}
UNITS = {"ug": "micrograms"}  # UCUM code: as a person reads it
MOST_SUPPLIED = 28  # days of a first supply. Source: own choice, a usual NHS interval (unchecked)


def with_orders(advice: Advice, person: Person) -> Advice:
    """Return the advice with a draft order for each option that has a code."""
    return replace(
        advice, options=tuple(_ordered(option, advice, person) for option in advice.options)
    )


def _ordered(option: Option, advice: Advice, person: Person) -> Option:
    if not option.codes:
        return option
    genes = [code for c in option.codes if (code := c.removeprefix(f"{HGNC_SYSTEM}|")) != c]
    if genes:
        is_urgent = advice.action is Action.TEST_FIRST
        return replace(option, order=gene_test_order(option, genes, person, is_urgent=is_urgent))
    return replace(option, order=draft_order(option, person))


def gene_test_order(
    option: Option, genes: list[str], person: Person, *, is_urgent: bool
) -> dict[str, Any]:
    """Return a draft ServiceRequest for the test of genes (symbols).

    The laboratory's own code is the site's to add: the genes are told by their HGNC numbers.
    """
    details = [
        {
            "coding": [{"system": HGNC_SYSTEM, "code": HGNC[g], "display": g}] if g in HGNC else [],
            "text": g,
        }
        for g in genes
    ]
    return {
        "resourceType": "ServiceRequest",
        "status": "draft",
        "intent": "proposal",
        "priority": "urgent" if is_urgent else "routine",
        "category": [{"coding": [{"system": CATEGORY, "code": GENETICS}]}],
        "code": {"text": f"{' and '.join(genes)} genotype"},
        "orderDetail": [{k: v for k, v in detail.items() if v} for detail in details],
        "subject": {"reference": person.reference},
        "reasonCode": [{"text": option.reason}],
    }


def draft_order(option: Option, person: Person) -> dict[str, Any]:
    """Return a draft MedicationRequest: dose, route and duration where a row gives them.

    Without a row the directions say that the dose is to be chosen, and why: none is made up.
    """
    coding = [
        {"system": system, "code": code, "display": option.name}
        for system, _, code in (c.partition("|") for c in option.codes)
    ]
    said = f"{NO_DOSE}: {option.no_dose}" if option.no_dose else NO_DOSE
    order: dict[str, Any] = {
        "resourceType": "MedicationRequest",
        "status": "draft",
        "intent": "proposal",
        "subject": {"reference": person.reference},
        "medicationCodeableConcept": {"coding": coding, "text": _name(option)},
        "dosageInstruction": [{"text": said}],
        "substitution": {"allowedBoolean": False},  # UK Core asks for it; no other is meant
    }
    if option.dose is None:
        return order
    order["dosageInstruction"] = directions(option.dose)
    if 0 < option.dose.days <= MOST_SUPPLIED:
        order["dispenseRequest"] = {"expectedSupplyDuration": _days(option.dose.days)}
    return order


def _name(option: Option) -> str:
    return f"{option.name} {option.dose.form}" if option.dose else option.name


def directions(dose: OptionDose) -> list[dict[str, Any]]:
    """Return the directions of a usual dose: what is taken once before the others stands first."""
    repeat: dict[str, Any] = {"frequency": dose.times_a_day, "period": 1, "periodUnit": "d"}
    if dose.every_days != 1:
        repeat["period"] = dose.every_days
    if dose.days:
        repeat["boundsDuration"] = _days(dose.days)
    lasting = _dosage(dose, dose.amount, repeat)
    if dose.is_as_needed:
        lasting["asNeededBoolean"] = True
    if dose.most:
        lasting["maxDosePerPeriod"] = {
            "numerator": _quantity(dose.most, dose.unit),
            "denominator": _days(1),
        }
    if not dose.first:
        return [{"text": dose.words, **lasting}]
    once = _dosage(dose, dose.first, {"count": 1})
    first = f"{dose.first:f} {dose.unit} once, to begin with"
    after = dose.words.partition(", then ")[2] or dose.words
    return [
        {"sequence": 1, "text": first, **once},
        {"sequence": 2, "text": after, **lasting},
    ]


def _dosage(dose: OptionDose, amount: Decimal, repeat: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {
        "timing": {"repeat": repeat},
        "doseAndRate": [{"doseQuantity": _quantity(amount, dose.unit)}],
    }
    if dose.route in ROUTES:
        code, words = ROUTES[dose.route]
        found["route"] = {"coding": [{"system": SNOMED, "code": code, "display": words}]}
    return found


def _days(days: int) -> dict[str, Any]:
    unit = "day" if days == 1 else "days"
    return {"value": days, "unit": unit, "system": UCUM, "code": "d"}


def _quantity(amount: Decimal, unit: str) -> dict[str, Any]:
    value = int(amount) if amount == amount.to_integral_value() else float(amount)
    return {"value": value, "unit": UNITS.get(unit, unit), "system": UCUM, "code": unit}
