"""A log put back to a copy: nothing that is there is taken away, and the log says it of itself.

copy, log that is there -> which of the two goes on -> FILE.part (the copy, and an entry that says
so) -> what is there put aside, the part in its place, at once

Where the log that is there begins with all that the copy holds, it goes on: a log is never put
back to less than it is. The key is kept apart from copies, and must be here.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path
from typing import Protocol

from garrod.adapters.audit.around import Around
from garrod.adapters.audit.connect import opened, opened_to_read
from garrod.adapters.audit.copying import away, drawn, named, seal_of
from garrod.adapters.audit.journal import is_served, sync_folder
from garrod.adapters.audit.keys import key_in_force
from garrod.adapters.audit.log import Log
from garrod.adapters.audit.reading import Reading
from garrod.care.govern.audit import AuditEntry, canonical
from garrod.care.govern.audit_heads import restored_entry
from garrod.core.errors import GarrodError, InputError, OutsideError, UsageError

TILES = ("-tiles", "-tops")  # beside a log: made anew of what it holds


class Standing(Enum):
    """What the log that is there is to a copy."""

    NONE = auto()  # there is none
    AHEAD = auto()  # it begins with all that the copy holds
    BEHIND = auto()  # the copy begins with all that it holds
    OTHER = auto()  # another one, or it cannot be read


@dataclass(frozen=True, slots=True)
class PutBack:
    """What was done. `aside`: what the log that was there is called now, or ""."""

    size: int  # entries of the copy
    is_kept: bool  # the log that is there goes on
    aside: str = ""


class Spot(Protocol):
    """Where a log stands."""

    @property
    def path(self) -> Path:
        """The file, or what the names of files beside a log in a database begin with."""
        ...

    def reading(self) -> Reading | None:
        """Return the log that is there, or None.  Raises: OutsideError, InputError."""
        ...

    def put(self, part: Path, stamp: str) -> str:
        """Put a file's log in place at once; return what the one that was there is called now.

        Raises: OutsideError AUD010, OSError, sqlite3.Error.
        """
        ...


@dataclass(frozen=True, slots=True)
class FileSpot:
    """A log in a file."""

    path: Path

    def reading(self) -> Reading | None:
        """Return the log that is there, or None.  Raises: OutsideError, InputError."""
        return Reading(self.path) if self.path.exists() else None

    def put(self, part: Path, stamp: str) -> str:
        """Put a file in place; the one that was there has a second name before it loses its own."""
        aside = self.path.with_name(f"{self.path.name}.{stamp}")
        was_there = self.path.exists()
        if was_there:
            with suppress(GarrodError, sqlite3.Error), closing(opened(self.path)) as connection:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            for end in ("-wal", "-shm"):  # of one that cannot be read: it goes along
                beside = self.path.with_name(self.path.name + end)
                if beside.exists():
                    beside.rename(aside.with_name(aside.name + end))
            os.link(self.path, aside)
        named(part, self.path)
        return aside.name if was_there else ""


def put_back(
    copy: Path,
    spot: Spot,
    key: Path,
    around: Around,
    *,
    witnessed: Callable[[str], int] = lambda _: 0,
    force: bool = False,
) -> PutBack:
    """Put a log back to a copy that was found whole, and return what was done.

    `witnessed`: how many entries a witness knows of, in a log of an origin.
    Raises: UsageError AUD018, AUD025 (a server runs), OutsideError AUD019 (the key), AUD010.
    """
    head = seal_of(copy)
    if is_served(spot.path):
        raise UsageError(
            f"{spot.path.parent}: a server runs there: end it, then restore again.", code="AUD025"
        )
    standing = standing_of(copy, spot)
    if standing is Standing.AHEAD:
        return PutBack(head.size, is_kept=True)
    if standing is Standing.OTHER and not force:
        raise UsageError(
            f"{spot.path}: another audit log is there than that of the backup, or it cannot be "
            "read: restore into an empty place, or say that it may be put aside, whole (--force).",
            code="AUD018",
        )
    _check_key(key, head.key, copy)
    entry = restored_entry(head, around.now(), witnessed=witnessed(head.origin))
    part = drawn(opened_to_read, copy, spot.path)
    try:
        _add(part, key, around, entry)
        aside = spot.put(part, _stamp(around.now()))
    except (OSError, sqlite3.Error) as error:
        raise _not_put(spot.path, error) from error
    finally:
        away(part)
    for end in TILES:
        spot.path.with_name(spot.path.name + end).unlink(missing_ok=True)
    sync_folder(spot.path.parent)
    return PutBack(head.size, is_kept=False, aside=aside)


def standing_of(copy: Path, spot: Spot) -> Standing:
    """Return what the log that is there is to a copy.  Raises: as `Reading` of the copy."""
    held = Reading(copy)
    try:
        head = held.seal()
        try:
            there = spot.reading()
        except InputError:
            return Standing.OTHER
        if there is None:
            return Standing.NONE
        try:
            try:
                mine = there.seal()
                size = min(mine.size, head.size)
                is_same = mine.origin == head.origin and there.root(size) == held.root(size)
            finally:
                there.close()
        except (GarrodError, ValueError, KeyError, IndexError):
            return Standing.OTHER
    finally:
        held.close()
    if not is_same:
        return Standing.OTHER
    return Standing.AHEAD if mine.size >= head.size else Standing.BEHIND


def _check_key(key: Path, id: str, copy: Path) -> None:
    """Raise OutsideError AUD019 where the key that signs a copy's log is not here."""
    try:
        if key_in_force(key, id).id == id:
            return
    except GarrodError:
        pass
    raise OutsideError(
        f"{copy}: this log is signed by the key {id}, which no backup holds, and {key} is not it: "
        "bring it there (mode 600) or name it by GARROD_AUDIT_KEY, then restore again. To restore "
        "the record alone, with another log, move this file away, and keep it.",
        code="AUD019",
    )


def _add(part: Path, key: Path, around: Around, entry: AuditEntry) -> None:
    """Add an entry to a log that has no name yet, and leave nothing beside its file."""
    log = Log(part, key, around)
    try:
        log.append([(canonical(entry), (), False)], is_head=True)
    finally:
        log.close()
    with closing(sqlite3.connect(part)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")


def _stamp(now: str) -> str:
    """Return the end of the name of what is put aside."""
    return "aside-" + "".join(c for c in now[:26] if c.isalnum()).lower()


def _not_put(path: Path, error: Exception) -> OutsideError:
    words = getattr(error, "strerror", None) or str(error)
    return OutsideError(
        f"{path}: the audit log could not be put back ({words}); what is there stands as it was: "
        "see to the disk or the database, then restore again.",
        code="AUD010",
    )
