"""A message that waits for a human to say whose it is: kept whole, with a task. And later: done.

Report -> Bundle (header, the message as it came) · Task (whose is it?)
Source: HL7 FHIR R4 (4.0.1), messages (MessageHeader first) and Task.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

from garrod.adapters.fhir.cards import OWNERS, TASK, TEAMS
from garrod.adapters.fhir.ingest.parcel import Part, Rule
from garrod.adapters.fhir.ingest.wrap import BUNDLE, digest_of, made_id
from garrod.adapters.fhir.json import Resource, many, one, text
from garrod.adapters.fhir.lines.names import CODES
from garrod.adapters.fhir.lines.nested import instant_out
from garrod.adapters.fhir.record.parse import parse
from garrod.adapters.fhir.rest.patch import written
from garrod.adapters.hl7v2.moments import instant_of
from garrod.adapters.hl7v2.orders import system_of
from garrod.adapters.hl7v2.reports import Report

ER7 = "x-application/hl7-v2+er7"
NAMED = 8  # Not clinical: results that a task names
WHOSE, UNSAID = "result-whose", "result-unsaid"  # codes of tasks
EVENTS = "http://terminology.hl7.org/CodeSystem/v2-0003"


def message_id(report: Report) -> str:
    """Return under which id a message is kept: that of its sender and number (MSH-3, 4, 10)."""
    told = "hl7v2 message " + "\x1f".join((*report.sender, report.number))
    return made_id(digest_of(told.encode()))


def task_id(message: str) -> str:
    """Return the id of the task that a message waits with."""
    return made_id(message, WHOSE)


def kept(report: Report) -> Part:
    """Return a message as it is kept: a Bundle with the text itself."""
    application, facility = report.sender
    endpoint = "urn:garrod:hl7v2:" + quote(f"{facility}:{application}", safe=":")
    header = {
        "resourceType": "MessageHeader",
        "eventCoding": {"system": EVENTS, "code": "R01"},
        "source": {"name": application, "endpoint": endpoint},
    }
    data = b64encode(report.text.encode()).decode()
    body: dict[str, Any] = {
        "resourceType": BUNDLE,
        "type": "message",
        "identifier": {"system": system_of(report, "message"), "value": report.number},
        "entry": [
            {"fullUrl": f"urn:uuid:{made_id(message_id(report), 'header')}", "resource": header},
            {"fullUrl": f"urn:uuid:{made_id(message_id(report), 'text')}",
             "resource": {"resourceType": "Binary", "contentType": ER7, "data": data}},
        ],
    }  # fmt: skip
    if sent := instant_of(report.header.text(7)):
        body["timestamp"] = sent
    whole = written(body)
    id = message_id(report)
    return Part(Rule.MESSAGE, BUNDLE, whole, parse(whole), own_id=id, made_id=id)


def text_of(bundle: Resource) -> str:
    """Return the message that a Bundle keeps; "" where it keeps none."""
    for entry in many(bundle, "entry"):
        held = one(entry, "resource")
        if text(held, "contentType") == ER7:
            return b64decode(text(held, "data")).decode()
    return ""


def whose_task(report: Report, why: str, at: datetime) -> dict[str, Any]:
    """Return the task that asks whose a message is; it names nobody."""
    _, facility = report.sender
    words = f"A result of {facility or 'a laboratory'} waits: {why}. Say on Connect whose it is."
    return {
        **_task(WHOSE, "Whose result is this?", words, at),
        "focus": {"reference": f"{BUNDLE}/{message_id(report)}"},
    }


def check_task(report: Report, patient: str, unsaid: Sequence[str], at: datetime) -> dict[str, Any]:
    """Return the task that asks whether earlier results stand, of which a correction is silent."""
    _, facility = report.sender
    more = f" and {len(unsaid) - NAMED} more" if len(unsaid) > NAMED else ""
    words = (
        f"A corrected report of {facility or 'a laboratory'} says nothing more of: "
        f"{', '.join(unsaid[:NAMED])}{more}."
    )
    return {
        **_task(UNSAID, "Does it still stand?", words, at),
        "focus": {"reference": f"{BUNDLE}/{message_id(report)}"},
        "for": {"reference": f"Patient/{patient}"},
    }


def settled(task: Resource, words: str, who: str, at: datetime) -> dict[str, Any]:
    """Return a task that is done, and what was said of it by whom."""
    author = {"authorReference": {"reference": who}} if "/" in who else {"authorString": who}
    note = {**author, "time": instant_out(at), "text": words}
    return {
        **task,
        "status": "completed",
        "lastModified": instant_out(at),
        "note": [*many(task, "note"), note],
    }


def _task(code: str, what: str, words: str, at: datetime) -> dict[str, Any]:
    return {
        "resourceType": TASK,
        "status": "requested",
        "intent": "order",
        "priority": "urgent",
        "code": {"coding": [{"system": CODES, "code": code}], "text": what},
        "description": words,
        "authoredOn": instant_out(at),
        "requester": {"display": "Garrod: messages"},
        "owner": {
            "identifier": {"system": OWNERS, "value": "laboratory"},
            "display": TEAMS["laboratory"],
        },
    }
