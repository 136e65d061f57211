"""Patient/$advise and POST /advice: guidance for systems without CDS Hooks."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import garrod.entry.story as story
from tests.making.doors import Door, Told, door
from tests.making.hooks import order, person, statement
from tests.making.server import Server, server
from tests.unit.fhir.test_person import genotype

STORY = Path(story.__path__[0])


@pytest.fixture(scope="module")
def fhir() -> Iterator[Door]:
    with door() as opened:
        found = {**genotype("CYP2C19", "*2/*2"), "id": "g1"}
        found["subject"] = {"reference": "Patient/p1"}
        taken = statement("s1", "Omeprazole 20 mg capsules")
        for resource in (person(), person("p2"), found, taken):
            kind, id = resource["resourceType"], resource["id"]
            assert opened.ask("PUT", f"{kind}/{id}", resource).status == 201
        yield opened


def advise(door: Door, *parts: dict[str, Any], patient: str = "p1", query: str = "") -> Told:
    body = {"resourceType": "Parameters", **({"parameter": list(parts)} if parts else {})}
    return door.ask("POST", f"Patient/{patient}/$advise{query}", body)


def named(name: str, **value: Any) -> dict[str, Any]:
    return {"name": name, **value}


def guidance(told: Told) -> list[dict[str, Any]]:
    assert told.status == 200, told.body
    return [p["resource"] for p in told.json["parameter"]]


def test_order_is_answered_by_a_guidance_response_that_is_valid(fhir: Door) -> None:
    (found,) = guidance(advise(fhir, named("order", resource=order())))
    assert found["resourceType"] == "GuidanceResponse"
    inside = {r["id"]: r for r in found["contained"]}
    group = inside["proposals"]
    assert found["result"]["reference"] == "#proposals"
    assert group["action"][0]["title"]
    drafts = [r for r in inside.values() if r["resourceType"] == "MedicationRequest"]
    assert drafts
    assert inside["gaps"]["issue"]
    checked = fhir.ask("POST", "GuidanceResponse/$validate", found).json
    assert {i["severity"] for i in checked["issue"]} == {"information"}, checked


def test_several_orders_and_medicines_are_answered_in_order(fhir: Door) -> None:
    concept = {"coding": [{"system": "http://www.whocc.no/atc", "code": "B01AC04"}]}
    coding = {"system": "http://www.whocc.no/atc", "code": "B01AC04"}
    found = guidance(
        advise(
            fhir,
            named("order", resource=order()),
            named("medicine", valueString="codeine 30 mg"),
            named("medicine", valueCodeableConcept=concept),
            named("medicine", valueCoding=coding),
        )
    )
    assert [g["reasonCode"][0]["text"] for g in found[:2]] == [
        "Clopidogrel 75 mg tablets",
        "codeine 30 mg",
    ]
    assert len(found) == 4
    for one in found:
        checked = fhir.ask("POST", "GuidanceResponse/$validate", one).json
        assert {i["severity"] for i in checked["issue"]} == {"information"}, checked


def test_without_an_order_everything_taken_is_reviewed(fhir: Door) -> None:
    for told in (advise(fhir), fhir.ask("GET", "Patient/p1/$advise")):
        (found,) = guidance(told)
        assert found["reasonCode"] == [{"text": "medicines"}]


def test_plain_shape_has_the_keys_of_the_command(fhir: Door) -> None:
    told = advise(fhir, named("order", resource=order()), named("shape", valueCode="plain"))
    assert set(told.json) == {"advice", "clear", "not_assessed", "card", "tasks"}
    assert told.json["card"]["summary"] == told.json["advice"][0]["title"]
    assert "uuid" not in told.json["card"]
    two = advise(
        fhir, named("medicine", valueString="codeine"), named("medicine", valueString="ibuprofen"),
        query="?shape=plain",
    )  # fmt: skip
    assert len(two.json["orders"]) == 2


def test_order_of_another_person_is_not_judged(fhir: Door) -> None:
    told = advise(fhir, named("order", resource=order(patient="p2")), query="?shape=plain")
    assert told.json["advice"] == []
    assert "another person" in told.json["not_assessed"][0]["reason"]
    assert told.json["card"]["summary"].startswith("Not fully checked")


@pytest.mark.parametrize(
    ("parts", "status"),
    [
        ([named("drug", valueString="x")], 400),
        ([named("order", resource=person())], 400),
        ([named("order", valueString="x")], 400),
        ([named("medicine", valueString=" ")], 400),
        ([named("medicine", valueInteger=7)], 400),
        ([named("medicine", valueCodeableConcept={"coding": [{}]})], 400),
        ([named("shape", valueCode="round")], 400),
        ([named("medicine", valueString="x")] * 60, 400),
    ],
)
def test_question_that_cannot_be_read_is_refused(
    fhir: Door, parts: list[dict[str, Any]], status: int
) -> None:
    assert advise(fhir, *parts).status == status


def test_nobody_is_not_advised(fhir: Door) -> None:
    assert advise(fhir, patient="nobody").status == 404
    assert fhir.ask("GET", "Patient/nobody/$advise?drug=x").status == 400
    fhir.ask("PUT", "Patient/gone", person("gone"))
    fhir.ask("DELETE", "Patient/gone")
    assert advise(fhir, patient="gone").status == 410


def test_nothing_is_kept_of_a_question(fhir: Door) -> None:
    before = fhir.ask("GET", "DetectedIssue").json["total"]
    advise(fhir, named("order", resource=order()))
    assert fhir.ask("GET", "DetectedIssue").json["total"] == before


def test_operation_is_declared(fhir: Door) -> None:
    (rest,) = fhir.ask("GET", "metadata").json["rest"]
    (patient,) = [r for r in rest["resource"] if r["type"] == "Patient"]
    assert "advise" in {o["name"] for o in patient["operation"]}


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with server(tmp_path_factory.mktemp("advice") / "data") as started:
        for entry in json.loads((STORY / "person.json").read_text())["entry"]:
            resource = entry["resource"]
            path = f"/fhir/{resource['resourceType']}/{resource['id']}"
            assert started.ask("PUT", path, json=resource).status_code == 201
        yield started


def post(running: Server, body: Any, **more: Any) -> Any:
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    return running.client.post(f"{running.base}/advice", content=sent, **more)


def test_person_and_medicine_in_one_call(running: Server) -> None:
    told = post(running, {"person": "demo-1", "medicine": "Clopidogrel 75 mg tablets"})
    assert told.status_code == 200
    assert set(told.json()) == {"advice", "clear", "not_assessed", "card"}
    coded = {"system": "http://www.whocc.no/atc", "code": "B01AC04"}
    same = post(running, {"person": "Patient/demo-1", "medicine": coded})
    assert [a["id"] for a in same.json()["advice"]] == [a["id"] for a in told.json()["advice"]]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        ({"person": "demo-1"}, 400),
        ({"person": 7, "medicine": "x"}, 400),
        ({"person": "demo-1", "medicine": ""}, 400),
        ({"person": "demo-1", "medicine": "x", "dose": 1}, 400),
        ({"person": "nobody", "medicine": "x"}, 404),
        ({"person": "../x", "medicine": "x"}, 404),
        (b'{"person": "demo-1", "person": "demo-2", "medicine": "codeine"}', 400),
        (b'{"person": "demo-1", "medicine": {"code": "1", "system": "a", "code": "2"}}', 400),
        ({"person": "demo-1", "medicine": "x" * 70_000}, 400),
    ],
)
def test_question_of_advice_that_cannot_be_read_is_refused(
    running: Server, body: Any, status: int
) -> None:
    told = post(running, body)
    assert told.status_code == status
    assert told.json()["resourceType"] == "OperationOutcome"


def test_advice_asks_for_the_token(running: Server) -> None:
    told = post(running, {"person": "demo-1", "medicine": "x"}, headers={"Authorization": "no"})
    assert told.status_code == 401


def test_hooks_stand_beside_the_other_doors_of_a_server(running: Server) -> None:
    found = running.client.get(f"{running.base}/cds-services")
    assert found.status_code == 200
    assert len(found.json()["services"]) == 7
    page = running.client.get(f"{running.base}/openapi.json").json()
    assert {"/cds-services/{service}", "/advice", "/fhir/Patient/{id}/$advise"} <= set(
        page["paths"]
    )
