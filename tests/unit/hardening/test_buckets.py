"""Buckets fill steadily, spend one a request, and are forgotten before they fill the memory."""

from hypothesis import given
from hypothesis import strategies as st

from garrod.entry.hardening.buckets import Buckets
from garrod.entry.hardening.limits import Rate


def test_as_many_as_at_once_and_then_as_many_as_each_second() -> None:
    buckets = Buckets(Rate(2, 3))
    assert [buckets.take("a", 0.0) for _ in range(3)] == [0, 0, 0]
    assert buckets.take("a", 0.0) == 0.5
    assert buckets.take("a", 0.25) == 0.25
    assert buckets.take("a", 0.5) == 0
    assert buckets.take("b", 0.5) == 0


def test_what_is_given_back_can_be_taken_again_and_never_more() -> None:
    buckets = Buckets(Rate(1, 2))
    buckets.take("a", 0.0)
    buckets.spend("a", 0.0, many=-5)
    assert [buckets.take("a", 0.0) for _ in range(3)] == [0, 0, 1]


def test_debt_has_an_end() -> None:
    buckets = Buckets(Rate(1, 2))
    for _ in range(100):
        buckets.spend("a", 0.0)
    assert buckets.wait("a", 0.0) == 3
    assert buckets.wait("a", 3.0) == 0


def test_no_flood_of_names_fills_the_memory() -> None:
    buckets = Buckets(Rate(1, 1), most=10)
    for number in range(1000):
        buckets.take(str(number), 0.0)
    assert len(buckets._levels) == 10
    assert buckets.take("999", 0.0) > 0
    assert buckets.take("0", 0.0) == 0


def test_clock_that_goes_back_fills_nothing() -> None:
    buckets = Buckets(Rate(1, 1))
    assert buckets.take("a", 10.0) == 0
    assert buckets.take("a", 5.0) == 1


@given(st.floats(0.5, 50), st.integers(1, 50), st.lists(st.floats(0, 2), min_size=1, max_size=80))
def test_nobody_takes_more_than_the_rate_allows(
    each: float, at_once: int, pauses: list[float]
) -> None:
    buckets, now, taken = Buckets(Rate(each, at_once)), 0.0, 0
    for pause in pauses:
        now += pause
        taken += not buckets.take("a", now)
    assert taken <= at_once + each * sum(pauses) + 1e-6
