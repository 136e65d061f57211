"""Chance of one person: a stretch of a seeded generator's stream that is theirs alone.

Generator (Philox, seeded in `entry`) -> turn_to(person, aspect) -> uniforms, choices, counts

Philox is counter-based: the counter names the place in the stream. Person k begins at a place that
k and the aspect name, so that a person depends on the seed and k, and on nobody before them; and
what is drawn of one aspect (genes) does not move with what was drawn of another (illnesses).
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterator, Mapping, Sequence
from enum import IntEnum
from itertools import accumulate
from math import exp
from statistics import NormalDist
from typing import Any, Generic, TypeVar

import numpy as np

from garrod.core.errors import UsageError

T = TypeVar("T")
COUNTER_BASED = "Philox"
NORMAL = NormalDist()
SMALLEST = 1e-12  # Not clinical: the quantile of nought is not finite


class Aspect(IntEnum):
    """What is drawn of a person, each from a stretch of its own."""

    IDENTITY = 0
    HEALTH = 1
    CARE = 2
    RESULTS = 3
    GENES = 4


AT_ONCE = {
    Aspect.IDENTITY: 32,
    Aspect.HEALTH: 128,
    Aspect.CARE: 192,
    Aspect.RESULTS: 128,
    Aspect.GENES: 48,
}


class Odds(Generic[T]):
    """Things with weights, of which one is chosen."""

    __slots__ = ("_ends", "things")

    def __init__(self, things: Sequence[T], weights: Sequence[float]) -> None:
        self.things = tuple(things)
        total = sum(weights)
        self._ends = [end / total for end in accumulate(weights)][:-1]

    @classmethod
    def of(cls, weights: Mapping[T, float]) -> Odds[T]:
        """Return the odds of a mapping's keys, by their values."""
        return cls(tuple(weights), tuple(weights.values()))

    def at(self, uniform: float) -> T:
        """Return the thing at a number from 0 to 1."""
        return self.things[bisect(self._ends, uniform)]


class Chance:
    """Draws for one person at a time.  Raises: UsageError for a generator that is not Philox."""

    __slots__ = ("_bits", "_generator", "_numbers", "_size", "_state")

    def __init__(self, generator: np.random.Generator) -> None:
        self._generator = generator
        self._bits: Any = generator.bit_generator
        self._state: Any = self._bits.state
        if self._state["bit_generator"] != COUNTER_BASED:
            raise UsageError(
                f"the world is drawn from a {COUNTER_BASED} generator, not from "
                f"{self._state['bit_generator']}: Generator(Philox(key=SEED))"
            )
        self._numbers: Iterator[float] = iter(())
        self._size = 1

    def turn_to(self, person: int, aspect: Aspect) -> None:
        """Go to the stretch of one aspect of one person."""
        state = self._state
        state["state"]["counter"][:] = (0, person, aspect, 0)
        state["buffer_pos"] = 4  # Not clinical: four words a block, all used: start a new block
        state["has_uint32"] = 0
        self._bits.state = state
        self._size = AT_ONCE[aspect]
        self._numbers = iter(())

    def uniform(self) -> float:
        """Return a number from 0 to below 1."""
        for number in self._numbers:
            return number
        self._numbers = iter(self._generator.random(self._size).tolist())
        return next(self._numbers)

    def happens(self, share: float) -> bool:
        """Return whether something that happens to a share of people happens."""
        return self.uniform() < share

    def pick(self, odds: Odds[T]) -> T:
        """Return one of some things."""
        return odds.at(self.uniform())

    def one(self, things: Sequence[T]) -> T:
        """Return one of some things that are equally likely."""
        return things[int(self.uniform() * len(things))]

    def whole(self, low: int, high: int) -> int:
        """Return a whole number from low to high, both included."""
        return low + int(self.uniform() * (high - low + 1))

    def normal(self, mean: float, sd: float) -> float:
        """Return a number about a mean."""
        return mean + sd * NORMAL.inv_cdf(max(self.uniform(), SMALLEST))

    def count(self, mean: float) -> int:
        """Return how often something happens whose mean is known (Poisson)."""
        left, term, number = self.uniform(), exp(-mean), 0
        while left >= term and term > 0:
            left -= term
            number += 1
            term *= mean / number
        return number
