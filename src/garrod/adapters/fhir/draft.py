"""Draft orders: an option of a piece of advice, ready to sign, as a FHIR R4 request.

Option (codes, and the usual dose where a cited row has one) -> MedicationRequest, intent proposal
Option of a gene's test -> ServiceRequest, intent proposal
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from garrod.adapters.fhir.genomics_codes import HGNC, HGNC_SYSTEM
from garrod.core.advice import Action, Advice, Option, OptionDose
from garrod.core.person import Person

UCUM = "http://unitsofmeasure.org"
SNOMED = "http://snomed.info/sct"
NO_DOSE = "dose to be chosen"
# Source: SNOMED CT, route of administration value set of UK Core (unchecked)
ROUTES = {"oral": ("26643006", "Oral route")}


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
        "code": {"text": f"{' and '.join(genes)} genotype"},
        "orderDetail": [{k: v for k, v in detail.items() if v} for detail in details],
        "subject": {"reference": person.reference},
        "reasonCode": [{"text": option.reason}],
    }


def draft_order(option: Option, person: Person) -> dict[str, Any]:
    """Return a draft MedicationRequest: dose, route and duration where a row gives them.

    Without a row the directions say that the dose is to be chosen: none is made up.
    """
    coding = [
        {"system": system, "code": code, "display": option.name}
        for system, _, code in (c.partition("|") for c in option.codes)
    ]
    order: dict[str, Any] = {
        "resourceType": "MedicationRequest",
        "status": "draft",
        "intent": "proposal",
        "subject": {"reference": person.reference},
        "medicationCodeableConcept": {"coding": coding, "text": _name(option)},
        "dosageInstruction": [{"text": NO_DOSE}],
    }
    if option.dose is None:
        return order
    order["dosageInstruction"] = [_directions(option.dose)]
    if option.dose.days:
        supply = {"value": option.dose.days, "unit": "days", "system": UCUM, "code": "d"}
        order["dispenseRequest"] = {"expectedSupplyDuration": supply}
    return order


def _name(option: Option) -> str:
    return f"{option.name} {option.dose.form}" if option.dose else option.name


def _directions(dose: OptionDose) -> dict[str, Any]:
    repeat: dict[str, Any] = {"frequency": dose.times_a_day, "period": 1, "periodUnit": "d"}
    if dose.days:
        repeat["boundsDuration"] = {
            "value": dose.days,
            "unit": "days",
            "system": UCUM,
            "code": "d",
        }
    found: dict[str, Any] = {
        "text": dose.words,
        "timing": {"repeat": repeat},
        "doseAndRate": [
            {
                "doseQuantity": {
                    **{"value": _number(dose.amount), "unit": dose.unit},
                    **{"system": UCUM, "code": dose.unit},
                }
            }
        ],
    }
    if dose.route in ROUTES:
        code, words = ROUTES[dose.route]
        found["route"] = {"coding": [{"system": SNOMED, "code": code, "display": words}]}
    return found


def _number(amount: Decimal) -> int | float:
    return int(amount) if amount == amount.to_integral_value() else float(amount)
