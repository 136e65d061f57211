"""Sessions of people: they outlive the server, and are ended for good."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from garrod.adapters.identity.sessions import store_in
from garrod.care.govern.access import LOCAL, Actor
from garrod.entry.web.seals import ABSOLUTE, IDLE, Seals
from garrod.entry.web.sessions import COOKIE, HOST_COOKIE, Present, Sessions, SignedIn

NURSE = Actor("Practitioner/n", "nurse", session="token", shown=1_795_000_000, level="AAL2")


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


def test_sessions_outlive_the_server_and_are_known_to_its_other_workers(
    clock: Clock, tmp_path: Path
) -> None:
    def worker() -> Sessions:
        return Sessions(Seals("token", clock), clock, is_tls=False, store=store_in(tmp_path))

    first, other = worker(), worker()
    cookie = first.begin(SignedIn(NURSE, "Nora", "id-token"))
    found = present(other, cookie)
    assert found.who == SignedIn(replace(NURSE, session=found.session.id), "Nora", "id-token")
    assert present(worker(), first.begin()).who.actor == LOCAL
    other.end(found.session)
    assert first.present(cookie) is None
    assert worker().present(cookie) is None


def test_signing_out_everywhere_ends_ones_own_sessions_and_nobody_elses(
    sessions: Sessions, clock: Clock
) -> None:
    mine = [sessions.begin(SignedIn(NURSE)) for _ in range(3)]
    doctors = sessions.begin(SignedIn(Actor("Practitioner/d", "prescriber")))
    own = sessions.begin()
    assert sessions.count(NURSE.id) == 3
    sessions.end_all(NURSE.id)
    assert [sessions.present(cookie) for cookie in mine] == [None] * 3
    assert sessions.count(NURSE.id) == 0
    assert sessions.present(doctors)
    sessions.end_all(LOCAL.id)
    assert sessions.present(own) is None
    clock.now += timedelta(seconds=1)
    assert sessions.present(sessions.begin())
    assert sessions.present(sessions.begin(SignedIn(NURSE)))


@pytest.mark.parametrize("who", [None, SignedIn(NURSE)])
def test_session_from_before_a_sign_in_is_of_no_use_after_it(
    sessions: Sessions, who: SignedIn | None
) -> None:
    planted = sessions.begin()
    cookie = sessions.begin(who, former=present(sessions, planted))
    assert sessions.present(planted) is None
    assert present(sessions, cookie).session.id != planted.partition(".")[0]


def test_what_is_for_one_use_is_used_once_by_all(sessions: Sessions) -> None:
    assert sessions.use("link x")
    assert not sessions.use("link x")
    assert sessions.use("link y")


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
