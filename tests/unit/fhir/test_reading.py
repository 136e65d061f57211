"""What a bundle's resources say, field by field; what could not be read is said."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from garrod.adapters.fhir.bundle import Own
from garrod.adapters.fhir.draft import draft_order, with_orders
from garrod.adapters.fhir.medicine import line_of, read_order
from garrod.adapters.fhir.person import read_person
from garrod.core.advice import Option
from garrod.core.errors import FhirError
from garrod.core.person import Person
from tests.making.decisions import ACS, ADULT, CYP2C19_PM, ask
from tests.unit.fhir.test_person import PATIENT, bundle, genotype, medicine


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("authoredOn", "2020-03-01T10:00:00Z"),
        ("effectivePeriod", {"start": "2020-03-01"}),
        ("effectiveDateTime", "2020-03-01"),
    ],
)
def test_start_of_a_medicine_is_read_wherever_it_is_written(field: str, value: object) -> None:
    assert line_of(medicine("codeine", **{field: value}), Own()).started == date(2020, 3, 1)


def test_reason_code_of_a_medicine_is_read_by_coding_and_words() -> None:
    reason = {"coding": [{"system": "s", "code": "1", "display": "d"}], "text": "ACS"}
    line = line_of(medicine("clopidogrel", reasonCode=[reason]), Own())
    assert [(c.code, c.display) for c in line.reasons] == [("1", "d"), ("", "ACS")]


def test_contained_medication_is_found_by_its_id() -> None:
    resource = medicine(
        "x",
        contained=[
            {"resourceType": "Medication", "id": "a", "code": {"text": "codeine"}},
            {"resourceType": "Medication", "id": "b", "code": {"text": "tramadol"}},
        ],
        medicationReference={"reference": "#b"},
    )
    del resource["medicationCodeableConcept"]
    assert line_of(resource, Own()).text == "tramadol"


def test_only_results_that_could_not_be_read_are_counted_as_unread(tmp_path: Path) -> None:
    nameless = {**genotype("", "odd words"), "component": []}
    withdrawn = {**nameless, "status": "entered-in-error"}
    path = bundle(tmp_path, PATIENT, genotype("CYP2C19", "*2/*2"), nameless, withdrawn)
    (note,) = read_person(path).person.notes
    assert note.startswith("1 genomic results")


def test_result_entered_in_error_is_not_read(tmp_path: Path) -> None:
    withdrawn = {**genotype("CYP2C19", "*2/*2"), "status": "entered-in-error"}
    assert read_person(bundle(tmp_path, PATIENT, withdrawn)).rows == ()


def test_allergy_without_words_or_codes_is_said(tmp_path: Path) -> None:
    empty = {"resourceType": "AllergyIntolerance", "patient": {"reference": "Patient/p1"}}
    person = read_person(bundle(tmp_path, PATIENT, empty)).person
    assert person.allergies == ()
    assert person.notes == ("an allergy without words or codes could not be read",)


@pytest.mark.parametrize("kind", ["security", "tag"])
def test_person_marked_as_test_data_is_synthetic(tmp_path: Path, kind: str) -> None:
    marked: dict[str, Any] = {**PATIENT, "meta": {kind: [{"code": "HTEST"}, {"code": "R"}]}}
    assert read_person(bundle(tmp_path, marked)).person.is_synthetic
    assert not read_person(bundle(tmp_path, PATIENT)).person.is_synthetic


@pytest.mark.parametrize(
    ("quantity", "weight"),
    [
        ({"value": 71.5, "code": "kg"}, "71.5"),
        ({"value": 71.5, "unit": "kg"}, "71.5"),
        ({"value": 158, "code": "[lb_av]", "unit": "lb"}, None),
    ],
)
def test_weight_is_read_in_kilograms_only(
    tmp_path: Path, quantity: dict[str, Any], weight: str | None
) -> None:
    seen = {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"code": "29463-7"}]},
        "valueQuantity": quantity,
    }
    found = read_person(bundle(tmp_path, PATIENT, seen)).person.weight_kg
    assert (None if found is None else str(found)) == weight


def test_draft_order_is_a_proposal_and_never_active() -> None:
    order = draft_order(Option("prasugrel", "why", ()), Person("Patient/p1"))
    assert order["resourceType"] == "MedicationRequest"
    assert (order["status"], order["intent"]) == ("draft", "proposal")
    assert order["medicationCodeableConcept"]["text"] == "prasugrel"


def test_draft_order_carries_each_code_with_its_system_and_name() -> None:
    order = draft_order(Option("prasugrel", "why", ("urn:s|c",)), Person("Patient/p1"))
    coding = {"system": "urn:s", "code": "c", "display": "prasugrel"}
    assert order["medicationCodeableConcept"]["coding"] == [coding]
    assert order["subject"] == {"reference": "Patient/p1"}


def test_orders_are_drafted_for_options_with_a_code_and_for_no_group() -> None:
    (advice,) = ask(replace(ADULT, conditions=(ACS,)), "clopidogrel", CYP2C19_PM).advice
    group = Option("another class", "why")
    drafted = with_orders(replace(advice, options=(*advice.options, group)), ADULT)
    *named, last = [option.order for option in drafted.options]
    assert [order["medicationCodeableConcept"]["text"] for order in named if order] == [
        option.name for option in advice.options
    ]
    assert {order["subject"]["reference"] for order in named if order} == {"Patient/1"}
    assert last is None


@pytest.mark.parametrize("status", ["cancelled", "completed", "entered-in-error", "stopped"])
def test_order_that_has_ended_is_no_proposal(tmp_path: Path, status: str) -> None:
    path = tmp_path / "order.json"
    order = {**medicine("codeine"), "resourceType": "MedicationRequest", "status": status}
    path.write_text(json.dumps(order))
    with pytest.raises(FhirError, match=f"is {status}") as raised:
        read_order(path, Own(frozenset(("Patient/p1",))))
    assert raised.value.code == "FHR007"


@pytest.mark.parametrize("version", ["", "/_history/2"])
def test_reference_to_a_version_of_a_resource_is_followed(tmp_path: Path, version: str) -> None:
    drug = {"resourceType": "Medication", "id": "m", "code": {"text": "simvastatin"}}
    line = medicine(
        "x",
        medicationReference={"reference": f"Medication/m{version}"},
        subject={"reference": f"Patient/p1{version}"},
    )
    del line["medicationCodeableConcept"]
    person = read_person(bundle(tmp_path, PATIENT, drug, line)).person
    assert [m.text for m in person.medicines] == ["simvastatin"]


def test_allergy_of_another_person_is_not_used_and_is_said(tmp_path: Path) -> None:
    theirs = {
        "resourceType": "AllergyIntolerance",
        "patient": {"reference": "Patient/p2"},
        "code": {"text": "ticagrelor"},
    }
    person = read_person(bundle(tmp_path, PATIENT, theirs)).person
    assert person.allergies == ()
    assert "another person" in person.notes[0]


def places(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Return the path to every value inside a JSON value."""
    found: list[tuple[str | int, ...]] = []
    keys = (
        value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    )
    for key in keys:
        found += [(*path, key), *places(value[key], (*path, key))]
    return found


@pytest.mark.parametrize("junk", [None, 1, "s", [], [None], ["s"], {}, True])
def test_malformed_value_anywhere_in_a_bundle_is_never_a_traceback(
    tmp_path: Path, junk: object
) -> None:
    allergy = {"resourceType": "AllergyIntolerance", "code": {"coding": [{"code": "b"}]}}
    line = medicine("codeine", reasonCode=[{"text": "x"}], effectivePeriod={"start": "2020"})
    whole = bundle(tmp_path, PATIENT, line, allergy, genotype("CYP2C19", "*1/*2")).read_text()
    for path in places(json.loads(whole)):
        broken = spot = json.loads(whole)
        for key in path[:-1]:
            spot = spot[key]
        spot[path[-1]] = junk
        written = tmp_path / "broken.json"
        written.write_text(json.dumps(broken))
        try:
            said = read_person(written).person.reference
        except FhirError as error:
            said = error.code
        assert said.startswith(("Patient/", "FHR002", "FHR003")), path


@pytest.mark.parametrize(("code", "is_pregnant"), [("LA15173-0", True), ("LA26683-5", False)])
def test_pregnancy_is_read_from_its_observation(
    tmp_path: Path, code: str, is_pregnant: bool
) -> None:
    seen = {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"code": "82810-3"}]},
        "valueCodeableConcept": {"coding": [{"code": code}]},
    }
    assert read_person(bundle(tmp_path, PATIENT, seen)).person.is_pregnant is is_pregnant
    assert read_person(bundle(tmp_path, PATIENT)).person.is_pregnant is None
