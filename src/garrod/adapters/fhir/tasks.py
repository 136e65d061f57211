"""A task of the monitor as FHIR: what changed, for whom, whose it is, and by when.

Raised -> Task (requested), or the Task so far -> cancelled, because it no longer holds
Source: HL7 FHIR R4 (4.0.1), Task.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from garrod.adapters.fhir.cards import OWNERS, TASK, TEAMS
from garrod.adapters.fhir.json import Resource
from garrod.adapters.fhir.lines.names import CODES, ROOT
from garrod.adapters.fhir.lines.nested import instant_out
from garrod.adapters.fhir.lines.statement import written
from garrod.care.monitor.raising import Raised

KEY = f"{ROOT}/monitor-task"
NO_LONGER = "it no longer holds: what is said of the medicine has changed again"


def task_id(raised: Raised) -> str:
    """Return the id of a task: the same for the same person, medicine, act and content."""
    return f"monitor-{raised.key}"


def task_body(raised: Raised, at: datetime) -> bytes:
    """Return the task.  Raises: FhirError FHR151 (the moment has no time zone)."""
    follow_up = raised.follow_up
    due = (at + timedelta(days=follow_up.due_days)).date().isoformat()
    return written(
        {
            "resourceType": TASK,
            "id": task_id(raised),
            "identifier": [{"system": KEY, "value": raised.key}],
            "status": "requested",
            "intent": "order",
            "priority": "urgent" if raised.is_urgent else "routine",
            "code": {
                "coding": [{"system": CODES, "code": follow_up.code}],
                "text": follow_up.words,
            },
            "description": raised.words,
            "for": {"reference": f"Patient/{raised.patient}"},
            "authoredOn": instant_out(at),
            "requester": {"display": "Garrod: monitor"},
            "owner": {
                "identifier": {"system": OWNERS, "value": follow_up.owner},
                "display": TEAMS.get(follow_up.owner, follow_up.owner.capitalize()),
            },
            "restriction": {"period": {"end": due}},
        }
    )


def closed_body(task: Resource, at: datetime) -> bytes:
    """Return a task as one that is not to be done any more.  Raises: FhirError FHR151."""
    reason = {"text": NO_LONGER}
    changed = {"status": "cancelled", "statusReason": reason, "lastModified": instant_out(at)}
    return written({**task, **changed})
