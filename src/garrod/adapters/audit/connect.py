"""Connections to the log's file, and our words for what goes wrong there."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from garrod.adapters.audit.schema import APPLICATION, MARKS, TABLES, TRIGGERS
from garrod.core.errors import InputError, OutsideError

BUSY = 10.0  # seconds to wait for another process that writes
WRITER = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=NORMAL",  # a commit outlives the process; Log.sync makes it outlive power
    "PRAGMA cache_size=-65536",
    "PRAGMA wal_autocheckpoint=100000",  # pages; sooner beside the writer
    f"PRAGMA journal_size_limit={64 * 2**20}",
    "PRAGMA recursive_triggers=ON",  # what is replaced is deleted first, which no trigger lets pass
)
READER = ("PRAGMA query_only=ON", "PRAGMA mmap_size=1073741824")


def opened(path: Path) -> sqlite3.Connection:
    """Return a writing connection; the tables are made where there are none.

    Raises: OutsideError AUD010 (it cannot be opened), InputError AUD011 (the file is no log).
    """
    try:
        path.touch(mode=0o600, exist_ok=True)
        connection = _connected(str(path), is_uri=False)
        for pragma in WRITER:
            connection.execute(pragma)
        _begin(connection, path)
    except (sqlite3.Error, OSError) as error:
        raise fault(path, error) from error
    return connection


def opened_to_read(path: Path) -> sqlite3.Connection:
    """Return a reading connection.  Raises: OutsideError AUD010, InputError AUD011."""
    try:
        connection = _connected(f"{path.absolute().as_uri()}?mode=ro", is_uri=True)
        connection.text_factory = _text
        for pragma in READER:
            connection.execute(pragma)
        if _mark(connection) != APPLICATION:
            raise no_log(path)
    except sqlite3.Error as error:
        raise fault(path, error) from error
    return connection


def fault(path: Path, error: Exception) -> OutsideError | InputError:
    """Return our error for what SQLite or the disk said of a log."""
    if getattr(error, "sqlite_errorname", "") == "SQLITE_NOTADB":
        return no_log(path)
    return OutsideError(
        f"{path}: the audit log cannot be used ({error}); nothing is given out until it can.",
        code="AUD010",
    )


def no_log(path: Path) -> InputError:
    """Return the error for a file that is something else."""
    return InputError(f"{path}: is no audit log of Garrod.", code="AUD011")


def _connected(name: str, *, is_uri: bool) -> sqlite3.Connection:
    return sqlite3.connect(
        name,
        uri=is_uri,
        isolation_level=None,
        check_same_thread=False,
        cached_statements=500,
        timeout=BUSY,
    )


def _begin(connection: sqlite3.Connection, path: Path) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        if _mark(connection) != APPLICATION:
            if connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
                raise no_log(path)
            for statement in (*TABLES, *TRIGGERS):
                connection.execute(statement)
            connection.execute(f"PRAGMA application_id={APPLICATION}")
        connection.execute(MARKS)
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        connection.close()
        raise


def _text(content: bytes) -> str:
    """Return text as it stands, UTF-8 or not: who verifies must be able to read what is wrong."""
    return content.decode("utf-8", "surrogateescape")


def _mark(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA application_id").fetchone()[0])
