"""The probability of each pair of alleles, given what was read.

        P(a, b | reading)  ~  prior(a) prior(b)  x  product over phase blocks of
                              [ h1 from a and h2 from b ] + [ h2 from a and h1 from b ]

An unphased position is a block of its own; inside a phase set the strands stay together. What was
not read contributes nothing (it is summed out).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from garrod.core.genotype import MISSING
from garrod.science.pgx.definitions import GeneDefinition
from garrod.science.pgx.grids import Floats, Whole
from garrod.science.pgx.priors import Prior
from garrod.science.pgx.readings import Reading, Readings


@dataclass(frozen=True, slots=True)
class Pairs:
    """Unordered pairs of alleles (by index, the lower first) and the probability of each.

    Shape: three arrays of the same length, empty when no pair explains all readings.  A single
    copy stands as a pair of itself.
    """

    first: Whole
    second: Whole
    probability: Floats


def posterior_of(definition: GeneDefinition, readings: Readings, prior: Prior) -> Pairs:
    """Return the probability of each pair, or of each allele where there is one copy.

    Source: Bayes' theorem.
    """
    calculate = haploid_posterior if readings.copies == 1 else diploid_posterior
    return calculate(definition, readings, prior)


def haploid_posterior(definition: GeneDefinition, readings: Readings, prior: Prior) -> Pairs:
    """Return the probability of each single allele, as a pair of itself.

    Source: Bayes' theorem.
    """
    weights = prior.shares * _plain_weights(definition, readings)
    weights = weights * strand_weights(definition, readings.used, 0)
    alive = weights.nonzero()[0]
    kept = weights[alive]
    return Pairs(alive, alive, kept / kept.sum())


def diploid_posterior(definition: GeneDefinition, readings: Readings, prior: Prior) -> Pairs:
    """Return the probability of each unordered pair of alleles.

    Source: Bayes' theorem; prior of a pair: Hardy-Weinberg proportions, times its `pair_factor`.
    """
    weights = prior.shares * _plain_weights(definition, readings)
    weights = weights * strand_weights(definition, readings.alike, 0)
    alive = weights.nonzero()[0]
    kept = weights[alive]
    joint = kept[:, None] * kept
    if prior.alike:
        joint *= prior.pair_factor(alive)
    for block in phase_blocks(readings.differing):
        one = strand_weights(definition, block, 0)[alive]
        two = strand_weights(definition, block, 1)[alive]
        across = one[:, None] * two
        joint *= across + across.T
    row, column = joint.nonzero()
    is_kept = row <= column  # the matrix is symmetric: (a, b) stands for (b, a) too
    row, column = row[is_kept], column[is_kept]
    mass = joint[row, column]
    mass[row < column] *= 2
    return Pairs(alive[row], alive[column], mass / mass.sum())


def _plain_weights(definition: GeneDefinition, readings: Readings) -> Floats:
    """Return for each allele the chance of the reference base at all plain positions, a strand."""
    grid = definition.grid
    blocked = readings.plain.astype(np.float32) @ grid.never_reference
    weights: Floats = (blocked == 0).astype(np.float64)
    if grid.log_reference is not None:
        weights *= np.exp(readings.plain.astype(np.float64) @ grid.log_reference)
    return weights


def strand_weights(definition: GeneDefinition, readings: Sequence[Reading], strand: int) -> Floats:
    """Return, for each allele, the probability of one strand's bases at these positions.

    Shape: (alleles,).  Source: definitional (product of the definition's cells).
    """
    weights = definition.grid.ones
    for index, observation in readings:
        base = observation.alleles[strand]
        if base != MISSING:
            shown = definition.carries[index].get(base, definition.grid.zeros)
            weights = shown if weights is definition.grid.ones else weights * shown
    return weights


def phase_blocks(readings: Sequence[Reading]) -> list[list[Reading]]:
    """Return the readings grouped so that the order of strands holds inside each group.

    Source: VCF 4.3 specification, genotype field PS.
    """
    blocks: dict[object, list[Reading]] = {}
    for index, observation in readings:
        key: object = ("set", observation.phase_set) if observation.phased else ("alone", index)
        blocks.setdefault(key, []).append((index, observation))
    return list(blocks.values())
