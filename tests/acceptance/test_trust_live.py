"""A real server, people signed in, streams that are open: consent ends, and so does the telling."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest
from websockets.sync.client import connect

from tests.making.governed import consent, person, team, weight
from tests.making.issuer import KEYS, SmallIssuer
from tests.making.listening import Listener, wait_until
from tests.making.server import JSON, Server, server

AUDIENCE = "https://garrod.example/fhir"
ISSUER = SmallIssuer("https://issuer.example")


def token(user: str, role: str, purpose: str = "TREAT", scope: str = "user/*.cruds") -> str:
    """Return an access token that is good for ten minutes from now."""
    now = int(time.time())
    return ISSUER.token(
        aud=AUDIENCE, exp=now + 36_000, iat=now, fhirUser=user, role=role, purpose_of_use=purpose,
        scope=scope,
    )  # fmt: skip


@dataclass
class Site:
    """A running server, asked by its own user or with a token."""

    server: Server

    def load(self, *resources: dict[str, Any]) -> None:
        for resource in resources:
            url = f"/fhir/{resource['resourceType']}/{resource['id']}"
            assert self.server.ask("PUT", url, json=resource).status_code in (200, 201)

    def by(self, who: str, method: str, path: str, body: Any = None) -> httpx.Response:
        headers = {"Authorization": f"Bearer {who}", "Content-Type": JSON}
        with httpx.Client(timeout=30) as client:
            return client.request(method, f"{self.server.base}{path}", headers=headers, json=body)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("trusted")
    keys = folder / "jwks.json"
    keys.write_text(json.dumps({"keys": [k.as_dict(private=False) for k in KEYS.values()]}))
    named = {
        "GARROD_ISSUER": ISSUER.base, "GARROD_AUDIENCE": AUDIENCE, "GARROD_JWKS": str(keys),
    }  # fmt: skip
    with server(folder / "data", settings=named) as running:
        yield Site(running)


def test_stream_tells_nothing_once_consent_was_withdrawn(site: Site) -> None:
    site.load(person("s1"), person("s2"), consent("cs1", "s1"))
    study = token("Practitioner/r1", "analyst", "HRESCH")
    listener = Listener(site.server.base, "", token=study)
    try:
        site.load(weight("before", "s1"), weight("others", "s2"))
        (heard,) = listener.wait_for(1)
        assert (heard["kind"], heard["id"]) == ("Observation", "before")
        site.load({**consent("cs1", "s1"), "status": "inactive"})
        time.sleep(1)
        site.load(*(weight(f"after-{n}", "s1") for n in range(20)))
        site.load(consent("cs2", "s2"), weight("last", "s2"))
        wait_until(lambda: any(e["id"] == "last" for e in listener.heard.events))
        told = [e["id"] for e in listener.heard.events]
        assert not [id for id in told if id.startswith("after")]
        assert {p for e in listener.heard.events[1:] for p in e["patients"]} == {"s2"}
    finally:
        listener.close()


CONTENT = {
    "url": "http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/"
    "backport-payload-content",
    "valueCode": "id-only",
}


def test_subscription_tells_nothing_once_consent_was_withdrawn(site: Site) -> None:
    site.load(person("w1"), person("w2"), team("w1", "Practitioner/d1"))
    site.load(team("w2", "Practitioner/d1"))
    doctor = token("Practitioner/d1", "prescriber")
    asked = {
        "resourceType": "Subscription",
        "status": "requested",
        "reason": "to know",
        "criteria": "https://garrod.health/fhir/SubscriptionTopic/resource-changed",
        "channel": {"type": "websocket", "payload": JSON, "_payload": {"extension": [CONTENT]}},
    }
    made = site.by(doctor, "POST", "/fhir/Subscription", asked)
    assert made.status_code == 201, made.text
    id = made.json()["id"]
    other = token("Practitioner/d9", "prescriber")
    assert site.by(other, "GET", f"/fhir/Subscription/{id}").status_code == 404
    assert site.by(other, "GET", "/fhir/Subscription?_summary=count").json()["total"] == 0
    assert site.by(other, "DELETE", f"/fhir/Subscription/{id}").status_code == 204
    assert site.by(doctor, "GET", f"/fhir/Subscription/{id}").status_code == 200
    given = site.by(doctor, "GET", f"/fhir/Subscription/{id}/$get-ws-binding-token").json()
    binding = next(p["valueString"] for p in given["parameter"] if p["name"] == "token")
    place = site.server.base.replace("http://", "ws://") + "/fhir/ws"
    with connect(place, open_timeout=20) as socket:
        socket.send(f"bind-with-token {binding}")
        site.load(weight("w-before", "w1"))
        said = ""
        while "w-before" not in said:
            said += str(socket.recv(timeout=20))
        site.load(consent("cw1", "w1", "deny"))
        time.sleep(1)
        site.load(weight("w-after", "w1"), weight("w-last", "w2"))
        said = ""
        while "w-last" not in said:
            said += str(socket.recv(timeout=20))
        assert "w-after" not in said


def test_page_is_never_told_of_a_person_to_whom_one_has_no_relation(site: Site) -> None:
    site.load(person("x1"), weight("x-w", "x1"))
    doctor = token("Practitioner/d9", "prescriber")
    for path in ("/fhir/Patient/x1", "/fhir/Observation/x-w", "/audit/people/x1"):
        assert site.by(doctor, "GET", path).status_code in (403, 404)
    asked = {"person": "x1", "medicine": "paracetamol"}
    known = site.by(doctor, "POST", "/advice", asked)
    unknown = site.by(doctor, "POST", "/advice", {**asked, "person": "x2"})
    assert known.status_code == unknown.status_code == 404
    assert known.text.replace("x1", "ID") == unknown.text.replace("x2", "ID")
    listening = [
        site.by(doctor, "HEAD", f"/events?patient={id}").status_code for id in ("x1", "x2")
    ]
    assert listening == [404, 404]
    call = {
        "hook": "patient-view",
        "hookInstance": "6bd5ee4a-4a5e-4b3f-9a49-7a4b6c1d2e3f",
        "context": {"userId": "Practitioner/d9", "patientId": "x1"},
    }
    answers = []
    for id in ("x1", "x2"):
        call["context"] = {"userId": "Practitioner/d9", "patientId": id}
        told = site.by(doctor, "POST", "/cds-services/garrod-patient-view", call)
        answers.append((told.status_code, told.text.replace(id, "ID")))
    assert answers[0] == answers[1]
    assert answers[0][0] == 412


def test_person_reads_their_own_record_and_history_of_access(site: Site, tmp_path: Path) -> None:
    site.load(person("own"), weight("own-w", "own"), person("nobodys"))
    mine = token("Patient/own", "", "PATRQT", "patient/*.rs")
    assert site.by(mine, "GET", "/fhir/Observation/own-w").status_code == 200
    assert site.by(mine, "GET", "/fhir/Patient/nobodys").status_code == 404
    assert site.by(mine, "GET", "/fhir/Patient?_summary=count").json()["total"] == 1
    told = site.by(mine, "GET", "/audit/people/own")
    assert told.status_code == 200, told.text
