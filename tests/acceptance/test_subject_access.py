"""A copy for a person of all that is held (UK GDPR, Article 15), through a real server."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest

from garrod.care.govern.audit import AuditEntry, entry_read
from tests.making.audits import reading_of
from tests.making.governed import consent, person, team, weight
from tests.making.issuer import KEYS, SmallIssuer
from tests.making.server import JSON, Server, server

AUDIENCE = "https://garrod.example/fhir"
ISSUER = SmallIssuer("https://issuer.example")
PATH = "/fhir/Patient/p1/$subject-access"


Who = Callable[[], str]  # makes a token when it is used: a sign-in of just now is soon over


def token(user: str, role: str = "", purpose: str = "PATRQT", **claims: Any) -> str:
    now = int(time.time())
    usual = {
        "fhirUser": user, "role": role or None, "purpose_of_use": purpose, "auth_time": now - 30,
        "scope": "user/*.cruds patient/*.cruds", "jti": f"{user}{role}{purpose}",
    }  # fmt: skip
    return ISSUER.token(aud=AUDIENCE, exp=now + 36_000, iat=now, **(usual | claims))


def signed(user: str, role: str = "", purpose: str = "PATRQT", **claims: Any) -> Who:
    return partial(token, user, role, purpose, **claims)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("copied")
    keys = folder / "jwks.json"
    keys.write_text(json.dumps({"keys": [k.as_dict(private=False) for k in KEYS.values()]}))
    named = {
        "GARROD_ISSUER": ISSUER.base, "GARROD_AUDIENCE": AUDIENCE, "GARROD_JWKS": str(keys),
    }  # fmt: skip
    held: list[dict[str, Any]] = [
        one
        for id in ("p1", "p2")
        for one in (person(id), team(id, "Practitioner/d1"), weight(f"w-{id}", id))
    ]
    restricted = weight("secret", "p1")
    restricted["meta"] = {
        "security": [
            {"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "R"}
        ]
    }
    held += [restricted, consent("c1", "p1", "deny")]
    with server(folder / "data", settings=named) as running:
        for one in held:
            url = f"/fhir/{one['resourceType']}/{one['id']}"
            assert running.ask("PUT", url, json=one).status_code == 201
        yield running


def by(running: Server, who: Who, path: str = PATH, method: str = "GET", **more: str) -> Any:
    headers = {"Authorization": f"Bearer {who()}", "Content-Type": JSON, **more}
    with httpx.Client(timeout=60) as client:
        return client.request(method, f"{running.base}{path}", headers=headers)


def entries(running: Server) -> list[AuditEntry]:
    reading = reading_of(Path(running.folder) / "audit.db")
    found = [entry_read(reading.entry(i)) for i in range(reading.seal().size)]
    reading.close()
    return found


def names(bundle: Any) -> set[str]:
    return {f"{e['resource']['resourceType']}/{e['resource']['id']}" for e in bundle["entry"]}


OWN = signed("Patient/p1")
OFFICER = signed("Practitioner/o1", "governance-officer")


@pytest.mark.parametrize("who", [OWN, OFFICER])
def test_copy_holds_all_that_is_held_and_every_access(site: Server, who: Who) -> None:
    doctor = signed("Practitioner/d1", "prescriber", "TREAT")
    by(site, doctor, "/fhir/Observation?subject=Patient/p1,Patient/p2")
    held = site.ask("GET", "/fhir/Patient/p1/$everything?_count=1000").json()
    every = [e.index for e in entries(site) if "p1" in e.patients]
    told = by(site, who)
    left = entries(site)[-1]
    assert told.status_code == 200, told.text
    assert told.headers["content-disposition"].startswith("attachment")
    bundle = told.json()
    assert (bundle["resourceType"], bundle["type"]) == ("Bundle", "collection")
    found = names(bundle)
    assert names(held) <= found
    assert {"Patient/p1", "Observation/w-p1", "Observation/secret", "Consent/c1"} <= found
    assert {f"AuditEvent/entry-{index}" for index in every} <= found
    assert "p2" not in told.text
    assert left.route == "GET /fhir/Patient/{id}/$subject-access"
    assert (left.deed, left.patients, left.outcome) == ("export", ("p1",), "permitted")
    checked = site.ask("POST", "/fhir/Bundle/$validate", json=bundle).json()
    bad = [i for i in checked["issue"] if i["severity"] in ("error", "fatal")]
    assert not bad, bad[:3]


def test_local_user_has_it_too_and_a_person_who_is_not_there_has_none(site: Server) -> None:
    assert site.ask("GET", PATH).status_code == 200
    assert site.ask("GET", "/fhir/Patient/nobody/$subject-access").status_code == 404
    assert site.ask("POST", PATH).status_code == 405
    assert site.ask("GET", f"{PATH}?_type=Patient").status_code == 400


@pytest.mark.parametrize(
    ("who", "status"),
    [
        (signed("Patient/p2"), 404),
        (signed("Practitioner/d1", "prescriber", "TREAT"), 403),
        (signed("Practitioner/o1", "governance-officer", "HOPERAT"), 404),
        (signed("Practitioner/o1", "governance-officer", "HRESCH"), 404),
        (signed("Practitioner/a1", "analyst", "HRESCH"), 404),
        (signed("RelatedPerson/r", "proxy"), 404),
        (signed("Patient/p1", scope="patient/Observation.rs", patient="p1", jti="a"), 403),
        (
            signed("Patient/p1", scope="patient/*.rs?category=laboratory", patient="p1", jti="b"),
            403,
        ),
        (signed("Patient/p1", scope="patient/*.rs", patient="p2", jti="c"), 404),
        (signed("Patient/p1", scope="patient/*.rs", patient="p1", jti="d"), 200),
    ],
)
def test_nobody_else_has_it(site: Server, who: Who, status: int) -> None:
    told = by(site, who)
    assert told.status_code == status, told.text
    if status != 200:
        assert "w-p1" not in told.text
        other = by(site, who, "/fhir/Patient/unheard/$subject-access")
        assert other.status_code in (status, 404)


def test_person_who_is_there_is_not_told_from_one_who_is_not(site: Server) -> None:
    for who in (signed("Patient/p2"), signed("Practitioner/d1", "prescriber", "TREAT")):
        one, other = by(site, who), by(site, who, "/fhir/Patient/p9/$subject-access")
        assert one.status_code == other.status_code
        assert one.text.replace("p1", "ID") == other.text.replace("p9", "ID")


def test_it_is_asked_for_after_a_sign_in_of_just_now(site: Server) -> None:
    old = int(time.time()) - 3600
    for user, role in (("Patient/p1", ""), ("Practitioner/o1", "governance-officer")):
        told = by(site, signed(user, role, auth_time=old, jti=f"old{role}"))
        assert told.status_code == 401
        assert "insufficient_user_authentication" in told.headers.get("www-authenticate", "")


def test_officer_who_hands_one_person_theirs_takes_nobody_else_s_away(site: Server) -> None:
    for path in ("/fhir/$export", "/fhir/Patient/$export?_type=Patient"):
        told = by(site, OFFICER, path, prefer="respond-async")
        assert told.status_code == 403, told.text
    assert by(site, OFFICER, "/fhir/Observation/w-p1").status_code == 403
    assert by(site, OWN, "/fhir/Patient/$export", prefer="respond-async").status_code == 202


def test_proof_of_an_access_in_the_copy_is_to_be_had(site: Server) -> None:
    bundle = by(site, OWN).json()
    events = [
        e["resource"] for e in bundle["entry"] if e["resource"]["resourceType"] == "AuditEvent"
    ]
    assert events
    index = events[-1]["id"].removeprefix("entry-")
    proof = by(site, OWN, f"/audit/proof/inclusion?index={index}")
    assert proof.status_code == 200
    history = by(site, OWN, "/audit/people/p1?_count=1000").json()["entries"]
    (one,) = [e for e in history if e["index"] == int(index)]
    assert one["leafHash"] == proof.json()["leafHash"]
