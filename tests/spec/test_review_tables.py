"""PINCER and STOPP/START as tables: planted people on both sides of a boundary, exact answers.

`holds` are all the criteria that hold of a person; none other may.
"""

import pytest

from garrod.care.decide.asking import question_of
from garrod.care.decide.case import case_of
from garrod.science.safety.apply import judged
from tests.making.reviewed import KNOWLEDGE, TODAY, reviewed_person
from tests.spec.tables import spec_table

PINCER = spec_table("pincer")
CRITERIA = spec_table("stopp_start")


def held(row: dict[str, str], *advisers: str) -> set[str]:
    """Return the rules of some advisers that hold of a person."""
    case = case_of(KNOWLEDGE, reviewed_person(row), today=TODAY)
    question = question_of(KNOWLEDGE, case, None)
    signals = judged(KNOWLEDGE.rules, question.subject, is_order=False).signals
    return {s.rule.id for s in signals if s.rule.adviser in advisers}


def expected(row: dict[str, str]) -> set[str]:
    return {name for name in row["holds"].split("|") if name}


@pytest.mark.parametrize("row", PINCER, ids=lambda row: row["case"])
def test_pincer_indicator_holds_as_its_definition_has_it(row: dict[str, str]) -> None:
    assert held(row, "pincer") == expected(row)


@pytest.mark.parametrize("row", CRITERIA, ids=lambda row: row["case"])
def test_criterion_holds_as_stopp_start_has_it(row: dict[str, str]) -> None:
    assert held(row, "review-stopp", "review-start") == expected(row)


def test_every_indicator_and_nearly_every_criterion_has_a_person_here() -> None:
    rules = {r for mine in KNOWLEDGE.rules.by_drug.values() for r in mine}
    rules |= {r for mine in KNOWLEDGE.rules.pairs.values() for r in mine}
    rules |= set(KNOWLEDGE.rules.about_person)
    pincer = {r.id for r in rules if r.adviser == "pincer"}
    assert pincer == {name for row in PINCER for name in expected(row)}
    criteria = {r.id for r in rules if r.adviser in ("review-stopp", "review-start")}
    planted = {name for row in CRITERIA for name in expected(row)}
    assert criteria - planted == set(), sorted(criteria - planted)
