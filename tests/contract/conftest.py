"""Every test here runs on each store: memory, SQLite, and PostgreSQL where there is one."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from garrod.adapters.store import open_store
from garrod.adapters.store.memory import MemoryStore
from garrod.care.record.ports import Store
from tests.contract.drafts import Clock

Check = Callable[[Store], Awaitable[None]]
Run = Callable[[Check], None]
NAMES = ("memory", "sqlite")


@pytest.fixture(params=NAMES)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the address of an empty store of each sort."""
    if request.param == "postgresql":
        fresh: str = request.getfixturevalue("fresh_database")
        return fresh
    return "memory" if request.param == "memory" else f"sqlite:///{tmp_path / 'record.db'}"


@pytest.fixture
def clock() -> Clock:
    """Return a clock that the test may set."""
    return Clock()


@pytest.fixture
def run(url: str, clock: Clock) -> Run:
    """Return what runs a check on a store, and closes it."""

    def running(check: Check) -> None:
        async def whole() -> None:
            store: Store
            store = MemoryStore(clock) if url == "memory" else await open_store(url, clock=clock)
            try:
                await check(store)
            finally:
                await store.close()

        asyncio.run(whole())

    return running
