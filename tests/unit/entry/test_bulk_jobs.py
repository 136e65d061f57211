"""Exports on a disk: what is old goes, what was cut short goes on, what failed says why."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from garrod.adapters.store.memory import MemoryStore
from garrod.care.govern.access import LOCAL, Actor, LocalAccess
from garrod.care.record.ports import Tx
from garrod.care.record.service import Record
from garrod.core.errors import GarrodError
from garrod.core.resource import Version
from garrod.entry.api.operations import bulk_jobs
from garrod.entry.api.operations.bulk_job import Job, Wish, loaded
from garrod.entry.api.operations.bulk_jobs import KEPT, Exports
from tests.making.doors import codec

BASICS, URL = Wish(("Basic", "Patient")), "http://here/fhir/$export"
Act = Callable[[Exports], Awaitable[None]]


class Hands:
    """A clock whose hands the test moves."""

    def __init__(self) -> None:
        self.at = datetime(2026, 3, 3, tzinfo=UTC)

    def __call__(self) -> datetime:
        """Return where they stand."""
        return self.at


def running(folder: Path, act: Act, hands: Hands | None = None, count: int = 3) -> None:
    """Act on the exports of a server that holds some Basics."""
    clock = hands or Hands()

    async def write(tx: Tx, number: int) -> Version:
        body = b'{"resourceType":"Basic","code":{"text":"%d"}}' % number
        return await tx.put(codec().drafted(body, kind="Basic", id=f"b{number}"), method="PUT")

    async def whole() -> None:
        store = MemoryStore(clock)
        for number in range(count):
            await store.transact(lambda tx, n=number: write(tx, n))  # type: ignore[misc]
        record = Record(store, codec(), LocalAccess(), lambda: "id")
        async with Exports(folder, record, codec(), clock).running() as exports:
            await act(exports)
        await store.close()

    asyncio.run(asyncio.wait_for(whole(), 30))


async def done(job: Job) -> Job:
    """Return an export when it has ended."""
    while job.ended is None:
        await asyncio.sleep(0.01)
    return job


def refused(exports: Exports, id: str, actor: Actor = LOCAL) -> str:
    """Return how an export is refused."""
    with pytest.raises(GarrodError) as caught:
        exports.job_of(actor, id)
    return caught.value.code


def test_what_is_old_goes_while_the_server_runs_and_when_it_starts(tmp_path: Path) -> None:
    hands, ids = Hands(), []

    async def first(exports: Exports) -> None:
        for _ in range(2):
            job = await done(exports.begin(LOCAL, URL, BASICS))
            assert [(f.name, f.count) for f in job.files] == [("Basic-1.ndjson", 3)]
            assert exports.expires(job) == hands.at + KEPT
            ids.append(job.id)
            hands.at += timedelta(hours=13)
        assert refused(exports, ids[0]) == "REC001"
        assert refused(exports, ids[1], Actor("eve")) == "REC001"
        assert [p.name for p in exports.folder.iterdir()] == [ids[1]]

    async def later(exports: Exports) -> None:
        assert list(exports.folder.iterdir()) == []

    running(tmp_path, first, hands)
    hands.at += timedelta(hours=13)
    running(tmp_path, later, hands)


def test_what_was_cut_short_goes_on_at_the_kind_that_was_not_whole(tmp_path: Path) -> None:
    async def first(exports: Exports) -> None:
        exports.begin(LOCAL, URL, Wish(("Basic",), datetime(2026, 1, 1, tzinfo=UTC)))

    async def later(exports: Exports) -> None:
        (folder,) = exports.folder.iterdir()
        job = await done(exports.job_of(LOCAL, folder.name))
        assert (job.next, job.error, [f.count for f in job.files]) == (1, None, [5])
        assert job.path("Basic-1.ndjson").read_bytes().count(b"\n") == 5
        assert loaded(folder) == job
        with pytest.raises(GarrodError) as caught:
            job.path("../job.json")
        assert caught.value.code == "REC001"

    running(tmp_path, first)
    running(tmp_path, later, count=5)


def test_a_kind_that_is_large_has_several_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk_jobs, "LARGEST", 300)

    async def act(exports: Exports) -> None:
        job = await done(exports.begin(LOCAL, URL, BASICS))
        assert [f.name for f in job.files] == [f"Basic-{n}.ndjson" for n in range(1, 4)]
        assert sum(f.count for f in job.files) == 5

    running(tmp_path, act, count=5)


def test_a_fault_is_kept_and_told_after_a_restart(tmp_path: Path) -> None:
    async def first(exports: Exports) -> None:
        job = exports.begin(LOCAL, URL, BASICS)
        (job.folder / "Basic-1.ndjson.part").mkdir()  # what is to be written there cannot be
        assert (await done(job)).error is not None

    async def later(exports: Exports) -> None:
        (folder,) = exports.folder.iterdir()
        error = exports.job_of(LOCAL, folder.name).error
        assert error is not None
        assert (error.code, "make room on the disk" in error.message) == ("API021", True)

    running(tmp_path, first)
    running(tmp_path, later)


def test_no_more_than_four_run_and_what_is_ended_leaves_nothing(tmp_path: Path) -> None:
    async def act(exports: Exports) -> None:
        jobs = [exports.begin(LOCAL, URL, BASICS) for _ in range(4)]
        with pytest.raises(GarrodError) as caught:
            exports.begin(LOCAL, URL, BASICS)
        assert caught.value.code == "API020"
        for job in jobs:
            await exports.end(job)
        assert list(exports.folder.iterdir()) == []

    running(tmp_path, act)


@pytest.mark.parametrize("state", ["", "{", "{}", json.dumps({"wish": 5})])
def test_a_folder_that_is_no_export_goes(tmp_path: Path, state: str) -> None:
    folder = tmp_path / "exports" / "x"
    folder.mkdir(parents=True)
    (folder / "job.json").write_text(state, encoding="utf-8")

    async def act(exports: Exports) -> None:
        assert refused(exports, "x") == "REC001"
        assert not folder.exists()

    running(tmp_path, act)


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "exports").write_text("a file", encoding="utf-8")

    async def act(exports: Exports) -> None:
        with pytest.raises(GarrodError) as caught:
            exports.begin(LOCAL, URL, BASICS)
        assert caught.value.code == "API021"

    running(tmp_path, act)
