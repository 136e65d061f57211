"""The witness: a file elsewhere to which heads are added, so that a log cut short is found out."""

from __future__ import annotations

import os
from pathlib import Path

from garrod.care.govern.audit_heads import Head, head_read
from garrod.core.errors import InputError, OutsideError

LAST = 4096  # Not clinical: bytes that hold the last line


class Witness:
    """Adds heads to a file, each a line of JSON, durably."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def told(self, head: Head) -> None:
        """Add a head.  Raises: OutsideError AUD014."""
        try:
            handle = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            try:
                os.write(handle, head.content() + b"\n")
                os.fsync(handle)
            finally:
                os.close(handle)
        except OSError as error:
            raise OutsideError(
                f"{self.path}: the witness of the audit cannot be written ({error.strerror}).",
                code="AUD014",
            ) from error

    def newest(self) -> Head | None:
        """Return the head that was added last; None where there is none that can be read."""
        try:
            with self.path.open("rb") as file:
                end = file.seek(0, os.SEEK_END)
                file.seek(max(0, end - LAST))
                return head_read(file.read().splitlines()[-1])
        except (OSError, ValueError, IndexError):
            return None


def heads_witnessed(path: Path) -> tuple[Head, ...]:
    """Return the heads of a witness file.  Raises: InputError AUD015, naming the line."""
    try:
        lines = path.read_bytes().splitlines()
    except OSError as error:
        raise InputError(
            f"{path}: the witness cannot be read ({error.strerror}); check the path", code="AUD015"
        ) from error
    found = []
    for number, line in enumerate(lines, start=1):
        try:
            found.append(head_read(line))
        except ValueError as error:
            if number == len(lines) and found:
                break  # cut off while it was written: never acknowledged
            raise InputError(f"{path}: line {number} is no signed head.", code="AUD015") from error
    return tuple(found)
