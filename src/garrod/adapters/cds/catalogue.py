"""The services that are offered: the hook of each, and what is asked to be sent along.

Source: CDS Hooks 2.0, https://cds-hooks.hl7.org/2.0/ (discovery, prefetch templates); its hook
library for the names of context fields
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from garrod.core.errors import InputError

PATIENT = "patient"
_WHO = "patient={{context.patientId}}"
# What is asked of every service, and which kinds of facts (core.person.KINDS) it tells.
PREFETCH = {
    PATIENT: "Patient/{{context.patientId}}",
    "medicationRequests": f"MedicationRequest?{_WHO}",
    "medicationStatements": f"MedicationStatement?{_WHO}",
    "allergies": f"AllergyIntolerance?{_WHO}",
    "conditions": f"Condition?{_WHO}",
    "procedures": f"Procedure?{_WHO}",
    "observations": f"Observation?{_WHO}",
    "reports": f"DiagnosticReport?{_WHO}",
    "requests": f"ServiceRequest?{_WHO}",
    "goals": f"Goal?{_WHO}",
}
TELLS = {
    "medicationRequests": ("medicines",),
    "medicationStatements": ("medicines",),
    "allergies": ("allergies",),
    "conditions": ("conditions",),
    "procedures": ("conditions",),
    "observations": ("results", "genetics"),
    "reports": ("genetics",),
    "requests": ("requests",),
}
USAGE = (
    "What is not prefetched is read from fhirServer, with the token of fhirAuthorization, or from "
    "the record kept here; what could not be read is said on the card, never passed over."
)


@dataclass(frozen=True, slots=True)
class Service:
    """A service: its hook, and the field of the context that holds its drafts ("": a review)."""

    id: str
    hook: str
    title: str
    description: str
    drafts: str = ""


SERVICES = {
    service.id: service
    for service in (
        Service(
            *("garrod-patient-view", "patient-view", "Medicines and genes of this person"),
            "What in the record should change what this person takes.",
        ),
        Service(
            *("garrod-order-select", "order-select", "A medicine is chosen"),
            "For each medicine chosen: the one thing that should change it, with the options.",
            "draftOrders",
        ),
        Service(
            *("garrod-order-sign", "order-sign", "An order is signed"),
            "For each order about to be signed: the one thing that should change it.",
            "draftOrders",
        ),
        Service(
            *("garrod-order-dispatch", "order-dispatch", "An order is sent on"),
            "For each medicine order that is sent to whoever carries it out: what speaks against.",
            "dispatchedOrders",
        ),
        Service(
            *("garrod-medication-refill", "medication-refill", "A prescription is repeated"),
            "For each medicine repeated: what changed since, and what is due.",
            "medications",
        ),
        Service(
            *("garrod-encounter-discharge", "encounter-discharge", "A person goes home"),
            "What in the record should change what this person goes home with.",
        ),
        Service(
            *("garrod-appointment-book", "appointment-book", "An appointment is booked"),
            "What is due to be looked at when this person comes.",
        ),
    )
}


def service_of(id: str) -> Service:
    """Return a service by its id.  Raises: InputError CDS010."""
    found = SERVICES.get(id)
    if found is None:
        raise InputError(
            f"there is no service {id[:64]!r} here: GET /cds-services lists them.", code="CDS010"
        )
    return found


def discovery(services: Iterable[Service] = SERVICES.values()) -> dict[str, Any]:
    """Return the answer to discovery."""
    return {
        "services": [
            {
                "hook": one.hook,
                "title": one.title,
                "description": one.description,
                "id": one.id,
                "prefetch": dict(PREFETCH),
                "usageRequirements": USAGE,
            }
            for one in services
        ]
    }


def address_of(key: str, patient: str) -> str:
    """Return the relative FHIR address of a prefetch key, for one person."""
    return PREFETCH[key].replace("{{context.patientId}}", patient)
