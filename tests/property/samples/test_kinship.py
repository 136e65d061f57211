"""Kinship and likeness against plain counting, place by place."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from garrod.science.samples.kinship import kinship
from garrod.science.samples.likeness import Likeness, Readings, likeness

COPIES = st.sampled_from([-1, 0, 1, 2])
PLACES = st.sampled_from("abcdefgh")
READINGS = st.builds(
    Readings,
    st.dictionaries(PLACES, st.sampled_from(["A/G", "G/G"])),
    st.frozensets(PLACES),
)


@given(st.lists(st.tuples(COPIES, COPIES), max_size=60))
def test_kinship_is_what_plain_counting_finds(pairs: list[tuple[int, int]]) -> None:
    read = [(a, b) for a, b in pairs if a >= 0 and b >= 0]
    first, second = sum(a == 1 for a, _ in read), sum(b == 1 for _, b in read)
    both = sum(a == b == 1 for a, b in read)
    opposite = sum({a, b} == {0, 2} for a, b in read)
    fewer = min(first, second)
    one, other = (np.array([p[n] for p in pairs], np.int8) for n in (0, 1))
    told = kinship(one, other)
    assert told.places == len(read)
    if fewer:
        plain = (both - 2 * opposite) / (2 * fewer) + 0.5 - (first + second) / (4 * fewer)
        assert abs(told.coefficient - plain) < 1e-9
        assert kinship(other, one) == told


@given(READINGS, READINGS)
def test_likeness_is_what_plain_counting_finds(one: Readings, other: Readings) -> None:
    places = alike = 0
    for place in "abcdefgh":
        if place in one.unread or place in other.unread:
            continue
        first, second = one.shows.get(place, "ref"), other.shows.get(place, "ref")
        if first != "ref" or second != "ref":
            places, alike = places + 1, alike + (first == second)
    assert likeness(one, other) == likeness(other, one) == Likeness(places, alike)
