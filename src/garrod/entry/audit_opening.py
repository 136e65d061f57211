"""Where the audit log of a server stands, its key, and its witness elsewhere.

GARROD_AUDIT_DATABASE  postgresql://…: the log stands there, and not in a file of the data folder
GARROD_AUDIT_KEY       the file of the signing key, where it is not to stand in the data folder
GARROD_AUDIT_DURABLE   "power": reads too wait until their entry outlives a loss of power
GARROD_AUDIT_WITNESS   a file, best on another machine's disk, to which signed heads are added

A demo has a file of its own, whatever database is named.
"""

from __future__ import annotations

import os
import time
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import structlog

from garrod.adapters.audit import connect, postgres
from garrod.adapters.audit.around import Around
from garrod.adapters.audit.keys import read_key
from garrod.adapters.audit.log import Log
from garrod.adapters.audit.postgres import (
    Database,
    PostgresAuditLog,
    PostgresLog,
    PostgresReading,
)
from garrod.adapters.audit.postgres_spot import PostgresSpot
from garrod.adapters.audit.reading import Reading
from garrod.adapters.audit.restoring import FileSpot, Spot
from garrod.adapters.audit.store import AuditLog
from garrod.adapters.audit.underway import Underway
from garrod.adapters.cds.catalogue import SERVICES
from garrod.care.govern.access import LOCAL
from garrod.care.govern.audit import TASK, Trail, following
from garrod.core.errors import UsageError
from garrod.entry.audit_keeping import Audit
from garrod.entry.auditing import FAULT
from garrod.entry.notary_postgres import COMMAND, DATABASE

FAULTS = structlog.get_logger()
LOG, DEMO, KEY = "audit.db", "demo-audit.db", "audit.key"
BESIDE = "audit-postgresql"  # what the names of files beside a log in a database begin with
BEGUN, DONE = 202, 200  # statuses of a command that has begun, and that was done


@dataclass(frozen=True, slots=True)
class Place:
    """Where the log, its key and its witness stand."""

    log: Path
    key: Path
    witness: Path | None = None
    database: Database | None = None  # None: in the file `log`; else that names what is beside it

    def key_id(self) -> str:
        """Return the id of the key, or "" where there is none here."""
        return read_key(self.key).id if self.key.exists() else ""

    @property
    def exists(self) -> bool:
        """Whether there may be a log: of a database that is asked when it is opened."""
        return self.database is not None or self.log.exists()

    def open_log(self, around: Around) -> Log:
        """Return the log as one process writes it.

        Raises: OutsideError, InputError, InternalFault AUD012.
        """
        if self.database is None:
            return Log(self.log, self.key, around)
        return PostgresLog(self.database, self.log, self.key, around)

    def open_store(self, around: Around) -> AuditLog:
        """Return the log as a server uses it.  Raises: as `open_log`."""
        if self.database is None:
            return AuditLog(self.log, self.key, around, witness=self.witness)
        return PostgresAuditLog(self.database, self.log, self.key, around, witness=self.witness)

    def open_reading(self) -> Reading:
        """Return the log as it is read.  Raises: OutsideError AUD010, InputError AUD011."""
        if self.database is None:
            return Reading(self.log)
        return PostgresReading(self.database, self.log)

    def spot(self) -> Spot:
        """Return where a copy of the log is put back."""
        if self.database is None:
            return FileSpot(self.log)
        return PostgresSpot(self.database, self.log)

    def opening(self) -> Callable[[Path], Any]:
        """Return what gives the connection by which the whole log is looked through."""
        if self.database is None:
            return connect.opened_to_read
        return partial(postgres.opened_to_read, self.database)


def place_of(folder: Path, environment: Mapping[str, str], *, witness: str = "") -> Place:
    """Return where the log of a data folder stands. A demo has one of its own, as its record is.

    Raises: UsageError USE031 where another sort of database is named.
    """
    key = environment.get("GARROD_AUDIT_KEY", "")
    told = witness or environment.get("GARROD_AUDIT_WITNESS", "")
    is_demo = bool(environment.get("GARROD_DEMO"))
    database = None if is_demo else _database(environment.get(DATABASE, ""))
    name = DEMO if is_demo else BESIDE if database else LOG
    own = Path(key) if key else folder / KEY
    return Place(folder / name, own, Path(told) if told else None, database)


def _database(url: str) -> Database | None:
    if not url:
        return None
    if not url.startswith(("postgresql://", "postgres://")):
        raise UsageError(f"{DATABASE} names a database: postgresql://…", code="USE031")
    return Database(url, COMMAND)


def audit_of(folder: Path, environment: Mapping[str, str], clock: Callable[[], datetime]) -> Audit:
    """Return the audit of a server; its log is opened when the server starts."""
    place = place_of(folder, environment)
    opening = partial(place.open_store, around(clock))
    underway = Underway(place.log, os.urandom, time.monotonic)
    is_firm = environment.get("GARROD_AUDIT_DURABLE") == "power"
    return Audit(opening, clock, is_firm=is_firm, underway=underway)


@asynccontextmanager
async def audited_task(
    folder: Path, clock: Callable[[], datetime], deed: str, route: str
) -> AsyncIterator[Trail]:
    """Hold the trail of a command of the local user, which leaves two entries of what it does.

    The first is durable before anything is done: who is killed meanwhile has not gone unseen. The
    second, of the first, says at the end whom it was about and what became of it.
    Raises: OutsideError, InputError, InternalFault AUD012.
    """
    audit = audit_of(folder, os.environ, clock)
    log = audit.log = audit.opening()
    try:
        async with task_of(audit, clock, deed, route) as trail:
            yield trail
    finally:
        await log.close()


@asynccontextmanager
async def task_of(
    audit: Audit, clock: Callable[[], datetime], deed: str, route: str
) -> AsyncIterator[Trail]:
    """Hold the trail of a task of the local user, in a log that is open.  Raises: OutsideError."""
    trail = Trail(moment(clock), route, deed)
    trail.acted(LOCAL)
    await audit.write(trail, BEGUN, event=TASK)
    status = FAULT
    try:
        with following(trail):
            yield trail
        status = DONE
    finally:
        await audit.write(trail, status, event=TASK)


def try_audit(folder: Path, clock: Callable[[], datetime], *, is_demo: bool = False) -> None:
    """Open the log and close it again, so that what is wrong with it is told at once.

    Raises: OutsideError, InputError, InternalFault AUD012 (it is not what was sealed).
    """
    place = place_of(folder, {**os.environ, "GARROD_DEMO": "1" if is_demo else ""})
    place.open_log(around(clock)).close()


def known_words(kinds: Iterable[str], operations: Iterable[str]) -> frozenset[str]:
    """Return the words of a path that the audit may tell: kinds, "$" operations, services."""
    return frozenset((*kinds, *(f"${name}" for name in operations), *SERVICES))


def around(clock: Callable[[], datetime]) -> Around:
    """Return what the log takes from around it."""

    def failed(event: str, code: str) -> None:
        FAULTS.error(event, code=code)

    return Around(partial(moment, clock), os.urandom, time.monotonic, failed)


def moment(clock: Callable[[], datetime]) -> str:
    """Return the time as entries and heads say it."""
    return clock().isoformat(timespec="microseconds")
