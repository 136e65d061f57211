"""Remembers who asked for a subscription and how far it was told: one small SQLite file.

A place that is lost with the power means that some events are told twice, with the same numbers;
who asked is durable before anything is told.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from pathlib import Path

from garrod.care.govern.access import Actor
from garrod.core.errors import OutsideError

_TABLE = """
CREATE TABLE IF NOT EXISTS subscription (
    id TEXT PRIMARY KEY,
    definition TEXT NOT NULL,
    actor TEXT NOT NULL, role TEXT NOT NULL, organisation TEXT NOT NULL,
    setting TEXT NOT NULL, purpose TEXT NOT NULL,
    started INTEGER NOT NULL, position INTEGER NOT NULL, told INTEGER NOT NULL
) WITHOUT ROWID
"""
_CLAIM = """
INSERT INTO subscription VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0)
ON CONFLICT (id) DO UPDATE SET
    definition = excluded.definition, actor = excluded.actor, role = excluded.role,
    organisation = excluded.organisation, setting = excluded.setting, purpose = excluded.purpose,
    started = excluded.started, position = excluded.position, told = 0
WHERE subscription.definition <> excluded.definition
"""


@dataclass(frozen=True, slots=True)
class Place:
    """Whose a subscription is, what it asks for, and how far it was told."""

    owner: Actor
    definition: str
    started: int  # events behind this number belong to it
    position: int  # the last event that was looked at
    told: int  # events told so far


class Ledger:
    """One file; None: kept in memory."""

    def __init__(self, path: Path | None) -> None:
        try:
            self._file = sqlite3.connect(path or ":memory:", isolation_level=None)
            self._file.execute("PRAGMA journal_mode=WAL")
            self._file.execute(_TABLE)
        except sqlite3.Error as error:
            raise OutsideError(
                f"the ledger of subscriptions cannot be opened ({error}).", code="SUB011"
            ) from error

    def claim(self, id: str, definition: str, owner: Actor, sequence: int) -> None:
        """Remember who asked, and from which event on; the same asked again changes nothing."""
        who = (owner.id, owner.role, owner.organisation, owner.setting, owner.purpose)
        self._write("FULL", _CLAIM, (id, definition, *who, sequence, sequence))

    def place(self, id: str) -> Place | None:
        """Return what is remembered of a subscription, or None."""
        row = self._file.execute("SELECT * FROM subscription WHERE id = ?", (id,)).fetchone()
        if row is None:
            return None
        return Place(Actor(*row[2:7]), row[1], *row[7:])

    def tell(self, id: str, position: int, told: int) -> None:
        """Remember how far a subscription was told; never less than before."""
        self._write(
            "NORMAL",
            "UPDATE subscription SET position = ?, told = ? WHERE id = ? AND position < ?",
            (position, told, id, position),
        )

    def forget(self, id: str) -> None:
        """Remember a subscription no more."""
        self._write("NORMAL", "DELETE FROM subscription WHERE id = ?", (id,))

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def _write(self, safety: str, statement: str, values: tuple[object, ...]) -> None:
        try:
            self._file.execute(f"PRAGMA synchronous={safety}")
            self._file.execute(statement, values)
        except sqlite3.Error as error:
            raise OutsideError(
                f"the ledger of subscriptions cannot be written ({error}).", code="SUB011"
            ) from error
