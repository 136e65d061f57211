"""Sessions of people: known here alone, ended for good, and fresh where it matters."""

from datetime import UTC, datetime, timedelta

import pytest

from garrod.care.govern.access import LOCAL, Actor
from garrod.entry.web.seals import ABSOLUTE, IDLE, Seals
from garrod.entry.web.sessions import COOKIE, HOST_COOKIE, Present, Sessions, SignedIn

NURSE = Actor("Practitioner/n", "nurse", session="token")


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 28, 9, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sessions(clock: Clock) -> Sessions:
    return Sessions(Seals("token", clock), clock, is_tls=False)


def present(sessions: Sessions, cookie: str) -> Present:
    found = sessions.present(cookie)
    assert found is not None
    return found


def test_cookie_holds_nothing_of_who_is_signed_in(sessions: Sessions, clock: Clock) -> None:
    cookie = sessions.begin(SignedIn(NURSE, "Nora"))
    assert "nurse" not in cookie
    found = present(sessions, cookie)
    assert (found.who.actor.id, found.who.actor.role) == (NURSE.id, NURSE.role)
    assert found.who.actor.session == found.session.id


def test_without_a_name_it_is_this_machines_user(sessions: Sessions) -> None:
    assert present(sessions, sessions.begin()).who.actor == LOCAL


def test_session_of_a_person_ends_with_the_server_and_that_of_its_own_user_does_not(
    sessions: Sessions, clock: Clock
) -> None:
    again = Sessions(Seals("token", clock), clock, is_tls=False)
    assert again.present(sessions.begin(SignedIn(NURSE))) is None
    assert present(again, sessions.begin()).who.actor == LOCAL


@pytest.mark.parametrize("who", [None, SignedIn(NURSE)])
def test_session_ends_when_it_is_ended_idle_or_old(
    sessions: Sessions, clock: Clock, who: SignedIn | None
) -> None:
    cookie = sessions.begin(who)
    sessions.end(present(sessions, cookie).session)
    assert sessions.present(cookie) is None
    idle = sessions.begin(who)
    clock.now += IDLE + timedelta(seconds=1)
    assert sessions.present(idle) is None
    cookie, began = sessions.begin(who), clock.now
    while clock.now - began < ABSOLUTE:
        clock.now += timedelta(minutes=20)
        cookie = sessions.seals.renewed(present(sessions, cookie).session)
    clock.now += timedelta(seconds=1)
    assert sessions.present(cookie) is None


def test_ended_session_stays_ended_while_its_cookie_would_hold(
    sessions: Sessions, clock: Clock
) -> None:
    cookie = sessions.begin()
    session = present(sessions, cookie).session
    sessions.end(session)
    for _ in range(30):
        clock.now += timedelta(minutes=20)
        sessions.begin()
        assert sessions.present(sessions.seals.renewed(session)) is None


def test_cookie_is_bound_to_the_host_where_tls_is_spoken(sessions: Sessions, clock: Clock) -> None:
    assert sessions.cookie == COOKIE
    assert Sessions(sessions.seals, clock, is_tls=True).cookie == HOST_COOKIE


def test_what_a_browser_carries_is_for_one_use_and_for_a_while(
    sessions: Sessions, clock: Clock
) -> None:
    seals = sessions.seals
    sealed = seals.sealed("use", {"a": "1", "é": '"'}, timedelta(minutes=10))
    assert seals.opened("use", sealed) == {"a": "1", "é": '"'}
    assert seals.opened("other", sealed) is None
    plain, _, seal = sealed.rpartition(".")
    for said in ("", ".", "x", f"{plain}.", f"{plain}A.{seal}", f"{plain}.{seal[:-1]}", "é.é"):
        assert seals.opened("use", said) is None
    clock.now += timedelta(minutes=10, seconds=1)
    assert seals.opened("use", sealed) is None
