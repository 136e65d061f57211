"""One answer per medicine: what changes, how sure, for whom; never normal by silence."""

import re
from dataclasses import replace
from datetime import date

import pytest

from garrod.adapters.packs.load import load_shelf
from garrod.care.decide.model import Decision
from garrod.care.decide.service import decide, load_knowledge, look_ahead
from garrod.care.decide.wording import Said, summary_of
from garrod.core.advice import Action, Tier
from garrod.core.finding import Candidate, GeneFinding, PhenotypeShare, Status
from garrod.core.medicine import REVIEW, Act, Coding, MedicineLine, Proposal
from garrod.core.person import Allergy, Condition, Person
from garrod.science.pgx.outside import OutsideRow, findings_from
from garrod.science.pgx.people import load_caller
from garrod.science.pgx.recommend import Outcome

CALLER = load_caller(load_shelf())
KNOWLEDGE = load_knowledge(load_shelf())
TODAY = date(2026, 11, 25)
ADULT = Person("Patient/1", sex="female", birth_date=date(1960, 1, 1))
ACS = Condition("ACS", (Coding("http://snomed.info/sct", "394659003", "Acute coronary syndrome"),))
PM, IM, NM = "Poor Metabolizer", "Intermediate Metabolizer", "Normal Metabolizer"


def candidate(name: str, probability: float, phenotype: str, score: str = "") -> Candidate:
    keys = (score, phenotype) if score else (phenotype,)
    return Candidate(name, probability, phenotype, score, keys)


def finding(gene: str, *candidates: Candidate, status: Status = Status.CALLED) -> GeneFinding:
    first = candidates[0]
    shares = (PhenotypeShare(first.phenotype, first.activity_score, first.probability),)
    return GeneFinding(gene, status, candidates, first.phenotype, phenotypes=shares, packs=("d@1",))


def hla(gene: str, status: str) -> GeneFinding:
    return finding(gene, Candidate(status, 1.0, status, "", (status,)))


def ask(person: Person, words: str, *findings: GeneFinding, **more: object) -> Decision:
    line = MedicineLine(words, **more)  # type: ignore[arg-type]
    known = replace(person, findings=findings)
    return decide(KNOWLEDGE, known, Proposal(Act.ORDER, line), today=TODAY)


CYP2C19_PM = finding("CYP2C19", candidate("*2/*2", 1.0, PM))


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
    decision = decide(KNOWLEDGE, person, REVIEW, today=TODAY)
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
    assert len(decide(KNOWLEDGE, person, REVIEW, today=TODAY).advice) == 1


def test_look_ahead_names_medicines_not_taken_and_no_offers_of_tests() -> None:
    person = replace(ADULT, medicines=(MedicineLine("clopidogrel"),), findings=(CYP2C19_PM,))
    ahead = look_ahead(KNOWLEDGE, person, today=TODAY)
    names = {a.target.name for a in ahead}
    assert "voriconazole" in names
    assert "clopidogrel" not in names
    assert all(a.p_recommendation is not None for a in ahead)


def test_look_ahead_leaves_out_what_holds_for_nearly_everybody() -> None:
    usual = "Uncertain Susceptibility"
    person = replace(ADULT, findings=(finding("RYR1", candidate("a/b", 1.0, usual)),))
    assert look_ahead(KNOWLEDGE, person, today=TODAY) == ()
    ordered = ask(ADULT, "sevoflurane", finding("RYR1", candidate("a/b", 1.0, usual)))
    assert ordered.advice[0].action is Action.ASK


def every_row() -> list[tuple[str, str]]:
    return [(row.id, drug) for row in KNOWLEDGE.guidance.recommendations for drug in row.drugs]


@pytest.mark.parametrize(("row_id", "drug"), every_row())
def test_every_row_of_guidance_leads_to_an_answer_with_evidence_and_packs(
    row_id: str, drug: str
) -> None:
    row = next(r for r in KNOWLEDGE.guidance.recommendations if r.id == row_id)
    findings = tuple(
        finding(gene, Candidate(value, 1.0, value, "", (value,)))
        for gene, values in row.keys
        for value in [sorted(values)[0]]
        if value != "No Result" and not gene.startswith("rs")
    )
    person = Person("Patient/1", findings=findings)
    decision = decide(KNOWLEDGE, person, Proposal(Act.ORDER, MedicineLine(drug)), today=TODAY)
    assert decision.advice or decision.clear or decision.not_assessed
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
    assert (decision.advice, decision.clear) == ((), ())
    assert [n.subject for n in decision.not_assessed] == ["allergy"]


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
    found = [a.id for a in decide(KNOWLEDGE, person, REVIEW, today=TODAY).advice]
    assert len(set(found)) == 2
    assert not any("9434765919" in told for told in found)


def test_two_lines_of_one_medicine_are_judged_by_every_reason_and_the_earliest_start() -> None:
    recent = MedicineLine("carbamazepine", started=date(2026, 11, 1))
    person = replace(
        ADULT,
        medicines=(recent, MedicineLine("Tegretol", started=date(2020, 1, 1))),
        findings=(hla("HLA-B", "*15:02 positive"),),
    )
    assert decide(KNOWLEDGE, person, REVIEW, today=TODAY).advice[0].population == "cbz-exposed"
    again = Proposal(Act.ORDER, MedicineLine("carbamazepine"))
    assert decide(KNOWLEDGE, person, again, today=TODAY).advice[0].population == "cbz-exposed"


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
    said = Said(KNOWLEDGE.guidance, KNOWLEDGE.medicines)
    told = {r.id: summary_of(said, Outcome(r, 1.0, ())) for r in KNOWLEDGE.guidance.recommendations}
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
    assert "under 12 years" in decision.not_assessed[0].reason
    assert len(ask(ADULT, "codeine 15 mg", usual).clear) == 1


def test_prasugrel_ordered_after_a_stroke_is_questioned() -> None:
    decision = ask(replace(ADULT, conditions=(STROKE,)), "prasugrel 10 mg")
    assert "contraindication" in {n.subject for n in decision.not_assessed}


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


def test_child_without_a_weight_is_told_that_the_weight_decides() -> None:
    slow = finding("CYP2B6", candidate("*6/*6", 1.0, PM))
    decision = ask(replace(ADULT, birth_date=date(2013, 1, 1)), "efavirenz", slow)
    assert "no weight is on record" in decision.not_assessed[0].reason


def unread(gene: str, *candidates: Candidate) -> GeneFinding:
    lost = ("1 of 83 positions were not read: rs3918290",)
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
    named = KNOWLEDGE.policy.indications_of((Coding("", "", written),))
    assert bool(named) is is_theirs


@pytest.mark.parametrize(
    "words", ["Efudix", "Protopic 0.1%", "Gentamicin 3 MG/ML Ophthalmic Solution"]
)
def test_medicine_known_to_stay_local_by_its_brand_is_not_judged(words: str) -> None:
    decision = ask(ADULT, words, finding("DPYD", candidate("a/b", 1.0, PM, "0.0")))
    assert decision.advice == ()
    assert decision.not_assessed[0].subject == "form"
