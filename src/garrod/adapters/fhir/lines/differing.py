"""A stale write as FHIR tells it: an OperationOutcome with the difference, line by line.

Each field has an issue of its own with an extension: line, field, side, base, theirs, mine.
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from enum import Enum

import orjson

from garrod.adapters.fhir.json import Resource
from garrod.adapters.fhir.lines.names import ROOT
from garrod.adapters.fhir.lines.nested import part
from garrod.adapters.fhir.outcome import outcome_of
from garrod.care.record.medication.confirm import StaleList
from garrod.care.record.medication.dose import Regimen, VariableByInr
from garrod.care.record.medication.dose_words import words_of
from garrod.care.record.medication.line import Hold, MedicineOf
from garrod.care.record.medication.lists import ABSENT, FieldDifference, Side

DIFFERENCE = f"{ROOT}/StructureDefinition/medication-list-difference"
_SIDES = {Side.THEIRS: "theirs", Side.MINE: "mine", Side.SAME: "same", Side.CONFLICT: "conflict"}


def stale_outcome(stale: StaleList) -> bytes:
    """Return an OperationOutcome of a stale write: first what to do, then each difference."""
    found = orjson.loads(outcome_of(stale))
    for line in stale.difference:
        found["issue"] += [_issue(line.line_id, field) for field in line.fields]
    return orjson.dumps(found)


def _issue(line_id: str, field: FieldDifference) -> Resource:
    values = {name: value_words(getattr(field, name)) for name in ("base", "theirs", "mine")}
    parts = [
        part("line", "String", line_id),
        part("field", "String", field.field),
        part("side", "Code", _SIDES[field.side]),
        *(part(name, "String", value) for name, value in values.items()),
    ]
    said = "; ".join(f"{name}: {value or 'nothing'}" for name, value in values.items())
    is_error = field.side is Side.CONFLICT
    return {
        "extension": [{"url": DIFFERENCE, "extension": [p for p in parts if p is not None]}],
        "severity": "error" if is_error else "information",
        "code": "conflict",
        "details": {"text": f"line {line_id}, {field.field} ({field.side.value}): {said}"},
        "diagnostics": f"MedicationStatement/{line_id} {field.field}",
    }


def value_words(value: object) -> str:
    """Return a value of a line in words; "" for nothing."""
    if value == ABSENT or value is None or value == "":
        return ""
    if isinstance(value, Regimen | VariableByInr):
        return words_of(value)
    if isinstance(value, MedicineOf):
        return value.text
    if isinstance(value, Hold):
        until = value.resumes.isoformat() if value.resumes else value.resumes_when
        return f"{value.reason}, until {until}"
    if isinstance(value, tuple):
        return ", ".join(value_words(v) for v in value)
    return _plain(value)


def _plain(value: object) -> str:
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, date):
        return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        said = (value_words(getattr(value, f.name)) for f in fields(value))
        return " ".join(s for s in said if s)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value) if isinstance(value, str | int | Decimal) else ""
