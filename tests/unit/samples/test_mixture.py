"""How much of a sample is another person’s: planted shares, like parts, too little."""

from __future__ import annotations

import numpy as np
import pytest

from garrod.science.samples.mixture import ENOUGH, LIMIT, Mixture, mixture_of

PLACES, ERROR = 4_000, 0.002


def sequenced(share: float, *, depth: int = 30, places: int = PLACES, seed: int = 1) -> Mixture:
    """Return what is said of a person with a share of another's DNA, sequenced and called plainly.

    Frequencies lie as 1/q between 0.02 and 0.98, as under neutrality.
    """
    draw = np.random.default_rng(seed)
    often = 0.02 * (0.98 / 0.02) ** draw.random(places)
    own, other = (draw.binomial(2, often) for _ in range(2))
    part = (1 - share) * own / 2 + share * other / 2
    part = part * (1 - ERROR) + (1 - part) * ERROR
    reads = draw.poisson(depth, places)
    shown = draw.binomial(reads, part)
    odds = [shown * np.log(p) + (reads - shown) * np.log(1 - p) for p in (0.01, 0.5, 0.99)]
    called = np.argmax(odds, axis=0).astype(np.int8)
    return mixture_of(called, np.stack([reads - shown, shown], axis=1).astype(np.int32))


@pytest.mark.parametrize("depth", [30, 100])
@pytest.mark.parametrize("seed", range(3))
def test_one_persons_sample_is_clean(depth: int, seed: int) -> None:
    found = sequenced(0, depth=depth, seed=seed)
    assert found.is_known
    assert found.is_clean
    assert not found.is_mixed


@pytest.mark.parametrize("share", [0.02, 0.05, 0.1])
def test_share_is_estimated_with_its_width(share: float) -> None:
    found = sequenced(share, depth=100, places=20_000)
    errors = ERROR * 3  # what errors of reading add
    assert 0.8 * share <= found.share <= 1.35 * share + errors
    assert found.low < found.share < found.high


@pytest.mark.parametrize("share", [0.1, 0.2, 0.3, 0.4, 0.5])
@pytest.mark.parametrize("depth", [30, 100])
def test_mixed_sample_is_never_called_clean(share: float, depth: int) -> None:
    found = sequenced(share, depth=depth)
    assert found.is_mixed
    assert not found.is_clean


def test_two_people_in_like_parts_are_seen_by_lopsided_pairs_alone() -> None:
    found = sequenced(0.5, depth=100)
    assert found.low < LIMIT  # few places are left where both copies differ
    assert found.is_mixed


def test_few_places_tell_nothing() -> None:
    double, reads = np.full(ENOUGH - 1, 2, np.int8), np.tile([0, 30], (ENOUGH - 1, 1))
    assert not mixture_of(double, reads.astype(np.int32)).is_known


def test_reads_that_were_not_told_or_are_few_do_not_count() -> None:
    copies = np.array([2, 2, 2, 2, 1, 0, -1], np.int8)
    told = [(-1, -1), (0, 9), (1, 19), (0, 20), (2, 28), (30, 0), (15, 15)]
    found = mixture_of(copies, np.array(told, np.int32))
    assert (found.places, found.reads, found.pairs, found.lopsided) == (2, 40, 1, 1)


def test_nothing_seen_is_no_proof_of_nothing() -> None:
    copies, reads = np.full(ENOUGH, 2, np.int8), np.tile([0, 10], (ENOUGH, 1))
    found = mixture_of(copies, reads.astype(np.int32))
    assert found.share == 0
    assert found.high == pytest.approx(3 / 300 * 3)


def test_no_places_are_nothing_known() -> None:
    found = mixture_of(np.zeros(0, np.int8), np.zeros((0, 2), np.int32))
    assert (found.places, found.pairs, found.is_known) == (0, 0, False)
