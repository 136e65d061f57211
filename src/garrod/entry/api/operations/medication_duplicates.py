"""$medication-duplicates of a Patient: shown by GET, overridden with a reason by POST."""

from __future__ import annotations

from garrod.adapters.fhir.lines.asked import parts_of, resource_of, word
from garrod.adapters.fhir.lines.doubled import duplicates_body
from garrod.adapters.fhir.lines.shown import outcome_saying
from garrod.adapters.fhir.record.parse import parse
from garrod.care.record.medicines_duplicates import duplicates_of, override
from garrod.entry.api.exchange import Answer, Asked
from garrod.entry.api.operations.medication import (
    asking_of,
    author_of,
    conditional,
    medicines_of,
    question_of,
)
from garrod.entry.api.rooms import Rooms


async def _duplicates(rooms: Rooms, asked: Asked) -> Answer:
    medicines = medicines_of(rooms)
    question_of(asked, ())
    if asked.method == "POST":
        parts = parts_of(resource_of(parse(asked.body)), ("line", "reason"))
        lines = frozenset(word({"line": [line]}, "line") for line in parts.get("line", []))
        await override(medicines, asked.actor, asking_of(asked), lines, word(parts, "reason"))
    patient = asked.path[1]
    found = await duplicates_of(medicines, asked.actor, patient, author_of(asked).setting)
    said = outcome_saying(f"{found.hidden} hidden line(s) were not looked at")
    body = duplicates_body(patient, found.pairs, found.hidden, said)
    return Answer(200, body, {"ETag": f'W/"{found.held.number}"'})


duplicates = conditional(_duplicates)
