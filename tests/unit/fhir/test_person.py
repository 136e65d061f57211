"""A Bundle becomes a person; what is not theirs, or cannot be read, is said and not used."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from garrod.adapters.fhir.draft import draft_order
from garrod.adapters.fhir.person import latest_date, read_order, read_person
from garrod.core.advice import Option
from garrod.core.errors import FhirError
from garrod.core.person import Person

PATIENT = {"resourceType": "Patient", "id": "p1", "gender": "male", "birthDate": "1980"}
LOINC = "http://loinc.org"


def bundle(tmp_path: Path, *resources: dict[str, Any]) -> Path:
    entries = [{"fullUrl": f"urn:{i}", "resource": r} for i, r in enumerate(resources)]
    path = tmp_path / "person.json"
    path.write_text(json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries}))
    return path


def medicine(words: str, **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "MedicationStatement",
        "id": words,
        "status": "active",
        "subject": {"reference": "Patient/p1"},
        "medicationCodeableConcept": {"text": words},
        **more,
    }


def genotype(gene: str, value: str) -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": LOINC, "code": "84413-4"}]},
        "valueCodeableConcept": {"text": value},
        "component": [
            {
                "code": {"coding": [{"system": LOINC, "code": "48018-6"}]},
                "valueCodeableConcept": {"coding": [{"code": "HGNC:2621", "display": gene}]},
            }
        ],
    }


def test_bundle_gives_medicines_sex_and_youngest_age_of_a_partial_date(tmp_path: Path) -> None:
    person = read_person(bundle(tmp_path, PATIENT, medicine("codeine"))).person
    assert (person.sex, person.birth_date) == ("male", date(1980, 12, 31))
    assert [m.text for m in person.medicines] == ["codeine"]
    assert person.age_on(date(2000, 12, 30)) == 19


@pytest.mark.parametrize("status", ["stopped", "entered-in-error", "not-taken", "completed"])
def test_medicines_no_longer_taken_are_left_out(tmp_path: Path, status: str) -> None:
    read = read_person(bundle(tmp_path, PATIENT, medicine("codeine", status=status)))
    assert read.person.medicines == ()


def test_medicine_of_another_person_is_not_used_and_is_said(tmp_path: Path) -> None:
    other = medicine("codeine", subject={"reference": "Patient/p2"})
    person = read_person(bundle(tmp_path, PATIENT, other)).person
    assert person.medicines == ()
    assert "another person" in person.notes[0]


def test_medication_reference_inside_the_bundle_is_followed(tmp_path: Path) -> None:
    drug = {"resourceType": "Medication", "id": "m", "code": {"text": "simvastatin"}}
    line = medicine("x", medicationReference={"reference": "Medication/m"})
    del line["medicationCodeableConcept"]
    person = read_person(bundle(tmp_path, PATIENT, drug, line)).person
    assert person.medicines[0].text == "simvastatin"


def test_refuted_allergy_is_left_out_and_others_kept(tmp_path: Path) -> None:
    def allergy(words: str, status: str) -> dict[str, Any]:
        return {
            "resourceType": "AllergyIntolerance",
            "patient": {"reference": "Patient/p1"},
            "code": {"text": words},
            "verificationStatus": {"coding": [{"code": status}]},
        }

    path = bundle(tmp_path, PATIENT, allergy("aspirin", "refuted"), allergy("codeine", "confirmed"))
    assert [a.text for a in read_person(path).person.allergies] == ["codeine"]


@pytest.mark.parametrize("written", ["*2/*2", "CYP2C19*2/*2", "CYP2C19 *2/CYP2C19 *2"])
def test_genotype_observation_becomes_a_row_of_its_gene(tmp_path: Path, written: str) -> None:
    rows = read_person(bundle(tmp_path, PATIENT, genotype("CYP2C19", written))).rows
    assert [(r.gene, r.diplotype) for r in rows] == [("CYP2C19", "*2/*2")]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("not json", "FHR001"),
        ("[]", "FHR002"),
        ('{"resourceType": "Patient"}', "FHR002"),
        ('{"resourceType": "Bundle"}', "FHR003"),
    ],
)
def test_wrong_file_is_refused_with_its_code(tmp_path: Path, content: str, code: str) -> None:
    path = tmp_path / "bad.json"
    path.write_text(content)
    with pytest.raises(FhirError) as raised:
        read_person(path)
    assert raised.value.code == code
    assert str(path) in raised.value.message


def test_two_patients_in_a_bundle_are_refused(tmp_path: Path) -> None:
    with pytest.raises(FhirError, match="2 Patient resources"):
        read_person(bundle(tmp_path, PATIENT, {**PATIENT, "id": "p2"}))


def test_order_for_another_person_is_refused(tmp_path: Path) -> None:
    order = {
        "resourceType": "MedicationRequest",
        "subject": {"reference": "Patient/p2"},
        "medicationCodeableConcept": {"text": "codeine"},
    }
    path = tmp_path / "order.json"
    path.write_text(json.dumps(order))
    with pytest.raises(FhirError) as raised:
        read_order(path, Person("Patient/p1"))
    assert raised.value.code == "FHR006"


def test_order_without_a_medicine_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "order.json"
    path.write_text('{"resourceType": "MedicationRequest"}')
    with pytest.raises(FhirError) as raised:
        read_order(path, Person("Patient/p1"))
    assert raised.value.code == "FHR005"


def test_draft_order_is_a_draft_for_the_person_with_codes() -> None:
    order = draft_order(Option("prasugrel", "why", ("urn:s|c",)), Person("Patient/p1"))
    assert (order["status"], order["intent"]) == ("draft", "proposal")
    assert order["medicationCodeableConcept"]["coding"][0]["code"] == "c"


@pytest.mark.parametrize(
    ("written", "expected"),
    [("", None), ("x", None), ("1990-02", date(1990, 2, 28)), ("1990-02-03", date(1990, 2, 3))],
)
def test_partial_dates_are_read_as_their_last_day(written: str, expected: date | None) -> None:
    assert latest_date(written) == expected


def test_repr_of_a_person_shows_no_name_and_no_birth_date() -> None:
    shown = repr(Person("Patient/p1", name="Ada Example", birth_date=date(1980, 1, 2)))
    assert "Ada" not in shown
    assert "1980" not in shown
