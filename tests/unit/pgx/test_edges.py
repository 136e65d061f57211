"""Where one answer ends and the next begins: half reads, gaps, scores, shares, two sources."""

from dataclasses import replace

import pytest

from garrod.care.decide.words import prior_in_words
from garrod.core.finding import Candidate, GeneFinding, Status
from garrod.core.genotype import UNDOCUMENTED, Observation, StructuralCall
from garrod.science.pgx.components import find_components
from garrod.science.pgx.copies import activity_of
from garrod.science.pgx.describe import SAME_MEANING, phenotype_shares
from garrod.science.pgx.guidance import load_guidance
from garrod.science.pgx.outside import OutsideRow, findings_from
from garrod.science.pgx.phenotype import function_rank, phenotype_of, score_result
from garrod.science.pgx.priors import UNSEEN_MASS, flat_prior, population_prior
from garrod.science.pgx.readings import ONE_STRAND, sort_readings
from garrod.science.pgx.recommend import key_shares, outcomes_of
from garrod.science.pgx.reconcile import reconciled, replacing
from tests.making.calls import (
    GENES,
    PHENOTYPES,
    SHELF,
    call,
    call_seen,
    names,
    read,
    readings,
)

IM, NM, PM = "Intermediate Metabolizer", "Normal Metabolizer", "Poor Metabolizer"
ONE_COPY = (StructuralCall("CYP2D6", "CNV", 1, 9, "chr22:1 N><CNV>"),)
DPYD_2A, DPYD_2846, DPYD_9A = 97450058, 97082391, 97883329


def stated(*rows: OutsideRow) -> dict[str, GeneFinding]:
    return findings_from(rows, GENES, PHENOTYPES)


def test_complete_reading_is_called_without_reasons() -> None:
    found = call("CYP2C19", {})
    assert (found.status, found.reasons, found.next_position) == (Status.CALLED, (), "")


def test_one_strand_of_a_gene_that_has_two_is_never_called() -> None:
    found = call("CYP2C19", {94842866: read("G")}, copies=1)
    assert found.status is Status.AMBIGUOUS
    assert ONE_STRAND in found.reasons


def test_one_strand_is_all_there_is_where_one_copy_was_counted() -> None:
    found = call("CYP2D6", {}, copies=1, structural=ONE_COPY)
    assert (found.status, names(found)) == (Status.CALLED, ["*1/*5"])


def test_counted_copies_share_the_whole_probability() -> None:
    gone = call_seen("CYP2D6", {}, structural=(replace(ONE_COPY[0], copies=0),))
    assert [(c.name, c.probability) for c in gone.candidates] == [("*5/*5", 1.0)]
    star_4: dict[int, Observation | None] = {
        42128945: read("C", "T"),
        42130692: read("G", "A"),
        42126611: read("C", "G"),
        42129130: read("C", "G"),
    }
    two = call("CYP2D6", star_4, structural=(replace(ONE_COPY[0], copies=3),))
    assert sum(c.probability for c in two.candidates) + two.remainder == pytest.approx(1)


@pytest.mark.parametrize("score", ["0.1", "1.1", "2.3"])
def test_score_between_the_ranges_is_indeterminate_never_the_nearest(score: str) -> None:
    found = score_result(PHENOTYPES, "CYP2D6", activity_of(score))
    assert (found.phenotype, found.known) == ("Indeterminate", False)
    assert found.reasons == ("CYP2D6: the score fits no range",)


@pytest.mark.parametrize(
    ("score", "phenotype"),
    [
        ("0", PM),
        ("0.25", IM),
        ("1", IM),
        ("1.25", NM),
        ("2.25", NM),
        ("2.5", "Ultrarapid Metabolizer"),
    ],
)
def test_ends_of_a_range_of_scores_belong_to_it(score: str, phenotype: str) -> None:
    assert score_result(PHENOTYPES, "CYP2D6", activity_of(score)).phenotype == phenotype


def test_shares_of_phenotypes_are_added_up_and_the_greatest_is_first() -> None:
    candidates = (
        Candidate("*1/*2", 0.4, IM),
        Candidate("*2/*2", 0.3, PM),
        Candidate("*2/*3", 0.3, PM),
    )
    shares = [(s.phenotype, s.probability) for s in phenotype_shares(candidates)]
    assert shares == [(PM, pytest.approx(0.6)), (IM, pytest.approx(0.4))]


def test_same_meaning_is_said_of_open_diplotypes_alone() -> None:
    assert SAME_MEANING in call("CYP2C19", {94842866: None}).reasons
    assert SAME_MEANING not in call("CYP2C19", {94842866: read("G", "G")}).reasons


def in_pieces(changes: dict[int, Observation | None]) -> float:
    definition = GENES["DPYD"]
    seen = sort_readings(definition, readings("DPYD", changes), sex="")
    prior = flat_prior(definition)
    found = find_components(
        definition, seen, prior, lambda name: function_rank(PHENOTYPES, "DPYD", name)
    )
    return found.probability


def test_variant_that_may_hide_lowers_the_chance_that_all_were_found() -> None:
    pieces: dict[int, Observation | None] = {
        DPYD_2A: read("C", "T", phased=True, phase_set=1),
        DPYD_9A: read("A", "G", phased=True, phase_set=2),
    }
    hidden = float(flat_prior(GENES["DPYD"]).shares[GENES["DPYD"].alleles.index("c.2846A>T")])
    assert in_pieces(pieces) == 1
    assert in_pieces({**pieces, DPYD_2846: None}) == pytest.approx((1 - hidden) ** 2)


def test_allele_with_several_forms_is_not_counted_once_for_each() -> None:
    definition = GENES["SLCO1B1"]
    prior = population_prior(definition, {"SLCO1B1": {"*1": 0.75, "*45": 0.25}}, "EUR")
    forms = [n for n, core in enumerate(definition.folded) if core == "*45"]
    unseen = UNSEEN_MASS * len(forms) / len(definition.alleles)
    assert len(forms) > 1
    assert float(prior.shares[forms].sum()) == pytest.approx(0.25 * (1 - UNSEEN_MASS) + unseen)


def test_decisive_position_unread_is_said_unless_a_variant_of_risk_was_found() -> None:
    hidden = call("MT-RNR1", {1555: None}, copies=1)
    assert hidden.status is Status.AMBIGUOUS
    assert "not read, though decisive: m.1555A>G" in hidden.reasons
    at_risk = call("MT-RNR1", {1555: None, 1494: read("T")}, copies=1)
    assert not any("though decisive" in reason for reason in at_risk.reasons)


def open_call(*candidates: Candidate) -> GeneFinding:
    return GeneFinding(
        "CYP2C19",
        Status.AMBIGUOUS,
        candidates,
        candidates[0].phenotype,
        phenotypes=phenotype_shares(candidates),
        reasons=("not read",),
    )


def test_stated_result_among_a_file_s_candidates_settles_it() -> None:
    own = open_call(Candidate("*1/*1", 0.6, NM), Candidate("*1/*2", 0.4, IM))
    (found,) = reconciled((own,), stated(OutsideRow("CYP2C19", "*1/*2", line=1)))
    assert (found.status, found.phenotype) == (Status.CALLED, IM)


def test_stated_result_that_an_open_file_rules_out_is_kept_beside_it() -> None:
    own = open_call(Candidate("*1/*1", 0.6, NM), Candidate("*1/*2", 0.4, IM))
    (found,) = reconciled((own,), stated(OutsideRow("CYP2C19", "*2/*2", line=1)))
    assert found.status is Status.AMBIGUOUS
    assert {c.phenotype for c in found.candidates} == {NM, IM, PM}
    assert sum(c.probability for c in found.candidates) == pytest.approx(1)


def test_stated_no_call_leaves_the_file_s_result() -> None:
    own = open_call(Candidate("*1/*1", 0.6, NM), Candidate("*1/*2", 0.4, IM))
    assert reconciled((own,), stated(OutsideRow("CYP2C19", "./.", line=1))) == (own,)


def test_several_stated_results_are_counted_and_one_is_not() -> None:
    rows = (OutsideRow("CYP2C19", "*1/*1", line=1), OutsideRow("CYP2C19", "*2/*2", line=2))
    two, one = stated(*rows)["CYP2C19"], stated(rows[0])["CYP2C19"]
    assert two.reasons == ("2 possibilities were stated; they are taken as equally likely",)
    assert one.reasons == ()


@pytest.mark.parametrize(
    ("gene", "diplotype", "components"),
    [
        ("DPYD", "Reference/*2A", ("c.1905+1G>A (*2A)",)),
        ("DPYD", "Reference/Reference", ("Reference",)),
        ("CYP2C19", "*1/*2", ()),
    ],
)
def test_stated_variants_of_a_gene_of_components_are_listed(
    gene: str, diplotype: str, components: tuple[str, ...]
) -> None:
    assert stated(OutsideRow(gene, diplotype, line=1))[gene].components == components


def test_hla_typed_on_both_strands_leaves_nothing_to_say() -> None:
    assert stated(OutsideRow("HLA-B", "*15:02/*57:01", line=1))["HLA-B"].reasons == ()


@pytest.mark.parametrize(
    ("prior", "words"),
    [
        ("flat", "No table of frequencies was used"),
        ("population:pooled", "Ancestry is unknown"),
        ("population:EUR", "Allele frequencies of European populations"),
    ],
)
def test_prior_is_said_in_words(prior: str, words: str) -> None:
    assert prior_in_words(prior).startswith(words)


@pytest.mark.parametrize("status", [Status.NO_CALL, Status.AMBIGUOUS])
def test_outside_call_beside_a_file_that_cannot_tell_contradicts_nothing(status: Status) -> None:
    own = GeneFinding("CYP2C19", status, positions={"rs1": "A/G"})
    told = stated(OutsideRow("CYP2C19", "*2/*2", line=1))["CYP2C19"]
    assert replacing(told, own) == replace(told, positions={"rs1": "A/G"})


def test_outside_call_that_contradicts_a_file_that_could_tell_is_not_called() -> None:
    own = call("CYP2C19", {})
    told = stated(OutsideRow("CYP2C19", "*2/*2", line=1))["CYP2C19"]
    read_so = replace(own, status=Status.CALLED, phenotype=NM, candidates=told.candidates)
    found = replacing(told, read_so)
    assert (found.status, found.phenotype) == (Status.AMBIGUOUS, PM)
    assert found.is_open_elsewhere
    assert "ask which is right" in found.reasons[0]


def test_outside_no_call_stands_without_a_comparison() -> None:
    own = call("CYP2C19", {})
    told = stated(OutsideRow("CYP2C19", "./.", line=1))["CYP2C19"]
    assert replacing(told, own) == told


def test_unread_variant_of_a_gene_of_components_is_a_candidate() -> None:
    found = call("DPYD", {DPYD_2A: None})
    assert names(found)[:2] == ["Reference/Reference", "Reference/c.1905+1G>A (*2A)"]
    assert found.next_position == f"DPYD:{DPYD_2A}"
    assert [p.phenotype for p in found.phenotypes[:2]] == [NM, IM]


def test_both_variants_of_hapb3_are_one_component() -> None:
    found = call("DPYD", {97579893: read("G", "C"), 97573863: read("C", "T")})
    assert found.components == ("c.1129-5923C>G, c.1236G>A (HapB3)",)


def test_gene_without_a_required_position_names_it_as_missing() -> None:
    assert call("NAT2", {18400860: None}).missing == ("NAT2:18400860",)


@pytest.mark.parametrize(
    ("bases", "is_open"), [(("A", "A"), False), (("G", "A"), True), (("G", "G"), True)]
)
def test_g6pd_is_open_unless_both_strands_are_deficient(
    bases: tuple[str, str], is_open: bool
) -> None:
    found = call("G6PD", {154534419: read(*bases), 154536002: None}, sex="female")
    assert any("though decisive" in reason for reason in found.reasons) is is_open


def test_gene_without_a_result_takes_nothing_from_the_probability() -> None:
    positive = Candidate("x", 1.0, "*31:01 positive", "", ("*31:01 positive",))
    findings = {"HLA-A": GeneFinding("HLA-A", Status.CALLED, (positive,))}
    found = outcomes_of(
        load_guidance(SHELF), "carbamazepine", ("HLA-B", "HLA-A"), findings, "cbz-naive"
    )
    assert [o.probability for o in found] == [1.0]


def test_diplotypes_of_one_meaning_are_one_share_and_the_likelier_names_it() -> None:
    same = open_call(
        Candidate("*2/*2", 0.5, PM, "", (PM,)),
        Candidate("*1/*2", 0.3, IM, "", (IM,)),
        Candidate("*2/*3", 0.2, PM, "", (PM,)),
    )
    shares = [(s.phenotype, s.diplotype, s.probability) for s in key_shares("CYP2C19", same)]
    assert shares == [(PM, "*2/*2", pytest.approx(0.7)), (IM, "*1/*2", 0.3)]


def test_gene_for_which_no_rule_is_published_has_none_and_is_not_doubtful() -> None:
    found = phenotype_of(PHENOTYPES, "CYP4F2", ("*1", "*3"))
    assert (found.phenotype, found.reasons) == ("n/a", ())


def test_unread_decisive_variant_hides_no_other_reason() -> None:
    changes = {DPYD_2A: read("C", "T"), DPYD_9A: read("A", "G"), DPYD_2846: None}
    said = call("DPYD", changes).reasons
    assert any("taken in trans" in reason for reason in said)
    assert "not read, though decisive: c.2846A>T" in said


def test_few_unread_positions_are_named_and_many_are_counted() -> None:
    one = call("DPYD", {DPYD_2A: None}).reasons
    many = call("DPYD", dict.fromkeys((DPYD_2A, DPYD_9A, DPYD_2846, 97515787))).reasons
    assert "1 of 83 positions was not read: rs3918290" in one
    assert "4 of 83 positions were not read" in many


def test_undocumented_base_is_said_of_its_own_position_alone() -> None:
    changes = {18130687: read("T", "C"), 18138997: read("C", UNDOCUMENTED)}
    said = [r for r in call("TPMT", changes).reasons if "undocumented" in r]
    assert said == ["undocumented base at rs1800460: a record"]


def test_hla_statement_joined_to_a_typing_keeps_the_keys_of_both() -> None:
    (only,) = stated(OutsideRow("HLA-B", "*57:01", "*15:02 negative", line=1))["HLA-B"].candidates
    assert set(only.keys) == {"*57:01 positive", "*15:02 negative"}
