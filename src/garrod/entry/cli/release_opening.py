"""Who asks for numbers about people, and the ledger and the audit that stand before any answer."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from garrod.adapters.govern.keys import LEDGER_KEY, key_at
from garrod.adapters.govern.ledger import Ledger
from garrod.adapters.govern.screen import Purpose, Screen, screen_of
from garrod.adapters.govern.witnessed import EVENT
from garrod.care.govern.access import Actor
from garrod.care.govern.audit import DENIED, PERMITTED, AuditEntry
from garrod.care.govern.labels import Labels
from garrod.care.govern.numbers.basis import basis_of, checked_purpose
from garrod.care.govern.numbers.noise import epsilon_of
from garrod.care.govern.numbers.release import Asked, Line
from garrod.core.errors import UsageError
from garrod.entry.audit_opening import audit_of, audited_task, moment
from garrod.entry.housing import clock, folder_of
from garrod.entry.wire import Services

LEDGER = "releases.db"
LONGEST = 100  # characters of a name
ANALYST, BUDGET = "analyst", "budget"


@dataclass(frozen=True, slots=True)
class Who:
    """Who asks, for which project and purpose, on what legal basis, of which data set."""

    analyst: str
    project: str
    purpose: str
    basis: str
    data_set: str = ""

    def asked(self, deed: str, what: str, files: Iterable[Path], epsilon: str = "") -> Asked:
        """Return what is asked as the ledger keeps it.

        Raises: UsageError USE062, USE064, AccessDenied ACC060.
        """
        for name in (self.analyst, self.project):
            if not name.strip() or len(name) > LONGEST or not name.isprintable():
                raise UsageError("--analyst and --project each say who, in a line", code="USE064")
        return Asked(
            self.analyst,
            self.project,
            checked_purpose(self.purpose),
            basis_of(self.basis).code,
            self.data_set or _named(files),
            deed,
            what,
            epsilon,
        )

    def screen(self, files: list[Path]) -> Screen:
        """Return whose data may be in the answer.  Raises: InputError INP201, INP202."""
        purpose = Purpose(self.analyst, self.purpose, clock(), basis_of(self.basis))
        return screen_of(files, Labels(Services().shelf), purpose)


def _named(files: Iterable[Path]) -> str:
    """Return what a data set is called where nobody says it: the folder that its files stand in."""
    folders = {path.resolve().parent for path in files}
    return ", ".join(sorted(folder.name for folder in folders))


@contextmanager
def opened_ledger(folder: Path) -> Iterator[Ledger]:
    """Hold the ledger of a data folder.  Raises: OutsideError REL010, InputError REL011, REL031."""
    key = key_at(folder / LEDGER_KEY, os.urandom)
    ledger = Ledger(folder / LEDGER, key, lambda: moment(clock))
    try:
        yield ledger
    finally:
        ledger.close()


def budget_of(analyst: str, data_set: str, epsilon: str, data: str) -> dict[str, str]:
    """Return what an analyst may spend on a data set, and what is spent; set it where it is told.

    Raises: UsageError USE060, OutsideError REL010.
    """
    wanted = epsilon_of(epsilon) if epsilon else None
    folder = folder_of(data)
    with opened_ledger(folder) as ledger:
        if wanted is not None:
            asyncio.run(_allowed(folder, lambda: ledger.allow(analyst, data_set, wanted)))
        total, spent = ledger.budget(analyst, data_set)
    told = {"epsilon": str(total), "spent": str(spent), "left": str(max(total - spent, 0 * total))}
    return {"analyst": analyst, "data_set": data_set, **told}


async def _allowed(folder: Path, allow: Callable[[], None]) -> None:
    async with audited_task(folder, clock, BUDGET, f"garrod release {BUDGET}"):
        allow()


def told_audit(
    asked: Asked,
    folder: Path,
    decide: Callable[[], Line],
    *,
    people: Iterable[str] = (),
    kinds: Iterable[str] = (),
    count: int = 0,
) -> Line:
    """Return the line that may be answered: it stands in the ledger, then in the audit, durably.

    Refusals stand in both too.  Raises: AccessDenied, OutsideError, InputError.
    """
    return asyncio.run(_told(asked, folder, decide, (tuple(people), tuple(kinds), count)))


async def _told(
    asked: Asked,
    folder: Path,
    decide: Callable[[], Line],
    gave: tuple[tuple[str, ...], tuple[str, ...], int],
) -> Line:
    audit = audit_of(folder, os.environ, clock)
    audit.log = audit.opening()
    actor = Actor(asked.analyst, role=ANALYST, purpose=asked.purpose)
    try:
        async with audit.task(actor, asked.deed, f"garrod release: {asked.deed}") as trail:
            line = decide()
            if line.is_given:
                people, kinds, count = gave
                trail.gave(kinds, people, count)
            else:
                trail.denied(line.because)
            await audit.log.append_all([_entry(line)])
    finally:
        await audit.log.close()
    return line.given()


def _entry(line: Line) -> AuditEntry:
    """Return what the audit log keeps of a line of the ledger: its hash."""
    data: dict[str, Any] = {"release": line.id, "sha256": line.sha256()}
    return AuditEntry(
        at=moment(clock),
        event=EVENT,
        who=line.asked.analyst,
        role=ANALYST,
        purpose=line.asked.purpose,
        deed=line.asked.deed,
        outcome=PERMITTED if line.is_given else DENIED,
        data=data,
    )
