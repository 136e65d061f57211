"""A copy of a log while others write it: one file of SQLite, whatever the log stands in.

what is kept by now, sealed -> rows of one moment -> FILE.part -> synced, FILE

The copy holds the log itself, with the public halves of its keys and how far each journal is
sealed. It holds no private key (whoever holds a copy could write another log) and no tiles.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing, suppress
from itertools import count
from pathlib import Path
from typing import Any

from garrod.adapters.audit import schema
from garrod.adapters.audit.connect import fault, opened
from garrod.adapters.audit.journal import SUFFIX, sync_folder
from garrod.adapters.audit.log import put_rows
from garrod.adapters.audit.reading import Reading
from garrod.care.govern.audit_heads import Head
from garrod.core.errors import InputError, OutsideError

AT_ONCE = 2000  # Not clinical: rows read at a time
PATIENCE = 60.0  # Not clinical: seconds that what is kept may take to be sealed
PAUSE = 0.05  # Not clinical: seconds between two looks
UNSAFE = ("PRAGMA journal_mode=OFF", "PRAGMA synchronous=OFF")  # of a file that is not there yet
BESIDE = ("", "-wal", "-shm", "-journal")


def copied(opening: Callable[[Path], Any], log: Path, to: Path) -> Head:
    """Copy a log to a file, which is there wholly or not at all; return the copy's seal.

    `opening` gives the connection by which the log is read. Raises: OutsideError AUD010, AUD017
    (the copy cannot be written), InputError AUD011.
    """
    part = drawn(opening, log, to)
    try:
        named(part, to)
    except OSError as error:
        raise _unwritten(to, error) from error
    finally:
        away(part)
    return seal_of(to)


def drawn(opening: Callable[[Path], Any], log: Path, to: Path) -> Path:
    """Return a file beside `to` that holds what a log holds now, not synced yet.

    Raises: as `copied`; nothing is left of it then.
    """
    part = to.with_name(f"{to.name}.part")
    source = opening(log)
    try:
        away(part)
        with closing(opened(part)) as target:
            for pragma in UNSAFE:
                target.execute(pragma)
            target.execute("BEGIN IMMEDIATE")
            poured(source, target, log)
            target.execute("COMMIT")
    except BaseException as error:
        away(part)
        if isinstance(error, OSError | sqlite3.Error | ValueError):
            raise _unwritten(to, error) from error
        raise
    finally:
        source.close()
    return part


def poured(source: Any, target: Any, log: Path) -> None:
    """Write what one log holds into another, which is empty, in a transaction that has begun.

    Raises: sqlite3.Error of the target; OutsideError AUD010, InputError AUD011 of the source.
    """
    _read(source, "BEGIN", log)
    seal = _read(source, schema.READ_SEAL, log).fetchone()
    if seal is None:
        raise InputError(f"{log}: the audit log has no seal.", code="AUD011")
    for wanted, put in schema.COPIED:
        reads = _read(source, wanted, log)
        while some := _some(reads, log):
            put_rows(target.execute, put, some)
    target.execute(schema.BEGIN_SEAL, (seal[0],))
    _read(source, "COMMIT", log)


def seal_of(copy: Path) -> Head:
    """Return the seal of a copy.  Raises: InputError AUD011, OutsideError AUD010."""
    reading = Reading(copy)
    try:
        return reading.seal()
    finally:
        reading.close()


def settled(reading: Reading) -> None:
    """Return when all that the journals of this machine hold by now stands in the log.

    Raises: OutsideError AUD017 where nobody seals it.
    """
    ends: dict[Path, int] = {}
    for path in reading.path.parent.glob(f"{reading.path.name}.*{SUFFIX}"):
        with suppress(FileNotFoundError):
            ends[path] = path.stat().st_size
    looks = count()
    while ends := {path: end for path, end in ends.items() if _waits(reading, path, end)}:
        if next(looks) > PATIENCE / PAUSE:
            raise OutsideError(
                f"{next(iter(ends))}: what is kept there for the audit was not sealed in "
                f"{PATIENCE:.0f} s, so that no copy of the log would hold it: see what the server "
                "says of its audit, then make the backup again.",
                code="AUD017",
            )
        time.sleep(PAUSE)


def named(part: Path, to: Path) -> None:
    """Give a file its name when its bytes are on the disk.  Raises: OSError."""
    with part.open("rb") as file:
        os.fsync(file.fileno())
    part.replace(to)
    sync_folder(to.parent)


def away(part: Path) -> None:
    """Take away a file that was not finished, and what SQLite keeps beside it."""
    for end in BESIDE:
        part.with_name(part.name + end).unlink(missing_ok=True)


def _waits(reading: Reading, journal: Path, end: int) -> bool:
    return journal.exists() and reading.upto(journal.name) < end


def _read(source: Any, statement: str, log: Path) -> Any:
    try:
        return source.execute(statement)
    except sqlite3.Error as error:
        raise fault(log, error) from error


def _some(rows: Any, log: Path) -> list[Any]:
    try:
        return list(rows.fetchmany(AT_ONCE))
    except sqlite3.Error as error:
        raise fault(log, error) from error


def _unwritten(to: Path, error: Exception) -> OutsideError:
    words = getattr(error, "strerror", None) or str(error)
    return OutsideError(
        f"{to}: the copy of the audit log cannot be written ({words}), and none was kept: make "
        "room or name another place, then make the backup again.",
        code="AUD017",
    )
