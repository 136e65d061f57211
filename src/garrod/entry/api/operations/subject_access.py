"""Patient/ID/$subject-access: a copy for a person of all that is held of them, and of who saw it.

may it be taken away? -> newest versions -> entries of the audit -> one Bundle
For the person themselves, and for a governance officer whom they asked (purpose PATRQT). An app
that was granted a part is refused: nobody is to take a part for all. What somebody asked not to be
told (secondary findings) is not in it.
Source: UK GDPR, Article 15(1) and (3), and (4) for what names others,
https://www.legislation.gov.uk/eur/2016/679/article/15 (unchecked)
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import orjson

from garrod.adapters.fhir.audit_event import audit_event
from garrod.adapters.fhir.record.splice import instant
from garrod.care.govern.access import Deed
from garrod.care.govern.audit import current, entry_read
from garrod.care.govern.audit_own import only
from garrod.care.govern.scopes import granted_to
from garrod.care.govern.stepping import Act
from garrod.care.record.guarded import missing
from garrod.care.record.query import OfPatients, Query
from garrod.core.errors import AccessDenied, InputError
from garrod.core.resource import Version
from garrod.entry.api.auditing import entries_of, log_of
from garrod.entry.api.exchange import Answer, Asked
from garrod.entry.api.operations.medication import possible_id
from garrod.entry.api.rooms import Rooms
from garrod.entry.audit_showing import KIND, PATIENT, Showing
from garrod.entry.housing import clock

PAGE = 500  # Not clinical: resources that are read at once
LONGEST = 10_000  # Not clinical: entries of the audit in one copy; the link `next` gives the rest
ATTACHED = {"Content-Disposition": 'attachment; filename="record.json"'}


async def subject_access(rooms: Rooms, asked: Asked) -> Answer:
    """Return the copy, a Bundle (collection).

    Raises: NotFound REC001, AccessDenied ACC001, ACC006 (sign in again), InputError API004,
    OutsideError AUD013.
    """
    if asked.question:
        raise InputError("$subject-access takes no parameters: it gives all.", code="API004")
    current().did(Deed.EXPORT)
    patient = possible_id(asked.path[1])
    _check_scopes(rooms, asked)
    held = [version async for version in _held(rooms, asked, patient)]
    if not any((version.kind, version.id) == (PATIENT, patient) for version in held):
        raise missing(PATIENT, patient)
    await Showing(rooms.record, asked.actor, Deed.EXPORT).demand(patient)
    rooms.record.demand_fresh(asked.actor, Act.RELEASE)
    log = log_of(rooms)
    seen = await entries_of(log, patient, None, LONGEST)
    entries = [_entry(asked, f"{v.kind}/{v.id}", rooms.codec.served(v)) for v in held]
    for content in seen:
        event = audit_event(only(entry_read(content), (patient,)))
        entries.append(_entry(asked, f"{KIND}/{event['id']}", orjson.dumps(event)))
    more = ""
    if len(seen) == LONGEST:
        more = f"{asked.base}/{KIND}?patient={patient}&before={entry_read(seen[-1]).index}"
    return Answer(200, _bundle(entries, more), ATTACHED)


def _check_scopes(rooms: Rooms, asked: Asked) -> None:
    """Refuse an app that was granted some resources of a kind.

    Raises: AccessDenied ACC001, InsufficientScope ACC005 where it was granted none of a kind.
    """
    for kind in rooms.codec.kinds:
        granted = granted_to(asked.actor, Deed.EXPORT, kind)
        if granted is not None and all(grant.parameters for grant in granted):
            raise AccessDenied("a copy of all is for apps that were granted all (patient/*.rs).")


async def _held(rooms: Rooms, asked: Asked, patient: str) -> AsyncIterator[Version]:
    """Yield the newest versions of what is a person's and may be taken away."""
    query = Query(
        tuple(sorted(rooms.codec.kinds)), (OfPatients(frozenset((patient,))),), count=PAGE
    )
    while True:
        page, _ = await rooms.record.search(asked.actor, query, deed=Deed.EXPORT)
        for version in page.versions:
            yield version
        if page.cursor is None:
            return
        query = replace(query, cursor=page.cursor)


def _entry(asked: Asked, name: str, body: bytes) -> bytes:
    return b'{"fullUrl":%s,"resource":%s}' % (orjson.dumps(f"{asked.base}/{name}"), body)


def _bundle(entries: list[bytes], more: str) -> bytes:
    link = {"link": [{"relation": "next", "url": more}]} if more else {}
    at = instant(clock())
    head = {"resourceType": "Bundle", **link, "type": "collection", "timestamp": at}
    return b'%s,"entry":[%s]}' % (orjson.dumps(head)[:-1], b",".join(entries))
