"""How far a reanalysis that raises tasks has got, kept in the record: broken off, it goes on.

part of people done, tasks raised -> a note with who and their lines -> read again at the next run
What changed about people since counts: they are looked at anew. Nothing is left when all are done.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from garrod.care.record.ports import Store, Tx

ROOM = "reanalysis"
BATCH = 500  # Not clinical: events read at once


@dataclass
class Place:
    """Who was done, and what was found, in the runs of one name; without a name nothing is kept."""

    store: Store
    name: str
    newest: int  # the number of the newest event when this run began
    done: frozenset[str] = frozenset()
    lines: tuple[bytes, ...] = ()
    _notes: list[str] = field(default_factory=list)

    @property
    def people(self) -> frozenset[str]:
        """Return the references of who is affected, as far as is known."""
        return frozenset(f"Patient/{_whose(line.decode())}" for line in self.lines)

    @classmethod
    async def of(cls, store: Store, name: str) -> Place:
        """Return where the last run of a name got to.  Raises: OutsideError."""
        from garrod.care.record.people_log import Log

        if not name:
            return cls(store, name, 0)
        log = Log(store)
        await log.heard()
        notes = [(id, json.loads(t)) for id, t in await store.notes(ROOM) if id.startswith(name)]
        changed = await _changed(store, min((told["newest"] for _, told in notes), default=None))
        done = {who for _, told in notes for who in told["done"]}
        lines = {line: None for _, told in notes for line in told["lines"]}
        kept = (line for line in lines if _whose(line) not in changed)
        return cls(
            store,
            name,
            log.newest,
            frozenset(done - changed),
            tuple(line.encode() for line in kept),
            [id for id, _ in notes],
        )

    async def reached(self, done: Iterable[str], lines: Iterable[bytes]) -> None:
        """Keep that some people are done, and their lines."""
        if not self.name:
            return
        id = f"{self.name}:{len(self._notes):06}"
        told = {"newest": self.newest, "done": [*done], "lines": [x.decode() for x in lines]}

        async def work(tx: Tx) -> None:
            await tx.keep(ROOM, id, json.dumps(told))

        await self.store.transact(work)
        self._notes.append(id)

    async def forget(self) -> None:
        """Take everything away that was kept: all is done."""

        async def work(tx: Tx) -> None:
            for id in self._notes:
                await tx.keep(ROOM, id, None)

        if self._notes:
            await self.store.transact(work)


async def _changed(store: Store, since: int | None) -> frozenset[str]:
    """Return about whom something that matters was written since an event; nobody without one."""
    from garrod.care.monitor.watching import patients_in

    found: set[str] = set()
    while since is not None:
        events = await store.events(since, BATCH)
        found.update(patients_in(events))
        since = events[-1].sequence if len(events) == BATCH else None
    return frozenset(found)


def _whose(line: str) -> str:
    person: str = json.loads(line)["person"]
    return person.removeprefix("Patient/")
