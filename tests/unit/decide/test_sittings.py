"""What a sitting was told is forgotten after some hours, and memory is bounded."""

from datetime import UTC, datetime, timedelta

from garrod.care.decide.sittings import KEPT, LASTS, Sittings

AT = datetime(2026, 11, 25, 9, tzinfo=UTC)
PLACE = ("sitting", "p1", "card")


def test_shown_and_answered_hold_for_their_time_only() -> None:
    sittings = Sittings()
    assert not sittings.was_shown(PLACE, AT)
    sittings.show(PLACE, AT)
    sittings.answer(PLACE, AT)
    assert sittings.was_shown(PLACE, AT + LASTS)
    assert sittings.was_answered(PLACE, AT + LASTS)
    assert not sittings.was_shown(PLACE, AT + LASTS + timedelta(seconds=1))


def test_no_sitting_remembers_nothing() -> None:
    sittings = Sittings()
    sittings.show(("", "p1", "card"), AT)
    assert not sittings.was_shown(("", "p1", "card"), AT)


def test_oldest_is_forgotten_first() -> None:
    sittings = Sittings()
    sittings.show(PLACE, AT)
    for number in range(KEPT):
        sittings.show(("sitting", "p1", str(number)), AT)
    assert not sittings.was_shown(PLACE, AT)
    assert sittings.was_shown(("sitting", "p1", "0"), AT)
