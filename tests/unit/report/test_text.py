"""Advice as plain text: what is only kept on file is counted and not told."""

from dataclasses import replace

from garrod.adapters.report.text import decision_text
from garrod.care.decide.service import decide
from garrod.core.advice import Tier
from garrod.core.medicine import REVIEW, MedicineLine
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
