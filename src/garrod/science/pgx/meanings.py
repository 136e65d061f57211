"""What each pair of core alleles of a gene means, worked out once and looked up by number."""

from __future__ import annotations

import numpy as np

from garrod.core.finding import PhenotypeShare
from garrod.science.pgx.grids import Floats, Whole, mass_by
from garrod.science.pgx.pairs import Diplotypes
from garrod.science.pgx.phenotype import Meanings, Phenotyping, kind_of, phenotype_of

NOT_ASKED = -1
LEAST_SHARE = 0.001  # shares below are left out, the first excepted. Source: the project's design


def meanings_of(
    phenotyping: Phenotyping, gene: str, diplotypes: Diplotypes, *, sex: str
) -> tuple[Whole, list[tuple[str, str]]]:
    """Return the number of each diplotype's phenotype, and the phenotype and score by number.

    Source: pack pgx-phenotypes.
    """
    key = (gene, sex, diplotypes.copies)
    table = phenotyping.meanings.get(key)
    if table is None:
        table = phenotyping.meanings[key] = _table(phenotyping, gene, diplotypes.cores)
    one, two = table.kind_of[diplotypes.low], table.kind_of[diplotypes.high]
    low, high = np.minimum(one, two), np.maximum(one, two)
    found: Whole = table.number_of[low, high]
    while found.min() == NOT_ASKED:
        rank = int(np.argmin(found))
        result = phenotype_of(phenotyping, gene, diplotypes.alleles(rank), sex=sex)
        label = (result.phenotype, result.activity_score)
        if label not in table.labels:
            table.labels.append(label)
        table.number_of[low[rank], high[rank]] = table.labels.index(label)
        found = table.number_of[low, high]
    return found, table.labels


def _table(phenotyping: Phenotyping, gene: str, cores: tuple[str, ...]) -> Meanings:
    kinds = [kind_of(phenotyping, gene, core) for core in cores]
    numbers = {kind: n for n, kind in enumerate(dict.fromkeys(kinds))}
    size = len(numbers)
    kind_numbers = np.array([numbers[kind] for kind in kinds], np.intp)
    return Meanings(kind_numbers, np.full((size, size), NOT_ASKED, np.intp))


def shares_of(
    numbers: Whole, labels: list[tuple[str, str]], mass: Floats
) -> tuple[PhenotypeShare, ...]:
    """Return each phenotype with the probability of all diplotypes that give it, largest first.

    Source: definitional (sum over all diplotypes, listed or not).
    """
    sums = mass_by(numbers, mass, len(labels))
    order = sorted(sums.nonzero()[0].tolist(), key=lambda n: -round(float(sums[n]), 9))
    kept = [n for i, n in enumerate(order) if i == 0 or sums[n] >= LEAST_SHARE]
    return tuple(PhenotypeShare(labels[n][0], labels[n][1], float(sums[n])) for n in kept)
