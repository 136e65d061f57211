"""$import: NDJSON in the body of a POST, each line a resource; $process-message: one message.

What is refused is told line by line; what is not is stored.
Source: HL7 FHIR R4 (4.0.1), https://hl7.org/fhir/R4/messageheader-operation-process-message.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson

from garrod.adapters.fhir.ingest.intake import Intake, Told
from garrod.adapters.fhir.ingest.parcel import Taken
from garrod.adapters.fhir.ingest.sources import Source
from garrod.adapters.fhir.ingest.take import Taker, take
from garrod.adapters.fhir.ingest.wrap import parcels
from garrod.adapters.fhir.json import Resource, many, one, text
from garrod.adapters.fhir.outcome import outcome
from garrod.adapters.fhir.record.parse import parse
from garrod.adapters.fhir.record.splice import instant
from garrod.adapters.fhir.validate.issue import Issue, Severity
from garrod.core.errors import FhirError
from garrod.entry.api.exchange import Answer, Asked
from garrod.entry.api.rooms import Rooms
from garrod.entry.housing import clock

MOST_TOLD = 200  # Not clinical: refusals and warnings that an answer tells one by one


async def import_lines(rooms: Rooms, asked: Asked) -> Answer:
    """Store each line of the body; return what was stored, and which lines were refused and why.

    422 where every line was refused.
    """
    rooms.record.demand_house(asked.actor, "Patient")
    if not asked.body.strip():
        raise FhirError("$import was sent nothing: expected NDJSON, a resource a line.")
    intake = Intake(
        rooms.codec.checker, None, _taker(rooms, asked), is_strict=not asked.wishes.is_lenient
    )
    written = known = refused = 0
    issues: list[Issue] = []
    async for told in intake.run(_lines(asked.body)):
        written += len(told.taken.written)
        known += told.taken.known
        refused += told.fault is not None
        if len(issues) < MOST_TOLD:
            issues += _issues(told)
    said = f"stored {written:,}, there already {known:,}, refused {refused:,}"
    issues.insert(0, Issue(Severity.INFORMATION, "informational", "", said))
    return Answer(422 if refused and not written + known else 200, outcome(issues))


async def process_message(rooms: Rooms, asked: Asked) -> Answer:
    """Take a message into the record, whole or not at all; return the message that answers it.

    Raises: FhirError FHR160 (no message), and what a parcel raises.
    """
    rooms.record.demand_house(asked.actor, "Patient")
    message = parse(asked.body)
    if message["resourceType"] != "Bundle" or message.get("type") != "message":
        raise FhirError("$process-message takes a Bundle of type message.", code="FHR160")
    taken = Taken()
    strict = not asked.wishes.is_lenient
    for parcel in list(parcels(asked.body, rooms.codec.checker, is_strict=strict)):
        done = await take(_taker(rooms, asked), parcel)
        taken.written += done.written
        taken.known += done.known
        taken.notes += done.notes
    return Answer(200, orjson.dumps(_response(message, taken, asked.base)))


def _taker(rooms: Rooms, asked: Asked) -> Taker:
    return Taker(rooms.record, rooms.codec, asked.actor, clock())


def _lines(body: bytes) -> Iterator[Source]:
    for number, line in enumerate(body.splitlines(), 1):
        if stripped := line.strip():
            yield Source(f"line {number}", stripped, is_line=True)


def _issues(told: Told) -> Iterator[Issue]:
    if told.fault is not None:
        where = f"{told.place}, {told.entry}" if told.entry else told.place
        said = f"{where}: {told.fault.message} ({told.fault.code})"
        yield Issue(Severity.ERROR, "invalid", "", said)
    for note in told.taken.notes:
        yield Issue(Severity.WARNING, "informational", "", f"{told.place}: {note}")


def _response(message: Resource, taken: Taken, base: str) -> dict[str, Any]:
    """Return the message that says that another was taken in."""
    first = next(many(message, "entry"), message)
    header = one(first, "resource")
    event: Resource = {k: header[k] for k in ("eventCoding", "eventUri") if k in header}
    number = text(one(message, "identifier"), "value")
    number = text(header, "id") or text(message, "id") or number or "unknown"
    said = f"stored {len(taken.written):,}, there already {taken.known:,}"
    issues = [Issue(Severity.INFORMATION, "informational", "", said)]
    issues += [Issue(Severity.WARNING, "informational", "", note) for note in taken.notes]
    answer: Resource = {
        "resourceType": "MessageHeader",
        **event,
        "source": {"endpoint": base},
        "response": {"identifier": number, "code": "ok"},
    }
    details = orjson.loads(outcome(issues))
    return {
        "resourceType": "Bundle",
        "type": "message",
        "timestamp": instant(clock()),
        "entry": [{"resource": answer}, {"resource": details}],
    }
