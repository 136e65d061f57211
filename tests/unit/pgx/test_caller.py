"""Diplotypes from readings: phase, gaps, undocumented bases; never a silent normal."""

import pytest

from garrod.core.finding import GeneFinding, Status
from garrod.core.genotype import UNDOCUMENTED, Observation
from garrod.science.pgx.caller import call_gene
from garrod.science.pgx.priors import flat_prior, load_counts, population_prior
from tests.making.calls import GENES, PHENOTYPES, SHELF, call, read

STAR_1 = {94842866: read("G", "G")}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "*38/*38"),
        (STAR_1, "*1/*1"),
        ({**STAR_1, 94781859: read("G", "A"), 94775367: read("A", "G")}, "*1/*2"),
        ({**STAR_1, 94761900: read("C", "T")}, "*1/*17"),
        ({**STAR_1, 94780653: read("A", "A")}, "*3/*3"),
    ],
)
def test_complete_readings_give_the_diplotype(
    changes: dict[int, Observation], expected: str
) -> None:
    found = call("CYP2C19", changes)
    assert (found.status, found.candidates[0].name) == (Status.CALLED, expected)


def test_phase_decides_between_tpmt_3a_and_3b_3c() -> None:
    def pair(phased: bool, *, trans: bool) -> GeneFinding:
        at_18130687 = ("C", "T") if trans else ("T", "C")  # *3C is T>C here, *3B C>T there
        changes = {
            18138997: read("C", "T", phased=phased),
            18130687: read(*at_18130687, phased=phased),
        }
        return call("TPMT", changes)

    assert pair(True, trans=True).candidates[0].name == "*3B/*3C"
    assert pair(True, trans=False).candidates[0].name == "*1/*3A"
    unphased = {c.name for c in pair(False, trans=True).candidates}
    assert {"*1/*3A", "*3B/*3C"} <= unphased


def test_missing_position_lowers_certainty_and_is_named() -> None:
    found = call("CYP2C19", {94842866: None})
    assert found.status is Status.AMBIGUOUS
    assert {"*1/*38", "*38/*38"} <= {c.name for c in found.candidates}
    assert found.missing == ("CYP2C19:94842866",)


def test_nothing_read_is_no_call_and_never_reference() -> None:
    found = call_gene(GENES["DPYD"], PHENOTYPES, {}, flat_prior(GENES["DPYD"]))
    assert (found.status, found.candidates) == (Status.NO_CALL, ())


def test_undocumented_base_is_ambiguous_with_the_reason() -> None:
    found = call("NUDT15", {48045719: read("C", UNDOCUMENTED)})
    assert found.status is Status.AMBIGUOUS
    assert any("undocumented base at rs116855232" in r for r in found.reasons)


def test_hemizygous_call_names_one_allele() -> None:
    found = call("G6PD", {154536002: read("T")}, copies=1)
    assert "/" not in found.candidates[0].name.replace("A/G", "")


def test_required_position_missing_is_no_call() -> None:
    assert call("NAT2", {18400860: None}).status is Status.NO_CALL


def test_hla_cannot_be_told_from_variants() -> None:
    found = call_gene(GENES["HLA-B"], PHENOTYPES, {}, flat_prior(GENES["F5"]))
    assert found.status is Status.NOT_ASSESSED


@pytest.mark.parametrize("gene", sorted(g for g in GENES if GENES[g].positions))
@pytest.mark.parametrize("population", ["pooled", "EUR", "EAS"])
def test_priors_sum_to_one_and_leave_nothing_impossible(gene: str, population: str) -> None:
    prior = population_prior(GENES[gene], load_counts(SHELF, population), population)
    assert prior.shares.sum() == pytest.approx(1)
    assert prior.shares.min() > 0


def test_undocumented_bases_on_both_strands_leave_nothing_of_the_position() -> None:
    found = call("NUDT15", {48045719: read(UNDOCUMENTED, UNDOCUMENTED)})
    assert found.status is Status.AMBIGUOUS
    assert any("undocumented base at rs116855232" in r for r in found.reasons)
