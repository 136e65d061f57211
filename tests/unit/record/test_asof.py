"""The list as known at a time, and as true at a time."""

from garrod.care.record.medication.asof import (
    known_at,
    list_known_at,
    list_true_at,
    taken_at,
    true_at,
)
from garrod.care.record.medication.line import Act, State
from garrod.care.record.medication.transitions import applied, superseded, withdrawn
from tests.unit.record.making import HOLD, HOSPITAL, day, line, list_of, step


def test_known_is_what_was_written_by_then() -> None:
    told_late = applied(line(), step(Act.STOP, 3, reason="cough", recorded=day(8)))
    assert known_at(told_late, day(-1)) is None
    assert known_at(told_late, day(7)) == line()
    assert known_at(told_late, day(8)) == told_late


def test_true_is_what_held_then_however_late_it_was_told() -> None:
    told_late = applied(line(), step(Act.STOP, 3, reason="cough", recorded=day(8)))
    assert true_at(told_late, day(2)).state is State.ACTIVE
    assert true_at(told_late, day(5)).state is State.STOPPED
    assert true_at(told_late, day(5), known=day(7)).state is State.ACTIVE
    assert true_at(told_late, day(-1)) is None
    assert true_at(told_late, day(5), known=day(-1)) is None


def test_line_in_error_never_held_but_was_known() -> None:
    wrong = applied(line(), step(Act.MARK_ERROR, 5, reason="wrong person"))
    assert true_at(wrong, day(2)) is None
    assert known_at(wrong, day(4)).state is State.ACTIVE
    assert true_at(wrong, day(2), known=day(4)).state is State.ACTIVE


def test_step_that_needs_a_later_one_waits_with_it() -> None:
    held = applied(line(), step(Act.HOLD, 5, hold=HOLD, recorded=day(5)))
    resumed = applied(held, step(Act.RESUME, 3, recorded=day(6)))
    assert true_at(resumed, day(4)).state is State.ACTIVE
    assert true_at(resumed, day(6)) == resumed


def test_withdrawn_line_never_superseded_anything() -> None:
    old, new = superseded(line(), "b", step(Act.STOP, 1, HOSPITAL, reason="wrong person"))
    back, marked = withdrawn(old, new, step(Act.MARK_ERROR, 4, HOSPITAL, reason="wrong person"))
    current = list_of(back, marked)
    for number in (0, 2, 5):
        found = list_true_at(current, day(number))
        assert [(x.id, x.state) for x in found] == [("a", State.ACTIVE)]
        assert taken_at(found) == found
    assert [x.id for x in list_true_at(current, day(2), known=day(3))] == ["b"]
    assert [x.id for x in list_known_at(current, day(2))] == ["a", "b"]
    assert taken_at(list_known_at(current, day(2))) == ()
