"""Opens the file: moves its schema on where that is needed, then hands out the store."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from garrod.adapters.store import faults, migrate
from garrod.adapters.store.compiled import SQLITE
from garrod.adapters.store.sqlite.connect import WRITER, connected, said
from garrod.adapters.store.sqlite.store import SqliteStore

MEMORY = ":memory:"


def opened(path: str, clock: Callable[[], datetime]) -> SqliteStore:
    """Return the store of a file, made where there is none; ":memory:": one that is not kept.

    Raises: OutsideError STO005, STO008, STO009, STO010.
    """
    if path == MEMORY:
        folder = Path(tempfile.mkdtemp(prefix="garrod-"))
        connection = connected(folder / "record.db", (*WRITER, "PRAGMA synchronous=OFF"))
        return _ready(folder / "record.db", connection, clock, folder)
    return _ready(Path(path), connected(Path(path), WRITER), clock)


def _ready(
    path: Path,
    connection: sqlite3.Connection,
    clock: Callable[[], datetime],
    temporary: Path | None = None,
) -> SqliteStore:
    try:
        move_on(connection, str(path))
        return SqliteStore(path, connection, clock, temporary)
    except BaseException:
        connection.close()
        raise


def move_on(connection: sqlite3.Connection, where: str, folder: Path = migrate.STEPS) -> None:
    """Bring the schema to this release's, wholly or not at all.

    Raises: OutsideError STO008, STO009, STO010.
    """
    try:
        if not migrate.needs_steps(*_state(connection), where):
            return
        connection.execute("BEGIN IMMEDIATE")  # of two that open, one moves it on
        found, tables = _state(connection)
        if migrate.needs_steps(found, tables, where):
            for statement in migrate.steps(SQLITE.dialect, found, folder):
                connection.execute(statement)
        connection.execute("COMMIT")
    except sqlite3.Error as error:
        raise faults.not_moved(said(error)) from error
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def _state(connection: sqlite3.Connection) -> tuple[str | None, set[str]]:
    """Return the step at which a file stands, and its tables."""
    rows = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    tables = {name for (name,) in rows}
    if "alembic_version" not in tables:
        return None, tables
    found = connection.execute(migrate.CURRENT).fetchall()
    return (found[0][0] if found else None), tables
