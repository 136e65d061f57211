"""The emergency form asks for a sign-in of just now, and what is typed stands in no address."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest

from tests.acceptance.test_sign_in import Clinic, started
from tests.making.governed import person
from tests.making.provider import WEB, provider
from tests.making.server import Server, free_port, server

pytestmark = pytest.mark.slow
NUMBER, REASON = "9991234527", "collapsed in the waiting room"
IDENTIFIED = {"identifier": [{"system": "https://fhir.nhs.uk/Id/nhs-number", "value": NUMBER}]}


def posted(browser: httpx.Client, base: str, path: str, **fields: str) -> httpx.Response:
    """Return the answer to a form of the session."""
    found = re.search(r'name="csrf" value="(\w+)"', browser.get(f"{base}/patients").text)
    assert found is not None
    return browser.post(f"{base}{path}", data={"csrf": found[1], **fields})


def kept(running: Server) -> None:
    for resource in (person("p", **IDENTIFIED), person("q")):
        assert running.ask("PUT", f"/fhir/Patient/{resource['id']}", json=resource).is_success


def tasks(running: Server) -> Any:
    return running.ask("GET", "/fhir/Task?patient=p").json()["total"]


@pytest.mark.parametrize("shift", [0, -330])
def test_form_asks_for_a_sign_in_of_just_now(tmp_path: Path, shift: int) -> None:
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    with provider(f"{base}/fhir", back=f"{base}/sign-in/back", shift=shift) as issuer:
        settings = {"GARROD_ISSUER": issuer.issuer, "GARROD_CLIENT_ID": WEB}
        settings |= {"GARROD_AUDIENCE": f"{base}/fhir"}
        with (
            server(tmp_path / "d", port=port, settings=settings) as running,
            httpx.Client(timeout=60) as browser,
        ):
            kept(running)
            browser.get(started(browser, Clinic(running, issuer)))
            form = browser.get(f"{base}/emergency?patient=p")
            sent = posted(browser, base, "/emergency", who=NUMBER, reason=REASON)
            if shift:
                for answer in (form, sent):
                    assert answer.status_code == 403
                    again = re.search(r'href="(/sign-in/start[^"]+)"', answer.text)
                    assert again is not None
                    assert "again=1" in again[1]
                    assert NUMBER not in answer.text
                    assert "collapsed" not in answer.text
                assert "patient=p" in unescape(form.text)  # whose it is stands there again
                assert tasks(running) == 0
            else:
                assert form.status_code == 200
                to = "/patients/p/prescribe"
                assert (sent.status_code, sent.headers["location"]) == (303, to)
                assert tasks(running) == 1
                _ended_only_by_its_own_id(browser, base)


def _ended_only_by_its_own_id(browser: httpx.Client, base: str) -> None:
    page = browser.get(f"{base}/patients/p/prescribe")
    assert page.status_code == 200
    glass = re.search(r'name="glass" value="([^"]+)"', page.text)
    assert glass is not None
    for other in ("", "nothing", "Practitioner/ann", "../x"):
        assert posted(browser, base, "/emergency/end", glass=other).status_code == 404
    for path in ("/emergency/end", "/emergency/x", "/patients/p/access/x"):
        assert browser.get(f"{base}{path}").status_code == 404
    assert browser.post(f"{base}/emergency/end", data={"glass": glass[1]}).status_code == 403
    for path in ("/access", "/access/x"):
        assert browser.get(f"{base}{path}").status_code == 403
    for wrong in ("before=x", "broken=-1", "before=" + "9" * 30):
        assert browser.get(f"{base}/patients/p/access?{wrong}").status_code == 400
    assert posted(browser, base, "/emergency/end", glass=glass[1]).status_code == 303
    assert browser.get(f"{base}/patients/p/prescribe").status_code == 404


def test_session_that_is_over_keeps_nothing_that_was_typed(tmp_path: Path) -> None:
    settings = {"GARROD_DEV_ISSUER": "1"}
    with (
        server(tmp_path / "d", settings=settings) as running,
        httpx.Client(timeout=60) as browser,
    ):
        for path in ("/emergency", "/access"):
            fields = {"who": NUMBER, "reason": REASON, "patient": "p"}
            answer = browser.post(f"{running.base}{path}", data=fields)
            assert answer.status_code == 403
            assert NUMBER not in answer.text
            assert "collapsed" not in answer.text
