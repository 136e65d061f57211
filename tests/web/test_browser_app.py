"""An app whose page stands elsewhere, in a real browser: it reads what it may, and no other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest

from tests.making.provider import APP, provider
from tests.making.server import Server, free_port, server
from tests.making.signed_in import ANN, MINE

pytestmark = pytest.mark.slow
HOME, ELSEWHERE = "https://growth.example", "https://evil.example"
ASK = """async ({url, method, token, body}) => {
  const headers = token ? {Authorization: `Bearer ${token}`} : {};
  if (body) headers["Content-Type"] = "application/fhir+json";
  try {
    const told = await fetch(url, {method, headers, body, credentials: "omit"});
    return {status: told.status, etag: told.headers.get("etag"), body: await told.text()};
  } catch (error) { return {status: 0, body: String(error)}; }
}"""
WITH_COOKIES = """async (url) => {
  try { return (await fetch(url, {credentials: "include"})).status; } catch (error) { return 0; }
}"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, str]]:
    """Yield a server that knows the app's page, and a token of that app."""
    port = free_port()
    audience = f"http://127.0.0.1:{port}/fhir"
    with provider(audience) as issuer:
        settings = {"GARROD_ISSUER": issuer.issuer, "GARROD_AUDIENCE": audience}
        settings |= {"GARROD_ORIGINS": f"{APP}={HOME}"}
        folder: Path = tmp_path_factory.mktemp("apps") / "data"
        with server(folder, port=port, settings=settings) as running:
            for resource in (ANN, MINE):
                url = f"/fhir/{resource['resourceType']}/{resource['id']}"
                assert running.ask("PUT", url, json=resource).status_code == 201
            answer = issuer.swapped(*issuer.code("openid fhirUser user/*.cruds"))
            assert answer.status_code == 200, answer.text
            yield running, answer.json()["access_token"]


@pytest.fixture
def page_at(chromium: Any) -> Iterator[Callable[[str], Any]]:
    """Yield what opens a page of another site, whose own file is answered here."""
    contexts = []

    def opened(origin: str) -> Any:
        context = chromium.new_context()
        contexts.append(context)
        page = context.new_page()
        html = "<!doctype html><title>app</title>"
        page.route(f"{origin}/**", lambda route: route.fulfill(body=html, content_type="text/html"))
        page.goto(f"{origin}/index.html")
        return page

    yield opened
    for context in contexts:
        context.close()


def test_page_of_the_app_reads_and_writes_and_no_other_page_does(
    site: tuple[Server, str], page_at: Callable[[str], Any]
) -> None:
    running, token = site
    url = f"{running.base}/fhir/Patient/p1"
    asked = {"url": url, "method": "GET", "token": token}
    home = page_at(HOME)
    read = home.evaluate(ASK, asked)
    assert (read["status"], read["etag"]) == (200, 'W/"1"'), read
    body = read["body"].replace("Testperson", "Otherwise")
    assert home.evaluate(ASK, asked | {"method": "PUT", "body": body})["status"] == 200
    refused = home.evaluate(ASK, asked | {"token": "made-up"})
    assert refused["status"] == 401  # and the page may read why
    for path in ("/fhir/metadata", "/fhir/.well-known/smart-configuration"):
        asked_open = {"url": f"{running.base}{path}", "method": "GET", "token": ""}
        assert home.evaluate(ASK, asked_open)["status"] == 200
    evil = page_at(ELSEWHERE)
    for one in (asked, asked | {"method": "PUT", "body": body}):
        assert evil.evaluate(ASK, one)["status"] == 0
    assert running.ask("GET", "/fhir/Patient/p1").json()["meta"]["versionId"] == "2"


def test_cookies_of_the_clinic_are_never_lent_to_a_page_elsewhere(
    site: tuple[Server, str], page_at: Callable[[str], Any]
) -> None:
    running, _ = site
    for path in ("/fhir/Patient/p1", "/patients"):
        assert page_at(HOME).evaluate(WITH_COOKIES, f"{running.base}{path}") == 0


def test_preflight_leaves_an_entry_of_nobody(site: tuple[Server, str]) -> None:
    running, _ = site
    headers = {"Origin": HOME, "Access-Control-Request-Method": "PUT"}
    with httpx.Client(timeout=30) as client:
        told = client.options(f"{running.base}/fhir/Patient/p1", headers=headers)
        assert (told.status_code, told.content) == (204, b"")
        assert told.headers["access-control-allow-origin"] == HOME
        other = client.options(
            f"{running.base}/fhir/Patient/p1", headers=headers | {"Origin": ELSEWHERE}
        )
        assert other.status_code == 403
        assert "access-control-allow-origin" not in other.headers
    route = "OPTIONS /fhir/Patient/{id}"
    log = running.ask("GET", "/fhir/AuditEvent?patient=p1&_count=100").json()
    told = [str(e["resource"]) for e in log["entry"] if route in str(e["resource"])]
    assert any("nobody" in one for one in told), log["entry"][:2]
