"""Reads what people told, as who is signed in may see it; and writes what is done to it.

actor, patient -> messages, the newest first; actor -> those of everybody that wait
"""

from __future__ import annotations

from dataclasses import replace

import orjson

from garrod.adapters.fhir.json import Resource
from garrod.core.errors import VersionConflict
from garrod.core.resource import Version
from garrod.entry.web.asked import Visit
from garrod.entry.web.told.message import (
    KIND,
    Form,
    Message,
    is_done_already,
    message_of,
    sought,
    written_on,
)

MOST = 500  # Not clinical: messages that are looked through


async def messages(visit: Visit, patient: str) -> tuple[Message, ...]:
    """Return what a person told, the newest first.  Raises: AccessDenied."""
    return (await _found(visit, sought(patient)))[0]


async def waiting(visit: Visit) -> tuple[tuple[Message, ...], bool]:
    """Return what people told and nobody has answered, and whether that is all of it.

    Raises: AccessDenied.
    """
    return await _found(visit, sought(is_open=True))


async def act(visit: Visit, patient: str, form: Form) -> bool:
    """Do to a message what a form says, once; return False where it is no message of the person.

    Raises: AccessDenied, NotFound REC001, VersionConflict where it has changed since it was seen.
    """
    record = visit.consult.record
    version = await record.read(visit.actor, KIND, form.id)
    body = _body(version)
    found = message_of(body, version.number)
    if found is None or found.patient != patient:
        return False
    if is_done_already(found, form, visit.actor):
        return True
    if version.number != form.version:
        raise VersionConflict(KIND, form.id, expected=form.version, current=version.number)
    now = written_on(body, form, visit.actor, visit.consult.clock())
    try:
        await record.update(visit.actor, KIND, form.id, orjson.dumps(now), expected=form.version)
    except VersionConflict:
        version = await record.read(visit.actor, KIND, form.id)
        if not is_done_already(message_of(_body(version)), form, visit.actor):
            raise
    return True


async def _found(visit: Visit, asked: str) -> tuple[tuple[Message, ...], bool]:
    record = visit.consult.record
    query = replace(record.codec.sought(asked), count=MOST)
    page, _ = await record.search(visit.actor, query)
    found = (message_of(_body(version), version.number) for version in page.versions)
    kept = sorted((m for m in found if m is not None), key=lambda m: m.sent, reverse=True)
    return tuple(kept), page.cursor is None


def _body(version: Version) -> Resource:
    return {**orjson.loads(version.body), "id": version.id}
