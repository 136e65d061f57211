"""A file of variants and a record about one gene: who is believed, and when neither is."""

from dataclasses import replace

from garrod.adapters.packs.load import load_shelf
from garrod.core.finding import Candidate, GeneFinding, PhenotypeShare, Status
from garrod.science.pgx.outside import OutsideRow, findings_from
from garrod.science.pgx.people import load_caller
from garrod.science.pgx.reconcile import reconciled

CALLER = load_caller(load_shelf())
NM, UM = "Normal Metabolizer", "Ultrarapid Metabolizer"


def read(gene: str, name: str, phenotype: str, score: str = "") -> GeneFinding:
    keys = (score, phenotype) if score else (phenotype,)
    shares = (PhenotypeShare(phenotype, score, 1.0),)
    candidates = (Candidate(name, 1.0, phenotype, score, keys),)
    return GeneFinding(gene, Status.CALLED, candidates, phenotype, score, shares)


def stated(gene: str, diplotype: str) -> dict[str, GeneFinding]:
    rows = (OutsideRow(gene, diplotype, line=1),)
    return findings_from(rows, CALLER.definitions, CALLER.phenotyping)


SNV_ONLY = replace(
    read("CYP2D6", "*1/*1", NM, "2.0"),
    status=Status.AMBIGUOUS,
    reasons=("SNV only: copies cannot be seen",),
    positions={"rs1": "G/A"},
)


def test_copies_that_a_file_cannot_see_are_taken_from_the_record() -> None:
    (found,) = reconciled((SNV_ONLY,), stated("CYP2D6", "*1/*1x3"))
    assert (found.status, found.phenotype) == (Status.CALLED, UM)
    assert "cannot tell" in found.reasons[0]
    assert found.positions == {"rs1": "G/A"}


def test_contradiction_of_two_sure_results_keeps_both_and_asks() -> None:
    (found,) = reconciled((read("CYP2C19", "*1/*1", NM),), stated("CYP2C19", "*2/*2"))
    assert found.status is Status.AMBIGUOUS
    assert [(c.name, c.probability) for c in found.candidates] == [("*1/*1", 0.5), ("*2/*2", 0.5)]
    assert "ask the laboratory" in found.reasons[0]


def test_same_phenotype_under_two_names_is_the_file_s() -> None:
    own = read("CYP2C19", "*38/*38", NM)
    assert reconciled((own,), stated("CYP2C19", "*1/*1")) == (own,)


def test_record_completes_what_the_file_does_not_hold() -> None:
    lost = GeneFinding("HLA-B", Status.NOT_ASSESSED)
    found = reconciled((lost,), {**stated("HLA-B", "*57:01/*15:02"), **stated("TPMT", "*1/*1")})
    assert [(f.gene, f.status) for f in found] == [
        ("HLA-B", Status.CALLED),
        ("TPMT", Status.CALLED),
    ]


def test_result_that_could_not_be_understood_does_not_outweigh_the_file() -> None:
    own = read("CYP2C19", "*1/*1", NM)
    assert reconciled((own,), stated("CYP2C19", "*1/*99")) == (own,)
