"""Audit logs for tests: entries, a log in a folder, moments that pass."""

import os
import sqlite3
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path

from garrod.adapters.audit.around import Around
from garrod.adapters.audit.journal import left_beside
from garrod.adapters.audit.log import Log
from garrod.adapters.audit.reading import Reading
from garrod.adapters.audit.schema import READ_MARK
from garrod.care.govern.audit import AuditEntry, canonical


def moments() -> Callable[[], str]:
    """Return a clock that moves on a second each time it is read."""
    ticks = count()
    return lambda: f"2026-11-28T10:{(n := next(ticks)) // 60 % 60:02}:{n % 60:02}.000000+00:00"


def around(failures: list[str] | None = None) -> Around:
    """Return what a log takes from around it; what fails is added to a list."""

    def failed(event: str, code: str) -> None:
        if failures is not None:
            failures.append(f"{event}: {code}")

    return Around(moments(), os.urandom, time.monotonic, failed)


def entry_of(patient: str = "p1", *, at: str = "2026-11-28T10:00:00.000000+00:00") -> AuditEntry:
    """Return the entry of a read of somebody's observation."""
    return AuditEntry(
        at=at,
        who="Practitioner/pr1",
        role="prescriber",
        purpose="TREAT",
        deed="read",
        route="GET /fhir/Observation/{id}",
        kinds=("Observation",),
        patients=(patient,) if patient else (),
        outcome="permitted",
        status=200,
        count=1,
    )


def opened(folder: Path) -> Log:
    """Return the log of a folder."""
    return Log(folder / "audit.db", folder / "audit.key", around())


def written(log: Log, patients: str) -> None:
    """Write an entry for each letter, each in a commit of its own."""
    for patient in patients:
        log.append([(canonical(entry_of(patient)), (patient,), False)])


def reading_of(path: Path) -> Reading:
    """Return what reads a server's log, once all that was kept by now stands in it."""
    until = time.monotonic() + 30
    while any(_waits(path, journal) for journal in left_beside(path)):
        assert time.monotonic() < until, "nobody seals the journal"
        time.sleep(0.005)
    return Reading(path)


def _waits(path: Path, journal: Path) -> bool:
    log = sqlite3.connect(path)
    try:
        row = log.execute(READ_MARK, (journal.name,)).fetchone()
        return journal.stat().st_size > (row[0] if row else 0)
    except FileNotFoundError:
        return False
    finally:
        log.close()
