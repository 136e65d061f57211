"""What is dangerous asks for a sign-in of just now."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from garrod.care.govern.access import LOCAL, Actor, Deed
from garrod.care.govern.stepping import (
    AHEAD,
    FRESH,
    USUAL,
    Act,
    SignInAgain,
    Stepping,
    demand_fresh,
    is_fresh,
    needs_step_up,
    stepping_told,
    told_stepping,
)

NOW = datetime(2026, 11, 28, 9, tzinfo=UTC)
SECONDS = int(NOW.timestamp())
WITHIN = int(FRESH.total_seconds())
NURSE = Actor("Practitioner/n", "nurse", shown=SECONDS)


def signed_in(ago: int) -> Actor:
    """Return somebody who signed in so many seconds ago."""
    return replace(NURSE, shown=SECONDS - ago)


@pytest.mark.parametrize("act", [*Act])
def test_dangerous_act_needs_a_fresh_sign_in(act: str) -> None:
    demand_fresh(act, signed_in(WITHIN), NOW)
    unknown = replace(NURSE, shown=0)
    for actor in (unknown, signed_in(WITHIN + 1), signed_in(-int(AHEAD.total_seconds()) - 1)):
        assert needs_step_up(act, actor, NOW)
        with pytest.raises(SignInAgain, match=act) as told:
            demand_fresh(act, actor, NOW)
        assert (told.value.seconds, told.value.levels) == (WITHIN, ())


@pytest.mark.parametrize("act", ["read", "create", "anything"])
def test_what_is_done_all_day_does_not(act: str) -> None:
    assert not needs_step_up(act, replace(NURSE, shown=0), NOW)
    demand_fresh(act, replace(NURSE, shown=0), NOW)


def test_machines_own_user_and_software_cannot_be_asked_again() -> None:
    for actor in (LOCAL, Actor("client/robot", "system"), Actor("ehr", "cds-client")):
        assert not needs_step_up(Act.EXPORT, actor, NOW)
    assert needs_step_up(Act.EXPORT, Actor("somebody"), NOW)


def test_persons_own_consent_is_theirs_to_change_at_any_time() -> None:
    assert not needs_step_up(Act.CHANGE_CONSENT, Actor("Patient/p", "patient"), NOW)
    assert needs_step_up(Act.CHANGE_CONSENT, Actor("Patient/q", "proxy"), NOW)
    assert needs_step_up(Act.RELEASE, Actor("Patient/p", "patient"), NOW)


@pytest.mark.parametrize(
    ("deed", "kind", "acts"),
    [
        (Deed.CREATE, "consent", (Act.CHANGE_CONSENT,)),
        (Deed.UPDATE, "consent", (Act.CHANGE_CONSENT,)),
        (Deed.DELETE, "consent", (Act.CHANGE_CONSENT,)),
        (Deed.DELETE, "other", (Act.DELETE_FACT,)),
        (Deed.DELETE, "order", (Act.DELETE_FACT,)),
        (Deed.DELETE, "subscription", ()),
        (Deed.DELETE, "shared", ()),
        (Deed.UPDATE, "other", ()),
        (Deed.READ, "consent", ()),
    ],
)
def test_policy_says_which_deeds_are_which_acts(
    deed: Deed, kind: str, acts: tuple[Act, ...]
) -> None:
    assert USUAL.acts(deed, kind) == acts


def test_level_of_the_sign_in_may_be_asked_for_too() -> None:
    high = replace(USUAL, levels=("AAL3", "AAL2"))
    assert not needs_step_up(Act.EXPORT, replace(NURSE, level="AAL2"), NOW, high)
    for level in ("", "AAL1"):
        with pytest.raises(SignInAgain, match="in the way") as told:
            demand_fresh(Act.EXPORT, replace(NURSE, level=level), NOW, high)
        assert told.value.levels == ("AAL3", "AAL2")


def test_clock_of_the_issuer_may_be_a_little_ahead() -> None:
    assert is_fresh(SECONDS + int(AHEAD.total_seconds()), NOW)
    assert not is_fresh(0, NOW)


def test_what_a_policy_says_is_told_and_read_again() -> None:
    assert stepping_told(told_stepping(USUAL)) == USUAL
    short = Stepping((USUAL.demands[0],), 60, ("AAL2",), frozenset(("system",)))
    assert stepping_told(told_stepping(short)) == short
    assert stepping_told({"demand": [{"act": "break the glass"}]}).seconds == WITHIN


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"demand": [{}]},
        {"demand": [{"act": "fly"}]},
        {"demand": [{"act": "break the glass", "deeds": ["fly"]}]},
        {"demand": [], "seconds": 0},
        {"demand": [], "seconds": "soon"},
        {"demand": 3},
    ],
)
def test_what_cannot_be_read_is_refused(told: dict[str, object]) -> None:
    with pytest.raises((ValueError, KeyError, TypeError)):
        stepping_told(told)
