"""What was signed, what follows from it, and the way back while nobody has touched it."""

from __future__ import annotations

import orjson
from starlette.responses import Response

from garrod.adapters.fhir.dates import latest_date
from garrod.adapters.fhir.json import many, one, text
from garrod.care.record.query import OfPatients, Query
from garrod.core.errors import InputError
from garrod.entry.web.asked import Visit
from garrod.entry.web.pages import page, see
from garrod.entry.web.prescribe import signing
from garrod.entry.web.prescribe.banner import banner_of, day
from garrod.entry.web.prescribe.looking import subject_now

KINDS = (signing.REQUEST, signing.SERVICE)
STATES = {"active": "Signed", "entered-in-error": "Taken back", "revoked": "Taken back"}


async def confirmed(visit: Visit, patient: str, rest: tuple[str, ...]) -> Response:
    """Answer the page of a signed order.  Raises: AccessDenied, NotFound REC001, InputError."""
    if len(rest) not in (2, 3) or rest[0] not in KINDS or rest[2:] not in ((), ("undo",)):
        raise InputError("there is no such page.", code="REC001")
    kind, id = rest[0], rest[1]
    order = await signing.told(visit.consult, visit.actor, kind, id)
    if text(one(order, "subject"), "reference") != f"Patient/{patient}":
        raise InputError("there is no such order of this person.", code="REC001")
    if rest[2:] and visit.method == "POST":
        await signing.undo(visit.consult, visit.actor, kind, id)
        return see(f"/patients/{patient}/prescribe/signed/{kind}/{id}")
    concept = one(order, "medicationCodeableConcept") or one(order, "code")
    directions = [text(d, "text") for d in many(order, "dosageInstruction")]
    person = await visit.consult.people.person(visit.actor, patient)
    return page(
        "prescribe/signed.jinja",
        banner=banner_of(person, subject_now(visit.consult, person)),
        csrf=visit.csrf,
        name=text(concept, "text"),
        directions=_begun(" ".join(directions)),
        state=STATES.get(text(order, "status"), text(order, "status")),
        is_active=text(order, "status") == "active",
        tasks=await _tasks(visit, patient, f"{kind}/{id}"),
        kind=kind,
        id=id,
        patient=patient,
        then=visit.fields.get("then", ""),
    )


async def _tasks(visit: Visit, patient: str, order: str) -> tuple[tuple[str, str, str], ...]:
    """Return the tasks that the answer to this order's card made: what, whose, by when."""
    found = await _of_patient(visit, patient, "DetectedIssue")
    issues = {
        f"DetectedIssue/{issue['id']}"
        for issue in found
        if any(text(r, "reference") == order for r in many(issue, "implicated"))
    }
    tasks = await _of_patient(visit, patient, "Task")
    return tuple(
        (
            text(one(task, "code"), "text"),
            text(one(task, "owner"), "display"),
            _day(text(one(one(task, "restriction"), "period"), "end")),
        )
        for task in tasks
        if text(one(task, "focus"), "reference") in issues
    )


def _day(written: str) -> str:
    """Return a day in words, or as it is written."""
    found = latest_date(written[:10])
    return day(found) if found else written


async def _of_patient(visit: Visit, patient: str, kind: str) -> list[dict[str, object]]:
    query = Query((kind,), (OfPatients(frozenset((patient,))),), count=200)
    found, _ = await visit.consult.record.search(visit.actor, query)
    return [{**orjson.loads(v.body), "id": v.id} for v in found.versions]


def _begun(words: str) -> str:
    """Return words as a sentence begins."""
    return words[:1].upper() + words[1:]
