"""What a file of results holds: its text, its JSON, or the members of an archive.

bytes -> (gunzip | unzip) -> text -> JSON, each within a limit, each failure one sentence.
"""

from __future__ import annotations

import gzip
import io
import json
import lzma
import struct
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from garrod.core.errors import OutsideCallError
from garrod.science.pgx.outside import OutsideRow

LARGEST = 100_000_000  # bytes; read-level details make a long-read report some 10 MB
MEMBERS = 1_000  # files of an archive; a PyPGx archive has two
# What unpacking may raise for bytes that are no archive, or a broken or a locked one.
UNPACKING = (
    *(OSError, EOFError, ValueError, NotImplementedError, RuntimeError, KeyError),
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error),
)
BOMS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}  # spreadsheets save "Unicode text" so


@dataclass(frozen=True, slots=True)
class Content:
    """A file as read. `data` is its JSON, `members` the texts of an archive by name."""

    path: Path
    text: str = ""
    data: Any = None
    members: Mapping[str, str] = field(default_factory=dict)
    is_utf8: bool = True

    @property
    def lines(self) -> list[tuple[int, str]]:
        """Return the lines that are not blank, each with its number from 1."""
        numbered = enumerate(self.text.splitlines(), 1)
        return [(number, line) for number, line in numbered if line.strip()]


@dataclass(frozen=True, slots=True)
class Told:
    """One row of a program's output, and the sample that it speaks of; empty where none is."""

    row: OutsideRow
    sample: str = ""


def read_content(path: Path) -> Content:
    """Return what a file holds.  Raises: OutsideCallError OUT001, OUT003."""
    data = _bytes(path)
    try:
        if data[:2] == b"PK":
            return Content(path, members=_members(path, data))
        if data[:2] == b"\x1f\x8b":
            with gzip.GzipFile(fileobj=io.BytesIO(data)) as stream:
                data = _within(path, stream.read(LARGEST + 1))
    except UNPACKING as error:
        raise OutsideCallError(
            f"{path}: cannot be unpacked ({error}); write the archive again", code="OUT001"
        ) from error
    text, is_utf8 = _text(path, data)
    return Content(path, text, _json(path, text), is_utf8=is_utf8)


def _bytes(path: Path) -> bytes:
    if path.is_dir():
        raise OutsideCallError(f"{path}: is a folder; name the file inside it", code="OUT001")
    try:
        with path.open("rb") as file:
            return _within(path, file.read(LARGEST + 1))
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else "a byte that no path may hold"
        raise OutsideCallError(
            f"{path}: cannot be read ({why}); check the path", code="OUT001"
        ) from error


def _within(path: Path, data: bytes, limit: int | None = None) -> bytes:
    if len(data) > (LARGEST if limit is None else limit):
        raise OutsideCallError(
            f"{path}: holds more than {LARGEST // 1_000_000} MB, too large for the results of "
            "one run; give the file of results alone",
            code="OUT001",
        )
    return data


def _members(path: Path, data: bytes) -> dict[str, str]:
    """Return the texts in an archive; what is not text is left out."""
    found: dict[str, str] = {}
    left = LARGEST
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist()[:MEMBERS]:
            with archive.open(name) as member:
                read = _within(path, member.read(left + 1), left)
            left -= len(read)
            try:
                found[name] = read.decode("utf-8-sig")
            except UnicodeDecodeError:
                continue
    return found


def _text(path: Path, data: bytes) -> tuple[str, bool]:
    """Return the text, and whether it is Unicode; else it is read as a spreadsheet of old is."""
    try:
        return data.decode(BOMS.get(data[:2], "utf-8-sig")), True
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace"), False


def _json(path: Path, text: str) -> Any:
    """Return the JSON that a text is; nothing where it is none."""
    if text.lstrip()[:1] not in ("{", "["):
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise OutsideCallError(
            f"{path}: begins as JSON does and is none ({error}); write the file again",
            code="OUT003",
        ) from error


def mapping_of(value: object) -> Mapping[str, Any]:
    """Return a JSON object; an empty one where the value is none."""
    return value if isinstance(value, Mapping) else {}


def items_of(value: object) -> Sequence[Any]:
    """Return a JSON array; an empty one where the value is none."""
    return value if isinstance(value, list) else ()


def word_of(value: object) -> str:
    """Return a JSON string or number on one line; an empty string where the value is neither."""
    is_word = isinstance(value, str | int | float) and not isinstance(value, bool)
    return " ".join(str(value).split()) if is_word else ""
