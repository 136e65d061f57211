"""How likely each allele, and each pair, is before a person's file is read.

Flat: half the mass on the reference allele, the rest spread evenly; and since nobody knows how
large the reference's part really is among a person's own people, the two strands of a person are
a little alike. Population: observed counts, with a little mass kept for alleles that the counting
could not show (absent is not rare).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from garrod.knowledge.shelf import Shelf
from garrod.science.pgx.definitions import GeneDefinition
from garrod.science.pgx.grids import Floats, Whole

PACK = "pgx-frequencies"
# Design settings, not clinical constants. Source: docs/explanation/priors (the project's own).
REFERENCE_MASS = 0.5
UNSEEN_MASS = 0.005
ALIKE = 0.2  # what a Beta(2, 2) belief about the reference's part amounts to: 1 / (2 + 2 + 1)

Counts = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True, slots=True)
class Prior:
    """The chance of each allele; `leads` and `alike` say how two strands hang together.

    `alike` is Wright's fixation index for "a lead allele or another": 0 is independence.
    """

    shares: Floats
    leads: tuple[int, ...] = ()
    alike: float = 0.0
    name: str = "flat"

    def pair_factor(self, alleles: Whole) -> Floats:
        """Return what a pair's chance is, over that of two independent strands.

        Shape: (alleles, alleles).  Source: Wright 1951, doi:10.1111/j.1469-1809.1949.tb02451.x
        (unchecked); P(same kind) = p^2 + F p (1 - p).
        """
        part = float(self.shares[list(self.leads)].sum())
        kinds = np.full((2, 2), 1 - self.alike)
        kinds[1, 1] = 1 + self.alike * (1 - part) / part
        kinds[0, 0] = 1 + self.alike * part / (1 - part)
        is_lead = np.zeros(len(self.shares), np.intp)
        is_lead[list(self.leads)] = 1
        kind = is_lead[alleles]
        factor: Floats = kinds[kind[:, None], kind]
        return factor


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


def flat_prior(definition: GeneDefinition) -> Prior:
    """Return the flat prior of a gene's alleles; its shares sum to 1.

    A twin of the reference allele (CYP2C19 *38 and *1) has half of the reference's mass.
    Source: the project's design (half the mass on the reference allele, the rest spread evenly).
    """
    count = len(definition.alleles)
    names = (definition.reference_allele, definition.twin)
    leads = tuple(i for i, allele in enumerate(definition.alleles) if allele in names)
    if not leads:  # HLA: no allele is the reference
        return Prior(np.full(count, 1 / max(count, 1)))
    shares = np.full(count, (1 - REFERENCE_MASS) / max(count - len(leads), 1))
    shares[list(leads)] = REFERENCE_MASS / len(leads)
    return Prior(shares, leads, ALIKE)


def population_prior(definition: GeneDefinition, counts: Counts, population: str) -> Prior:
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
    return Prior(seen + UNSEEN_MASS / len(definition.alleles), name=f"population:{population}")
