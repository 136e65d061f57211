"""Advice as plain text: what is only kept on file is counted and not told."""

from dataclasses import replace

from garrod.adapters.report.text import decision_text
from garrod.care.decide.service import decide
from garrod.core.advice import Tier
from garrod.core.medicine import REVIEW, Act, MedicineLine, Proposal
from tests.making.decisions import ADULT, KNOWLEDGE, TODAY

TAKING = replace(ADULT, medicines=(MedicineLine("ramipril"), MedicineLine("ibuprofen")))


def test_listed_pair_that_need_not_interrupt_is_counted_and_not_told() -> None:
    decision = decide(KNOWLEDGE, TAKING, REVIEW, today=TODAY)
    silent = [a for a in decision.advice if a.tier is Tier.T5]
    assert len(silent) == 1
    text = decision_text(decision, TAKING, REVIEW)
    assert "need not interrupt" not in text
    assert "kept on file without a word (tier 5): 1" in text


def test_nothing_is_said_of_a_file_that_is_empty() -> None:
    decision = decide(KNOWLEDGE, ADULT, REVIEW, today=TODAY)
    assert "kept on file" not in decision_text(decision, ADULT, REVIEW)


def test_rules_have_a_severity_and_genes_a_strength() -> None:
    for words, said in (
        ("naproxen 500 mg tablets", "severity serious"),
        ("abacavir 300 mg tablets", "strength n/a · no result yet"),
    ):
        order = Proposal(Act.ORDER, MedicineLine(words))
        who = replace(ADULT, medicines=(MedicineLine("warfarin"),))
        text = decision_text(decide(KNOWLEDGE, who, order, today=TODAY), who, order)
        assert said in text
        assert "severity serious · " not in text


def test_order_that_nothing_speaks_against_is_not_called_unassessed() -> None:
    order = Proposal(Act.ORDER, MedicineLine("paracetamol 500 mg tablets"))
    text = decision_text(decide(KNOWLEDGE, ADULT, order, today=TODAY), ADULT, order)
    assert "OK      paracetamol. Nothing speaks against it in what the rules here check: " in text
    assert "Nothing could be assessed" not in text
    unknown = Proposal(Act.ORDER, MedicineLine("xyzzymab"))
    text = decision_text(decide(KNOWLEDGE, ADULT, unknown, today=TODAY), ADULT, unknown)
    assert "Nothing could be assessed." in text


def test_review_in_which_rules_find_nothing_is_not_called_unassessed() -> None:
    well = replace(ADULT, medicines=(MedicineLine("amlodipine"), MedicineLine("xyzzymab")))
    text = decision_text(decide(KNOWLEDGE, well, REVIEW, today=TODAY), well, REVIEW)
    assert "Nothing speaks against what is taken in what the rules here check." in text
    lost = replace(ADULT, medicines=(MedicineLine("xyzzymab"),))
    text = decision_text(decide(KNOWLEDGE, lost, REVIEW, today=TODAY), lost, REVIEW)
    assert "Nothing could be assessed." in text
    text = decision_text(decide(KNOWLEDGE, ADULT, REVIEW, today=TODAY), ADULT, REVIEW)
    assert "No current medicine is on the list." in text
