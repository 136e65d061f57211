"""Who is shown which entry of the audit, through a real server: nobody hears of others by it."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx2 as httpx
import pytest

from garrod.adapters.audit.proofs import holds
from garrod.care.govern.audit import AuditEntry, entry_read
from tests.making.audits import reading_of
from tests.making.governed import person, team, weight
from tests.making.issuer import KEYS, SmallIssuer
from tests.making.server import JSON, Server, server

AUDIENCE = "https://garrod.example/fhir"
ISSUER = SmallIssuer("https://issuer.example")
SCOPE = "user/*.cruds patient/*.cruds"


def token(user: str, role: str = "", **claims: Any) -> str:
    now = int(time.time())
    usual = {"fhirUser": user, "role": role or None, "scope": SCOPE, "jti": f"{user}{role}"}
    return ISSUER.token(aud=AUDIENCE, exp=now + 36_000, iat=now, **(usual | claims))


DOCTOR = token("Practitioner/d1", "prescriber")
OFFICER = token("Practitioner/o1", "governance-officer", purpose_of_use="HOPERAT")
ANALYST = token("Practitioner/a1", "analyst", purpose_of_use="HRESCH")
ONE, OTHER, THIRD = (token(f"Patient/{id}", purpose_of_use="PATRQT") for id in ("p1", "p2", "p3"))


@dataclass
class Site:
    server: Server

    def by(self, who: str, path: str, method: str = "GET", body: Any = None) -> httpx.Response:
        headers = {"Authorization": f"Bearer {who}", "Content-Type": JSON}
        with httpx.Client(timeout=30) as client:
            return client.request(method, f"{self.server.base}{path}", headers=headers, json=body)

    def last(self) -> AuditEntry:
        reading = reading_of(self.server.folder / "audit.db")
        found = entry_read(reading.entry(reading.seal().size - 1))
        reading.close()
        return found


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("shown")
    keys = folder / "jwks.json"
    keys.write_text(json.dumps({"keys": [k.as_dict(private=False) for k in KEYS.values()]}))
    named = {
        "GARROD_ISSUER": ISSUER.base, "GARROD_AUDIENCE": AUDIENCE, "GARROD_JWKS": str(keys),
    }  # fmt: skip
    with server(folder / "data", settings=named) as running:
        found = Site(running)
        for id in ("p1", "p2", "p3"):
            for one in (person(id), team(id, "Practitioner/d1"), weight(f"w-{id}", id)):
                url = f"/fhir/{one['resourceType']}/{one['id']}"
                assert running.ask("PUT", url, json=one).status_code == 201
        yield found


def of_both(site: Site) -> AuditEntry:
    """Return the entry of a search that found two people."""
    told = site.by(DOCTOR, "/fhir/Observation?subject=Patient/p1,Patient/p2")
    assert told.json()["total"] == 2
    found = site.last()
    assert set(found.patients) == {"p1", "p2"}
    return found


def named_in(event: Any) -> set[str]:
    return {e["what"]["reference"] for e in event["entity"] if "what" in e}


def test_entry_is_read_by_its_place_as_the_search_shows_it(site: Site) -> None:
    assert site.by(DOCTOR, "/fhir/Observation/w-p1").status_code == 200
    entry = site.last()
    told = site.by(ONE, f"/fhir/AuditEvent/entry-{entry.index}")
    assert told.status_code == 200, told.text
    assert told.json()["agent"][0]["who"] == {"reference": "Practitioner/d1"}
    found = site.by(ONE, "/fhir/AuditEvent?patient=p1&_count=1").json()
    while found["entry"][0]["resource"]["id"] != told.json()["id"]:
        assert found["entry"][0]["fullUrl"].startswith(f"{site.server.base}/fhir/AuditEvent/entry-")
        (following,) = [x["url"] for x in found["link"] if x["relation"] == "next"]
        found = site.by(ONE, following.removeprefix(site.server.base)).json()
    assert found["entry"][0]["resource"] == told.json()


def test_reading_an_entry_leaves_one(site: Site) -> None:
    site.by(DOCTOR, "/fhir/Observation/w-p1")
    index = site.last().index
    site.by(OFFICER, f"/fhir/AuditEvent/entry-{index}")
    left = site.last()
    assert (left.route, left.deed) == ("GET /fhir/AuditEvent/{id}", "read")
    assert (left.who, left.patients) == ("Practitioner/o1", ("p1",))


def test_each_is_shown_themselves_alone_and_the_officer_everybody(site: Site) -> None:
    entry = of_both(site)
    path = f"/fhir/AuditEvent/entry-{entry.index}"
    for who, wanted in ((ONE, {"Patient/p1"}), (OTHER, {"Patient/p2"})):
        assert named_in(site.by(who, path).json()) == wanted
    for told in (site.by(OFFICER, path), site.server.ask("GET", path)):
        assert named_in(told.json()) == {"Patient/p1", "Patient/p2"}
    bundle = site.by(ONE, "/fhir/AuditEvent?patient=p1&_count=1000")
    assert {x for e in bundle.json()["entry"] for x in named_in(e["resource"])} == {"Patient/p1"}
    assert "p2" not in bundle.text
    whole = site.by(OFFICER, "/fhir/AuditEvent?patient=p1&_count=1000").text
    assert "Patient/p2" in whole


def test_what_is_not_for_somebody_answers_as_what_is_not_there(site: Site) -> None:
    index = of_both(site).index
    stranger = token("Practitioner/d9", "prescriber")
    for who in (THIRD, stranger):
        hidden = site.by(who, f"/fhir/AuditEvent/entry-{index}")
        absent = site.by(who, f"/fhir/AuditEvent/entry-{index + 10**9}")
        assert (hidden.status_code, absent.status_code) == (404, 404)
        same = absent.text.replace(str(index + 10**9), str(index))
        assert hidden.text == same
    refused = site.by(ANALYST, f"/fhir/AuditEvent/entry-{index}")
    absent = site.by(ANALYST, f"/fhir/AuditEvent/entry-{index + 10**9}")
    assert refused.status_code == absent.status_code in (403, 404)
    assert httpx.get(f"{site.server.base}/fhir/AuditEvent/entry-{index}").status_code == 401


def test_app_that_was_granted_no_audit_is_shown_none(site: Site) -> None:
    index = of_both(site).index
    narrow = token("Patient/p1", scope="patient/Observation.rs", patient="p1", jti="narrow")
    assert site.by(narrow, f"/fhir/AuditEvent/entry-{index}").status_code == 403
    own = token("Patient/p1", scope="patient/AuditEvent.rs", patient="p1", jti="own")
    told = site.by(own, f"/fhir/AuditEvent/entry-{index}")
    assert told.status_code == 200, told.text
    assert named_in(told.json()) == {"Patient/p1"}


def test_entry_that_names_nobody_is_for_those_who_see_everybody_s(site: Site) -> None:
    site.by(DOCTOR, "/audit/head")
    index = site.last().index
    path = f"/fhir/AuditEvent/entry-{index}"
    assert [site.by(who, path).status_code for who in (ONE, DOCTOR, OFFICER)] == [404, 404, 200]


@pytest.mark.parametrize(
    ("name", "method", "status"),
    [
        ("entry-0", "GET", 200),
        ("entry-0", "HEAD", 200),
        ("entry-00", "GET", 404),
        ("entry-", "GET", 404),
        ("entry--1", "GET", 404),
        ("entry-x", "GET", 404),
        (f"entry-{'9' * 40}", "GET", 404),
        (f"entry-{2**63}", "GET", 404),
        ("entry-0?_format=json", "GET", 200),
        ("entry-0?patient=p1", "GET", 400),
        ("entry-0", "PUT", 405),
        ("entry-0", "DELETE", 405),
        ("entry-0/_history", "GET", 404),
        ("someone-elses", "GET", 404),
    ],
)
def test_questions_for_an_entry(site: Site, name: str, method: str, status: int) -> None:
    body = {"resourceType": "AuditEvent"} if method == "PUT" else None
    more = {"json": body} if body else {}
    told = site.server.ask(method, f"/fhir/AuditEvent/{name}", **more)
    assert told.status_code == status, told.text


def test_history_of_a_person_shows_no_other_and_can_be_proved(site: Site) -> None:
    index = of_both(site).index
    told = site.by(ONE, "/audit/people/p1?_count=1000")
    assert '"p2"' not in told.text  # as such: by chance it stands in a hash
    (mine,) = [e for e in told.json()["entries"] if e["index"] == index]
    assert mine["entry"] is None
    proof = site.by(ONE, f"/audit/proof/inclusion?index={index}").json()
    assert proof["leafHash"] == mine["leafHash"]
    assert holds(json.dumps(proof).encode())
    whole = site.by(OFFICER, "/audit/people/p1?_count=1000").json()["entries"]
    (seen,) = [e for e in whole if e["index"] == index]
    assert set(json.loads(seen["entry"])["patients"]) == {"p1", "p2"}
    assert base64.b64decode(seen["leafHash"]) == base64.b64decode(mine["leafHash"])


def test_xml_is_given_where_it_is_asked_for(site: Site) -> None:
    told = site.server.ask("GET", "/fhir/AuditEvent/entry-0?_format=xml")
    assert told.text.lstrip().startswith("<")
    assert "<AuditEvent" in told.text
