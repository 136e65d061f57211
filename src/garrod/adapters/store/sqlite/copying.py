"""Copies of the file: made online, looked through, put back; and dumps of it."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

from garrod.adapters.store import dump, faults
from garrod.adapters.store.compiled import Row
from garrod.adapters.store.sqlite.connect import READER, WRITER, connected, said
from garrod.adapters.store.sqlite.opening import move_on

PAGES = 2000  # copied at a time
BESIDE = ("-wal", "-shm", "-journal")


def copied(path: Path, to: Path) -> None:
    """Copy a file that others may be writing; it takes its name when it was found sound.

    Raises: OutsideError STO005, STO015.
    """
    if not path.is_file():
        raise faults.unreachable("there is no such file")
    part = to.with_name(to.name + ".part")
    part.unlink(missing_ok=True)
    part.touch(mode=0o600)
    try:
        with closing(connected(path, READER)) as source, closing(sqlite3.connect(part)) as target:
            source.execute("BEGIN")  # of one moment, and not begun anew at each write of others
            source.execute("SELECT count(*) FROM alembic_version").fetchall()
            source.backup(target, pages=PAGES)
            source.execute("COMMIT")
            target.execute("PRAGMA journal_mode=DELETE")  # one file, with nothing beside it
        look_through(part)
        _kept(part, to)
    except sqlite3.Error as error:
        raise faults.unsound(said(error)) from error
    finally:
        part.unlink(missing_ok=True)


def put_back(source: Path, path: Path, *, force: bool) -> None:
    """Make a file that of a copy.  Raises: UsageError STO014, OutsideError STO015."""
    if path.exists() and not force:
        raise faults.is_there(path.name)
    look_through(source)
    part = path.with_name(path.name + ".part")
    part.write_bytes(b"")
    try:
        with closing(connected(source, ())) as taken, closing(sqlite3.connect(part)) as target:
            taken.backup(target)
        _replace(part, path)
    except sqlite3.Error as error:
        raise faults.unsound(said(error)) from error
    finally:
        part.unlink(missing_ok=True)


def look_through(path: Path) -> None:
    """Raise OutsideError STO015 where the pages or indexes of a file are not sound."""
    try:
        with closing(connected(path, ("PRAGMA query_only=ON",))) as connection:
            found = connection.execute("PRAGMA integrity_check(1)").fetchall()
            connection.execute("SELECT count(*) FROM alembic_version").fetchall()
    except sqlite3.Error as error:
        raise faults.unsound(said(error)) from error
    if found != [("ok",)]:
        raise faults.unsound("its pages are not whole")


def _kept(part: Path, to: Path) -> None:
    """Give a file its name when its bytes are on the disk."""
    with part.open("rb") as file:
        os.fsync(file.fileno())
    part.replace(to)
    folder = os.open(to.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _replace(part: Path, path: Path) -> None:
    for beside in BESIDE:  # a log of the old file must not be played into the new one
        path.with_name(path.name + beside).unlink(missing_ok=True)
    _kept(part, path)


class SqliteTables:
    """A file as a dump reads or writes it."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    async def rows(self, table: str) -> AsyncIterator[list[Row]]:
        """Yield the rows of a table in portions."""
        cursor = self.connection.execute(dump.selected(table))
        while some := cursor.fetchmany(dump.PORTION):
            yield some

    async def add(self, table: str, rows: list[Row]) -> None:
        """Write rows."""
        places = ["?"] * len(rows[0]) if rows else []
        self.connection.executemany(dump.inserted(table, places), rows)


async def dumped(path: Path, to: Path) -> dict[str, int]:
    """Write a file as lines of JSON; return the rows by table."""
    if not path.is_file():
        raise faults.unreachable("there is no such file")
    try:
        with closing(connected(path, READER)) as connection:
            connection.execute("BEGIN")
            return await dump.write(SqliteTables(connection), to)
    except sqlite3.Error as error:
        raise faults.unreachable(said(error)) from error


async def loaded(source: Path, path: Path, *, force: bool) -> None:
    """Make a file that of a dump.  Raises: UsageError STO014, InputError STO013."""
    if path.exists() and not force:
        raise faults.is_there(path.name)
    part = path.with_name(path.name + ".part")
    part.unlink(missing_ok=True)
    try:
        with closing(connected(part, (*WRITER, "PRAGMA journal_mode=DELETE"))) as connection:
            move_on(connection, part.name)
            connection.execute("BEGIN IMMEDIATE")
            await dump.read(SqliteTables(connection), source)
            connection.execute("COMMIT")
        _replace(part, path)
    except sqlite3.Error as error:
        raise faults.not_kept(said(error)) from error
    finally:
        for beside in ("", *BESIDE):
            part.with_name(part.name + beside).unlink(missing_ok=True)
