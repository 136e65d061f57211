"""What guidance may say for findings that are still open: each outcome with its probability."""

import pytest

from garrod.adapters.packs.load import load_shelf
from garrod.core.finding import Candidate, GeneFinding, Status
from garrod.science.pgx.guidance import load_guidance
from garrod.science.pgx.recommend import outcomes_of

GUIDANCE = load_guidance(load_shelf())
NORMAL, POOR = "Normal Metabolizer", "Poor Metabolizer"


def finding(gene: str, poor: float) -> GeneFinding:
    """Return a finding that is poor with that probability, else normal."""
    scored = {NORMAL: ("2.0",), POOR: ("0.0",)} if gene == "CYP2D6" else {}
    candidates = (
        Candidate("*1/*1", 1 - poor, NORMAL, "", (*scored.get(NORMAL, ()), NORMAL)),
        Candidate("*4/*4", poor, POOR, "", (*scored.get(POOR, ()), POOR)),
    )
    return GeneFinding(gene, Status.AMBIGUOUS, candidates)


def test_outcome_of_one_gene_has_the_probability_of_its_candidates() -> None:
    findings = {"CYP2C19": finding("CYP2C19", 0.2)}
    found = outcomes_of(GUIDANCE, "clopidogrel", ("CYP2C19",), findings, "acs-pci")
    assert [o.probability for o in found] == pytest.approx([0.8, 0.2])
    actions = [o.recommendation.action.value for o in found if o.recommendation]
    assert actions == ["standard", "prefer-alternative"]


def test_outcomes_of_two_genes_multiply_and_keep_what_is_next_to_impossible() -> None:
    genes = ("CYP2D6", "CYP2C19")
    likely = {g: finding(g, 0.3) for g in genes}
    rare = {g: finding(g, 1e-5) for g in genes}
    found = outcomes_of(GUIDANCE, "amitriptyline", genes, likely, "general")
    assert sum(o.probability for o in found) == pytest.approx(1)
    kept = outcomes_of(GUIDANCE, "amitriptyline", genes, rare, "general")
    assert len(kept) == len(found)  # advice is not called stable where any of them differs
    assert sum(o.probability for o in kept) == pytest.approx(1)
