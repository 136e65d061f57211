"""What SQLite alone has: one file, a full disk, two processes, and plans that use indexes."""

import asyncio
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from garrod.adapters.store import open_store
from garrod.adapters.store.cursor import search_place
from garrod.adapters.store.search import page_statement
from garrod.adapters.store.shape import shaped
from garrod.adapters.store.sqlite.store import SqliteStore
from garrod.adapters.store.verify import verify
from garrod.care.record.ports import HistoryOf, Store
from garrod.care.record.query import (
    Criterion,
    OfPatients,
    ParamType,
    Prefix,
    Query,
    Reference,
    Sort,
    Span,
    Token,
)
from garrod.core.errors import GarrodError, OutsideError, UsageError
from garrod.core.resource import Version
from tests.contract.drafts import Clock, coded, draft, every, put, put_all, token

KIND = "MedicationRequest"


async def opened(path: Path) -> SqliteStore:
    store = await open_store(f"sqlite:///{path}", clock=Clock())
    assert isinstance(store, SqliteStore)
    return store


def test_a_full_disk_fails_the_write_in_words_and_the_store_goes_on(tmp_path: Path) -> None:
    async def check() -> None:
        store = await opened(tmp_path / "record.db")
        kept = [await put(store, draft(f"{n}", body=b"x" * 5000)) for n in range(5)]
        writing = store._writing
        ((pages,),) = writing.execute("PRAGMA page_count").fetchall()
        writing.execute(f"PRAGMA max_page_count = {pages + 4}")
        tries = [put(store, draft(f"big{n}", body=b"y" * 50_000)) for n in range(6)]
        ends = await asyncio.gather(*tries, return_exceptions=True)
        assert {getattr(end, "code", end) for end in ends} == {"STO003"}
        assert all(isinstance(end, OutsideError) for end in ends)
        assert (await store.search(every())).versions == tuple(kept)
        writing.execute("PRAGMA max_page_count = 1073741823")
        assert (await put(store, draft("big0", body=b"y" * 50_000))).sequence == 6
        assert [flaw async for flaw in verify(store)] == []
        await store.close()

    asyncio.run(check())


def test_a_disk_that_is_really_full_loses_nothing_acknowledged(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(disk)]
    if (
        shutil.which("mount") is None
        or subprocess.run(mount, capture_output=True, check=False).returncode
    ):
        pytest.skip("no small disk can be mounted here")

    async def check() -> None:
        store = await opened(disk / "record.db")
        works = [put(store, draft(f"{n}", body=b"x" * 20_000)) for n in range(200)]
        ends = await asyncio.gather(*works, return_exceptions=True)
        there = [end.id for end in ends if isinstance(end, Version)]
        assert {getattr(end, "code", "") for end in ends} == {"STO003", ""}
        found = (await store.search(every(count=500))).versions
        assert [version.id for version in found] == there
        assert [flaw async for flaw in verify(store)] == []
        subprocess.run(["mount", "-o", "remount,size=40m", str(disk)], check=True)
        await put(store, draft("again"))
        await store.close()

    try:
        asyncio.run(check())
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=False)


def test_a_failed_commit_fails_all_that_shared_it_and_the_store_goes_on(tmp_path: Path) -> None:
    async def check() -> None:
        store = await opened(tmp_path / "record.db")
        real = store._writer.connection
        store._writer.connection = FailingCommit(real)  # type: ignore[assignment]
        ends = await asyncio.gather(
            *[put(store, draft(f"{n}")) for n in range(8)], return_exceptions=True
        )
        assert {getattr(end, "code", end) for end in ends} == {"STO003"}
        store._writer.connection = real
        assert (await store.search(every())).versions == ()
        assert (await put(store, draft())).sequence == 1
        await store.close()

    asyncio.run(check())


class FailingCommit:
    """A connection on which no commit succeeds."""

    def __init__(self, real: sqlite3.Connection) -> None:
        self.real = real

    def execute(self, text: str, *values: object) -> sqlite3.Cursor:
        if text == "COMMIT":
            raise sqlite3.OperationalError("database or disk is full")
        return self.real.execute(text, *values)

    def executemany(self, *given: object) -> sqlite3.Cursor:
        return self.real.executemany(*given)  # type: ignore[arg-type]

    @property
    def in_transaction(self) -> bool:
        return self.real.in_transaction


def test_two_stores_on_one_file_share_its_numbers_and_events(tmp_path: Path) -> None:
    async def check() -> None:
        one, two = await opened(tmp_path / "r.db"), await opened(tmp_path / "r.db")
        await put(one, draft())
        for number in range(1, 6):
            tries = [put(store, draft(), expected=number) for store in (one, two, one, two)]
            ends = await asyncio.gather(*tries, return_exceptions=True)
            assert sum(isinstance(end, Version) for end in ends) == 1
        assert [event.sequence for event in await two.events(0)] == list(range(1, 7))
        await one.close()
        await two.close()

    asyncio.run(check())


def test_another_process_is_followed_too(tmp_path: Path) -> None:
    async def check() -> None:
        one, two = await opened(tmp_path / "r.db"), await opened(tmp_path / "r.db")

        async def first() -> str:
            async for event in one.follow(0):
                return event.id
            return ""

        task = asyncio.create_task(first())
        await asyncio.sleep(0.1)
        await put(two, draft("there"))
        assert await asyncio.wait_for(task, 10) == "there"
        await one.close()
        await two.close()

    asyncio.run(check())


def test_what_was_written_is_there_when_opened_again(tmp_path: Path) -> None:
    async def check() -> None:
        store = await opened(tmp_path / "r.db")
        made = await put(store, draft())
        await store.close()
        await store.close()
        store = await opened(tmp_path / "r.db")
        assert await store.read(KIND, "a") == made
        assert (await put(store, draft("b"))).at > made.at
        await store.close()

    asyncio.run(check())


def test_acknowledged_means_synchronised(tmp_path: Path) -> None:
    async def check() -> None:
        store = await opened(tmp_path / "r.db")
        asked = {"journal_mode": "wal", "synchronous": 2}
        for pragma, value in asked.items():
            assert store._writing.execute(f"PRAGMA {pragma}").fetchall() == [(value,)]
        await store.close()

    asyncio.run(check())


@pytest.mark.parametrize("url", ["mysql://x", "record.db", "sqlite:record.db", ""])
def test_an_address_of_another_sort_is_refused(url: str) -> None:
    with pytest.raises(UsageError) as refused:
        asyncio.run(open_store(url, clock=Clock()))
    assert refused.value.code == "STO000"


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "r.db"
    path.write_bytes(b"not a database at all" * 100)
    with pytest.raises(GarrodError) as refused:
        asyncio.run(opened(path))
    assert refused.value.code == "STO005"
    with pytest.raises(GarrodError) as refused:
        asyncio.run(opened(tmp_path / "nowhere" / "r.db"))
    assert refused.value.code == "STO005"


async def spread(store: Store) -> None:
    """Write a few patients' resources."""
    for patient in range(30):
        some = [
            draft(f"{patient}-{n}", rows=token("status", "active"), patients=(f"p{patient}",))
            for n in range(10)
        ]
        await put_all(store, *some)


PLANS = {
    "a patient's medicines": Query(
        (KIND,), (OfPatients(frozenset({"p1"})), coded("status", "active"))
    ),
    "a subject's, by date": Query(
        (KIND,),
        (Criterion("subject", ParamType.REFERENCE, (Reference("Patient", "p1"),)),),
        (Sort("date", ParamType.DATE),),
    ),
    "an identifier": Query((KIND,), (coded("identifier", "123", system="nhs"),)),
    "a day": Query((KIND,), (Criterion("date", ParamType.DATE, (Span(Prefix.EQ, 1, 9),)),)),
    "an id": Query((KIND,), (Criterion("_id", ParamType.TOKEN, (Token(None, "a"),)),)),
    "a status of all": Query((KIND,), (coded("status", "active"),)),
    "the latest": Query((KIND,), (), (Sort("_lastUpdated", ParamType.DATE, is_descending=True),)),
}


@pytest.mark.parametrize("name", PLANS)
def test_common_searches_read_by_index_and_never_history(tmp_path: Path, name: str) -> None:
    query = PLANS[name]

    async def check() -> None:
        store = await opened(tmp_path / "r.db")
        await spread(store)
        await store.close()

    asyncio.run(check())
    shape, values = shaped(query, search_place(query))
    leads = None if name in ("a status of all", "the latest") else 0
    statement = page_statement("sqlite", shape, leads)
    with closing(sqlite3.connect(tmp_path / "r.db")) as connection:
        explained = "EXPLAIN QUERY PLAN " + statement.text
        plan = [r[3] for r in connection.execute(explained, statement.bound([*values, 51]))]
    scanned = [step for step in plan if step.startswith("SCAN") and step != "SCAN cut"]
    assert scanned == []
    read = [step for step in plan if "SEARCH version" in step]
    assert read == ["SEARCH version USING INTEGER PRIMARY KEY (rowid=?)"]


def test_history_of_a_thousand_versions_is_paged_by_index(tmp_path: Path) -> None:
    async def check() -> None:
        store = await opened(tmp_path / "r.db")
        await put_all(store, *[draft() for _ in range(1000)])
        page = await store.history(HistoryOf(KIND, "a", count=10))
        assert [version.number for version in page.versions] == list(range(1000, 990, -1))
        await store.close()

    asyncio.run(check())
