"""Dumps of the database, and databases from dumps."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

from garrod.adapters.store import dump, faults
from garrod.adapters.store.compiled import Row
from garrod.adapters.store.postgres.connect import (
    FAILED,
    PATIENCE,
    Connection,
    driver,
    read_fault,
    said,
    write_fault,
)
from garrod.adapters.store.postgres.opening import move_on
from garrod.adapters.store.postgres.writer import CHANNEL, LOCK

GO_ON = "SELECT setval(pg_get_serial_sequence('head', 'key'), (SELECT max(key) FROM head))"


class PostgresTables:
    """A database as a dump reads or writes it, within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    async def rows(self, table: str) -> AsyncIterator[list[Row]]:
        """Yield the rows of a table in portions."""
        cursor = await self.connection.cursor(dump.selected(table))
        while some := await cursor.fetch(dump.PORTION):
            yield [tuple(row) for row in some]

    async def add(self, table: str, rows: list[Row]) -> None:
        """Write rows."""
        places = [f"${place}" for place in range(1, len(rows[0]) + 1)] if rows else []
        await self.connection.executemany(dump.inserted(table, places), rows)


async def _connected(url: str) -> Connection:
    try:
        return await driver.connect(url, timeout=PATIENCE)
    except FAILED as error:
        raise faults.unreachable(said(error)) from error


async def dumped(url: str, to: Path) -> dict[str, int]:
    """Write a database as lines of JSON, as it stood at one moment; return the rows by table."""
    connection = await _connected(url)
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            return await dump.write(PostgresTables(connection), to)
    except FAILED as error:
        raise read_fault(error) from error
    finally:
        connection.terminate()


async def loaded(source: Path, url: str, *, force: bool) -> None:
    """Make a database that of a dump.  Raises: UsageError STO014, InputError STO013."""
    connection = await _connected(url)
    try:
        await move_on(connection)
        async with connection.transaction():
            await connection.execute(f"SELECT pg_advisory_xact_lock({LOCK})")
            if await connection.fetch("SELECT 1 FROM head LIMIT 1"):
                if not force:
                    raise faults.is_there("the database")
                names = ", ".join(f'"{table}"' for table in dump.TABLES)
                await connection.execute(f"TRUNCATE {names}")
            await dump.read(PostgresTables(connection), source)
            await connection.execute(f"{GO_ON}; NOTIFY {CHANNEL}")
    except FAILED as error:
        raise write_fault(error) from error
    finally:
        connection.terminate()
