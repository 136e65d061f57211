"""The store over one file.

Reads that surely touch little (by name, of one patient) run at once in the caller's thread, where
they take microseconds; others go to a few threads with connections of their own.
"""

from __future__ import annotations

import asyncio
import contextlib
import queue
import shutil
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from garrod.adapters.store import faults
from garrod.adapters.store.compiled import Row, Statement
from garrod.adapters.store.direct import direct
from garrod.adapters.store.leading import is_short
from garrod.adapters.store.packing import event_of, version_of
from garrod.adapters.store.reading import Reader, page_of
from garrod.adapters.store.sqlite.checkpoint import Checkpointer
from garrod.adapters.store.sqlite.connect import READER, Direct, connected, drive, read_fault
from garrod.adapters.store.sqlite.writer import Writer
from garrod.adapters.store.statements import Book, book
from garrod.adapters.store.waking import Bell
from garrod.care.record.ports import Event, HistoryOf, Page, Tx
from garrod.care.record.query import Include, Query
from garrod.core.errors import OutsideError
from garrod.core.resource import Version

T = TypeVar("T")
THREADS = 4
FEW = 32  # hits whose inclusions are looked up at once


class SqliteStore:
    """A Store in one file; belongs to the loop that opened it."""

    def __init__(
        self,
        path: Path,
        writing: sqlite3.Connection,
        clock: Callable[[], datetime],
        temporary: Path | None = None,
    ) -> None:
        self.path = path
        self.book = book("sqlite")
        self._reader = Reader(self.book)
        self._temporary = temporary
        self._writing = writing
        self._near = connected(path, READER)
        self._far: queue.SimpleQueue[sqlite3.Connection] = queue.SimpleQueue()
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="garrod-reader")
        self._bell = Bell()
        self._file = _identity(path)
        self._checkpointer = Checkpointer(path)
        self._writer = Writer(
            writing,
            book=self.book,
            clock=clock,
            committed=self._bell.ring,
            checkpointer=self._checkpointer,
            is_in_place=self._is_in_place,
        )
        self._is_closed = False

    async def transact(self, work: Callable[[Tx], Awaitable[T]]) -> T:
        """Run a piece of work; return its result when it is durable."""
        result: T = await self._writer.submit(work)
        return result

    async def read(self, kind: str, id: str) -> Version | None:
        """Return the newest version, or None."""
        rows = self._rows(self.book.read, kind, id)
        return version_of(rows[0]) if rows else None

    async def read_version(self, kind: str, id: str, number: int) -> Version | None:
        """Return one version, or None."""
        return self._here(self._reader.read_version(kind, id, number))

    async def note(self, room: str, id: str) -> str | None:
        """Return a note, or None."""
        return self._here(self._reader.note(room, id))

    async def notes(self, room: str) -> tuple[tuple[str, str], ...]:
        """Return the notes of a room by their ids."""
        return await self._there(self._reader.notes(room))

    async def history(self, of: HistoryOf) -> Page:
        """Return versions, the newest first."""
        asked = self._reader.history(of)
        return self._here(asked) if of.id else await self._there(asked)

    async def search(self, query: Query) -> Page:
        """Return the newest versions that match.  Raises: InputError REC003."""
        if not is_short(query):
            return await self._there(self._reader.search(query))
        asked = direct(self.book.speech.name, query)
        if asked is None:
            return self._here(self._reader.search(query))
        return page_of(query, self._rows(asked.statement, *asked.values, query.count + 1))

    async def included(self, hits: Sequence[Version], include: Sequence[Include]) -> Page:
        """Return what is included, each once and no hit again."""
        asked = self._reader.included(hits, include)
        is_short = not any(one.is_backward or one.is_iterated for one in include)
        if is_short and len(hits) <= FEW:
            return self._here(asked)
        return await self._there(asked)

    async def events(self, after: int, limit: int = 500) -> tuple[Event, ...]:
        """Return events behind a sequence number, in order; none is ever skipped.

        Numbers are given and committed by one writer at a time, so that none comes late.
        """
        rows = self._rows(self.book.events, after, limit)
        return tuple([event_of(row) for row in rows])

    async def follow(self, after: int) -> AsyncIterator[Event]:
        """Yield events for as long as one listens; another process's within a second."""
        while not self._is_closed:
            heard = self._bell.heard()
            some = await self.events(after)
            for event in some:
                yield event
                after = event.sequence
            if not some:
                await heard.wait()

    async def inspect(self, asked: Callable[[Book], Coroutine[Any, Any, T]]) -> T:
        """Return what a reading of the tables finds, from one state of the record."""
        return await self._there(asked(self.book))

    async def close(self) -> None:
        """Finish what was begun, and let go of the file."""
        if self._is_closed:
            return
        self._is_closed = True
        self._bell.ring()
        await asyncio.get_running_loop().run_in_executor(None, self._end)

    def _end(self) -> None:
        self._writer.close()
        self._checkpointer.close()
        self._pool.shutdown()
        with contextlib.suppress(queue.Empty):
            while True:
                self._far.get_nowait().close()
        self._near.close()
        self._writing.close()
        if self._temporary is not None:
            shutil.rmtree(self._temporary, ignore_errors=True)

    def _is_in_place(self) -> bool:
        """Return whether the file still has its name: else what is written is found by nobody."""
        return self._file is not None and _identity(self.path) == self._file

    def _rows(self, statement: Statement, *values: object) -> list[Row]:
        """Return the rows of one statement: one state of the record without a transaction's help.

        Raises: OutsideError STO005, STO006.
        """
        if self._is_closed:
            raise faults.closed()
        try:
            return self._near.execute(statement.text, statement.bound(values)).fetchall()
        except sqlite3.Error as error:
            raise read_fault(error) from error

    def _here(self, asked: Coroutine[Any, Any, T]) -> T:
        if self._is_closed:
            asked.close()
            raise faults.closed()
        return _read(self._near, asked)

    async def _there(self, asked: Coroutine[Any, Any, T]) -> T:
        if self._is_closed:
            asked.close()
            raise faults.closed()
        return await asyncio.get_running_loop().run_in_executor(self._pool, self._borrow, asked)

    def _borrow(self, asked: Coroutine[Any, Any, T]) -> T:
        try:
            connection = self._far.get_nowait()
        except queue.Empty:
            connection = self._another(asked)
        try:
            found = _read(connection, asked)
        except OutsideError:
            connection.close()  # what it holds may be gone: the next opens its own
            raise
        except BaseException:
            self._far.put(connection)
            raise
        self._far.put(connection)
        return found

    def _another(self, asked: Coroutine[Any, Any, Any]) -> sqlite3.Connection:
        try:
            return connected(self.path, READER, is_there=True)
        except OutsideError:
            asked.close()
            raise


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _read(connection: sqlite3.Connection, asked: Coroutine[Any, Any, T]) -> T:
    """Return what was asked, from one state of the record.  Raises: OutsideError STO005."""
    try:
        connection.execute("BEGIN")
        try:
            return drive(Direct(connection), asked)
        finally:
            connection.execute("COMMIT")
    except sqlite3.Error as error:
        asked.close()
        raise read_fault(error) from error
