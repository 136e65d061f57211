"""Reads the ledger of releases as it stands, and whether the audit log agrees with it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from garrod.adapters.govern.ledger import Ledger
from garrod.adapters.govern.witnessed import faults
from garrod.care.govern.numbers.release import Line
from garrod.core.errors import GarrodError
from garrod.entry.audit_opening import place_of
from garrod.entry.housing import folder_of

LEDGER = "releases.db"  # as `garrod release` names it


@dataclass(frozen=True, slots=True)
class Found:
    """The lines, and how many the audit log contradicts; None: that could not be looked up."""

    lines: tuple[Line, ...]
    faults: int | None


def found_in(folder: Path | None = None) -> Found:
    """Return what the ledger of a data folder holds; one that was never begun is not begun here.

    Raises: OutsideError REL010, InputError REL011.
    """
    folder = folder or folder_of()
    lines: tuple[Line, ...] = ()
    if (folder / LEDGER).exists():
        ledger = Ledger(folder / LEDGER, b"", _never)  # reads alone: no person is numbered
        try:
            lines = tuple(ledger.lines())
        finally:
            ledger.close()
    return Found(lines, _faults(folder, lines))


def _faults(folder: Path, lines: tuple[Line, ...]) -> int | None:
    try:
        place = place_of(folder, os.environ)
        if not lines and not place.exists:
            return 0
        return len(faults(place.log, lines, opening=place.opening()))
    except GarrodError:
        return None


def _never() -> str:
    return datetime.fromtimestamp(0, UTC).isoformat()  # no line is written here
