"""The probability of each pair of alleles, given what was read.

        P(a, b | reading)  ~  prior(a) prior(b)  x  product over phase blocks of
                              [ h1 from a and h2 from b ] + [ h2 from a and h1 from b ]

An unphased position is a block of its own; inside a phase set the strands stay together. What was
not read contributes nothing (it is summed out).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from garrod.core.genotype import MISSING, Observation
from garrod.science.pgx.definitions import Floats, GeneDefinition

Pair = tuple[int, int]
Reading = tuple[int, Observation]  # index of the position in the definition, what was read


def strand_weights(definition: GeneDefinition, readings: Sequence[Reading], strand: int) -> Floats:
    """Return, for each allele, the probability of one strand's bases at these positions.

    Shape: (alleles,).  Source: definitional (product of the definition's cells).
    """
    weights = np.ones(len(definition.alleles))
    for index, observation in readings:
        base = observation.alleles[strand]
        if base != MISSING:
            weights = weights * definition.carries[index].get(base, 0.0)
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


def haploid_posterior(
    definition: GeneDefinition, readings: Sequence[Reading], prior: Floats
) -> dict[Pair, float]:
    """Return the probability of each single allele as (index, index).

    Source: Bayes' theorem.
    """
    weights = prior * strand_weights(definition, readings, 0)
    total = float(weights.sum())
    alive = [int(i) for i in np.flatnonzero(weights)]
    return {(i, i): float(weights[i]) / total for i in alive}


def diploid_posterior(
    definition: GeneDefinition, readings: Sequence[Reading], prior: Floats
) -> dict[Pair, float]:
    """Return the probability of each unordered pair of alleles; empty when none explains all.

    Source: Bayes' theorem, Hardy-Weinberg proportions as the prior of a pair.
    """
    same = [r for r in readings if r[1].alleles[0] == r[1].alleles[1]]
    differing = [r for r in readings if r[1].alleles[0] != r[1].alleles[1]]
    weights = prior * strand_weights(definition, same, 0)
    alive = np.flatnonzero(weights)
    pairs = np.outer(weights[alive], weights[alive])
    for block in phase_blocks(differing):
        first = strand_weights(definition, block, 0)[alive]
        second = strand_weights(definition, block, 1)[alive]
        pairs *= np.outer(first, second) + np.outer(second, first)
    total = float(pairs.sum())
    if total == 0:
        return {}
    found: dict[Pair, float] = {}
    for row, column in zip(*np.nonzero(pairs), strict=True):
        a, b = int(alive[row]), int(alive[column])
        key = (a, b) if a <= b else (b, a)
        found[key] = found.get(key, 0.0) + float(pairs[row, column]) / total
    return found
