"""Draft orders: an option of a piece of advice, ready to sign, as a FHIR R4 MedicationRequest."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from garrod.core.advice import Advice, Option
from garrod.core.person import Person


def with_orders(advice: Advice, person: Person) -> Advice:
    """Return the advice with a draft order for each option that has a code."""
    options = tuple(
        replace(option, order=draft_order(option, person)) if option.codes else option
        for option in advice.options
    )
    return replace(advice, options=options)


def draft_order(option: Option, person: Person) -> dict[str, Any]:
    """Return a draft MedicationRequest; the dose is left to the prescriber."""
    coding = [
        {"system": system, "code": code, "display": option.name}
        for system, _, code in (c.partition("|") for c in option.codes)
    ]
    return {
        "resourceType": "MedicationRequest",
        "status": "draft",
        "intent": "proposal",
        "subject": {"reference": person.reference},
        "medicationCodeableConcept": {"coding": coding, "text": option.name},
    }
