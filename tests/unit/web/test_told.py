"""What a person told: its states, what is written on it, and how those who care read it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from garrod.care.govern.access import LOCAL, Actor
from garrod.entry.web.today.presenter import Shown, row_of
from garrod.entry.web.today.sorts import TOLD as SORT
from garrod.entry.web.today.sorts import is_to_answer, item_told
from garrod.entry.web.told.message import (
    ANSWER,
    ANSWERED,
    CLOSED,
    NEW,
    OPEN,
    TAKE,
    TAKEN,
    TOLD,
    Form,
    Message,
    fault_of,
    form_of,
    is_done_already,
    message_of,
    sought,
    written_on,
)
from garrod.entry.web.told.presenter import counted, named_in, rows_of

Json = dict[str, Any]
AT = datetime(2026, 11, 28, 12, tzinfo=UTC)
PRIYA = Actor("Practitioner/priya", role="prescriber")
FEMI = Actor("Practitioner/femi", role="pharmacist")
NORA = Actor("Practitioner/nora", role="nurse")


def body(what: str = "felt", **more: Any) -> Json:
    return {
        "resourceType": "Communication",
        "id": "mine-1",
        "status": OPEN,
        "category": [{"coding": [{"system": TOLD, "code": what}]}],
        "subject": {"reference": "Patient/p"},
        "sent": "2026-11-28T10:00:00+00:00",
        "sender": {"reference": "Patient/p"},
        "payload": [{"contentString": "A rash"}],
        **more,
    }


def told(found: Json, version: int = 1) -> Message:
    message = message_of(found, version)
    assert message is not None
    return message


def test_new_taken_up_and_answered() -> None:
    one = body()
    assert told(one).state == NEW
    taken = written_on(one, Form(TAKE), PRIYA, AT)
    assert (told(taken).state, taken["status"]) == (TAKEN, OPEN)
    assert told(taken).taker == PRIYA.id
    answered = written_on(taken, Form(ANSWER, "Stop it for now"), FEMI, AT)
    assert (told(answered).state, answered["status"]) == (ANSWERED, CLOSED)
    assert [n.by for n in told(answered).notes] == [PRIYA.id, FEMI.id]
    assert answered["payload"] == one["payload"]  # their words stay as they are


@pytest.mark.parametrize(
    "found",
    [{"resourceType": "Communication"}, body(status="entered-in-error"), body(category=[])],
)
def test_other_communications_and_what_was_taken_back_are_none(found: Json) -> None:
    assert message_of(found) is None


def test_form_that_says_too_little_is_faulted() -> None:
    assert fault_of(Form())
    assert fault_of(Form(ANSWER, "hi"))
    assert not fault_of(Form(TAKE))
    assert not fault_of(Form(ANSWER, "We look into it"))
    assert form_of({"version": "-1", "do": "take-up", "message": "m"}) == Form(
        "take-up", "", "m", 0
    )


def test_same_form_twice_is_done_already_and_another_is_not() -> None:
    form = Form(ANSWER, "We look into it")
    after = told(written_on(body(), form, PRIYA, AT), 2)
    assert is_done_already(after, form, PRIYA)
    assert not is_done_already(after, form, FEMI)
    assert not is_done_already(after, Form(ANSWER, "Other words"), PRIYA)
    assert not is_done_already(told(body()), form, PRIYA)


def test_rows_put_first_what_waits_and_name_who_wrote() -> None:
    closed = told({**written_on(body(), Form(ANSWER, "Thank you"), PRIYA, AT), "id": "old"})
    rows = rows_of([closed, told(body())], {PRIYA.id: "Dr Priya"})
    assert [row.state for row in rows] == ["New", "Answered"]
    assert rows[0].sender == "The person"
    assert rows[1].said[0].by == "Dr Priya"
    assert counted(rows) == "1 of 2 waits for an answer."
    assert "nothing" in counted(())
    assert named_in([closed]) == {"Patient/p", PRIYA.id}


def test_fault_stands_at_its_own_message_with_what_was_typed() -> None:
    found = [told(body()), told(body(id="other"))]
    rows = rows_of(found, {}, form=Form(ANSWER, "hi", "other", 1), fault="Too short")
    assert {row.id: (row.typed, row.fault) for row in rows} == {
        "mine-1": ("", ""),
        "other": ("hi", "Too short"),
    }


def test_proxy_is_named_as_such_and_unknown_names_are_said() -> None:
    sender = {"reference": "RelatedPerson/r"}
    (row,) = rows_of([told(body(sender=sender))], {"RelatedPerson/r": "Peter"})
    assert row.sender == "Peter, for them"
    (row,) = rows_of([told(body(sender=sender, sent="soon"))], {})
    assert "may not see" in row.sender
    assert row.when == "time not known"


@pytest.mark.parametrize(("what", "day"), [("felt", 30), ("wrong", 5), ("bought", 5)])
def test_it_waits_on_the_worklist_of_who_answers(what: str, day: int) -> None:
    item = item_told(told(body(what)), PRIYA)
    assert item.sort == SORT
    assert item.due == date(2026, 11 if day == 30 else 12, day)
    assert [is_to_answer(item, who) for who in (PRIYA, FEMI, NORA, LOCAL)] == [
        True,
        True,
        False,
        True,
    ]
    row = row_of(item, Shown("prescriber", "", "", 1, AT.date(), {"p": "Ada"}))
    assert row.link == "/patients/p/told#mine-1"
    assert row.go == "/patients/p/told"


def test_what_somebody_took_up_is_theirs() -> None:
    taken = told(written_on(body(), Form(TAKE), PRIYA, AT))
    assert is_to_answer(item_told(taken, PRIYA), PRIYA)
    assert not is_to_answer(item_told(taken, FEMI), FEMI)
    assert "colleague" in item_told(taken, FEMI).owner


def test_day_that_cannot_be_read_is_none() -> None:
    assert item_told(told(body(sent="")), PRIYA).due is None


def test_searches_name_the_category_and_what_is_open() -> None:
    assert "status=in-progress" in sought(is_open=True)
    assert "patient=Patient/p" in sought("p")
    assert "status" not in sought("p")


def test_hostile_words_stay_words() -> None:
    nasty = "<script>alert(1)</script> \u202eevil"
    (row,) = rows_of([told(body(payload=[{"contentString": nasty}]))], {})
    assert row.words == nasty
