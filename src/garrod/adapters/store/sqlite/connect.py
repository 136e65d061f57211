"""Connections to the file, and statements run on them."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, Protocol, TypeVar

from garrod.adapters.store import faults
from garrod.adapters.store.compiled import Ask, Row
from garrod.core.errors import GarrodError, OutsideError

T = TypeVar("T")
OLDEST = (3, 35, 0)  # knows RETURNING
BUSY = 10.0  # seconds to wait for another process that writes
LOG = 16 * 2**20  # bytes of the log after which they are carried into the file
WRITER = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",  # what is acknowledged outlives a loss of power
    "PRAGMA cache_size=-65536",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA wal_autocheckpoint=32000",  # pages; sooner in a thread of its own
    f"PRAGMA journal_size_limit={LOG}",
)
READER = ("PRAGMA query_only=ON", "PRAGMA cache_size=-32768", "PRAGMA temp_store=MEMORY")
OURS = (sqlite3.IntegrityError, sqlite3.ProgrammingError, sqlite3.InterfaceError)


def connected(
    path: Path, pragmas: tuple[str, ...], *, is_there: bool = False
) -> sqlite3.Connection:
    """Return a connection in autocommit; `is_there`: the file is not made.

    Raises: OutsideError STO005.
    """
    if sqlite3.sqlite_version_info < OLDEST:
        raise faults.unreachable(f"SQLite {sqlite3.sqlite_version} is older than 3.35")
    try:
        connection = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode=rw" if is_there else path,
            uri=is_there,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=1000,
            timeout=BUSY,
        )
        for pragma in pragmas:
            connection.execute(pragma)
    except sqlite3.Error as error:
        raise write_fault_or(faults.unreachable, error) from error
    return connection


def said(error: sqlite3.Error) -> str:
    """Return what SQLite said: its own words and the name of the code, never a value."""
    name = getattr(error, "sqlite_errorname", "")
    return f"{error}, {name}" if name else str(error)


def write_fault_or(usual: Callable[[str], OutsideError], error: sqlite3.Error) -> OutsideError:
    """Return our error where the file may only be read, else the usual one."""
    is_read_only = getattr(error, "sqlite_errorname", "").startswith("SQLITE_READONLY")
    return (faults.read_only if is_read_only else usual)(said(error))


def read_fault(error: sqlite3.Error) -> GarrodError:
    """Return our error for a failed reading."""
    return (
        faults.broken(said(error)) if isinstance(error, OURS) else faults.unreachable(said(error))
    )


def write_fault(error: sqlite3.Error) -> GarrodError:
    """Return our error for a failed writing of which nothing is kept."""
    if isinstance(error, OURS):
        return faults.broken(said(error))
    return write_fault_or(faults.not_kept, error)


def commit_fault(error: sqlite3.Error) -> OutsideError:
    """Return our error for a failed commit: where the disk itself failed, its end is not known."""
    name = getattr(error, "sqlite_errorname", "")
    if name.startswith("SQLITE_IOERR"):
        return faults.maybe_kept(said(error))
    return write_fault_or(faults.not_kept, error)


class Performer(Protocol):
    """Runs statements."""

    def performed(self, asked: Ask) -> list[Row]:
        """Return the rows of a statement, none where it writes."""
        ...


class Direct:
    """Runs each statement when it is asked."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    def performed(self, asked: Ask) -> list[Row]:
        """Return the rows of a statement."""
        return self.connection.execute(asked.statement.text, asked.rows[0]).fetchall()


def drive(performer: Performer, work: Coroutine[Any, Any, T]) -> T:
    """Run a piece of work to its end; each of its questions is a statement here.

    Raises: what the work raises; InternalFault STO001 where it awaits anything else.
    """
    answer: list[Row] | None = None
    try:
        while True:
            asked = work.send(answer)
            if not isinstance(asked, Ask):
                raise faults.suspended()
            answer = performer.performed(asked)
    except StopIteration as done:
        value: T = done.value
        return value
    finally:
        work.close()
