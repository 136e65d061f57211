"""The outbox as all listeners of this process read it: followed once, each event encoded once.

store.follow -> Feed (the newest events, ready to be sent) -> any number of listeners, each at its
own place; older events come from the store again.
"""

from __future__ import annotations

import asyncio
import contextlib
from bisect import bisect_right
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from functools import partial

import orjson
import structlog
from prometheus_client import CollectorRegistry, Gauge

from garrod.care.record.ports import Event, HistoryOf, Store
from garrod.care.record.subscriptions import topics_of
from garrod.core.errors import GarrodError

LOG = structlog.get_logger()
KEPT = 4096  # events kept ready to be sent
PORTION = 500  # events read at once
PAUSE = 1.0  # seconds until a store that failed is asked again


@dataclass(frozen=True, slots=True)
class Shown:
    """An event, and how it is sent to everybody."""

    event: Event
    frame: bytes = field(repr=False)


def frame_of(event: Event) -> bytes:
    """Return an event as Server-Sent Events have it: ids and numbers, no name, no detail."""
    told = {
        "sequence": event.sequence,
        "at": event.at.isoformat().replace("+00:00", "Z"),
        "topic": event.topic,
        "topics": sorted(topic.value for topic in topics_of(event)),
        "kind": event.kind,
        "id": event.id,
        "version": event.number,
        "patients": event.patients,
    }
    return b"id: %d\ndata: %s\n\n" % (event.sequence, orjson.dumps(told))


async def newest(store: Store) -> int:
    """Return the sequence number of the newest event; 0 where there is none."""
    page = await store.history(HistoryOf(count=1))
    place = page.versions[0].sequence if page.versions else 0
    while some := await store.events(place, PORTION):
        place = some[-1].sequence
    return place


def counted(registry: CollectorRegistry, feed: Callable[[], Feed | None]) -> None:
    """Count listeners and encoded events for /metrics."""
    told: tuple[tuple[str, str, Callable[[Feed], int]], ...] = (
        ("garrod_event_listeners", "Listeners and subscribers now.", lambda f: f.listeners),
        ("garrod_events_encoded", "Events made ready to be sent.", lambda f: f.encoded),
        ("garrod_event_position", "Number of the newest event seen.", lambda f: f.position),
    )
    for name, words, of in told:
        Gauge(name, words, registry=registry).set_function(partial(_of_feed, feed, of))


def _of_feed(feed: Callable[[], Feed | None], of: Callable[[Feed], int]) -> float:
    now = feed()
    return float(of(now)) if now is not None else 0.0


class Feed:
    """Follows the outbox while the server runs."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.position = 0  # of the newest event seen
        self.encoded = 0  # events encoded so far
        self.is_ending = False
        self._whole_from = 0  # all events behind this one, up to the position, are kept
        self._kept: list[Shown] = []
        self._listeners: set[asyncio.Event] = set()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Feed]:
        """Follow the outbox until the block ends."""
        self.position = self._whole_from = await newest(self.store)
        task = asyncio.create_task(self._follow(), name="garrod-feed")
        try:
            yield self
        finally:
            self.end()
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    def end(self) -> None:
        """Let every listener end: the server is about to."""
        self.is_ending = True
        self._wake()

    async def after(self, position: int, limit: int = PORTION) -> Sequence[Shown]:
        """Return events behind a sequence number, in order; none is skipped."""
        if position >= self._whole_from:
            start = bisect_right(self._kept, position, key=lambda shown: shown.event.sequence)
            return self._kept[start : start + limit]
        return [self._shown(event) for event in await self.store.events(position, limit)]

    @contextmanager
    def listening(self) -> Iterator[asyncio.Event]:
        """Give a flag that is raised at every new event; whoever waits lowers it again."""
        flag = asyncio.Event()
        self._listeners.add(flag)
        try:
            yield flag
        finally:
            self._listeners.discard(flag)

    @property
    def listeners(self) -> int:
        """Return how many listen."""
        return len(self._listeners)

    async def _follow(self) -> None:
        while True:
            try:
                async for event in self.store.follow(self.position):
                    self._take(event)
                return  # the store was closed
            except Exception as error:  # whatever it was: a feed that ends is a silent gap
                code = error.code if isinstance(error, GarrodError) else type(error).__name__
                LOG.warning("API012 events cannot be read now", code=code)
                await asyncio.sleep(PAUSE)

    def _take(self, event: Event) -> None:
        self._kept.append(self._shown(event))
        self.position = event.sequence
        if len(self._kept) > 2 * KEPT:
            self._whole_from = self._kept[KEPT - 1].event.sequence
            del self._kept[:KEPT]
        self._wake()

    def _shown(self, event: Event) -> Shown:
        self.encoded += 1
        return Shown(event, frame_of(event))

    def _wake(self) -> None:
        for flag in self._listeners:
            flag.set()
