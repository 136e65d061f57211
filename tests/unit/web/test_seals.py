"""Sessions end, links open once, and nothing that was made up is taken for ours."""

from base64 import urlsafe_b64decode
from datetime import UTC, datetime, timedelta

import pytest

from garrod.entry.web.seals import ABSOLUTE, IDLE, LINK, Seals, Session


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 28, 9, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def seals(clock: Clock) -> Seals:
    return Seals("token", clock, link="once")


def test_session_is_known_until_it_idles(seals: Seals, clock: Clock) -> None:
    cookie = seals.begun()
    clock.now += IDLE
    assert seals.session(cookie) is not None
    clock.now += timedelta(seconds=1)
    assert seals.session(cookie) is None


def test_session_that_is_used_ends_at_last(seals: Seals, clock: Clock) -> None:
    cookie, began = seals.begun(), clock.now
    while clock.now - began < ABSOLUTE:
        clock.now += timedelta(minutes=20)
        session = seals.session(cookie)
        assert session is not None
        cookie = seals.renewed(session)
    clock.now += timedelta(seconds=1)
    assert seals.session(cookie) is None


def test_cookie_that_was_changed_is_nobody(seals: Seals) -> None:
    id, began, used, seal = seals.begun().split(".")
    for said in (f"{id}.{began}.{int(used) + 60}.{seal}", f"{id}.{began}.{used}.x", "", "a", "é.1"):
        assert seals.session(said) is None


def test_cookie_of_another_server_is_nobody(seals: Seals, clock: Clock) -> None:
    assert seals.session(Seals("other", clock).begun()) is None


def test_form_belongs_to_its_session(seals: Seals) -> None:
    first, second = seals.session(seals.begun()), seals.session(seals.begun())
    assert first is not None
    assert second is not None
    assert seals.is_own(first, seals.csrf(first))
    assert not seals.is_own(second, seals.csrf(first))
    assert not seals.is_own(first, "")


def test_token_of_forms_is_masked_anew_each_time(seals: Seals) -> None:
    session = seals.session(seals.begun())
    assert session is not None
    tokens = {seals.csrf(session) for _ in range(20)}
    assert len(tokens) == 20
    assert all(seals.is_own(session, token) for token in tokens)
    assert len({token[:64] for token in tokens} | {token[64:] for token in tokens}) == 40


def test_token_that_is_none_of_ours_is_refused_whatever_it_is(seals: Seals) -> None:
    session = seals.session(seals.begun())
    assert session is not None
    own = seals.csrf(session)
    bent = ("0" * 128, "0" * 64, own[:-2], own + "00", own[64:] * 2, own.replace(own[0], "é"), "z")
    for token in (*bent, " " + own, own[:64] + " " + own[65:]):
        assert not seals.is_own(session, token), token


def test_link_opens_once(seals: Seals) -> None:
    assert not seals.opens("")
    assert not seals.opens("twice")
    assert seals.opens("once")
    assert not seals.opens("once")


def test_link_opens_for_a_while_only(seals: Seals, clock: Clock) -> None:
    clock.now += LINK + timedelta(seconds=1)
    assert not seals.opens("once")


def test_without_a_link_none_opens(clock: Clock) -> None:
    assert not Seals("token", clock).opens("")


def test_key_of_a_form_tells_its_age(seals: Seals, clock: Clock) -> None:
    key = seals.form_key()
    clock.now += timedelta(seconds=42)
    assert seals.age_of(key) == 42
    assert seals.age_of(key[:-1]) is None
    assert seals.age_of("") is None
    clock.now += timedelta(hours=12)
    assert seals.age_of(key) is None


def test_token_is_compared_whole(seals: Seals) -> None:
    assert seals.knows(" token\n")
    assert not seals.knows("toke")
    assert not seals.knows("")


def test_veiled_values_are_read_in_their_session_and_use_alone(seals: Seals) -> None:
    one, other = Session("one", 0, 0), Session("other", 0, 0)
    said = {"q": "O\u2019Hara \u05d0\u05d1", "after": ""}
    veiled = seals.veiled("people", said, one)
    assert seals.unveiled("people", veiled, one) == said
    assert seals.unveiled("people", veiled, other) is None
    assert seals.unveiled("cards", veiled, one) is None
    assert veiled == seals.veiled("people", said, one)  # Back finds the same page


def test_veiled_values_tell_nothing_and_bear_no_change(seals: Seals) -> None:
    session = Session("one", 0, 0)
    veiled = seals.veiled("people", {"q": "Rarename"}, session)
    assert "Rarename" not in veiled
    assert b"Rarename" not in urlsafe_b64decode(veiled)
    for spoiled in ("", "x", veiled[:-4], f"A{veiled[1:]}", "\u00e9", "=="):
        assert seals.unveiled("people", spoiled, session) is None
    names = ("Ng", "Featherstonehaugh")
    assert len({len(seals.veiled("people", {"q": name}, session)) for name in names}) == 1


def test_veiled_values_of_another_server_are_not_read(clock: Clock) -> None:
    session = Session("one", 0, 0)
    veiled = Seals("another", clock).veiled("people", {"q": "x"}, session)
    assert Seals("token", clock).unveiled("people", veiled, session) is None
