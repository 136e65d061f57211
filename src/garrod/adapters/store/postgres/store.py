"""The store on PostgreSQL: a pool reads, one connection writes, another listens."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from datetime import datetime
from typing import Any, TypeVar

from garrod.adapters.store import faults
from garrod.adapters.store.postgres.connect import (
    ENDING,
    FAILED,
    PATIENCE,
    Connection,
    Direct,
    drive,
    driver,
    is_lost,
    read_fault,
)
from garrod.adapters.store.postgres.writer import CHANNEL, PostgresWriter
from garrod.adapters.store.reading import Reader
from garrod.adapters.store.statements import Book, book
from garrod.adapters.store.waking import Bell
from garrod.care.record.ports import Event, HistoryOf, Page, Tx
from garrod.care.record.query import Include, Query
from garrod.core.resource import Version

T = TypeVar("T")
LINES = 10  # tries, more than the pool has lines: each may be one whose end was not heard yet
Asked = Callable[[], Coroutine[Any, Any, T]]


class PostgresStore:
    """A Store in a database; belongs to the loop that opened it."""

    def __init__(self, dsn: str, pool: Any, clock: Callable[[], datetime]) -> None:
        self.dsn = dsn
        self.book = book("postgresql")
        self._pool = pool
        self._reader = Reader(self.book)
        self._bell = Bell()
        self._writer = PostgresWriter(dsn, self.book, clock, self._bell.ring)
        self._listener: Connection | None = None
        self._is_closed = False

    async def transact(self, work: Callable[[Tx], Awaitable[T]]) -> T:
        """Run a piece of work; return its result when it is durable."""
        result: T = await self._writer.submit(work)
        return result

    async def read(self, kind: str, id: str) -> Version | None:
        """Return the newest version, or None."""
        return await self._ask(lambda: self._reader.read(kind, id))

    async def read_version(self, kind: str, id: str, number: int) -> Version | None:
        """Return one version, or None."""
        return await self._ask(lambda: self._reader.read_version(kind, id, number))

    async def note(self, room: str, id: str) -> str | None:
        """Return a note, or None."""
        return await self._ask(lambda: self._reader.note(room, id))

    async def notes(self, room: str) -> tuple[tuple[str, str], ...]:
        """Return the notes of a room by their ids."""
        return await self._ask(lambda: self._reader.notes(room))

    async def history(self, of: HistoryOf) -> Page:
        """Return versions, the newest first."""
        return await self._ask(lambda: self._reader.history(of))

    async def search(self, query: Query) -> Page:
        """Return the newest versions that match.  Raises: InputError REC003."""
        return await self._ask(lambda: self._reader.search(query), is_one=not query.wants_total)

    async def included(self, hits: Sequence[Version], include: Sequence[Include]) -> Page:
        """Return what is included, each once and no hit again."""
        return await self._ask(lambda: self._reader.included(hits, include), is_one=False)

    async def events(self, after: int, limit: int = 500) -> tuple[Event, ...]:
        """Return events behind a sequence number, in order; none is ever skipped."""
        return await self._ask(lambda: self._reader.events(after, limit))

    async def follow(self, after: int) -> AsyncIterator[Event]:
        """Yield events for as long as one listens; the server wakes, or a look each second."""
        while not self._is_closed:
            heard = self._bell.heard()
            await self._listen()
            some = await self.events(after)
            for event in some:
                yield event
                after = event.sequence
            if not some:
                await heard.wait()

    async def inspect(self, asked: Callable[[Book], Coroutine[Any, Any, T]]) -> T:
        """Return what a reading of the tables finds, from one state of the record."""
        return await self._ask(lambda: asked(self.book), is_one=False)

    async def close(self) -> None:
        """Finish what was begun, and let go of the connections."""
        if self._is_closed:
            return
        self._is_closed = True
        self._bell.ring()
        await self._writer.close()
        if self._listener is not None:
            self._listener.terminate()
        with contextlib.suppress(*FAILED):
            await asyncio.wait_for(self._pool.close(), PATIENCE)
        self._pool.terminate()

    async def _ask(self, asked: Asked[T], *, is_one: bool = True) -> T:
        """Return what was asked, from one state of the record; once more where a line was lost."""
        if self._is_closed:
            raise faults.closed()
        tries = 0
        while True:
            try:
                return await self._asked(asked, is_one)
            except FAILED as error:
                tries += 1
                if not is_lost(error) or tries >= (LINES if isinstance(error, ENDING) else 2):
                    raise read_fault(error) from error

    async def _asked(self, asked: Asked[T], is_one: bool) -> T:
        async with self._pool.acquire(timeout=PATIENCE) as connection:
            try:
                if is_one:
                    return await drive(Direct(connection), asked())
                async with connection.transaction(isolation="repeatable_read", readonly=True):
                    return await drive(Direct(connection), asked())
            except ENDING:
                connection.terminate()  # the pool would hand it out again
                raise

    async def _listen(self) -> None:
        """Have the server wake us; where it cannot be reached, the look each second remains."""
        if self._listener is not None and not self._listener.is_closed():
            return
        with contextlib.suppress(*FAILED):
            self._listener = await driver.connect(self.dsn, timeout=PATIENCE)
            await self._listener.add_listener(CHANNEL, lambda *_: self._bell.ring())
