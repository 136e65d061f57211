"""One transaction: the next version, its search rows and its event, or nothing of them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass

from garrod.adapters.store.compiled import ask, write
from garrod.adapters.store.packing import moment, packed
from garrod.adapters.store.reading import Reader
from garrod.adapters.store.rowing import rows_of
from garrod.adapters.store.statements import Book
from garrod.care.record.ports import Event
from garrod.core.errors import VersionConflict
from garrod.core.resource import Draft, Splice, Version

DELETE = "DELETE"
OWN_TOPIC = "resource"


@dataclass(slots=True)
class Turn:
    """The last sequence number given and the time of this work; works take their turns."""

    sequence: int
    at: int

    def next(self) -> int:
        """Return the next sequence number."""
        self.sequence += 1
        return self.sequence


@dataclass(frozen=True, slots=True)
class _Stand:
    key: int
    number: int
    is_deleted: bool


class WritingTx(Reader):
    """Writes by asking; whoever drives the work runs the statements in its transaction."""

    def __init__(self, book: Book, turn: Turn) -> None:
        super().__init__(book)
        self.turn = turn

    async def put(self, draft: Draft, *, method: str, expected: int | None = None) -> Version:
        """Write the next version.  Raises: VersionConflict CON002."""
        if expected is not None:
            await self._demand(draft.kind, draft.id, expected)
        key, version = await self._write(
            draft.kind, draft.id, method=method, body=draft.body, splice=draft.splice
        )
        before = await self._forget(key) if version.number > 1 else ()
        now = await self._find(draft, key)
        await self._tell(OWN_TOPIC, version, (*now, *before), "", version.sequence)
        return version

    async def delete(self, kind: str, id: str, *, expected: int | None = None) -> Version | None:
        """Write a deletion; None where nothing is there.  Raises: VersionConflict CON002."""
        stand = await self._stand(kind, id)
        if stand is None or stand.is_deleted:
            return None
        if expected is not None and expected != stand.number:
            raise VersionConflict(kind, id, expected=expected, current=stand.number)
        key, version = await self._write(kind, id, method=DELETE)
        before = await self._forget(key)
        await self._tell(OWN_TOPIC, version, before, "", version.sequence)
        return version

    async def lock(self, key: str) -> None:
        """Do nothing: one transaction of a store runs at a time, whatever its key."""

    async def keep(self, room: str, id: str, text: str | None) -> None:
        """Write a note anew; None: take it away."""
        if text is None:
            await ask(self.book.drop, room, id)
        else:
            await ask(self.book.keep, room, id, text)

    async def emit(
        self, topic: str, version: Version, *, patients: Sequence[str], detail: str = ""
    ) -> Event:
        """Write an event of its own; returns it."""
        return await self._tell(topic, version, patients, detail, self.turn.next())

    async def found_anew(self, draft: Draft, key: int) -> None:
        """Write the search rows of what stands under a key anew: no version, no event."""
        await self._forget(key)
        await self._find(draft, key)

    async def unfound(self, key: int) -> None:
        """Take away the search rows of what is not there."""
        await self._forget(key)

    async def _find(self, draft: Draft, key: int) -> tuple[str, ...]:
        """Write the search rows of a draft; return whose record it belongs to."""
        for table, rows in rows_of(draft, key).items():
            await write(self.book.put[table], rows)
        now = tuple(dict.fromkeys(draft.patients))
        await write(self.book.put["compartment"], [(who, draft.kind, key) for who in now])
        return now

    async def _stand(self, kind: str, id: str) -> _Stand | None:
        rows = await ask(self.book.stand, kind, id)
        return _Stand(*rows[0]) if rows else None

    async def _demand(self, kind: str, id: str, expected: int) -> None:
        stand = await self._stand(kind, id)
        current = stand.number if stand else 0
        is_free = expected == 0 and (stand is None or stand.is_deleted)
        if not is_free and (expected == 0 or current != expected):
            raise VersionConflict(kind, id, expected=expected, current=current)

    async def _write(
        self, kind: str, id: str, *, method: str, body: bytes = b"", splice: Splice | None = None
    ) -> tuple[int, Version]:
        sequence, at, is_deleted = self.turn.next(), self.turn.at, method == DELETE
        rows = await ask(self.book.bump, kind, id, is_deleted, at, sequence)
        key, number = (rows or await ask(self.book.stand, kind, id))[0][:2]
        sha256 = b"" if is_deleted else hashlib.sha256(body).digest()
        held = packed(splice) if splice else b""
        row = (sequence, key, number, kind, at, method, body, held, sha256)
        await write(self.book.put["version"], [row])
        made = Version(kind, id, number, moment(at), method, sequence, body, splice, sha256)
        return key, made

    async def _forget(self, key: int) -> tuple[str, ...]:
        """Take away the search rows; return the patients whose record it belonged to."""
        rows = await ask(self.book.patients, key)
        for statement in self.book.forget:
            await write(statement, [(key,)])
        return tuple(sorted(who for (who,) in rows))

    async def _tell(
        self, topic: str, version: Version, patients: Sequence[str], detail: str, sequence: int
    ) -> Event:
        told = tuple(dict.fromkeys(patients))
        of = (version.kind, version.id, version.number)
        row = (sequence, self.turn.at, topic, *of, json.dumps(told), detail)
        await write(self.book.put["event"], [row])
        return Event(sequence, moment(self.turn.at), topic, *of, told, detail)
