"""Looks at everything that a store holds, and tells what is not as it should be.

versions in their order -> bytes against their hash, numbers, head, event; with a `Meaning` also the
search rows and people of the bytes against those stored, and each medication list against its lines
-> heads without versions -> search rows of nobody -> the outbox, event by event

Memory is bounded: a hundred versions are held at a time. Events stand in the order of commits, and
a resource's versions in the order of their events: so each person's events are in order too.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any, Protocol, TypeVar, cast

from garrod.adapters.store import proving
from garrod.adapters.store.flaw import Flaw, Part
from garrod.adapters.store.meaning import Meaning
from garrod.adapters.store.statements import Book
from garrod.adapters.store.verify_lists import list_flaws
from garrod.adapters.store.verify_search import recomputed, search_flaws
from garrod.adapters.store.verify_versions import Walk
from garrod.adapters.store.writing import OWN_TOPIC
from garrod.care.record.ports import Store

T = TypeVar("T")
FIRST = -(2**63)  # before every key
Reading = Callable[[Book], Coroutine[Any, Any, T]]


class Inspected(Protocol):
    """A store whose tables can be read as they lie there."""

    async def inspect(self, asked: Reading[T]) -> T:
        """Return what a reading finds, from one state of the record."""
        ...


async def verify(store: Store, meaning: Meaning | None = None) -> AsyncIterator[Flaw]:
    """Yield every flaw; without a meaning only what can be told without reading the bytes.

    Works on a store that others write to. Raises: OutsideError STO005.
    """
    inspected = cast(Inspected, store)
    versions, events = await inspected.inspect(proving.ends)
    for part in (_versions(inspected, meaning), _heads(inspected), _rows(inspected)):
        async for flaw in part:
            yield flaw
    async for flaw in _outbox(inspected):
        yield flaw
    if versions > events:
        what = f"ends at event {events}, and version {versions} was written: events are lost"
        yield Flaw("", "", events, what, Part.OUTBOX)


async def _versions(store: Inspected, meaning: Meaning | None) -> AsyncIterator[Flaw]:
    walk, key, number = Walk(), FIRST, 0
    while True:
        page = await store.inspect(_looking(key, number))
        for seen in page.seen:
            made = recomputed(seen, meaning)
            for flaw in walk.of(seen, made):
                yield flaw
            if meaning is not None and seen.stand and seen.number == seen.stand.number:
                for flaw in search_flaws(seen, made, page.found[seen.key], meaning):
                    yield flaw
                if made.draft is not None:
                    name = (seen.stand.kind, seen.stand.id)
                    for flaw in await list_flaws(store.inspect, meaning, *name):
                        yield flaw
        if not page.seen:
            break
        key, number = page.seen[-1].key, page.seen[-1].number
    for flaw in walk.end():
        yield flaw


def _looking(key: int, number: int) -> Reading[proving.Look]:
    return lambda book: proving.look(book, key, number)


async def _heads(store: Inspected) -> AsyncIterator[Flaw]:
    """Yield a flaw for each head that has no version at all."""
    after = FIRST
    while some := await store.inspect(_behind(proving.empty_heads, after)):
        for after, kind, id, number in some:  # noqa: B007 (the next reading begins there)
            yield Flaw(kind, id, number, "is the one that is read, and no version is there")


async def _rows(store: Inspected) -> AsyncIterator[Flaw]:
    """Yield a flaw for each key of search rows that belong to nothing."""
    for table in proving.FOUND:
        after = FIRST
        while some := await store.inspect(_lost(table.name, after)):
            for after in some:
                what = f"of table {table.name} under key {after} belong to no resource"
                yield Flaw("", "", 0, what, Part.SEARCH, after)


def _lost(table: str, after: int) -> Reading[list[int]]:
    return lambda book: proving.lost_keys(book, table, after)


def _behind(asked: Callable[[Book, int], Coroutine[Any, Any, T]], after: int) -> Reading[T]:
    return lambda book: asked(book, after)


async def _outbox(store: Inspected) -> AsyncIterator[Flaw]:
    """Yield the flaws of the outbox: gaps, times that go back, events of no version."""
    last, before = 0, None
    while some := await store.inspect(_behind(proving.told, last)):
        for sequence, at, topic, kind, id, number, of in some:
            found = []
            if sequence != last + 1:
                found.append(f"event {sequence} follows event {last}")
            if before is not None and at < before:
                found.append(f"event {sequence} is older than the one before it")
            if of is None or (topic == OWN_TOPIC and of != sequence):
                found.append(f"event {sequence} tells of a version that is not there")
            for what in found:
                yield Flaw(kind, id, number, what, Part.OUTBOX)
            last, before = sequence, at
