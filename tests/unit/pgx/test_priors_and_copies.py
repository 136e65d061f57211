"""What is believed before reading, how copies add up, and which position would tell most."""

import numpy as np
import pytest

from garrod.science.pgx.copies import UNKNOWN, activity_of, copies_activity, tidy_copies
from garrod.science.pgx.grids import rows_of
from garrod.science.pgx.next_position import next_position
from garrod.science.pgx.phenotype import phenotype_of
from garrod.science.pgx.posterior import Pairs
from garrod.science.pgx.priors import (
    ALIKE,
    REFERENCE_MASS,
    UNSEEN_MASS,
    flat_prior,
    load_counts,
    population_prior,
)
from garrod.science.pgx.structure import with_copies
from tests.making.calls import GENES, PHENOTYPES, SHELF

EUR = load_counts(SHELF, "EUR")
KNOWN = PHENOTYPES.values["CYP2D6"]


def test_flat_prior_gives_the_reference_half_and_the_rest_evenly() -> None:
    prior = flat_prior(GENES["TPMT"])
    assert prior.shares[0] == pytest.approx(REFERENCE_MASS)
    assert len(set(np.round(prior.shares[1:], 12))) == 1


def test_flat_prior_of_a_pair_keeps_each_strands_share() -> None:
    prior = flat_prior(GENES["TPMT"])
    alleles = np.arange(len(prior.shares))
    joint = np.outer(prior.shares, prior.shares) * prior.pair_factor(alleles)
    assert joint.sum() == pytest.approx(1)
    assert joint.sum(axis=1) == pytest.approx(prior.shares)


def test_flat_prior_makes_strands_alike_by_wrights_index() -> None:
    prior = flat_prior(GENES["TPMT"])
    factor = prior.pair_factor(np.array([0, 1]))
    both = REFERENCE_MASS**2 * factor[0, 0]
    assert both == pytest.approx(REFERENCE_MASS**2 + ALIKE * REFERENCE_MASS * (1 - REFERENCE_MASS))


def test_cyp2c19_1_and_38_share_the_references_half() -> None:
    definition = GENES["CYP2C19"]
    prior = flat_prior(definition)
    shares = [prior.shares[definition.alleles.index(name)] for name in ("*1", "*38")]
    assert shares == [pytest.approx(REFERENCE_MASS / 2)] * 2


def test_population_prior_is_the_counted_share() -> None:
    definition = GENES["CYP2C19"]
    prior = population_prior(definition, EUR, "EUR")
    share = float(prior.shares[definition.alleles.index("*2")])
    assert (round(share, 2), prior.name) == (0.14, "population:EUR")


def test_population_prior_leaves_uncounted_alleles_a_little() -> None:
    definition = GENES["CYP2C19"]
    prior = population_prior(definition, EUR, "EUR")
    assert prior.shares.min() == pytest.approx(UNSEEN_MASS / len(definition.alleles))


def test_cyp2b6_6_and_9_share_what_was_counted_as_one() -> None:
    definition = GENES["CYP2B6"]
    prior = population_prior(definition, EUR, "EUR")
    shares = [float(prior.shares[definition.alleles.index(n)]) for n in ("*6", "*9")]
    assert shares[0] == pytest.approx(shares[1])
    assert sum(shares) == pytest.approx(231 / 886, abs=0.01)


@pytest.mark.parametrize("counts", [{}, {"TPMT": {"*1": 0.0}}])
def test_gene_without_counts_is_called_under_the_flat_prior(
    counts: dict[str, dict[str, float]],
) -> None:
    prior = population_prior(GENES["TPMT"], counts, "EUR")
    assert (prior.name, prior.alike) == ("flat", ALIKE)


@pytest.mark.parametrize(
    ("written", "tidy"),
    [
        ("*1x1", "*1"),
        ("*1x2", "*1x2"),
        ("*1x7", "*1x≥3"),
        ("*13 + *1x7", "*13 + *1x≥3"),
        ("*36+*10", "*36 + *10"),
        ("*10x2", "*10x2"),
        ("hybrid", "hybrid"),
    ],
)
def test_haplotypes_are_written_as_the_tables_do(written: str, tidy: str) -> None:
    assert tidy_copies(written, KNOWN) == tidy


@pytest.mark.parametrize(
    ("written", "score"),
    [("*1", "1.0"), ("*1x2", "2.0"), ("*10x2", "0.5"), ("*1x≥3", "≥3.0"), ("*4xN", "0.0")],
)
def test_copies_add_up(written: str, score: str) -> None:
    assert copies_activity(written, KNOWN).text == score


def test_an_unknown_allele_has_no_score() -> None:
    assert copies_activity("*999x2", KNOWN) == UNKNOWN
    assert copies_activity("*1 + nonsense", KNOWN).text == "n/a"


def test_copies_of_an_allele_without_a_value_have_none() -> None:
    unvalued = {**KNOWN, "*998": UNKNOWN}
    assert copies_activity("*998x2", unvalued) == UNKNOWN


def test_many_copies_of_unstated_number_are_a_lower_bound() -> None:
    assert copies_activity("*9xN", {"*9": activity_of("0.25")}).text == "≥0.5"


@pytest.mark.parametrize(
    ("alleles", "count", "expected"),
    [
        (("*1", "*4"), 2, [("*1", "*4")]),
        (("*1", "*4"), 1, []),
        (("*4", "*4"), 1, [("*4", "*5")]),
        (("*1", "*4"), 4, [("*1x3", "*4"), ("*1", "*4x3")]),
    ],
)
def test_copies_on_strands(
    alleles: tuple[str, str], count: int, expected: list[tuple[str, str]]
) -> None:
    assert with_copies(alleles, count) == expected


def test_g6pd_two_alleles_in_a_male_are_indeterminate() -> None:
    found = phenotype_of(PHENOTYPES, "G6PD", ("B (reference)", "Chatham"), sex="male")
    assert (found.phenotype, found.known) == ("Indeterminate", False)
    assert "check the sample" in found.reasons[0]


def _two(gene: str, names: tuple[str, str]) -> Pairs:
    """Return two homozygous pairs, equally likely."""
    found = np.array([GENES[gene].alleles.index(name) for name in names])
    return Pairs(found, found, np.array([0.5, 0.5]))


def test_next_position_is_where_the_candidates_differ() -> None:
    pairs = _two("CYP2C19", ("*1", "*17"))
    missing = ("CYP2C19:94761900", "CYP2C19:94780653")
    rows = rows_of(GENES["CYP2C19"].grid, missing)
    assert next_position(GENES["CYP2C19"], pairs, np.array([0, 1]), rows) == missing[0]


@pytest.mark.parametrize(
    ("missing", "meaning"),
    [
        ((), [0, 1]),  # everything was read
        (("CYP2C19:94761900",), [0, 0]),  # both mean the same
        (("CYP2C19:94780653",), [0, 1]),  # the candidates do not differ there
    ],
)
def test_next_position_is_empty_where_none_helps(
    missing: tuple[str, ...], meaning: list[int]
) -> None:
    pairs = _two("CYP2C19", ("*1", "*17"))
    rows = rows_of(GENES["CYP2C19"].grid, missing)
    assert next_position(GENES["CYP2C19"], pairs, np.array(meaning), rows) == ""


def test_functions_without_a_rule_are_indeterminate_with_the_reason() -> None:
    found = phenotype_of(PHENOTYPES, "TPMT", ("*1",))
    assert (found.phenotype, found.reasons) == (
        "Indeterminate",
        ("TPMT: no rule for Normal function",),
    )
