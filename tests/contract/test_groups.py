"""Works that share a commit: each finds what those before it left, nothing of those that fail."""

import asyncio
import random
from collections.abc import Awaitable, Callable

import pytest

from garrod.adapters.store import open_store
from garrod.adapters.store.memory import MemoryStore
from garrod.adapters.store.verify import verify
from garrod.care.record.ports import Store, Tx
from garrod.core.errors import VersionConflict
from tests.contract.drafts import Clock, coded, draft, every, token

KIND = "MedicationRequest"
IDS, CODES = ("a", "b", "c"), ("on", "off")
WORKS = 40  # all handed over at once, so that they share commits
Step = tuple[str, str, str]
Seen = list[object]


class OnPurposeError(Exception):
    """What a work gives up with."""


def scripts(seed: int) -> list[list[Step]]:
    """Return works as lists of steps: an act, an id, a code."""
    chance = random.Random(seed)
    acts = ("put", "put", "new", "delete", "read", "old", "search", "fail")
    return [
        [(chance.choice(acts), chance.choice(IDS), chance.choice(CODES)) for _ in range(length)]
        for length in (chance.randrange(1, 5) for _ in range(WORKS))
    ]


def work_of(steps: list[Step]) -> Callable[[Tx], Awaitable[Seen]]:
    """Return the work that takes steps, and tells what it saw."""

    async def work(tx: Tx) -> Seen:
        return [await _taken(tx, *step) for step in steps]

    return work


async def _taken(tx: Tx, act: str, id: str, code: str) -> object:
    match act:
        case "put" | "new":
            made = draft(id, rows=token("status", code), patients=(f"p-{code}",))
            try:
                expected = 0 if act == "new" else None
                version = await tx.put(made, method="PUT", expected=expected)
            except VersionConflict as conflict:
                return conflict.current
            return version.number, version.sequence
        case "delete":
            gone = await tx.delete(KIND, id)
            return gone and (gone.number, gone.sequence)
        case "read":
            read = await tx.read(KIND, id)
            return read and (read.number, read.method)
        case "old":
            old = await tx.read_version(KIND, id, 1)
            return old and (old.number, old.sequence)
        case "search":
            page = await tx.search(every(KIND, coded("status", code)))
            return sorted((v.id, v.number) for v in page.versions)
    raise OnPurposeError


async def told(store: Store, works: list[list[Step]]) -> tuple[list[Seen | None], Seen]:
    """Return what each of some works saw (None: it failed), and what stands afterwards."""
    asked = (store.transact(work_of(steps)) for steps in works)
    ends = await asyncio.gather(*asked, return_exceptions=True)
    seen: list[Seen | None] = []
    for end in ends:
        if isinstance(end, OnPurposeError):
            seen.append(None)
            continue
        assert not isinstance(end, BaseException), end
        seen.append(end)
    events = await store.events(0)
    left: Seen = [(e.sequence, e.id, e.number, e.patients) for e in events]
    for code in CODES:
        page = await store.search(every(KIND, coded("status", code)))
        left.append(sorted((v.id, v.number) for v in page.versions))
    assert [e.sequence for e in events] == list(range(1, len(events) + 1))
    if not isinstance(store, MemoryStore):  # which keeps no rows to prove
        assert [flaw async for flaw in verify(store)] == []
    return seen, left


@pytest.mark.parametrize("seed", range(6))
def test_works_that_share_commits_see_what_they_would_one_after_another(
    url: str, seed: int
) -> None:
    async def check() -> None:
        plain = MemoryStore(Clock())
        alone: list[Seen | None] = []
        for steps in scripts(seed):
            seen, expected = await told(plain, [steps])
            alone += seen
        store: Store = (
            MemoryStore(Clock()) if url == "memory" else await open_store(url, clock=Clock())
        )
        try:
            assert await told(store, scripts(seed)) == (alone, expected)
        finally:
            await store.close()

    asyncio.run(check())


def test_keys_follow_the_commits_of_two_who_write_in_turn(fresh_database: str) -> None:
    async def check() -> None:
        one = await open_store(fresh_database, clock=Clock())
        other = await open_store(fresh_database, clock=Clock())
        for number in range(10):
            writer = one if number % 2 else other
            made = draft(f"n{number}")
            await writer.transact(lambda tx, made=made: tx.put(made, method="PUT"))  # type: ignore[misc]
        page = await one.search(every())
        assert [v.id for v in page.versions] == [f"n{number}" for number in range(10)]
        await one.close()
        await other.close()

    asyncio.run(check())
