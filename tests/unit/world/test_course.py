"""Lines, authorisations and supplies hang together; tests have their states."""

from collections import Counter, defaultdict

import pytest

from garrod.adapters.world.results import creatinine_of
from tests.unit.world.small_world import Json, resources, some_people

PEOPLE = 1_500


def of(found: tuple[Json, ...], kind: str) -> list[Json]:
    return [r for r in found if r["resourceType"] == kind]


def test_supply_is_collected_while_its_authorisation_stands() -> None:
    for found in some_people(PEOPLE):
        requests = {f"MedicationRequest/{r['id']}": r for r in of(found, "MedicationRequest")}
        for supply in of(found, "MedicationDispense"):
            request = requests[supply["authorizingPrescription"][0]["reference"]]
            valid = request["dispenseRequest"]["validityPeriod"]
            assert valid["start"] <= supply["whenHandedOver"] <= valid["end"]
            assert supply["identifier"] == request["identifier"]


def test_change_of_strength_names_the_prescription_before_it() -> None:
    requests = {f"MedicationRequest/{r['id']}": r for r in resources(PEOPLE, "MedicationRequest")}
    changed = [r for r in requests.values() if "priorPrescription" in r]
    assert len(changed) > 20
    for r in changed:
        before = requests[r["priorPrescription"]["reference"]]
        assert before["status"] == "stopped"
        assert _said(before) != _said(r)
        assert before["identifier"] == r["identifier"]


def _said(request: Json) -> tuple[Json, Json]:
    return request["medicationCodeableConcept"], request["dosageInstruction"][0]


def test_some_lists_do_not_follow_the_hospital() -> None:
    said: dict[str, set[str]] = defaultdict(set)
    for r in resources(PEOPLE, "MedicationStatement"):
        if not r["meta"]["source"].endswith("person"):
            said[r["identifier"][0]["value"]].add(r["status"])
    assert [t for t, statuses in said.items() if statuses == {"active", "stopped"}]


def test_lines_stop_with_a_reason() -> None:
    stopped = [r for r in resources(PEOPLE, "MedicationStatement") if r["status"] == "stopped"]
    assert stopped
    assert [r["id"] for r in stopped if "statusReason" not in r] == []


def test_genetic_tests_are_there_awaited_and_ordered() -> None:
    reports = {
        r["basedOn"][0]["reference"]: r["status"] for r in resources(PEOPLE, "DiagnosticReport")
    }
    states = Counter(
        reports.get(f"ServiceRequest/{r['id']}", "ordered")
        for r in resources(PEOPLE, "ServiceRequest")
        if "coding" not in r["code"]
    )
    assert set(states) == {"final", "registered", "ordered"}


def test_no_result_is_awaited_that_has_a_value() -> None:
    for r in resources(PEOPLE, "Observation"):
        has_value = any(key.startswith("value") for key in r) or "component" in r
        assert r["status"] == "final" or not any(key.startswith("value") for key in r)
        assert has_value


def test_hospitals_people_have_no_line_of_it_with_the_practice() -> None:
    sources = {
        r["meta"]["source"].rpartition("/")[2]
        for r in resources(PEOPLE, "MedicationRequest")
        if "olutegravir" in r["medicationCodeableConcept"]["text"]
    }
    assert sources <= {"hospital"}


def test_creatinine_gives_its_egfr_again() -> None:
    # a woman of 60 with 0.7 mg/dL: 141 x 0.993^60 x 1.018 = 94.2 (both powers are 1)
    assert round(creatinine_of(141 * 0.993**60 * 1.018, age=60, sex="female") / 88.4, 3) == 0.7
    assert creatinine_of(30, age=70, sex="male") > creatinine_of(60, age=70, sex="male")


@pytest.mark.parametrize(
    ("code", "unit", "low", "high"),
    [
        ("14682-9", "umol/L", 20, 900),  # creatinine
        ("62238-1", "mL/min/{1.73_m2}", 5, 130),  # eGFR
        ("2823-3", "mmol/L", 2.5, 7),  # potassium
        ("6301-6", "{INR}", 0.8, 9),  # INR
        ("59261-8", "mmol/mol", 20, 160),  # HbA1c
        ("29463-7", "kg", 2, 200),  # weight
        ("8302-2", "cm", 40, 210),  # height
    ],
)
def test_value_has_its_unit_and_is_one_that_people_have(
    code: str, unit: str, low: float, high: float
) -> None:
    found = [
        r["valueQuantity"]
        for r in resources(PEOPLE, "Observation")
        if r["code"]["coding"][0]["code"] == code
    ]
    assert len(found) > 10
    assert {value["code"] for value in found} == {unit}
    assert all(low <= value["value"] <= high for value in found)
    assert len({value["value"] for value in found}) > 5


def test_blood_tests_are_answered_awaited_cancelled_and_missed() -> None:
    panels = [r for r in resources(PEOPLE, "ServiceRequest") if "coding" in r["code"]]
    assert set(Counter(r["status"] for r in panels)) == {"completed", "active", "revoked"}
    answered = {r["basedOn"][0]["reference"][15:] for r in resources(PEOPLE, "DiagnosticReport")}
    assert {r["id"] for r in panels if r["status"] == "completed"} <= answered
    assert not {r["id"] for r in panels if r["status"] != "completed"} & answered
    last = {r["subject"]["reference"]: r["authoredOn"] for r in panels}
    on_metformin = [
        r["subject"]["reference"]
        for r in resources(PEOPLE, "MedicationStatement")
        if r["status"] == "active" and r["medicationCodeableConcept"]["text"].startswith("Metf")
    ]
    overdue = [who for who in on_metformin if last.get(who, "") < "2025-04-01"]
    assert 0 < len(overdue) < 0.5 * len(on_metformin)
