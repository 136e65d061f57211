"""A database that may only be read: it is read on, a write is refused in words, and later kept."""

import asyncio
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from garrod.adapters.store import open_store
from garrod.adapters.store.verify import verify
from garrod.core.errors import GarrodError, OutsideError
from tests.contract import servers
from tests.contract.drafts import Clock, draft, every, put

SAID = "may only be read now"


@contextmanager
def small_disk(place: Path) -> Iterator[Path]:
    """Mount a disk in memory; skip where one may not."""
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=20m", "tmpfs", str(place)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("a small disk cannot be mounted here (it needs root)")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=False)


def remount(disk: Path, how: str) -> None:
    """Let a disk be written, or only read."""
    subprocess.run(["mount", "-o", f"remount,{how}", str(disk)], check=True)


def test_a_disk_that_may_only_be_read_is_told_when_it_is_opened(tmp_path: Path) -> None:
    async def check(disk: Path) -> None:
        url = f"sqlite:///{disk / 'record.db'}"
        store = await open_store(url, clock=Clock())
        await put(store, draft())
        await store.close()
        remount(disk, "ro")
        with pytest.raises(OutsideError) as refused:
            await open_store(url, clock=Clock())
        assert refused.value.code in ("STO005", "STO017")
        assert "rights" in refused.value.message
        remount(disk, "rw")
        store = await open_store(url, clock=Clock())
        assert (await put(store, draft("b"))).sequence == 2
        await store.close()

    with small_disk(tmp_path / "disk") as disk:
        asyncio.run(check(disk))


@pytest.mark.skipif(os.name != "posix", reason="rights of files")
def test_a_file_that_may_only_be_read_is_read_and_not_written(tmp_path: Path) -> None:
    """The connection is opened for reading alone: root, who runs tests, heeds no rights."""

    async def check() -> None:
        from garrod.adapters.store.sqlite.store import SqliteStore

        store = await open_store(f"sqlite:///{tmp_path / 'record.db'}", clock=Clock())
        assert isinstance(store, SqliteStore)
        kept = await put(store, draft())
        store._writing.execute("PRAGMA query_only=ON")
        for id in ("b", "c"):
            with pytest.raises(GarrodError) as refused:
                await put(store, draft(id))
            assert (refused.value.code, SAID in refused.value.message) == ("STO017", True)
        assert (await store.search(every())).versions == (kept,)
        store._writing.execute("PRAGMA query_only=OFF")
        assert (await put(store, draft("b"))).sequence == 2
        assert [flaw async for flaw in verify(store)] == []
        await store.close()

    asyncio.run(check())


def test_a_database_that_may_only_be_read_is_read_and_not_written(fresh_database: str) -> None:
    name = fresh_database.partition("?")[0].rpartition("/")[2]

    async def check() -> None:
        store = await open_store(fresh_database, clock=Clock())
        kept = await put(store, draft())
        await store.close()
        rights = "SET default_transaction_read_only"
        await asyncio.to_thread(servers.run, fresh_database, f"ALTER DATABASE {name} {rights} = on")
        store = await open_store(fresh_database, clock=Clock())  # its schema is this release's
        with pytest.raises(GarrodError) as refused:
            await put(store, draft("b"))
        assert (refused.value.code, SAID in refused.value.message) == ("STO017", True)
        assert (await store.search(every())).versions == (kept,)
        assert [flaw async for flaw in verify(store)] == []
        await store.close()
        again = ("SET default_transaction_read_only = off", f"ALTER DATABASE {name} {rights} = off")
        await asyncio.to_thread(servers.run, fresh_database, *again)
        store = await open_store(fresh_database, clock=Clock())
        assert (await put(store, draft("b"))).sequence == 2
        await store.close()

    asyncio.run(check())
