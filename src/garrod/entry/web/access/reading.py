"""Reads a page of a person's access history in the log, with the proof of each line.

log -> broken glass first, then all else, each newest first; the sealed head and its keys
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from garrod.care.govern.audit import AuditEntry, entry_read
from garrod.core.errors import OutsideError
from garrod.entry.audit_showing import Showing

PAGE = 50  # Not clinical: lines of a page, of each of its two parts
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Line:
    """An entry, its very text, and the proof that it is in the log; None: it is not sealed yet.

    The text is "" where it names others, whom the one who reads is not told of.
    """

    entry: AuditEntry
    text: str
    proof: Json | None


@dataclass(frozen=True, slots=True)
class Part:
    """Some lines; `before`: where the next ones begin, None where there are none."""

    lines: tuple[Line, ...]
    before: int | None = None


@dataclass(frozen=True, slots=True)
class History:
    """What a page shows: lines of broken glass, the others, the head that they are proved by."""

    broken: Part
    usual: Part
    head: Json


@dataclass(frozen=True, slots=True)
class Asked:
    """Where a page begins; None: with the newest. `is_later`: it is not the first page."""

    broken: int | None = None
    usual: int | None = None

    @property
    def is_later(self) -> bool:
        """Return whether it goes on from another page."""
        return self.broken is not None or self.usual is not None


async def history_of(log: Any, patient: str, asked: Asked, showing: Showing) -> History:
    """Return a page of a person's history, as somebody is shown it.

    Raises: OutsideError AUD010, AUD013.
    """
    if log is None:
        raise OutsideError("the audit log is not open here.", code="AUD013")
    found: History = await log.ask(lambda reading: _read(reading, patient, asked))
    broken = await _shown(found.broken, patient, showing)
    return History(broken, await _shown(found.usual, patient, showing), found.head)


async def _shown(part: Part, patient: str, showing: Showing) -> Part:
    lines = []
    for line in part.lines:
        entry, whole = await showing.of_one(line.text.encode("ascii"), patient)
        lines.append(replace(line, entry=entry, text="" if whole is None else line.text))
    return replace(part, lines=tuple(lines))


def _read(reading: Any, patient: str, asked: Asked) -> History:
    """Return a page; the rest of a part that is gone on with, and not the other part."""
    head, known = reading.seal(), reading.keys()
    keys = {key.id: base64.b64encode(key.public).decode("ascii") for key in known}

    def part(before: int | None, *, glass: bool, is_wanted: bool) -> Part:
        if not is_wanted:
            return Part(())
        bodies = reading.of_person(patient, before, PAGE + 1, glass=glass)
        shown = bodies[:PAGE]
        lines = tuple(_line(reading.inclusion, body, head.size) for body in shown)
        return Part(lines, lines[-1].entry.index if len(bodies) > PAGE else None)

    return History(
        part(asked.broken, glass=True, is_wanted=asked.usual is None),
        part(asked.usual, glass=False, is_wanted=asked.broken is None),
        {**head.told(), "public_keys": keys},
    )


def _line(inclusion: Callable[[int, int], Json], body: bytes, size: int) -> Line:
    entry = entry_read(body)
    proof = inclusion(entry.index, size) if entry.index < size else None
    return Line(entry, body.decode("ascii"), proof)
