"""A copy for a person of all that is held, and of who looked at it (UK GDPR, Article 15)."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from garrod.care.govern.audit import entry_read
from garrod.care.govern.audit_own import own_line
from garrod.core.errors import InputError
from garrod.entry.audit_opening import Place, place_of
from garrod.entry.cli.record import with_record
from garrod.entry.cli.record_out import Wanted, given_out
from garrod.entry.housing import folder_of

HISTORY = "access-history.ndjson"
DEED = "copy for the person"
PAGE = 1000  # entries of the log read at once


def copied(id: str, output: Path, *, database: str, data: str) -> dict[str, Any]:
    """Write the newest versions and the whole access history; return how many of each.

    The making of the copy is in the history too. Of entries that name others too, they are not.
    Raises: InputError INP010, REC001 (no such person), OutsideError.
    """
    wanted = Wanted(output, (), (id,))
    counts = with_record(
        database,
        data,
        lambda record, codec: given_out(record, codec, wanted),
        DEED,
        command="release person",
    )
    place = place_of(folder_of(data), os.environ)
    history = _history(place, id)
    path = output / HISTORY
    try:
        with path.open("xb") as file:
            path.chmod(0o600)
            for entry in history:
                file.write(own_line(entry, id) + b"\n")
    except OSError as error:
        raise InputError(
            f"{path}: cannot be written ({error.strerror}); choose another place with -o",
            code="INP010",
        ) from error
    return {"person": id, "resources": counts, "accesses": len(history)}


def _history(place: Place, id: str) -> list[bytes]:
    """Return every entry of the log that names a person, the newest first."""
    reading = place.open_reading()
    try:
        found = reading.of_person(id, None, PAGE)
        while page := reading.of_person(id, entry_read(found[-1]).index, PAGE) if found else []:
            found += page
        return found
    finally:
        reading.close()
