"""The audit log in a database of PostgreSQL: written, read and sealed by the code of the file.

What is kept at once (journals), the hashes beside the log (tiles) and the key stand in the data
folder; the log itself stands in the database, which may be another than the record's.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from garrod.adapters.audit.around import Around
from garrod.adapters.audit.connect import fault, no_log
from garrod.adapters.audit.journal import secret_of
from garrod.adapters.audit.log import Body, Log, Mark
from garrod.adapters.audit.postgres_link import Link
from garrod.adapters.audit.postgres_schema import IS_THERE, TABLES
from garrod.adapters.audit.reading import Reading
from garrod.adapters.audit.schema import ROW
from garrod.adapters.audit.sealer import MINUTE, Sealer
from garrod.adapters.audit.sealing import Where
from garrod.adapters.audit.store import AuditLog
from garrod.adapters.audit.tiles import Tiles
from garrod.adapters.audit.witness import Witness
from garrod.care.govern.audit import placed
from garrod.care.govern.merkle import Frontier
from garrod.core.errors import OutsideError


@dataclass(frozen=True, slots=True)
class Database:
    """Where the log stands, and by which command a notary of it is begun."""

    url: str
    command: Sequence[str] = ()

    def __repr__(self) -> str:
        """Return nothing of the address: it may hold a password."""
        return "Database()"


class PostgresLog(Log):
    """Writes to the log of a database. For one thread at a time."""

    def __init__(self, database: Database, path: Path, key: Path, around: Around) -> None:
        """Open the log, or begin one; `path` is what stands beside it in the data folder.

        Raises: OutsideError AUD010, InputError AUD031, InternalFault AUD012.
        """
        self.path, self.key_path, self.around = path, key, around
        self.now = around.now
        self._frontier, self._seal = Frontier(), None
        self._doubt: tuple[Any, ...] = ()  # place and bytes of an entry that may have been kept
        self._link = opened(database, path)
        self._connection = self._carrier = cast(Any, self._link)
        try:
            with _told(path):
                self._load()
                if self._seal is None:
                    self._found()
        except BaseException:
            self.close()
            raise

    def append(
        self, bodies: Sequence[Body], *, is_head: bool = False, mark: Mark | None = None
    ) -> int:
        """Write entries; return the place of the first (see `Log.append`).

        Where the connection was lost at the commit, it is looked up whether that was kept: nothing
        is written twice.
        """
        kept, first = self._looked_up(bodies)
        if kept and kept == len(bodies):
            return first
        try:
            place = super().append(bodies[kept:], is_head=is_head, mark=mark)
        except OutsideError:
            if not self._link.is_unsure:
                raise
            self._doubt = self._link.first_put
            more, place = self._looked_up(bodies[kept:])
            if not more:
                raise
        return first if kept else place

    def checkpoint(self) -> None:
        """Do nothing: the database does that by itself."""

    def sync(self) -> None:
        """Do nothing: what was committed outlives a loss of power."""

    def rotate(self) -> str:
        """Put a new key in force; return its id.  Raises: as `append`."""
        with _told(self.path):
            return super().rotate()

    def close(self) -> None:
        """Let go of the connection."""
        self._link.close()

    def _is_there(self) -> bool:
        return True

    def _looked_up(self, bodies: Sequence[Body]) -> tuple[int, int]:
        """Return how many of some entries were kept when nobody answered, and where the first is.

        Raises: OutsideError AUD010 while that cannot be looked up.
        """
        if not self._doubt:
            return 0, -1
        first = int(self._doubt[0])
        with _told(self.path):
            kept = 0
            for index, (body, _, _) in enumerate(bodies, first):
                row = self._link.execute(ROW, (index,)).fetchone()
                if row is None or row[0] != placed(body, index):
                    break
                kept += 1
            self._load()
        self._doubt = ()
        return kept, first


class PostgresReading(Reading):
    """Reads the log of a database. For any thread, one at a time."""

    def __init__(self, database: Database, path: Path) -> None:
        """Open it.  Raises: OutsideError AUD010, InputError AUD011."""
        self.path = path
        self._connection = opened_to_read(database, path)
        self._lock = threading.Lock()
        self._keys = []
        self._tiles = Tiles(path, self._rows)


class PostgresSealer(Sealer):
    """Seals journals in the log of a database. For one thread."""

    def __init__(
        self,
        database: Database,
        log: PostgresLog,
        secret: bytes,
        *,
        witness: Witness | None = None,
        every: float = MINUTE,
    ) -> None:
        """Seal what was left by processes that are gone, and keep a head (see `Sealer`)."""
        self.log, self.witness, self.every = log, witness, every
        self._secret, self._seconds = secret, log.around.seconds
        self._is_dirty = self._is_loose = False
        self._next_sync = 0.0
        self._reading = opened_to_read(database, log.path)
        self._tiles = Tiles(log.path, lambda text, of: self._reading.execute(text, of).fetchall())
        self._begin()


class PostgresAuditLog(AuditLog):
    """An `AuditStore` in a database."""

    def __init__(
        self,
        database: Database,
        path: Path,
        key: Path,
        around: Around,
        *,
        witness: Path | None = None,
        every: float = MINUTE,
    ) -> None:
        """Open or begin the log.  Raises: OutsideError, InputError, InternalFault AUD012."""
        self.path, self._database = path, database
        self._where, self._around = Where(path, key, witness, every), around
        self._secret = secret_of(key, around.chance)
        log = PostgresLog(database, path, key, around)
        told = Witness(witness) if witness is not None else None
        try:
            self._sealer = PostgresSealer(database, log, self._secret, witness=told, every=every)
        except BaseException:
            log.close()
            raise
        self._sealing = None
        self._is_failing, self._is_closed, self._lock = False, False, threading.Lock()
        self.reading = PostgresReading(database, path)

    def start(self, command: Sequence[str]) -> None:
        """Let a notary of the database, whatever the command, seal what the running loop keeps."""
        super().start(self._database.command or command)


def opened(database: Database, path: Path) -> Link:
    """Return a writing connection; the tables are made where there are none.

    Raises: OutsideError AUD010 (it cannot be opened).
    """
    link = Link(database.url)
    try:
        with _told(path):
            link.execute("BEGIN IMMEDIATE")
            if not _is_log(link):
                for statement in TABLES:
                    link.execute(statement)
            link.execute("COMMIT")
    except BaseException:
        link.close()
        raise
    return link


def opened_to_read(database: Database, path: Path) -> Any:
    """Return a reading connection.  Raises: OutsideError AUD010, InputError AUD011."""
    link = Link(database.url, is_reading=True)
    try:
        with _told(path):
            if not _is_log(link):
                raise no_log(path)
    except BaseException:
        link.close()
        raise
    return link


def _is_log(link: Link) -> bool:
    row = link.execute(IS_THERE).fetchone()
    return bool(row and row[0])


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Say in our words what the database said."""
    try:
        yield
    except sqlite3.Error as error:
        raise fault(path, error) from error
