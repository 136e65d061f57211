"""Backup and restore, while others read and write.

SQLite: a copy of the file, page by page, looked through before it takes its name. PostgreSQL: a
dump in lines of JSON. A dump enters either; a copy enters SQLite. Nothing that is there is
overwritten without `force`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from garrod.adapters.store import SQLITE_PREFIX, faults, open_store

MAGIC = b"SQLite format 3\x00"


async def backup(url: str, to: Path, *, force: bool = False) -> None:
    """Write a backup of the record at a URL to a file.

    Raises: UsageError STO014 where the file is there, OutsideError STO005, STO015.
    """
    if to.exists() and not force:
        raise faults.is_there(to.name)
    if url.startswith(SQLITE_PREFIX):
        from garrod.adapters.store.sqlite.copying import copied

        await asyncio.to_thread(copied, _path(url), to)
        return
    await dump(url, to, force=force)


async def dump(url: str, to: Path, *, force: bool = False) -> dict[str, int]:
    """Write the record at a URL as lines of JSON; return the rows by table.

    Raises: UsageError STO014 where the file is there, OutsideError STO005.
    """
    if to.exists() and not force:
        raise faults.is_there(to.name)
    if url.startswith(SQLITE_PREFIX):
        from garrod.adapters.store.sqlite.copying import dumped as dumped_sqlite

        return await dumped_sqlite(_path(url), to)
    from garrod.adapters.store.postgres.copying import dumped as dumped_postgres

    return await dumped_postgres(url, to)


async def restore(
    source: Path, url: str, *, clock: Callable[[], datetime], force: bool = False
) -> None:
    """Make the record at a URL that of a backup, wholly or not at all; its schema is moved on.

    No other process may have it open. Raises: UsageError STO014 where a record is there already,
    InputError STO013 for a file that is no whole backup, OutsideError STO005, STO015.
    """
    if _is_copy(source):
        if not url.startswith(SQLITE_PREFIX):
            raise faults.not_whole(source.name)
        from garrod.adapters.store.sqlite.copying import put_back

        await asyncio.to_thread(put_back, source, _path(url), force=force)
    elif url.startswith(SQLITE_PREFIX):
        from garrod.adapters.store.sqlite.copying import loaded as loaded_sqlite

        await loaded_sqlite(source, _path(url), force=force)
    else:
        from garrod.adapters.store.postgres.copying import loaded as loaded_postgres

        await loaded_postgres(source, url, force=force)
    store: Any = await open_store(url, clock=clock)
    await store.close()


def check(source: Path) -> None:
    """Return where a file is a whole backup.  Raises: InputError STO013, OutsideError STO015."""
    if _is_copy(source):
        from garrod.adapters.store.sqlite.copying import look_through

        look_through(source)
    else:
        from garrod.adapters.store.dump import checked

        checked(source)


def _is_copy(source: Path) -> bool:
    """Return whether a backup is a copy of a file, not a dump.  Raises: InputError STO013."""
    if not source.is_file():
        raise faults.not_whole(source.name)
    with source.open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC


def _path(url: str) -> Path:
    return Path(url.removeprefix(SQLITE_PREFIX))
