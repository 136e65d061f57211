"""Lays out one task, and what has changed since somebody saw it. Pure.

Task (as it is, as it was seen), names -> TaskPage, Differences
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from garrod.adapters.fhir.cards_memory import OPEN
from garrod.adapters.fhir.json import Resource, many, one, text
from garrod.care.govern.access import LOCAL, Actor
from garrod.entry.web.summary.facts import due_words
from garrod.entry.web.summary.words import clock_words, day_words
from garrod.entry.web.today.acting import author_of, is_own_end
from garrod.entry.web.today.presenter import go_of
from garrod.entry.web.today.sorts import EMERGENCY, TEAMS, Item, item_of
from garrod.entry.web.today.view import Difference, Note, TaskPage

STATES = {
    "requested": "Open", "received": "Open", "accepted": "Open", "ready": "Open", "in-progress":
    "Under way", "on-hold": "On hold", "completed": "Done", "cancelled": "Not needed any more",
    "failed": "Could not be done", "rejected": "Refused", "entered-in-error": "Entered in error",
}  # fmt: skip
NOBODY, NO_NAME = "Nobody yet", "A person whose name you may not see"


def named_in(task: Resource) -> frozenset[str]:
    """Return the references to staff in a task, whose names are to be looked up."""
    named = {author_of(note) for note in many(task, "note")}
    named.add(text(one(task, "requester"), "reference") or text(one(task, "requester"), "display"))
    return frozenset(name for name in named if "/" in name)


def task_page(
    task: Resource, version: int, names: Mapping[str, str], actor: Actor, today: date
) -> TaskPage:
    """Return the page of a task; `names` are those of people and staff."""
    item = item_of(task)
    go, words = _go(task, item)
    due, is_open = item.due.isoformat() if item.due else "", text(task, "status") in OPEN
    return TaskPage(
        id=item.id,
        title=item.words,
        about=item.about,
        person=names.get(item.patient, NO_NAME),
        patient=item.patient,
        owner=item.owner or NOBODY,
        due=due_words(due, today) if is_open else _was_due(task),
        state=state_words(task),
        asked=_asked(task, names),
        notes=tuple(_note(note, names) for note in many(task, "note")),
        version=version,
        is_open=is_open,
        is_done_by_me=is_own_end(task, actor) and not item.is_case,
        go=go,
        go_words=words,
        go_only=item.is_case,
        teams=tuple((value, said) for value, said in TEAMS.items() if value != item.team),
    )


def differences(before: Resource | None, now: Resource) -> tuple[Difference, ...]:
    """Return what is otherwise than it was seen; before None: that is not known any more."""
    was = before or {}
    pairs = (
        ("State", state_words(was), state_words(now)),
        ("Whose it is", item_of(was).owner or NOBODY, item_of(now).owner or NOBODY),
        ("Due", _due(was), _due(now)),
        ("Last note", _last(was), _last(now)),
        ("What it says", text(was, "description"), text(now, "description")),
    )
    return tuple(Difference(*pair) for pair in pairs if pair[1] != pair[2])


def state_words(task: Resource) -> str:
    """Return the state of a task in words."""
    status = text(task, "status")
    return STATES.get(status, status or "Not known")


def _go(task: Resource, item: Item) -> tuple[str, str]:
    if item.sort == EMERGENCY:
        glass = text(one(task, "focus"), "reference").rpartition("/")[2]
        return f"/access/{glass}", "Judge it"
    return go_of(item)


def _due(task: Resource) -> str:
    found = item_of(task).due
    return day_words(found.isoformat()) if found else "no day was set"


def _was_due(task: Resource) -> str:
    """Return by when a task that is closed was to be done."""
    return f"closed; it was due {_due(task)}" if item_of(task).due else "closed; no day was set"


def _last(task: Resource) -> str:
    notes = [text(note, "text") for note in many(task, "note")]
    return notes[-1] if notes else "none"


def _asked(task: Resource, names: Mapping[str, str]) -> str:
    requester = one(task, "requester")
    said = text(requester, "reference") or text(requester, "display")
    who = _who(said, names) if said else "It is not said who asked"
    at = text(task, "authoredOn")
    return f"{who}, {day_words(at)}" if at else who


def _note(note: Resource, names: Mapping[str, str]) -> Note:
    return Note(text(note, "text"), _who(author_of(note), names), _moment(text(note, "time")))


def _who(said: str, names: Mapping[str, str]) -> str:
    if said == LOCAL.id:
        return "The user of this machine"
    return names.get(said, said or "It is not said who")


def _moment(written: str) -> str:
    try:
        return clock_words(datetime.fromisoformat(written))
    except ValueError:
        return "time not known"
