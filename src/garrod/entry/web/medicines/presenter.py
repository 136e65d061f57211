"""Says of a medication list what stands in it, who said so, and what may be missing. Pure.

Look -> Shown; line -> history; StaleList -> what differs
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date

from garrod.adapters.fhir.lines.differing import value_words
from garrod.care.record.medication.completeness import Source, Standing
from garrod.care.record.medication.confirm import StaleList
from garrod.care.record.medication.line import (
    CLOSED,
    Act,
    Author,
    Content,
    Line,
    Setting,
    State,
    Transition,
)
from garrod.care.record.medication.lists import FieldDifference, Removed, Side
from garrod.entry.web.medicines.reading import AsOf, Look
from garrod.entry.web.medicines.view import Changed, Field, Gone, Past, Row, Shown
from garrod.entry.web.medicines.view import Standing as Stand
from garrod.entry.web.medicines.wording import (
    DONE,
    NO_DIRECTIONS,
    SETTINGS,
    STATES,
    held_until,
    named,
    read_as,
    state_of,
    when,
)
from garrod.entry.web.prescribe.banner import day
from garrod.entry.web.summary.origin import is_setting

_KINDS = {State.ACTIVE: "on", State.ON_HOLD: "wait", State.FUTURE: "wait", State.DRAFT: "wait"}
_STANDINGS = {
    Standing.ANSWERED: "Has told us",
    Standing.STALE: "Has told nothing lately",
    Standing.FAILED: "Could not be asked",
    Standing.UNKNOWN: "Nothing is known from there",
    Standing.NEVER_SENDS: "Never tells us",
}
_SIDES = {
    Side.THEIRS: "Changed by somebody else",
    Side.MINE: "Changed by you",
    Side.SAME: "Changed by both, alike",
    Side.CONFLICT: "Changed by both, differently: decide",
}
_FIELDS = {
    "line": "The line itself", "dose": "Dose, as understood", "directions": "Directions",
    "state": "State", "medicine": "Medicine", "reasons": "What it is for", "started": "Began",
    "planned start": "To begin", "hold": "On hold", "stopped": "Stopped on",
    "stop reason": "Why it stopped", "owner": "Looked after by", "verification": "Verified",
    "private": "Private", "superseded by": "Replaced by another line",
    "supersedes": "Replaces another line", "authorisations": "Prescriptions",
    "supplies": "Supplies", "administrations": "Doses given", "statements": "Statements",
    "treatment": "Treatment",
}  # fmt: skip
_FOLLOWED = re.compile(r"\bas ([A-Z][A-Za-z]+)/[A-Za-z0-9.-]+ says")
_SORTS = {
    "MedicationStatement": "a statement in this record",
    "MedicationRequest": "a prescription",
    "MedicationDispense": "a supply",
    "MedicationAdministration": "a dose given",
}
_INNER = ("line", "superseded by", "supersedes", "treatment", "statements")  # ids: no words


def shown_of(found: Look, asked: AsOf, today: date) -> Shown:
    """Return the whole list as a page shows it."""
    open_ = [x for x in found.lines if x.is_current and x.state not in CLOSED]
    past = [x for x in found.lines if x not in open_]
    complete = found.view.completeness
    there = sum(s.standing is Standing.ANSWERED for s in complete.sources)
    return Shown(
        rows=tuple(row_of(x, found.names, today) for x in open_),
        past=tuple(row_of(x, found.names, today) for x in past),
        time=_time(found, asked),
        version=found.number,
        confirmed=_confirmed(found),
        meter=f"{there} of {len(complete.sources)} sources have told us lately",
        sources=tuple(_standing(s) for s in complete.sources),
        gaps=complete.other_gaps(),
        notes=_notes(found),
    )


def row_of(line: Line, names: Mapping[str, str], today: date) -> Row:
    """Return a line as a row of the list."""
    last, said = line.history[-1], line.content
    purposes = [c.display or c.code for c in said.reasons]
    return Row(
        id=line.id,
        name=named(said),
        state=state_of(line, today),
        kind="off" if line.superseded_by else _KINDS.get(line.state, "off"),
        directions=said.directions or (read_as(said) if said.dose else NO_DIRECTIONS),
        read=_read(said),
        purpose=", ".join(p for p in purposes if p) or "Not recorded",
        setting=SETTINGS[line.owner],
        author=who_of(last.by, names),
        last=f"{_done(line)}, {when(last.recorded)}",
        reason=why_of(last.reason),
        source=_source(line, names),
        flags=_flags(line),
    )


def _done(line: Line) -> str:
    """Return what was last done to a line; one that came on hold says so: nobody takes it."""
    done = DONE[line.history[-1].act]
    is_held = line.history[-1].act is Act.BEGIN and line.state is State.ON_HOLD
    return f"{done} as on hold" if is_held else done


def who_of(by: Author, names: Mapping[str, str]) -> str:
    """Return who did something, with their role."""
    known = {"local": "This machine’s own user", "": "Author not named"}
    name = names.get(by.who, "") or known.get(by.who, by.who)
    return f"{name}, {by.role.replace('-', ' ')}" if by.role else name


def why_of(reason: str) -> str:
    """Return a reason in words; of what followed from a resource, from which sort."""
    return _FOLLOWED.sub(lambda m: f"as {_SORTS.get(m[1], 'a document')} says", reason)


def history_of(line: Line, names: Mapping[str, str]) -> tuple[Past, ...]:
    """Return what was done to a line, the newest first."""
    return tuple(_past(step, names) for step in reversed(line.history))


def changes_of(stale: StaleList, lines: Mapping[str, Line]) -> tuple[Changed, ...]:
    """Return what differs, line by line; `lines` by id give them their names."""
    found = []
    for one in stale.difference:
        line = lines.get(one.line_id)
        plain = tuple(_field(f) for f in one.fields if f.field not in _INNER)
        inner = tuple(_inner(f) for f in one.fields if f.field in ("line", "superseded by"))
        name = named(line.content) if line else _named_in(one.fields)
        found.append(Changed(name, plain or inner))
    return tuple(found)


def gone_of(removed: Sequence[Removed]) -> tuple[Gone, ...]:
    """Return what a write takes away, in words."""
    return tuple(Gone(r.medicine, _FIELDS.get(r.field, r.field), _words(r.was)) for r in removed)


def _time(found: Look, asked: AsOf) -> str:
    if not asked.is_past:
        return f"The list as it is now, read {when(found.now)}."
    true = f"what was true at the end of {day(asked.true)}" if asked.true else "the list"
    known = f"as it was known at the end of {day(asked.known)}" if asked.known else "as known today"
    return f"Not the list of now: {true}, {known} (UTC)."


def _confirmed(found: Look) -> str:
    by, at = found.held.list.confirmed_by, found.held.list.confirmed_at
    if by is None or at is None:
        return "Nobody has confirmed the whole list yet."
    who = who_of(by, found.names)
    return f"The whole list was last confirmed by {who} ({SETTINGS[by.setting]}), {when(at)}."


def _standing(source: Source) -> Stand:
    name = SETTINGS[source.setting] if source.setting else source.name
    word = _STANDINGS[source.standing] + (f" ({source.why})" if source.why else "")
    as_of = f"newest: {when(source.as_of)}" if source.as_of else ""
    return Stand(name, word, as_of, source.standing is Standing.ANSWERED)


def _notes(found: Look) -> tuple[str, ...]:
    last = found.held.head.reconciled
    if last is None:
        return ("This list has not been reconciled here.",)
    who = f"{who_of(last.by, found.names)} ({SETTINGS[last.by.setting]})"
    left = [f"Nobody decided at {last.move}: {row}" for row in last.unresolved]
    return (f"Last reconciled at {last.move} by {who}, {when(last.at)}.", *left)


def _flags(line: Line) -> tuple[str, ...]:
    said = []
    if line.is_shown_as_unverified:
        said.append("Only stated: nobody has checked it")
    if line.hold is not None:
        said.append(f"On hold: {held_until(line.hold)}")
    if line.content.planned_start and line.state is State.FUTURE:
        said.append(f"To begin on {day(line.content.planned_start)}")
    if line.stop_reason and line.stopped:
        said.append(f"Stopped on {day(line.stopped)}: {line.stop_reason}")
    if line.is_private:
        said.append("Kept private by the person")
    return tuple(said)


def _read(said: Content) -> str:
    """Return directions as they were understood, where those are other words than were written."""
    found = read_as(said) if said.directions else ""
    is_alike = found.casefold().split() == said.directions.casefold().split()
    return "" if is_alike else found


def _source(line: Line, names: Mapping[str, str]) -> str:
    first = line.history[0].by
    where = names.get(first.organisation, "") or first.organisation or SETTINGS[first.setting]
    is_said = is_setting(first.system.rstrip("/").rpartition("/")[2])  # an address for the same
    system = "" if is_said else re.sub(r"https?://", "", first.system)
    began = f"from {where}" + (f", system {system}" if system else "")
    orders, supplies = len(line.links.authorisations), len(line.links.supplies)
    linked = (_counted(orders, "prescription", "prescriptions"),
              _counted(supplies, "supply", "supplies"))  # fmt: skip
    return "; ".join((began, *filter(None, linked)))


def _counted(number: int, one: str, more: str) -> str:
    return f"{number} {one if number == 1 else more}" if number else ""


def _past(step: Transition, names: Mapping[str, str]) -> Past:
    said = ""
    if step.content is not None:
        said = f"{named(step.content)}: {step.content.directions or read_as(step.content)}"
    if step.hold is not None:
        said = f"{said} On hold: {held_until(step.hold)}".strip()
    is_other = step.effective.date() != step.recorded.date()
    return Past(
        when=when(step.recorded),
        done=DONE[step.act],
        who=who_of(step.by, names),
        setting=SETTINGS[step.by.setting],
        reason=why_of(step.reason) or "No reason given",
        said=said.removesuffix(": "),
        holds=f"holds since {day(step.effective.date())}" if is_other else "",
    )


def _field(found: FieldDifference) -> Field:
    return Field(
        label=_FIELDS.get(found.field, found.field),
        side=_SIDES[found.side],
        was=_words(found.base),
        theirs=_words(found.theirs),
        mine=_words(found.mine),
        is_conflict=found.side is Side.CONFLICT,
    )


def _inner(found: FieldDifference) -> Field:
    """Return a difference of ids: that there is one is said, not which."""
    plain = _field(found)
    was, theirs, mine = (
        "Not there" if x == "Nothing" else "There" for x in (plain.was, plain.theirs, plain.mine)
    )
    return Field(plain.label, plain.side, was, theirs, mine, plain.is_conflict)


def _named_in(fields: Sequence[FieldDifference]) -> str:
    for found in fields:
        if found.field == "medicine":
            return value_words(found.theirs) or value_words(found.mine) or "A line"
    return "A line"


def _words(value: object) -> str:
    if isinstance(value, State):
        return STATES[value]
    if isinstance(value, Setting):
        return SETTINGS[value]
    if isinstance(value, date):
        return day(value)
    return value_words(value) or "Nothing"
