"""Copies of a gene and written scores: counted exactly, and unknown where they cannot be."""

from datetime import date
from decimal import Decimal

import numpy as np
import pytest

from garrod.adapters.packs.load import load_shelf
from garrod.care.decide.service import decide, load_knowledge
from garrod.core.finding import Candidate, GeneFinding, Status
from garrod.core.medicine import Act, MedicineLine, Proposal
from garrod.core.person import Person
from garrod.science.pgx.copies import activity_of, copies_activity, is_haplotype, tidy_copies
from garrod.science.pgx.definitions import load_definitions
from garrod.science.pgx.phenotype import load_phenotyping, phenotype_of
from garrod.science.pgx.priors import flat_prior, population_prior
from garrod.science.pgx.stated import is_allele, scores_agree
from garrod.science.pgx.structure import with_copies

SHELF = load_shelf()
GENES = load_definitions(SHELF)
PHENOTYPES = load_phenotyping(SHELF)
KNOWN = PHENOTYPES.values["CYP2D6"]


@pytest.mark.parametrize(
    ("name", "value", "is_bound"),
    [
        ("*1", "1", False),
        ("*1x2", "2", False),
        ("*10x4", "1.00", False),
        ("*36 + *10", "0.25", False),
        ("*2xN", "2", True),
        ("*4x3", "0", False),
    ],
)
def test_activity_of_a_strand_adds_up_its_copies(name: str, value: str, is_bound: bool) -> None:
    found = copies_activity(name, KNOWN)
    assert (found.value, found.is_bound) == (Decimal(value), is_bound)


@pytest.mark.parametrize("name", ["*999", "*1 + *999", "nonsense"])
def test_activity_of_an_unknown_allele_is_unknown_never_nought(name: str) -> None:
    assert copies_activity(name, KNOWN).value is None


def test_names_of_copies_are_brought_to_one_spelling() -> None:
    assert tidy_copies("*2x1", KNOWN) == "*2"
    assert tidy_copies("*1x2", KNOWN) == "*1x2"
    assert tidy_copies("odd name", KNOWN) == "odd name"
    assert is_haplotype("*36x2 + *10", KNOWN)
    assert not is_haplotype("*36x2 + *999", KNOWN)


@pytest.mark.parametrize(
    ("one", "other", "agree"),
    [
        ("1.25", "1.25", True),
        ("1.25", "1.5", False),
        ("≥3.0", "4.0", True),
        ("4.0", "≥3.0", True),
        ("2.0", "≥3.0", False),
        ("≥3.0", "≥4.0", True),
        ("n/a", "1.0", True),
    ],
)
def test_scores_agree_where_they_may_be_the_same(one: str, other: str, agree: bool) -> None:
    assert scores_agree(one, other) is agree
    assert activity_of("n/a").value is None


def test_hla_allele_is_known_by_its_shape_and_others_by_the_definitions() -> None:
    assert is_allele(GENES["HLA-B"], PHENOTYPES, "*57:01")
    assert not is_allele(GENES["HLA-B"], PHENOTYPES, "B57")
    assert not is_allele(GENES["CYP2C19"], PHENOTYPES, "*999")


@pytest.mark.parametrize(
    ("alleles", "count", "pairs"),
    [
        (("*1", "*4"), 2, [("*1", "*4")]),
        (("*1", "*4"), 0, [("*5", "*5")]),
        (("*1", "*4"), 1, []),
        (("*4", "*4"), 1, [("*4", "*5")]),
        (("*1", "*4"), 3, [("*1x2", "*4"), ("*1", "*4x2")]),
        (("*1", "*1"), 3, [("*1", "*1x2")]),
    ],
)
def test_copy_number_gives_every_pair_that_it_may_mean(
    alleles: tuple[str, str], count: int, pairs: list[tuple[str, str]]
) -> None:
    assert with_copies(alleles, count) == pairs


def test_male_with_one_g6pd_allele_written_twice_has_one() -> None:
    twice = phenotype_of(PHENOTYPES, "G6PD", ("A- 202A_376G", "A- 202A_376G"), sex="male")
    assert twice.phenotype == phenotype_of(PHENOTYPES, "G6PD", ("A- 202A_376G",)).phenotype
    assert twice.phenotype == "Deficient"


def test_population_prior_without_any_defined_allele_is_flat() -> None:
    definition = GENES["CYP2C19"]
    found = population_prior(definition, {"CYP2C19": {"*999": 1.0}}, "EUR")
    assert np.array_equal(found.shares, flat_prior(definition).shares)
    assert found.name == flat_prior(definition).name


def test_warfarin_takes_its_single_position_into_account() -> None:
    knowledge = load_knowledge(SHELF)
    cyp2c9 = GeneFinding(
        "CYP2C9",
        Status.CALLED,
        (Candidate("*1/*1", 1.0, "Normal Metabolizer", "2.0", ("2.0", "Normal Metabolizer")),),
        phenotype="Normal Metabolizer",
        positions={"rs12777823": "A/G"},
    )
    person = Person("Patient/p", findings=(cyp2c9,))
    order = Proposal(Act.ORDER, MedicineLine("warfarin"))
    answer = decide(knowledge, person, order, today=date(2026, 11, 25))
    subjects = {gap.subject for gap in answer.not_assessed}
    assert "rs12777823" not in subjects
    without = Person("Patient/p")
    asked = decide(knowledge, without, order, today=date(2026, 11, 25))
    assert [a.id.split(":")[0] for a in answer.advice if "2c9" in a.id] == ["pgx"]
    assert not any("2c9" in a.id for a in asked.advice)
    assert not any("CYP2C9" in gene for c in asked.clear for gene in c.genes)
