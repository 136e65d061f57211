"""Which position, if it were read, would decide most: the largest expected gain of information."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from garrod.science.pgx.definitions import GeneDefinition
from garrod.science.pgx.grids import Floats, Whole, mass_by
from garrod.science.pgx.posterior import Pairs

MOST_PAIRS = 400
LEAST_GAIN = 0.01  # bits. Source: the project's design


def next_position(
    definition: GeneDefinition, pairs: Pairs, meaning: Whole, missing: Sequence[str]
) -> str:
    """Return the id of the missing position that best tells meanings apart; "" when none helps.

    `meaning` numbers what each pair would mean.  Source: expected information gain (Shannon).
    """
    if not missing:
        return ""
    top = np.argsort(-pairs.probability, kind="stable")[:MOST_PAIRS]
    mass = pairs.probability[top] / pairs.probability[top].sum()
    meant = np.unique(meaning[top], return_inverse=True)[1]
    if not meant.any():
        return ""
    rows = np.array([definition.grid.index[name] for name in missing])
    shown = definition.grid.shown[rows]
    one, two = shown[:, pairs.first[top]], shown[:, pairs.second[top]]
    read = np.minimum(one, two) * (int(shown.max()) + 1) + np.maximum(one, two)
    differing = np.flatnonzero((read != read[:, :1]).any(axis=1))
    if not len(differing):
        return ""
    gains = [_gain(read[row], meant, mass) for row in differing.tolist()]
    best = int(np.argmax(gains))
    return missing[int(differing[best])] if gains[best] > LEAST_GAIN else ""


def _gain(read: Whole, meant: Whole, mass: Floats) -> float:
    """Return how many bits of the meaning a reading gives away on average."""
    outcome = np.unique(read, return_inverse=True)[1]
    width = int(meant.max()) + 1
    joint = mass_by(outcome * width + meant, mass)
    return _entropy(mass_by(outcome, mass)) + _entropy(mass_by(meant, mass)) - _entropy(joint)


def _entropy(shares: Floats) -> float:
    some = shares[shares > 0]
    return float(-(some * np.log2(some)).sum())
