"""CDS Hooks through its door: each draft answered once, and silence never where it is not clear."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.making.doors import Told
from tests.making.hooks import Hooks, call, drafts, hooks, order, person, statement

REASONS = "https://garrod.health/fhir/override-reason"
OMEPRAZOLE = statement("s1", "Omeprazole 20 mg capsules")


@pytest.fixture(scope="module")
def door() -> Iterator[Hooks]:
    with hooks() as opened:
        for resource in (person(), OMEPRAZOLE, person("p2"), person("p3", "9000000009")):
            kind, id = resource["resourceType"], resource["id"]
            assert opened.record.ask("PUT", f"{kind}/{id}", resource).status == 201
        yield opened


def sent(door: Hooks, *orders: Any, service: str = "garrod-order-sign", **more: Any) -> Told:
    return door.ask("POST", f"/{service}", call(service, *orders, **more))


def answers(told: Told) -> list[dict[str, Any]]:
    return list(told.json["extension"]["health.garrod.answer"]["orders"])


def notes(told: Told) -> str:
    return " ".join(told.json["extension"]["health.garrod.answer"].get("notes", []))


def empties(value: Any) -> Iterator[Any]:
    if value in (None, "", [], {}):
        yield value
    for inner in value.values() if isinstance(value, dict) else ():
        yield from empties(inner)
    for inner in value if isinstance(value, list) else ():
        yield from empties(inner)


def test_discovery_lists_a_service_for_each_hook_with_its_prefetch(door: Hooks) -> None:
    told = door.ask("GET", "")
    assert told.status == 200
    hooked = {s["hook"]: s for s in told.json["services"]}
    assert set(hooked) == {
        *("patient-view", "order-select", "order-sign", "order-dispatch", "medication-refill"),
        *("encounter-discharge", "appointment-book"),
    }
    for service in hooked.values():
        assert {"hook", "title", "description", "id", "prefetch"} <= service.keys()
        assert service["prefetch"]["patient"] == "Patient/{{context.patientId}}"


def test_person_of_the_record_is_answered_without_prefetch(door: Hooks) -> None:
    told = sent(door, order())
    assert told.status == 200
    (card,) = told.json["cards"]
    assert "omeprazole" in card["summary"].lower()
    assert len(card["summary"]) < 140
    assert card["indicator"] in ("info", "warning", "critical")
    assert card["source"]["label"]
    assert card["extension"]["health.garrod.card"]["order"] == "MedicationRequest/o1"
    assert {c["code"] for c in card["overrideReasons"]} >= {"will-monitor", "tolerated-before"}
    assert all(c["display"] and c["system"] == REASONS for c in card["overrideReasons"])
    assert "systemActions" not in told.json


def test_no_field_of_a_card_is_null_or_empty(door: Hooks) -> None:
    for card in sent(door, order(), order("o2", "Codeine 30 mg"), order("o3", "Zzyzx")).json[
        "cards"
    ]:
        assert list(empties(card)) == []


def test_several_drafts_are_answered_each(door: Hooks) -> None:
    told = sent(door, order(), order("o2", "Zzyzx 5 mg"), order("o3", "Paracetamol 500 mg tablets"))
    said = {a["order"]: a["answer"] for a in answers(told)}
    assert said["MedicationRequest/o1"] == "card"
    assert said["MedicationRequest/o2"] == "notice"
    assert set(said) == {f"MedicationRequest/o{n}" for n in (1, 2, 3)}


def test_unknown_medicine_is_said_on_a_card_of_its_own(door: Hooks) -> None:
    told = sent(door, order("o9", {"coding": [{"system": "http://snomed.info/sct", "code": "1"}]}))
    (card,) = told.json["cards"]
    assert card["summary"].startswith("Not fully checked")
    assert card["indicator"] == "info"
    assert "suggestions" not in card


@pytest.mark.parametrize(
    ("draft", "why"),
    [
        (order("o1", patient="p2"), "another person"),
        (order("o1", doNotPerform=True), "not to be given"),
        (order("o1", status="stopped"), "not to be given"),
        (order("o1", {"coding": [{}]}), "names no medicine"),
        ({"resourceType": "MedicationOrder", "id": "o1", "status": "draft"}, "version of FHIR"),
    ],
)
def test_draft_that_cannot_be_judged_is_said_and_not_judged(
    door: Hooks, draft: dict[str, Any], why: str
) -> None:
    told = sent(door, draft)
    (card,) = told.json["cards"]
    assert why in card["detail"]
    assert answers(told)[0]["answer"] == "unread"
    assert "advice" not in card["extension"]["health.garrod.card"]


def test_draft_without_dose_is_judged_and_says_that_no_dose_was_read(door: Hooks) -> None:
    (answer,) = answers(sent(door, order()))
    assert "dose" in {n["subject"] for n in answer["not_assessed"]}


def test_orders_that_are_no_medicines_are_counted(door: Hooks) -> None:
    scan = {"resourceType": "ServiceRequest", "id": "x", "status": "draft"}
    assert "1 orders are no medicines" in notes(sent(door, order(), scan))


def test_only_selected_drafts_get_a_card_and_the_others_count_as_taken(door: Hooks) -> None:
    who, service = {"patientId": "p2"}, "garrod-order-select"
    both = (order("o1", patient="p2"), order("o2", "Omeprazole 20 mg capsules", patient="p2"))
    told = sent(
        door, *both, service=service, context={**who, "selections": ["MedicationRequest/o1"]}
    )
    assert [a["order"] for a in answers(told)] == ["MedicationRequest/o1"]
    assert "omeprazole" in told.json["cards"][0]["detail"].lower()


def test_signing_does_not_repeat_what_choosing_said_and_choosing_again_does(door: Hooks) -> None:
    who = {"userId": "Practitioner/twice"}
    chosen = [sent(door, order(), service="garrod-order-select", context=who) for _ in range(2)]
    assert [len(told.json["cards"]) for told in chosen] == [1, 1]
    signed = sent(door, order(), context=who)
    assert signed.json["cards"] == []
    assert answers(signed)[0]["answer"] == "quiet"
    assert len(sent(door, order(), context={"userId": "Practitioner/other"}).json["cards"]) == 1


def test_dispatched_orders_are_read_from_the_record(door: Hooks) -> None:
    held = {**order("held"), "status": "active"}
    assert door.record.ask("PUT", "MedicationRequest/held", held).status in (200, 201)
    context = {"dispatchedOrders": ["MedicationRequest/held", "MedicationRequest/lost"]}
    told = sent(door, service="garrod-order-dispatch", context={**context, "performer": "x/1"})
    said = {a["order"]: a["answer"] for a in answers(told)}
    assert said == {"MedicationRequest/held": "card", "MedicationRequest/lost": "unread"}
    door.record.ask("DELETE", "MedicationRequest/held")


def test_refill_is_answered_from_the_bundle_of_medications(door: Hooks) -> None:
    told = sent(door, service="garrod-medication-refill", context={"medications": drafts(order())})
    assert answers(told)[0]["order"] == "MedicationRequest/o1"


@pytest.mark.parametrize("hook", ["patient-view", "encounter-discharge", "appointment-book"])
def test_reviews_show_few_cards(door: Hooks, hook: str) -> None:
    told = sent(door, service=f"garrod-{hook}", context={"encounterId": "e1"})
    assert told.status == 200
    assert len(told.json["cards"]) <= 5
    assert list(empties(told.json["cards"])) in ([], [[]])


def test_nobody_known_is_412_and_says_that_nothing_was_checked(door: Hooks) -> None:
    told = sent(door, order("o1", patient="nobody"), context={"patientId": "nobody"})
    assert told.status == 412
    assert "No order was checked" in told.json["issue"][0]["details"]["text"]


def test_prefetch_alone_is_answered_and_what_was_not_sent_is_said(door: Hooks) -> None:
    prefetch = {"patient": person("far"), "medicationStatements": None}
    more = {"context": {"patientId": "far"}, "prefetch": prefetch}
    (card,) = sent(door, order("o1", patient="far"), **more).json["cards"]
    assert "allergies" in card["detail"]
    assert "genetic results" in card["detail"]


def test_whole_prefetch_leaves_no_source_unsaid(door: Hooks) -> None:
    keys = door.ask("GET", "").json["services"][0]["prefetch"]
    prefetch: dict[str, Any] = dict.fromkeys(keys)
    prefetch["patient"] = person("far")
    prefetch["medicationStatements"] = drafts(statement("s", "Omeprazole 20 mg capsules", "far"))
    more = {"context": {"patientId": "far"}, "prefetch": prefetch}
    told = sent(door, order("o1", patient="far"), **more)
    assert "omeprazole" in told.json["cards"][0]["summary"].lower()
    assert "sources" not in {n["subject"] for n in answers(told)[0]["not_assessed"]}


def test_failed_prefetch_is_said(door: Hooks) -> None:
    keys = door.ask("GET", "").json["services"][0]["prefetch"]
    failed = {"resourceType": "OperationOutcome", "issue": [{"severity": "error"}]}
    prefetch = {**dict.fromkeys(keys), "patient": person("far"), "allergies": failed}
    more = {"context": {"patientId": "far"}, "prefetch": prefetch}
    told = sent(door, order("o1", "Paracetamol 500 mg", patient="far"), **more)
    assert "allergies" in told.json["cards"][0]["summary"]


def test_patient_who_is_somebody_else_is_not_used(door: Hooks) -> None:
    told = sent(door, order(), prefetch={"patient": person("p2", "9000000009")})
    assert "not the one that the call is about" in notes(told)


def test_record_with_another_nhs_number_is_not_used(door: Hooks) -> None:
    other = person("p3", "9876543210")
    told = sent(
        door, order("o1", patient="p3"), context={"patientId": "p3"}, prefetch={"patient": other}
    )
    assert "another NHS number" in notes(told)


def test_stale_prefetch_gives_way_to_the_record(door: Hooks) -> None:
    door.record.ask("PUT", "MedicationStatement/old", statement("old", "Warfarin 3 mg tablets"))
    ended = {**statement("old", "Warfarin 3 mg tablets"), "status": "completed"}
    assert door.record.ask("PUT", "MedicationStatement/old", ended).status == 200
    stale = {**statement("old", "Warfarin 3 mg tablets"), "meta": {"versionId": "1"}}
    told = sent(
        door,
        order("o1", "Ibuprofen 400 mg tablets"),
        prefetch={"patient": person(), "medicationStatements": drafts(stale)},
    )
    assert "1 of the resources sent along were older" in notes(told)
    assert "warfarin" not in json.dumps(told.json["cards"]).lower()


def test_fields_of_another_version_are_passed_over_and_noted(door: Hooks) -> None:
    told = sent(
        door, order(), user="Practitioner/1", context={"medications": [1]}, **{"a\u0000b": 1}
    )
    said = notes(told)
    assert told.status == 200
    assert "user is not known here" in said
    assert "context.medications is not known here" in said
    assert "\u0000" not in said


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "CDS001"),
        (b"[]", "CDS001"),
        (b'{"hook": "order-sign"', "CDS001"),
        (b'{"hook":"patient-view","context":{"patientId":"p1"}}', "CDS003"),
        (b'{"hook":"order-sign","context":{}}', "CDS004"),
        (b'{"hook":"order-sign","context":{"patientId":"../x"}}', "CDS004"),
        (b'{"hook":"order-sign","context":{"patientId":"p1"}}', "CDS004"),
        (b'{"a":' + b"[" * 120 + b"]" * 120 + b"}", "CDS002"),
        (b"[" * 100_000, "CDS001"),
    ],
)
def test_body_that_is_no_call_is_refused_with_its_code(door: Hooks, body: bytes, code: str) -> None:
    told = door.ask("POST", "/garrod-order-sign", body)
    assert told.status == 400
    assert told.json["issue"][0]["diagnostics"] == code


def test_call_of_five_megabytes_is_answered(door: Hooks) -> None:
    many = [
        order(f"o{n}", "Paracetamol 500 mg tablets", note=[{"text": "x" * 50_000}])
        for n in range(100)
    ]
    told = sent(door, *many)
    assert told.status == 200
    assert len(answers(told)) == 100


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/garrod-order-sign", 405), ("POST", "", 405), ("POST", "/none", 404),
     ("POST", "/garrod-order-sign/other", 404), ("GET", "/a/b/c", 404)],
)  # fmt: skip
def test_other_addresses_and_methods_are_refused(
    door: Hooks, method: str, path: str, status: int
) -> None:
    assert door.ask(method, path, {}).status == status


def test_feedback_becomes_an_event_of_the_record_and_a_task(door: Hooks) -> None:
    who = {"patientId": "p2", "userId": "Practitioner/feedback"}
    taken = statement("s2", "Omeprazole 20 mg capsules", "p2")
    door.record.ask("PUT", "MedicationStatement/s2", taken)
    (card,) = sent(door, order("o1", patient="p2"), context=who).json["cards"]
    told = {
        "card": card["uuid"],
        "outcome": "overridden",
        "overrideReason": {
            "reason": {"code": "will-monitor", "system": REASONS},
            "userComment": "watching\u0000it",
        },
        "outcomeTimestamp": "2026-03-03T09:30:00Z",
    }
    unknown = {**told, "card": "00000000-0000-4000-8000-000000000000"}
    kept = door.ask("POST", "/garrod-order-sign/feedback", {"feedback": [told, unknown]})
    assert kept.status == 200
    assert kept.json["extension"]["health.garrod.answer"] == {
        "kept": [card["uuid"]],
        "unknown": [unknown["card"]],
    }
    issues = door.record.ask("GET", "DetectedIssue?patient=Patient/p2").json
    assert issues["entry"][0]["resource"]["status"] == "final"
    (task,) = door.record.ask("GET", "Task?patient=Patient/p2").json["entry"]
    assert task["resource"]["owner"]
    assert sent(door, order("o1", patient="p2"), context=who).json["cards"] == []
    elsewhere = door.ask("POST", "/garrod-order-select/feedback", {"feedback": [told]})
    assert elsewhere.status == 404


def test_feedback_about_a_stranger_stays_out_of_the_record(door: Hooks) -> None:
    prefetch = {
        "patient": person("far"),
        "medicationStatements": drafts(statement("s", "Omeprazole", "far")),
    }
    more = {"context": {"patientId": "far"}, "prefetch": prefetch}
    (card,) = sent(door, order("o1", patient="far"), **more).json["cards"]
    told = {
        "card": card["uuid"],
        "outcome": "overridden",
        "outcomeTimestamp": "2026-03-03T09:30:00Z",
    }
    assert door.ask("POST", "/garrod-order-sign/feedback", {"feedback": [told]}).status == 200
    strangers = door.consult.strangers
    kept = door.record.runner.run(strangers.kept())  # type: ignore[attr-defined]
    assert kept[-1]["card"] == card["extension"]["health.garrod.card"]["card"]
    assert 'total":0' in door.record.ask("GET", "DetectedIssue?patient=Patient/far").body.decode()


@pytest.mark.parametrize(
    "entry",
    [
        {},
        {"card": "x y", "outcome": "accepted"},
        {"card": "a", "outcome": "ignored", "outcomeTimestamp": "2026-03-03T09:30:00Z"},
        {"card": "a", "outcome": "accepted", "outcomeTimestamp": "2026-03-03T09:30:00Z"},
        {"card": "a", "outcome": "overridden", "outcomeTimestamp": "yesterday"},
        {"card": "a", "outcome": "overridden", "outcomeTimestamp": "2026-13-03T09:30:00Z"},
        {"card": "a", "outcome": "overridden"},
        7,
    ],
)
def test_feedback_that_cannot_be_read_is_refused(door: Hooks, entry: Any) -> None:
    told = door.ask("POST", "/garrod-order-sign/feedback", {"feedback": [entry]})
    assert told.status == 400
    assert told.json["issue"][0]["diagnostics"] == "CDS005"


def test_token_is_asked_and_pages_from_elsewhere_are_refused(door: Hooks) -> None:
    assert door.ask("GET", "", headers={"authorization": "Bearer wrong"}).status == 401
    assert door.ask("GET", "", headers={"authorization": ""}).status == 401
    assert door.ask("GET", "", headers={"host": "evil.example"}).status == 403
    assert door.ask("GET", "", headers={"origin": "https://evil.example"}).status == 403


def test_page_of_this_machine_may_ask(door: Hooks) -> None:
    origin = {"origin": "http://localhost:8080"}
    asked = door.ask("OPTIONS", "/garrod-order-sign", headers={**origin, "authorization": ""})
    assert asked.status == 204
    assert asked.headers["access-control-allow-origin"] == origin["origin"]
    assert "POST" in asked.headers["access-control-allow-methods"]
    told = door.ask("GET", "", headers=origin)
    assert told.headers["access-control-allow-origin"] == origin["origin"]
