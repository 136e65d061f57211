"""The logic is Kleene's, and carries its facts."""

from itertools import product

import pytest

from garrod.science.safety.truth import Answer, Truth, all_of, any_of, no, not_, unknown, yes

THREE = {"yes": yes("y"), "no": no("n"), "unknown": unknown("u", "words")}
ORDER = ("no", "unknown", "yes")  # and is the least of two, or the greatest


@pytest.mark.parametrize(("a", "b"), list(product(ORDER, ORDER)))
def test_and_is_the_least_and_or_the_greatest(a: str, b: str) -> None:
    pair = (THREE[a], THREE[b])
    assert all_of(pair).truth.value == min(a, b, key=ORDER.index)
    assert any_of(pair).truth.value == max(a, b, key=ORDER.index)


def test_not_turns_what_is_known_and_keeps_its_fact() -> None:
    assert not_(yes("smokes")) == Answer(Truth.NO, yes("smokes").facts)
    assert not_(no("no PPI")).is_yes
    assert not_(no("no PPI")).facts[0].text == "no PPI"
    assert not_(THREE["unknown"]) is THREE["unknown"]


def test_what_is_missing_is_told_once_by_either() -> None:
    twice = (THREE["unknown"], THREE["unknown"], yes("y"))
    assert [m.text for m in all_of(twice).missing] == ["words"]
    assert [m.text for m in any_of((THREE["unknown"], no("n"))).missing] == ["words"]
    assert all_of(()).is_yes
    assert any_of(()).is_no
