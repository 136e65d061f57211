"""A person's medication list, and the three-way difference between two people's work on it.

base + theirs + mine -> difference: line by line and field by field, for a human; nothing is merged.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from garrod.care.record.medication.completeness import Source
from garrod.care.record.medication.line import CLOSED, Author, Line, State
from garrod.core.errors import InputError


@dataclass(frozen=True, slots=True)
class MedicationList:
    """A version of a person's list. `confirmed_by` None: nobody has confirmed it yet.

    A superseding line may be missing where a reader may not see it.
    Raises: InputError REC108 where lines share an id, or do not agree which supersedes which.
    """

    patient: str
    version: int
    lines: tuple[Line, ...] = ()
    confirmed_by: Author | None = None
    confirmed_at: datetime | None = None
    sources: tuple[Source, ...] = ()

    def __post_init__(self) -> None:
        by_id = self.by_id()
        if len(by_id) != len(self.lines):
            raise InputError(
                f"the list of {self.patient} has two lines of one id: give each its own.",
                code="REC108",
            )
        for line in self.lines:
            later = by_id.get(line.superseded_by)
            if later is not None and later.supersedes != line.id:
                raise InputError(
                    f"line {line.id} is superseded by {line.superseded_by}, which says otherwise: "
                    "read both anew.",
                    code="REC108",
                )

    def by_id(self) -> dict[str, Line]:
        """Return the lines by id."""
        return {line.id: line for line in self.lines}

    def to_decide(self) -> tuple[Line, ...]:
        """Return the lines that a confirmation must speak of: current, and not closed."""
        return tuple(x for x in self.lines if x.is_current and x.state not in CLOSED)

    def unverified(self) -> tuple[Line, ...]:
        """Return the current lines that are stated only."""
        return tuple(x for x in self.lines if x.is_current and x.is_shown_as_unverified)


class Side(StrEnum):
    """Who made a field differ from the base."""

    THEIRS = "theirs"
    MINE = "mine"
    SAME = "both, alike"
    CONFLICT = "both, differently"


class _Absent:
    """Stands where there is no line or no value; equal to itself alone."""

    def __repr__(self) -> str:
        return "absent"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Absent)

    def __hash__(self) -> int:
        return hash(_Absent)


ABSENT = _Absent()


@dataclass(frozen=True, slots=True)
class FieldDifference:
    """One field of a line that is not what it was in the base. ABSENT: it has none there."""

    field: str
    side: Side
    base: object
    theirs: object
    mine: object


@dataclass(frozen=True, slots=True)
class LineDifference:
    """What differs of one line. Removal shows as `line` becoming ABSENT on a side."""

    line_id: str
    fields: tuple[FieldDifference, ...]

    @property
    def has_conflict(self) -> bool:
        """Return whether both sides changed a field, each in its own way."""
        return any(f.side is Side.CONFLICT for f in self.fields)

    def removed_by(self) -> tuple[Side, ...]:
        """Return the sides on which the line, present in the base, is missing."""
        for field in self.fields:
            if field.field == "line" and field.base != ABSENT:
                sides = ((Side.THEIRS, field.theirs), (Side.MINE, field.mine))
                return tuple(side for side, value in sides if value == ABSENT)
        return ()


def fields_of(line: Line | None) -> Mapping[str, object]:
    """Return the fields of a line by name, as a human compares them; empty values are ABSENT."""
    if line is None:
        return {}
    said = line.content
    found: dict[str, object] = {
        "line": line.id,
        "treatment": line.treatment_id,
        "state": line.state,
        "medicine": said.medicine,
        "dose": said.dose,
        "directions": said.directions,
        "reasons": said.reasons,
        "started": said.started,
        "planned start": said.planned_start,
        "hold": line.hold,
        "stopped": line.stopped,
        "stop reason": line.stop_reason,
        "owner": line.owner,
        "verification": line.verification,
        "private": line.is_private,
        "authorisations": line.links.authorisations,
        "supplies": line.links.supplies,
        "administrations": line.links.administrations,
        "statements": line.links.statements,
        "superseded by": line.superseded_by,
        "supersedes": line.supersedes,
    }
    return {name: value for name, value in found.items() if value not in (None, "", (), False)}


def difference(
    base: MedicationList, theirs: MedicationList, mine: MedicationList
) -> tuple[LineDifference, ...]:
    """Return what differs between a base and the two lists made of it, line by line.

    A line or a field that one side left out is shown as gone there, never passed over. Exchanging
    `theirs` and `mine` exchanges the sides and nothing else (`mirrored`).
    """
    old, their, my = base.by_id(), theirs.by_id(), mine.by_id()
    ids = [*old, *sorted((set(their) | set(my)) - set(old))]
    found = [_of_line(id, old.get(id), their.get(id), my.get(id)) for id in ids]
    return tuple(d for d in found if d.fields)


def _of_line(id: str, base: Line | None, theirs: Line | None, mine: Line | None) -> LineDifference:
    old, their, my = fields_of(base), fields_of(theirs), fields_of(mine)
    names = dict.fromkeys((*old, *their, *my))
    found = []
    for name in sorted(names, key=lambda n: (n != "line", n)):
        a, b, c = (fields.get(name, ABSENT) for fields in (old, their, my))
        if a == b == c:
            continue
        found.append(FieldDifference(name, _side(a, b, c), a, b, c))
    return LineDifference(id, tuple(found))


@dataclass(frozen=True, slots=True)
class Removed:
    """Something that a line said, and that it, or the line that supersedes it, says no more."""

    line_id: str
    medicine: str
    field: str
    was: object


_OF_CONTENT = ("dose", "directions", "reasons", "started", "planned start")


def removed_in(before: MedicationList, now: MedicationList) -> tuple[Removed, ...]:
    """Return what the content of lines lost between two versions of a list."""
    old = before.by_id()
    found = []
    for line in now.lines:
        was = old.get(line.id) or old.get(line.supersedes)
        if was is None or was.content == line.content:
            continue
        had, has = fields_of(was), fields_of(line)
        gone = [name for name in _OF_CONTENT if name in had and name not in has]
        medicine = line.content.medicine.text
        found += [Removed(line.id, medicine, name, had[name]) for name in gone]
    return tuple(found)


def _side(base: object, theirs: object, mine: object) -> Side:
    if theirs == mine:
        return Side.SAME
    if theirs == base:
        return Side.MINE
    return Side.THEIRS if mine == base else Side.CONFLICT


def mirrored(found: tuple[LineDifference, ...]) -> tuple[LineDifference, ...]:
    """Return a difference as the other side sees it."""
    swap = {Side.THEIRS: Side.MINE, Side.MINE: Side.THEIRS}
    return tuple(
        LineDifference(
            d.line_id,
            tuple(
                FieldDifference(f.field, swap.get(f.side, f.side), f.base, f.mine, f.theirs)
                for f in d.fields
            ),
        )
        for d in found
    )


def lost_therapies(lines: tuple[Line, ...]) -> tuple[str, ...]:
    """Return the lines that are superseded by a line entered in error: nobody speaks for them."""
    by_id = {line.id: line for line in lines}
    return tuple(
        line.id
        for line in lines
        if line.superseded_by
        and (later := by_id.get(line.superseded_by)) is not None
        and later.state is State.ENTERED_IN_ERROR
        and not later.superseded_by
    )
