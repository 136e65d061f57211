"""Every usual dose of the pack makes a draft that keeps UK Core's profile (on the shared data)."""

from pathlib import Path
from typing import Any

import pytest

from garrod.adapters.fhir.check.profiles import Profiles
from garrod.adapters.fhir.draft import draft_order
from garrod.adapters.fhir.validate.issue import Issue, Severity
from garrod.adapters.packs.load import load_shelf
from garrod.care.decide.options import codes_of
from garrod.care.decide.service import load_knowledge
from garrod.core.advice import Option
from garrod.core.person import Person
from validation.fhir_ukcore import imported

pytestmark = [pytest.mark.shared, pytest.mark.slow]
PROFILE = "https://fhir.hl7.org.uk/StructureDefinition/UKCore-MedicationRequest"
KNOWLEDGE = load_knowledge(load_shelf())


def drafts() -> list[dict[str, Any]]:
    """Return the draft of every usual dose."""
    found = []
    for drug, rows in KNOWLEDGE.treatments.doses.items():
        medicine = KNOWLEDGE.medicines.by_id(drug)
        assert medicine is not None
        for row in rows:
            option = Option(medicine.name, "r", codes_of(medicine), dose=row.dose)
            found.append(draft_order(option, Person("Patient/1")))
    return found


def test_draft_of_every_usual_dose_keeps_uk_core(shared: Path, tmp_path: Path) -> None:
    shelf, _ = imported(tmp_path)
    profiles = Profiles(shelf)
    assert PROFILE in profiles.known()

    def faults(draft: dict[str, Any]) -> list[Issue]:
        return [i for i in profiles.check(draft, [PROFILE]) if i.severity is Severity.ERROR]

    made = drafts()
    assert {d["medicationCodeableConcept"]["text"]: faults(d) for d in made if faults(d)} == {}
    assert faults({**made[0], "intent": "wish"})
