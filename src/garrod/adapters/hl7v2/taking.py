"""Takes a laboratory's message into the record: all of it in one transaction, once, or nothing.

Report -> whose it is -> resources, held against what is here -> written with the message they came
by (Provenance); where nobody can say whose it is, the message is kept and a human is asked
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import orjson

from garrod.adapters.fhir.cards import TASK
from garrod.adapters.fhir.cards_memory import OPEN
from garrod.adapters.fhir.ingest import find
from garrod.adapters.fhir.ingest.parcel import Parcel, Part, Rule, Taken
from garrod.adapters.fhir.ingest.take import PROVENANCE, Taker, take_within
from garrod.adapters.fhir.ingest.wrap import checked, made_id
from garrod.adapters.fhir.json import Resource, many, text
from garrod.adapters.fhir.record.fold import fold
from garrod.adapters.fhir.record.parse import parse, parse_kept
from garrod.adapters.fhir.rest.patch import written
from garrod.adapters.hl7v2.merging import Key, Merged, merge
from garrod.adapters.hl7v2.orders import REPORT, REQUEST, Made, resources_of, system_of
from garrod.adapters.hl7v2.reports import Report
from garrod.adapters.hl7v2.waiting import (
    UNSAID,
    check_task,
    kept,
    message_id,
    settled,
    task_id,
    whose_task,
)
from garrod.adapters.hl7v2.whose import Whose, whose
from garrod.care.govern.access import Deed, demand
from garrod.care.record.ports import Tx
from garrod.care.record.query import Criterion, OfPatients, ParamType, Query, Token
from garrod.core.errors import ConflictError, InputError
from garrod.core.resource import Version

FhirJson = dict[str, Any]
MOST = 20  # Not clinical: requests with one number that are looked at
GONE = frozenset(("entered-in-error", "cancelled"))


class OtherContent(ConflictError):
    """A message with the number of another one that said other things."""

    default_code = "REC207"


class OtherOwner(ConflictError):
    """The number of an order stands for somebody else here."""

    default_code = "REC208"


@dataclass(slots=True)
class Came:
    """What came of a message. `why`: it waits for a human to say whose it is."""

    id: str
    taken: Taken = field(default_factory=Taken)
    why: str = ""
    is_known: bool = False


async def take_report(taker: Taker, report: Report, *, patient: str = "") -> Came:
    """Take a message in, or keep it until a human says whose it is; a human said `patient`.

    Raises: InputError INP084 (faults, or no real message), OtherContent REC207, OtherOwner REC208,
    InvalidResource FHR140, AccessDenied; nothing is then written.
    """
    if report.faults or report.person is None:
        raise InputError("the message is not right: mend what is told of it.", code="INP084")
    if report.is_training:
        raise InputError(
            "MSH-11 says that it is for training or tests: nothing of it is taken in; send it as P "
            "(production).",
            code="INP084",
        )
    taker.record.demand_house(taker.actor, "Patient")  # whose it is, is looked for among all
    return await taker.record.store.transact(lambda tx: _took(taker, tx, report, patient))


async def _took(taker: Taker, tx: Tx, report: Report, patient: str) -> Came:
    message = kept(report)
    came = Came(message_id(report))
    await tx.lock(f"message {came.id}")
    before = await tx.read(message.kind, came.id)
    if before is not None and not find.is_same(message.body, before):
        raise OtherContent(
            f"MSH-10: another message of this sender has the number {report.number[:40]!r} and "
            "says other things: ask for a message with a number of its own."
        )
    if await tx.read(PROVENANCE, made_id(came.id, PROVENANCE)) is not None:
        came.is_known = True
        return came
    assert report.person is not None, "asked before"
    owner = await whose(tx, report.person)
    if not (patient or owner.patient):
        came.why = owner.why
        await _wait(taker, tx, report, message, came)
        return came
    if patient and (await tx.read("Patient", patient)) is None:
        raise InputError("there is no such person: look at the id again.", code="INP084")
    if patient and owner.patient and patient != owner.patient:
        raise InputError(
            "number, date of birth and name are those of another person here by now: try again "
            "without choosing anybody.",
            code="INP084",
        )
    await _take(taker, tx, report, came, patient or owner.patient)
    await _settle(taker, tx, came, owner, patient)
    return came


async def _take(taker: Taker, tx: Tx, report: Report, came: Came, patient: str) -> None:
    made = resources_of(report, patient)
    await _check_owner(tx, report, made, patient)
    made = await _tied(tx, report, made, patient)
    merged = merge(made, await _earlier(tx, made))
    parts = [_part(taker, *key, body) for key, body in merged.resources.items()]
    parts += _asks(taker, report, patient, merged)
    came.taken = await take_within(taker, tx, Parcel((kept(report), *parts)))
    came.taken.notes[:0] = merged.notes


def _part(taker: Taker, kind: str, id: str, resource: FhirJson) -> Part:
    """Return a resource, checked as any other that is sent."""
    body = written(resource)
    found = parse(body)
    checked(found, taker.codec.checker, is_strict=False)
    return Part(Rule.OWN, kind, body, found, own_id=id, made_id=id)


def _asks(taker: Taker, report: Report, patient: str, merged: Merged) -> Iterable[Part]:
    if merged.unsaid:
        task = check_task(report, patient, merged.unsaid, taker.now)
        yield _part(taker, TASK, made_id(message_id(report), UNSAID), task)


async def _earlier(tx: Tx, made: Iterable[Made]) -> dict[Key, FhirJson]:
    """Return what the record has under the same ids, and the results of its earlier reports."""
    found: dict[Key, FhirJson] = {}
    wanted = [(one.kind, one.id) for one in made]
    while wanted:
        key = wanted.pop()
        version = await tx.read(*key) if key not in found else None
        if version is None or version.is_deleted:
            continue
        found[key] = {**parse_kept(version.body), "id": key[1]}
        if key[0] == REPORT:
            names = [text(r, "reference").split("/") for r in many(found[key], "result")]
            wanted += [(name[0], name[1]) for name in names if len(name) == 2]
    return found


async def _check_owner(tx: Tx, report: Report, made: Iterable[Made], patient: str) -> None:
    """Raise OtherOwner REC208 where a report of the same number stands for somebody else."""
    system = system_of(report, "filler")
    for one in (m for m in made if m.kind == REPORT):
        numbers = (text(i, "value") for i in many(one.resource, "identifier")
                   if text(i, "system") == system)  # fmt: skip
        for number in numbers:
            for version in await _numbered(tx, REPORT, Token(system, number)):
                there = parse_kept(version.body)
                if text(there, "status") in GONE or _patient(there) == patient:
                    continue
                if await _is_emptied(tx, there):
                    continue
                raise OtherOwner(
                    "OBR-3: a report with this number stands for another person here: withdraw "
                    "what it says first (OBX-11 W or D, or OBR-25 X), or ask whose it is."
                )


async def _is_emptied(tx: Tx, report: FhirJson) -> bool:
    """Return whether every result of a report was withdrawn, and it concludes nothing itself."""
    found = []
    for pointer in many(report, "result"):
        kind, _, id = text(pointer, "reference").partition("/")
        version = await tx.read(kind, id)
        if version is None or version.is_deleted:
            continue
        found.append(text(parse_kept(version.body), "status") in GONE)
    return bool(found) and all(found) and not text(report, "conclusion")


async def _numbered(tx: Tx, kind: str, token: Token, patient: str = "") -> tuple[Version, ...]:
    clauses = (Criterion("identifier", ParamType.TOKEN, (token,)),)
    of = (OfPatients(frozenset((patient,))),) if patient else ()
    return (await tx.search(Query((kind,), (*clauses, *of), count=MOST))).versions


def _patient(resource: Resource) -> str:
    subject = resource.get("subject")
    return text(subject, "reference").removeprefix("Patient/") if isinstance(subject, dict) else ""


async def _tied(tx: Tx, report: Report, made: list[Made], patient: str) -> list[Made]:
    """Return the same, with reports on the house's own requests where it has the very one."""
    by_name = {one.name: one for one in made}
    for one in [m for m in made if m.kind == REPORT]:
        based = text(next(many(one.resource, "basedOn")), "reference")
        own = by_name[based]
        numbers = [text(i, "value") for i in many(own.resource, "identifier")
                   if text(i, "system") == system_of(report, "placer")]  # fmt: skip
        found = await _numbered(tx, REQUEST, Token(None, numbers[0]), patient) if numbers else ()
        others = [{**parse_kept(v.body), "id": v.id} for v in found if v.id != own.id]
        others = [other for other in others if _is_of_one_code(other, own.resource)]
        if len(others) != 1:
            continue
        asked = others[0]
        if text(asked, "status") == "active" and own.resource["status"] == "completed":
            asked["status"] = "completed"
        one.resource["basedOn"] = [{"reference": f"{REQUEST}/{asked['id']}"}]
        made[made.index(own)] = Made(REQUEST, str(asked["id"]), asked)
    return made


def _is_of_one_code(one: FhirJson, other: FhirJson) -> bool:
    """Return whether two requests ask for the same, by a code or in the same words."""
    return bool(_codes(one) & _codes(other))


def _codes(request: FhirJson) -> frozenset[str]:
    concept = request.get("code")
    if not isinstance(concept, dict):
        return frozenset()
    said = (text(concept, "text"), *(text(c, "code") for c in many(concept, "coding")))
    return frozenset(fold(words) for words in said if words)


async def _wait(taker: Taker, tx: Tx, report: Report, message: Part, came: Came) -> None:
    """Keep a message and ask whose it is, each once."""
    task = _part(taker, TASK, task_id(came.id), whose_task(report, came.why, taker.now))
    checked(message.resource, taker.codec.checker, is_strict=False)
    for part in (message, task):
        before = await tx.read(part.kind, part.own_id)
        if before is not None and (part is message or _is_open(before)):
            continue
        deed = Deed.CREATE if before is None else Deed.UPDATE  # what came again is asked again
        demand(taker.record.access, taker.actor, deed, part.kind)
        draft = find.drafted(taker.codec, part.body, part, part.own_id)
        number, method = (before.number, "PUT") if before else (0, "POST")
        came.taken.written.append(await tx.put(draft, method=method, expected=number))
    await taker.record.react(tx, came.taken.written)


async def _settle(taker: Taker, tx: Tx, came: Came, owner: Whose, chosen: str) -> None:
    """Close the task that a message waited with, and keep who said whose it is."""
    version = await tx.read(TASK, task_id(came.id))
    if version is None or not _is_open(version):
        return
    words = "Taken in: number, date of birth and name agree now."
    if chosen and owner.why:
        words = f"Taken in by hand for Patient/{chosen}, though {owner.why}."
    task = {**orjson.loads(version.body), "id": version.id}
    task = settled(task, words, taker.actor.id, taker.now)
    part = _part(taker, TASK, version.id, task)
    draft = find.drafted(taker.codec, part.body, part, version.id)
    demand(taker.record.access, taker.actor, Deed.UPDATE, TASK)
    done = await tx.put(draft, method="PUT", expected=version.number)
    await taker.record.react(tx, [done])


def _is_open(task: Version) -> bool:
    return not task.is_deleted and orjson.loads(task.body).get("status") in OPEN
