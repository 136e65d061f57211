"""A reconciliation as Parameters: rows side by side, what differs, what was decided.

And the other way: Parameters of a step -> source lists and decisions.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from garrod.adapters.fhir.json import Resource
from garrod.adapters.fhir.lines.asked import (
    LINE_PARTS,
    Parts,
    coded,
    content_of,
    entry_of,
    hold_of,
    moment,
    parts_of,
    word,
)
from garrod.adapters.fhir.lines.statement import written
from garrod.care.record.medication.compare import Row, SourceList
from garrod.care.record.medication.dose_words import words_of
from garrod.care.record.medication.line import Author, Line, Setting
from garrod.care.record.medication.reconcile import Choice, Decision, Reconciliation
from garrod.care.record.medication.transitions import begun
from garrod.care.record.medicines_reconcile import Opened
from garrod.core.errors import FhirError

_SOURCE = frozenset(("name", "setting", "asOf", "line"))
_DECISION = (LINE_PARTS - {"act", "line", "state", "link", "other", "private", "treatment"}) | {
    "row",
    "choice",
    "fromSource",
}


def sources_in(parts: Parts, by: Author, at: datetime) -> tuple[SourceList, ...]:
    """Return the source lists that Parameters hold.  Raises: FhirError FHR152."""
    return tuple(_source(held, by, at) for held in parts.get("source", []))


def _source(held: Resource, by: Author, at: datetime) -> SourceList:
    parts = parts_of(held, _SOURCE, within="part")
    name = word(parts, "name")
    setting = Setting(coded(parts, "setting", [s.value for s in Setting], by.setting.value))
    if not name:
        raise FhirError("a source of a reconciliation needs a name.", code="FHR152")
    teller = Author(by.who, by.role, by.organisation, setting, by.system, by.on_behalf_of)
    lines = tuple(
        _line(one, f"{name}-{number}", teller, at)
        for number, one in enumerate(parts.get("line", []), 1)
    )
    return SourceList(name, setting, moment(parts, "asOf", at), lines)


def _line(held: Resource, usual: str, by: Author, at: datetime) -> Line:
    given = parts_of(held, LINE_PARTS - {"act"}, within="part")
    id = word(given, "line") or usual
    step = entry_of({**given, "act": ["begin"]}, by, at, {}).step
    assert step is not None, "a beginning is a step"
    return begun(id, word(given, "treatment") or f"of-{id}", step)


def decisions_in(
    parts: Parts, by: Author, at: datetime, now: Reconciliation, new_id: Callable[[], str]
) -> tuple[Decision, ...]:
    """Return the decisions that Parameters hold.  Raises: FhirError FHR152."""
    rows = {row.id: row for row in now.rows}
    found = []
    for held in parts.get("decision", []):
        given = parts_of(held, _DECISION, within="part")
        row = rows.get(word(given, "row"))
        choice = Choice(coded(given, "choice", [c.value for c in Choice]))
        found.append(
            Decision(
                row_id=word(given, "row"),
                choice=choice,
                by=by,
                at=moment(given, "effective", at),
                reason=word(given, "reason"),
                content=_content(given, row, choice),
                hold=hold_of(given) if choice is Choice.HOLD else None,
                from_source=word(given, "fromSource"),
                new_id=new_id(),
                new_treatment=new_id(),
                stop_id=new_id(),
            )
        )
    return tuple(found)


def _content(given: Parts, row: Row | None, choice: Choice) -> Any:
    says = given.keys() & {"medicine", "dose", "directions", "form", "strength", "brand"}
    if not says:
        return None
    was = row.entries[0].line.content if row and choice is not Choice.SUBSTITUTE else None
    return content_of(given, was)


def opened_body(found: Opened) -> bytes:
    """Return a reconciliation as the bytes of Parameters."""
    parts: list[Resource] = [
        {"name": "reconciliation", "valueString": found.id},
        {"name": "move", "valueCode": found.case.move.value},
        {"name": "list-version", "valueInteger": found.case.base},
        {"name": "unresolved", "valueInteger": len(found.now.unresolved())},
    ]
    parts += [_row(row, found.now) for row in found.now.rows]
    return written({"resourceType": "Parameters", "parameter": parts})


def _row(row: Row, now: Reconciliation) -> Resource:
    decision = now.decided(row)
    parts: list[Resource] = [
        {"name": "id", "valueString": row.id},
        {"name": "match", "valueString": row.match.value},
    ]
    parts += [{"name": "entry", "part": _entry(e.source, e.line)} for e in row.entries]
    for found in row.discrepancies:
        said = [
            {"name": "kind", "valueString": found.kind.value},
            {"name": "words", "valueString": found.words},
        ]
        parts.append({"name": "discrepancy", "part": said})
    if decision is not None:
        said = [
            {"name": "choice", "valueCode": decision.choice.value},
            {"name": "by", "valueString": f"{decision.by.who} ({decision.by.setting.value})"},
        ]
        if decision.reason:
            said.append({"name": "reason", "valueString": decision.reason})
        parts.append({"name": "decision", "part": said})
    return {"name": "row", "part": parts}


def _entry(source: str, line: Line) -> list[Resource]:
    content = line.content
    found: list[Resource] = [
        {"name": "source", "valueString": source},
        {"name": "line", "valueString": line.id},
        {"name": "medicine", "valueString": content.medicine.text or "not named"},
        {"name": "state", "valueCode": line.state.value},
    ]
    if content.directions.strip():
        found.append({"name": "directions", "valueString": content.directions})
    if content.dose is not None:
        found.append({"name": "dose", "valueString": words_of(content.dose)})
    return found
