"""Two people's records made one, and made two again: exactly, with what came between kept.

two lists -> Merged (what belonged to whom is kept) -> Unmerged: both as they were, and every line
that was added or changed meanwhile waits for a human to say whose it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from garrod.care.record.medication.line import Author, Line
from garrod.care.record.medication.lists import MedicationList
from garrod.core.errors import ConflictError, InputError


class Whose(StrEnum):
    """To which of the two people something belongs."""

    KEPT = "the person kept"
    ABSORBED = "the person absorbed"
    NEITHER = "neither: leave it out"


@dataclass(frozen=True, slots=True)
class Merged:
    """A merge: the one list, and both as they were. `absorbed_after` is empty, and stays."""

    list: MedicationList
    absorbed_after: MedicationList
    kept_before: MedicationList
    absorbed_before: MedicationList
    by: Author
    at: datetime
    reason: str

    def whose(self, line_id: str) -> Whose | None:
        """Return to whom a line belonged before the merge; None: it came later."""
        if line_id in self.kept_before.by_id():
            return Whose.KEPT
        return Whose.ABSORBED if line_id in self.absorbed_before.by_id() else None


@dataclass(frozen=True, slots=True)
class Meanwhile:
    """Lines that came or changed between merge and un-merge and hang together.

    `now` is as they are; `before` those of them that were there, as they were. `belonged` is whose
    those were; None: all of them are new, or they join both people's.
    """

    now: tuple[Line, ...]
    before: tuple[Line, ...]
    belonged: Whose | None

    @property
    def key(self) -> str:
        """Return the id of the first line, by which it is decided."""
        return self.now[0].id


@dataclass(frozen=True, slots=True)
class Unmerged:
    """Two lists as they were, and what waits for a decision."""

    kept: MedicationList
    absorbed: MedicationList
    waiting: tuple[Meanwhile, ...]


def merge(
    kept: MedicationList, absorbed: MedicationList, *, by: Author, at: datetime, reason: str
) -> Merged:
    """Return one list of two people who are one; nothing of either is changed or thought equal.

    Duplicates that come of it are for `duplicates`, and nobody has confirmed the list as a whole.
    Raises: InputError REC115 for one person twice, no reason, or lines that share an id.
    """
    shared = set(kept.by_id()) & set(absorbed.by_id())
    if kept.patient == absorbed.patient or shared or not reason.strip():
        raise InputError(
            f"{absorbed.patient} cannot be merged into {kept.patient}: give two people, a reason, "
            f"and lines with ids of their own (shared: {', '.join(sorted(shared)) or 'none'}).",
            code="REC115",
        )
    one = replace(
        kept,
        version=kept.version + 1,
        lines=(*kept.lines, *absorbed.lines),
        sources=(*kept.sources, *absorbed.sources),
        confirmed_by=None,
        confirmed_at=None,
    )
    empty = MedicationList(absorbed.patient, absorbed.version + 1)
    return Merged(one, empty, kept, absorbed, by, at, reason)


def unmerge(merged: Merged, now: MedicationList) -> Unmerged:
    """Return both lists as they were before a merge, and what came or changed meanwhile.

    Only the versions go on. A change made meanwhile is not kept in either list by itself: it may
    have been meant for the other body.
    Raises: ConflictError REC116 where a line of the merge is missing from the list of now.
    """
    known = {x.id: x for x in (*merged.kept_before.lines, *merged.absorbed_before.lines)}
    lines = now.by_id()
    missing = [id for id in known if id not in lines]
    if missing or now.patient != merged.list.patient:
        raise ConflictError(
            f"the merge into {merged.list.patient} cannot be undone on this list: lines "
            f"{', '.join(missing) or 'of another person'} are not as expected. Read it whole.",
            code="REC116",
        )
    kept = replace(merged.kept_before, version=now.version + 1)
    absorbed = replace(merged.absorbed_before, version=merged.absorbed_after.version + 1)
    moved = [line for line in now.lines if known.get(line.id) != line]
    waiting = tuple(_meanwhile(group, known, merged) for group in _linked(moved))
    return Unmerged(kept, absorbed, waiting)


def _linked(lines: list[Line]) -> list[list[Line]]:
    """Return lines in groups that supersede each other, in order of appearance."""
    groups: list[list[Line]] = []
    for line in lines:
        near = {line.supersedes, line.superseded_by} - {""}
        touching = [g for g in groups if any(x.id in near or _names(x, line.id) for x in g)]
        rest = [g for g in groups if g not in touching]
        joined = [x for g in touching for x in g]
        groups = [*rest, [*joined, line]]
    return groups


def _names(line: Line, id: str) -> bool:
    return id in (line.supersedes, line.superseded_by)


def _meanwhile(group: list[Line], known: Mapping[str, Line], merged: Merged) -> Meanwhile:
    before = tuple(known[x.id] for x in group if x.id in known)
    owners = {merged.whose(x.id) for x in before}
    return Meanwhile(tuple(group), before, owners.pop() if len(owners) == 1 else None)


def settled(unmerged: Unmerged, decisions: Mapping[str, Whose]) -> Unmerged:
    """Return the lists with what was decided of the waiting lines; the rest waits on.

    Lines that were one person's are theirs, or stay as they were: they never move to the other.
    Raises: InputError REC115 for what is not waiting, and for a decision that would move a line.
    """
    unknown = set(decisions) - {m.key for m in unmerged.waiting}
    if unknown:
        raise InputError(
            f"lines {', '.join(sorted(unknown))} do not wait for a decision: take what waits.",
            code="REC115",
        )
    kept, absorbed, waiting = unmerged.kept, unmerged.absorbed, []
    for found in unmerged.waiting:
        whose = decisions.get(found.key)
        if whose is None:
            waiting.append(found)
            continue
        _refuse_moving(found, whose)
        if whose is Whose.KEPT:
            kept = _with(kept, found)
        elif whose is Whose.ABSORBED:
            absorbed = _with(absorbed, found)
    return Unmerged(kept, absorbed, tuple(waiting))


def _refuse_moving(found: Meanwhile, whose: Whose) -> None:
    if found.before and whose not in (found.belonged, Whose.NEITHER):
        raise InputError(
            f"line {found.key} belonged to {found.belonged or 'both'}: its changes are theirs or "
            "nobody's. Write it anew in the other list if it was meant there.",
            code="REC115",
        )


def _with(base: MedicationList, found: Meanwhile) -> MedicationList:
    """Return a list with lines as they are now: those it had in their places, new ones last."""
    now = {line.id: line for line in found.now}
    lines = [now.pop(line.id, line) for line in base.lines]
    return replace(base, version=base.version + 1, lines=(*lines, *now.values()))
