"""Kinship of planted relatives, and files of a few hundred places compared."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from garrod.science.samples.kinship import ENOUGH, Kinship, Relation, kinship
from garrod.science.samples.likeness import Likeness, Readings, likeness

PLACES = 4_000
Strands = npt.NDArray[np.int8]


def people(count: int, seed: int = 1) -> list[Strands]:
    """Return people of no kin, as two strands each."""
    draw = np.random.default_rng(seed)
    often = draw.uniform(0.1, 0.9, PLACES)
    return [(draw.random((2, PLACES)) < often).astype(np.int8) for _ in range(count)]


def child(of: Strands, and_of: Strands, seed: int) -> Strands:
    """Return a child: of each parent one strand at each place (no linkage)."""
    draw = np.random.default_rng(seed)
    strands = [np.where(draw.random(PLACES) < 0.5, *parent) for parent in (of, and_of)]
    return np.stack(strands)


def copies(strands: Strands) -> Strands:
    found: Strands = strands.sum(axis=0, dtype=np.int8)
    return found


def test_relatives_are_told_by_their_degree() -> None:
    mother, father, other, stranger = people(4)
    one, two = (child(mother, father, seed) for seed in (5, 6))
    half = child(mother, other, 7)
    known = {
        Relation.SAME: [(one, one)],
        Relation.FIRST: [(one, mother), (father, one), (one, two)],
        Relation.SECOND: [(half, one), (two, half)],
        Relation.FARTHER: [(mother, father), (stranger, one), (half, father)],
    }
    for relation, pairs in known.items():
        for pair in pairs:
            assert kinship(*map(copies, pair)).relation is relation, pair


@pytest.mark.parametrize(
    ("coefficient", "relation"),
    [(0.5, Relation.SAME), (0.3536, Relation.SAME), (0.3535, Relation.FIRST),
     (0.1768, Relation.FIRST), (0.1767, Relation.SECOND), (0.0884, Relation.SECOND),
     (0.0883, Relation.FARTHER), (-0.4, Relation.FARTHER)],
)  # fmt: skip
def test_limits_of_degrees(coefficient: float, relation: Relation) -> None:
    assert Kinship(coefficient, 900, ENOUGH).relation is relation
    assert Kinship(coefficient, 900, ENOUGH - 1).relation is Relation.UNKNOWN


def test_places_that_one_of_two_has_not_read_do_not_count() -> None:
    one, other = map(copies, people(2))
    holed = one.copy()
    holed[::2] = -1
    told = kinship(holed, other)
    assert told == kinship(one[1::2], other[1::2])
    assert told.places == PLACES // 2


def test_nobody_with_two_alleles_tells_nothing() -> None:
    same = np.full(900, 2, np.int8)
    assert kinship(same, same).relation is Relation.UNKNOWN


SHOWS = {f"p{n}": "A/G" for n in range(20)}


def test_file_of_the_same_person_is_alike() -> None:
    again = Readings({k: v for k, v in SHOWS.items() if k != "p3"}, frozenset({"p3"}))
    told = likeness(Readings(SHOWS), again)
    assert told == Likeness(19, 19)
    assert told.is_same
    assert not told.is_other


def test_file_of_another_person_is_not() -> None:
    other = Readings({**{f"p{n}": "A/G" for n in range(15)}, "p16": "G/G", "q": "C/T"})
    told = likeness(Readings(SHOWS), other)
    assert told == Likeness(21, 15)  # p15, p17 to p19 as the reference, p16 otherwise, q alone
    assert told.is_other
    assert not told.is_same


def test_too_few_places_tell_neither() -> None:
    few = Readings({f"p{n}": "A/G" for n in range(9)})
    for told in (likeness(few, few), likeness(few, Readings())):
        assert not told.is_same
        assert not told.is_other
