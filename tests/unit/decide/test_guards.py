"""What other medicines must not do: lift a hard stop, spoil a dose unsaid, pass for nothing."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from garrod.care.decide.service import decide
from garrod.core.advice import Action, Tier
from garrod.core.finding import Candidate
from garrod.core.medicine import REVIEW, Act, Coding, MedicineLine, Proposal
from tests.making.decisions import ADULT, IM, KNOWLEDGE, NM, PM, TODAY, ask, candidate, finding, hla

UM = finding("CYP2D6", candidate("*1/*1x3", 1.0, "Ultrarapid Metabolizer", "4.0"))
USUAL = finding("CYP2D6", candidate("*1/*1", 1.0, NM, "2.0"))
MAN = replace(ADULT, sex="male")


def taking(*words: str) -> tuple[MedicineLine, ...]:
    return tuple(MedicineLine(w) for w in words)


def test_inhibitor_never_lifts_a_hard_stop() -> None:
    man = replace(MAN, medicines=taking("duloxetine 60 mg"))
    found = ask(man, "codeine 30 mg", UM)
    (advice,) = found.advice
    assert (advice.action, advice.tier, advice.stable) == (Action.AVOID, Tier.T1, False)
    assert "that ends when they end" in advice.summary
    assert found.clear == ()


def test_inhibitor_that_may_be_stopped_counts_and_is_questioned() -> None:
    man = replace(MAN, medicines=taking("paroxetine 20 mg (stopped last week)"))
    found = ask(man, "codeine 30 mg", USUAL)
    assert found.advice[0].action is Action.AVOID
    assert any("stopped" in n.reason for n in found.not_assessed)


def test_order_of_an_inhibitor_brings_the_advice_that_it_changes() -> None:
    man = replace(MAN, medicines=taking("codeine 30 mg", "eliglustat"), findings=(USUAL,))
    order = Proposal(Act.ORDER, MedicineLine("paroxetine 20 mg"))
    found = decide(KNOWLEDGE, man, order, today=TODAY)
    assert "codeine" in {a.target.name for a in found.advice}
    assert ("eliglustat", "co-medication") in {
        (n.target.name, n.subject) for n in found.not_assessed
    }
    assert "co-medication" not in {n.subject for n in ask(man, "codeine", USUAL).not_assessed}


def test_guidance_that_asks_for_inhibitors_itself_answers_where_it_has_a_row() -> None:
    slow = finding("CYP2D6", candidate("*1/*4", 1.0, IM, "1.0"))
    man = replace(MAN, medicines=taking("paroxetine 20 mg"))
    found = ask(man, "eliglustat", slow)
    assert found.advice
    assert "co-medication" not in {n.subject for n in found.not_assessed}


def test_gene_whose_test_is_offered_is_needed_for_clear() -> None:
    found = ask(ADULT, "carbamazepine", hla("HLA-A", "*31:01 negative"))
    assert found.clear == ()
    assert found.advice[0].action is Action.CONSIDER_TEST
    listed = replace(
        ADULT, medicines=taking("carbamazepine"), findings=(hla("HLA-A", "*31:01 negative"),)
    )
    review = decide(KNOWLEDGE, listed, REVIEW, today=TODAY)
    assert (review.clear, review.advice) == ((), ())
    assert "HLA-B" in {n.subject for n in review.not_assessed}


def test_result_without_a_recommendation_points_to_the_product_information() -> None:
    found = ask(ADULT, "mavacamten", finding("CYP2C19", candidate("*2/*2", 1.0, PM)))
    assert any("product information" in n.reason for n in found.not_assessed)


def test_dose_is_not_given_in_milligrams_where_an_inhibitor_spoils_it() -> None:
    vkorc1 = finding("VKORC1", Candidate("C/T", 1.0, "-1639 AG", "", ("-1639 AG",)))
    cyp2c9 = finding("CYP2C9", candidate("*1/*1", 1.0, NM, "2.0"))
    sized = replace(MAN, height_cm=Decimal(170), weight_kg=Decimal(75))
    azole = replace(sized, medicines=taking("fluconazole 200 mg"))
    assert "fluconazole acts on CYP2C9" in ask(azole, "warfarin", cyp2c9, vkorc1).advice[0].summary
    known = replace(sized, medicines=taking("amiodarone 200 mg"))
    assert "mg a week" in ask(known, "warfarin", cyp2c9, vkorc1).advice[0].summary
    found = ask(azole, "siponimod", cyp2c9)
    assert "not for people who take fluconazole" in found.advice[0].summary
    fast = finding("CYP3A5", candidate("*1/*1", 1.0, NM))
    macrolide = replace(sized, medicines=taking("clarithromycin 500 mg"))
    assert "raises its level" in ask(macrolide, "tacrolimus", fast).advice[0].summary


def test_usual_dose_for_a_kidney_is_not_given_for_a_liver() -> None:
    fast = finding("CYP3A5", candidate("*1/*1", 1.0, NM))
    liver = (Coding("", "", "liver transplant"),)
    told = ask(replace(MAN, weight_kg=Decimal(75)), "tacrolimus", fast, reasons=liver).advice[0]
    assert "mg per kg a day" not in told.summary


def test_tricyclic_for_nerve_pain_does_not_interrupt() -> None:
    slow = finding("CYP2D6", candidate("*4/*4", 1.0, PM, "0.0"))
    pain = (Coding("", "", "neuropathic pain"),)
    low = (Coding("", "", "depression"), *pain)
    tiers = [
        ask(MAN, "amitriptyline 10 mg", slow, reasons=reasons).advice[0].tier
        for reasons in (pain, low, ())
    ]
    assert tiers == [Tier.T4, Tier.T2, Tier.T2]


def test_second_opinion_does_not_name_what_is_held_back() -> None:
    poor = finding("CYP2C19", candidate("*2/*2", 1.0, PM))
    stroke = (Coding("", "", "ischaemic stroke"),)
    born = replace(MAN, birth_date=date(1950, 1, 1))
    (advice,) = ask(born, "clopidogrel", poor, reasons=stroke).advice
    said = advice.summary.replace("Prasugrel must not be used after a stroke or TIA", "")
    assert "prasugrel" not in said.replace("prasugrel is not offered", "").lower()
