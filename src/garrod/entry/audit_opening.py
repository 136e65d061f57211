"""Where the audit log of a server stands, its key, and its witness elsewhere.

GARROD_AUDIT_KEY      the file of the signing key, where it is not to stand in the data folder
GARROD_AUDIT_DURABLE  "power": reads too wait until their entry outlives a loss of power
GARROD_AUDIT_WITNESS  a file, best on another machine's disk, to which signed heads are added
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

import structlog

from garrod.adapters.audit.around import Around
from garrod.adapters.audit.keys import read_key
from garrod.adapters.audit.log import Log
from garrod.adapters.audit.store import AuditLog
from garrod.adapters.cds.catalogue import SERVICES
from garrod.care.govern.access import LOCAL
from garrod.care.govern.audit import TASK, Trail, following
from garrod.entry.auditing import FAULT, Audit

FAULTS = structlog.get_logger()
LOG, DEMO, KEY = "audit.db", "demo-audit.db", "audit.key"
BEGUN, DONE = 202, 200  # statuses of a command that has begun, and that was done


@dataclass(frozen=True, slots=True)
class Place:
    """Where the log, its key and its witness stand."""

    log: Path
    key: Path
    witness: Path | None = None

    def key_id(self) -> str:
        """Return the id of the key, or "" where there is none here."""
        return read_key(self.key).id if self.key.exists() else ""


def place_of(folder: Path, environment: Mapping[str, str], *, witness: str = "") -> Place:
    """Return where the log of a data folder stands. A demo has one of its own, as its record is."""
    name = DEMO if environment.get("GARROD_DEMO") else LOG
    key = environment.get("GARROD_AUDIT_KEY", "")
    told = witness or environment.get("GARROD_AUDIT_WITNESS", "")
    return Place(folder / name, Path(key) if key else folder / KEY, Path(told) if told else None)


def audit_of(folder: Path, environment: Mapping[str, str], clock: Callable[[], datetime]) -> Audit:
    """Return the audit of a server; its log is opened when the server starts."""
    place = place_of(folder, environment)
    opening = partial(AuditLog, place.log, place.key, around(clock), witness=place.witness)
    return Audit(opening, clock, is_firm=environment.get("GARROD_AUDIT_DURABLE") == "power")


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
    finally:
        await log.close()


def try_audit(folder: Path, clock: Callable[[], datetime], *, is_demo: bool = False) -> None:
    """Open the log and close it again, so that what is wrong with it is told at once.

    Raises: OutsideError, InputError, InternalFault AUD012 (it is not what was sealed).
    """
    place = place_of(folder, {**os.environ, "GARROD_DEMO": "1" if is_demo else ""})
    Log(place.log, place.key, around(clock)).close()


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
