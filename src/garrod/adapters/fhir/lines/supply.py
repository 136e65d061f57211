"""How far a prescription has gone, and what becomes of it when its line is stopped.

MedicationRequest + its supplies and tasks -> Authorisation; cancelled request; task of a stop
Source: HL7 FHIR R4 (4.0.1): MedicationRequest, MedicationDispense, Task; own choice of stages.
"""

from __future__ import annotations

from datetime import datetime

import orjson

from garrod.adapters.fhir.json import Resource, many, one, text
from garrod.adapters.fhir.lines.names import CODES
from garrod.adapters.fhir.lines.nested import instant_out
from garrod.adapters.fhir.lines.statement import written
from garrod.adapters.fhir.record.parse import parse
from garrod.care.record.medication.stop import Authorisation, Stage, StopTask
from garrod.core.resource import Version

_ENDED = frozenset(("cancelled", "stopped", "entered-in-error"))
_UNDER_WAY = frozenset(("preparation", "in-progress", "on-hold"))
_WITH = frozenset(("accepted", "in-progress", "on-hold", "received"))


def authorisation_of(order: Version, beside: tuple[Version, ...]) -> Authorisation:
    """Return how far a prescription has gone.

    What is under way anywhere is with a dispenser. Repeats that are not yet supplied wait.
    """
    request = orjson.loads(order.body)
    reference = f"{order.kind}/{order.id}"
    if text(request, "status") in _ENDED:
        return Authorisation(reference, Stage.ENDED)
    found = [orjson.loads(v.body) for v in beside]
    for resource in found:
        if text(resource, "status") in _states(resource):
            return Authorisation(reference, Stage.WITH_DISPENSER, _who(resource))
    supplied = [r for r in found if r["resourceType"] == "MedicationDispense" and _is_done(r)]
    finished = [r for r in found if r["resourceType"] == "Task" and _is_done(r)]
    if finished or len(supplied) > _repeats(request):
        return Authorisation(reference, Stage.DISPENSED, _who((finished or supplied)[0]))
    if text(request, "status") == "completed":
        return Authorisation(reference, Stage.ENDED)
    return Authorisation(reference, Stage.WAITING)


def _states(resource: Resource) -> frozenset[str]:
    return _UNDER_WAY if resource["resourceType"] == "MedicationDispense" else _WITH


def _is_done(resource: Resource) -> bool:
    return text(resource, "status") == "completed"


def _repeats(request: Resource) -> int:
    allowed = one(request, "dispenseRequest").get("numberOfRepeatsAllowed")
    return allowed if isinstance(allowed, int) else 0


def _who(resource: Resource) -> str:
    """Return the dispenser: by name, or as a reference."""
    pointers = [one(p, "actor") for p in many(resource, "performer")]
    for pointer in (*pointers, one(resource, "owner")):
        said = text(pointer, "display") or text(pointer, "reference")
        if said:
            return said
    return ""


def cancelled_body(order: Version, reason: str) -> bytes:
    """Return a prescription as it is once it is cancelled: status and reason changed alone."""
    request = parse(order.body)
    request["status"] = "cancelled"
    request["statusReason"] = {"text": f"recalled: {reason}"}
    return written(request)


def task_body(task: StopTask, patient: str, at: datetime) -> bytes:
    """Return a task that names prescriptions which a stop could not recall."""
    return written(
        {
            "resourceType": "Task",
            "status": "requested",
            "intent": "order",
            "priority": "urgent",
            "code": {
                "coding": [{"system": CODES, "code": "recall-prescription"}],
                "text": "Recall a prescription whose line was stopped",
            },
            "description": task.words,
            "focus": {"reference": f"MedicationStatement/{task.line_id}"},
            "for": {"reference": f"Patient/{patient}"},
            "authoredOn": instant_out(at),
            "input": [
                {
                    "type": {"coding": [{"system": CODES, "code": "prescription"}]},
                    "valueReference": {"reference": reference},
                }
                for reference in task.references
            ],
        }
    )
