"""What a gene is expected to be in somebody of whom no result is known: from allele frequencies.

frequencies x frequencies of alleles -> each pair's meaning -> shares of meanings
It never stands in for a result: it only tells how likely a result is to change advice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from garrod.core.finding import Candidate, GeneFinding, Status
from garrod.knowledge.shelf import Shelf
from garrod.science.pgx.describe import phenotype_shares
from garrod.science.pgx.phenotype import (
    PhenotypeResult,
    Phenotyping,
    load_phenotyping,
    phenotype_of,
)
from garrod.science.pgx.priors import PACK, load_counts

POOLED = "pooled"  # all populations of the pack together


@dataclass(slots=True)
class Expected:
    """What is expected of each gene in a population, worked out when first asked for."""

    shelf: Shelf
    population: str = POOLED
    _kept: dict[str, GeneFinding | None] = field(default_factory=dict)
    _rules: Phenotyping | None = None
    _counts: Mapping[str, Mapping[str, float]] | None = None

    @property
    def reference(self) -> str:
        """Return the pack of the frequencies, "" where there is none."""
        return self.shelf.reference(PACK) if PACK in self.shelf.names() else ""

    def finding(self, gene: str) -> GeneFinding | None:
        """Return the shares of meanings of a gene; None where no frequencies are known of it.

        Pairs are taken to be independent.  Source: packs pgx-frequencies and pgx-phenotypes;
        Hardy-Weinberg proportions.
        """
        if gene not in self._kept:
            self._kept[gene] = self._made(gene)
        return self._kept[gene]

    def _made(self, gene: str) -> GeneFinding | None:
        if not self.reference:
            return None
        if self._rules is None or self._counts is None:
            self._rules = load_phenotyping(self.shelf)
            self._counts = load_counts(self.shelf, self.population)
        counts = self._counts.get(gene)
        return _expected(self._rules, gene, counts) if counts else None


def _expected(rules: Phenotyping, gene: str, counts: Mapping[str, float]) -> GeneFinding | None:
    """Return the shares of meanings under independence; None for a gene without phenotypes."""
    found: dict[PhenotypeResult, float] = defaultdict(float)
    alleles = sorted(allele for allele, share in counts.items() if share > 0)
    for place, one in enumerate(alleles):
        for other in alleles[place:]:
            meaning = replace(phenotype_of(rules, gene, (one, other)), reasons=())
            both = counts[one] * counts[other]
            found[meaning] += both if one == other else 2 * both
    whole = sum(found.values())
    ordered = sorted(found.items(), key=lambda item: -item[1])
    candidates = tuple(
        Candidate(f"expected {number}", share / whole, m.phenotype, m.activity_score, m.keys)
        for number, (m, share) in enumerate(ordered, start=1)
    )
    if not any(c.keys for c in candidates):
        return None
    shares = phenotype_shares(candidates)
    return GeneFinding(
        gene,
        Status.AMBIGUOUS,
        candidates,
        shares[0].phenotype,
        shares[0].activity_score,
        shares,
    )
