"""Puts what a person told into words for those who care for them. Pure.

messages, names -> Told (rows; those that wait first)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from garrod.care.govern.access import LOCAL
from garrod.entry.web.prescribe.banner import day
from garrod.entry.web.told.message import (
    ANSWERED,
    BOUGHT,
    NEW,
    TAKEN,
    Form,
    Message,
)

FEW = 5  # Not clinical: messages that stand on the summary
STATES = {NEW: "New", TAKEN: "Taken up", ANSWERED: "Answered"}
DONE = {
    "take-up": "Taken up. The person can see that you look into it.",
    "answer": "Answered. The person can read it on their own page.",
}
CHANGED = "Nothing was written: it has changed since you saw it. Read what stands there now."
EMPTY = "They have told nothing here."
NO_TIME = "time not known"
SOMEBODY = "Somebody whose name you may not see"


@dataclass(frozen=True, slots=True)
class Said:
    """Something that was written on a message."""

    text: str
    by: str
    at: str


@dataclass(frozen=True, slots=True)
class Row:
    """One message, ready to be read. `typed` and `fault`: of its form, where it was sent."""

    id: str
    version: int
    title: str
    words: str
    sender: str
    when: str
    state: str
    is_open: bool
    is_new: bool
    said: tuple[Said, ...]
    by: str = ""  # who told it and when, and who wrote on it last, in one line
    go: str = ""  # what the way to it is called
    to_list: bool = False
    typed: str = ""
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """All that a person told; `first` are the rows that stand on the summary."""

    patient: str
    rows: tuple[Row, ...]
    counted: str

    @property
    def first(self) -> tuple[Row, ...]:
        """Return the first few."""
        return self.rows[:FEW]


def told_of(patient: str, rows: tuple[Row, ...]) -> Told:
    """Return what a person told, counted."""
    return Told(patient, rows, counted(rows))


def rows_of(
    found: Iterable[Message],
    names: Mapping[str, str],
    *,
    form: Form | None = None,
    fault: str = "",
) -> tuple[Row, ...]:
    """Return messages, those that wait for an answer first. `form` is what was sent, if it was."""
    ordered = sorted(found, key=lambda m: m.state == ANSWERED)
    return tuple(_row(m, names, form if form and form.id == m.id else None, fault) for m in ordered)


def named_in(found: Iterable[Message]) -> frozenset[str]:
    """Return the references whose names are to be looked up."""
    said = {m.sender for m in found} | {note.by for m in found for note in m.notes}
    return frozenset(who for who in said if "/" in who)


def counted(rows: Sequence[Row]) -> str:
    """Return how many wait."""
    waiting = sum(row.is_open for row in rows)
    if not rows:
        return EMPTY
    return f"{waiting} of {len(rows)} {'waits' if waiting == 1 else 'wait'} for an answer."


def _row(m: Message, names: Mapping[str, str], form: Form | None, fault: str) -> Row:
    sender, when = _who(m.sender, names, m.patient), moment(m.sent)
    said = tuple(Said(n.text, _who(n.by, names, m.patient), moment(n.at)) for n in m.notes)
    return Row(
        id=m.id,
        version=m.version,
        title=m.title,
        words=m.words,
        sender=sender,
        when=when,
        state=STATES[m.state],
        is_open=m.state != ANSWERED,
        is_new=m.state == NEW,
        said=said,
        by=f"{sender}, {when}" + (f"; last: {said[-1].by}" if said else ""),
        go="Read the answer" if m.state == ANSWERED else "Take up or answer",
        to_list=m.what == BOUGHT,
        typed=form.words if form else "",
        fault=fault if form else "",
    )


def _who(said: str, names: Mapping[str, str], patient: str) -> str:
    if said == f"Patient/{patient}":
        return "The person"
    if said == LOCAL.id:
        return "The user of this machine"
    if "/" not in said:
        return said or SOMEBODY
    name = names.get(said, SOMEBODY)
    return f"{name}, for them" if said.startswith("RelatedPerson/") else name


def moment(written: str) -> str:
    """Return a moment in words, in UTC."""
    try:
        found = datetime.fromisoformat(written)
    except ValueError:
        return NO_TIME
    there = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    return f"{there:%H:%M} UTC on {day(there.date())}"
