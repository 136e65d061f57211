"""Decisions of a form about rows of a reconciliation: those that are new, or what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from garrod.adapters.fhir.lines.dosage_reading import dose_of
from garrod.care.record.medication.compare import Row
from garrod.care.record.medication.line import Author, Content, Hold
from garrod.care.record.medication.reconcile import RECORD, Choice, Decision, Reconciliation
from garrod.entry.web.medicines.acting import day_in
from garrod.entry.web.reconcile.presenter import key_of
from garrod.entry.web.reconcile.traps import traps_of

Faults = list[tuple[str, str]]
OF_RECORD = "continue:0"  # the record's own list stands first
_SAME = ("choice", "reason", "content", "hold", "from_source")


def decisions_of(
    fields: Mapping[str, str],
    now: Reconciliation,
    sources: Sequence[str],
    by_at: tuple[Author, datetime],
    new_id: Callable[[], str],
) -> tuple[list[Decision], Faults]:
    """Return the decisions that are not kept already, and what is wrong at which field."""
    made: list[Decision] = []
    wrong: Faults = []
    for row in now.rows:
        said = fields.get(key_of(row), "")
        if not said:
            continue
        faults = list(_faults(row, said, fields))
        wrong += faults
        if faults:
            continue
        found = _decision(row, said, fields, sources, by_at)
        before = now.decided(row)
        if before and all(getattr(before, f) == getattr(found, f) for f in _SAME):
            continue
        made.append(replace(found, new_id=new_id(), new_treatment=new_id(), stop_id=new_id()))
    return made, wrong


def _faults(row: Row, said: str, fields: Mapping[str, str]) -> Faults:
    key, name = key_of(row), row.entries[0].line.content.medicine.text
    found: Faults = []
    if not said.startswith("continue:") and not fields.get(f"why-{key}"):
        found.append((f"#why-{key}", f"{name}: write why"))
    is_others = said.startswith("continue:") and said != OF_RECORD
    if is_others and traps_of(row) and not fields.get(f"why-{key}"):
        found.append((f"#why-{key}", f"{name}: look twice, and write why that list is right"))
    if said == "change" and not fields.get(f"say-{key}"):
        found.append((f"#say-{key}", f"{name}: write how it is to be taken"))
    if said == "hold" and not fields.get(f"until-{key}"):
        found.append((f"#until-{key}", f"{name}: say until when, or until what has happened"))
    return found


def _decision(
    row: Row,
    said: str,
    fields: Mapping[str, str],
    sources: Sequence[str],
    by_at: tuple[Author, datetime],
) -> Decision:
    key, (by, at) = key_of(row), by_at
    reason = fields.get(f"why-{key}", "")
    choice, _, place = said.partition(":")
    source, content, hold = "", None, None
    if choice == "continue":
        names = [e.source for e in row.entries]
        asked = sources[int(place)] if place.isdecimal() and int(place) < len(sources) else ""
        source = asked if asked in names else names[0]
    if choice == "change":
        content = _changed(row, fields[f"say-{key}"])
    if choice == "hold":
        until = fields[f"until-{key}"]
        day = day_in(until)
        hold = Hold(reason, day, "" if day else until)
    source = "" if source == RECORD else source
    reason = reason or (f"as {source} has it" if source else "")
    return Decision(row.id, Choice(choice), by, at, reason, content, hold, source)


def _changed(row: Row, directions: str) -> Content:
    was = (row.of(RECORD) or row.entries[0].line).content
    return replace(was, dose=dose_of([{"text": directions}]), directions=directions)
