"""What follows for the prescriptions of a stopped line."""

import pytest

from garrod.care.record.medication.line import Act, Line, Links
from garrod.care.record.medication.stop import (
    Authorisation,
    Outcome,
    Stage,
    stopping_of,
)
from garrod.care.record.medication.transitions import applied, superseded
from garrod.core.errors import InputError
from tests.unit.record.making import HOSPITAL, line, step

REFS = tuple(f"MedicationRequest/{n}" for n in range(5))


def stopped(*references: str) -> Line:
    linked = line(links=Links(authorisations=references))
    return applied(linked, step(Act.STOP, reason="bleeding"))


def test_each_prescription_is_recalled_or_named() -> None:
    known = {
        REFS[0]: Authorisation(REFS[0], Stage.WAITING),
        REFS[1]: Authorisation(REFS[1], Stage.WITH_DISPENSER, "Corner Pharmacy"),
        REFS[2]: Authorisation(REFS[2], Stage.DISPENSED, "Corner Pharmacy"),
        REFS[3]: Authorisation(REFS[3], Stage.ENDED),
    }
    found = stopping_of(stopped(*REFS), known)
    assert [r.outcome for r in found.recalls] == [
        Outcome.RECALLED,
        Outcome.OUT_OF_REACH,
        Outcome.SUPPLIED,
        Outcome.NONE,
        Outcome.OUT_OF_REACH,
    ]
    assert found.recalled() == (REFS[0],)
    assert found.task is not None
    assert found.task.references == (REFS[1], REFS[4])
    assert "was stopped (bleeding), and 2 prescriptions could not be recalled" in found.task.words
    assert f"{REFS[1]}: it is with Corner Pharmacy already" in found.task.words
    assert f"{REFS[4]}: nothing is known" in found.task.words


def test_no_task_where_everything_was_recalled() -> None:
    found = stopping_of(stopped(REFS[0]), {REFS[0]: Authorisation(REFS[0], Stage.WAITING)})
    assert found.task is None
    assert stopping_of(stopped(), {}).recalls == ()


def test_line_that_goes_on_recalls_nothing() -> None:
    with pytest.raises(InputError, match="Stop it first"):
        stopping_of(line(), {})


def test_superseding_stop_reaches_the_prescriptions_of_the_old_line() -> None:
    old = line(links=Links(authorisations=(REFS[0],)))
    old, new = superseded(old, "b", step(Act.STOP, 1, HOSPITAL, reason="bleeding"))
    found = stopping_of(new, {REFS[0]: Authorisation(REFS[0], Stage.WAITING)}, before=[old])
    assert found.recalled() == (REFS[0],)
