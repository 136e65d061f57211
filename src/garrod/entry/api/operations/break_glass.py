"""Patient/ID/$break-glass: a record is opened in an emergency; $mend-glass closes it again."""

from __future__ import annotations

import orjson

from garrod.adapters.fhir.emergency import GlassPapers
from garrod.adapters.fhir.lines.asked import parts_of, resource_of, word
from garrod.adapters.fhir.lines.nested import instant_out
from garrod.adapters.fhir.record.parse import parse
from garrod.care.govern.emergency import Glass
from garrod.care.record.breaking import Breaking
from garrod.core.errors import InputError
from garrod.entry.api.exchange import Answer, Asked
from garrod.entry.api.operations.medication import possible_id
from garrod.entry.api.rooms import Rooms
from garrod.entry.housing import clock


async def break_glass(rooms: Rooms, asked: Asked) -> Answer:
    """Open a person's record for an hour (201); one that is open already stays as it is (200)."""
    parts = parts_of(resource_of(parse(asked.body)), frozenset(("reason",)))
    patient = possible_id(asked.path[1])
    done = await breaking(rooms).open(asked.actor, patient, word(parts, "reason"))
    return Answer(201 if done.is_new else 200, _told(done.glass))


async def mend_glass(rooms: Rooms, asked: Asked) -> Answer:
    """Close what the actor has open of a person.  Raises: InputError GLS002 (nothing is)."""
    patient, room = possible_id(asked.path[1]), breaking(rooms)
    for glass in await room.held(asked.actor):
        if glass.patient == patient:
            return Answer(200, _told(await room.close(asked.actor, glass.id)))
    raise InputError("you have not opened that record in an emergency.", code="GLS002")


def breaking(rooms: Rooms) -> Breaking:
    """Return who opens and closes records over the server's record."""
    gate = rooms.record.gate
    papers = GlassPapers(rooms.record.codec)
    return Breaking(rooms.record, papers, gate.clock if gate else clock)


def _told(glass: Glass) -> bytes:
    """Return a glass as Parameters: from when until when, and what was written of it."""
    name = f"Flag/{glass.id}"
    said: list[dict[str, object]] = [
        {"name": "since", "valueInstant": instant_out(glass.since)},
        {"name": "until", "valueInstant": instant_out(glass.end)},
        {"name": "flag", "valueReference": {"reference": name}},
    ]
    return orjson.dumps({"resourceType": "Parameters", "parameter": said})
