"""Writes a world as NDJSON, one file a resource type: whole, or not at all.

resources -> files in a hidden folder beside the wanted one -> renamed when the last is written

Memory does not grow with the number of people: a person is written before the next is drawn.
"""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

import orjson

from garrod.adapters.world.parts import FhirJson
from garrod.core.errors import InputError

BUFFER = 1 << 18  # Not clinical: bytes a file gathers before it is written


def write_world(
    batches: Iterable[Iterable[FhirJson]], folder: Path, *, force: bool = False
) -> dict[str, int]:
    """Write all resources; return how many there are of each type.

    Raises: InputError INP051 for a folder that is not empty (unless forced) or cannot be written.
    """
    folder = folder.absolute()
    _check(folder, force=force)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        hidden = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}."))
    except OSError as error:
        raise _unwritable(folder, error) from error
    try:
        counts = _pour(batches, hidden)
        _put(hidden, folder)
    except OSError as error:
        raise _unwritable(folder, error) from error
    finally:
        shutil.rmtree(hidden, ignore_errors=True)
    return counts


def _check(folder: Path, *, force: bool) -> None:
    if folder.exists() and not folder.is_dir():
        raise InputError(f"{folder}: is not a folder; name one with -o", code="INP051")
    try:
        others = [p for p in folder.iterdir() if p.suffix != ".ndjson"] if folder.exists() else []
        is_full = folder.exists() and any(folder.iterdir())
    except OSError as error:
        raise _unwritable(folder, error) from error
    if is_full and not force:
        raise InputError(
            f"{folder}: is not empty; name another folder, or replace the world in it with --force",
            code="INP051",
        )
    if others:
        raise InputError(
            f"{folder}: holds {others[0].name}, which is no file of a world; it is not replaced, "
            "even with --force",
            code="INP051",
        )


def _pour(batches: Iterable[Iterable[FhirJson]], folder: Path) -> dict[str, int]:
    counts: Counter[str] = Counter()
    files: dict[str, BinaryIO] = {}
    with ExitStack() as stack:
        for batch in batches:
            for resource in batch:
                kind = resource["resourceType"]
                file = files.get(kind)
                if file is None:
                    file = files[kind] = (folder / f"{kind}.ndjson").open("wb", buffering=BUFFER)
                    stack.callback(file.close)
                file.write(orjson.dumps(resource, option=orjson.OPT_APPEND_NEWLINE))
                counts[kind] += 1
    return dict(sorted(counts.items()))


def _put(hidden: Path, folder: Path) -> None:
    """Let the finished folder take the place of the wanted one."""
    hidden.chmod(0o755)
    if folder.exists():
        old = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}.old."))
        folder.replace(old)
        try:
            hidden.replace(folder)
        except BaseException:
            old.replace(folder)
            raise
        shutil.rmtree(old)
    else:
        hidden.replace(folder)


def _unwritable(folder: Path, error: OSError) -> InputError:
    return InputError(
        f"{folder}: cannot be written ({error.strerror}); choose another place with -o",
        code="INP051",
    )
