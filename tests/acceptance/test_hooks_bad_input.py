"""Bad input over the doors: answered with what can be said and what cannot, never a silent pass."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.making.doors import Told
from tests.making.ehr import other
from tests.making.hooks import Hooks, call, drafts, hooks, order, person, statement

SERVICE = "garrod-order-sign"
CODED = {"coding": [{"system": "http://snomed.info/sct", "code": "999999999"}]}
TEXT: tuple[Any, ...] = ("", "\u202e\u0000", "x" * 20_000, "<script>alert(1)</script>", "💊 " * 50)


@pytest.fixture(scope="module")
def door() -> Iterator[Hooks]:
    with hooks() as opened:
        taken = statement("s1", "Warfarin 3 mg tablets")
        for resource in (person(), taken, person("p2")):
            kind, id = resource["resourceType"], resource["id"]
            assert opened.record.ask("PUT", f"{kind}/{id}", resource).status == 201
        yield opened


def sent(door: Hooks, *orders: Any, **more: Any) -> Told:
    return door.ask("POST", f"/{SERVICE}", call(SERVICE, *orders, **more))


def orders_of(told: Told) -> list[dict[str, Any]]:
    return list(told.json["extension"]["health.garrod.answer"]["orders"])


def is_told(told: Told) -> bool:
    """Return whether each draft has an answer, and none that was not judged is silent or clear."""
    unsure = {"unread", "notice", "card", "nothing"}
    shown = {c["extension"]["health.garrod.card"]["order"] for c in told.json["cards"]}
    return all(
        o["answer"] in unsure and (o["order"] in shown or o["not_assessed"])
        for o in orders_of(told)
    )


@pytest.mark.parametrize("named", [CODED, *({"text": text} for text in TEXT), {}, {"coding": []}])
def test_medicine_that_nobody_knows_is_never_silent(door: Hooks, named: Any) -> None:
    told = sent(door, order("o1", named or {"coding": [{}]}))
    assert told.status == 200
    assert told.json["cards"], "a draft that could not be read has a card that says so"
    assert is_told(told)
    assert "<script>" not in told.json["cards"][0]["detail"]


def test_each_of_many_drafts_keeps_its_own_answer_whatever_the_others_are(door: Hooks) -> None:
    bad: list[Any] = [
        order("a", CODED),
        order("b", "Ibuprofen 400 mg tablets"),
        order("c", "Ibuprofen 400 mg tablets", patient="p2"),
        {"resourceType": "MedicationRequest", "id": "d"},
        {"resourceType": "MedicationOrder", "id": "e", "status": "draft"},
    ]
    told = sent(door, *bad)
    said = {o["order"]: o["answer"] for o in orders_of(told)}
    assert said["MedicationRequest/b"] == "card"
    assert said["MedicationRequest/a"] == "notice"
    assert {said[f"MedicationRequest/{n}"] for n in "cd"} == {"unread"}
    assert len(said) == len(bad)
    shown = [c["extension"]["health.garrod.card"]["order"] for c in told.json["cards"]]
    assert len(shown) == len(set(shown)), "at most one card an order"


@pytest.mark.parametrize(
    "directions",
    [None, [], "two daily", [{}], [{"text": ""}], [{"doseAndRate": [{"doseQuantity": {}}]}],
     [{"doseAndRate": [{"doseQuantity": {"value": "many", "unit": "mg"}}]}],
     [{"doseAndRate": [{"doseQuantity": {"value": 10**30, "unit": "mg"}}]}],
     [{"timing": {"repeat": {"frequency": -1, "period": 0}}}], [None, 7, "x"]],
)  # fmt: skip
def test_dose_that_cannot_be_read_is_said(door: Hooks, directions: Any) -> None:
    draft = order("o1", "Ibuprofen 400 mg tablets", dosageInstruction=directions)
    told = sent(door, draft)
    assert told.status == 200, told.body
    assert told.json["cards"], "warfarin and ibuprofen are told of all the same"
    (answer,) = orders_of(told)
    assert "dose" in {n["subject"] for n in answer["not_assessed"]} or answer["answer"] == "unread"


@pytest.mark.parametrize("patient", ["p2", "nobody", "p1/../p2"])
def test_draft_of_somebody_else_is_not_judged(door: Hooks, patient: str) -> None:
    told = sent(door, order("o1", "Ibuprofen 400 mg tablets", patient=patient))
    assert orders_of(told)[0]["answer"] == "unread"
    assert "another person" in told.json["cards"][0]["detail"]
    assert "warfarin" not in json.dumps(told.json["cards"]).lower()


@pytest.mark.parametrize(
    "broken",
    [
        {"prefetch": {"patient": {"resourceType": "Patient"}}},
        {"prefetch": {"medicationStatements": [1, 2]}},
        {"prefetch": {"medicationStatements": {"resourceType": "Bundle", "entry": "none"}}},
        {"prefetch": {"allergies": {"resourceType": "Bundle", "entry": [None, {"resource": 7}]}}},
        {"prefetch": "everything"},
        {"context": {"draftOrders": {"entry": [{"resource": order()}]}}},
        {"fhirServer": 7},
        {"fhirServer": "file:///etc/passwd"},
        {"fhirAuthorization": {"access_token": ["x"]}},
        {"extension": [{"a": {"b": None}}], "hookInstance": "not-a-uuid"},
    ],
)
def test_call_with_broken_parts_is_answered_or_refused_never_a_fault(
    door: Hooks, broken: dict[str, Any]
) -> None:
    told = sent(door, order("o1", "Ibuprofen 400 mg tablets"), **broken)
    assert told.status in (200, 400, 412), told.body
    if told.status == 200:
        assert told.json["cards"]
    else:
        words = json.dumps(told.json["issue"])
        assert ("No order was checked" if told.status == 412 else '"CDS0') in words


def test_context_of_five_megabytes_is_answered_for_each_draft(door: Hooks) -> None:
    long = {"text": "y" * 5_200_000}
    told = sent(door, order("o1", "Ibuprofen 400 mg tablets", note=[long]), order("o2", CODED))
    assert told.status == 200
    assert {o["answer"] for o in orders_of(told)} == {"card", "notice"}


def test_server_of_the_caller_that_is_too_slow_is_said_on_the_card(door: Hooks) -> None:
    with other() as server:
        server.seconds = 8.0
        known = {"patient": person("far")}
        body = call(SERVICE, order("o1", "Ibuprofen 400 mg", "far"), context={"patientId": "far"})
        told = door.ask(
            "POST", f"/{SERVICE}", body | {"prefetch": known, "fhirServer": server.base}
        )
    assert told.status == 200
    (card,) = told.json["cards"]
    assert "medicines" in card["detail"] or "medicines" in card["summary"]
    assert "did not answer within" in json.dumps(told.json["extension"])


def test_nothing_that_was_refused_was_kept(door: Hooks) -> None:
    before = door.record.ask("GET", "DetectedIssue?patient=Patient/p2").json["total"]
    for body in (b"{", b"[]", json.dumps(drafts(order())).encode()):
        assert door.ask("POST", f"/{SERVICE}", body).status == 400
    assert door.record.ask("GET", "DetectedIssue?patient=Patient/p2").json["total"] == before
