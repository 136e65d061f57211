"""A server whose access policy cannot be read says so at every door, to whoever is signed in."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest
from websockets.sync.client import connect

from garrod.adapters.subscriptions.notices import STALE
from tests.making.governed import person, spoiled_policy, team, weight
from tests.making.issuer import KEYS, SmallIssuer
from tests.making.server import JSON, Server, server

AUDIENCE = "https://garrod.example/fhir"
ISSUER = SmallIssuer("https://issuer.example")
HEADER = "x-garrod-policy"
CONTENT = {
    "url": "http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/"
    "backport-payload-content",
    "valueCode": "id-only",
}


def token(user: str, role: str, purpose: str = "TREAT") -> str:
    now = int(time.time())
    return ISSUER.token(
        aud=AUDIENCE, exp=now + 36_000, iat=now, fhirUser=user, role=role, purpose_of_use=purpose,
        scope="user/*.cruds",
    )  # fmt: skip


DOCTOR = token("Practitioner/d1", "prescriber")
STUDY = token("Practitioner/r1", "analyst", "HRESCH")


def settings_in(folder: Path, policy: Path) -> dict[str, str]:
    keys = folder / "jwks.json"
    keys.write_text(json.dumps({"keys": [k.as_dict(private=False) for k in KEYS.values()]}))
    return {
        "GARROD_ISSUER": ISSUER.base,
        "GARROD_AUDIENCE": AUDIENCE,
        "GARROD_JWKS": str(keys),
        "GARROD_POLICY": str(policy),
    }


@pytest.fixture(scope="module")
def stale(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Return a server that knows the last policy alone: its rules are spoiled since."""
    folder = tmp_path_factory.mktemp("stale")
    policy, data = spoiled_policy(folder)
    with server(data, settings=settings_in(folder, policy)) as running:
        for one in (person("p"), team("p", "Practitioner/d1"), weight("w", "p")):
            put(running, one)
        yield running


def put(running: Server, resource: dict[str, Any]) -> None:
    url = f"/fhir/{resource['resourceType']}/{resource['id']}"
    assert running.ask("PUT", url, json=resource).status_code in (200, 201)


def by(running: Server, who: str, method: str, path: str, body: Any = None) -> httpx.Response:
    headers = {"Authorization": f"Bearer {who}", "Content-Type": JSON}
    with httpx.Client(timeout=30) as client:
        return client.request(method, f"{running.base}{path}", headers=headers, json=body)


@pytest.mark.parametrize(
    ("who", "method", "path", "status"),
    [
        (DOCTOR, "GET", "/fhir/Observation/w", 200),
        (DOCTOR, "GET", "/fhir/Observation?subject=Patient/p", 200),
        (DOCTOR, "GET", "/fhir/Observation/not-there", 404),
        (STUDY, "GET", "/fhir/Observation/w", 403),
        (DOCTOR, "GET", "/fhir/AuditEvent?patient=p", 200),
        (DOCTOR, "HEAD", "/events", 200),
    ],
)
def test_care_goes_on_flagged_and_study_stops_flagged(
    stale: Server, who: str, method: str, path: str, status: int
) -> None:
    told = by(stale, who, method, path)
    assert (told.status_code, told.headers.get(HEADER)) == (status, "stale")


def test_local_user_whom_no_policy_limits_is_told_of_none(stale: Server) -> None:
    assert HEADER not in stale.ask("GET", "/fhir/Observation/w").headers


def test_stream_says_it_in_its_head(stale: Server) -> None:
    headers = {"Authorization": f"Bearer {DOCTOR}"}
    with httpx.stream("GET", f"{stale.base}/events", headers=headers, timeout=20) as stream:
        assert (stream.status_code, stream.headers.get(HEADER)) == (200, "stale")
    with httpx.stream("GET", f"{stale.base}/events", timeout=20) as stream:
        assert (stream.status_code, stream.headers.get(HEADER)) == (401, None)


def test_websocket_says_it_in_each_notification(stale: Server) -> None:
    asked = {
        "resourceType": "Subscription",
        "status": "requested",
        "reason": "to know",
        "criteria": "https://garrod.health/fhir/SubscriptionTopic/resource-changed",
        "channel": {"type": "websocket", "payload": JSON, "_payload": {"extension": [CONTENT]}},
    }
    made = by(stale, DOCTOR, "POST", "/fhir/Subscription", asked)
    assert made.status_code == 201, made.text
    path = f"/fhir/Subscription/{made.json()['id']}/$get-ws-binding-token"
    given = by(stale, DOCTOR, "GET", path).json()
    binding = next(p["valueString"] for p in given["parameter"] if p["name"] == "token")
    with connect(f"{stale.base.replace('http', 'ws', 1)}/fhir/ws", open_timeout=20) as socket:
        socket.send(f"bind-with-token {binding}")
        handshake = json.loads(socket.recv(timeout=20))
        put(stale, weight("w2", "p"))
        news = json.loads(socket.recv(timeout=20))
    for bundle in (handshake, news):
        assert bundle["meta"]["tag"] == [STALE]
    checked = stale.ask("POST", "/fhir/Bundle/$validate", json=news).json()
    assert not [i for i in checked["issue"] if i["severity"] in ("error", "fatal")], checked
