"""Who saw a record, told to the person: compared with the list of requests that were really sent.

A real server, its tokens made by an issuer of the test; the page is read as a browser without
scripts reads it.
"""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest

from garrod.adapters.audit.proofs import holds
from tests.making.governed import person, team, weight
from tests.making.issuer import KEYS, SmallIssuer
from tests.making.server import JSON, TOKEN, Server, free_port, server

pytestmark = pytest.mark.slow
ISSUER = SmallIssuer("https://issuer.example")
SCOPE = "user/*.cruds patient/*.cruds"
REASON = "found unconscious at home"
Line = tuple[str, str, str, str]  # who, what, why, outcome


@dataclass
class Site:
    """A server, and the list of every request that was sent to it about somebody."""

    server: Server
    audience: str
    sent: list[tuple[str, Line]] = field(default_factory=list)  # whom it was about, and as what

    def token(self, user: str, role: str, **more: Any) -> str:
        now = int(time.time())
        times = {"iat": now, "exp": now + 600, "auth_time": now, "jti": f"{user}-{len(self.sent)}"}
        claims = {"aud": self.audience, "fhirUser": user, "role": role, "scope": SCOPE}
        given: dict[str, Any] = claims | times | more
        return ISSUER.token(**given)

    def by(self, user: str, role: str, method: str, path: str, body: Any = None) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.token(user, role)}", "Content-Type": JSON}
        content = json.dumps(body).encode() if body is not None else b""
        url = f"{self.server.base}{path}"
        with httpx.Client(timeout=30) as client:
            return client.request(method, url, headers=headers, content=content)

    def pages(self, patient: str) -> Iterator[str]:
        """Yield the pages of somebody's history, as the local user has them."""
        with httpx.Client(timeout=30, base_url=self.server.base) as browser:
            browser.post("/sign-in", data={"token": TOKEN})
            path = f"/patients/{patient}/access"
            while path:
                answer = browser.get(path)
                assert answer.status_code == 200, answer.text
                yield answer.text
                more = re.search(r'href="([^"]*[?]before=\d+)"', answer.text)
                path = unescape(more[1]) if more else ""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder, port = tmp_path_factory.mktemp("history"), free_port()
    keys = folder / "jwks.json"
    keys.write_text(json.dumps({"keys": [k.as_dict(private=False) for k in KEYS.values()]}))
    audience = f"http://127.0.0.1:{port}/fhir"
    named = {"GARROD_ISSUER": ISSUER.base, "GARROD_AUDIENCE": audience, "GARROD_JWKS": str(keys)}
    with server(folder / "d", port=port, settings=named) as running:
        for resource in (
            person("p", birthDate="1960-01-01"), person("q"), team("p", "Practitioner/d1"),
            team("q", "Practitioner/d1"), weight("w", "p"), weight("wq", "q"),
        ):  # fmt: skip
            path = f"/fhir/{resource['resourceType']}/{resource['id']}"
            assert running.ask("PUT", path, json=resource).status_code == 201
        yield Site(running, audience)


def parameters(**parts: str) -> dict[str, Any]:
    listed = [{"name": name, "valueString": value} for name, value in parts.items()]
    return {"resourceType": "Parameters", "parameter": listed}


GP, ED = ("Practitioner/d1", "prescriber"), ("Practitioner/d9", "prescriber")
LAB, OWN = ("Practitioner/l1", "laboratory-scientist"), ("Patient/p", "patient")
# Who asks what, of whom, how it ends; the deed as the audit says it.
SENT = (
    (GP, "GET", "/fhir/Patient/p", None, 200, "read"),
    (GP, "GET", "/fhir/Observation?patient=p", None, 200, "search"),
    (GP, "GET", "/fhir/Observation/w/_history", None, 200, "history"),
    (GP, "GET", "/fhir/Observation/w", None, 200, "read"),
    (GP, "GET", "/fhir/Patient/p/$medication-list", None, 200, "operate"),
    (GP, "POST", "/fhir/Observation", weight("", "p"), 201, "create"),
    (GP, "POST", "/advice", {"person": "p", "medicine": "ibuprofen"}, 200, "decide"),
    (OWN, "GET", "/fhir/Patient/p/$everything", None, 200, "operate"),
    (ED, "GET", "/fhir/Patient/p", None, 404, "read"),
    (LAB, "POST", "/fhir/Patient/p/$break-glass", parameters(reason=REASON), 403, "break"),
    (ED, "POST", "/fhir/Patient/p/$break-glass", parameters(reason=REASON), 201, "break"),
    (ED, "GET", "/fhir/Patient/p", None, 200, "read"),
    (ED, "GET", "/fhir/Observation/w", None, 200, "read"),
    (ED, "GET", "/fhir/Observation?patient=p,q", None, 200, "search"),
    (ED, "POST", "/fhir/Patient/p/$mend-glass", parameters(), 200, "mend"),
    (ED, "GET", "/fhir/Patient/p", None, 404, "read"),
    (GP, "GET", "/fhir/Patient/q", None, 200, "read"),  # nobody else's is in it
    (GP, "GET", "/fhir/Organization", None, 200, "search"),
)
DEEDS = {"break": "break the glass", "mend": "mend the glass"}
ROW = re.compile(r'<tr data-index="(\d+)" data-entry="([^"]*)" data-proof="([^"]*)">')


def test_history_holds_every_request_and_broken_glass_first(site: Site) -> None:
    for (user, role), method, path, body, status, _ in SENT:
        told = {k: v for k, v in body.items() if v != ""} if body else body
        answer = site.by(user, role, method, path, told)
        assert answer.status_code == status, (path, answer.text)
    sent = Counter(
        (user, DEEDS.get(deed, deed), status)
        for (user, _), _, path, body, status, deed in SENT
        if is_about_p(path, body)
    )
    texts = list(site.pages("p"))
    rows = [(unescape(e), unescape(p)) for text in texts for _, e, p in ROW.findall(text)]
    entries = [json.loads(entry) for entry, _ in rows]
    found = Counter(
        (e["who"], e["deed"], e["status"])
        for e in entries
        if e["who"] != "local" and e["event"] == "request"
    )
    parts = Counter((e["who"], e["deed"], e["status"]) for e in entries if e["event"] == "more")
    assert found + parts == sent
    assert sum(parts.values()) == 1  # the search of two people, one of them through the glass
    glass = [e for e in entries if e.get("emergency")]
    assert entries[: len(glass)] == glass  # first
    assert {e["emergency"] for e in glass} == {REASON}
    opened = Counter((e["deed"], e["status"]) for e in glass)
    once = {("break the glass", 201), ("search", 200), ("mend the glass", 200)}
    assert opened == Counter({("read", 200): 2} | dict.fromkeys(once, 1))
    assert all(e["purpose"] == "ETREAT" and e["patients"] == ["p"] for e in glass)
    sealed = [proof for _, proof in rows if proof]
    assert sealed
    assert all(holds(proof.encode()) for proof in sealed)
    assert ">Opened in an emergency</h2>" in texts[0]


def is_about_p(path: str, body: Any) -> bool:
    told = json.dumps(body)
    return bool(re.search(r"/p\b|=p\b|/w\b", path)) or '"p"' in told or "Patient/p" in told


def test_others_learn_neither_the_reason_nor_the_emergency(site: Site) -> None:
    text = "".join(site.pages("q"))
    entries = [json.loads(unescape(e)) for _, e, _ in ROW.findall(text)]
    assert entries
    assert REASON not in text
    assert not [e for e in entries if e.get("emergency") or e["purpose"] == "ETREAT"]
    assert "Nobody has opened this record in an emergency" in text


def test_person_and_page_are_told_the_same(site: Site) -> None:
    told = site.by("Patient/p", "patient", "GET", "/audit/people/p?_count=1000").json()
    shown = [int(at) for text in site.pages("p") for at, _, _ in ROW.findall(text)]
    asked = {one["index"] for one in told["entries"]}
    assert len(shown) == len(set(shown))
    assert asked <= set(shown)


def test_opening_and_its_history_outlive_a_restart(site: Site, tmp_path: Path) -> None:
    """Ended as a power cut ends it, with the glass broken."""
    port = free_port()
    audience = f"http://127.0.0.1:{port}/fhir"
    keys = tmp_path / "jwks.json"
    keys.write_text(json.dumps({"keys": [k.as_dict(private=False) for k in KEYS.values()]}))
    named = {"GARROD_ISSUER": ISSUER.base, "GARROD_AUDIENCE": audience, "GARROD_JWKS": str(keys)}
    with server(tmp_path / "d", port=port, settings=named) as running:
        first = Site(running, audience)
        assert running.ask("PUT", "/fhir/Patient/p", json=person("p")).status_code == 201
        opened = first.by(*ED, "POST", "/fhir/Patient/p/$break-glass", parameters(reason=REASON))
        assert opened.status_code == 201
        running.kill()
    with server(tmp_path / "d", port=port, settings=named) as running:
        again = Site(running, audience)
        assert again.by(*ED, "GET", "/fhir/Patient/p").status_code == 200
        entries = running.ask("GET", "/audit/people/p").json()["entries"]
        glass = [e for e in entries if e["emergency"]]
        assert [e["what"] for e in glass] == ["read", "break the glass"]
        assert running.ask("GET", "/fhir/Task?patient=p").json()["total"] == 1
        assert running.ask("GET", "/fhir/Communication?patient=p").json()["total"] == 1
