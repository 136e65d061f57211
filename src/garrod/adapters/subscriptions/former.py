"""Takes over the ledger of earlier releases, which was a file beside the record."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from garrod.adapters.subscriptions.ledger import Ledger
from garrod.care.govern.access import actor_told
from garrod.core.errors import OutsideError

FILE, TAKEN = "subscriptions.db", "subscriptions.taken-over"
_WHO = ("id", "role", "organisation", "setting", "purpose")
_ROWS = (
    "SELECT id, definition, actor, role, organisation, setting, purpose, started, position, told "
    "FROM subscription"
)


async def take_over(folder: Path, ledger: Ledger, newest: int) -> int:
    """Bring the places of a former ledger into the record, and lay the file aside.

    `newest`: the last event of the record, which no place lies behind. Returns how many there were.
    Raises: OutsideError SUB011 where the file cannot be read or laid aside, STO003 to STO006.
    """
    path = folder / FILE
    if not path.exists():
        return 0
    try:
        with closing(sqlite3.connect(path)) as file:
            rows = file.execute(_ROWS).fetchall()
        for id, definition, *who, started, position, told in rows:
            owner = actor_told(dict(zip(_WHO, who, strict=True)))
            await ledger.claim(id, definition, owner, min(started, newest))
            await ledger.tell(id, min(position, newest), told)
        path.replace(folder / TAKEN)
    except (sqlite3.Error, OSError) as error:
        raise OutsideError(
            f"{FILE}, where an earlier release kept its subscriptions, cannot be taken over "
            f"({error}): see to the file and its rights, or move it away and let subscribers ask "
            "again.",
            code="SUB011",
        ) from error
    return len(rows)
