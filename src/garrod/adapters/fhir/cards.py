"""What became of a card, as FHIR: a DetectedIssue that grows with each event, and its tasks.

CardEvent + the issue so far -> DetectedIssue (preliminary until answered); follow-ups -> Task
Source: HL7 FHIR R4 (4.0.1): DetectedIssue, Task. Why these: docs/decisions/0015.
"""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256
from typing import Any

from garrod.adapters.fhir.json import Resource, many, text
from garrod.adapters.fhir.lines.names import CODES, ROOT
from garrod.adapters.fhir.lines.nested import instant_out
from garrod.adapters.fhir.lines.statement import written
from garrod.care.decide.ports import CardDeed, CardEvent, FollowUp
from garrod.core.advice import Tier

CARD = f"{ROOT}/card"
ADVICE = f"{ROOT}/advice"
PACK = f"{ROOT}/pack"
OWNERS = f"{ROOT}/owner"
REASONS = f"{ROOT}/override-reason"
EVENT = f"{ROOT}/StructureDefinition/card-event"
ISSUE, TASK = "DetectedIssue", "Task"
SEVERITY = {Tier.T1: "high", Tier.T2: "high", Tier.T3: "moderate"}
ANSWERS = (CardDeed.ACCEPTED, CardDeed.OVERRIDDEN)
TEAMS = {"monitoring": "Monitoring team", "pharmacist": "Pharmacist", "laboratory": "Laboratory"}


def issue_id(event: CardEvent) -> str:
    """Return the id of a card's issue: one for each person and card."""
    return f"card-{_mark(event.patient, event.card)}"


def task_id(event: CardEvent, follow_up: FollowUp) -> str:
    """Return the id of a follow-up: one for each person, card and kind of task."""
    return f"follow-up-{_mark(event.patient, event.card, follow_up.code)}"


def issue_body(event: CardEvent, before: Resource | None) -> bytes:
    """Return the issue of a card with what happened added; what was said before stays.

    Raises: FhirError FHR151 (the moment has no time zone).
    """
    found: Resource = dict(before) if before else _issue(event)
    found["extension"] = [*many(found, "extension"), _event(event)]
    if event.deed in ANSWERS:
        found["status"] = "final"
        found["mitigation"] = [*many(found, "mitigation"), _mitigation(event)]
    if event.order:
        had = list(many(found, "implicated"))
        if event.order not in {text(r, "reference") for r in had}:
            found["implicated"] = [*had, {"reference": event.order}]
    return written(found)


def task_body(event: CardEvent, follow_up: FollowUp) -> bytes:
    """Return the task that an answer makes: whose it is, and by when.

    Raises: FhirError FHR151 (the moment has no time zone).
    """
    due = (event.at + timedelta(days=follow_up.due_days)).date().isoformat()
    focus = {"reference": f"{ISSUE}/{issue_id(event)}"}
    return written(
        {
            "resourceType": TASK,
            "id": task_id(event, follow_up),
            "status": "requested",
            "intent": "order",
            "priority": "urgent" if event.tier is Tier.T1 else "routine",
            "code": {
                "coding": [{"system": CODES, "code": follow_up.code}],
                "text": follow_up.words,
            },
            "description": f"{event.headline}. {event.words}".strip(),
            "focus": focus,
            "for": _patient(event),
            "authoredOn": instant_out(event.at),
            "requester": {"display": event.by},
            "owner": _owner(follow_up.owner),
            "reasonReference": focus,
            "restriction": {"period": {"end": due}},
        }
    )


def _issue(event: CardEvent) -> Resource:
    said: list[Resource] = [{"coding": [{"system": ADVICE, "code": a}]} for a in event.advice]
    said += [{"coding": [{"system": PACK, "code": p}]} for p in event.packs]
    found: Resource = {
        "resourceType": ISSUE,
        "id": issue_id(event),
        "identifier": [{"system": CARD, "value": event.card}],
        "status": "preliminary",
        "code": {"text": event.target.name},
        "severity": SEVERITY.get(event.tier, "low"),
        "patient": _patient(event),
        "identifiedDateTime": instant_out(event.at),
        "detail": event.headline,
    }
    return {**found, **({"evidence": [{"code": said}]} if said else {})}


def _event(event: CardEvent) -> Resource:
    parts: list[Resource] = [
        {"url": "deed", "valueCode": event.deed.value},
        {"url": "at", "valueDateTime": instant_out(event.at)},
        {"url": "by", "valueString": event.by},
        {"url": "tier", "valueCode": event.tier.value},
    ]
    if event.seconds is not None:
        parts.append({"url": "seconds", "valueDecimal": round(event.seconds, 1)})
    if event.option:
        parts.append({"url": "option", "valueString": event.option})
    if event.order:
        parts.append({"url": "order", "valueReference": {"reference": event.order}})
    return {"url": EVENT, "extension": parts}


def _mitigation(event: CardEvent) -> Resource:
    said = [event.deed.value, event.option, event.words]
    action: dict[str, Any] = {"text": ": ".join(s for s in said if s)}
    if event.reason:
        action["coding"] = [{"system": REASONS, "code": event.reason}]
    return {"action": action, "date": instant_out(event.at), "author": {"display": event.by}}


def _owner(owner: str) -> Resource:
    if "/" in owner:
        return {"reference": owner}
    return {
        "identifier": {"system": OWNERS, "value": owner},
        "display": TEAMS.get(owner, owner),
    }


def _patient(event: CardEvent) -> Resource:
    return {"reference": f"Patient/{event.patient}"}


def _mark(*parts: str) -> str:
    return sha256("\n".join(parts).encode()).hexdigest()[:40]
