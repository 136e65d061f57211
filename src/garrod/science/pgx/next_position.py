"""Which position, if it were read, would decide most: the largest expected gain of information."""

from __future__ import annotations

import numpy as np

from garrod.science.pgx.definitions import GeneDefinition
from garrod.science.pgx.grids import Floats, Whole, mass_by
from garrod.science.pgx.posterior import Pairs

MOST_PAIRS = 200  # Not clinical: pairs below these add nothing to the choice
LEAST_GAIN = 0.01  # bits. Source: the project's design


def next_position(definition: GeneDefinition, pairs: Pairs, meaning: Whole, unread: Whole) -> str:
    """Return the id of the unread position that best tells meanings apart; "" when none helps.

    `meaning` numbers what each pair would mean; `unread` are rows.
    Source: expected information gain (Shannon).
    """
    if not len(unread):
        return ""
    first, second, mass = pairs.first, pairs.second, pairs.probability
    if len(mass) > MOST_PAIRS:
        top = np.argsort(-mass, kind="stable")[:MOST_PAIRS]
        first, second, meaning = first[top], second[top], meaning[top]
        mass = mass[top] / mass[top].sum()
    if (meaning == meaning[0]).all():
        return ""
    meant = np.unique(meaning, return_inverse=True)[1]
    shown = definition.grid.shown[unread]
    one, two = shown[:, first], shown[:, second]
    read = np.minimum(one, two) * (int(shown.max()) + 1) + np.maximum(one, two)
    differing = np.flatnonzero((read != read[:, :1]).any(axis=1))
    if not len(differing):
        return ""
    gains = _gains(read[differing], meant, mass)
    best = int(np.argmax(gains))
    row = int(unread[differing[best]])
    return definition.positions[row].id if gains[best] > LEAST_GAIN else ""


def _gains(read: Whole, meant: Whole, mass: Floats) -> Floats:
    """Return how many bits of the meaning each position's reading gives away on average.

    Shape: `read` is (positions, pairs); what is read there, as a number.
    """
    is_seen = np.zeros(int(read.max()) + 1, bool)
    is_seen[read] = True
    outcome = (np.cumsum(is_seen) - 1)[read]
    rows, kinds, width = len(read), int(is_seen.sum()), int(meant.max()) + 1
    cell = (np.arange(rows)[:, None] * kinds + outcome) * width + meant
    joint = mass_by(cell.ravel(), np.tile(mass, rows), rows * kinds * width)
    joint = joint.reshape(rows, kinds, width)
    whole = mass_by(meant, mass, width)
    split = _entropy(joint.reshape(rows, -1)) - _entropy(joint.sum(axis=2))
    gains: Floats = _entropy(whole[None, :]) - split
    return gains


def _entropy(shares: Floats) -> Floats:
    """Return the entropy, in bits, of each row."""
    bits: Floats = -(shares * np.log2(np.where(shares > 0, shares, 1))).sum(axis=1)
    return bits
