"""Messages in the shape of the Electronic Prescription Service, about people who do not exist."""

from __future__ import annotations

import copy
from typing import Any

Json = dict[str, Any]
NHS = "https://fhir.nhs.uk/Id/nhs-number"
ODS = "https://fhir.nhs.uk/Id/ods-organization-code"
ITEM = "https://fhir.nhs.uk/Id/prescription-order-item-number"
SUPPLY = "https://fhir.nhs.uk/Id/prescription-dispense-item-number"
EVENT = "https://fhir.nhs.uk/CodeSystem/message-event"
ADA, BEN = "9990548609", "9449305552"  # numbers of the range and shape kept for tests


def entry(name: str, resource: Json) -> Json:
    """Return an entry named by a urn."""
    return {"fullUrl": urn(name), "resource": resource}


def urn(name: str) -> str:
    """Return the full url of an entry."""
    return f"urn:uuid:00000000-0000-4000-8000-{name:0>12}"


def to(name: str) -> Json:
    """Return a reference to an entry."""
    return {"reference": urn(name)}


def message(event: str, *entries: Json, id: str = "m1", number: str = "1") -> Json:
    """Return a message: its header first."""
    header = {
        "resourceType": "MessageHeader",
        "eventCoding": {"system": EVENT, "code": event},
        "source": {"endpoint": "urn:example:source"},
        "focus": [{"reference": e["fullUrl"]} for e in entries[:1]],
    }
    return {
        "resourceType": "Bundle",
        "id": id,
        "identifier": {"system": "urn:example:messages", "value": number},
        "type": "message",
        "entry": [entry("9", header), *copy.deepcopy(entries)],
    }


def patient(number: str = ADA, family: str = "Testperson") -> Json:
    """Return a person as a message tells of them."""
    identifier = [{"system": NHS, "value": number}] if number else []
    made = {"resourceType": "Patient", "identifier": identifier, "name": [{"family": family}]}
    return {k: v for k, v in made.items() if v}


def request(item: str = "item-1", **more: Any) -> Json:
    """Return a prescribed item of the person of entry 2."""
    return {
        "resourceType": "MedicationRequest",
        "identifier": [{"system": ITEM, "value": item}],
        "status": "active",
        "intent": "order",
        "medicationCodeableConcept": {"text": "Paracetamol 500mg tablets"},
        "subject": to("2"),
        "dosageInstruction": [{"text": "one, four times a day"}],
        "requester": to("3"),
        **more,
    }


def practice() -> Json:
    """Return an organisation."""
    return {
        "resourceType": "Organization",
        "identifier": [{"system": ODS, "value": "A83008"}],
        "name": "Practice of the tests",
    }


def order(number: str = ADA, *, id: str = "m1", said: str = "1", **more: Any) -> Json:
    """Return a prescription order of one item."""
    return message(
        "prescription-order",
        entry("1", request(**more)),
        entry("2", patient(number)),
        entry("3", practice()),
        id=id,
        number=said,
    )


def cancel(item: str = "item-1", number: str = ADA) -> Json:
    """Return the cancellation of an item: thinner than the order was."""
    thin = request(item, status="cancelled", statusReason={"text": "prescribing error"})
    del thin["dosageInstruction"]
    return message(
        "prescription-order-update",
        entry("1", thin),
        entry("2", patient(number)),
        entry("3", practice()),
        id="m2",
        number="2",
    )


def dispensed(item: str = "item-1", number: str = ADA) -> Json:
    """Return the notification that an item was dispensed; it names the person by number alone."""
    spaced = f"{number[:3]} {number[3:6]} {number[6:]}"
    supply = {
        "resourceType": "MedicationDispense",
        "contained": [
            {
                "resourceType": "MedicationRequest",
                "id": "m",
                "identifier": [{"system": ITEM, "value": item}],
                "status": "active",
                "intent": "order",
                "medicationCodeableConcept": {"text": "Paracetamol 500mg tablets"},
                "subject": {"identifier": {"system": NHS, "value": number}},
            }
        ],
        "identifier": [{"system": SUPPLY, "value": f"supply of {item}"}],
        "status": "completed",
        "medicationCodeableConcept": {"text": "Paracetamol 500mg tablets"},
        "subject": {"identifier": {"system": NHS, "value": spaced}},
        "authorizingPrescription": [{"reference": "#m"}],
        "quantity": {"value": 28},
    }
    return message("dispense-notification", entry("1", supply), id="m3", number="3")
