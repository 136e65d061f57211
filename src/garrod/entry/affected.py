"""Who is affected by a change of knowledge: worked out beside other work, kept, and their tasks.

packs before, packs after -> whom it can touch -> judged, some at a time -> counts, ids -> a note
a change that took force -> the same, and an owned task for each: begun again where it broke off
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import asdict, dataclass, field
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson
import structlog

from garrod.adapters.fhir.tasks_book import RecordedTasks
from garrod.adapters.packs.load import load_pack
from garrod.adapters.packs.site import SitePack, folders_under, shelf_of
from garrod.adapters.packs.state import read_state
from garrod.care.govern.access import LOCAL
from garrod.care.govern.audit import Trail
from garrod.care.govern.ledger import Ledger
from garrod.care.govern.model import Activated, Deactivated
from garrod.care.record.ports import Tx
from garrod.care.record.service import Record
from garrod.core.errors import GarrodError
from garrod.entry.judging import Judging, Known
from garrod.entry.judging_people import raised_in, read_people, wanted_of
from garrod.entry.wire import Services
from garrod.knowledge.shelf import Shelf

LOG = structlog.get_logger()
ROOM, HANDLED, CHANGE, BEFORE = "knowledge", "handled", "change", "before"
DEED, ROUTE = "reanalyse", "knowledge"
# Not clinical: people judged at a time, and a pause between, so that orders do not wait for it;
# people whose ids are kept.
TOGETHER, PAUSE, MOST = 20, 0.02, 10_000
WAIT = 5.0  # Not clinical: seconds after a fault


@dataclass(frozen=True, slots=True)
class Found:
    """Who is affected. `kinds`, `medicines`: how many people; `people`: logical ids, no names."""

    at: str = ""
    looked: int = 0  # people who could be touched, and were judged
    affected: int = 0
    lost: int = 0  # of them, who lose a hard stop
    kinds: dict[str, int] = field(default_factory=dict)  # code of what is to be done -> people
    medicines: dict[str, int] = field(default_factory=dict)
    people: list[str] = field(default_factory=list)
    tasks: int = 0  # raised, those that stood already not counted


@dataclass
class Progress:
    """How far a reanalysis is. `whole` 0: it is not known yet whom it can touch."""

    done: int = 0
    whole: int = 0
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Settled:
    """A record, the site whose packs it is decided by, and the server's services."""

    record: Record
    site: Path
    services: Services
    clock: Callable[[], datetime]


class Affected:
    """Works out who is affected, one change at a time; `task` holds the audit's trail of it."""

    def __init__(
        self, at: Settled, task: Callable[[str, str], AbstractAsyncContextManager[Trail]]
    ) -> None:
        self._at = at
        self._task = task
        self._changed = asyncio.Event()
        self._turn = asyncio.Lock()
        self._asked: dict[str, asyncio.Task[None]] = {}
        self.progress: dict[str, Progress] = {}

    def changed(self) -> None:
        """Say that the state of the site may name other packs than before."""
        self._changed.set()

    async def run(self) -> None:
        """Raise the tasks of each change that takes force, until cancelled."""
        while True:
            await self._changed.wait()
            self._changed.clear()
            try:
                await self._follow()
            except GarrodError as error:
                LOG.error("KNW002 it cannot be told who is affected", code=error.code)
                self._failed(CHANGE, error.message)
                await asyncio.sleep(WAIT)
                self._changed.set()
            except Exception as error:
                LOG.error("KNW003 unforeseen fault", kind=type(error).__name__)
                self._failed(CHANGE, "something went wrong here")

    async def end(self) -> None:
        """End what somebody asked for."""
        for one in tuple(self._asked.values()):
            one.cancel()
            with suppress(asyncio.CancelledError):
                await one

    def name_of(self, pack: SitePack) -> str:
        """Return the same for one content of a pack and the packs that are in force now."""
        shelf = self._at.services.shelf
        told = [(n, sorted(shelf.pack(n).manifest.files.items())) for n in shelf.names()]
        return f"{BEFORE}:{sha256(repr((told, pack.content)).encode()).hexdigest()[:32]}"

    def ask(self, pack: SitePack) -> None:
        """Begin to work out who would be affected if a pack took force; once at a time."""
        name = self.name_of(pack)
        if name not in self._asked:
            self.progress[name] = Progress()
            self._asked[name] = asyncio.create_task(self._before(name, pack))

    async def found(self, name: str) -> Found | None:
        """Return what was found under a name, or None.  Raises: OutsideError."""
        note = await self._at.record.store.note(ROOM, name)
        return None if note is None else Found(**json.loads(note))

    async def _before(self, name: str, pack: SitePack) -> None:
        try:
            shelf = self._at.services.shelf
            after = await asyncio.to_thread(_with, shelf, pack)
            found = await self._judged(name, shelf, after, is_raising=False)
            await self._keep({name: found})
            self.progress.pop(name, None)
        except GarrodError as error:
            self._failed(name, error.message)
        except Exception as error:
            LOG.error("KNW003 unforeseen fault", kind=type(error).__name__)
            self._failed(name, "something went wrong here")
        finally:
            self._asked.pop(name, None)

    def _failed(self, name: str, words: str) -> None:
        self.progress.setdefault(name, Progress()).fault = words

    async def _follow(self) -> None:
        """Judge between what was in force when one last looked, and what is now."""
        site, store = self._at.site, self._at.record.store
        ledger = await asyncio.to_thread(read_state, site)
        note = await store.note(ROOM, HANDLED)
        handled = len(ledger.events) if note is None else min(int(note), len(ledger.events))
        new = range(handled, len(ledger.events))
        moved = [n for n in new if isinstance(ledger.events[n], Activated | Deactivated)]
        told: dict[str, Found] = {}
        if moved:
            before = await asyncio.to_thread(_under, site, Ledger(ledger.events[:handled]))
            after = await asyncio.to_thread(_under, site, ledger)
            found = await self._judged(CHANGE, before, after, is_raising=True)
            told = {f"{CHANGE}:{n}": found for n in moved}
        if note is None or new:
            await self._keep(told, handled=len(ledger.events))
        self.progress.pop(CHANGE, None)

    async def _judged(self, name: str, before: Shelf, after: Shelf, *, is_raising: bool) -> Found:
        """Return who is affected; one change is judged at a time, and each part is audited."""
        async with self._turn, self._task(DEED, ROUTE) as trail:
            clock, policy = self._at.clock, self._at.services.settings.policy
            progress = self.progress.setdefault(name, Progress())
            sides = (Known(before, policy), Known(after, policy))
            judging = await asyncio.to_thread(Judging, sides, clock().date())
            if judging.reach.is_empty:
                return Found(at=clock().isoformat(timespec="seconds"))
            wanted = await wanted_of(self._at.record.store, judging)
            progress.whole = len(wanted)
            lines: dict[bytes, None] = {}
            tasks = 0
            for start in range(0, len(wanted), TOGETHER):
                asked = wanted[start : start + TOGETHER]
                reads = await read_people(self._at.record, tuple(asked))
                part = await asyncio.to_thread(judging.lines, reads)
                trail.gave(("Patient",), asked, len(asked))
                new = [line for line in part if line not in lines]
                lines.update(dict.fromkeys(new))
                tasks += await self._raised(new) if is_raising else 0
                progress.done += len(asked)
                await asyncio.sleep(PAUSE)
            at = clock().isoformat(timespec="seconds")
            return found_in(lines, at=at, looked=len(wanted), tasks=tasks)

    async def _raised(self, lines: Iterable[bytes]) -> int:
        book, count = RecordedTasks(self._at.record, LOCAL, self._at.clock), 0
        for line in lines:
            patient, raised = raised_in(line)
            count += await book.keep(patient, None, raised)
        return count

    async def _keep(self, told: dict[str, Found], *, handled: int | None = None) -> None:
        async def work(tx: Tx) -> None:
            for name, found in told.items():
                await tx.keep(ROOM, name, json.dumps(asdict(found)))
            if handled is not None:
                await tx.keep(ROOM, HANDLED, str(handled))

        await self._at.record.store.transact(work)


def found_in(lines: Iterable[bytes], *, at: str, looked: int, tasks: int) -> Found:
    """Return what the lines of a reanalysis amount to: people are counted once of each kind."""
    kinds: Counter[str] = Counter()
    medicines: Counter[str] = Counter()
    people, lost = [], 0
    for line in lines:
        told: dict[str, Any] = orjson.loads(line)
        patient, raised = raised_in(line)
        people.append(patient)
        lost += bool(told["loses_hard_stop"])
        kinds.update({task.follow_up.code for task in raised})
        medicines.update({change["medicine"] for change in told["changes"]})
    return Found(
        at, looked, len(people), lost, dict(kinds), dict(medicines.most_common()), people[:MOST],
        tasks,
    )  # fmt: skip


def _with(shelf: Shelf, pack: SitePack) -> Shelf:
    """Return a shelf with a pack in the place of its namesake.  Raises: KnowledgeError."""
    others = (shelf.pack(n) for n in shelf.names() if n != pack.manifest.name)
    return Shelf((*others, load_pack(pack.folder)))


def _under(site: Path, ledger: Ledger) -> Shelf:
    return shelf_of(folders_under(site, ledger))
