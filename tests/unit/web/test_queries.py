"""A question about a handover is read off its task, and laid out with who asked and answered."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from garrod.adapters.fhir.lines.names import CODES
from garrod.core.resource import Version
from garrod.entry.web.reconcile.presenter import asked_of
from garrod.entry.web.reconcile.queries import CODE, query_in

TASK = {
    "resourceType": "Task",
    "status": "requested",
    "code": {"coding": [{"system": CODES, "code": CODE}]},
    "focus": {"reference": "Communication/h1"},
    "requester": {"reference": "Practitioner/gp"},
    "authoredOn": "2026-11-28T10:00:00Z",
    "description": "For how long?",
}
NOTE = {
    "authorReference": {"reference": "Practitioner/ward"},
    "time": "2026-11-28T11:00:00Z",
    "text": "Four weeks",
}
NAMES = {"Practitioner/gp": "Dr One", "Practitioner/ward": "Two"}


def version(**more: Any) -> Version:
    at, body = datetime(2026, 11, 28, tzinfo=UTC), orjson.dumps({**TASK, **more})
    return Version("Task", "q1", 3, at, "PUT", 1, body)


@pytest.mark.parametrize("code", [{}, {"text": "x"}, {"coding": [{"system": "x", "code": CODE}]}])
def test_other_tasks_are_no_questions(code: dict[str, Any]) -> None:
    assert query_in(version(code=code)) is None


def test_question_waits_until_it_is_answered_or_put_aside() -> None:
    query = query_in(version())
    assert query is not None
    assert (query.handover, query.version, query.answer) == ("h1", 3, None)
    shown = asked_of(query, NAMES, can_answer=True)
    assert (shown.words, shown.answer, shown.can_answer) == ("For how long?", "", True)
    assert shown.by.startswith("Dr One, ")
    assert not asked_of(query, NAMES, can_answer=False).can_answer
    for status in ("completed", "cancelled"):
        done = query_in(version(status=status, note=[NOTE]))
        assert done is not None
        told = asked_of(done, NAMES, can_answer=True)
        assert (told.answer, told.can_answer) == ("Four weeks", False)
        assert told.answered.startswith("Two, ")


def test_who_is_not_named_is_said_to_be_nobody_by_name() -> None:
    query = query_in(version(requester={}, authoredOn=""))
    assert query is not None
    assert asked_of(query, {}, can_answer=False).by == "somebody who is not named"
    own = query_in(version(requester={"display": "local"}))
    assert own is not None
    assert asked_of(own, {}, can_answer=False).by.startswith("This machine’s own user")
