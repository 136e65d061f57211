"""Exact discrete Laplace noise: whole numbers drawn by whole numbers, no floating point anywhere.

epsilon as a fraction, chance -> a whole number y with chance (1 - q) / (1 + q) * q^|y|, q = e^-eps
Source: Canonne, Kamath, Steinke 2020, arXiv 2004.00010, algorithms 1 and 2 (unchecked);
Mironov 2012, doi 10.1145/2382196.2382264 (why not with floating point; unchecked)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction

from garrod.care.govern.numbers.table import TOTAL, Cell, Table, cells
from garrod.core.errors import UsageError

Below = Callable[[int], int]  # a number from 0 to below n, each as likely: from the system's chance
MOST_EPSILON = 10  # Not clinical: more than this is no protection worth the name
FINEST = 1_000_000  # Not clinical: the largest denominator of an epsilon


def epsilon_of(text: str) -> Fraction:
    """Return an epsilon: a decimal ("0.1") or a fraction ("1/10").

    Raises: UsageError USE060.
    """
    try:
        found = Fraction(text.strip())
    except (ValueError, ZeroDivisionError):
        found = Fraction(0)
    if not 0 < found <= MOST_EPSILON or found.denominator > FINEST:
        raise UsageError(
            f"an epsilon is above 0, at most {MOST_EPSILON}, and no finer than 1/{FINEST:,}: "
            "for example 0.1 or 1/3",
            code="USE060",
        )
    return found


def discrete_laplace(epsilon: Fraction, below: Below) -> int:
    """Return noise for a count to which one person adds at most one."""
    s, t = epsilon.numerator, epsilon.denominator
    while True:
        first = below(t)
        if not _is_by_exp(first, t, below):
            continue
        more = 0
        while _is_by_exp(1, 1, below):
            more += 1
        size = (first + t * more) // s
        is_negative = below(2) == 1
        if not (is_negative and size == 0):
            return -size if is_negative else size


def _is_by_exp(numerator: int, denominator: int, below: Below) -> bool:
    """Return True with chance exp(-numerator / denominator), exactly."""
    while numerator > denominator:
        if not _is_by_small_exp(1, 1, below):
            return False
        numerator -= denominator
    return _is_by_small_exp(numerator, denominator, below)


def _is_by_small_exp(numerator: int, denominator: int, below: Below) -> bool:
    """Return True with chance exp(-x), x at most 1: by the sum of (-x)^k / k!."""
    k = 1
    while below(denominator * k) < numerator:
        k += 1
    return k % 2 == 1


def noised(table: Table, epsilon: Fraction, below: Below) -> Mapping[Cell, int]:
    """Return a table of counts with noise: a person is in one cell, so that epsilon is spent once.

    Totals are sums of what was noised, and say nothing more. A count below 0 is shown as 0, after
    the sums were made.
    """
    told = {
        (row, column): table.counts.get((row, column), 0) + discrete_laplace(epsilon, below)
        for row in table.rows
        for column in table.columns
    }
    whole = dict.fromkeys(cells(table), 0)
    for (row, column), count in told.items():
        for head in (row, *table.above(row)):
            whole[head, column] += count
            if table.has_column_totals():
                whole[head, TOTAL] += count
    return {cell: max(0, count) for cell, count in whole.items()}
