"""Genes of which a single position, or any one variant, still tells something.

SLCO1B1 without a diplotype falls back to rs4149056; a mitochondrial gene shows every variant.
"""

from __future__ import annotations

from garrod.core.finding import Candidate, GeneFinding, Status
from garrod.core.genotype import MISSING
from garrod.science.pgx.definitions import GeneDefinition
from garrod.science.pgx.describe import Described, phenotype_shares, without
from garrod.science.pgx.pairs import Possible
from garrod.science.pgx.phenotype import Phenotyping, phenotype_of
from garrod.science.pgx.readings import Readings

NO_PAIR = "no pair of defined alleles explains what was read"
# The variant that tells SLCO1B1 by itself: T as in *1, C as in *5. Source: PMID 35152405.
LONE_GENE, LONE_RSID, LONE_ALLELES = "SLCO1B1", "rs4149056", {"T": "*1", "C": "*5"}


def fallback(
    definition: GeneDefinition, phenotyping: Phenotyping, readings: Readings
) -> GeneFinding:
    """Return what can be said where no pair of alleles explains the readings.

    Source: PMID 35152405 (SLCO1B1 by rs4149056).
    """
    lone = _lone(definition, readings) if definition.gene == LONE_GENE else None
    if lone is None:
        return without(definition, Status.AMBIGUOUS, (*readings.reasons, NO_PAIR), readings)
    bases, alleles = lone
    result = phenotype_of(phenotyping, definition.gene, alleles)
    name = f"{LONE_RSID} {bases}"
    candidate = Candidate(name, 1.0, result.phenotype, result.activity_score, result.keys)
    return GeneFinding(
        gene=definition.gene,
        status=Status.AMBIGUOUS,
        candidates=(candidate,),
        phenotype=result.phenotype,
        phenotypes=phenotype_shares((candidate,)),
        reasons=(*readings.reasons, NO_PAIR, f"the phenotype rests on {LONE_RSID} alone"),
        missing=readings.missing,
    )


def _lone(definition: GeneDefinition, readings: Readings) -> tuple[str, tuple[str, str]] | None:
    index = next(i for i, p in enumerate(definition.positions) if p.rsid == LONE_RSID)
    reference = definition.positions[index].alleles[0]
    bases = [reference] * 2 if readings.plain[index] else []
    bases += [a for row, seen in readings.used if row == index for a in seen.alleles]
    bases.sort(reverse=True)
    if len(bases) == 2 and all(b in LONE_ALLELES for b in bases):
        return "/".join(bases), (LONE_ALLELES[bases[0]], LONE_ALLELES[bases[1]])
    return None


def mitochondrial(
    definition: GeneDefinition, phenotyping: Phenotyping, readings: Readings
) -> tuple[Possible, Described] | None:
    """Return the call of several variants on one mitochondrial sequence; None for at most one.

    The variant of greatest risk gives the phenotype.  Source: PMID 34032273.
    """
    shown = {
        (index, base)
        for index, seen in readings.used
        for base in seen.alleles
        if base not in (MISSING, definition.positions[index].alleles[0])
    }
    names = [
        definition.alleles[n]
        for n, cells in enumerate(definition.cells)
        if cells and cells <= shown
    ]
    if len(names) < 2:
        return None
    ranked = sorted(names, key=lambda name: _risk(phenotyping, definition.gene, name))
    result = phenotype_of(phenotyping, definition.gene, (ranked[0],))
    together = " + ".join(sorted(names))
    possible = Possible(together, (ranked[0],), 1.0)
    return possible, Described(
        reasons=(f"several variants were read; {ranked[0]} decides",), results={together: result}
    )


def _risk(phenotyping: Phenotyping, gene: str, allele: str) -> int:
    phenotype = phenotype_of(phenotyping, gene, (allele,)).phenotype
    return ("increased", "uncertain", "normal").index(phenotype.split(" ")[0])
