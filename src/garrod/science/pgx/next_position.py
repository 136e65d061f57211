"""Which position, if it were read, would decide most: the largest expected gain of information."""

from __future__ import annotations

import numpy as np

from garrod.science.pgx.definitions import GeneDefinition
from garrod.science.pgx.grids import Floats, Whole, mass_by
from garrod.science.pgx.posterior import Pairs

MOST_PAIRS = 64  # Not clinical: pairs of less weight add nothing to the choice
LEAST_GAIN = 0.01  # bits. Source: the project's design


def next_position(
    definition: GeneDefinition, pairs: Pairs, meaning: Whole | None, unread: Whole
) -> str:
    """Return the id of the unread position that best tells meanings apart; "" when none helps.

    `meaning` numbers what each pair would mean (None: each means something else); `unread` are
    rows.  Source: expected information gain (Shannon).
    """
    if not len(unread):
        return ""
    first, second, mass = pairs.first, pairs.second, pairs.probability
    if len(mass) > MOST_PAIRS:
        top = np.argpartition(-mass, MOST_PAIRS)[:MOST_PAIRS]
        first, second = first[top], second[top]
        mass = mass[top] / mass[top].sum()
        meaning = meaning[top] if meaning is not None else None
    if meaning is not None and (meaning == meaning[0]).all():
        return ""
    shown = definition.grid.shown[unread]
    one, two = shown[:, first], shown[:, second]
    read = np.minimum(one, two) * (int(shown.max()) + 1) + np.maximum(one, two)
    differing = (read != read[:, :1]).any(axis=1).nonzero()[0]
    if not len(differing):
        return ""
    gains = _gains(read[differing], meaning, mass)
    best = int(np.argmax(gains))
    row = int(unread[differing[best]])
    return definition.positions[row].id if gains[best] > LEAST_GAIN else ""


def _gains(read: Whole, meaning: Whole | None, mass: Floats) -> Floats:
    """Return how many bits of the meaning each position's reading gives away on average.

    Where each pair means something else, that is all that the reading itself holds.
    Shape: `read` is (positions, pairs); what is read there, as a number.
    """
    is_seen = np.zeros(int(read.max()) + 1, bool)
    is_seen[read] = True
    outcome = (np.cumsum(is_seen) - 1)[read]
    rows, kinds = len(read), int(is_seen.sum())
    cell = np.arange(rows)[:, None] * kinds + outcome
    weights = np.broadcast_to(mass, read.shape).ravel()
    shares = mass_by(cell.ravel(), weights, rows * kinds).reshape(rows, kinds)
    if meaning is None:
        return _entropy(shares)
    meant = np.unique(meaning, return_inverse=True)[1]
    width = int(meant.max()) + 1
    cell = cell * width + meant
    joint = mass_by(cell.ravel(), weights, rows * kinds * width).reshape(rows, kinds * width)
    whole = mass_by(meant, mass, width)
    gains: Floats = _entropy(whole[None, :]) - _entropy(joint) + _entropy(shares)
    return gains


def _entropy(shares: Floats) -> Floats:
    """Return the entropy, in bits, of each row."""
    bits: Floats = -(shares * np.log2(np.where(shares > 0, shares, 1))).sum(axis=1)
    return bits
