"""The one way to write a whole list: all of it or nothing, on the version that was read.

current list + proposal + the list it was based on -> Confirmed, or an error that says which lines
and why; a stale base -> StaleList with the difference for a human.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from hashlib import sha256

from garrod.care.record.medication.line import Act, Author, Line, Setting, Transition
from garrod.care.record.medication.lists import (
    LineDifference,
    MedicationList,
    difference,
    lost_therapies,
)
from garrod.care.record.medication.transitions import applied, begun, superseded, withdrawn
from garrod.core.errors import ConflictError, GarrodError, InputError

_OF_THE_RECORD = frozenset({Act.SUPERSEDE, Act.RESTORE})
_ELSEWHERE = timedelta(days=1)  # Not clinical: the day after may have begun in another zone
_NO_TIME = datetime(1, 1, 1, tzinfo=UTC)


class Kind(StrEnum):
    """What a confirmation did to a line."""

    PRESCRIBED = "prescribed"
    ADDED = "added"
    CHANGED = "changed"
    HELD = "held"
    RESUMED = "resumed"
    CEASED = "ceased"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Entry:
    """What a proposal says of one line. `step` None: it stays as it is.

    A new line needs `treatment_id`. A step by a setting whose line it is not makes a superseding
    line of the id `new_id`. Author and recorded time of a step are set by the confirmation.
    """

    line_id: str
    step: Transition | None = None
    treatment_id: str = ""
    new_id: str = ""


Proposal = tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Classified:
    """One line of a confirmed list, with what was done to it; `supersedes`: the one before it."""

    line_id: str
    kind: Kind
    supersedes: str = ""


@dataclass(frozen=True, slots=True)
class Confirmed:
    """A confirmed list and what became of each line. `fingerprint` is of what was asked."""

    list: MedicationList
    lines: tuple[Classified, ...]
    key: str
    fingerprint: str

    def changed(self) -> tuple[Classified, ...]:
        """Return the lines that are not unchanged: what leaves as events."""
        return tuple(c for c in self.lines if c.kind is not Kind.UNCHANGED)


class StaleList(ConflictError):
    """A list was confirmed on a version that is not the current one."""

    def __init__(
        self, current: MedicationList, based_on: int, found: tuple[LineDifference, ...]
    ) -> None:
        super().__init__(
            f"the list has version {current.version}, and the confirmation was based on version "
            f"{based_on}: {len(found)} line(s) differ. Look at the difference, and confirm anew.",
            code="REC110",
        )
        self.current, self.based_on, self.difference = current.version, based_on, found


def confirm(
    current: MedicationList,
    proposal: Proposal,
    *,
    based_on: MedicationList,
    by: Author,
    at: datetime,
    key: str,
    earlier: Confirmed | None = None,
    hidden: frozenset[str] = frozenset(),
) -> Confirmed:
    """Return the next version of a list, confirmed as a whole.

    `based_on` is the list that the writer read; `earlier` what was confirmed with this key before,
    if anything; `hidden` are lines that the writer may not see: they stay, and are not spoken of.
    Raises: StaleList REC110; ConflictError REC111 for a key used for something else; InputError
    REC109 naming every line that cannot be so.
    """
    mark = fingerprint_of(current.patient, proposal, based_on=based_on.version, by=by)
    if earlier is not None and earlier.key == key:
        if earlier.fingerprint == mark:
            return earlier
        raise ConflictError(
            f"the key {key!r} was used for another confirmation: make a new key for new content.",
            code="REC111",
        )
    if based_on.patient != current.patient:
        raise InputError("the list that was read is another person's: read it anew.", code="REC109")
    if based_on.version != current.version:
        found = _difference_shown(current, proposal, based_on, (by, at), hidden)
        raise StaleList(current, based_on.version, found)
    lines, told = _worked(current, proposal, (by, at), hidden)
    made = replace(
        current, version=current.version + 1, lines=lines, confirmed_by=by, confirmed_at=at
    )
    return Confirmed(made, told, key, mark)


def fingerprint_of(patient: str, proposal: Proposal, *, based_on: int, by: Author) -> str:
    """Return the same text for the same request; who and when of each step do not count."""
    plain = tuple(
        replace(e, step=e.step and replace(e.step, by=by, recorded=_NO_TIME)) for e in proposal
    )
    return sha256(repr((patient, plain, based_on, by)).encode()).hexdigest()


def _difference_shown(
    current: MedicationList,
    proposal: Proposal,
    base: MedicationList,
    who_when: tuple[Author, datetime],
    hidden: frozenset[str],
) -> tuple[LineDifference, ...]:
    try:
        mine = replace(base, lines=_worked(base, proposal, who_when, hidden)[0])
    except GarrodError:
        mine = base  # what they did is shown, even where mine could not have been done at all
    return tuple(d for d in difference(base, current, mine) if d.line_id not in hidden)


def _worked(
    base: MedicationList,
    proposal: Proposal,
    who_when: tuple[Author, datetime],
    hidden: frozenset[str],
) -> tuple[tuple[Line, ...], tuple[Classified, ...]]:
    """Return every line after the proposal, and what became of each that was spoken of."""
    lines = base.by_id()
    wrong = _misspoken(base, proposal, hidden)
    told: list[Classified] = []
    for entry in proposal if not wrong else ():
        try:
            told.append(_one(lines, entry, *who_when))
        except GarrodError as error:
            wrong.append(error.message)
    wrong += [
        f"line {id} is superseded by a line that is in error: withdraw that line instead."
        for id in lost_therapies(tuple(lines.values()))
    ]
    if wrong:
        raise InputError(
            f"nothing was confirmed, because of {len(wrong)} fault(s): {' | '.join(wrong)}",
            code="REC109",
        )
    return _placed(base, lines), tuple(told)


def _placed(base: MedicationList, lines: Mapping[str, Line]) -> tuple[Line, ...]:
    """Return old lines in their order, each followed by what supersedes it, then new ones."""
    placed: dict[str, Line] = {}
    for line in (*base.lines, *lines.values()):
        now: Line | None = lines[line.id]
        while now is not None and now.id not in placed:
            placed[now.id] = now
            now = lines.get(now.superseded_by)
    return tuple(placed.values())


def _misspoken(base: MedicationList, proposal: Proposal, hidden: frozenset[str]) -> list[str]:
    """Return what is wrong with a proposal before any line of it is looked at."""
    known = base.by_id()
    named = [e.line_id for e in proposal]
    wrong = [f"line {id} is spoken of twice." for id in dict.fromkeys(named) if named.count(id) > 1]
    wrong += [
        f"line {line.id} is left out: say that it stays, or stop it with a reason."
        for line in base.to_decide()
        if line.id not in named and line.id not in hidden
    ]
    for entry in proposal:
        is_new = entry.step is not None and entry.step.act is Act.BEGIN
        is_known = entry.line_id in known and entry.line_id not in hidden
        if not is_new and not is_known:
            wrong.append(f"line {entry.line_id} is not in the list.")
        if is_new and (entry.line_id in known or not entry.treatment_id):
            wrong.append(f"line {entry.line_id} is not new, or names no treatment.")
    return wrong


def _one(lines: dict[str, Line], entry: Entry, by: Author, at: datetime) -> Classified:
    """Do one entry to the lines; return what became of it."""
    if entry.step is None:
        return Classified(entry.line_id, Kind.UNCHANGED)
    if entry.step.act in _OF_THE_RECORD:
        raise InputError(
            f"line {entry.line_id}: {entry.step.act.value} is what the record writes beside "
            "a superseding line. Propose the change, with an id for the new line.",
            code="REC109",
        )
    step = replace(entry.step, by=by, recorded=at)
    _refuse_to_come(entry.line_id, step)
    if step.act is Act.BEGIN:
        is_private = step.is_private and by.setting is Setting.PERSON
        step = replace(step, is_private=is_private)
        line = begun(entry.line_id, entry.treatment_id, step)
        lines[line.id] = line
        return Classified(line.id, kind_of(step, line))
    old = lines[entry.line_id]
    if step.act is Act.MARK_ERROR and old.supersedes and not old.superseded_by:
        before, new = withdrawn(lines[old.supersedes], old, step)
        lines[before.id], lines[new.id] = before, new
    elif entry.new_id:
        if entry.new_id in lines:
            raise InputError(
                f"line {entry.line_id}: {entry.new_id} is an id of another line.", code="REC109"
            )
        before, new = superseded(old, entry.new_id, step)
        lines[before.id], lines[new.id] = before, new
        return Classified(new.id, kind_of(step, new), before.id)
    else:
        lines[old.id] = applied(old, step)
    return Classified(old.id, kind_of(step, lines[old.id]))


def _refuse_to_come(line_id: str, step: Transition) -> None:
    """Refuse what is said to hold from a day to come: until then it would be shown as done."""
    if step.effective.date() > step.recorded.date() + _ELSEWHERE:
        raise InputError(
            f"line {line_id}: {step.act.value} cannot hold from {step.effective.date()}, which is "
            "to come. Write it on that day; a line that is to begin is begun future-dated, with "
            "its planned start.",
            code="REC128",
        )


_KINDS = {
    Act.HOLD: Kind.HELD,
    Act.RESUME: Kind.RESUMED,
    Act.REINSTATE: Kind.RESUMED,
    Act.STOP: Kind.CEASED,
    Act.COMPLETE: Kind.CEASED,
    Act.MARK_ERROR: Kind.CEASED,
}


def kind_of(step: Transition, line: Line) -> Kind:
    """Return what a step amounts to. A line begun with a prescription behind it is prescribed."""
    if step.act in (Act.BEGIN, Act.ACTIVATE, Act.SCHEDULE):
        return Kind.PRESCRIBED if line.links.authorisations else Kind.ADDED
    if step.act is Act.LINK and step.links.authorisations:
        return Kind.PRESCRIBED
    return _KINDS.get(step.act, Kind.CHANGED)
