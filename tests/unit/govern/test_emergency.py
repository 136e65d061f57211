"""What a broken glass is: a reason that says something, an hour, and one person alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from garrod.care.govern.access import Actor
from garrod.care.govern.emergency import (
    OPEN,
    broken,
    glass_told,
    reason_of,
    told_glass,
)
from garrod.care.govern.policy import CARE, EMERGENCY, NONE, SELF
from garrod.care.govern.relation import Standing, Tie, relation_of
from garrod.core.errors import InputError

AT = datetime(2026, 6, 1, 12, tzinfo=UTC)
NURSE = Actor("Practitioner/n", role="nurse", organisation="Organization/o")
REASON = "collapsed in the waiting room"
GLASS = broken(NURSE, "p", REASON, AT, id="glass-1")


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ("  collapsed\n in  the ward ", "collapsed in the ward"),
        ("seizure ×2", "seizure ×2"),
        ("anaphylaxis", "anaphylaxis"),
        ("x" * 296 + " abc", "x" * 296 + " abc"),
    ],
)
def test_reason_is_kept_with_single_blanks(given: str, reason: str) -> None:
    assert reason_of(given) == reason


@pytest.mark.parametrize(
    "given",
    ["", "too short", "  a b c d  ", "aaaaaaaaaaaa", "abababababab", "..........", "x" * 301],
)
def test_reason_that_says_nothing_is_refused(given: str) -> None:
    with pytest.raises(InputError) as found:
        reason_of(given)
    assert found.value.code == "GLS001"


def test_it_holds_for_an_hour_or_until_it_is_ended() -> None:
    assert GLASS.holds(AT)
    assert GLASS.holds(AT + OPEN - timedelta(microseconds=1))
    assert not GLASS.holds(AT + OPEN)
    assert not GLASS.holds(AT - timedelta(microseconds=1))
    ended = replace(GLASS, ended=AT + timedelta(minutes=5))
    assert ended.holds(AT + timedelta(minutes=4))
    assert not ended.holds(AT + timedelta(minutes=5))
    assert replace(GLASS, ended=AT + 2 * OPEN).end == AT + OPEN  # it never lasts longer


def test_it_is_kept_and_read_as_it_was() -> None:
    for glass in (GLASS, replace(GLASS, ended=AT + timedelta(minutes=5))):
        assert glass_told(told_glass(glass)) == glass


@pytest.mark.parametrize(
    ("other", "relation"),
    [
        (NURSE, EMERGENCY),
        (replace(NURSE, client="another app", session="s2"), EMERGENCY),
        (replace(NURSE, role="prescriber"), NONE),
        (replace(NURSE, organisation=""), NONE),
        (replace(NURSE, id="Practitioner/m"), NONE),
    ],
)
def test_it_is_open_to_who_broke_it_alone(other: Actor, relation: str) -> None:
    assert stands(other, Standing("p", glasses=(GLASS,))) == relation


def test_it_opens_one_person_alone_and_widens_care() -> None:
    assert stands(NURSE, Standing("q", glasses=(GLASS,))) == NONE
    cared = Standing("p", {NURSE.id: (Tie(CARE),)}, glasses=(GLASS,))
    assert stands(NURSE, cared) == EMERGENCY
    assert stands(NURSE, cared, AT + OPEN) == CARE
    own = Actor("Patient/p", role="patient", emergency="x", purpose="ETREAT")
    assert stands(own, cared) == SELF
    proxy = Actor("RelatedPerson/r", role="proxy", emergency="x", purpose="ETREAT")
    assert stands(proxy, cared) == NONE


def stands(actor: Actor, standing: Standing, at: datetime = AT) -> str:
    glass = standing.glass_of(actor, at)
    return relation_of(glass.worn_by(actor) if glass else actor, standing, at)
