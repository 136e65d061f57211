"""Calls of other systems: their FHIR server, their signed tokens, and whose record is whose."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from garrod.adapters.cds.catalogue import PREFETCH
from garrod.adapters.cds.clients import Client, Clients
from garrod.adapters.subscriptions.gate import Gate
from garrod.core.errors import InputError
from garrod.entry.hooks.desk import Settings, settings_of
from tests.making.doors import BASE, BEGIN, Told
from tests.making.ehr import Other, other
from tests.making.hooks import Hooks, call, drafts, hooks, order, person, statement
from tests.unit.fhir.test_person import genotype

NUMBER = "9000000009"
KEY = ECKey.generate_key("P-384", {"kid": "k1", "use": "sig"})
ISS = "https://ehr.example/"
SITE = "https://cds.example.org"
PAGE = "https://ehr-pages.example"
TOKEN = {"access_token": "lent", "token_type": "Bearer", "expires_in": 300, "scope": "x"}


def clients(*, reads_record: bool = False) -> Clients:
    keys = {"keys": [KEY.as_dict(private=False)]}
    known = Client(ISS, keys=keys, reads_record=reads_record)

    async def fetch(url: str) -> Any:
        raise AssertionError(url)

    return Clients((known,), fetch, lambda: BEGIN)


@contextmanager
def opened_record() -> Iterator[Hooks]:
    with hooks() as opened:
        found = genotype("CYP2C19", "*2/*2")
        subject = {"subject": {"reference": "Patient/ours"}}
        for resource in (
            person("ours", NUMBER),
            {**found, "id": "g1", **subject},
            person("same-id", "9876543210"),
            statement("s9", "Warfarin 3 mg tablets", "same-id"),
        ):
            kind, id = resource["resourceType"], resource["id"]
            told = opened.record.ask("PUT", f"{kind}/{id}", resource)
            assert told.status == 201, told.body
        yield opened


@pytest.fixture(scope="module")
def door() -> Iterator[Hooks]:
    with opened_record() as opened:
        yield opened


def asked(door: Hooks, server: Other, patient: str, **more: Any) -> Told:
    body = call("garrod-order-sign", order("o1", patient=patient), context={"patientId": patient})
    body |= {"fhirServer": server.base, "fhirAuthorization": TOKEN, **more}
    return door.ask("POST", "/garrod-order-sign", body)


def said(told: Told) -> str:
    return str(told.json)


def test_missing_prefetch_is_read_from_the_callers_server() -> None:
    patient = Settings(fhir=BASE, gate=Gate(frozenset(("loopback",))), seconds=60.0)
    with hooks(patient) as door, other() as server:
        taken = statement("s1", "Omeprazole 20 mg capsules", "far")
        server.answers = {
            "Patient/far": (200, person("far")),
            "MedicationStatement?patient=far": (200, drafts(taken)),
        }
        told = asked(door, server, "far")
        assert len(server.asked) == len(PREFETCH)
        assert {token for _, token in server.asked} == {"Bearer lent"}
    assert "omeprazole" in told.json["cards"][0]["summary"].lower()


def test_genome_of_the_record_is_used_for_the_same_nhs_number(door: Hooks) -> None:
    prefetch = {**dict.fromkeys(PREFETCH), "patient": person("far", NUMBER)}
    with other() as server:
        told = asked(door, server, "far", prefetch=prefetch)
        assert server.asked == []
    (card,) = told.json["cards"]
    assert card["indicator"] != "info"
    assert "CYP2C19" in card["detail"]
    creates = [
        action["resource"]
        for suggestion in card["suggestions"]
        for action in suggestion["actions"]
        if action["type"] == "create"
    ]
    assert creates
    assert {c["subject"]["reference"] for c in creates} == {"Patient/far"}
    for resource in creates:
        checked = door.record.ask("POST", "MedicationRequest/$validate", resource).json
        assert {i["severity"] for i in checked["issue"]} == {"information"}, checked
    actions = [action for s in card["suggestions"] for action in s["actions"]]
    deleted = [action["resourceId"] for action in actions if action["type"] == "delete"]
    assert set(deleted) == {"MedicationRequest/o1"}
    assert card["selectionBehavior"] == "at-most-one"
    assert len({s["uuid"] for s in card["suggestions"]}) == len(card["suggestions"])


def test_suggestion_taken_is_kept_by_name() -> None:
    prefetch = {**dict.fromkeys(PREFETCH), "patient": person("far", NUMBER)}
    with opened_record() as door, other() as server:
        (card,) = asked(door, server, "far", prefetch=prefetch).json["cards"]
        taken = card["suggestions"][0]
        told = {
            "card": card["uuid"],
            "outcome": "accepted",
            "acceptedSuggestions": [{"id": taken["uuid"]}],
            "outcomeTimestamp": "2036-03-03T09:30:00Z",
        }
        assert door.ask("POST", "/garrod-order-sign/feedback", {"feedback": [told]}).status == 200
        issue = door.record.ask("GET", "DetectedIssue?patient=Patient/ours").json["entry"][0]
    assert taken["label"] in issue["resource"]["mitigation"][0]["action"]["text"]
    assert "2036" not in str(issue["resource"]["mitigation"])


def test_id_of_another_server_is_never_taken_for_one_of_ours(door: Hooks) -> None:
    with other() as server:
        server.answers = {"Patient/same-id": (200, person("same-id"))}
        told = asked(door, server, "same-id")
    assert "warfarin" not in said(told).lower()


def test_server_that_is_down_is_said_on_the_card_and_nothing_is_silent(door: Hooks) -> None:
    down = Other(base="http://127.0.0.1:9/r4")
    told = asked(door, down, "far", prefetch={"patient": person("far")})
    assert told.status == 200
    (card,) = told.json["cards"]
    assert "could not be read" in card["detail"]


def test_slow_server_is_left_in_time_and_said(door: Hooks) -> None:
    with other() as server:
        server.seconds = 8.0
        told = asked(door, server, "far", prefetch={"patient": person("far")})
    assert told.status == 200
    assert "did not answer within" in said(told)
    assert "allergies" in told.json["cards"][0]["detail"]


def test_slow_server_and_nothing_else_is_412(door: Hooks) -> None:
    told = asked(door, Other(base="http://127.0.0.1:9/r4"), "far")
    assert told.status == 412
    assert "cannot be reached" in said(told)


def test_dispatched_order_is_read_from_the_callers_server(door: Hooks) -> None:
    with other() as server:
        server.answers = {
            "Patient/far": (200, person("far")),
            "MedicationRequest/m1": (200, order("m1", patient="far")),
        }
        context = {"patientId": "far", "dispatched-orders": ["MedicationRequest/m1"]}
        body = call("garrod-order-dispatch", context=context) | {"fhirServer": server.base}
        told = door.ask("POST", "/garrod-order-dispatch", body)
    assert told.json["extension"]["health.garrod.answer"]["orders"][0]["answer"] == "card"


def test_our_own_base_means_our_record(door: Hooks) -> None:
    body = call("garrod-order-sign", order("o1", patient="ours"), context={"patientId": "ours"})
    told = door.ask("POST", "/garrod-order-sign", body | {"fhirServer": BASE})
    assert "CYP2C19" in told.json["cards"][0]["detail"]


def token(path: str, nonce: str) -> dict[str, str]:
    at = int(BEGIN.timestamp())
    claims = {"iss": ISS, "aud": f"{SITE}{path}", "exp": at + 60, "iat": at, "jti": nonce}
    head = {"alg": "ES384", "kid": "k1", "typ": "JWT"}
    signed = jwt.encode(head, claims, KEY, algorithms=["ES384"])
    return {"authorization": f"Bearer {signed}", "host": "cds.example.org"}


SIGNED = Settings(base=SITE, fhir=BASE, gate=Gate(), origins=frozenset((PAGE,)))


def test_client_is_admitted_by_what_it_signed_for_this_address() -> None:
    with hooks(SIGNED, clients()) as door:
        path = "/cds-services"
        assert door.ask("GET", "", headers=token(path, "a")).status == 200
        assert door.ask("GET", "", headers=token(path, "a")).status == 401
        assert door.ask("GET", "", headers=token(f"{path}/x", "b")).status == 401
        local = {"host": "cds.example.org"}
        assert door.ask("GET", "", headers=local).status == 401, "not by this machine's token"
        page = {**token(path, "c"), "origin": PAGE}
        assert door.ask("GET", "", headers=page).headers["access-control-allow-origin"] == PAGE


@pytest.mark.parametrize(("may_read", "status"), [(False, 412), (True, 200)])
def test_client_reads_the_record_only_where_the_site_said_so(may_read: bool, status: int) -> None:
    with hooks(SIGNED, clients(reads_record=may_read)) as door:
        door.record.ask("PUT", "Patient/p1", person())
        path = "/cds-services/garrod-order-sign"
        headers = token(path, "d")
        told = door.ask("POST", "/garrod-order-sign", call("garrod-order-sign", order()), headers)
        assert told.status == status


def test_settings_are_read_from_the_environment(tmp_path: Any) -> None:
    file = tmp_path / "clients.json"
    file.write_text('{"clients": [{"iss": "https://a", "jku": "https://a/keys"}]}')
    found = settings_of(
        {
            "GARROD_CDS_CLIENTS": str(file),
            "GARROD_CDS_BASE": f"{SITE}/",
            "GARROD_EHR": "ehr.example.org, .nhs.uk",
            "GARROD_EHR_SECONDS": "0.5",
            "GARROD_CDS_ORIGINS": f"{PAGE}/",
            "GARROD_SMART_APP": "https://app.example/launch",
        }
    )
    assert found.clients[0].jku == "https://a/keys"
    assert found.base == SITE
    assert found.gate.hosts == {"ehr.example.org", ".nhs.uk"}
    assert found.origins == {PAGE}


@pytest.mark.parametrize(
    "wrong",
    [
        {"GARROD_CDS_CLIENTS": "/nowhere/clients.json"},
        {"GARROD_EHR_SECONDS": "soon"},
        {"GARROD_EHR_SECONDS": "900"},
        {"GARROD_CDS_BASE": "cds.example.org"},
        {"GARROD_SMART_APP": "javascript:alert(1)"},
    ],
)
def test_setting_that_cannot_be_meant_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(InputError, match="GARROD_"):
        settings_of(wrong)


def test_smart_app_is_linked_where_the_site_has_one() -> None:
    app = "https://app.example/launch"
    settings = Settings(fhir=BASE, gate=Gate(), app=app)
    with hooks(settings) as door:
        door.record.ask("PUT", "Patient/p1", person())
        (card,) = door.call("garrod-order-sign", context={"draftOrders": drafts(order())}).json[
            "cards"
        ]
        assert {"type": "smart", "url": app}.items() <= card["links"][-1].items()


def test_many_calls_at_once_are_each_answered() -> None:
    sent = json.dumps(call("garrod-order-sign", order(patient="p1"))).encode()
    headers = {"host": "localhost", "authorization": "Bearer token-of-the-tests"}
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/cds-services/garrod-order-sign",
        "query_string": b"",
        "headers": [(k.encode(), v.encode()) for k, v in headers.items()],
    }

    async def at_once(door: Hooks) -> list[int]:
        told = await asyncio.gather(*(door.asked(dict(scope), sent) for _ in range(30)))
        return [len(t.json["cards"]) for t in told]

    with hooks() as door:
        door.record.ask("PUT", "Patient/p1", person())
        assert door.record.runner.run(at_once(door)) == [1] * 30
