"""POST of a Bundle to the base: a batch, or a transaction."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable

from garrod.adapters.fhir.outcome import outcome_of
from garrod.adapters.fhir.record.parse import parse
from garrod.adapters.fhir.rest.bundles import KINDS, read_entries
from garrod.adapters.fhir.rest.layout import Reply, response
from garrod.adapters.fhir.rest.patch import JSON_PATCH, patched_by
from garrod.care.record.entries import Done, Entry, Method
from garrod.care.record.transaction import batch, transact
from garrod.core.errors import FhirError, GarrodError
from garrod.entry.api.exchange import Answer, Asked
from garrod.entry.api.faults import status_of
from garrod.entry.api.rooms import Rooms
from garrod.entry.api.tags import headers_within
from garrod.entry.api.writing import done_to


async def many(rooms: Rooms, asked: Asked) -> Answer:
    """Do all that a Bundle asks: all or nothing, or each act for itself."""
    bundle = parse(asked.body)
    kind = bundle.get("type")
    if bundle.get("resourceType") != "Bundle" or kind not in KINDS:
        raise FhirError(
            "the base takes a Bundle of type batch or transaction; a single resource goes to the "
            "url of its type.",
            code="FHR125",
        )
    entries = read_entries(asked.body, bundle, rooms.codec.sought)

    async def get(entry: Entry) -> Done:
        return await _got(rooms, asked, entry)

    if kind == "batch":
        done = await batch(entries, lambda entry: _alone(rooms, asked, entry))
    else:
        done = await transact(rooms.record, asked.actor, entries, patch=_patching(rooms), get=get)
    replies = [_reply(rooms, asked, d) for d in done]
    return Answer(200, response(str(kind), replies))


async def _alone(rooms: Rooms, asked: Asked, entry: Entry) -> Done:
    """Do one act of a batch."""
    if entry.method is Method.GET:
        return await _got(rooms, asked, entry)

    async def get(_: Entry) -> Done:
        raise AssertionError("a write reads nothing")

    (done,) = await transact(rooms.record, asked.actor, [entry], patch=_patching(rooms), get=get)
    return done


async def _got(rooms: Rooms, asked: Asked, entry: Entry) -> Done:
    """Answer a GET within a Bundle as one of its own would be."""
    path, _, question = entry.url.partition("?")
    inner = Asked(
        actor=asked.actor,
        method="GET",
        path=tuple(path.strip("/").split("/")) if path.strip("/") else (),
        question=question,
        headers=headers_within(entry.unless_known, entry.unless_since),
        wishes=asked.wishes,
        base=asked.base,
    )
    answer = await rooms.answer(rooms, inner)
    return Done(answer.status, body=answer.body)


def _patching(rooms: Rooms) -> Callable[[Entry, bytes], bytes]:
    """Return what makes a body as an entry's patch does: Parameters, or JSON Patch in a Binary."""
    places = rooms.codec.places

    def patched(entry: Entry, body: bytes) -> bytes:
        held = parse(entry.body)
        if held["resourceType"] == "Parameters":
            return patched_by(entry.body, "application/fhir+json", places)(body)
        try:
            data = base64.b64decode(str(held.get("data", "")), validate=True)
        except binascii.Error:
            raise FhirError("the Binary of a patch holds no base64.", code="FHR130") from None
        return patched_by(data, str(held.get("contentType", JSON_PATCH)), places)(body)

    return patched


def _reply(rooms: Rooms, asked: Asked, done: Done) -> Reply:
    if done.fault is not None:
        return Reply(status_of(done.fault), outcome=_outcome(done.fault))
    version = done.version
    if version is None:
        return Reply(done.status, body=done.body)
    if version.is_deleted:
        return Reply(done.status, etag=version.etag, modified=version.at)
    is_asked = "prefer" in asked.headers
    is_whole = asked.wishes.returns == "representation" and is_asked
    is_told = asked.wishes.returns == "OperationOutcome" and is_asked
    return Reply(
        done.status,
        location=f"{version.kind}/{version.id}/_history/{version.number}",
        etag=version.etag,
        modified=version.at,
        body=rooms.codec.served(version) if is_whole else b"",
        outcome=rooms.outcome_saying(done_to(version, done.status)) if is_told else b"",
    )


def _outcome(fault: GarrodError) -> bytes:
    return outcome_of(fault)
