"""A planted snoop in a running server reaches the queue; who treats a relative does not."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx2 as httpx
import pytest

from tests.making.issuer import KEYS, SmallIssuer
from tests.making.server import TOKEN, Server, free_port, server
from tests.making.site import garrod

pytestmark = pytest.mark.slow
HOUSE = "Organization/o1"
NOTE = "asked, and she had been called by the ward"
SNOOP, HONEST, LATE, REFUSED = "p-quill", "p-sorrel", "p-late", "p-far"
UNASKED = "p-unasked"  # whom the server finds by itself
EVERY = 12  # seconds between two reviews of the server's own


@dataclass(frozen=True)
class Site:
    server: Server
    issuer: SmallIssuer
    audience: str

    def get(self, who: str, path: str, *, role: str = "nurse") -> int:
        """Return the status of what somebody of the house is answered."""
        now = int(time.time())
        token = self.issuer.token(
            aud=self.audience, iat=now, exp=now + 36_000, auth_time=now, jti=f"{who}-{role}",
            fhirUser=f"Practitioner/{who}", role=role, organisation=HOUSE, scope="user/*.cruds",
        )  # fmt: skip
        headers = {"Authorization": f"Bearer {token}"}
        with httpx.Client(timeout=30) as client:
            return client.get(f"{self.server.base}{path}", headers=headers).status_code

    def review(self) -> list[dict[str, Any]]:
        """Return what waits after the looks were weighed by the command, beside the server."""
        told = garrod("audit", "review", "--data", self.server.folder)
        return [json.loads(line) for line in told.splitlines()]


def resources() -> Iterator[dict[str, Any]]:
    ods = "https://fhir.nhs.uk/Id/ods-organization-code"
    yield {"resourceType": "Organization", "id": "o1", "name": "House",
           "identifier": [{"system": ods, "value": "XWH01"}]}  # fmt: skip
    for id, family in (("ann", "Quill"), ("ben", "Sorrel")):
        name = [{"family": family, "given": [id.title()]}]
        yield {"resourceType": "Practitioner", "id": id, "name": name}
        role = {"practitioner": {"reference": f"Practitioner/{id}"}}
        yield {"resourceType": "PractitionerRole", "id": f"role-{id}", **role,
               "organization": {"reference": HOUSE}}  # fmt: skip
    for id, family in ((SNOOP, "Quill"), (HONEST, "Sorrel"), (LATE, "Quill"), (UNASKED, "Quill")):
        yield person(id, family)
    yield {"resourceType": "Patient", "id": REFUSED, "name": [{"family": "Quill"}]}
    yield encounter(HONEST, "ben")
    for n in range(8):
        yield person(f"u{n}", f"Other{n}")
        yield encounter(f"u{n}", "ben")


def person(id: str, family: str) -> dict[str, Any]:
    return {"resourceType": "Patient", "id": id, "name": [{"family": family}],
            "managingOrganization": {"reference": HOUSE}}  # fmt: skip


def encounter(patient: str, who: str) -> dict[str, Any]:
    return {
        "resourceType": "Encounter",
        "id": f"e-{patient}",
        "status": "in-progress",
        "class": {"code": "AMB"},
        "subject": {"reference": f"Patient/{patient}"},
        "participant": [{"individual": {"reference": f"Practitioner/{who}"}}],
        "serviceProvider": {"reference": HOUSE},
        "period": {"start": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 600))},
    }


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder, port = tmp_path_factory.mktemp("snooping"), free_port()
    keys = folder / "jwks.json"
    keys.write_text(json.dumps({"keys": [k.as_dict(private=False) for k in KEYS.values()]}))
    issuer, audience = SmallIssuer("https://issuer.example"), f"http://127.0.0.1:{port}/fhir"
    settings = {"GARROD_ISSUER": issuer.base, "GARROD_AUDIENCE": audience}
    settings |= {"GARROD_JWKS": str(keys), "GARROD_REVIEW_HOURS": str(EVERY / 3600)}
    with server(folder / "data", port=port, settings=settings) as running:
        for resource in resources():
            url = f"/fhir/{resource['resourceType']}/{resource['id']}"
            assert running.ask("PUT", url, json=resource).status_code == 201
        yield Site(running, issuer, audience)


@pytest.fixture(scope="module")
def queue(site: Site) -> list[dict[str, Any]]:
    """Return what waits after a day at the house, once the log is sealed."""
    assert site.get("ann", f"/fhir/Patient/{SNOOP}") == 200
    assert site.get("ann", f"/fhir/Patient/{REFUSED}") == 404  # and the try is in the log
    for patient in (HONEST, *(f"u{n}" for n in range(8))):
        assert site.get("ben", f"/fhir/Patient/{patient}") == 200
    for _ in range(120):
        found = site.review()
        if len(found) > 1:
            return sorted(found, key=lambda case: case["patients"] != [SNOOP])
        time.sleep(0.5)
    raise AssertionError("nothing reached the queue")


def test_the_snoop_waits_with_reasons_and_nobody_else(queue: list[dict[str, Any]]) -> None:
    case, refused = queue
    assert (case["who"], case["patients"]) == ("Practitioner/ann", [SNOOP])
    assert (refused["who"], refused["patients"]) == ("Practitioner/ann", [REFUSED])
    assert "They were refused once." in refused["reasons"]
    said = " ".join(case["reasons"])
    assert "the same family name" in said
    assert "knows the person, and nothing on record was due then" in said
    assert "Quill" not in json.dumps(case)


def test_weighing_again_asks_nobody_twice(site: Site, queue: list[dict[str, Any]]) -> None:
    assert {case["id"] for case in site.review()} == {case["id"] for case in queue}


@contextmanager
def signed_in(site: Site) -> Iterator[httpx.Client]:
    """Yield a browser in which the local user is signed in."""
    with httpx.Client(base_url=site.server.base, timeout=30) as browser:
        page = browser.get("/sign-in")
        form = {"token": TOKEN, "csrf": _csrf(page.text)}
        assert browser.post("/sign-in", data=form).status_code == 303
        yield browser


def _csrf(page: str) -> str:
    found = re.search(r'name="csrf" value="([^"]*)"', page)
    return found[1] if found else ""


def test_who_only_cares_for_people_judges_nobody(site: Site) -> None:
    with httpx.Client(base_url=site.server.base, timeout=30) as browser:
        assert browser.get("/review").status_code == 403  # not signed in: the form to sign in


def test_it_is_decided_once_with_a_reason_and_audited(
    site: Site, queue: list[dict[str, Any]]
) -> None:
    path = f"/review/{queue[0]['id']}"
    with signed_in(site) as browser:
        assert path in browser.get("/review").text
        page = browser.get(path).text
        assert "the same family name" in page
        form = {"csrf": _csrf(page), "outcome": "explained", "note": "short"}
        refused = browser.post(path, data=form)
        assert refused.status_code == 422
        assert "10 characters" in refused.text
        form["note"] = NOTE
        assert browser.post(path, data={**form, "csrf": "x"}).status_code == 403
        assert browser.post(path, data=form).headers["location"] == "/review"
        assert browser.post(path, data={**form, "outcome": "look-into"}).status_code == 409
        after = browser.get("/review").text
        assert NOTE in after
        assert "Decide</button>" not in browser.get(path).text
        assert browser.get("/review/0123456789abcdef").status_code == 404
    assert [case["id"] for case in site.review()] == [queue[1]["id"]]
    told = site.server.ask("GET", f"/audit/people/{SNOOP}").json()["entries"]
    routes = {json.loads(one["entry"])["route"]: one["what"] for one in told}
    assert routes["POST /review/{id}"] == "decide review"
    assert routes["GET /review/{id}"] == "review"
    assert routes["garrod audit review"] == "review"


def test_later_looks_are_a_new_case(site: Site, queue: list[dict[str, Any]]) -> None:
    known = {case["id"] for case in queue}  # decided on by now, or not: tests may be shared out
    assert site.get("ann", f"/fhir/Patient/{LATE}") == 200
    for _ in range(120):
        found = [case["patients"] for case in site.review() if case["id"] not in known]
        if found:
            break
        time.sleep(0.5)
    assert found == [[LATE]]


def test_the_server_weighs_looks_by_itself_and_health_tells_it(site: Site) -> None:
    assert site.get("ann", f"/fhir/Patient/{UNASKED}") == 200
    before = site.server.ask("GET", "/health").json()["review"]
    assert before["status"] == "ok"
    until = time.monotonic() + 120
    with signed_in(site) as browser:
        while UNASKED not in _cases(browser):
            assert time.monotonic() < until, site.server.ask("GET", "/health").text
            time.sleep(1)
    while (told := site.server.ask("GET", "/health").json()["review"]) == before:
        assert time.monotonic() < until
        time.sleep(1)
    assert told["status"] == "ok"
    assert told["last"] > before["last"]


def _cases(browser: httpx.Client) -> str:
    """Return the pages of all that waits in the queue."""
    paths = re.findall(r'href="(/review/[0-9a-f]+)"', browser.get("/review").text)
    return "".join(browser.get(path).text for path in dict.fromkeys(paths))
