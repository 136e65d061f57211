"""Signing in to the clinic: at a real provider, and at the development issuer."""

from __future__ import annotations

import itertools
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx2 as httpx
import pytest

from garrod.care.govern.audit import AuditEntry, entry_read
from tests.making.audits import reading_of
from tests.making.provider import WEB, Provider, provider
from tests.making.server import TOKEN, Server, free_port, server

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Clinic:
    """A server, and the provider that signs people in to it."""

    server: Server
    provider: Provider


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clinic]:
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    with provider(f"{base}/fhir", back=f"{base}/sign-in/back") as issuer:
        settings = {"GARROD_ISSUER": issuer.issuer, "GARROD_CLIENT_ID": WEB}
        settings |= {"GARROD_AUDIENCE": f"{base}/fhir"}
        with server(tmp_path_factory.mktemp("clinic") / "d", port=port, settings=settings) as made:
            yield Clinic(made, issuer)


@pytest.fixture(scope="module")
def developed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with server(
        tmp_path_factory.mktemp("developed") / "d", settings={"GARROD_DEV_ISSUER": "1"}
    ) as made:
        yield made


def browsing() -> httpx.Client:
    """Return a browser with nothing of an earlier one."""
    return httpx.Client(timeout=30)


@pytest.fixture
def browser() -> Iterator[httpx.Client]:
    with browsing() as client:
        yield client


def followed(browser: httpx.Client, url: str, *, to: str) -> str:
    """Return the address below `to` at which redirects arrive, not asked for yet."""
    for _ in range(10):
        answer = browser.get(url)
        assert answer.status_code in (302, 303), (url, re.findall("<p.*?</p>", answer.text))
        url = str(httpx.URL(url).join(answer.headers["location"]))
        if url.startswith(to):
            return url
    raise AssertionError(url)


def started(browser: httpx.Client, clinic: Clinic, question: str = "") -> str:
    """Return the address that the provider sends somebody back to."""
    base = clinic.server.base
    return followed(browser, f"{base}/sign-in/start?{question}", to=f"{base}/sign-in/back")


def test_who_signs_in_at_the_provider_is_in_and_goes_on_where_they_were(
    clinic: Clinic, browser: httpx.Client
) -> None:
    back = started(browser, clinic, "next=/patients&q=Ada")
    answer = browser.get(back)
    assert (answer.status_code, answer.headers["location"]) == (303, "/patients?q=Ada")
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    page = browser.get(f"{clinic.server.base}/patients")
    assert page.status_code == 200
    assert "Sign out" in page.text


def test_answer_is_taken_once_and_only_by_the_browser_that_asked(
    clinic: Clinic, browser: httpx.Client
) -> None:
    with httpx.Client(timeout=30) as other:
        back = started(other, clinic)
        assert browser.get(back).status_code == 403  # asked for nothing
        started(browser, clinic)
        assert "(state)" in browser.get(back).text  # asked for something else
        kept = dict(other.cookies)
        assert other.get(back).status_code == 303
        again = other.get(back, headers={"Cookie": "; ".join(f"{k}={v}" for k, v in kept.items())})
        assert again.status_code == 403
        assert "used before" in again.text


def test_code_of_another_sign_in_does_not_let_in(clinic: Clinic, browser: httpx.Client) -> None:
    with httpx.Client(timeout=30) as other:
        code = parse_qs(urlsplit(started(other, clinic)).query)["code"][0]
    state = parse_qs(urlsplit(started(browser, clinic)).query)["state"][0]
    back = f"{clinic.server.base}/sign-in/back?code={code}&state={state}"
    assert browser.get(back).status_code == 403


@pytest.mark.parametrize("more", ["error=access_denied", "code=x&iss=https://evil.example", ""])
def test_sign_in_that_failed_there_is_none_here(
    clinic: Clinic, browser: httpx.Client, more: str
) -> None:
    state = parse_qs(urlsplit(started(browser, clinic)).query)["state"][0]
    answer = browser.get(f"{clinic.server.base}/sign-in/back?state={state}&{more}")
    assert answer.status_code == 403
    assert browser.get(f"{clinic.server.base}/patients").status_code == 403


@pytest.mark.parametrize("to", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_signing_in_leads_nowhere_else(clinic: Clinic, browser: httpx.Client, to: str) -> None:
    question = str(httpx.QueryParams({"next": to}))
    answer = browser.get(started(browser, clinic, question))
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


def test_copied_cookie_is_of_no_use_after_signing_out(
    clinic: Clinic, browser: httpx.Client
) -> None:
    base = clinic.server.base
    browser.get(started(browser, clinic))
    copied = {"Cookie": f"garrod_session={browser.cookies['garrod_session']}"}
    page = browser.get(f"{base}/patients")
    csrf = re.search(r'name="csrf" value="(\w+)"', page.text)
    assert csrf is not None
    assert browser.post(f"{base}/sign-out", data={"csrf": "0" * 64}).status_code == 403
    out = browser.post(f"{base}/sign-out", data={"csrf": csrf[1]})
    assert out.status_code == 200
    assert f"{clinic.provider.issuer}/session/end" in out.text
    with httpx.Client(timeout=30) as thief:
        assert thief.get(f"{base}/patients", headers=copied).status_code == 403


def test_new_sign_in_is_a_new_session(clinic: Clinic, browser: httpx.Client) -> None:
    browser.get(started(browser, clinic))
    first = browser.cookies["garrod_session"]
    browser.get(started(browser, clinic))
    assert browser.cookies["garrod_session"].partition(".")[0] != first.partition(".")[0]
    with httpx.Client(timeout=30) as other:
        former = {"Cookie": f"garrod_session={first}"}
        assert other.get(f"{clinic.server.base}/patients", headers=former).status_code == 403


def test_made_up_sessions_of_people_open_nothing(clinic: Clinic, browser: httpx.Client) -> None:
    for cookie in ("p" + "0" * 32 + ".1.1." + "0" * 64, "p.1.1.x", "l.1.1.x"):
        headers = {"Cookie": f"garrod_session={cookie}"}
        assert browser.get(f"{clinic.server.base}/patients", headers=headers).status_code == 403


def test_own_token_still_lets_in_on_this_machine(clinic: Clinic, browser: httpx.Client) -> None:
    answer = browser.post(f"{clinic.server.base}/sign-in", data={"token": TOKEN})
    assert answer.status_code == 303


def test_step_up_asks_the_provider_for_a_sign_in_of_now(
    clinic: Clinic, browser: httpx.Client
) -> None:
    answer = browser.get(f"{clinic.server.base}/sign-in/start?again=1&next=/patients")
    asked = parse_qs(urlsplit(answer.headers["location"]).query)
    assert (asked["prompt"], asked["max_age"]) == (["login"], ["300"])
    assert browser.get(started(browser, clinic, "again=1")).status_code == 303


def chosen(browser: httpx.Client, base: str, persona: str) -> httpx.Response:
    """Return the answer to who signs in at the development issuer as somebody."""
    url = followed(browser, f"{base}/sign-in/start?next=/patients", to=f"{base}/issuer/authorize")
    page = browser.get(url)
    assert page.status_code == 200
    assert page.text.count("DEVELOPMENT") >= 2
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
    ask = re.search(r'name="ask" value="([^"]+)"', page.text)
    assert ask is not None
    form = {"ask": unescape(ask[1]), "persona": persona}
    back = browser.post(f"{base}/issuer/choose", data=form).headers["location"]
    return browser.get(back)


@pytest.mark.parametrize("persona", ["prescriber", "patient", "governance-officer"])
def test_development_issuer_signs_in_as_anybody(
    developed: Server, browser: httpx.Client, persona: str
) -> None:
    answer = chosen(browser, developed.base, persona)
    assert (answer.status_code, answer.headers["location"]) == (303, "/patients")
    assert browser.get(f"{developed.base}/patients").status_code in (200, 403)
    assert "garrod_session" in browser.cookies


def test_printed_link_signs_in_at_the_development_issuer_once(
    developed: Server, browser: httpx.Client
) -> None:
    log = (developed.folder.parent / f"{developed.folder.name}.log").read_text()
    link = re.findall(r"http://\S+/sign-in\?once=\S+", log)[-1]
    back = followed(browser, link, to=f"{developed.base}/sign-in/back")
    assert browser.get(back).status_code == 303
    assert browser.cookies["garrod_session"].startswith("p")
    assert browser.get(f"{developed.base}/patients").status_code == 200
    assert browser.get(link).status_code == 403


def test_development_issuer_is_told_of_and_its_pages_are_its_own(
    developed: Server, browser: httpx.Client
) -> None:
    told = browser.get(f"{developed.base}/issuer/.well-known/openid-configuration").json()
    assert (told["issuer"], told["environment"]) == (f"{developed.base}/issuer", "DEVELOPMENT")
    assert browser.get(told["jwks_uri"]).json()["keys"][0]["kty"] == "EC"
    smart = browser.get(f"{developed.base}/fhir/.well-known/smart-configuration").json()
    assert smart["token_endpoint"] == f"{developed.base}/issuer/token"
    refused = browser.post(told["token_endpoint"], data={"grant_type": "password"})
    assert (refused.status_code, refused.json()["error"]) == (400, "unsupported_grant_type")
    for path in ("/issuer/none", "/issuer/authorize?client_id=x&redirect_uri=https://evil.example"):
        assert browser.get(f"{developed.base}{path}").status_code in (400, 404)
    evil = {"Origin": "https://evil.example"}
    for sent in (evil, {"Host": "evil.example"}):
        found = browser.post(f"{developed.base}/issuer/choose", data={"ask": "x"}, headers=sent)
        assert found.status_code == 403
    out = browser.post(f"{developed.base}/issuer/token", content=b"{}")
    assert out.status_code == 400


def test_without_an_issuer_there_is_no_sign_in_elsewhere(clinic: Clinic) -> None:
    answer = httpx.get(f"{clinic.server.base}/issuer/.well-known/openid-configuration")
    assert answer.status_code == 404


def test_sessions_of_people_outlive_the_server_and_its_file_lets_nobody_in(tmp_path: Path) -> None:
    port = free_port()
    base, folder = f"http://127.0.0.1:{port}", tmp_path / "d"
    with provider(f"{base}/fhir", back=f"{base}/sign-in/back") as issuer, browsing() as one:
        settings = {"GARROD_ISSUER": issuer.issuer, "GARROD_CLIENT_ID": WEB}
        settings |= {"GARROD_AUDIENCE": f"{base}/fhir"}
        with server(folder, port=port, settings=settings) as first, browsing() as two:
            for each in (one, two):
                each.get(started(each, Clinic(first, issuer)))
            over = two.cookies["garrod_session"]
            csrf = re.search(r'name="csrf" value="(\w+)"', two.get(f"{base}/patients").text)
            assert csrf is not None
            assert two.post(f"{base}/sign-out", data={"csrf": csrf[1]}).status_code == 200
        with server(folder, port=port, settings=settings):
            assert one.get(f"{base}/patients").status_code == 200
            with browsing() as thief:
                copied = {"Cookie": f"garrod_session={over}"}
                assert thief.get(f"{base}/patients", headers=copied).status_code == 403
        held = (folder / "sessions.db").read_bytes()
        for secret in (one.cookies["garrod_session"].partition(".")[0], "Practitioner/ann"):
            assert secret.encode() not in held


def test_signing_out_everywhere_ends_the_other_browsers_too(
    clinic: Clinic, browser: httpx.Client
) -> None:
    base = clinic.server.base
    with browsing() as other, browsing() as own:
        other.get(started(other, clinic))
        browser.get(started(browser, clinic))
        own.post(f"{base}/sign-in", data={"token": TOKEN})
        assert browser.get(f"{base}/sign-out").status_code == 404  # by a form of ours alone
        csrf = re.search(r'name="csrf" value="(\w+)"', browser.get(f"{base}/patients").text)
        assert csrf is not None
        out = browser.post(f"{base}/sign-out", data={"csrf": csrf[1]})
        assert "still signed in" in out.text
        who = re.search(r'name="who" value="([^"]+)"', out.text)
        assert who is not None
        assert other.get(f"{base}/patients").status_code == 200
        for made_up in ("", "x", who[1][:-1]):
            answer = browser.post(f"{base}/sign-in/everywhere", data={"who": made_up})
            assert answer.status_code == 403
        assert other.get(f"{base}/patients").status_code == 200
        answer = browser.post(f"{base}/sign-in/everywhere", data={"who": unescape(who[1])})
        assert "signed out everywhere" in answer.text
        assert other.get(f"{base}/patients").status_code == 403
        assert own.get(f"{base}/patients").status_code == 200


def test_who_signs_out_at_the_provider_is_out_here_and_hears_no_more(
    clinic: Clinic, browser: httpx.Client
) -> None:
    base, server = clinic.server.base, clinic.server
    ann = {"resourceType": "Practitioner", "id": "ann", "name": [{"family": "Doctor"}]}
    theirs = {"generalPractitioner": [{"reference": "Practitioner/ann"}]}
    for body in (ann, {"resourceType": "Patient", "id": "heard", **theirs}):
        url = f"/fhir/{body['resourceType']}/{body['id']}"
        assert server.ask("PUT", url, json=body).status_code in (200, 201)
    with browsing() as other, browsing() as own:
        for each in (browser, other):
            each.get(started(each, clinic))
            assert each.get(f"{base}/patients").status_code == 200
        own.post(f"{base}/sign-in", data={"token": TOKEN})
        with browser.stream("GET", f"{base}/patients/heard/live") as heard:
            assert heard.status_code == 200
            told = heard.iter_text()
            assert "beat" in next(told)
            clinic.provider.ended(browser)
            ended = time.monotonic()
            assert any("signed out" in part for part in itertools.islice(told, 10))
            assert time.monotonic() - ended < 1.5
        assert browser.get(f"{base}/patients").status_code == 403
        assert other.get(f"{base}/patients").status_code == 200  # another sign-in of the same
        assert own.get(f"{base}/patients").status_code == 200
        browser.get(started(browser, clinic))
        assert browser.get(f"{base}/patients").status_code == 200  # who signs in again is in
    (taken, *_) = [e for e in entries(server.folder) if e.route == "POST /sign-in/back-channel"]
    assert (taken.who, taken.deed, taken.status) == (clinic.provider.issuer, "sign-out", 200)


@pytest.mark.parametrize("token", ["", "no token", "e30.e30.AAAA", "x" * 20_000])
def test_what_is_no_logout_token_is_refused_and_audited(
    clinic: Clinic, browser: httpx.Client, token: str
) -> None:
    base = clinic.server.base
    browser.get(started(browser, clinic))
    with browsing() as stranger:
        form = {"logout_token": token}
        answer = stranger.post(f"{base}/sign-in/back-channel", data=form)
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
        assert answer.headers["cache-control"] == "no-store"
        assert stranger.get(f"{base}/sign-in/back-channel").status_code == 404
    last = entries(clinic.server.folder)[-2]
    assert (last.who, last.status, last.outcome) == ("nobody", 400, "denied")
    assert "this token is not accepted" in last.because[0]
    assert browser.get(f"{base}/patients").status_code == 200


def test_id_token_of_a_sign_in_ends_nobodys_session(clinic: Clinic, browser: httpx.Client) -> None:
    """A token that the issuer signed for this client, and for something else."""
    base = clinic.server.base
    browser.get(started(browser, clinic))
    csrf = re.search(r'name="csrf" value="(\w+)"', browser.get(f"{base}/patients").text)
    assert csrf is not None
    with browsing() as other:
        other.get(started(other, clinic))
        out = browser.post(f"{base}/sign-out", data={"csrf": csrf[1]}).text
        hint = re.search(r"id_token_hint=([\w.-]+)", out)
        assert hint is not None
        form = {"logout_token": hint[1]}
        answer = browser.post(f"{base}/sign-in/back-channel", data=form)
        assert answer.status_code == 400
        assert "(events)" in answer.json()["error_description"]
        assert other.get(f"{base}/patients").status_code == 200


def entries(folder: Path) -> list[AuditEntry]:
    """Return what the log says of requests."""
    reading = reading_of(folder / "audit.db")
    found = [entry_read(reading.entry(i)) for i in range(reading.seal().size)]
    reading.close()
    return [e for e in found if e.event == "request"]
