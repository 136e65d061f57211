"""How likely each allele is before a person's file is read.

Flat: half the mass on the reference allele, the rest spread evenly. Population: observed counts,
with a little mass kept for alleles that the counting could not show (absent is not rare).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from garrod.knowledge.shelf import Shelf
from garrod.science.pgx.definitions import Floats, GeneDefinition

PACK = "pgx-frequencies"
# Design settings, not clinical constants. Source: docs/explanation/priors (the project's own).
REFERENCE_MASS = 0.5
UNSEEN_MASS = 0.005

Counts = Mapping[str, Mapping[str, float]]


def load_counts(shelf: Shelf, population: str) -> Counts:
    """Return, by gene, the share of resolved chromosomes of each allele in a population.

    Source: pack pgx-frequencies (1000 Genomes, 2,504 unrelated people).
    """
    found: dict[str, dict[str, float]] = {}
    for row in shelf.rows(PACK, "frequencies"):
        if row["population"] == population:
            share = int(row["count"]) / int(row["total"])
            found.setdefault(row["gene"], {})[row["allele"]] = share
    return found


def flat_prior(definition: GeneDefinition) -> Floats:
    """Return the flat prior over a gene's alleles; it sums to 1.

    Source: the project's design (half the mass on the reference allele, the rest spread evenly).
    """
    count = len(definition.alleles)
    if definition.reference_allele not in definition.alleles:  # HLA: no allele is the reference
        return np.full(count, 1 / max(count, 1))
    others = max(count - 1, 1)
    prior = np.full(count, (1 - REFERENCE_MASS) / others)
    prior[definition.alleles.index(definition.reference_allele)] = REFERENCE_MASS
    return prior


def population_prior(definition: GeneDefinition, counts: Counts) -> Floats:
    """Return the prior from observed shares, or the flat one for a gene without a table.

    CYP2B6 *6 and *9 were counted as one (*9): their mass is halved between them.
    Source: pack pgx-frequencies.
    """
    shares = counts.get(definition.gene)
    if not shares:
        return flat_prior(definition)
    if definition.gene == "CYP2B6":
        both = shares.get("*9", 0.0) + shares.get("*6", 0.0)
        shares = {**shares, "*6": both / 2, "*9": both / 2}
    seen = np.array([shares.get(core, 0.0) for core in definition.folded])
    repeats = np.array([definition.folded.count(core) for core in definition.folded])
    seen = seen / repeats
    if seen.sum() == 0:
        return flat_prior(definition)
    seen = seen / seen.sum() * (1 - UNSEEN_MASS)
    prior: Floats = seen + UNSEEN_MASS / len(definition.alleles)
    return prior
