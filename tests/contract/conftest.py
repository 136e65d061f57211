"""Every test here runs on each store: memory, SQLite, and PostgreSQL where there is one."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from garrod.adapters.store import open_store
from garrod.adapters.store.memory import MemoryStore
from garrod.care.record.ports import Store
from tests.contract import servers
from tests.contract.drafts import Clock

Check = Callable[[Store], Awaitable[None]]
Run = Callable[[Check], None]
NAMES = ("memory", "sqlite", "postgresql")
_databases = count()


@pytest.fixture(params=NAMES)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the address of an empty store of each sort."""
    if request.param == "postgresql":
        fresh: str = request.getfixturevalue("fresh_database")
        return fresh
    return "memory" if request.param == "memory" else f"sqlite:///{tmp_path / 'record.db'}"


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """Return the URL of a running PostgreSQL, or skip."""
    with servers.server() as url:
        yield url


@pytest.fixture
def fresh_database(postgres: str) -> Iterator[str]:
    """Return the URL of an empty database that is dropped after the test."""
    name = f"garrod_test_{os.getpid()}_{next(_databases)}"
    servers.run(postgres, f"CREATE DATABASE {name}")
    try:
        yield servers.named(postgres, name)
    finally:
        servers.run(postgres, f"DROP DATABASE {name} WITH (FORCE)")


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
