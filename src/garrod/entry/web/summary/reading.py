"""Reads a person's whole record as who is signed in may see it, for the summary.

actor, patient -> snapshot (facts), gist (entries of the timeline), tasks that are open
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import orjson

from garrod.adapters.fhir.cards_memory import OPEN
from garrod.adapters.fhir.json import Resource
from garrod.care.record.compartments import Compartment, compartments_of
from garrod.care.record.people import Snapshot
from garrod.entry.consult import Consult
from garrod.entry.web.asked import Visit
from garrod.entry.web.summary.entries import KINDS, entry_of
from garrod.entry.web.summary.gist import Gist, Gists

GISTS: Gists[tuple[int, frozenset[int]]] = Gists()


@dataclass(frozen=True, slots=True)
class Read:
    """A person, and everything of theirs that has a place in time; `is_whole`: all of it."""

    snapshot: Snapshot
    gist: Gist
    tasks: tuple[Resource, ...]
    is_whole: bool = True


async def read(visit: Visit, patient: str) -> Read:
    """Return what is known of a person.  Raises: AccessDenied, NotFound REC001, Gone REC002."""
    snapshot = await visit.consult.people.of(visit.actor, patient)
    seen = await compartments_of(visit.consult.record, KINDS).of(visit.actor, patient)
    gist = _gist(visit.consult, seen)
    tasks = [{**orjson.loads(v.body), "id": v.id} for v in seen.versions if v.kind == "Task"]
    due = tuple(task for task in tasks if task.get("status") in OPEN)
    return Read(snapshot, gist, due, seen.is_whole)


async def make_ready(consult: Consult, patient: str) -> None:
    """Read and lay out a person, so that who opens them next need not wait. Nobody is told of them.

    Raises: NotFound REC001, Gone REC002, OutsideError of the store.
    """
    await consult.people.know(patient)
    seen = await compartments_of(consult.record, KINDS).know(patient)
    await asyncio.to_thread(lambda: [entry_of(version) for version in seen.versions])
    _gist(consult, seen)


def _gist(consult: Consult, seen: Compartment) -> Gist:
    today = consult.clock().date()
    return GISTS.of(seen.mark, today, lambda: map(entry_of, seen.versions))
