"""Files and folders as things to be stored: JSON, XML, NDJSON, each also gzipped.

NDJSON is read line by line, however large the file is.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, cast

from garrod.adapters.fhir.json import BYTE_ORDER_MARK, LARGEST
from garrod.core.errors import FhirError, InputError

LINES = (".ndjson", ".jsonl")
SINGLE = (".json", ".xml")
PACKED = ".gz"
MAGIC = b"\x1f\x8b"  # what gzip begins with, whatever the name is
STEP = 1 << 20  # bytes that are skipped at once of a line that is too long


@dataclass(frozen=True, slots=True)
class Source:
    """One thing that was sent: its file (and line), and its bytes; or why it cannot be read."""

    place: str
    body: bytes = field(default=b"", repr=False)
    is_xml: bool = False
    is_line: bool = False
    fault: InputError | None = None


def sources(paths: Sequence[Path]) -> Iterator[Source]:
    """Yield what files hold, and the files of folders, in the order of their names.

    Raises: InputError INP080 for a path that is not there, or a folder without anything to read.
    """
    for path in paths:
        if path.is_dir():
            found = [p for p in sorted(path.rglob("*")) if p.is_file() and _ending(p)]
            if not found:
                raise InputError(
                    f"{path}: the folder holds no *.json, *.xml or *.ndjson (or those as .gz).",
                    code="INP080",
                )
            for inner in found:
                yield from _read(inner)
        elif path.exists():
            yield from _read(path)
        else:
            raise InputError(f"{path}: there is no such file or folder.", code="INP080")


def _ending(path: Path) -> str:
    name = path.name.lower().removesuffix(PACKED)
    return next((e for e in (*LINES, *SINGLE) if name.endswith(e)), "")


def _read(path: Path) -> Iterator[Source]:
    try:
        with _opened(path) as file:
            if _ending(path) in LINES:
                yield from _lines(path, file)
            else:
                yield _whole(path, file.read(LARGEST + 1))
    except (OSError, EOFError, zlib.error) as error:
        what = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        fault = InputError(f"the file cannot be read ({what}).", code="INP081")
        yield Source(str(path), fault=fault)


def _opened(path: Path) -> IO[bytes]:
    with path.open("rb") as file:
        is_packed = file.read(len(MAGIC)) == MAGIC
    if is_packed:
        return cast(IO[bytes], gzip.open(path, "rb"))
    return path.open("rb")


def _whole(path: Path, content: bytes) -> Source:
    if len(content) > LARGEST:
        return Source(str(path), fault=_too_large("file"))
    body = content.removeprefix(BYTE_ORDER_MARK)
    is_xml = _ending(path) == ".xml" or (not _ending(path) and body.lstrip()[:1] == b"<")
    return Source(str(path), body, is_xml=is_xml)


def _lines(path: Path, file: IO[bytes]) -> Iterator[Source]:
    number = 0
    while line := file.readline(LARGEST + 1):
        number += 1
        place = f"{path}:{number}"
        if len(line) > LARGEST:
            while line and not line.endswith(b"\n"):
                line = file.readline(STEP)
            yield Source(place, fault=_too_large("line"))
        elif body := line.removeprefix(BYTE_ORDER_MARK).strip():
            yield Source(place, body, is_line=True)


def _too_large(what: str) -> FhirError:
    return FhirError(
        f"the {what} has more than {LARGEST:,} bytes: split it, one resource a line (NDJSON).",
        code="FHR104",
    )
