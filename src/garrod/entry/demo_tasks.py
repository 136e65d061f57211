"""What waits on the lists of those who work in the demo: made up, and marked so."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from garrod.adapters.fhir.cards import OWNERS, TEAMS
from garrod.adapters.fhir.lines.names import CODES
from garrod.entry.demo_story import MARK

FhirJson = dict[str, Any]
# Whom it is about, what kind it is, whose it is, in how many days it is due, what is to be done
WAITING = (
    ("demo-7", "monitor", "prescriber", 0, "Look at a creatinine of 210 µmol/L",
     "It is high: mind it before anything that the kidneys clear, such as metformin."),
    ("demo-8", "pharmacist-review", "pharmacist", 2, "Go through the list after a stay in hospital",
     "The hospital stopped one medicine, put one on hold and started one."),
    ("demo-8", "monitor", "prescriber", 5, "Kidneys and potassium after the hospital",
     "Ramipril is on hold until the creatinine is back."),
    ("demo-2", "advice-test", "laboratory", 7, "CYP2C19, before clopidogrel",
     "Nothing is known of this gene, and clopidogrel is being thought of."),
)  # fmt: skip


def waiting() -> Iterator[FhirJson]:
    """Yield the tasks that wait, each due some days from today."""
    now = datetime.now(UTC)
    for number, (patient, code, team, days, words, about) in enumerate(WAITING, 1):
        yield {
            "resourceType": "Task",
            "id": f"demo-task-{number}",
            "meta": {"tag": [MARK]},
            "status": "requested",
            "intent": "order",
            "priority": "routine",
            "code": {"coding": [{"system": CODES, "code": code}], "text": words},
            "description": about,
            "for": {"reference": f"Patient/{patient}"},
            "authoredOn": now.isoformat(timespec="seconds"),
            "owner": {
                "identifier": {"system": OWNERS, "value": team},
                "display": TEAMS.get(team, team.capitalize()),
            },
            "restriction": {"period": {"end": (now + timedelta(days=days)).date().isoformat()}},
        }
