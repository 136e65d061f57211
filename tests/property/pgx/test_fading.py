"""Properties of fading: an effect never grows, and is gone on the day that was told."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from garrod.science.pgx.fading import Stopped, Times, days_until, fading, left_after
from garrod.science.pgx.modulators import rank_of
from tests.making.conversions import FACTS

LAST = date(2026, 1, 1)
DRUGS = sorted({drug for drug, _ in FACTS.lives.by})
ENZYMES = sorted(set(FACTS.modulators.enzymes.values()))


def strengths(drug: str, enzyme: str, days: int) -> dict[str, int]:
    """Return how strong each effect counts on a day; -1 where it counts no more."""
    times = Times(LAST + timedelta(days=days), (Stopped(drug, drug, LAST),))
    found = fading(FACTS.modulators, FACTS.rules, FACTS.lives, enzyme, times)
    return {m.effect: rank_of(m.strength) for m in found}


@given(st.sampled_from(DRUGS), st.sampled_from(ENZYMES), st.integers(0, 400), st.integers(0, 60))
def test_stopped_medicine_never_grows_stronger(
    drug: str, enzyme: str, days: int, more: int
) -> None:
    before, after = strengths(drug, enzyme, days), strengths(drug, enzyme, days + more)
    assert all(before.get(effect, -1) >= rank for effect, rank in after.items())


@given(st.sampled_from(DRUGS), st.sampled_from(ENZYMES), st.integers(0, 400))
def test_effect_counts_until_the_day_that_is_told_and_no_longer(
    drug: str, enzyme: str, days: int
) -> None:
    times = Times(LAST + timedelta(days=days), (Stopped(drug, drug, LAST),))
    for found in fading(FACTS.modulators, FACTS.rules, FACTS.lives, enzyme, times):
        told = found.fading
        assert told is not None
        assert times.today < told.next_on <= told.until
        end = (told.until - LAST).days
        assert found.effect in strengths(drug, enzyme, end - 1)
        assert found.effect not in strengths(drug, enzyme, end)


@given(st.floats(0.5, 3000), st.floats(0.01, 0.99))
def test_day_and_share_agree(hours: float, share: float) -> None:
    day = days_until(hours, share)
    assert left_after(hours, day) <= share
    assert left_after(hours, day - 1) >= share * (1 - 1e-9)
