"""Resources of NDJSON files, one after another: nothing is held but the line that is read."""

from __future__ import annotations

import gzip
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Any, cast

import orjson

from garrod.core.errors import InputError

ENDINGS = (".ndjson", ".ndjson.gz")
MAGIC = b"\x1f\x8b"  # what gzip begins with, whatever the name is
Resource = dict[str, Any]


def files_of(paths: Sequence[Path]) -> list[Path]:
    """Return the NDJSON files that paths name; of a folder those in it.

    Raises: InputError INP201.
    """
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            found += sorted(p for p in path.iterdir() if p.name.endswith(ENDINGS))
        elif path.is_file():
            found.append(path)
        else:
            raise InputError(f"{path}: is no file and no folder; check the path", code="INP201")
    if not found:
        raise InputError("nothing to read: no *.ndjson (or .ndjson.gz) is there", code="INP201")
    return found


def resources(files: Sequence[Path], holding: bytes = b"") -> Iterator[Resource]:
    """Return the resources of files; with `holding` only of lines that hold these bytes.

    Raises: InputError INP201 (cannot be read), INP202 (a line is no resource; it is named alone).
    """
    for path in files:
        try:
            with _opened(path) as file:
                for number, line in enumerate(file, 1):
                    if line.strip() and holding in line:
                        yield _resource(line, path, number)
        except (OSError, EOFError) as error:
            raise InputError(f"{path}: cannot be read ({error})", code="INP201") from error


def _opened(path: Path) -> IO[bytes]:
    with path.open("rb") as file:
        is_packed = file.read(len(MAGIC)) == MAGIC
    return cast("IO[bytes]", gzip.open(path, "rb")) if is_packed else path.open("rb")


def _resource(line: bytes, path: Path, number: int) -> Resource:
    try:
        found = orjson.loads(line)
    except orjson.JSONDecodeError:
        found = None
    if not isinstance(found, dict) or not isinstance(found.get("resourceType"), str):
        raise InputError(
            f"{path}: line {number} is no FHIR resource as JSON; one stands on each line",
            code="INP202",
        )
    return found
