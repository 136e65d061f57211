"""Opens the database: moves its schema on where that is needed, then hands out the store."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from garrod.adapters.store import faults, migrate
from garrod.adapters.store.compiled import POSTGRES
from garrod.adapters.store.postgres.connect import (
    FAILED,
    PATIENCE,
    SETTINGS,
    STATEMENTS,
    Connection,
    driver,
    said,
)
from garrod.adapters.store.postgres.store import PostgresStore
from garrod.adapters.store.postgres.writer import LOCK

REFUSED: tuple[type[Exception], ...] = (*FAILED, ValueError)
READERS = 8  # connections that read
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"


async def opened(url: str, clock: Callable[[], datetime]) -> PostgresStore:
    """Return the store of a database.

    Raises: OutsideError STO005, STO008, STO009, STO010.
    """
    try:
        connection = await driver.connect(url, timeout=PATIENCE)
    except REFUSED as error:
        raise faults.unreachable(said(error)) from error
    try:
        await move_on(connection)
    finally:
        connection.terminate()
    return PostgresStore(url, await _pool(url), clock)


async def _pool(url: str) -> Any:
    try:
        return await driver.create_pool(
            url,
            min_size=1,
            max_size=READERS,
            timeout=PATIENCE,
            server_settings=SETTINGS,
            statement_cache_size=STATEMENTS,
        )
    except FAILED as error:
        raise faults.unreachable(said(error)) from error


async def move_on(connection: Connection, folder: Path = migrate.STEPS) -> None:
    """Bring the schema to this release's, wholly or not at all.

    Raises: OutsideError STO008, STO009, STO010.
    """
    try:
        async with connection.transaction():
            await connection.execute(f"SELECT pg_advisory_xact_lock({LOCK})")
            found, tables = await _state(connection)
            if migrate.needs_steps(found, tables, "the database"):
                for statement in migrate.steps(POSTGRES.dialect, found, folder):
                    await connection.execute(statement)
    except FAILED as error:
        raise faults.not_moved(said(error)) from error


async def _state(connection: Connection) -> tuple[str | None, set[str]]:
    """Return the step at which a database stands, and its tables."""
    tables = {name for (name,) in await connection.fetch(TABLES)}
    if "alembic_version" not in tables:
        return None, tables
    found = await connection.fetch(migrate.CURRENT)
    return (found[0][0] if found else None), tables
