"""What the page of a genome says: odds in words and numbers, gaps, and never "normal"."""

from __future__ import annotations

from datetime import date

import pytest

from garrod.adapters.report.model import Report
from garrod.core.finding import Candidate, GeneFinding, Origin, PhenotypeShare, Proof, Status
from garrod.core.person import Person
from garrod.entry.web.genome.presenter import gene_view, likely, view_of

OPEN = GeneFinding(
    "CYP2C19",
    Status.AMBIGUOUS,
    candidates=(
        Candidate("*1/*2", 0.92, "Intermediate Metabolizer"),
        Candidate("*2/*2", 0.08, "Poor Metabolizer"),
    ),
    phenotype="Intermediate Metabolizer",
    phenotypes=(PhenotypeShare("Intermediate Metabolizer", "", 0.92),),
    missing=("CYP2C19:94842866",),
    next_position="CYP2C19:94842866",
    proofs=(Proof("CYP2C19:1", "rs4244285", "", "called", ("G", "A"), 12, "10:1 G>A 0/1"),),
    packs=("pgx-definitions@1",),
)


def report(*findings: GeneFinding) -> Report:
    return Report("t", "s", "GRCh38", "f", "0", date(2026, 11, 2), "garrod 0", findings=findings)


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (1.0, "almost certain (more than 99 in 100)"),
        (0.97, "almost certain (97 in 100)"),
        (0.92, "likely (92 in 100)"),
        (0.4, "possible (40 in 100)"),
        (0.08, "unlikely (8 in 100)"),
        (0.001, "very unlikely (fewer than 1 in 100)"),
    ],
)
def test_share_is_said_in_words_and_numbers(share: float, said: str) -> None:
    assert likely(share) == said


def test_gene_shows_its_candidates_gaps_day_and_line() -> None:
    gene = gene_view(OPEN, "2026-11-02")
    assert gene.candidates[0] == ("*1/*2", "likely (92 in 100)", "Intermediate metaboliser")
    assert gene.missing == "1 defining position not read"
    assert gene.places == ("CYP2C19, position 94842866 (GRCh38)",)
    assert gene.came == "Called here from a variant file, 2 November 2026"
    assert gene.chain == (("rs4244285: G/A (read)", "line 12: 10:1 G>A 0/1"),)
    assert gene.packs == "pgx-definitions 1"


def test_day_that_is_not_known_is_said() -> None:
    assert gene_view(OPEN).came.endswith("day not recorded")


def test_result_of_another_laboratory_has_no_probability_of_ours() -> None:
    told = GeneFinding(
        "CYP2D6",
        Status.CALLED,
        candidates=(Candidate("*1/*1", 1.0, "Normal Metabolizer"),),
        origin=Origin.OUTSIDE,
        proofs=(Proof("", "", "", "outside-call", ("*1/*1",), 1, "CYP2D6 *1/*1"),),
    )
    gene = gene_view(told)
    assert gene.candidates[0][1] == "as reported; no probability was given"
    assert gene.missing == "Which positions were read is not known here"
    assert gene.chain == (("*1/*1 (as reported, not read here)", "CYP2D6 *1/*1"),)


def test_nothing_on_record_is_not_tested_and_never_normal() -> None:
    view = view_of(Person("Patient/a"), report(), untested=("CYP2C19",))
    assert "Not tested is not the same as normal" in view.summary
    assert view.untested == ("CYP2C19",)


def test_gene_without_a_result_stands_apart() -> None:
    silent = GeneFinding("TPMT", Status.NO_CALL, reasons=("filtered",))
    view = view_of(Person("Patient/a"), report(OPEN, silent), untested=("DPYD",))
    assert [g.gene for g in view.untold] == ["TPMT"]
    assert view.summary == "Genes: 1 ambiguous, 1 could not be read, 1 not tested."


def test_results_that_could_not_be_read_are_said() -> None:
    view = view_of(Person("Patient/a", unseen=frozenset(("genetics",))), report(), is_cut=True)
    assert any("could not be read" in said for said in view.fresh)
    assert any("More results" in said for said in view.fresh)
