"""The memory of cards in the record itself: each event in one transaction with the tasks it makes.

CardEvents -> DetectedIssue and Task versions, and a note of what was answered, all or nothing
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import orjson

from garrod.adapters.fhir.cards import (
    ANSWERS,
    ISSUE,
    TASK,
    issue_body,
    issue_id,
    task_body,
    task_id,
)
from garrod.adapters.fhir.json import Resource, text
from garrod.care.decide.ports import Also, CardDeed, CardEvent
from garrod.care.govern.access import Actor, Deed
from garrod.care.record.ports import Tx
from garrod.care.record.service import Record
from garrod.core.resource import Version

ROOM = "card-answered"
OPEN = frozenset(("requested", "received", "accepted", "ready", "in-progress", "on-hold"))
NOBODY = Actor("")


class RecordedCards:
    """Remembers what was said of orders. Every method raises AccessDenied, OutsideError STO003."""

    def __init__(self, record: Record) -> None:
        self.record = record

    async def acknowledged(self, actor: object, patient: str) -> Mapping[str, CardDeed]:
        """Return the cards of a person that were accepted or overridden, by card id."""
        who = actor if isinstance(actor, Actor) else NOBODY
        await self.record.demand(who, Deed.READ, ISSUE, patient)
        return _answered(await self.record.store.note(ROOM, patient))

    async def keep(
        self, actor: object, events: tuple[CardEvent, ...], *, also: Sequence[Also] = ()
    ) -> None:
        """Keep what happened, its tasks with it, behind what `also` writes: all or nothing."""
        who = actor if isinstance(actor, Actor) else NOBODY
        for patient in {e.patient for e in events}:
            for kind in (ISSUE, TASK):
                await self.record.demand(who, Deed.CREATE, kind, patient)

        async def work(tx: Tx) -> None:
            for more in also:
                await more(tx)
            await self._written(tx, events)

        if events or also:
            await self.record.store.transact(work)

    async def _written(self, tx: Tx, events: Sequence[CardEvent]) -> None:
        done: list[Version] = []
        for event in events:
            await tx.lock(f"cards of {event.patient}")
            done.append(await self._issue(tx, event))
            done += await self._tasks(tx, event)
            if event.deed in ANSWERS:
                had = dict(_answered(await tx.note(ROOM, event.patient)))
                had[event.card] = event.deed
                await tx.keep(ROOM, event.patient, json.dumps({k: v.value for k, v in had.items()}))
        newest = {(v.kind, v.id): v for v in done}
        await self.record.react(tx, tuple(newest.values()))

    async def _issue(self, tx: Tx, event: CardEvent) -> Version:
        before = await _held(tx, ISSUE, issue_id(event))
        body = issue_body(event, before)
        draft = self.record.codec.drafted(body, kind=ISSUE, id=issue_id(event))
        return await tx.put(draft, method="PUT" if before else "POST")

    async def _tasks(self, tx: Tx, event: CardEvent) -> list[Version]:
        """Return the tasks that were written; one that is open already is not made again."""
        done = []
        for follow_up in event.follow_ups:
            id = task_id(event, follow_up)
            before = await _held(tx, TASK, id)
            if before is not None and text(before, "status") in OPEN:
                continue
            draft = self.record.codec.drafted(task_body(event, follow_up), kind=TASK, id=id)
            done.append(await tx.put(draft, method="PUT" if before else "POST"))
        return done


async def _held(tx: Tx, kind: str, id: str) -> Resource | None:
    version = await tx.read(kind, id)
    if version is None or version.is_deleted:
        return None
    found: Resource = orjson.loads(version.body)
    return found


def _answered(note: str | None) -> Mapping[str, CardDeed]:
    return {} if note is None else {k: CardDeed(v) for k, v in json.loads(note).items()}
