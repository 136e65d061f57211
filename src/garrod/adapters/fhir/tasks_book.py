"""The monitor's book in the record itself: tasks beside a note of what was said, all or nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import orjson

from garrod.adapters.fhir.cards import TASK
from garrod.adapters.fhir.cards_memory import OPEN
from garrod.adapters.fhir.json import Resource, text
from garrod.adapters.fhir.tasks import closed_body, task_body, task_id
from garrod.care.govern.access import Actor, Deed, demand
from garrod.care.monitor.ports import Remembered
from garrod.care.monitor.raising import Raised, raised_of, said_of
from garrod.care.record.ports import Tx
from garrod.care.record.service import Record
from garrod.core.resource import Version

ROOM = "monitor-said"
LASTING = OPEN | {"completed"}  # what was done once is not asked for again


class RecordedTasks:
    """Keeps tasks in the record. Methods raise AccessDenied, OutsideError STO003 to STO006."""

    def __init__(self, record: Record, actor: Actor, clock: Callable[[], datetime]) -> None:
        self.record = record
        self.actor = actor
        self.clock = clock

    async def remembered(self, patient: str) -> Remembered | None:
        """Return what was said of a person when one last looked; None where nobody ever did."""
        note = await self.record.store.note(ROOM, patient)
        return None if note is None else _remembered(patient, json.loads(note))

    async def keep(
        self,
        patient: str,
        now: Remembered | None,
        raised: Sequence[Raised] = (),
        closed: Sequence[Raised] = (),
    ) -> int:
        """Keep what is said now, raise tasks and close others, all or nothing."""
        if raised or closed:
            for deed in (Deed.CREATE, Deed.UPDATE):
                demand(self.record.access, self.actor, deed, TASK, patients=(patient,))

        async def work(tx: Tx) -> int:
            await tx.lock(f"monitor of {patient}")
            done = [v for task in closed for v in await self._close(tx, task)]
            done += [v for task in raised for v in await self._raise(tx, task)]
            if now is not None:
                await tx.keep(ROOM, patient, json.dumps(_plain(now)))
            await self.record.react(tx, tuple({(v.kind, v.id): v for v in done}.values()))
            return len(done)

        return await self.record.store.transact(work)

    async def _raise(self, tx: Tx, raised: Raised) -> list[Version]:
        id = task_id(raised)
        had = await tx.read(TASK, id)
        if had is not None and not had.is_deleted and _status(had) in LASTING:
            return []
        draft = self.record.codec.drafted(task_body(raised, self.clock()), kind=TASK, id=id)
        return [await tx.put(draft, method="PUT" if had else "POST")]

    async def _close(self, tx: Tx, raised: Raised) -> list[Version]:
        id = task_id(raised)
        had = await tx.read(TASK, id)
        if had is None or had.is_deleted or _status(had) not in OPEN:
            return []
        body = closed_body(orjson.loads(had.body), self.clock())
        return [await tx.put(self.record.codec.drafted(body, kind=TASK, id=id), method="PUT")]


def _status(version: Version) -> str:
    found: Resource = orjson.loads(version.body)
    return text(found, "status")


def _plain(now: Remembered) -> dict[str, Any]:
    said = {m: [s.as_json() for s in mine] for m, mine in now.said.items()}
    return {"said": said, "tasks": [task.as_json() for task in now.tasks]}


def _remembered(patient: str, data: dict[str, Any]) -> Remembered:
    said = {m: tuple(said_of(s) for s in mine) for m, mine in data["said"].items()}
    return Remembered(said, tuple(raised_of(patient, task) for task in data["tasks"]))
