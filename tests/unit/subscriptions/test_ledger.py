"""The ledger remembers who asked and how far was told, over a restart and a restore too."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from garrod.adapters.store import open_store
from garrod.adapters.store.backup import backup, restore
from garrod.adapters.store.memory import MemoryStore
from garrod.adapters.subscriptions.former import FILE, take_over
from garrod.adapters.subscriptions.ledger import Ledger, Place
from garrod.care.govern.access import Actor
from garrod.core.errors import OutsideError
from tests.contract.drafts import Clock

ANN = Actor("ann", "pharmacist", "org", "pharmacy", "TREAT", scopes=frozenset(("user/*.rs",)))
Check = Callable[[Ledger], Awaitable[None]]


def over(path: Path, check: Check) -> None:
    """Run a check on the ledger of a record."""

    async def whole() -> None:
        store = await open_store(f"sqlite:///{path}", clock=Clock())
        try:
            await check(Ledger(store))
        finally:
            await store.close()

    asyncio.run(whole())


def test_place_outlives_the_process_and_never_goes_back(tmp_path: Path) -> None:
    async def first(ledger: Ledger) -> None:
        await ledger.claim("s", "what", ANN, 10)
        await ledger.tell("s", 15, 2)
        await ledger.tell("s", 12, 1)
        await ledger.tell("nobody", 12, 1)

    async def second(ledger: Ledger) -> None:
        assert await ledger.place("s") == Place(ANN, "what", 10, 15, 2)
        assert await ledger.place("nobody") is None
        await ledger.forget("s")
        assert await ledger.place("s") is None

    over(tmp_path / "r.db", first)
    over(tmp_path / "r.db", second)


def test_same_asked_again_keeps_owner_and_place_another_begins_anew() -> None:
    async def check() -> None:
        ledger = Ledger(MemoryStore(Clock()))
        await ledger.claim("s", "what", ANN, 10)
        await ledger.tell("s", 15, 2)
        await ledger.claim("s", "what", Actor("bob"), 30)
        assert await ledger.place("s") == Place(ANN, "what", 10, 15, 2)
        await ledger.claim("s", "else", Actor("bob"), 31)
        assert await ledger.place("s") == Place(Actor("bob"), "else", 31, 31, 0)

    asyncio.run(check())


def test_a_backup_brings_back_the_place_of_its_moment(tmp_path: Path) -> None:
    async def early(ledger: Ledger) -> None:
        await ledger.claim("s", "what", ANN, 10)
        await ledger.tell("s", 15, 2)
        await backup(f"sqlite:///{tmp_path / 'r.db'}", tmp_path / "kept")
        await ledger.tell("s", 40, 9)

    async def late(ledger: Ledger) -> None:
        assert await ledger.place("s") == Place(ANN, "what", 10, 15, 2)

    over(tmp_path / "r.db", early)
    asyncio.run(
        restore(tmp_path / "kept", f"sqlite:///{tmp_path / 'r.db'}", clock=Clock(), force=True)
    )
    over(tmp_path / "r.db", late)


def former(folder: Path) -> Path:
    """Write a ledger as earlier releases kept it."""
    path = folder / FILE
    with closing(sqlite3.connect(path)) as file:
        file.execute(
            "CREATE TABLE subscription (id TEXT PRIMARY KEY, definition TEXT, actor TEXT, "
            "role TEXT, organisation TEXT, setting TEXT, purpose TEXT, started INTEGER, "
            "position INTEGER, told INTEGER) WITHOUT ROWID"
        )
        who = ("ann", "pharmacist", "org", "pharmacy", "care")
        for row in (("s", "what", *who, 10, 15, 2), ("t", "what", *who, 10, 99, 7)):
            file.execute(f"INSERT INTO subscription VALUES ({', '.join('?' * 10)})", row)
        file.commit()
    return path


def test_the_ledger_of_an_earlier_release_is_taken_over_once(tmp_path: Path) -> None:
    path = former(tmp_path)

    async def check(ledger: Ledger) -> None:
        assert await take_over(tmp_path, ledger, 20) == 2
        ann = replace(ANN, scopes=None)  # its purpose was written as "care"
        assert await ledger.place("s") == Place(ann, "what", 10, 15, 2)
        assert await ledger.place("t") == Place(ann, "what", 10, 20, 7)  # no place lies in future
        assert not path.exists()
        assert await take_over(tmp_path, ledger, 20) == 0

    over(tmp_path / "r.db", check)


def test_a_ledger_that_cannot_be_taken_over_says_so_and_is_left(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"no ledger at all" * 100)

    async def check(ledger: Ledger) -> None:
        with pytest.raises(OutsideError) as caught:
            await take_over(tmp_path, ledger, 20)
        assert caught.value.code == "SUB011"
        assert (tmp_path / FILE).exists()

    over(tmp_path / "r.db", check)
