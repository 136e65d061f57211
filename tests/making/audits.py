"""Audit logs for tests: entries, a log in a folder, moments that pass."""

import os
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path

from garrod.adapters.audit.around import Around
from garrod.adapters.audit.log import Log
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
