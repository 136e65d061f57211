"""What other systems write beside the list: what each says of a therapy, and what it does not."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from garrod.adapters.fhir.lines.codec import FhirLines
from garrod.adapters.fhir.lines.reported import SOURCES
from garrod.care.record.medication.following import followed
from garrod.care.record.medication.line import Setting, State
from garrod.care.record.medication.lists import MedicationList
from garrod.care.record.medication.said import Reported
from garrod.care.record.medicines_ports import Near
from garrod.core.resource import Version
from tests.unit.record.formulary import FORMULARY

NOW = datetime(2026, 11, 1, tzinfo=UTC)
LINES = FhirLines()


def told(kind: str, **parts: Any) -> Reported | None:
    resource = {
        "resourceType": kind,
        "status": "active",
        "medicationCodeableConcept": {"text": "Ramipril 5 mg capsules"},
        "subject": {"reference": "Patient/p"},
        **parts,
    }
    return read({k: v for k, v in resource.items() if v is not None})


def read(resource: dict[str, Any], near: Near | None = None) -> Reported | None:
    body = json.dumps(resource).encode()
    return LINES.reported(
        Version(resource["resourceType"], "x", 1, NOW, "PUT", 1, body), near or Near()
    )


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("active", State.ACTIVE),
        ("on-hold", State.ON_HOLD),
        ("stopped", State.STOPPED),
        ("completed", State.COMPLETED),
        ("cancelled", None),
        ("unknown", None),
    ],
)
def test_state_of_a_request(status: str, state: State | None) -> None:
    found = told("MedicationRequest", status=status, intent="order")
    assert found is not None
    assert found.state is state


def test_proposal_is_a_draft_and_not_an_order() -> None:
    found = told("MedicationRequest", intent="proposal")
    assert found is not None
    assert found.state is State.DRAFT


@pytest.mark.parametrize(
    ("kind", "parts", "setting"),
    [
        ("MedicationRequest", {}, Setting.GP),
        (
            "MedicationRequest",
            {"category": [{"coding": [{"code": "inpatient"}]}]},
            Setting.HOSPITAL,
        ),
        ("MedicationDispense", {"status": "completed"}, Setting.COMMUNITY_PHARMACY),
        ("MedicationAdministration", {"status": "completed"}, Setting.HOSPITAL),
        ("MedicationStatement", {"informationSource": {"reference": "Patient/p"}}, Setting.PERSON),
        ("MedicationStatement", {"category": {"coding": [{"code": "outpatient"}]}}, Setting.CLINIC),
    ],
)
def test_setting_that_speaks(kind: str, parts: dict[str, Any], setting: Setting) -> None:
    found = told(kind, **parts)
    assert found is not None
    assert found.author.setting is setting


@pytest.mark.parametrize(
    "parts",
    [
        {"subject": {"reference": "Group/1"}},
        {"doNotPerform": True},
        {
            "medicationCodeableConcept": {
                "coding": [
                    {
                        "system": "http://hl7.org/fhir/uv/ips/CodeSystem/absent-unknown-uv-ips",
                        "code": "no-known-medications",
                    }
                ]
            }
        },
    ],
)
def test_what_names_no_medicine_of_a_person_says_nothing(parts: dict[str, Any]) -> None:
    assert told("MedicationRequest", **parts) is None


def test_medicine_is_found_within_and_beside() -> None:
    medicine = {"resourceType": "Medication", "id": "m", "code": {"text": "Aspirin 75 mg tablets"}}
    plain = {"medicationCodeableConcept": None}
    within = told(
        "MedicationRequest", **plain, contained=[medicine], medicationReference={"reference": "#m"}
    )
    assert within is not None
    assert within.content.medicine.text == "Aspirin 75 mg tablets"
    assert (within.content.medicine.form, within.content.medicine.strength) == ("tablet", "75 mg")
    resource = {
        "resourceType": "MedicationRequest",
        "status": "active",
        "medicationReference": {"reference": "Medication/m"},
        "subject": {"reference": "Patient/p"},
    }
    near = Near({"Medication/m": json.dumps(medicine).encode()})
    beside = read(resource, near)
    assert beside is not None
    assert beside.content.medicine.text == "Aspirin 75 mg tablets"
    alone = read(resource)
    assert alone is not None
    assert alone.content.medicine.text == "medicine not named"


def test_unit_that_nobody_knows_leaves_the_words() -> None:
    dosage = {
        "text": "one sup a day",
        "doseAndRate": [{"doseQuantity": {"value": 1, "unit": "sup"}}],
    }
    found = told("MedicationRequest", dosageInstruction=[dosage])
    assert found is not None
    assert found.content.dose is None
    assert found.content.directions == "one sup a day"


def resources(folder: Path) -> Iterator[dict[str, Any]]:
    for file in sorted(folder.rglob("*.json")):
        try:
            yield from _within(json.loads(file.read_text(encoding="utf-8")))
        except ValueError:
            continue


def _within(found: Any) -> Iterator[dict[str, Any]]:
    if isinstance(found, dict):
        if found.get("resourceType") in SOURCES and found.get("subject"):
            yield {**found, "subject": {"reference": "Patient/p"}}
        for value in found.values():
            yield from _within(value)
    elif isinstance(found, list):
        for value in found:
            yield from _within(value)


@pytest.mark.shared
@pytest.mark.parametrize("name", ["nhs-eps", "hl7-r4-examples", "hl7-ips-2.0.0"])
def test_list_follows_every_real_resource_and_keeps_its_words(shared: Path, name: str) -> None:
    count = 0
    for resource in resources(shared / "fhir" / name):
        found = read(resource)
        if found is None:
            continue
        count += 1
        ids = iter("abcdefgh")
        now = followed(MedicationList("p", 0), found, NOW, lambda i=ids: next(i), FORMULARY)
        for line in now.lines:
            body = LINES.line_body(line, "p")
            stored = Version("MedicationStatement", line.id, 1, NOW, "PUT", 1, body)
            assert FhirLines().line(stored) == line
            assert line.content.directions == found.content.directions
    assert count
