"""What holds before an order is worked out once, and is never another's, nor of another day."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from garrod.care.decide import before as room
from garrod.care.decide import naming
from garrod.care.decide.before import Before, before, case_with
from garrod.care.decide.case import Case, behaving_for, case_of
from garrod.care.decide.knowledge import Knowledge
from garrod.care.decide.model import Decision
from garrod.care.decide.naming import named_in
from garrod.care.decide.service import decide
from garrod.core.advice import NotAssessed, Target
from garrod.core.medicine import Act, MedicineLine, Proposal
from garrod.core.person import Person
from garrod.knowledge.medicines import Medicine
from tests.making.decisions import (
    ADULT,
    CYP2C19_PM,
    GENETIC,
    IM,
    KNOWLEDGE,
    TODAY,
    candidate,
    finding,
)

CODEINE, PAROXETINE = MedicineLine("codeine 30 mg"), MedicineLine("paroxetine 20 mg")
TAKER = replace(
    ADULT,
    medicines=(CODEINE, MedicineLine("clopidogrel 75 mg"), MedicineLine("sertraline 50 mg")),
    findings=(CYP2C19_PM, finding("CYP2D6", candidate("*1/*4", 1.0, IM, "1.0"))),
)
ORDERS = (
    PAROXETINE,
    MedicineLine("fluconazole 150 mg"),
    MedicineLine("tramadol 50 mg"),
    MedicineLine("timolol 0.25% eye drops"),
)


def case(person: Person = TAKER, order: MedicineLine | None = PAROXETINE) -> Case:
    return case_of(KNOWLEDGE, person, today=TODAY, order=order)


def held(person: Person = TAKER) -> Before:
    return before(KNOWLEDGE, person, TODAY)


def said(person: Person) -> list[Decision]:
    return [decide(KNOWLEDGE, person, Proposal(Act.ORDER, o), today=TODAY) for o in ORDERS]


def test_orders_of_one_person_share_what_held_before_them() -> None:
    first = held()
    assert before(KNOWLEDGE, TAKER, TODAY, case()) is first
    assert [m.drug for m in first.case.active] == ["codeine", "clopidogrel", "sertraline"]
    who = replace(TAKER)
    assert before(KNOWLEDGE, who, TODAY, case(who)).case == first.case


@pytest.mark.parametrize(
    "other",
    [
        (KNOWLEDGE, replace(TAKER), TODAY),
        (KNOWLEDGE, TAKER, TODAY + timedelta(days=1)),
        (GENETIC, TAKER, TODAY),
    ],
    ids=["another person", "another day", "another knowledge"],
)
def test_nothing_else_shares_it(other: tuple[Knowledge, Person, date]) -> None:
    first = held()
    found = before(*other)
    assert found is not first
    assert (found.knowledge, found.case.person, found.case.today) == other


@pytest.mark.parametrize(
    "words", ["amoxicillin 500 mg", "timolol 0.25% eye drops", "paroxetine 20 mg", "unknown thing"]
)
def test_case_with_an_order_is_the_one_made_from_nothing(words: str) -> None:
    order = MedicineLine(words)
    found = case_with(KNOWLEDGE, TAKER, TODAY, order)
    assert found == case(order=order)
    assert (found.named == held().case.named) is True
    acts = words.startswith("paroxetine")
    assert (found.behaving is held().case.behaving) is not acts


def test_what_is_said_of_a_medicine_is_worked_out_once() -> None:
    asked: list[str] = []

    def say(knowledge: Knowledge, case: Case, medicine: Medicine) -> Decision:
        asked.append(medicine.drug)
        return Decision(not_assessed=(NotAssessed(Target(medicine.name), "genes", "why"),))

    who = held(replace(TAKER))
    codeine, other, _ = who.case.active
    assert who.of(codeine, say) is who.of(codeine, say)
    assert who.of(other, say) is not who.of(codeine, say)
    assert asked == ["codeine", "clopidogrel"]


def test_too_many_people_and_lines_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "MOST", 2)
    monkeypatch.setattr(naming, "MOST", 2)
    kept = [held(replace(TAKER)) for _ in range(5)]
    assert len({id(one) for one in kept}) == 5
    assert len(room._kept) <= 2
    lines = [MedicineLine(f"codeine {n} mg") for n in range(5)]
    assert [[m.drug for m in named_in(KNOWLEDGE.medicines, x)] for x in lines] == [["codeine"]] * 5
    assert len(naming._kept) <= 2


def test_a_line_is_read_by_the_medicines_that_are_asked() -> None:
    line = MedicineLine("codeine 30 mg")
    assert [m.drug for m in named_in(KNOWLEDGE.medicines, line)] == ["codeine"]
    bare = replace(KNOWLEDGE.medicines, by_words={}, longest=0)
    assert named_in(bare, line) == ()
    assert named_in(KNOWLEDGE.medicines, line) == named_in(KNOWLEDGE.medicines, replace(line))


def test_advice_is_the_same_remembered_or_not() -> None:
    fresh = []
    for order in ORDERS:  # a person and lines that nobody has asked about
        lines = tuple(replace(line) for line in TAKER.medicines)
        who = replace(TAKER, medicines=lines)
        fresh.append(decide(KNOWLEDGE, who, Proposal(Act.ORDER, replace(order)), today=TODAY))
    assert [said(TAKER), said(TAKER), said(replace(TAKER))] == [fresh] * 3
    assert any(a.target.name == "codeine" for a in fresh[0].advice)  # which paroxetine disturbs


def test_medicines_that_act_on_no_enzyme_see_the_same_person() -> None:
    found = case()
    by_id = KNOWLEDGE.medicines.by_drug
    seen = behaving_for(KNOWLEDGE, found, by_id["codeine"])
    assert behaving_for(KNOWLEDGE, found, by_id["tramadol"]) is seen
    assert seen.finding("CYP2D6") != TAKER.finding("CYP2D6")
    own = behaving_for(KNOWLEDGE, found, by_id["paroxetine"])  # not counted against itself
    assert own.finding("CYP2D6") != seen.finding("CYP2D6")
