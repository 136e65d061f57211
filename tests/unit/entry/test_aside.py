"""Forms that were answered by a page: what is kept, for whom, and what never is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from garrod.core.errors import OutsideError
from garrod.entry.web.aside import FIELD, kept_of, put_aside, taken
from garrod.entry.web.seals import Seals, Session
from garrod.entry.web.sessions import Sessions

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
ONE, OTHER = (Session(id, 0, 0) for id in ("l" + "a" * 32, "l" + "b" * 32))
TYPED = {"reason": "they cannot speak", "csrf": "c" * 8, "do": "open", "key": "one order"}


class Clock:
    at = NOW

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sessions(clock: Clock) -> Sessions:
    return Sessions(Seals("token", clock), clock, is_tls=False)


def request(mode: str = "navigate", referer: str = "") -> Request:
    headers = [(b"sec-fetch-mode", mode.encode()), (b"referer", referer.encode())]
    return Request({"type": "http", "method": "POST", "path": "/emergency", "headers": headers})


def key_of(answer: Response) -> str:
    path, _, key = answer.headers["location"].partition(f"?{FIELD}=")
    assert (answer.status_code, path) == (303, "/emergency")
    return key


def test_page_is_shown_once_and_then_what_was_typed(sessions: Sessions) -> None:
    page = HTMLResponse("<p>Choose why</p>", status_code=422)
    key = key_of(put_aside(sessions, ONE, request(), TYPED, page))
    assert "speak" not in key
    shown = taken(sessions, ONE, key, "/emergency").answer()
    assert (shown.status_code, shown.body) == (422, b"<p>Choose why</p>")
    assert shown.headers["cache-control"] == "no-store"
    again = taken(sessions, ONE, key, "/emergency")
    assert (again.page, again.fields) == ("", kept_of(TYPED))


def test_key_is_of_use_in_its_session_alone_and_not_for_long(
    sessions: Sessions, clock: Clock
) -> None:
    key = key_of(put_aside(sessions, ONE, request(), TYPED, HTMLResponse("x")))
    assert taken(sessions, OTHER, key, "/emergency").fields == {}
    assert taken(sessions, ONE, "made-up", "/emergency").fields == {}
    assert taken(sessions, ONE, key, "/patients/other/prescribe").fields == {}
    clock.at = NOW + timedelta(minutes=31)
    assert taken(sessions, ONE, key, "/emergency").fields == {}


def test_secrets_and_what_proves_something_are_never_kept() -> None:
    secret = {"token": "t", "New-Password": "p", "client_secret": "s", "checked": "m", "typed": "k"}
    assert kept_of({**TYPED, **secret, "empty": ""}) == {
        "reason": "they cannot speak",
        "key": "one order",
        "at": "one order",
    }


@pytest.mark.parametrize(
    ("mode", "fields", "page"),
    [
        ("cors", TYPED, HTMLResponse("by a script", status_code=422)),
        ("", TYPED, HTMLResponse("by a program", status_code=422)),
        ("navigate", {"message": "MSH|"}, HTMLResponse("read and kept nowhere")),
        ("navigate", TYPED, Response(b"%PDF", media_type="application/pdf")),
    ],
)
def test_other_answers_are_given_as_they_are(
    sessions: Sessions, mode: str, fields: dict[str, str], page: Response
) -> None:
    assert put_aside(sessions, ONE, request(mode), fields, page) is page


def test_page_that_is_too_large_is_given_as_it_is(sessions: Sessions) -> None:
    noise = "".join(chr(33 + (n * n * 7919 >> 3) % 9001) for n in range(300_000))
    page = HTMLResponse(noise, status_code=422)
    assert put_aside(sessions, ONE, request(), TYPED, page) is page


def test_page_is_given_as_it_is_where_nothing_can_be_kept(
    sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> bool:
        raise OutsideError("it cannot be kept", code="IDP011")

    monkeypatch.setattr(sessions.store, "put_aside", broken)
    page = HTMLResponse("x", status_code=422)
    assert put_aside(sessions, ONE, request(), TYPED, page) is page


def test_form_that_is_taken_in_the_end_is_kept_no_longer(sessions: Sessions) -> None:
    key = key_of(put_aside(sessions, ONE, request(), TYPED, HTMLResponse("x", status_code=422)))
    done = RedirectResponse("/patients/1", status_code=303)
    here = f"https://clinic.test/emergency?{FIELD}={key}"
    assert put_aside(sessions, ONE, request(referer=here), TYPED, done) is done
    assert taken(sessions, ONE, key, "/emergency").fields == {}
