"""Findings converted by what else is taken: every candidate, its share, and the record of it."""

from dataclasses import replace

import pytest

from garrod.core.finding import Candidate, GeneFinding, Origin, PhenotypeShare, Status
from garrod.science.pgx.modulators import rules_of
from garrod.science.pgx.phenoconversion import (
    ANY_GENOTYPE,
    UNSETTLED,
    Phenoconversion,
    behaving,
)
from tests.making.conversions import FACTS, IM, NM, PM, SHELF, UM, result, taking

ROWS = SHELF.rows("policy-england", "phenoconversion")
STRONG = taking("paroxetine")
MODERATE = taking("duloxetine")


def by_policy(keep: object = None, **values: str) -> Phenoconversion:
    """Return the facts with other values of some rules; `keep` picks the rows."""
    rows = [{**row, "to": values.get(row["rule"], row["to"])} for row in ROWS]
    rows = [row for row in rows if not callable(keep) or keep(row)]
    return replace(FACTS, rules=rules_of(rows, "p", "p@1"))


def converted(
    finding: GeneFinding, taken: dict[str, str], *, about: str = "codeine"
) -> GeneFinding:
    found = behaving(FACTS, finding.gene, finding, taken, about=about)
    assert found is not None
    return found


@pytest.mark.parametrize("gene", ["CYP2D6", "TPMT"])
def test_finding_that_nothing_acts_on_is_the_same_object(gene: str) -> None:
    finding = result(gene, NM, "2.0")
    assert behaving(FACTS, gene, finding, taking("esomeprazole", "warfarin")) is finding
    assert behaving(FACTS, gene, None, {}) is None


def test_every_candidate_is_converted_and_keeps_its_probability() -> None:
    candidates = (
        Candidate("*1/*1", 0.6, NM, "2.0", ("2.0", NM)),
        Candidate("*1/*41", 0.3, NM, "1.25", ("1.25", NM)),
        Candidate("*4/*4", 0.1, PM, "0.0", ("0.0", PM)),
    )
    shares = tuple(PhenotypeShare(c.phenotype, c.activity_score, c.probability) for c in candidates)
    was = GeneFinding("CYP2D6", Status.AMBIGUOUS, candidates, NM, "2.0", shares)
    found = converted(was, MODERATE)
    assert [(c.name, c.probability, c.phenotype, c.activity_score) for c in found.candidates] == [
        ("*1/*1", 0.6, IM, "1.0"),
        ("*1/*41", 0.3, IM, "0.625"),
        ("*4/*4", 0.1, PM, "0.0"),
    ]
    assert found.status is Status.AMBIGUOUS


def test_shares_that_become_alike_are_added_up() -> None:
    candidates = (
        Candidate("*1/*2", 0.5, IM, keys=(IM,)),
        Candidate("*1/*1", 0.3, NM, keys=(NM,)),
        Candidate("*2/*2", 0.1, PM, keys=(PM,)),
    )
    shares = tuple(PhenotypeShare(c.phenotype, "", c.probability) for c in candidates)
    was = GeneFinding("CYP2C19", Status.AMBIGUOUS, candidates, IM, phenotypes=shares, remainder=0.1)
    found = converted(was, taking("moclobemide"))
    assert [(s.phenotype, round(s.probability, 9)) for s in found.phenotypes] == [
        (PM, 0.6),
        (IM, 0.3),
    ]
    assert found.phenotype == PM


def test_shares_of_candidates_that_are_not_listed_are_converted_too() -> None:
    was = result("CYP2D6", NM, "2.0")
    unlisted = PhenotypeShare(IM, "1.0", 0.004)
    found = converted(replace(was, phenotypes=(*was.phenotypes, unlisted)), MODERATE)
    assert [(s.phenotype, s.activity_score) for s in found.phenotypes] == [
        (IM, "1.0"),
        (IM, "0.5"),
    ]


def test_finding_without_shares_gets_those_of_its_candidates() -> None:
    was = replace(result("CYP2D6", NM, "2.0"), phenotypes=())
    assert [s.phenotype for s in converted(was, STRONG).phenotypes] == [PM]


def test_record_says_what_it_was_by_which_medicine_and_which_rule() -> None:
    was = result("CYP2D6", NM, "2.0")
    found = converted(was, STRONG)
    conversion = found.conversion
    assert conversion is not None
    assert (conversion.phenotype, conversion.activity_score) == (NM, "2.0")
    assert [(m.drug, m.strength) for m in conversion.by] == [("paroxetine", "strong")]
    assert conversion.rule == "a strong inhibitor takes the activity score to 0"
    assert conversion.evidence == ("phenoconversion-2d6",)
    assert conversion.was("*1/*1") == was.candidates[0]
    assert conversion.was("*4/*4") is None
    assert FACTS.modulators.reference in found.packs


def test_what_every_genotype_behaves_as_is_not_open() -> None:
    was = replace(result("CYP2D6", NM, "2.0"), status=Status.AMBIGUOUS)
    assert was.is_open_elsewhere
    assert not converted(was, STRONG).is_open_elsewhere
    assert converted(was, MODERATE).is_open_elsewhere


def test_medicine_is_no_modulator_of_its_own_advice_and_a_note_says_so() -> None:
    was = result("CYP2D6", NM, "2.0")
    found = converted(was, taking("paroxetine"), about="paroxetine")
    assert found.candidates == was.candidates
    assert found.conversion is not None
    assert found.conversion.by == ()
    assert "paroxetine itself inhibits CYP2D6 (strong)" in found.conversion.notes[0]


def test_medicine_assessed_is_left_out_beside_another_inhibitor() -> None:
    taken = taking("paroxetine", "duloxetine")
    found = converted(result("CYP2D6", NM, "2.0"), taken, about="paroxetine")
    assert found.activity_score == "1.0"
    assert found.conversion is not None
    assert [m.drug for m in found.conversion.by] == ["duloxetine"]
    assert found.conversion.notes[0].startswith("paroxetine itself")


def test_inducer_that_is_assessed_says_that_it_induces() -> None:
    found = converted(result("CYP2B6", NM), taking("efavirenz"), about="efavirenz")
    assert found.conversion is not None
    assert "efavirenz itself induces CYP2B6" in found.conversion.notes[0]


@pytest.mark.parametrize("status", [Status.NO_CALL, Status.NOT_ASSESSED])
def test_gene_without_a_result_stays_unknown_under_a_moderate_inhibitor(status: Status) -> None:
    unknown = GeneFinding("CYP2D6", status, reasons=("why",))
    assert behaving(FACTS, "CYP2D6", unknown, MODERATE) is unknown
    assert behaving(FACTS, "CYP2D6", None, MODERATE) is None


def test_gene_without_a_result_behaves_as_poor_under_a_strong_inhibitor_and_says_so() -> None:
    unknown = GeneFinding("CYP2D6", Status.NO_CALL, reasons=("why",))
    found = converted(unknown, STRONG)
    assert (found.phenotype, found.activity_score, found.origin) == (PM, "0.0", Origin.INHIBITOR)
    assert found.candidates[0].name == ANY_GENOTYPE
    assert found.reasons[0].startswith("there is no result")
    assert found.reasons[1] == "why"
    assert found.conversion is not None
    assert found.conversion.phenotype == ""
    assert "not a test result" in found.conversion.rule


def test_gene_marked_not_assessed_behaves_as_poor_whatever_its_candidates() -> None:
    was = replace(result("CYP2D6", NM, "2.0"), status=Status.NOT_ASSESSED)
    assert converted(was, STRONG).origin is Origin.INHIBITOR


def test_gene_never_tested_behaves_as_poor_under_a_strong_inhibitor() -> None:
    found = behaving(FACTS, "CYP2D6", None, STRONG)
    assert found is not None
    assert (found.phenotype, found.status) == (PM, Status.CALLED)


def test_gene_without_a_result_stays_unknown_where_the_policy_says_so() -> None:
    facts = by_policy(lambda row: row["rule"] != "untested")
    assert behaving(facts, "CYP2D6", None, STRONG) is None
    unclear = result("CYP2D6", "Indeterminate", "n/a")
    found = behaving(facts, "CYP2D6", unclear, STRONG)
    assert found is not None
    assert found.phenotype == "Indeterminate"


def test_several_moderate_inhibitors_say_nothing_about_the_untested() -> None:
    taken = taking("duloxetine", "mirabegron")
    assert behaving(FACTS, "CYP2D6", None, taken) is None
    found = converted(result("CYP2D6", NM, "2.0"), taken)
    assert found.phenotype == PM
    assert found.conversion is not None
    assert not found.conversion.is_whatever
    assert "two or more moderate inhibitors" in found.conversion.rule


def test_several_moderate_inhibitors_count_once_without_a_rule() -> None:
    facts = by_policy(lambda row: row["rule"] != "several")
    taken = taking("duloxetine", "mirabegron")
    found = behaving(facts, "CYP2D6", result("CYP2D6", NM, "2.0"), taken)
    assert found is not None
    assert found.activity_score == "1.0"


def test_inhibitor_beside_an_inducer_is_acted_on_and_the_rule_says_so() -> None:
    found = converted(result("CYP2C19", NM), taking("rifampicin", "moclobemide"))
    assert found.phenotype == IM
    assert found.conversion is not None
    assert "net effect is not known" in found.conversion.rule


def test_inhibitor_beside_an_inducer_changes_nothing_where_the_policy_says_so() -> None:
    was = result("CYP2C19", NM)
    found = behaving(by_policy(both="nothing"), "CYP2C19", was, taking("rifampicin", "moclobemide"))
    assert found is not None
    assert found.phenotype == NM


def test_weak_inhibitor_beside_an_inducer_leaves_the_inducer_to_act() -> None:
    facts = by_policy(both="nothing")
    found = behaving(facts, "CYP2B6", result("CYP2B6", NM), taking("carbamazepine", "clopidogrel"))
    assert found is not None
    assert found.phenotype == "Rapid Metabolizer"


def test_inducer_never_makes_up_for_a_loss_of_function() -> None:
    for phenotype in (PM, IM, "Likely Intermediate Metabolizer", "Indeterminate"):
        found = converted(result("CYP2C19", phenotype), taking("rifampicin"))
        assert found.phenotype == phenotype
        assert found.conversion is not None
        assert "never makes up for a loss" in found.conversion.rule


@pytest.mark.parametrize(("phenotype", "expected"), [(NM, IM), (IM, IM), (PM, PM)])
def test_phenotype_without_its_score_is_converted_by_every_score_it_may_have(
    phenotype: str, expected: str
) -> None:
    scores = {NM: ("1.25", "1.5", "2.0"), IM: ("0.25", "1.0"), PM: ("0.0",)}[phenotype]
    was = result("CYP2D6", phenotype, keys=(phenotype, *scores))
    found = converted(was, MODERATE)
    assert (found.phenotype, found.activity_score) == (expected, "")
    assert converted(was, STRONG).activity_score == "0.0"


def test_phenotype_without_its_score_gives_every_lowered_score_to_guidance() -> None:
    was = result("CYP2D6", NM, keys=(NM, "1.25", "2.0"))
    assert converted(was, MODERATE).candidates[0].keys == ("0.5", "1.0", IM)


@pytest.mark.parametrize("keys", [(UM, "2.5", "≥3.0"), (UM, "2.5", "5.0"), (UM,)])
def test_result_that_could_fall_into_several_phenotypes_is_left_and_says_so(
    keys: tuple[str, ...],
) -> None:
    was = result("CYP2D6", UM, keys=keys)
    found = converted(was, MODERATE)
    assert found.candidates == was.candidates
    assert found.conversion is not None
    assert found.conversion.notes == (UNSETTLED,)


def test_score_between_two_phenotypes_is_looked_up_in_its_own() -> None:
    was = result("CYP2D6", UM, "4.75")
    assert converted(was, MODERATE).candidates[0].keys == ("2.375", "2.5", UM)


def test_scores_are_looked_up_whole_where_the_policy_names_no_step() -> None:
    facts = by_policy(lambda row: row["rule"] != "lookup")
    found = behaving(facts, "CYP2D6", result("CYP2D6", NM, "2.0"), MODERATE)
    assert found is not None
    assert found.candidates[0].keys == ("1.0", IM)
