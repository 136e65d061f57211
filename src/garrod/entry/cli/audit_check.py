"""garrod audit proof --check: does each proof hold? One JSON line a file."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import orjson

from garrod.core.errors import GarrodError, InputError
from garrod.entry.cli.output import say, write_out


def judged_files(files: Sequence[Path]) -> int:
    """Write whether the proof in each file holds; return how many held none that can be read."""
    unread: list[Path] = []
    write_out(_lines(files, unread), None)
    return len(unread)


def _lines(files: Sequence[Path], unread: list[Path]) -> Iterator[bytes]:
    """Yield a line for each file that is there: what is no proof proves nothing."""
    from garrod.adapters.audit.proofs import holds

    for file in files:
        content = None
        try:
            content = _content(file)
            is_valid = holds(content)
        except GarrodError as error:
            unread.append(file)
            sys.stdout.flush()
            say(f"GARROD-{error.code}: {' '.join(f'{file}: {error.message}'.split())}")
            if content is None:
                continue
            is_valid = False
        yield orjson.dumps({"file": os.fsdecode(file), "valid": is_valid}) + b"\n"


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise InputError(
            f"it cannot be read ({error.strerror}); check the path", code="AUD023"
        ) from error
