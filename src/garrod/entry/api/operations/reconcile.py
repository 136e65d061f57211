"""$reconcile of a Patient: opened, decided row by row, closed by one confirmation; and receipts."""

from __future__ import annotations

from garrod.adapters.fhir.lines.asked import coded, parts_of, resource_of, word
from garrod.adapters.fhir.lines.codec import FhirCases
from garrod.adapters.fhir.lines.rows import decisions_in, opened_body, sources_in
from garrod.adapters.fhir.record.parse import parse
from garrod.care.record.medication.line import Setting
from garrod.care.record.medication.reconcile import Move
from garrod.care.record.medicines_reconcile import Reconciling
from garrod.core.errors import InputError
from garrod.entry.api.exchange import Answer, Asked
from garrod.entry.api.operations.medication import (
    asking_of,
    author_of,
    conditional,
    medicines_of,
    possible_id,
    question_of,
)
from garrod.entry.api.operations.medication_list import answered
from garrod.entry.api.rooms import Rooms

_PARTS = frozenset(
    ("step", "move", "reconciliation", "source", "decision", "handover", "to", "seen")
)
_STEPS = ("open", "decide", "close", "seen")


async def _reconcile(rooms: Rooms, asked: Asked) -> Answer:
    medicines = medicines_of(rooms)
    room = Reconciling(medicines, FhirCases())
    if asked.method == "GET":
        return await _read(room, asked)
    parts = parts_of(resource_of(parse(asked.body)), _PARTS)
    step, by, at = coded(parts, "step", _STEPS), author_of(asked), medicines.clock()
    patient, id = asked.path[1], word(parts, "reconciliation")
    for named in (id, word(parts, "handover")):
        possible_id(named or "none")
    if step == "open":
        move = Move(coded(parts, "move", [m.value for m in Move]))
        sources = sources_in(parts, by, at)
        opened = await room.open(asked.actor, by, patient, move, sources=sources)
        return _opened(201, opened_body(opened), opened.case.base)
    if step == "decide":
        now = await room.read(asked.actor, by, patient, id)
        new_id = rooms.record.new_id
        made = decisions_in(parts, by, at, now.now, new_id)
        opened = await room.decide(asked.actor, by, patient, id, decisions=made)
        return _opened(200, opened_body(opened), opened.case.base)
    if step == "seen":
        await room.seen(asked.actor, by, patient, word(parts, "handover"))
        body = rooms.outcome_saying(f"Communication/{word(parts, 'handover')} was seen")
        return Answer(200, body)
    settings = ["", *(s.value for s in Setting)]
    to = coded(parts, "to", settings)
    done, handover = await room.close(
        asked.actor, asking_of(asked), id, Setting(to) if to else None
    )
    found = await answered(rooms, asked, done)
    extra = {"Location": f"{asked.base}/Communication/{handover}"} if handover else {}
    return Answer(found.status, found.body, {**found.headers, **extra})


async def _read(room: Reconciling, asked: Asked) -> Answer:
    id = question_of(asked, ("reconciliation",)).get("reconciliation", "")
    if not id:
        raise InputError("name the reconciliation: ?reconciliation=ID.", code="API004")
    by = author_of(asked)
    opened = await room.read(asked.actor, by, asked.path[1], possible_id(id))
    return _opened(200, opened_body(opened), opened.case.base)


def _opened(status: int, body: bytes, base: int) -> Answer:
    return Answer(status, body, {"ETag": f'W/"{base}"'})


reconcile = conditional(_reconcile)
