"""Looks at everything that a store holds, and tells what is not as it should be."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

from garrod.care.record.ports import HistoryOf, Store
from garrod.core.resource import Version

PORTION = 500


@dataclass(frozen=True, slots=True)
class Flaw:
    """Something that is not as it should be: where, and what. No name of a person."""

    kind: str
    id: str
    number: int
    what: str


async def verify(store: Store) -> AsyncIterator[Flaw]:
    """Yield every flaw: bytes that are not those hashed, missing numbers, wrong heads and events.

    Works on a store that others write to: what is written after the beginning is left for the next
    time. Raises: OutsideError STO005.
    """
    newest = await _last_event(store)
    lowest: dict[tuple[str, str], int] = {}
    of: HistoryOf | None = HistoryOf(count=PORTION)
    while of is not None:
        page = await store.history(of)
        for version in page.versions:
            if version.sequence <= newest:
                async for flaw in _of_version(store, version, lowest):
                    yield flaw
        of = replace(of, cursor=page.cursor) if page.cursor else None
    for (kind, id), number in lowest.items():
        if number != 1:
            yield Flaw(kind, id, number, "is the first there is, and is not number 1")
    async for flaw in _of_events(store, newest):
        yield flaw


async def _of_version(
    store: Store, version: Version, lowest: dict[tuple[str, str], int]
) -> AsyncIterator[Flaw]:
    """Yield the flaws of a version; they come the newest first."""
    kind, id, number = version.kind, version.id, version.number
    if version.is_deleted:
        if version.body or version.sha256:
            yield Flaw(kind, id, number, "is a deletion, and has a body")
    elif hashlib.sha256(version.body).digest() != version.sha256:
        yield Flaw(kind, id, number, "has other bytes than were hashed when it was written")
    above = lowest.get((kind, id))
    if above is None:
        head = await store.read(kind, id)
        if head is None or head.number < number:
            yield Flaw(kind, id, number, "is the newest version, and is not the one that is read")
    elif above != number + 1:
        yield Flaw(kind, id, number, f"is followed by number {above}")
    lowest[kind, id] = number


async def _of_events(store: Store, newest: int) -> AsyncIterator[Flaw]:
    """Yield the flaws of the outbox: gaps, times that go back, events of no version."""
    last, at = 0, None
    while last < newest:
        some = await store.events(last, PORTION)
        if not some:
            yield Flaw("", "", last, "is the last event that can be read, and more were written")
            return
        for event in some:
            where = (event.kind, event.id, event.number)
            if event.sequence != last + 1:
                yield Flaw(*where, f"event {event.sequence} follows event {last}")
            if at is not None and event.at < at:
                yield Flaw(*where, f"event {event.sequence} is older than the one before it")
            found = await store.read_version(*where)
            if found is None or (event.topic == "resource" and found.sequence != event.sequence):
                yield Flaw(*where, f"event {event.sequence} tells of a version that is not there")
            last, at = event.sequence, event.at


async def _last_event(store: Store) -> int:
    """Return the newest sequence number; 0 where nothing was written."""
    low, step = 0, 1
    while await store.events(low + step - 1, 1):  # is there one behind?
        low, step = low + step, step * 2
    while step > 1:
        step //= 2
        if await store.events(low + step - 1, 1):
            low += step
    return low
