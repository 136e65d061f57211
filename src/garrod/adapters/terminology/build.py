"""Writes a release into its file: rows as they come, sorted on disk, never a release in memory."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

from garrod.adapters.terminology.schema import FORMAT, INDEXES, SORTED, TABLES
from garrod.core.errors import InputError

BATCH = 20_000  # Not clinical: rows written at once
CACHE = -65_536  # Not clinical: KiB of the database kept in memory while it is written
FAST = ("journal_mode = off", "synchronous = off", "locking_mode = exclusive")
Row = tuple[object, ...]


class Builder:
    """A file that is being written. Nobody reads it before `finish`."""

    def __init__(self, path: Path) -> None:
        self.db = sqlite3.connect(path, isolation_level=None)
        self._loose = path.with_suffix(".loose")
        self.db.execute("attach ? as loose", (str(self._loose),))
        self.db.execute("pragma temp_store = file")
        for schema in ("main", "loose"):
            for pragma in (*FAST, f"cache_size = {CACHE}"):
                self.db.execute(f"pragma {schema}.{pragma}").fetchall()
        self._run(TABLES)
        for table, (columns, _) in SORTED.items():
            self.db.execute(f"create table loose.{table} ({columns})")
        self.db.execute("begin")

    def __enter__(self) -> Builder:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.db.close()
        self._loose.unlink(missing_ok=True)

    def _run(self, statements: str) -> None:
        for statement in statements.split(";"):
            if statement.strip():
                self.db.execute(statement)

    def add(self, table: str, rows: Iterable[Row]) -> int:
        """Write rows; return how many.  Raises: sqlite3.IntegrityError where a key is twice."""
        name = f"loose.{table}" if table in SORTED else table
        count = 0
        for batch in _batches(rows):
            marks = ", ".join("?" * len(batch[0]))
            self.db.executemany(f"insert into {name} values ({marks})", batch)
            count += len(batch)
        return count

    def say(self, **meta: str) -> None:
        """Write what is to be known of the release."""
        self.add("meta", meta.items())

    def one(self, query: str, *values: object) -> tuple[int, object]:
        """Return the count and the example of a query that has both."""
        count, example = self.db.execute(query, values).fetchone()
        return int(count), example

    def sort(self) -> None:
        """Lay every table down in the order of its keys; rows that are there twice become one."""
        for table, (columns, key) in SORTED.items():
            self.db.execute(
                f"create table main.{table} ({columns}, primary key ({key})) without rowid"
            )
            self.db.execute(
                f"insert or ignore into main.{table} select * from loose.{table} order by {key}"
            )
            self.db.execute(f"drop table loose.{table}")

    def finish(self) -> None:
        """Write the indexes and the words; the file is then whole."""
        self.say(format=FORMAT)
        self._run(INDEXES)
        insert = "insert into words (rowid, term) values (?, ?)"
        for batch in _batches(self._worded()):
            self.db.executemany(insert, batch)
        self.db.execute("insert into words (words) values ('optimize')")
        self.db.execute("commit")
        self.db.execute("analyze main")

    def _worded(self) -> Iterator[Row]:
        found = self.db.execute(
            "select c.id, c.term || ' ' || coalesce(group_concat(d.term, ' '), '') from concept c "
            "left join description d on d.concept = c.id group by c.id order by c.id"
        )
        yield from found


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    batch: list[Row] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


@contextmanager
def building(path: Path) -> Iterator[Builder]:
    """Open a file to be written.  Raises: InputError INP010 (disk)."""
    try:
        with Builder(path) as builder:
            yield builder
    except sqlite3.OperationalError as error:
        raise InputError(
            f"{path.name}: cannot be written ({error}); is there room on the disk? choose another "
            "folder with -o",
            code="INP010",
        ) from error
