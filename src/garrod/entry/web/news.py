"""The outbox as the open pages of this process hear it: followed once, while anybody listens.

store.follow -> News (the newest events) -> any number of pages, each at its own place
"""

from __future__ import annotations

import asyncio
import contextlib
from bisect import bisect_right
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from weakref import WeakKeyDictionary

import structlog

from garrod.care.record.people_log import Log
from garrod.care.record.ports import Event
from garrod.care.record.service import Record
from garrod.entry.ending import ended_at_signal

LOG = structlog.get_logger()
KEPT = 2_000  # Not clinical: events kept at hand
PORTION = 500  # Not clinical: events read at once
PAUSE = 1.0  # Not clinical: seconds until a store that failed is asked again


class News:
    """What happens in a record, for pages that are open."""

    def __init__(self, record: Record) -> None:
        self.is_ending = False
        self._record = record
        self._log = Log(record.store)
        self._kept: list[Event] = []
        self._from = 0  # all events behind this one are kept
        self._flags: set[asyncio.Event] = set()
        self._task: asyncio.Task[None] | None = None
        self._signals = contextlib.ExitStack()

    async def newest(self) -> int:
        """Return the number of the newest event there is."""
        await self._log.heard()
        return self._log.newest

    async def after(self, position: int) -> Sequence[Event]:
        """Return events behind a number, in order; none is skipped."""
        if self._task is not None and position >= self._from:
            start = bisect_right(self._kept, position, key=lambda event: event.sequence)
            return self._kept[start : start + PORTION]
        return await self._record.store.events(position, PORTION)

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[asyncio.Event]:
        """Give a flag that is raised at every new event; whoever waits lowers it again."""
        flag = asyncio.Event()
        self._flags.add(flag)
        try:
            await self._begin()
            yield flag
        finally:
            self._flags.discard(flag)
            if not self._flags:
                self._stop()

    async def _begin(self) -> None:
        """Follow the outbox, if nobody does."""
        start = await self.newest() if self._task is None else 0
        if self._task is None:
            self._kept, self._from = [], start
            self._task = asyncio.create_task(self._follow(), name="garrod-news")
            self._signals.enter_context(ended_at_signal(self.end))

    def _stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            self._task = None
            self._signals.close()

    def end(self) -> None:
        """Let every page end: the server is about to."""
        self.is_ending = True
        self.wake()

    async def _follow(self) -> None:
        position = self._from
        while True:
            try:
                async for event in self._record.store.follow(position):
                    position = event.sequence
                    self._take(event)
                return  # the store was closed
            except Exception as error:  # whatever it was: pages that hear nothing would be a gap
                LOG.warning("WEB110 events cannot be read now", kind=type(error).__name__)
                await asyncio.sleep(PAUSE)

    def _take(self, event: Event) -> None:
        self._kept.append(event)
        if len(self._kept) > 2 * KEPT:
            self._from = self._kept[KEPT - 1].sequence
            del self._kept[:KEPT]
        self.wake()

    def wake(self) -> None:
        """Let every page look again: at what is new, and whether it may still be told."""
        for flag in self._flags:
            flag.set()


_NEWS: WeakKeyDictionary[Record, News] = WeakKeyDictionary()


def news_of(record: Record) -> News:
    """Return the news of a record: the same for every page of this process."""
    found = _NEWS.get(record)
    if found is None:
        found = _NEWS[record] = News(record)
    return found
