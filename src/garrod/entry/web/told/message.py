"""What a person told, as it stands: kept as a Communication of a category of its own. Pure.

Communication, number of its version -> Message (new, taken up, answered), and its next version
It is under way (in-progress) until somebody who cares for the person has answered.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from garrod.adapters.fhir.json import Resource, many, one, text
from garrod.adapters.fhir.lines.names import ROOT
from garrod.adapters.fhir.lines.nested import instant_out
from garrod.care.govern.access import Actor

TOLD = f"{ROOT}/told-by-the-person"
KIND = "Communication"
OPEN, CLOSED = "in-progress", "completed"
FELT, BOUGHT, WRONG = "felt", "bought", "wrong"
TITLES = {
    FELT: "Felt ill after a medicine",
    BOUGHT: "Takes something from a shop",
    WRONG: "Says that the record is wrong",
}
NEW, TAKEN, ANSWERED = "new", "taken up", "answered"
TAKE, ANSWER = "take-up", "answer"
SHORTEST = 5  # Not clinical: characters of an answer
SAID = {TAKE: "Taken up.", ANSWER: ""}
_CODES = ",".join(quote(f"{TOLD}|{code}", safe="") for code in TITLES)


@dataclass(frozen=True, slots=True)
class Note:
    """What somebody wrote on it; `by` is a reference, or words."""

    text: str
    by: str
    at: str


@dataclass(frozen=True, slots=True)
class Message:
    """One thing that a person told. `about`: the resource that came of it; "" for none."""

    id: str
    version: int
    what: str
    patient: str
    words: str
    sent: str
    sender: str
    state: str
    about: str = ""
    notes: tuple[Note, ...] = ()

    @property
    def title(self) -> str:
        """Return its kind in words."""
        return TITLES.get(self.what, "Told us")

    @property
    def taker(self) -> str:
        """Return who wrote on it last; "" where nobody has."""
        return self.notes[-1].by if self.notes else ""


@dataclass(frozen=True, slots=True)
class Form:
    """What is done to a message; `version` is the one that was seen."""

    do: str = ""
    words: str = ""
    id: str = ""
    version: int = 0


def sought(patient: str = "", *, is_open: bool = False) -> str:
    """Return the search for messages, of one person or of all; `is_open`: not answered yet."""
    whose = f"&patient=Patient/{patient}" if patient else ""
    return f"{KIND}?category={_CODES}{whose}{f'&status={OPEN}' if is_open else ''}"


def what_of(body: Resource) -> str:
    """Return what a message tells of; "" of any other Communication."""
    codings = [c for category in many(body, "category") for c in many(category, "coding")]
    return next((text(c, "code") for c in codings if text(c, "system") == TOLD), "")


def message_of(body: Resource, version: int = 0) -> Message | None:
    """Return a message; None for what is none, or was taken back."""
    what = what_of(body)
    if not what or text(body, "status") not in (OPEN, CLOSED):
        return None
    notes = tuple(
        Note(
            text(note, "text"),
            text(one(note, "authorReference"), "reference") or text(note, "authorString"),
            text(note, "time"),
        )
        for note in many(body, "note")
    )
    sender = one(body, "sender")
    return Message(
        id=text(body, "id"),
        version=version,
        what=what,
        patient=text(one(body, "subject"), "reference").removeprefix("Patient/"),
        words=" ".join(text(p, "contentString") for p in many(body, "payload")),
        sent=text(body, "sent"),
        sender=text(sender, "reference") or text(sender, "display"),
        state=_state(body, notes),
        about=next((text(a, "reference") for a in many(body, "about")), ""),
        notes=notes,
    )


def _state(body: Resource, notes: tuple[Note, ...]) -> str:
    if not notes:
        return NEW
    return ANSWERED if text(body, "status") == CLOSED else TAKEN


def form_of(fields: Mapping[str, str]) -> Form:
    """Return what was sent."""
    number = fields.get("version", "")
    is_number = number.isascii() and number.isdecimal() and len(number) < 10
    words, id = fields.get("words", ""), fields.get("message", "")
    return Form(fields.get("do", ""), words, id, int(number) if is_number else 0)


def fault_of(form: Form) -> str:
    """Return what is missing; "" for nothing."""
    if form.do not in (TAKE, ANSWER):
        return "Choose what you do with it"
    if form.do == ANSWER and len(form.words) < SHORTEST:
        return f"Write your answer to them, in at least {SHORTEST} characters"
    return ""


def written_on(body: Resource, form: Form, by: Actor, at: datetime) -> Resource:
    """Return a message after what is done to it."""
    author: Resource = {"authorString": by.id}
    if "/" in by.id:
        author = {"authorReference": {"reference": by.id}}
    note = {**author, "time": instant_out(at), "text": note_words(form)}
    now: dict[str, Any] = {**body, "note": [*many(body, "note"), note]}
    now.setdefault("received", instant_out(at))
    if form.do == ANSWER:
        now["status"] = CLOSED
    return now


def note_words(form: Form) -> str:
    """Return what a form writes."""
    return form.words or SAID[form.do]


def is_done_already(message: Message | None, form: Form, by: Actor) -> bool:
    """Return whether the last thing written on a message is what a form says, by the same."""
    if message is None or not message.notes:
        return False
    last = message.notes[-1]
    return last.by == by.id and last.text == note_words(form)
