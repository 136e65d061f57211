"""Noise is exactly the discrete Laplace distribution, and a table with noise adds up."""

import math
from collections import Counter
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from garrod.care.govern.numbers.noise import discrete_laplace, epsilon_of, noised
from garrod.care.govern.numbers.table import Table
from garrod.core.errors import UsageError
from tests.making.chance import seeded

DRAWS = 20_000
# The value that chi squared passes once in ten thousand, by degrees of freedom.
# Source: NIST/SEMATECH e-Handbook, 1.3.6.7.4, Wilson and Hilferty's approximation (unchecked)
Z = 3.719


def critical(degrees: int) -> float:
    part = 2 / (9 * degrees)
    return degrees * float((1 - part + Z * math.sqrt(part)) ** 3)


def chance_of(size: int, epsilon: float) -> float:
    """Return the chance of a noise, by the formula of the distribution."""
    q = math.exp(-epsilon)
    return float((1 - q) / (1 + q) * q ** abs(size))


def chi_squared(drawn: Counter[int], epsilon: float) -> tuple[float, int]:
    """Return the statistic and its degrees of freedom, rare values at both ends together."""
    end = next(n for n in range(1, 10_000) if DRAWS * chance_of(n + 1, epsilon) < 10)
    found, statistic = 0, 0.0
    for size in range(-end, end + 1):
        expected = DRAWS * chance_of(size, epsilon)
        statistic += (drawn[size] - expected) ** 2 / expected
        found += drawn[size]
    inside = sum(chance_of(size, epsilon) for size in range(-end, end + 1))
    rest = DRAWS * (1 - inside)
    return statistic + (DRAWS - found - rest) ** 2 / rest, 2 * end + 1


@pytest.mark.parametrize("text", ["1", "1/3", "0.5", "3/2", "2.5"])
def test_noise_is_distributed_as_it_should_be(text: str) -> None:
    epsilon, below = epsilon_of(text), seeded(text)
    drawn = Counter(discrete_laplace(epsilon, below) for _ in range(DRAWS))
    statistic, degrees = chi_squared(drawn, float(epsilon))
    assert statistic < critical(degrees)


def test_the_test_finds_noise_of_another_strength() -> None:
    below = seeded("other")
    drawn = Counter(discrete_laplace(Fraction(11, 10), below) for _ in range(DRAWS))
    statistic, degrees = chi_squared(drawn, 1.0)
    assert statistic > critical(degrees)


@given(
    st.lists(st.integers(0, 1000), min_size=6, max_size=6),
    st.fractions(Fraction(1, 100), Fraction(5), max_denominator=100),
    st.text(max_size=5),
)
def test_a_table_with_noise_says_nothing_beyond_its_cells(
    counts: list[int], epsilon: Fraction, seed: str
) -> None:
    rows, columns = ("a", "b", "c"), ("x", "y")
    cells = [(row, column) for row in rows for column in columns]
    table = Table(rows, columns, dict(zip(cells, counts, strict=True)), {"a": "g", "b": "g"})
    below = seeded(seed)
    own = {cell: table.counts[cell] + discrete_laplace(epsilon, below) for cell in cells}
    told = noised(table, epsilon, seeded(seed))
    assert {cell: told[cell] for cell in cells} == {c: max(0, n) for c, n in own.items()}
    assert told["g", "x"] == max(0, own["a", "x"] + own["b", "x"])
    assert told["*", "*"] == max(0, sum(own.values()))
    assert told["c", "*"] == max(0, own["c", "x"] + own["c", "y"])


@pytest.mark.parametrize("text", ["", "0", "-1", "nan", "inf", "1/0", "11", "1e-9", "a"])
def test_an_epsilon_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="epsilon"):
        epsilon_of(text)
