"""What is done to a task: finished, handed over, taken back; on the version that was seen.

Task as it was seen, what is said -> Task (next version), or what is wrong, or that it has changed
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from garrod.adapters.fhir.cards import OWNERS
from garrod.adapters.fhir.cards_memory import OPEN
from garrod.adapters.fhir.json import Resource, many, one, text
from garrod.adapters.fhir.lines.nested import instant_out
from garrod.adapters.fhir.lines.statement import written
from garrod.adapters.fhir.record.parse import parse
from garrod.care.govern.access import Actor
from garrod.core.errors import InputError, VersionConflict
from garrod.core.resource import Version
from garrod.entry.web.asked import Visit
from garrod.entry.web.today.sorts import TEAMS, item_of

DONE, NOT_NEEDED, HAND, UNDO = "done", "not-needed", "hand", "undo"
STATUS = {DONE: "completed", NOT_NEEDED: "cancelled"}
SAID = {DONE: "Done", NOT_NEEDED: "Not needed any more", UNDO: "Taken back: it is open again"}
SHORTEST = 5  # Not clinical: characters of a reason
Faults = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Form:
    """What somebody said of a task; `version` is the one that they saw."""

    do: str = ""
    to: str = ""
    words: str = ""
    version: int = 0


def form_of(fields: Mapping[str, str]) -> Form:
    """Return what was sent."""
    number = fields.get("version", "")
    is_number = number.isascii() and number.isdecimal() and len(number) < 10
    return Form(
        fields.get("do", ""),
        fields.get("to", ""),
        fields.get("words", ""),
        int(number) if is_number else 0,
    )


def faults_of(form: Form) -> Faults:
    """Return what is missing: field, words."""
    found = []
    if form.do not in (*STATUS, HAND, UNDO):
        found.append(("#do", "Choose what becomes of it"))
    if form.do == HAND and form.to not in TEAMS:
        found.append(("#to", "Choose who it goes to"))
    if form.do in (NOT_NEEDED, HAND) and len(form.words) < SHORTEST:
        found.append(("#words", f"Say why, in at least {SHORTEST} characters"))
    return tuple(found)


def changed(task: Resource, form: Form, by: Actor, at: datetime) -> bytes:
    """Return a task as it is then.  Raises: InputError INP001 where it cannot be done to it."""
    is_open = text(task, "status") in OPEN
    if item_of(task).is_case or is_open is (form.do == UNDO):
        raise InputError("that cannot be done to this task now: look at it again.", code="INP001")
    now: dict[str, Any] = {**task, "lastModified": instant_out(at)}
    now["note"] = [*many(task, "note"), _note(form, by, at)]
    now.pop("statusReason", None)
    if form.do == HAND:
        named = {"system": OWNERS, "value": form.to}
        now |= {"owner": {"identifier": named, "display": TEAMS[form.to]}}
    elif form.do == UNDO:
        now["status"] = "requested"
    else:
        now["status"] = STATUS[form.do]
        if form.do == NOT_NEEDED:
            now["statusReason"] = {"text": form.words}
    return written(now)


async def act(visit: Visit, id: str, form: Form) -> None:
    """Do to a task what a form says; once, however often it is sent.

    Raises: AccessDenied, NotFound REC001, InputError INP001, VersionConflict where it has changed.
    """
    record, now = visit.consult.record, visit.consult.clock()
    version = await record.read(visit.actor, "Task", id)
    task = task_in(version)
    if version.number != form.version:
        if is_done_already(task, form, visit.actor):
            return
        raise VersionConflict("Task", id, expected=form.version, current=version.number)
    if form.do == UNDO and not is_own_end(task, visit.actor):
        raise InputError("somebody else has closed it: raise a new task.", code="INP001")
    body = changed(task, form, visit.actor, now)
    try:
        await record.update(visit.actor, "Task", id, body, expected=form.version)
    except VersionConflict:
        if not is_done_already(
            task_in(await record.read(visit.actor, "Task", id)), form, visit.actor
        ):
            raise


def task_in(version: Version) -> Resource:
    """Return the task of a version, with its id."""
    return {**parse(version.body), "id": version.id}


def is_done_already(task: Resource, form: Form, by: Actor) -> bool:
    """Return whether the last thing done to a task is what a form asks for, by the same person."""
    last = (list(many(task, "note")) or [{}])[-1]
    return author_of(last) == by.id and text(last, "text") == _words(form)


def is_own_end(task: Resource, by: Actor) -> bool:
    """Return whether somebody closed a task here themselves, and nothing came after."""
    last = (list(many(task, "note")) or [{}])[-1]
    is_closed = text(task, "status") in STATUS.values()
    return is_closed and author_of(last) == by.id


def author_of(note: Resource) -> str:
    """Return who wrote a note, as a reference or in words."""
    return text(one(note, "authorReference"), "reference") or text(note, "authorString")


def _note(form: Form, by: Actor, at: datetime) -> Resource:
    author: Resource = {"authorString": by.id}
    if "/" in by.id:
        author = {"authorReference": {"reference": by.id}}
    return {**author, "time": instant_out(at), "text": _words(form)}


def _words(form: Form) -> str:
    first = f"Handed over to {TEAMS.get(form.to, form.to)}" if form.do == HAND else SAID[form.do]
    return f"{first}: {form.words}" if form.words else f"{first}."
