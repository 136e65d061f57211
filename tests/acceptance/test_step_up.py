"""A hard stop is overruled only by whoever showed a moment ago who they are."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest

from garrod.entry.demo_moments import planted_people
from garrod.entry.wire import Services
from tests.acceptance.test_sign_in import Clinic, started
from tests.making.provider import WEB, provider
from tests.making.server import Server, free_port, server

pytestmark = pytest.mark.slow
ALLERGIC, DRUG = "demo-6", "amoxicillin"
PAGE = f"/patients/{ALLERGIC}/prescribe"


def kept(running: Server) -> None:
    """Put a person who is allergic to the drug into the record, in the care of who signs in."""
    people = planted_people(Services())
    found: list[dict[str, Any]] = next(p for p in people if p[0]["id"] == ALLERGIC)
    practice = {"generalPractitioner": [{"reference": "Practitioner/ann"}]}
    for resource in (found[0] | practice, *found[1:]):
        url = f"/fhir/{resource['resourceType']}/{resource['id']}"
        assert running.ask("PUT", url, json=resource).status_code == 201


def overruled(browser: httpx.Client, base: str) -> httpx.Response:
    """Return the answer to who overrules the stop and signs."""
    address = f"{base}{PAGE}?drug={DRUG}&amount=500&times=3&route=oral&days=7"
    page = browser.get(address, follow_redirects=True)
    assert page.status_code == 200, page.text
    assert 'class="card stop"' in page.text
    hidden = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.text)
    reason = re.search(r'name="reason" value="([^"]+)"', page.text)
    assert reason is not None
    form = {name: unescape(value) for name, value in hidden}
    form |= {"reason": reason[1], "second": "Dr Second", "do": "sign"}
    form |= {"amount": "500", "unit": "mg", "times": "3", "route": "oral", "days": "7"}
    return browser.post(f"{base}{PAGE}", data=form)


@pytest.mark.parametrize(("shift", "status"), [(0, 303), (-330, 403)])
def test_hard_stop_asks_for_a_sign_in_of_just_now(tmp_path: Path, shift: int, status: int) -> None:
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    with provider(f"{base}/fhir", back=f"{base}/sign-in/back", shift=shift) as issuer:
        settings = {"GARROD_ISSUER": issuer.issuer, "GARROD_CLIENT_ID": WEB}
        settings |= {"GARROD_AUDIENCE": f"{base}/fhir"}
        with server(tmp_path / "d", port=port, settings=settings) as running:
            kept(running)
            with httpx.Client(timeout=60) as browser:
                browser.get(started(browser, Clinic(running, issuer)))
                answer = overruled(browser, base)
            assert answer.status_code == status, answer.text
            if status == 403:
                assert "overrule a hard stop, sign in again" in answer.text
                again = re.search(r'href="(/sign-in/start[^"]+)"', answer.text)
                assert again is not None
                assert "again=1" in again[1]
                assert f"drug={DRUG}" in again[1]  # what was typed is there again afterwards
            orders = running.ask("GET", f"/fhir/MedicationRequest?patient={ALLERGIC}").json()
            assert orders["total"] == (1 if status == 303 else 0)
            for order in orders.get("entry", ()):
                assert order["resource"]["requester"] == {"reference": "Practitioner/ann"}


@pytest.mark.parametrize("shift", [0, -330])
def test_token_of_an_earlier_sign_in_deletes_nothing_and_a_new_one_does(
    tmp_path: Path, shift: int
) -> None:
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    with provider(f"{base}/fhir", shift=shift) as issuer:
        settings = {"GARROD_ISSUER": issuer.issuer, "GARROD_AUDIENCE": f"{base}/fhir"}
        with server(tmp_path / "d", port=port, settings=settings) as running:
            kept(running)
            fact = running.ask("GET", f"/fhir/AllergyIntolerance?patient={ALLERGIC}").json()
            place = f"{base}/fhir/AllergyIntolerance/{fact['entry'][0]['resource']['id']}"
            asked = "openid fhirUser offline_access user/*.cruds"
            told = issuer.swapped(*issuer.code(asked)).json()
            refreshed = issuer.refreshed(told["refresh_token"]).json()["access_token"]
            with httpx.Client(timeout=60) as client:
                for token in (refreshed, told["access_token"]):  # a new token is no new sign-in
                    headers = {"Authorization": f"Bearer {token}"}
                    assert client.get(place, headers=headers).status_code in (200, 410)
                    answer = client.delete(place, headers=headers)
                    assert answer.status_code == (401 if shift else 204), answer.text
                    if shift:
                        challenge = answer.headers["www-authenticate"]
                        assert 'error="insufficient_user_authentication"' in challenge
                        assert 'max_age="300"' in challenge
