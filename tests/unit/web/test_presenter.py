"""Silence never passes for "clear": what is shown where there is no card."""

from __future__ import annotations

import pytest

from garrod.care.decide.model import Clear, Decision
from garrod.care.decide.moment import Answered
from garrod.core.advice import NotAssessed, Target
from garrod.core.medicine import MedicineLine
from garrod.core.person import Person
from garrod.entry.web.prescribe.form import Form
from garrod.entry.web.prescribe.looking import Looked
from garrod.entry.web.prescribe.presenter import order_view
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
