"""Questions about what was handed over, and their answers: kept as tasks of whoever handed it over.

handover, words -> Task (asked) -> Task (answered); both sides read the same

Source: HL7 FHIR R4 (4.0.1), Task, https://hl7.org/fhir/R4/task.html
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

import orjson

from garrod.adapters.fhir.json import Resource, many, one, text
from garrod.adapters.fhir.lines.codec import FhirCases
from garrod.adapters.fhir.lines.names import CODES
from garrod.adapters.fhir.lines.nested import instant_in, instant_out
from garrod.care.record.medicines_cases import CASE, HANDOVER
from garrod.core.errors import InputError, VersionConflict
from garrod.core.resource import Version
from garrod.entry.web.asked import Visit
from garrod.entry.web.medicines.reading import author_of
from garrod.entry.web.reconcile.reading import resources_of

CODE = "handover-query"
DUE = timedelta(days=2)  # Source: own choice, as questions of a pharmacy (unchecked)
TITLE = "Question about medicines that were handed over"
SHORTEST = 5  # Not clinical: characters of a question or an answer


@dataclass(frozen=True, slots=True)
class Said:
    """Something that was asked or answered: who (reference or words), when, and what."""

    who: str
    at: datetime | None
    words: str


@dataclass(frozen=True, slots=True)
class Query:
    """A question about a handover; `answer` None: nobody has answered it."""

    id: str
    version: int
    handover: str
    asked: Said
    answer: Said | None = None


async def queries_of(visit: Visit, patient: str) -> tuple[Query, ...]:
    """Return the questions about what was handed over, the oldest first.  Raises: AccessDenied."""
    found = [
        query
        for version in await resources_of(visit, patient, CASE)
        if (query := query_in(version)) is not None
    ]
    return tuple(sorted(found, key=lambda q: (q.asked.at is None, q.asked.at, q.id)))


def query_in(version: Version) -> Query | None:
    """Return the question that a version of a Task holds; None for any other task."""
    task = orjson.loads(version.body)
    codes = [c for c in many(one(task, "code"), "coding") if text(c, "system") == CODES]
    if all(text(c, "code") != CODE for c in codes):
        return None
    notes = list(many(task, "note"))
    is_answered = text(task, "status") in ("completed", "cancelled") and bool(notes)
    return Query(
        version.id,
        version.number,
        text(one(task, "focus"), "reference").removeprefix(f"{HANDOVER}/"),
        Said(_who(one(task, "requester")), _at(task, "authoredOn"), text(task, "description")),
        _note_in(notes[-1]) if is_answered else None,
    )


async def ask(visit: Visit, patient: str, handover: str, words: str) -> None:
    """Ask whoever handed over what is not clear of it; once, however often the form is sent.

    Raises: AccessDenied; InputError REC001 (no such handover), REC114 (it went elsewhere).
    """
    by, record = author_of(visit), visit.consult.record
    version = await record.read(visit.actor, HANDOVER, handover)
    letter, told = orjson.loads(version.body), FhirCases().handover(version)
    if text(one(letter, "subject"), "reference") != f"Patient/{patient}":
        raise InputError("there is no such handover of this person.", code="REC001")
    if told.to is not by.setting:
        raise InputError("whom it was handed over to asks about it.", code="REC114")
    key, now = visit.fields.get("key", ""), visit.consult.clock()
    id = f"query-{sha256(f'{patient} {handover} {key}'.encode()).hexdigest()[:32]}"
    task: Resource = {
        "resourceType": CASE,
        "id": id,
        "status": "requested",
        "intent": "order",
        "priority": "routine",
        "code": {"coding": [{"system": CODES, "code": CODE}], "text": TITLE},
        "description": words,
        "focus": {"reference": f"{HANDOVER}/{handover}"},
        "for": {"reference": f"Patient/{patient}"},
        "authoredOn": instant_out(now),
        "requester": _me(visit),
        "restriction": {"period": {"end": (now + DUE).date().isoformat()}},
    }
    if sender := one(letter, "sender"):
        task["owner"] = sender
    body = orjson.dumps(task)
    try:
        await record.update(visit.actor, CASE, id, body, expected=0, is_given=True)
    except VersionConflict:
        return


async def answer(visit: Visit, patient: str, id: str, words: str) -> None:
    """Answer a question, on the version of it that was seen; once.

    Raises: AccessDenied; InputError REC001; VersionConflict where somebody else has answered it.
    """
    record = visit.consult.record
    version = await record.read(visit.actor, CASE, id)
    found, task = query_in(version), {**orjson.loads(version.body), "id": id}
    if found is None or text(one(task, "for"), "reference") != f"Patient/{patient}":
        raise InputError("there is no such question about this person.", code="REC001")
    said = visit.fields.get("version", "")
    seen = int(said) if said.isdecimal() and len(said) < 10 else 0
    before = found.answer
    if before is not None and (before.who, before.words) == (visit.actor.id, words):
        return  # sent twice
    if before is not None or seen != version.number:
        raise VersionConflict(CASE, id, expected=seen, current=version.number)
    me = _me(visit)
    author = {"authorReference": me} if "reference" in me else {"authorString": me["display"]}
    note = {**author, "time": instant_out(visit.consult.clock()), "text": words}
    new = {**task, "status": "completed", "note": [*many(task, "note"), note]}
    await record.update(visit.actor, CASE, id, orjson.dumps(new), expected=seen)


def _me(visit: Visit) -> dict[str, str]:
    id = visit.actor.id
    return {"reference": id} if "/" in id else {"display": id}


def _who(named: Resource) -> str:
    return text(named, "reference") or text(named, "display")


def _at(found: Resource, name: str) -> datetime | None:
    said = text(found, name)
    return instant_in(said) if said else None


def _note_in(note: Resource) -> Said:
    who = text(one(note, "authorReference"), "reference") or text(note, "authorString")
    return Said(who, _at(note, "time"), text(note, "text"))
