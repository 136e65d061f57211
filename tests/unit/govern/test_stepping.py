"""What is dangerous asks for a sign-in of just now."""

from datetime import UTC, datetime, timedelta

import pytest

from garrod.care.govern.access import Deed
from garrod.care.govern.stepping import (
    AHEAD,
    FRESH,
    Act,
    SignInAgain,
    demand_fresh,
    is_fresh,
    needs_step_up,
)

NOW = datetime(2026, 11, 28, 9, tzinfo=UTC)


@pytest.mark.parametrize("act", [*Act, Deed.EXPORT])
def test_dangerous_act_needs_a_fresh_sign_in(act: str) -> None:
    assert needs_step_up(act)
    demand_fresh(act, NOW - FRESH, NOW)
    for at in (None, NOW - FRESH - timedelta(seconds=1), NOW + AHEAD + timedelta(seconds=1)):
        with pytest.raises(SignInAgain):
            demand_fresh(act, at, NOW)


@pytest.mark.parametrize("deed", [Deed.READ, Deed.CREATE, Deed.DELETE, "anything"])
def test_what_is_done_all_day_does_not(deed: str) -> None:
    assert not needs_step_up(deed)
    demand_fresh(deed, None, NOW)


def test_clock_of_the_issuer_may_be_a_little_ahead() -> None:
    assert is_fresh(NOW + AHEAD, NOW)
