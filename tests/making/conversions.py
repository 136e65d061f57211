"""Findings and medicines for tests of phenoconversion."""

from __future__ import annotations

from garrod.adapters.packs.load import load_shelf
from garrod.care.decide.behaviour import load_conversions
from garrod.core.finding import Candidate, GeneFinding, PhenotypeShare, Status

SHELF = load_shelf()
CONVERSIONS = load_conversions(SHELF)
FACTS = CONVERSIONS.facts
PM, IM, NM = "Poor Metabolizer", "Intermediate Metabolizer", "Normal Metabolizer"
UM = "Ultrarapid Metabolizer"


def taking(*drugs: str) -> dict[str, str]:
    """Return medicines by id, each named as its id."""
    return {drug: drug for drug in drugs}


def result(
    gene: str, phenotype: str, score: str = "", *, name: str = "*1/*1", keys: tuple[str, ...] = ()
) -> GeneFinding:
    """Return a called finding of one candidate."""
    found = keys or ((score, phenotype) if score else (phenotype,))
    candidate = Candidate(name, 1.0, phenotype, score, found)
    share = PhenotypeShare(phenotype, score, 1.0)
    return GeneFinding(gene, Status.CALLED, (candidate,), phenotype, score, (share,))
