"""Files and folders as things to be stored: JSON, XML, NDJSON, HL7 v2, each also gzipped.

NDJSON is read line by line, however large the file is. What others lean on comes first of a folder
that an export wrote: people, then the lines of medication lists, then the lists.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, cast

from garrod.adapters.fhir.json import BYTE_ORDER_MARK, LARGEST
from garrod.adapters.fhir.lines.names import LINE
from garrod.core.errors import FhirError, InputError

LINES = (".ndjson", ".jsonl")
SINGLE = (".json", ".xml", ".hl7")
PACKED = ".gz"
MAGIC = b"\x1f\x8b"  # what gzip begins with, whatever the name is
MIXED = "MedicationStatement"
STAGES = ("Patient", MIXED, "List")  # types whose files are read first, as an export names them
MARK = LINE.encode()
STEP = 1 << 20  # bytes that are skipped at once of a line that is too long


@dataclass(frozen=True, slots=True)
class Source:
    """One thing that was sent: its file (and line), and its bytes; or why it cannot be read.

    What is of a later `stage` waits until all before it is stored.
    """

    place: str
    body: bytes = field(default=b"", repr=False)
    is_xml: bool = False
    is_line: bool = False
    fault: InputError | None = None
    stage: int = 0


def sources(paths: Sequence[Path]) -> Iterator[Source]:
    """Yield what files hold, and the files of folders, in the order of stages and names.

    Raises: InputError INP080 for a path that is not there, or a folder without anything to read.
    """
    files = [file for path in paths for file in _files(path)]
    for stage, name in enumerate((*STAGES, "")):
        for file in files:
            own = _stem(file)
            if own == name or (not name and own not in STAGES):
                yield from (replace(s, stage=stage) for s in _read(file) if _is_due(s, own))
            elif not name and own == MIXED:
                yield from (replace(s, stage=stage) for s in _read(file) if not _is_due(s, own))


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        if not path.exists():
            raise InputError(f"{path}: there is no such file or folder.", code="INP080")
        return [path]
    found = [p for p in sorted(path.rglob("*")) if p.is_file() and _ending(p)]
    if not found:
        raise InputError(
            f"{path}: the folder holds no *.json, *.xml, *.ndjson or *.hl7 (or those as .gz).",
            code="INP080",
        )
    return found


def _stem(path: Path) -> str:
    """Return the type that a file of lines is named after; "" for any other file."""
    return path.name.partition(".")[0] if _ending(path) in LINES else ""


def _is_due(source: Source, name: str) -> bool:
    """Return whether something is read at the stage of its file: of statements, lines of lists."""
    return name != MIXED or (source.fault is None and MARK in source.body)


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
