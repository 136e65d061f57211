"""Persons of a line of a table, for reviews of whole lists of medicines.

medicines: "ibuprofen 400 mg tablets, one tablet at night @100" began 100 days ago; "@300-30" ended
30 days ago; "#gout" says what it is for. conditions: words, "~" before one that is resolved, "@90"
days since. results: "egfr=44@10" is a measure of the packs, its value and how many days ago.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal

from garrod.adapters.packs.load import load_shelf
from garrod.care.decide.knowledge import load_knowledge
from garrod.core.dosage import dosage_in, is_open_ended
from garrod.core.medicine import Coding, MedicineLine
from garrod.core.person import Condition, Person, Result
from garrod.core.quantity import Quantity

KNOWLEDGE = load_knowledge(load_shelf())
TODAY = date(2026, 6, 1)
DAYS = re.compile(r"\s*@(\d+)(?:-(\d+))?")


def reviewed_person(row: dict[str, str]) -> Person:
    """Return the person of a row: age, sex, medicines, conditions, results."""
    lines = [_line(text) for text in _parts(row["medicines"])]
    return Person(
        "Patient/x",
        sex=row.get("sex") or "female",
        birth_date=date(TODAY.year - int(row["age"]), TODAY.month, TODAY.day),
        medicines=tuple(line for line in lines if line.ended is None),
        past=tuple(line for line in lines if line.ended is not None),
        conditions=tuple(_condition(text) for text in _parts(row["conditions"])),
        results=tuple(_result(text) for text in _parts(row["results"])),
    )


def _parts(cell: str) -> list[str]:
    return [part.strip() for part in cell.split("|") if part.strip()]


def _ago(text: str) -> tuple[str, date | None, date | None]:
    found = DAYS.search(text)
    if found is None:
        return text, None, None
    began, ended = (TODAY - timedelta(int(d)) if d else None for d in found.groups())
    return DAYS.sub("", text), began, ended


def _line(text: str) -> MedicineLine:
    words, began, ended = _ago(text)
    words, _, reason = words.partition("#")
    said = dosage_in(words)
    return MedicineLine(
        words.partition(",")[0].strip(),
        reasons=(Coding("", "", reason.strip()),) if reason else (),
        started=began or TODAY - timedelta(5),
        reference=f"MedicationRequest/{words.split()[0]}",
        route=said.route,
        daily_mg=said.daily_mg,
        ended=ended,
        is_as_needed=is_open_ended(words),
    )


def _condition(text: str) -> Condition:
    words, began, _ = _ago(text)
    is_active, words = not words.startswith("~"), words.lstrip("~").strip()
    return Condition(words, (Coding("", "", words),), began, is_active, f"Condition/{words[:9]}")


def _result(text: str) -> Result:
    words, seen, _ = _ago(text)
    name, _, value = words.partition("=")
    measure = KNOWLEDGE.clinical.measures[name]
    amount = Quantity(Decimal(value or "1"), measure.unit)
    words = " ".join(measure.words[0])
    return Result(words, (), amount, "", seen, f"Observation/{name}")
