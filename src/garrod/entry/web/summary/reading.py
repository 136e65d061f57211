"""Reads a person's whole record as who is signed in may see it, for the summary.

actor, patient -> snapshot (facts), entries of the timeline, tasks that are open
"""

from __future__ import annotations

from dataclasses import dataclass

import orjson

from garrod.adapters.fhir.cards_memory import OPEN
from garrod.adapters.fhir.json import Resource
from garrod.care.record.people import Snapshot
from garrod.care.record.query import OfPatients, Query
from garrod.core.resource import Version
from garrod.entry.web.asked import Visit
from garrod.entry.web.summary.entries import KINDS, Entry, entry_of

PAGE = 1000  # Not clinical: resources read at a time
MOST = 20_000  # Not clinical: resources of one person that are looked through


@dataclass(frozen=True, slots=True)
class Read:
    """A person, and everything of theirs that has a place in time; `is_whole`: all of it."""

    snapshot: Snapshot
    entries: tuple[Entry, ...]
    tasks: tuple[Resource, ...]
    is_whole: bool = True


async def read(visit: Visit, patient: str) -> Read:
    """Return what is known of a person.  Raises: AccessDenied, NotFound REC001, Gone REC002."""
    snapshot = await visit.consult.people.of(visit.actor, patient)
    versions, is_whole = await _versions(visit, patient)
    entries = sorted((entry_of(v) for v in versions), key=lambda e: e.place)
    tasks = [{**orjson.loads(v.body), "id": v.id} for v in versions if v.kind == "Task"]
    due = tuple(task for task in tasks if task.get("status") in OPEN)
    return Read(snapshot, tuple(entries), due, is_whole)


async def _versions(visit: Visit, patient: str) -> tuple[list[Version], bool]:
    seen = visit.consult.record.seen_by(visit.actor)
    found: list[Version] = []
    cursor = None
    while len(found) < MOST:
        whose = (OfPatients(frozenset((patient,))),)
        page = await seen.search(Query(KINDS, whose, count=PAGE, cursor=cursor))
        found += page.versions
        cursor = page.cursor
        if cursor is None:
            return found, True
    return found, False
