"""What is shown and told of a record that was opened in an emergency.

Glass -> Flag (that it is open), Task (the privacy officer looks at it), Communication (the person
is told). What holds is not in them but in the note that care/record/breaking keeps.
Source: HL7 FHIR R4 (4.0.1), Flag, Task, Communication
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from garrod.adapters.fhir.cards import OWNERS
from garrod.adapters.fhir.json import Resource
from garrod.adapters.fhir.lines.names import CODES
from garrod.adapters.fhir.lines.nested import instant_out
from garrod.adapters.fhir.lines.statement import written
from garrod.care.govern.emergency import PURPOSE, REVIEWED, Glass
from garrod.care.govern.emergency_review import Review
from garrod.care.govern.snoop_review import Outcome
from garrod.care.record.ports import Codec
from garrod.core.resource import Draft

FLAG, TASK, COMMUNICATION = "Flag", "Task", "Communication"
OPENED, REVIEW = "break-glass", "break-glass-review"
OFFICER = "privacy-officer"
CATEGORY = "http://terminology.hl7.org/CodeSystem/flag-category"
NOTICE = "http://terminology.hl7.org/CodeSystem/communication-category"
FOUND = {Outcome.EXPLAINED: "There was an emergency", Outcome.LOOK_INTO: "To be looked into"}
PURPOSES = "http://terminology.hl7.org/CodeSystem/v3-ActReason"


class GlassPapers:
    """Fills the ports Papers of care/record: breaking, glass_reviews."""

    def __init__(self, codec: Codec) -> None:
        self._codec = codec

    def opened(self, glass: Glass) -> tuple[Draft, ...]:
        """Return the Flag, the Task of the privacy officer and the Communication to the person.

        Raises: FhirError FHR151 (a moment has no time zone).
        """
        bodies = (flag(glass), task(glass), communication(glass))
        return tuple(self._drafted(body) for body in bodies)

    def closed(self, glass: Glass) -> Draft:
        """Return the Flag of a glass that was closed by hand."""
        return self._drafted(flag(glass))

    def reviewed(self, glass: Glass, review: Review) -> Draft:
        """Return the Task of a glass that was judged: done, or going on."""
        is_done = review.outcome is Outcome.EXPLAINED
        found = {
            "status": "completed" if is_done else "in-progress",
            "businessStatus": {"text": FOUND[review.outcome]},
            "lastModified": instant_out(review.at),
            "note": [{**_author(review.by), "time": instant_out(review.at), "text": review.note}],
        }
        return self._drafted({**task(glass), **found})

    def _drafted(self, body: Resource) -> Draft:
        kind, id = body["resourceType"], body["id"]
        return self._codec.drafted(written(body), kind=kind, id=id)


def flag(glass: Glass) -> Resource:
    """Return the Flag of a glass: active until its end, inactive once it was closed by hand."""
    return {
        "resourceType": FLAG,
        "id": glass.id,
        "status": "active" if glass.ended is None else "inactive",
        "category": [{"coding": [{"system": CATEGORY, "code": "admin"}]}],
        "code": _coded(OPENED, "Opened in an emergency"),
        "subject": _patient(glass),
        "period": {"start": instant_out(glass.since), "end": instant_out(glass.end)},
        "author": _who(glass),
    }


def task(glass: Glass) -> Resource:
    """Return the task of the privacy officer: whether there was an emergency, by when to say."""
    return {
        "resourceType": TASK,
        "id": f"{glass.id}-review",
        "status": "requested",
        "intent": "order",
        "priority": "urgent",
        "code": _coded(REVIEW, "Look at a record that was opened in an emergency"),
        "description": f"Was there an emergency? What was said: {glass.reason}",
        "focus": {"reference": f"{FLAG}/{glass.id}"},
        "for": _patient(glass),
        "authoredOn": instant_out(glass.since),
        "requester": _who(glass),
        "owner": {
            "identifier": {"system": OWNERS, "value": OFFICER},
            "display": "Privacy officer",
        },
        "reasonCode": {
            "coding": [{"system": PURPOSES, "code": PURPOSE}],
            "text": glass.reason,
        },
        "restriction": {"period": {"end": _due(glass).date().isoformat()}},
    }


def communication(glass: Glass) -> Resource:
    """Return what the person is told: who, when, why, until when, and who looks at it."""
    of = f" of {glass.organisation}" if glass.organisation else ""
    words = (
        f"Your record was opened in an emergency at {_moment(glass.since)} by a {glass.role} "
        f"({glass.who}{of}). They said why: “{glass.reason}”. It closes by itself at "
        f"{_moment(glass.until)}. The privacy officer looks at this by "
        f"{_due(glass).day} {_due(glass):%B %Y}. Your access history shows what was looked at."
    )
    return {
        "resourceType": COMMUNICATION,
        "id": f"{glass.id}-told",
        "status": "completed",
        "category": [{"coding": [{"system": NOTICE, "code": "notification"}]}],
        "priority": "urgent",
        "subject": _patient(glass),
        "topic": _coded(OPENED, "Opened in an emergency"),
        "about": [{"reference": f"{FLAG}/{glass.id}"}],
        "sent": instant_out(glass.since),
        "recipient": [_patient(glass)],
        "reasonCode": [{"coding": [{"system": PURPOSES, "code": PURPOSE}]}],
        "payload": [{"contentString": words}],
    }


def _coded(code: str, words: str) -> Resource:
    return {"coding": [{"system": CODES, "code": code}], "text": words}


def _patient(glass: Glass) -> dict[str, Any]:
    return {"reference": f"Patient/{glass.patient}"}


def _who(glass: Glass) -> dict[str, Any]:
    return {"reference": glass.who} if "/" in glass.who else {"display": glass.who}


def _author(by: str) -> dict[str, Any]:
    return {"authorReference": {"reference": by}} if "/" in by else {"authorString": by}


def _due(glass: Glass) -> datetime:
    return glass.since + REVIEWED


def _moment(at: datetime) -> str:
    return f"{at:%H:%M} (UTC) on {at.day} {at:%B %Y}"
