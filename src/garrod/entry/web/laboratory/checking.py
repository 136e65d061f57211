"""Looks through a file before anything in it is believed: whole, text, no line without an end.

file -> Looked (lines), or VcfError with the line where it breaks; a chunk at a time
"""

from __future__ import annotations

import gzip
import zlib
from dataclasses import dataclass
from pathlib import Path

from garrod.adapters.vcf.record import shown
from garrod.core.errors import VcfError

CHUNK = 1_000_000  # Not clinical: bytes that are looked at together
LONGEST = 10_000_000  # Not clinical: bytes of a line; a header or record of a person has far fewer
MOST = 100_000_000_000  # Not clinical: bytes of what is unpacked
GZIP = b"\x1f\x8b"
BEGINNING = b"##fileformat=VCF"


@dataclass(frozen=True, slots=True)
class Looked:
    """What was seen of a file."""

    lines: int


def looked_through(path: Path) -> Looked:
    """Return what a file is made of.

    Raises: VcfError VCF004 (empty), VCF005 (cut off), VCF007 (no VCF), LAB001 (a line without an
    end), LAB002 (a BCF), LAB003 (too much).
    """
    with path.open("rb") as file:
        head = file.read(2)
    if not head:
        raise VcfError("the file is empty", code="VCF004")
    line = 1
    try:
        with gzip.open(path) if head == GZIP else path.open("rb") as text:
            held = total = 0
            while part := text.read(CHUNK):
                if not total:
                    _begins(part)
                total += len(part)
                held = _held(part, held, line)
                line += part.count(b"\n")
                if total > MOST:
                    raise VcfError(f"more than {MOST:,} bytes when unpacked", code="LAB003")
    except (EOFError, zlib.error, OSError) as error:
        raise VcfError(
            f"line {line}: the packed file ends here or is damaged", code="VCF005"
        ) from error
    if not total:
        raise VcfError("there is nothing in the packed file", code="VCF004")
    return Looked(line if held else line - 1)


def _begins(part: bytes) -> None:
    if part.startswith((b"BCF", GZIP)):
        raise VcfError("line 1: it is a BCF, or packed twice", code="LAB002")
    if not part.startswith(BEGINNING):
        first = shown(part[:200].split(b"\n")[0].decode("utf-8", "replace"))
        raise VcfError(f"line 1: “{first}” stands where ##fileformat=VCF should", code="VCF007")


def _held(part: bytes, held: int, line: int) -> int:
    """Return how many bytes of a line without an end yet were seen.  Raises: VcfError LAB001."""
    first = part.find(b"\n")
    longest = held + (len(part) if first < 0 else first)
    if longest > LONGEST:
        raise VcfError(f"line {line}: it has more than {LONGEST:,} bytes", code="LAB001")
    return longest if first < 0 else len(part) - part.rfind(b"\n") - 1
