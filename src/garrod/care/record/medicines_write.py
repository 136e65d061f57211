"""Writes what changed of a list: its lines, the list itself, and the event that tells of it.

Lines that did not change are not written again; the event names the changed ones alone.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from garrod.care.record.medication.line import Line, Setting
from garrod.care.record.medication.lists import MedicationList
from garrod.care.record.medicines_load import Held
from garrod.care.record.medicines_ports import (
    LINE,
    LIST,
    Head,
    LineCodec,
    Listed,
    list_id,
)
from garrod.care.record.ports import Codec, Tx, View

TOPIC = "list.changed"


@dataclass(frozen=True, slots=True)
class Pen:
    """What a list is written with: a transaction, both codecs, and the time of writing."""

    tx: Tx
    codec: Codec
    lines: LineCodec
    at: datetime
    seen: View | None = None  # what the writer may see; None: all of it


async def write(
    pen: Pen,
    held: Held,
    made: MedicationList,
    *,
    flags: Mapping[str, str],
    head: Head | None = None,
) -> Held:
    """Write a list as it was made of the one that is held; return it as it is now.

    `flags` say what was done to lines; `head` what the list says beside them, where that changed.
    Raises: VersionConflict where somebody else wrote it meanwhile.
    """
    of_test = held.head.is_test or (not held.number and await _is_of_test(pen, made.patient))
    versions = dict(held.versions)
    before = held.list.by_id()
    changed = [line for line in made.lines if before.get(line.id) != line]
    for line in changed:
        body = pen.lines.line_body(line, made.patient, is_test=of_test)
        draft = pen.codec.drafted(body, kind=LINE, id=line.id)
        expected = versions[line.id].number if line.id in versions else 0
        method = "PUT" if expected else "POST"
        versions[line.id] = await pen.tx.put(draft, method=method, expected=expected)
        pen.lines.remember(versions[line.id], line)
    listed = tuple(_listed(x, versions[x.id].number, flags) for x in made.lines)
    new = replace(
        head or held.head,
        listed=listed,
        confirmed_by=made.confirmed_by,
        confirmed_at=made.confirmed_at,
        told=told_by(made.lines),
        is_test=of_test,
    )
    body = pen.lines.head_body(new, made.by_id(), pen.at)
    draft = pen.codec.drafted(body, kind=LIST, id=list_id(made.patient))
    version = await pen.tx.put(draft, method="PUT", expected=held.number or None)
    told = [{"line": x.id, "flag": flags.get(x.id, "")} for x in changed]
    detail = json.dumps({"version": version.number, "lines": told}, separators=(",", ":"))
    await pen.tx.emit(TOPIC, version, patients=(made.patient,), detail=detail)
    shown = {line.id: versions[line.id] for line in made.lines}
    return Held(replace(made, version=version.number), new, shown, version)


async def _is_of_test(pen: Pen, patient: str) -> bool:
    """Return whether a person whose list begins is marked as test data."""
    version = await pen.tx.read("Patient", patient)
    return version is not None and pen.lines.is_test(version)


def _listed(line: Line, number: int, flags: Mapping[str, str]) -> Listed:
    kept_by = line.owner if line.is_private else None
    return Listed(line.id, number, flags.get(line.id, ""), kept_by, line.due)


def told_by(lines: Sequence[Line]) -> tuple[tuple[Setting, datetime], ...]:
    """Return the newest content of each setting that wrote anything of some lines."""
    newest: dict[Setting, datetime] = {}
    for line in lines:
        for step in line.history:
            setting = step.by.setting
            newest[setting] = max(step.recorded, newest.get(setting, step.recorded))
    return tuple(newest.items())
