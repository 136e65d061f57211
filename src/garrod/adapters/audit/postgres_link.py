"""A connection to PostgreSQL that is used as one of sqlite3 is, so that one code serves both logs.

statement as `schema` has it -> PostgreSQL's words for it -> rows; errors are those of sqlite3

Whoever writes takes a lock of the database first (advisory, until the end of the transaction): at
any moment one process writes, and others wait their turn.
Source: https://www.postgresql.org/docs/16/explicit-locking.html#ADVISORY-LOCKS
"""

from __future__ import annotations

import asyncio
import re
import sqlite3
import threading
from collections.abc import Coroutine, Iterator, Sequence
from functools import cache, lru_cache
from typing import Any, TypeVar

from garrod.adapters.audit import schema
from garrod.adapters.audit.postgres_schema import LOCK, SCHEMA, WORDS

T = TypeVar("T")
Row = tuple[Any, ...]
PATIENCE, BUSY = 10.0, 10  # seconds to wait for a connection, and for another who writes
LONGEST = 60.0  # seconds that one statement may take
AT_ONCE = 2000  # rows of a long answer fetched at a time
SNAPSHOT = "BEGIN ISOLATION LEVEL REPEATABLE READ"
TURN = f"BEGIN; SET LOCAL lock_timeout = '{BUSY}s'; SELECT pg_advisory_xact_lock({LOCK})"
_PLACE = re.compile(r"\?")
_SELECT = "SELECT"


class Rows:
    """What a statement answered. Of a long answer, what was fetched."""

    def __init__(self, rows: list[Row], count: int = -1, portal: _Portal | None = None) -> None:
        self._rows, self._portal, self.rowcount = rows, portal, count

    def fetchone(self) -> Row | None:
        """Return the first row, or None."""
        return next(iter(self), None)

    def fetchall(self) -> list[Row]:
        """Return every row."""
        return list(self)

    def fetchmany(self, count: int) -> list[Row]:
        """Return some more rows; none at the end."""
        if self._portal is not None:
            return self._portal.fetch(count)
        some, self._rows = self._rows[:count], self._rows[count:]
        return some

    def __iter__(self) -> Iterator[Row]:
        """Yield the rows that are left."""
        while some := self.fetchmany(AT_ONCE):
            yield from some


class Link:
    """One connection, made anew where it was lost outside a transaction. For one thread at a time.

    Raises, in all it does: sqlite3.Error, its words without any value of a row.
    """

    def __init__(self, database: str, *, is_reading: bool = False) -> None:
        self._database, self._is_reading = database, is_reading
        self._connection: Any = None
        self._is_within = False  # a transaction was begun and has not ended
        self.is_unsure = False  # nobody answered whether the last transaction was kept
        self.first_put: Row = ()  # of the last transaction, the first entry

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction stands open."""
        found = self._connection
        return found is not None and not found.is_closed() and bool(found.is_in_transaction())

    def execute(self, text: str, values: Sequence[object] = ()) -> Rows:
        """Return what a statement answers."""
        words = text.partition(" ")[0]
        if words == "BEGIN":
            self.is_unsure, self.first_put = False, ()
            self._is_within = self.in_transaction
        if text.startswith(schema.PUT_ENTRIES) and not self.first_put:
            self.first_put = tuple(values[:2])
        try:
            return _run(self._executed(text, values))
        except _failed() as error:
            is_answered = isinstance(error, _driver().PostgresError) and self._stands()
            if words == "COMMIT" and not is_answered:
                self.is_unsure = True
                self._connection.terminate()
            raise _as_sqlite(error) from error
        finally:
            if words in ("COMMIT", "ROLLBACK"):
                self._is_within = False

    def close(self) -> None:
        """Let go of the connection."""
        if self._connection is not None and not self._connection.is_closed():
            _run(self._closed())
        self._connection = None

    async def _executed(self, text: str, values: Sequence[object]) -> Rows:
        connection = await self._live()
        if text.startswith("BEGIN"):
            return await self._begun(connection, is_writing=text != "BEGIN")
        words = translated(text)
        given = [int(value) if isinstance(value, bool) else value for value in values]
        if not words.startswith(_SELECT):
            status = await connection.execute(words, *given)
            last = status.rpartition(" ")[2]
            return Rows([], int(last) if last.isdecimal() else -1)
        if not given and self._is_reading and connection.is_in_transaction():
            return Rows([], -1, _Portal(await connection.cursor(words)))
        return Rows([tuple(row) for row in await connection.fetch(words, *given)])

    async def _begun(self, connection: Any, *, is_writing: bool) -> Rows:
        try:
            await connection.execute(TURN if is_writing else SNAPSHOT)
        except BaseException:
            if not connection.is_closed() and connection.is_in_transaction():
                await connection.execute("ROLLBACK")
            raise
        self._is_within = True
        return Rows([])

    async def _live(self) -> Any:
        if self._stands():
            return self._connection
        if self._is_within:
            raise ConnectionError("the connection was lost")
        self._connection = await _connected(self._database, is_reading=self._is_reading)
        return self._connection

    def _stands(self) -> bool:
        return self._connection is not None and not self._connection.is_closed()

    async def _closed(self) -> None:
        try:
            await self._connection.close(timeout=PATIENCE)
        except _failed():
            self._connection.terminate()


class _Portal:
    """A long answer that is fetched some rows at a time."""

    def __init__(self, cursor: Any) -> None:
        self._cursor = cursor

    def fetch(self, count: int) -> list[Row]:
        """Return some more rows."""
        try:
            return [tuple(row) for row in _run(self._cursor.fetch(count))]
        except _failed() as error:
            raise _as_sqlite(error) from error


@lru_cache(maxsize=256)
def translated(text: str) -> str:
    """Return PostgreSQL's words for a statement of `schema`."""
    number = iter(range(1, text.count("?") + 1))
    return _PLACE.sub(lambda _: f"${next(number)}", WORDS.get(text, text))


@cache
def _driver() -> Any:
    """Return asyncpg.  Raises: sqlite3.NotSupportedError where it is not installed."""
    try:
        import asyncpg  # type: ignore[import-untyped]
    except ImportError as error:
        words = "asyncpg is not installed: install garrod[postgres]"
        raise sqlite3.NotSupportedError(words) from error
    return asyncpg


@cache
def _failed() -> tuple[type[BaseException], ...]:
    driver = _driver()
    own = (driver.PostgresError, driver.InterfaceError, driver.InternalClientError)
    return (*own, OSError, TimeoutError)


async def _connected(database: str, *, is_reading: bool) -> Any:
    settings = {"application_name": "garrod-audit", "search_path": SCHEMA, "jit": "off"}
    if is_reading:
        settings["default_transaction_read_only"] = "on"
    try:
        return await _driver().connect(
            database, timeout=PATIENCE, command_timeout=LONGEST, server_settings=settings
        )
    except ValueError as error:  # the address itself, which may hold a password
        raise ConnectionError("its address cannot be read") from error


def _as_sqlite(error: BaseException) -> sqlite3.Error:
    """Return an error as sqlite3 has it: the class and code that the server gave, never a value."""
    driver = _driver()
    words = f"PostgreSQL: {type(error).__name__} {getattr(error, 'sqlstate', '')}".strip()
    if isinstance(error, driver.IntegrityConstraintViolationError | driver.RaiseError):
        return sqlite3.IntegrityError(words)
    if isinstance(error, ConnectionError):
        return sqlite3.OperationalError(f"PostgreSQL: {error}")
    return sqlite3.OperationalError(words)


@cache
def _loop() -> asyncio.AbstractEventLoop:
    """Return the loop of all connections of this process, which runs in a thread of its own."""
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="garrod-audit-postgres", daemon=True).start()
    return loop


def _run(work: Coroutine[Any, Any, T]) -> T:
    return asyncio.run_coroutine_threadsafe(work, _loop()).result()
