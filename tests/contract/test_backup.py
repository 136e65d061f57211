"""Backups: whole, taken while others write, never over what is there, and back to the last bit."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path

import pytest

from garrod.adapters.store import open_store
from garrod.adapters.store.backup import backup, dump, restore
from garrod.adapters.store.verify import verify
from garrod.care.record.ports import HistoryOf, Store
from garrod.core.errors import GarrodError
from tests.contract.conftest import Run
from tests.contract.drafts import Clock, coded, delete, draft, every, put, put_all, token
from tests.contract.test_search import CASES, KIND, fill

Search = Callable[[Store], Awaitable[object]]


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the address of an empty store that is kept."""
    if request.param == "postgresql":
        fresh: str = request.getfixturevalue("fresh_database")
        return fresh
    return f"sqlite:///{tmp_path / 'record.db'}"


async def all_of(store: Store) -> tuple[object, ...]:
    """Return everything that can be read of a store."""
    history = await store.history(HistoryOf(count=10_000))
    found = [await store.search(every(KIND, clause)) for _, clause, _ in CASES]  # type: ignore[arg-type]
    return history, await store.events(0, 10_000), tuple(found)


async def fallen(store: Store) -> list[object]:
    """Return the flaws of a store."""
    return [flaw async for flaw in verify(store)]


def test_a_backup_brings_everything_back(run: Run, url: str, tmp_path: Path) -> None:
    held: list[tuple[object, ...]] = []

    async def check(store: Store) -> None:
        await fill(store)
        held.append(await all_of(store))
        await backup(url, tmp_path / "backup")
        await put(store, draft("later"))
        await delete(store, "a", KIND)

    run(check)
    with pytest.raises(GarrodError) as refused:
        asyncio.run(restore(tmp_path / "backup", url, clock=Clock()))
    assert refused.value.code == "STO014"
    asyncio.run(restore(tmp_path / "backup", url, clock=Clock(), force=True))

    async def again(store: Store) -> None:
        assert await all_of(store) == held[0]
        assert await fallen(store) == []
        made = await put(store, draft("new"))
        assert made.number == 1
        assert (await store.search(every())).versions == (made,)

    run(again)


def test_a_dump_enters_any_other_database(
    run: Run, url: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    held: list[tuple[object, ...]] = []

    async def check(store: Store) -> None:
        await fill(store)
        held.append(await all_of(store))
        rows = await dump(url, tmp_path / "lines")
        assert rows["version"] == len(await store.events(0, 10_000))

    run(check)
    other = request.getfixturevalue("fresh_database") if "sqlite" in url else ""
    other = other or f"sqlite:///{tmp_path / 'other.db'}"

    async def again() -> None:
        await restore(tmp_path / "lines", other, clock=Clock())
        store = await open_store(other, clock=Clock())
        try:
            assert await all_of(store) == held[0]
            assert (await put(store, draft("new"))).number == 1
        finally:
            await store.close()

    asyncio.run(again())


def test_a_backup_is_taken_while_others_write(run: Run, url: str, tmp_path: Path) -> None:
    async def check(store: Store) -> None:
        await put_all(store, *[draft(f"{n}") for n in range(200)])
        done = asyncio.Event()

        async def write() -> None:
            number = 0
            while not done.is_set():
                number += 1
                await put_all(store, draft(f"x{number}"), draft(f"y{number}"))
                await asyncio.sleep(0)

        task = asyncio.create_task(write())
        await backup(url, tmp_path / "backup")
        done.set()
        await task

    run(check)

    async def again() -> None:
        copy = f"sqlite:///{tmp_path / 'copy.db'}"
        await restore(tmp_path / "backup", copy, clock=Clock())
        store = await open_store(copy, clock=Clock())
        try:
            assert await fallen(store) == []
            ids = {v.id for v in (await store.search(every(count=10_000))).versions}
            assert {f"{n}" for n in range(200)} <= ids
            assert {id[1:] for id in ids if id[0] == "x"} == {i[1:] for i in ids if i[0] == "y"}
        finally:
            await store.close()

    asyncio.run(again())


def test_a_backup_goes_over_nothing_unless_told(run: Run, url: str, tmp_path: Path) -> None:
    async def check(store: Store) -> None:
        await put(store, draft())
        (tmp_path / "backup").write_text("precious", encoding="utf-8")
        for take in (backup, dump):
            with pytest.raises(GarrodError) as refused:
                await take(url, tmp_path / "backup")
            assert refused.value.code == "STO014"
        assert (tmp_path / "backup").read_text(encoding="utf-8") == "precious"
        await backup(url, tmp_path / "backup", force=True)

    run(check)
    assert [p.name for p in tmp_path.iterdir() if p.name.endswith(".part")] == []


@pytest.mark.parametrize("spoil", ["cut", "changed", "nothing", "words", "absent"])
def test_a_spoilt_dump_is_refused_and_nothing_is_changed(
    run: Run, url: str, tmp_path: Path, spoil: str
) -> None:
    lines = tmp_path / "lines"

    async def check(store: Store) -> None:
        await put_all(store, *[draft(f"{n}", rows=token("code", "x")) for n in range(20)])
        await dump(url, lines)

    run(check)
    whole = lines.read_bytes()
    spoilt = {
        "cut": whole[: len(whole) // 2],
        "changed": whole.replace(b'"MedicationRequest"', b'"MedicationDispense"', 1),
        "nothing": b"",
        "words": b"what is this?\n",
    }
    lines.unlink()
    if spoil in spoilt:
        lines.write_bytes(spoilt[spoil])
    with pytest.raises(GarrodError) as refused:
        asyncio.run(restore(lines, url, clock=Clock(), force=True))
    assert refused.value.code == "STO013"

    async def again(store: Store) -> None:
        assert (
            len((await store.search(every("MedicationRequest", coded("code", "x")))).versions) == 20
        )

    run(again)


def test_a_spoilt_copy_is_refused_and_nothing_is_changed(tmp_path: Path) -> None:
    path, copy = tmp_path / "record.db", tmp_path / "copy"

    async def check() -> None:
        url = f"sqlite:///{path}"
        store = await open_store(url, clock=Clock())
        await put_all(store, *[draft(f"{n}") for n in range(300)])
        await store.close()
        await backup(url, copy)
        bytes_ = bytearray(copy.read_bytes())
        bytes_[20_000:60_000] = b"\xff" * 40_000
        copy.write_bytes(bytes_)
        with pytest.raises(GarrodError) as refused:
            await restore(copy, url, clock=Clock(), force=True)
        assert refused.value.code == "STO015"
        store = await open_store(url, clock=Clock())
        assert await fallen(store) == []
        await store.close()

    asyncio.run(check())


def test_verify_finds_what_was_spoilt(tmp_path: Path) -> None:
    path = tmp_path / "record.db"
    spoils = {
        "has other bytes": "UPDATE version SET body = X'78' WHERE sequence = 1",
        "follows number": "DELETE FROM version WHERE sequence = 2",
        "is the first there is": "DELETE FROM version WHERE sequence <= 2",
        "is not the one that is read": "UPDATE head SET sequence = 1, number = 1",
        "tells of a version": "DELETE FROM version WHERE sequence = 3",
        "follows event": "DELETE FROM event WHERE sequence = 2",
        "is older than": "UPDATE event SET at = 5 WHERE sequence = 3",
        "has a body": "UPDATE version SET body = X'78' WHERE sequence = 4",
    }

    async def check(said: str, spoil: str) -> None:
        path.unlink(missing_ok=True)
        store = await open_store(f"sqlite:///{path}", clock=Clock())
        for _ in range(3):
            await put(store, draft())
        await delete(store, "a")
        assert await fallen(store) == []
        with closing(sqlite3.connect(path)) as other:
            other.execute(spoil)
            other.commit()
        found = await fallen(store)
        assert [flaw for flaw in found if said in str(flaw)], (said, found)
        await store.close()

    for said, spoil in spoils.items():
        asyncio.run(check(said, spoil))
