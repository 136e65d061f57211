"""Without a token, or with one of nobody's, no route gives anything: each is asked, by each method.

The routes are read off the server's own page and tables, as those of test_routes are.
"""

import itertools
import json
import re
import socket
from collections.abc import Iterator
from functools import cache
from typing import Any

import httpx2 as httpx
import pytest

from garrod.adapters.cds.catalogue import SERVICES
from garrod.entry.api.operations import OPERATIONS
from garrod.entry.guard import OPEN
from garrod.entry.web.atlas import FIRST
from tests.house.test_routes import PAGES
from tests.making.doors import codec
from tests.making.server import Server, server

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
JSON = "application/fhir+json"
PERSON = {
    "resourceType": "Patient",
    "id": "secret-person",
    "name": [{"family": "Unmistakable", "given": ["Zebedee"]}],
    "birthDate": "1931-02-03",
    "identifier": [{"system": "https://fhir.nhs.uk/Id/nhs-number", "value": "9000000009"}],
}
TOLD = re.compile(r"unmistakable|zebedee|1931-02-03|9000000009|secret-person|\"total\"", re.I)
UNSIGNED = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZG1pbiIsImlzcyI6Imh0dHBzOi8vZXhhbXBsZS5vcmcifQ."
SHOWN: dict[str, dict[str, str]] = {
    "none": {},
    "empty": {"Authorization": "Bearer"},
    "wrong": {"Authorization": "Bearer wrong"},
    "unsigned": {"Authorization": f"Bearer {UNSIGNED}"},
    "basic": {"Authorization": "Basic bG9jYWw6bG9jYWw="},
    "cookie": {"Cookie": "garrod_session=l0123456789abcdef.9999999999.aaaa"},
}


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    limits = {"GARROD_RATE_FAILED": "off", "GARROD_RATE_UNKNOWN": "off"}
    with server(tmp_path_factory.mktemp("tokens") / "data", settings=limits) as found:
        told = found.ask("PUT", "/fhir/Patient/secret-person", json=PERSON)
        assert told.status_code == 201, told.text
        yield found


@cache
def paths() -> tuple[str, ...]:
    """Return an address for every route that asks for a token."""
    kinds = sorted(codec().kinds)
    found = ["/fhir", "/fhir/_history", "/fhir/_search", "/fhir/nothing"]
    for kind in kinds:
        found += [f"/fhir/{kind}", f"/fhir/{kind}/x"]
    below = "/fhir/Patient/secret-person"
    found += ["/fhir/Patient/_search", "/fhir/Patient/_history", below, f"{below}/_history"]
    found += [f"{below}/_history/1", f"{below}/Observation", f"{below}/*"]
    for operation in OPERATIONS.values():
        at = {"system": "/fhir", "type": "/fhir/Patient", "instance": below}
        found += [f"{at[level]}/${operation.name}" for level in sorted(operation.levels)]
    for path in PAGES:
        found.append(path.replace("{id}", "secret-person"))
    found += ["/cds-services", *(f"/cds-services/{name}" for name in SERVICES)]
    found += [f"/cds-services/{name}/feedback" for name in SERVICES]
    return tuple(sorted(set(found) - OPEN - {"/fhir/ws"}))


def asked(running: Server, shown: dict[str, str]) -> Iterator[tuple[str, str, httpx.Response]]:
    body = json.dumps({"resourceType": "Patient"})
    with httpx.Client(timeout=30) as client:
        for path, method in itertools.product(paths(), METHODS):
            content = body if method in ("POST", "PUT", "PATCH") else None
            headers = {"Content-Type": JSON, **shown}
            yield (
                path,
                method,
                client.request(method, running.base + path, headers=headers, content=content),
            )


@pytest.mark.parametrize("shown", SHOWN)
def test_no_route_gives_anything_to_whoever_is_not_known(running: Server, shown: str) -> None:
    assert len(paths()) > 250
    wrong = [
        (path, method, told.status_code)
        for path, method, told in asked(running, SHOWN[shown])
        if not is_closed(path, told)
    ]
    assert wrong == []


def is_closed(path: str, told: httpx.Response) -> bool:
    """Return whether an answer asks who is there; a method that a route has not is said so."""
    is_refused = told.status_code == 401 and "www-authenticate" in told.headers
    is_no_way = told.status_code == 405 or (
        path.startswith("/cds-services/") and told.status_code in (400, 405)
    )
    return (is_refused or is_no_way) and not TOLD.search(told.text)


@pytest.mark.parametrize("path", sorted(OPEN))
def test_what_is_open_tells_of_no_person(running: Server, path: str) -> None:
    told = httpx.get(running.base + path)
    assert told.status_code in (200, 404)
    assert not re.search("unmistakable|zebedee|1931-02-03|9000000009|secret-person", told.text)
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        assert httpx.request(method, running.base + path).status_code in (401, 404, 405)


@pytest.mark.parametrize("shown", ["none", "wrong", "cookie"])
def test_no_page_is_shown_to_whoever_is_not_signed_in(running: Server, shown: str) -> None:
    named = [f"/{first}" for first in FIRST - {"static", "sign-in"}]
    named += ["/patients/secret-person", "/patients/secret-person/prescribe"]
    for path, method in itertools.product(named, ("GET", "POST")):
        form = {"csrf": "x"} if method == "POST" else None
        told = httpx.request(method, running.base + path, headers=SHOWN[shown], data=form)
        assert told.status_code in (303, 401, 403), (path, method)
        assert not re.search("unmistakable|zebedee|1931-02-03|9000000009", told.text, re.I)


def test_address_is_no_way_round_the_door(running: Server) -> None:
    """Paths that are written another way lead to the same question, or nowhere."""
    host, port = running.base.removeprefix("http://").split(":")
    for path in (
        "//fhir/Patient", "/fhir//Patient", "/FHIR/Patient", "/./fhir/Patient", "/%66hir/Patient",
        "/health/../fhir/Patient", "/fhir/metadata/../Patient", "/fhir/Patient/%2e%2e/Patient",
        "/static/../fhir/Patient", "/static/%2e%2e/fhir/Patient", "/fhir%2fPatient",
        "/fhir/Patient;a",
        "/fhir/metadata%00", "/fhir/metadata/", "/openapi.json/../fhir/Patient", "http://x/fhir/Patient",
    ):  # fmt: skip
        told = raw_get(host, int(port), path)
        status = int(told.split()[1])
        assert status in (400, 401, 403, 404, 405) or path == "/fhir/metadata/", (path, told[:200])
        assert not TOLD.search(told)


def raw_get(host: str, port: int, path: str) -> str:
    with socket.create_connection((host, port), timeout=20) as connection:
        connection.sendall(
            f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode()
        )
        found = bytearray()
        while more := connection.recv(65_536):
            found += more
    return found.decode("utf-8", "replace")


def test_everything_that_was_refused_changed_nothing(running: Server) -> None:
    told = running.ask("GET", "/fhir/Patient/secret-person/_history")
    entries: list[Any] = told.json()["entry"]
    assert len(entries) == 1
    assert running.ask("GET", "/fhir/Patient?_summary=count").json()["total"] == 1
