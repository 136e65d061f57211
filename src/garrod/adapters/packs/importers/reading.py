"""Finds and reads the files of a download: CSV or JSON, gzipped or not."""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import orjson

from garrod.core.errors import InputError, KnowledgeError


def read_bytes(path: Path) -> bytes:
    """Return a file's content, unpacked.  Raises: InputError INP051."""
    try:
        content = path.read_bytes()
        return gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(
            f"{path}: cannot be read ({error}); download it again", code="INP051"
        ) from error


def read_json(path: Path) -> Any:
    """Return the value of a JSON file.  Raises: InputError INP051."""
    try:
        return orjson.loads(read_bytes(path))
    except orjson.JSONDecodeError as error:
        raise InputError(
            f"{path}: is not JSON ({error}); download it again", code="INP051"
        ) from error


def read_table(path: Path, needed: Sequence[str]) -> list[dict[str, str]]:
    """Return the rows of a CSV file that has the columns needed.  Raises: InputError INP051."""
    try:
        text = read_bytes(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            f"{path}: is not UTF-8 ({error}); save it as UTF-8", code="INP051"
        ) from error
    reader = csv.DictReader(io.StringIO(text))
    missing = [name for name in needed if name not in (reader.fieldnames or ())]
    if missing:
        raise InputError(
            f"{path}: line 1 lacks the columns {', '.join(missing)}; is it the right file?",
            code="INP051",
        )
    rows = []
    for number, row in enumerate(reader, 2):
        if None in row or None in row.values():
            raise InputError(
                f"{path}: line {number} has not as many cells as line 1; download it again",
                code="INP051",
            )
        rows.append(row)
    return rows


def find_files(folder: Path, pattern: str) -> list[Path]:
    """Return the files below a folder that fit a pattern, gzipped or not, sorted.

    Raises: InputError INP051 when the folder is none, KnowledgeError KNO009 when a file is there
    twice, plain and gzipped.
    """
    if not folder.is_dir():
        raise InputError(
            f"{folder}: is not a folder; name the folder that holds the download", code="INP051"
        )
    found: dict[str, Path] = {}
    for path in sorted([*folder.rglob(pattern), *folder.rglob(f"{pattern}.gz")]):
        first = found.setdefault(path.name.removesuffix(".gz"), path)
        if first != path:
            raise KnowledgeError(
                f"{first} and {path}: one file, twice; leave one of them", code="KNO009"
            )
    return list(found.values())


def find_file(folder: Path, name: str) -> Path:
    """Return the file of that name below a folder.  Raises: InputError INP051."""
    found = find_files(folder, name)
    if not found:
        raise InputError(
            f"{folder}: holds no {name} (or {name}.gz); download it with the rest", code="INP051"
        )
    return found[0]
