"""Silence never passes for "clear": what is shown where there is no card."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from garrod.care.decide.model import Clear, Decision
from garrod.care.decide.moment import Answered
from garrod.core.advice import NotAssessed, OptionDose, Target
from garrod.core.evidence import Evidence
from garrod.core.medicine import MedicineLine
from garrod.core.person import Person
from garrod.entry.web.prescribe.form import Form, with_dose
from garrod.entry.web.prescribe.looking import Looked
from garrod.entry.web.prescribe.presenter import (
    CHOSEN,
    INCOMPLETE,
    PROPOSED,
    TO_CHOOSE,
    order_view,
)
from garrod.knowledge.medicines import load_medicines
from tests.unit.world.small_world import shelf

TARGET = Target("x")
CLEAR = Decision(clear=(Clear(TARGET, (), "nothing speaks against it"),))
GAP = Decision(not_assessed=(NotAssessed(TARGET, "dose", "no dose"),))


def looked(decision: Decision, *unseen: str) -> Looked:
    person = Person("Patient/p", unseen=frozenset(unseen))
    answer = Answered(MedicineLine("x"), decision, None)
    return Looked(person, Form("x"), None, {}, answer, None, load_medicines(shelf()))


@pytest.mark.parametrize(
    ("decision", "unseen", "kind"),
    [
        (CLEAR, (), "clear"),
        (CLEAR.joined(GAP), (), "clear"),
        (CLEAR, ("allergies",), "unsure"),
        (GAP, (), "unsure"),
        (Decision(), (), "unsure"),
    ],
)
def test_green_is_for_what_was_checked_alone(
    decision: Decision, unseen: tuple[str, ...], kind: str
) -> None:
    assert order_view(looked(decision, *unseen), "http://127.0.0.1").calm_kind == kind


def test_facts_that_were_not_read_are_said_first() -> None:
    view = order_view(looked(CLEAR.joined(GAP), "allergies"), "http://127.0.0.1")
    assert "allergies" in view.gaps[0][1]
    assert len(view.gaps) == 2


USUAL = OptionDose(
    "75 mg once a day", "tablet", "oral", Decimal(75), "mg", 1, 0,
    Evidence("Monograph", "1", "section 2", "", url="https://example.org/x"),
)  # fmt: skip
FULL = with_dose(Form("x"), USUAL)


@pytest.mark.parametrize(
    ("form", "usual", "hint"),
    [
        (FULL, USUAL, PROPOSED),
        (replace(FULL, amount="150"), USUAL, CHOSEN),
        (FULL, None, CHOSEN),
        (replace(FULL, route=""), USUAL, INCOMPLETE),
        (Form("x", amount="5"), None, INCOMPLETE),
        (Form("x"), None, TO_CHOOSE),
    ],
)
def test_dose_is_said_to_be_proposed_chosen_or_missing(
    form: Form, usual: OptionDose | None, hint: str
) -> None:
    view = order_view(replace(looked(CLEAR), form=form, usual=usual), "http://127.0.0.1")
    assert view.dose_hint == hint
    assert bool(view.usual) is (usual is not None)


def test_usual_dose_comes_with_its_source_and_an_alternative_opens_the_builder() -> None:
    here = replace(looked(CLEAR), form=FULL, usual=USUAL)
    view = order_view(here, "http://127.0.0.1")
    assert view.usual_source == ("Monograph, section 2", "https://example.org/x")
    assert not view.opens_dose
    instead = replace(here, form=replace(FULL, instead="y"))
    assert order_view(instead, "http://127.0.0.1").opens_dose
    assert order_view(replace(here, form=Form("x")), "http://127.0.0.1").opens_dose
