"""An entry of the audit as FHIR shows it: AuditEvent, made when it is asked for, never stored.

Source: HL7 FHIR R4 4.0.1, AuditEvent; https://hl7.org/fhir/R4/auditevent.html
"""

from __future__ import annotations

from typing import Any

from garrod.care.govern.audit import DENIED, PERMITTED, AuditEntry

REST = {"system": "http://terminology.hl7.org/CodeSystem/audit-event-type", "code": "rest"}
INTERACTION = "http://hl7.org/fhir/restful-interaction"
REASON = "http://terminology.hl7.org/CodeSystem/v3-ActReason"
ENTITY = "http://terminology.hl7.org/CodeSystem/audit-entity-type"
ROLE = "http://terminology.hl7.org/CodeSystem/object-role"
SOURCE = "http://terminology.hl7.org/CodeSystem/security-source-type"
# deed -> interaction of FHIR, and the letter of its action
DEEDS = {
    "read": ("read", "R"), "search": ("search-type", "E"), "history": ("history-instance", "R"),
    "create": ("create", "C"), "update": ("update", "U"), "delete": ("delete", "D"),
    "operate": ("operation", "E"), "export": ("operation", "E"),
}  # fmt: skip
FINE, MINOR, SERIOUS = "0", "4", "8"
PREFIX = "entry-"


def audit_event(entry: AuditEntry) -> dict[str, Any]:
    """Return an entry as an AuditEvent; its id is "entry-" and its place in the log."""
    interaction, action = DEEDS.get(entry.deed, ("", "E"))
    told: dict[str, Any] = {
        "resourceType": "AuditEvent",
        "id": f"{PREFIX}{entry.index}",
        "type": REST,
        "subtype": [{"system": INTERACTION, "code": interaction}] if interaction else [],
        "action": action,
        "recorded": entry.at,
        "outcome": FINE if entry.outcome == PERMITTED else _fault(entry),
        "outcomeDesc": "; ".join((entry.outcome, *entry.because)) if entry.outcome else "",
        "purposeOfEvent": [{"coding": [_purpose(entry.purpose)]}] if entry.purpose else [],
        "agent": [_agent(entry)],
        "source": {
            "observer": {"display": "Garrod"},
            "type": [{"system": SOURCE, "code": "4"}],  # 4: application server
        },
        "entity": _entities(entry),
    }
    return {name: value for name, value in told.items() if value or value == FINE}


def _fault(entry: AuditEntry) -> str:
    return SERIOUS if entry.outcome == DENIED or entry.status >= 500 else MINOR


def _purpose(purpose: str) -> dict[str, str]:
    system, _, code = purpose.rpartition("#")
    return {"system": system or REASON, "code": code}


def _agent(entry: AuditEntry) -> dict[str, Any]:
    is_reference = "/" in entry.who
    who: dict[str, Any] = {"reference": entry.who} if is_reference else {"display": entry.who}
    agent: dict[str, Any] = {"requestor": True}
    if entry.who:
        agent["who"] = who
    roles = [text for text in (entry.role, entry.organisation, entry.client) if text]
    if roles:
        agent["role"] = [{"text": text} for text in roles]
    if entry.emergency:
        agent["purposeOfUse"] = [{"text": entry.emergency}]
    return agent


def _entities(entry: AuditEntry) -> list[dict[str, Any]]:
    people = [
        {
            "what": {"reference": f"Patient/{patient}"},
            "type": {"system": ENTITY, "code": "1"},  # 1: person
            "role": {"system": ROLE, "code": "1"},  # 1: patient
        }
        for patient in entry.patients
    ]
    details = [
        ("route", entry.route),
        ("kinds", " ".join(entry.kinds)),
        ("count", str(entry.count)),
    ]
    asked = {
        "type": {"system": ENTITY, "code": "2"},  # 2: system object
        "detail": [{"type": name, "valueString": text} for name, text in details if text],
    }
    return [*people, asked]
