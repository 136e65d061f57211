"""Writes what the record holds as NDJSON: a file for each type, each whole or not there."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from garrod.core.errors import InputError

if TYPE_CHECKING:
    from garrod.adapters.fhir.rest.checked import CheckedCodec
    from garrod.care.record.service import Record


# Written last, so that they have heard of all that was written before them.
LISTS = ("List", "MedicationStatement")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Where to, which types (none: all), which people (none: everybody)."""

    folder: Path
    kinds: tuple[str, ...] = ()
    patients: tuple[str, ...] = ()


async def given_out(record: Record, codec: CheckedCodec, wanted: Wanted) -> dict[str, int]:
    """Write the newest versions; return how many of each type.

    Raises: InputError INP010 (cannot be written, or is not empty), INP082 (no such type), REC001
    (no such person).
    """
    from garrod.adapters.fhir.ingest.outgoing import Choice, kinds_of, lines
    from garrod.care.govern.access import LOCAL

    kinds = kinds_of(wanted.kinds, codec.kinds)
    for id in wanted.patients:
        await record.read(LOCAL, "Patient", id)
    _prepare(wanted.folder)
    choice = Choice(kinds, frozenset(wanted.patients) if wanted.patients else None)
    counts = {}
    for kind in sorted(kinds, key=lambda k: k in LISTS):
        path = wanted.folder / f"{kind}.ndjson"
        if count := await _written(path, lines(record, LOCAL, choice, kind)):
            counts[kind] = count
    return counts


def _prepare(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        is_empty = not any(folder.iterdir())
    except OSError as error:
        raise _unwritable(folder, error) from error
    if not is_empty:
        raise InputError(
            f"{folder}: is not empty, and nothing is written over; choose another folder with -o",
            code="INP010",
        )


async def _written(path: Path, lines: AsyncIterator[bytes]) -> int:
    """Write lines and return how many; no file where there is none, none half-written."""
    from garrod.care.govern.audit import current
    from garrod.entry.audit_answers import NDJSON, look_through

    count = 0
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                async for line in lines:
                    file.write(line)
                    look_through(current(), NDJSON, line)
                    count += 1
            if count:
                Path(name).chmod(0o600)  # it is about people
                Path(name).replace(path)
        finally:
            with contextlib.suppress(FileNotFoundError):
                Path(name).unlink()
    except OSError as error:
        raise _unwritable(path, error) from error
    return count


def _unwritable(path: Path, error: OSError) -> InputError:
    return InputError(
        f"{path}: cannot be written ({error.strerror}); choose another place with -o", code="INP010"
    )
