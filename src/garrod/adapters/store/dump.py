"""A record as lines of JSON, table by table: leaves any database, enters any other.

header, then [table, rows] ..., then a trailer with counts and the hash of every line before it: a
dump that was cut short or changed is refused. Bytes stand in base64.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
from collections.abc import AsyncIterator, Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from garrod.adapters.store import faults
from garrod.adapters.store.compiled import Row
from garrod.adapters.store.migrate import NEWEST
from garrod.adapters.store.schema import METADATA

TABLES = tuple(METADATA.tables)
BYTES = ("body", "splice", "sha256")
PORTION = 500  # rows to a line
FORMAT = "garrod record dump"
SCHEMAS = ("0001", NEWEST)  # whose dumps are read: later tables are empty in earlier ones


class Database(Protocol):
    """What a dump is made of, or goes into."""

    def rows(self, table: str) -> AsyncIterator[list[Row]]:
        """Yield the rows of a table in portions, all from one moment."""
        ...

    async def add(self, table: str, rows: list[Row]) -> None:
        """Write rows, in the transaction of the whole."""
        ...


async def write(database: Database, to: Path) -> dict[str, int]:
    """Write a dump to a file, which is there wholly or not at all; return the rows by table."""
    counts = dict.fromkeys(TABLES, 0)
    part = to.with_name(to.name + ".part")
    part.unlink(missing_ok=True)
    part.touch(mode=0o600)
    try:
        with part.open("wb") as file:
            lines = Lines(file)
            lines.put({"format": FORMAT, "schema": NEWEST})
            for table in TABLES:
                async for rows in database.rows(table):
                    counts[table] += len(rows)
                    lines.put([table, [encoded(table, row) for row in rows]])
            lines.put({"rows": counts, "sha256": lines.sha256.hexdigest()})
            file.flush()
            os.fsync(file.fileno())
        part.replace(to)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return counts


class Lines:
    """Writes lines, and hashes them."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self.sha256 = hashlib.sha256()

    def put(self, value: object) -> None:
        """Write a value as a line."""
        line = json.dumps(value, separators=(",", ":")).encode() + b"\n"
        self.sha256.update(line)
        self.file.write(line)


def _columns(table: str) -> list[str]:
    return [column.name for column in METADATA.tables[table].columns]


def encoded(table: str, row: Row) -> list[Any]:
    """Return a row as JSON takes it."""
    pairs = zip(_columns(table), row, strict=True)
    return [base64.b64encode(v).decode() if c in BYTES else v for c, v in pairs]


def decoded(table: str, row: list[Any]) -> Row:
    """Return a row as it was."""
    flags = {"is_deleted"}
    pairs = zip(_columns(table), row, strict=True)
    return [base64.b64decode(v) if c in BYTES else bool(v) if c in flags else v for c, v in pairs]


def checked(source: Path) -> dict[str, int]:
    """Return the rows by table that a dump says it holds, when every line is as it was written.

    Raises: InputError STO013.
    """
    sha256, last, counts = hashlib.sha256(), b"", dict.fromkeys(TABLES, 0)
    with source.open("rb") as file:
        for line in file:
            if last:
                sha256.update(last)
                _count(last, counts)
            last = line
    try:
        trailer = json.loads(last or b"null")
        told = {**dict.fromkeys(TABLES, 0), **trailer["rows"]}
        is_whole = (told, trailer["sha256"]) == (counts, sha256.hexdigest())
    except (ValueError, KeyError, TypeError):
        is_whole = False
    if not is_whole:
        raise faults.not_whole(source.name)
    return counts


def _count(line: bytes, counts: dict[str, int]) -> None:
    try:
        value = json.loads(line)
    except ValueError:
        return  # its hash will not fit either
    if isinstance(value, list) and len(value) == 2 and value[0] in counts:
        counts[value[0]] += len(value[1])


def portions(source: Path) -> Iterator[tuple[str, list[Row]]]:
    """Yield tables and rows of a checked dump.  Raises: InputError STO013 for another schema."""
    with source.open("rb") as file:
        header = json.loads(next(file))
        if header not in [{"format": FORMAT, "schema": schema} for schema in SCHEMAS]:
            raise faults.not_whole(source.name)
        for line in file:
            value = json.loads(line)
            if isinstance(value, list):
                table, rows = value
                yield table, [decoded(table, row) for row in rows]


async def read(database: Database, source: Path) -> dict[str, int]:
    """Write a dump into an empty database; return the rows by table.  Raises: InputError STO013."""
    counts = checked(source)
    for table, rows in portions(source):
        await database.add(table, rows)
    return counts


def inserted(table: str, places: Iterable[str]) -> str:
    """Return the statement that writes one row, with the places as the dialect has them."""
    names = ", ".join(f'"{column}"' for column in _columns(table))
    return f'INSERT INTO "{table}" ({names}) VALUES ({", ".join(places)})'


def selected(table: str) -> str:
    """Return the statement that reads all rows of a table."""
    names = ", ".join(f'"{column}"' for column in _columns(table))
    return f'SELECT {names} FROM "{table}"'
