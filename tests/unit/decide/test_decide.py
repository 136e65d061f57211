"""One answer per medicine: what changes, how sure, for whom; never normal by silence."""

from dataclasses import replace
from datetime import date

import pytest

from garrod.care.decide.service import decide, look_ahead
from garrod.core.advice import Action, Tier
from garrod.core.finding import Candidate, GeneFinding, Status
from garrod.core.medicine import REVIEW, Act, Coding, MedicineLine, Proposal
from garrod.core.person import Allergy, Person
from garrod.science.pgx.outside import OutsideRow, findings_from
from tests.making.decisions import (
    ACS,
    ADULT,
    CALLER,
    CYP2C19_PM,
    GENETIC,
    IM,
    NM,
    PM,
    TODAY,
    ask,
    candidate,
    finding,
    hla,
)


def test_dpyd_score_nought_stops_capecitabine_at_tier_one() -> None:
    decision = ask(ADULT, "Capecitabine 500 mg", finding("DPYD", candidate("a/b", 1.0, PM, "0.0")))
    (advice,) = decision.advice
    assert (advice.action, advice.tier, advice.strength) == (Action.AVOID, Tier.T1, "Strong")


def test_dpyd_score_one_halves_the_starting_dose() -> None:
    decision = ask(ADULT, "fluorouracil", finding("DPYD", candidate("a/b", 1.0, IM, "1.0")))
    (advice,) = decision.advice
    assert (advice.action, advice.dose_factor) == (Action.START_LOWER, "0.5")


def test_normal_result_is_clear_and_says_which_result() -> None:
    decision = ask(ADULT, "voriconazole", finding("CYP2C19", candidate("*1/*1", 1.0, NM)))
    assert decision.advice == ()
    assert "normal metaboliser" in decision.clear[0].reason


def test_open_result_is_never_clear_and_asks_for_the_next_position() -> None:
    open_call = replace(
        finding(
            "CYP2C19",
            candidate("*1/*1", 0.6, NM),
            candidate("*2/*2", 0.4, PM),
            status=Status.AMBIGUOUS,
        ),
        next_position="CYP2C19:94781859",
    )
    decision = ask(replace(ADULT, conditions=(ACS,)), "clopidogrel", open_call)
    (advice,) = decision.advice
    assert decision.clear == ()
    assert advice.action is Action.CONSIDER_TEST
    assert advice.p_recommendation == pytest.approx(0.4)
    assert (advice.stable, advice.next_position) == (False, "CYP2C19:94781859")
    assert "Most likely: usual dosing (60 %)" in advice.summary
    assert "If so, very little clopidogrel is activated" in advice.summary
    assert advice.title.endswith("CYP2C19 possibly poor metaboliser")


def test_several_diplotypes_of_one_phenotype_give_stable_advice() -> None:
    several = finding(
        "CYP2C19",
        candidate("*2/*2", 0.5, PM),
        candidate("*2/*3", 0.5, PM),
        status=Status.AMBIGUOUS,
    )
    (advice,) = ask(replace(ADULT, conditions=(ACS,)), "clopidogrel", several).advice
    assert (advice.stable, advice.p_recommendation) == (True, 1.0)


def test_snv_only_cyp2d6_is_never_called_stable_and_carries_the_caution() -> None:
    seen = replace(
        finding("CYP2D6", candidate("*4/*4", 1.0, PM, "0.0"), status=Status.AMBIGUOUS),
        reasons=("SNV only: copies were not counted",),
    )
    (advice,) = ask(ADULT, "codeine", seen).advice
    assert advice.stable is False
    assert any(b.step == "caution" and "SNV only" in b.text for b in advice.because)


def test_usual_dose_by_snv_only_cyp2d6_says_what_was_not_counted() -> None:
    seen = replace(
        finding("CYP2D6", candidate("*1/*1", 1.0, NM, "2.0"), status=Status.AMBIGUOUS),
        reasons=("SNV only: copies were not counted",),
    )
    decision = ask(ADULT, "codeine", seen)
    assert len(decision.clear) == 1
    assert [(n.subject, n.code) for n in decision.not_assessed] == [("CYP2D6", "ambiguous")]
    assert "SNV only" in decision.not_assessed[0].reason


def test_untested_gene_of_two_is_said_and_the_other_decides() -> None:
    decision = ask(ADULT, "carbamazepine", hla("HLA-B", "*15:02 positive"))
    (advice,) = decision.advice
    assert (advice.action, advice.tier) == (Action.AVOID, Tier.T1)
    assert [n.subject for n in decision.not_assessed] == ["HLA-A"]


def test_two_genes_of_a_tricyclic_are_taken_together() -> None:
    both = (CYP2C19_PM, finding("CYP2D6", candidate("*4/*4", 1.0, PM, "0.0")))
    (advice,) = ask(ADULT, "amitriptyline", *both).advice
    assert advice.action in (Action.AVOID, Action.PREFER_ALTERNATIVE)
    assert {b.ref for b in advice.because if b.step == "phenotype"} == {"CYP2C19", "CYP2D6"}


def test_unknown_indication_takes_the_most_cautious_and_asks() -> None:
    (advice,) = ask(ADULT, "clopidogrel", CYP2C19_PM).advice
    assert advice.action is Action.PREFER_ALTERNATIVE
    assert "What is it for" in advice.summary
    assert advice.stable is False


def test_reason_on_the_order_outranks_the_list_of_conditions() -> None:
    stroke = (Coding("", "", "Ischaemic stroke"),)
    person = replace(ADULT, conditions=(ACS,))
    (advice,) = ask(person, "clopidogrel", CYP2C19_PM, reasons=stroke).advice
    assert advice.population == "neurovascular"


@pytest.mark.parametrize(
    ("born", "population"), [(date(1980, 1, 1), "adults"), (date(2020, 1, 1), "paediatrics")]
)
def test_age_chooses_the_population(born: date, population: str) -> None:
    person = replace(ADULT, birth_date=born)
    (advice,) = ask(person, "voriconazole", CYP2C19_PM).advice
    assert advice.population == population


def test_long_tolerated_carbamazepine_is_judged_as_exposed() -> None:
    line = MedicineLine("carbamazepine", started=date(2020, 1, 1))
    person = replace(ADULT, medicines=(line,), findings=(hla("HLA-B", "*15:02 positive"),))
    decision = decide(GENETIC, person, REVIEW, today=TODAY)
    assert {a.population for a in decision.advice} == {"cbz-exposed"}


def test_alternative_with_a_recorded_allergy_is_not_offered_and_is_said() -> None:
    person = replace(ADULT, conditions=(ACS,), allergies=(Allergy("ticagrelor"),))
    (advice,) = ask(person, "clopidogrel", CYP2C19_PM).advice
    assert [o.name for o in advice.options] == ["prasugrel"]
    assert "ticagrelor is not offered" in advice.summary.lower()


def test_indeterminate_result_is_not_assessed_never_clear() -> None:
    unclear = finding("CYP2C19", candidate("*1/*99", 1.0, "Indeterminate"))
    decision = ask(ADULT, "voriconazole", unclear)
    assert (decision.advice, decision.clear) == ((), ())
    assert decision.not_assessed[0].code == "no-recommendation"


def test_no_call_is_not_assessed_with_its_reason() -> None:
    lost = GeneFinding("CYP2C19", Status.NO_CALL, reasons=("no defining position was read",))
    decision = ask(ADULT, "voriconazole", lost)
    assert decision.clear == ()
    assert "no defining position" in decision.not_assessed[0].reason


def test_untested_person_is_offered_the_test_that_england_requires() -> None:
    (advice,) = ask(ADULT, "capecitabine").advice
    assert advice.action is Action.TEST_FIRST
    assert advice.p_recommendation is None


def test_unknown_medicine_is_said_not_skipped() -> None:
    decision = ask(ADULT, "unobtainium 5 mg")
    assert decision.not_assessed[0].code == "unknown-drug"


def test_code_and_words_at_odds_are_both_checked_and_said() -> None:
    coding = (Coding("http://www.whocc.no/atc", "B01AC04", "clopidogrel"),)
    decision = ask(ADULT, "voriconazole", CYP2C19_PM, codings=coding)
    assert {a.target.name for a in decision.advice} == {"clopidogrel", "voriconazole"}
    assert any("different medicines" in n.reason for n in decision.not_assessed)


def test_eye_drops_are_not_judged_as_if_they_reached_the_blood() -> None:
    risk = "increased risk of aminoglycoside-induced hearing loss"
    carrier = finding("MT-RNR1", candidate("m.1555A>G", 1.0, risk))
    assert ask(ADULT, "tobramycin", carrier).advice[0].tier is Tier.T1
    drops = ask(ADULT, "tobramycin 0.3 % eye drops", carrier)
    assert (drops.advice, drops.clear) == ((), ())
    assert drops.not_assessed[0].subject == "form"


def test_phenotype_stated_without_its_score_weighs_every_row_it_may_mean() -> None:
    rows = (OutsideRow("DPYD", phenotype="Poor Metabolizer"),)
    stated = findings_from(rows, CALLER.definitions, CALLER.phenotyping)
    (advice,) = ask(ADULT, "capecitabine", stated["DPYD"]).advice
    assert (advice.action, advice.tier) == (Action.AVOID, Tier.T1)


def test_same_medicine_twice_gives_one_answer() -> None:
    lines = (MedicineLine("Plavix"), MedicineLine("clopidogrel 75 mg"))
    person = replace(ADULT, conditions=(ACS,), medicines=lines, findings=(CYP2C19_PM,))
    assert len(decide(GENETIC, person, REVIEW, today=TODAY).advice) == 1


def test_look_ahead_names_medicines_not_taken_and_no_offers_of_tests() -> None:
    person = replace(ADULT, medicines=(MedicineLine("clopidogrel"),), findings=(CYP2C19_PM,))
    ahead = look_ahead(GENETIC, person, today=TODAY)
    names = {a.target.name for a in ahead}
    assert "voriconazole" in names
    assert "clopidogrel" not in names
    assert all(a.p_recommendation is not None for a in ahead)


def test_look_ahead_leaves_out_what_holds_for_nearly_everybody() -> None:
    usual = "Uncertain Susceptibility"
    person = replace(ADULT, findings=(finding("RYR1", candidate("a/b", 1.0, usual)),))
    assert look_ahead(GENETIC, person, today=TODAY) == ()
    ordered = ask(ADULT, "sevoflurane", finding("RYR1", candidate("a/b", 1.0, usual)))
    assert ordered.advice[0].action is Action.ASK


@pytest.mark.parametrize(("genotype", "tier"), [("-1639 AG", Tier.T3), ("-1639 AA", Tier.T2)])
def test_usual_result_of_warfarin_does_not_interrupt(genotype: str, tier: Tier) -> None:
    genes = (
        finding("CYP2C9", candidate("*1/*1", 1.0, NM, "2.0")),
        finding("VKORC1", candidate("a/b", 1.0, genotype)),
    )
    (advice,) = ask(ADULT, "warfarin", *genes).advice
    assert (advice.action, advice.tier) == (Action.ADJUST, tier)


def every_row() -> list[tuple[str, str]]:
    return [(row.id, drug) for row in GENETIC.guidance.recommendations for drug in row.drugs]


@pytest.mark.parametrize(("row_id", "drug"), every_row())
def test_every_row_of_guidance_leads_to_an_answer_with_evidence_and_packs(
    row_id: str, drug: str
) -> None:
    row = next(r for r in GENETIC.guidance.recommendations if r.id == row_id)
    findings = tuple(
        finding(gene, Candidate(value, 1.0, value, "", (value,)))
        for gene, values in row.keys
        for value in [sorted(values)[0]]
        if value != "No Result" and not gene.startswith("rs")
    )
    person = Person("Patient/1", findings=findings)
    decision = decide(GENETIC, person, Proposal(Act.ORDER, MedicineLine(drug)), today=TODAY)
    assert decision.advice or decision.clear or decision.not_assessed
    if row.action not in (Action.STANDARD, Action.NO_RECOMMENDATION):
        # the person's age and past are unknown: another population's stricter row may lead
        stricter = {row.action, Action.AVOID, Action.PREFER_ALTERNATIVE}
        assert decision.clear == ()
        assert stricter & {advice.action for advice in decision.advice}
    for advice in decision.advice:
        assert advice.evidence
        assert all(e.pmid or e.url for e in advice.evidence)
        assert advice.packs
        assert advice.because
        assert advice.title
        assert advice.summary


def test_hla_test_of_another_allele_does_not_hide_the_allele_that_was_found() -> None:
    others = hla("HLA-B", "*57:01 negative"), hla("HLA-A", "*31:01 positive")
    decision = ask(ADULT, "carbamazepine", *others)
    (advice,) = decision.advice
    assert (advice.action, advice.strength) == (Action.AVOID, "Strong")
    assert advice.title.endswith("HLA-A *31:01 positive")
    assert [(n.subject, n.code) for n in decision.not_assessed] == [("HLA-B", "not-tested")]


def test_hla_test_of_another_allele_alone_is_no_result_for_the_medicine() -> None:
    decision = ask(ADULT, "abacavir", hla("HLA-B", "*15:02 negative"))
    (advice,) = decision.advice
    assert (advice.action, advice.p_recommendation) == (Action.TEST_FIRST, None)
    (gap,) = decision.not_assessed
    assert (gap.code, gap.reason) == ("not-tested", "not tested for what matters to this medicine")
