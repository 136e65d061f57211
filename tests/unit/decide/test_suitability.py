"""What suits this person, what a line or a result may mean, and how it is worded."""

import re
from dataclasses import replace
from datetime import date

import pytest

from garrod.care.decide.service import decide
from garrod.care.decide.wording import Said, summary_of
from garrod.core.advice import Action, Tier
from garrod.core.finding import Candidate, GeneFinding, Status
from garrod.core.medicine import REVIEW, Act, Coding, MedicineLine, Proposal
from garrod.core.person import Allergy, Condition
from garrod.science.pgx.outside import OutsideRow, findings_from
from garrod.science.pgx.recommend import Outcome
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

STROKE = Condition("Stroke 2019", (Coding("", "", "Stroke 2019"),))
NAMED_ACS = (Coding("", "", "NSTEMI"),)


def test_prasugrel_is_held_back_after_a_stroke_even_when_the_order_is_for_another_reason() -> None:
    person = replace(ADULT, conditions=(STROKE,))
    (advice,) = ask(person, "clopidogrel", CYP2C19_PM, reasons=NAMED_ACS).advice
    assert advice.population == "acs-pci"
    assert [o.name for o in advice.options] == ["ticagrelor"]
    assert "Prasugrel is not offered: it must not be used after a stroke or TIA." in advice.summary


def test_limit_of_an_option_is_said_where_nothing_is_known_against_it() -> None:
    (advice,) = ask(ADULT, "clopidogrel", CYP2C19_PM).advice
    (prasugrel,) = [o for o in advice.options if o.name == "prasugrel"]
    assert "must not be used after a stroke or TIA" in prasugrel.reason
    assert "Prasugrel must not be used after a stroke or TIA." in advice.summary


def test_alternative_that_is_taken_already_is_not_offered_again() -> None:
    person = replace(ADULT, conditions=(ACS,), medicines=(MedicineLine("Brilique 90 mg"),))
    (advice,) = ask(person, "clopidogrel", CYP2C19_PM).advice
    assert [o.name for o in advice.options] == ["prasugrel"]
    assert "on the list of medicines already" in advice.summary


def test_summary_asks_only_for_what_is_offered() -> None:
    allergies = (Allergy("prasugrel"), Allergy("", (Coding("urn:rxnorm", "1116632"),)))
    person = replace(ADULT, conditions=(ACS,), allergies=allergies)
    (advice,) = ask(person, "clopidogrel", CYP2C19_PM).advice
    assert advice.options == ()
    assert "Use prasugrel" not in advice.summary
    assert "Use another medicine." in advice.summary


def test_allergy_to_the_medicine_itself_is_never_clear() -> None:
    person = replace(ADULT, allergies=(Allergy("Codeine phosphate"),))
    decision = ask(person, "co-codamol", finding("CYP2D6", candidate("*1/*1", 1.0, NM, "2.0")))
    (codeine,) = [a for a in decision.advice if a.id.startswith("allergy:")]
    assert (codeine.action, codeine.tier, codeine.target.name) == (Action.AVOID, Tier.T2, "codeine")
    assert codeine.title == "Avoid codeine: allergy recorded to Codeine phosphate"
    assert all(c.target.name != "codeine" for c in decision.clear)


@pytest.mark.parametrize("words", ["Clopidogrell 75mg", "Clopidogrell 75mg tablets one daily"])
def test_misspelt_medicine_is_asked_about_and_never_guessed(words: str) -> None:
    decision = ask(replace(ADULT, conditions=(ACS,)), words, CYP2C19_PM)
    assert (decision.advice, decision.clear) == ((), ())
    assert "did you mean clopidogrel?" in decision.not_assessed[0].reason


@pytest.mark.parametrize(
    ("words", "remark"),
    [("Clopidogrel 75mg tabs - STOPPED", "stopped"), ("allergic to codeine", "allergic")],
)
def test_line_that_may_not_be_taken_is_checked_and_questioned(words: str, remark: str) -> None:
    decision = ask(ADULT, words, CYP2C19_PM)
    assert any(remark in n.reason and n.code == "unread" for n in decision.not_assessed)


def test_advice_on_two_medicines_by_one_row_has_two_ids_and_none_of_the_person() -> None:
    lines = (MedicineLine("gentamicin"), MedicineLine("tobramycin"))
    risk = "increased risk of aminoglycoside-induced hearing loss"
    carrier = finding("MT-RNR1", candidate("m.1555A>G", 1.0, risk))
    person = replace(ADULT, reference="Patient/9434765919", medicines=lines, findings=(carrier,))
    found = [a.id for a in decide(GENETIC, person, REVIEW, today=TODAY).advice]
    assert len(set(found)) == 2
    assert not any("9434765919" in told for told in found)


def test_two_lines_of_one_medicine_are_judged_by_every_reason_and_the_earliest_start() -> None:
    recent = MedicineLine("carbamazepine", started=date(2026, 11, 1))
    person = replace(
        ADULT,
        medicines=(recent, MedicineLine("Tegretol", started=date(2020, 1, 1))),
        findings=(hla("HLA-B", "*15:02 positive"),),
    )
    assert decide(GENETIC, person, REVIEW, today=TODAY).advice[0].population == "cbz-exposed"
    again = Proposal(Act.ORDER, MedicineLine("carbamazepine"))
    assert decide(GENETIC, person, again, today=TODAY).advice[0].population == "cbz-exposed"


def test_possible_hard_stop_asks_for_the_test_first() -> None:
    either = finding(
        "DPYD",
        candidate("a/a", 0.8, NM, "2.0"),
        candidate("b/b", 0.2, PM, "0.0"),
        status=Status.AMBIGUOUS,
    )
    (advice,) = ask(ADULT, "capecitabine", either).advice
    assert (advice.action, advice.tier) == (Action.TEST_FIRST, Tier.T2)


def test_equally_likely_results_lead_with_the_more_cautious() -> None:
    even = finding(
        "CYP2C19",
        candidate("*1/*1", 0.5, NM),
        candidate("*2/*2", 0.5, PM),
        status=Status.AMBIGUOUS,
    )
    (advice,) = ask(replace(ADULT, conditions=(ACS,)), "clopidogrel", even).advice
    assert advice.action is Action.PREFER_ALTERNATIVE


def test_untested_person_is_not_told_that_the_usual_dose_holds_where_a_test_comes_first() -> None:
    (advice,) = ask(ADULT, "capecitabine").advice
    assert "usual care" not in advice.summary
    (advice,) = ask(ADULT, "clopidogrel").advice
    assert "do not delay treatment" in advice.summary


def test_words_of_every_row_are_whole_sentences_in_british_english() -> None:
    said = Said(GENETIC.guidance, GENETIC.medicines)
    told = {r.id: summary_of(said, Outcome(r, 1.0, ())) for r in GENETIC.guidance.recommendations}
    broken = re.compile(r"(relying on|giving|Ask|Test)\.|pain killer|etaboliz|200 %|\.\.|  ")
    assert [row for row, words in told.items() if broken.search(words)] == []


def test_usual_dose_carries_the_notes_of_its_row() -> None:
    decision = ask(
        ADULT, "rosuvastatin", finding("SLCO1B1", candidate("*1/*1", 1.0, "Normal Function"))
    )
    assert "Only one of the genes that matter has a result" in decision.clear[0].reason


def test_child_under_twelve_is_never_clear_for_codeine() -> None:
    usual = finding("CYP2D6", candidate("*1/*1", 1.0, NM, "2.0"))
    decision = ask(replace(ADULT, birth_date=date(2020, 1, 1)), "codeine 15 mg", usual)
    assert decision.clear == ()
    (advice,) = decision.advice
    assert (advice.action, advice.tier) == (Action.AVOID, Tier.T1)
    assert "under 12 years" in advice.title
    assert len(ask(ADULT, "codeine 15 mg", usual).clear) == 1


def test_prasugrel_ordered_after_a_stroke_is_to_be_avoided_and_asked_about_otherwise() -> None:
    (advice,) = ask(replace(ADULT, conditions=(STROKE,)), "prasugrel 10 mg").advice
    assert (advice.action, advice.tier) == (Action.AVOID, Tier.T2)
    decision = ask(ADULT, "prasugrel 10 mg")
    assert decision.advice == ()
    assert "contraindication" in {n.subject for n in decision.not_assessed}


def test_usual_dose_of_a_group_that_may_not_be_the_persons_is_asked_about() -> None:
    ageless = replace(ADULT, birth_date=None)
    decision = ask(ageless, "efavirenz", finding("CYP2B6", candidate("*1/*1", 1.0, NM)))
    assert len(decision.clear) == 1
    assert [n.reason for n in decision.not_assessed if n.subject == "context"]


def test_result_that_could_not_be_understood_says_why_and_keeps_the_offer_of_a_test() -> None:
    rows = (OutsideRow("DPYD", "Reference/strange", line=1),)
    stated = findings_from(rows, CALLER.definitions, CALLER.phenotyping)
    decision = ask(ADULT, "capecitabine", stated["DPYD"])
    assert [a.action for a in decision.advice] == [Action.TEST_FIRST]
    assert "strange is not an allele of the definitions" in decision.not_assessed[0].reason


def test_same_dose_under_rows_of_two_strengths_is_one_sure_answer() -> None:
    rows = (OutsideRow("DPYD", phenotype=IM),)
    stated = findings_from(rows, CALLER.definitions, CALLER.phenotyping)
    (advice,) = ask(ADULT, "capecitabine", stated["DPYD"]).advice
    assert (advice.dose_factor, advice.p_recommendation, advice.stable) == ("0.5", 1.0, True)


def test_child_without_a_weight_is_judged_as_one_who_may_weigh_enough_and_asked_about() -> None:
    slow = finding("CYP2B6", candidate("*6/*6", 1.0, PM))
    (advice,) = ask(replace(ADULT, birth_date=date(2013, 1, 1)), "efavirenz", slow).advice
    assert advice.population == "child-over-40kg-or-adult"
    assert "How old is the person and how much do they weigh?" in advice.summary
    assert advice.stable is False


def unread(gene: str, *candidates: Candidate) -> GeneFinding:
    lost = ("1 of 83 positions was not read: rs3918290",)
    return replace(finding(gene, *candidates), missing=("DPYD:97450058",), reasons=lost)


def test_unread_position_that_may_be_fatal_is_never_a_clear_answer() -> None:
    likely = candidate("a/a", 0.984, NM, "2.0"), candidate("a/b", 0.016, IM, "1.0")
    decision = ask(ADULT, "capecitabine", unread("DPYD", *likely))
    (advice,) = decision.advice
    assert decision.clear == ()
    assert (advice.action, advice.tier, advice.stable) == (Action.TEST_FIRST, Tier.T2, False)
    assert (advice.dose_factor, advice.strength) == (None, "n/a")
    assert advice.next_position == "DPYD:97450058"
    assert any(b.step == "caution" and "rs3918290" in b.text for b in advice.because)
    assert "Most likely: usual dosing (98 %)" in advice.summary


def test_usual_dose_says_which_positions_were_not_read_and_what_stays_possible() -> None:
    likely = candidate("a/a", 0.97, "Normal Function"), candidate("a/b", 0.03, "Decreased Function")
    decision = ask(ADULT, "simvastatin", unread("SLCO1B1", *likely))
    assert len(decision.clear) == 1
    (gap,) = decision.not_assessed
    assert "rs3918290" in gap.reason
    assert "another answer stays possible (3 %)" in gap.reason


def test_stable_advice_names_no_position_to_read_next() -> None:
    open_name = replace(
        finding("CYP2C19", candidate("*2/*2", 0.9, PM), candidate("*2/*35", 0.1, PM)),
        next_position="CYP2C19:94781859",
    )
    (advice,) = ask(replace(ADULT, conditions=(ACS,)), "clopidogrel", open_name).advice
    assert (advice.stable, advice.next_position) == (True, "")


@pytest.mark.parametrize(
    ("written", "is_theirs"),
    [
        ("Family history of ischaemic stroke", False),
        ("FH: stroke", False),
        ("No history of stroke", False),
        ("High risk of stroke", False),
        ("Stroke, left hemisphere; risk of falls", True),
        ("History of TIA", True),
    ],
)
def test_condition_of_a_relative_is_not_taken_for_the_person_s(
    written: str, is_theirs: bool
) -> None:
    named = GENETIC.policy.indications_of((Coding("", "", written),))
    assert bool(named) is is_theirs


@pytest.mark.parametrize(
    "words", ["Efudix", "Protopic 0.1%", "Gentamicin 3 MG/ML Ophthalmic Solution"]
)
def test_medicine_known_to_stay_local_by_its_brand_is_not_judged(words: str) -> None:
    decision = ask(ADULT, words, finding("DPYD", candidate("a/b", 1.0, PM, "0.0")))
    assert decision.advice == ()
    assert decision.not_assessed[0].subject == "form"


def test_option_that_the_person_s_own_results_limit_says_so() -> None:
    both = (
        finding("SLCO1B1", candidate("*5/*5", 1.0, "Poor Function")),
        finding("ABCG2", candidate("T/T", 1.0, "Poor Function")),
    )
    (advice,) = ask(ADULT, "atorvastatin", *both).advice
    (rosuvastatin,) = [o for o in advice.options if o.name == "rosuvastatin"]
    assert "a lower starting dose, not above 10 mg/day" in rosuvastatin.reason
    assert "no result at hand" not in rosuvastatin.reason
    assert "Rosuvastatin: this person's own results ask for" in advice.summary


def test_gene_without_a_phenotype_is_shown_by_its_alleles() -> None:
    results = (
        finding("CYP2C9", candidate("*1/*1", 1.0, NM, "2.0")),
        finding("CYP4F2", candidate("*1/*3", 1.0, "n/a")),
    )
    (advice,) = ask(ADULT, "warfarin", *results).advice
    assert advice.title.endswith("CYP4F2 *1/*3")
    assert not any("n/a" in b.text for b in advice.because if b.step == "phenotype")


@pytest.mark.parametrize("words", ["ivacaftor/tezacaftor/elexacaftor", "ivacaftor with lumacaftor"])
def test_combination_is_not_judged_by_the_guidance_of_one_part(words: str) -> None:
    none = "ivacaftor non-responsive in CF patients"
    without = finding("CFTR", candidate("a/a", 1.0, none))
    decision = ask(ADULT, words, without)
    assert decision.advice == ()
    assert decision.not_assessed[0].subject == "combination"
    assert decision.clear == ()
    assert ask(ADULT, "ivacaftor", without).advice[0].action is Action.AVOID


def test_record_that_denies_an_allergy_holds_nothing_back() -> None:
    person = replace(
        ADULT, conditions=(ACS,), allergies=(Allergy("No known allergy to ticagrelor"),)
    )
    (advice,) = ask(person, "clopidogrel", CYP2C19_PM).advice
    assert "ticagrelor" in [o.name for o in advice.options]
