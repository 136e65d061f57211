"""The monitor beside a running server: it follows the outbox and looks again at whom it is about.

outbox -> people, each once a batch -> Watcher, one at a time with a pause -> tasks; where it got to
What it has not come to is in the outbox still, so that a server that ends forgets nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime

import structlog

from garrod.adapters.fhir.tasks_book import RecordedTasks
from garrod.care.decide.knowledge import Knowledge
from garrod.care.decide.ports import People
from garrod.care.govern.access import LOCAL
from garrod.care.monitor.watching import Watcher, patients_in
from garrod.care.record.people_log import Log
from garrod.care.record.ports import Event, Tx
from garrod.care.record.service import Gone, NotFound, Record
from garrod.core.errors import GarrodError
from garrod.entry.beside import beside
from garrod.entry.wire import Services

LOG = structlog.get_logger()
ROOM, PLACE = "monitor", "place"
# Not clinical: seconds between two looks for news, and between two people, so that a server with
# orders to answer is never busy with this for long; events that are read at once.
IDLE, PAUSE, BATCH = 1.0, 0.02, 500


class Monitor:
    """Follows a record's outbox from where it got to last."""

    def __init__(
        self,
        record: Record,
        services: Services,
        people: People,
        clock: Callable[[], datetime],
        *,
        idle: float = IDLE,
    ) -> None:
        self.record = record
        self._services = services
        self._people = people
        self._clock = clock
        self._idle = idle
        self._judged: Knowledge | None = None  # what the watcher judges by

    async def run(self) -> None:
        """Follow until cancelled; a fault of the store is waited out."""
        place = await self._place()
        watcher = await asyncio.to_thread(self._watcher)
        while True:
            try:
                events = await self.record.store.events(place, BATCH)
                if events:
                    if self._judged is not self._services.knowledge:
                        watcher = await asyncio.to_thread(self._watcher)
                    place = await self._through(watcher, events)
            except GarrodError as error:
                LOG.warning("MON001 the monitor waits", code=error.code)
                events = ()
            if len(events) < BATCH:
                await asyncio.sleep(self._idle)

    def _watcher(self) -> Watcher:
        book = RecordedTasks(self.record, LOCAL, self._clock)
        self._judged = self._services.knowledge
        return Watcher(
            self._judged,
            self._people,
            book,
            actor=LOCAL,
            today=lambda: self._clock().date(),
        )

    async def _through(self, watcher: Watcher, events: tuple[Event, ...]) -> int:
        """Look at whom events are about; return, and keep, how far that is."""
        patients = patients_in(events)
        for patient in patients:
            await self._look(watcher, patient)
            await asyncio.sleep(PAUSE)
        newest = events[-1].sequence
        if patients:
            await self._keep(newest)
        return newest

    async def _look(self, watcher: Watcher, patient: str) -> None:
        """Look at one person; one who cannot be judged never stops the others."""
        try:
            await watcher.look(patient)
        except (NotFound, Gone):
            return  # referred to, and not there (any more)
        except GarrodError:
            raise
        except Exception as error:
            LOG.error("MON002 unforeseen fault", kind=type(error).__name__)

    async def _place(self) -> int:
        """Return where to go on; the end of the outbox where it never ran."""
        kept = await self.record.store.note(ROOM, PLACE)
        if kept is not None:
            return int(kept)
        log = Log(self.record.store)
        await log.heard()
        await self._keep(log.newest)
        return log.newest

    async def _keep(self, place: int) -> None:
        async def work(tx: Tx) -> None:
            await tx.keep(ROOM, PLACE, str(place))

        await self.record.store.transact(work)


@asynccontextmanager
async def monitoring(monitor: Monitor) -> AsyncIterator[None]:
    """Run the monitor until the block ends."""
    async with beside(monitor.run(), "garrod-monitor"):
        yield
