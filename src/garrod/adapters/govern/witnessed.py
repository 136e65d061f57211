"""Whether the ledger of releases is what the audit log says of it: it has each line's hash."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from garrod.adapters.audit.connect import fault, opened_to_read
from garrod.care.govern.audit import entry_read
from garrod.care.govern.numbers.release import Line

EVENT = "release"
_OURS = f'"event":"{EVENT}"'
_ENTRIES = "SELECT entry FROM entries WHERE instr(CAST(entry AS TEXT), ?) ORDER BY id"
_ELSEWHERE = "SELECT entry FROM entries WHERE entry LIKE ? ORDER BY id"  # PostgreSQL: of bytes
Opening = Callable[[Path], Any]  # gives the connection by which a log is read


def faults(log: Path, lines: Iterable[Line], *, opening: Opening = opened_to_read) -> list[str]:
    """Return what is wrong with a ledger by the audit log; nothing where they agree.

    Raises: OutsideError AUD010, InputError AUD011.
    """
    sealed = _sealed(log, opening)
    found = []
    for line in lines:
        said = sealed.pop(line.id, "")
        if not said:
            found.append(f"release {line.id} stands in the ledger, and not in the audit log")
        elif said != line.sha256():
            found.append(f"release {line.id} is not what the audit log says that it was")
    return [
        *found, *(f"release {id} stands in the audit log, and not in the ledger" for id in sealed)
    ]  # fmt: skip


def _sealed(log: Path, opening: Opening) -> dict[int, str]:
    connection = opening(log)
    try:
        is_file = isinstance(connection, sqlite3.Connection)
        asked = (_ENTRIES, _OURS) if is_file else (_ELSEWHERE, f"%{_OURS}%".encode())
        rows = connection.execute(asked[0], asked[1:]).fetchall()
    except sqlite3.Error as error:
        raise fault(log, error) from error
    finally:
        connection.close()
    entries = [entry_read(row[0]) for row in rows]
    return {e.data["release"]: e.data["sha256"] for e in entries if e.event == EVENT}
