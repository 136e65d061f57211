"""Reconciliation at admission, transfer and discharge: each row decided, or visibly open.

rows + decisions -> a proposal for `confirm`, in which only what was decided changes
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from garrod.care.record.medication.compare import Match, Row, SourceList, side_by_side
from garrod.care.record.medication.confirm import Entry, Proposal
from garrod.care.record.medication.likeness import Formulary
from garrod.care.record.medication.line import (
    Act,
    Author,
    Content,
    Hold,
    Line,
    Setting,
    State,
    Transition,
)
from garrod.care.record.medication.lists import MedicationList
from garrod.care.record.medication.transitions import is_whole
from garrod.core.errors import InputError


class Move(StrEnum):
    """When lists are reconciled."""

    ADMISSION = "admission"
    TRANSFER = "transfer"
    DISCHARGE = "discharge"


class Choice(StrEnum):
    """What is decided of a row."""

    CONTINUE = "continue"
    CHANGE = "change"
    STOP = "stop"
    HOLD = "hold"
    SUBSTITUTE = "substitute"
    NOT_TAKEN = "not-taken"


@dataclass(frozen=True, slots=True)
class Decision:
    """What somebody decided of one row, why and when.

    `content` is what a change or a substitute says; `hold` goes with HOLD; `new_id` and
    `new_treatment` name a line that comes to be; `stop_id` the one by which a substitute stops a
    line of another setting. `from_source`: whose line is continued, where the record has none or
    another's is right.
    """

    row_id: str
    choice: Choice
    by: Author
    at: datetime
    reason: str = ""
    content: Content | None = None
    hold: Hold | None = None
    from_source: str = ""
    new_id: str = ""
    new_treatment: str = ""
    stop_id: str = ""


RECORD = "record"


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """A reconciliation under way: the list it began from, rows, and what was decided so far."""

    move: Move
    base: MedicationList
    rows: tuple[Row, ...]
    decisions: tuple[Decision, ...] = ()

    def decided(self, row: Row) -> Decision | None:
        """Return the last decision of a row, or None."""
        return next((d for d in reversed(self.decisions) if d.row_id == row.id), None)

    def unresolved(self) -> tuple[Row, ...]:
        """Return the rows that nobody has decided: they stay visible, whatever else is done."""
        return tuple(r for r in self.rows if self.decided(r) is None)


def begin_reconciliation(
    move: Move,
    base: MedicationList,
    others: Sequence[SourceList],
    at: datetime,
    formulary: Formulary,
) -> Reconciliation:
    """Return the record's list beside other sources' lists, nothing decided.

    Raises: InputError REC114 where two sources have one name, or one is called "record".
    """
    names = [RECORD, *(s.name for s in others)]
    if len(set(names)) != len(names):
        raise InputError(
            f"sources {', '.join(names)}: give each list beside the record a name of its own.",
            code="REC114",
        )
    setting = base.confirmed_by.setting if base.confirmed_by else _first_setting(base)
    ours = SourceList(RECORD, setting, base.confirmed_at or at, base.lines)
    return Reconciliation(move, base, side_by_side((ours, *others), formulary))


def _first_setting(base: MedicationList) -> Setting:
    return next((x.owner for x in base.lines), Setting.GP)


def decide(now: Reconciliation, decision: Decision) -> Reconciliation:
    """Return the reconciliation with one decision more; a later one of a row speaks over it.

    Raises: InputError REC114 where the row is not there, or the decision lacks what it needs.
    """
    row = next((r for r in now.rows if r.id == decision.row_id), None)
    if row is None:
        raise InputError(
            f"row {decision.row_id} is not one of this reconciliation: take one that it shows.",
            code="REC114",
        )
    lacking = [what for what, is_there in _needs(row, decision) if not is_there]
    if lacking:
        raise InputError(
            f"row {row.id}: to {decision.choice.value} it, give {' and '.join(lacking)}.",
            code="REC114",
        )
    return replace(now, decisions=(*now.decisions, decision))


def _needs(row: Row, decision: Decision) -> list[tuple[str, bool]]:
    """Return what a decision needs, each with whether it has it."""
    ours, choice = row.of(RECORD), decision.choice
    needs = [("a reason", bool(decision.reason) or choice is Choice.CONTINUE)]
    if choice in (Choice.CHANGE, Choice.SUBSTITUTE):
        needs.append(("what it shall say", decision.content is not None))
    if choice is Choice.HOLD:
        needs.append(("why it is held and until when", is_whole(decision.hold)))
    if choice is Choice.SUBSTITUTE and ours is None:
        needs.append(("a line of the record to substitute", False))
    if decision.from_source:
        needs.append(("a source that has it", row.of(decision.from_source) is not None))
    if _makes_line(row, decision):
        needs.append(("an id for the new line", bool(decision.new_id)))
    if choice is Choice.SUBSTITUTE and ours is not None and ours.owner is not decision.by.setting:
        needs.append(("an id for the line that stops the old one", bool(decision.stop_id)))
    is_other = decision.from_source not in ("", RECORD) and row.match is Match.CLASS
    if is_other and ours is not None:
        needs.append(("a substitution, since it is another medicine", False))
    if choice is Choice.SUBSTITUTE or (ours is None and _makes_line(row, decision)):
        needs.append(("a treatment for the new line", bool(decision.new_treatment)))
    return needs


_ENDS = (Choice.STOP, Choice.NOT_TAKEN)


def _makes_line(row: Row, decision: Decision) -> bool:
    """Return whether a decision makes a line that the list does not have yet."""
    ours = row.of(RECORD)
    if ours is None:
        return decision.choice not in _ENDS
    if decision.choice is Choice.SUBSTITUTE:
        return True
    return _step(row, decision) is not None and ours.owner is not decision.by.setting


def proposal_of(now: Reconciliation) -> Proposal:
    """Return what to confirm: decided rows as decided, unresolved lines of the record unchanged.

    A line that only another source has comes into the list when it was decided, never by itself.
    """
    found: list[Entry] = []
    for row in now.rows:
        decision, ours = now.decided(row), row.of(RECORD)
        if decision is None:
            found += [Entry(ours.id)] if ours else []
        elif ours is None:
            found += _begun(row, decision)
        else:
            found += _changed(row, ours, decision)
    return tuple(found)


def _begun(row: Row, decision: Decision) -> list[Entry]:
    """Return the entry of a line that the record did not have; stopped ones stay out of it."""
    if decision.choice in _ENDS:
        return []
    source = row.of(decision.from_source) or row.entries[0].line
    is_held = decision.choice is Choice.HOLD
    step = Transition(
        Act.BEGIN,
        decision.by,
        decision.at,
        decision.at,
        decision.reason,
        to=State.ON_HOLD if is_held else State.ACTIVE,
        content=decision.content or source.content,
        hold=decision.hold if is_held else None,
    )
    return [Entry(decision.new_id, step, treatment_id=decision.new_treatment)]


def _changed(row: Row, ours: Line, decision: Decision) -> list[Entry]:
    step = _step(row, decision)
    is_owner = ours.owner is decision.by.setting
    if decision.choice is not Choice.SUBSTITUTE:
        new_id = "" if is_owner or step is None else decision.new_id
        return [Entry(ours.id, step, new_id=new_id)]
    begin = Transition(
        Act.BEGIN,
        decision.by,
        decision.at,
        decision.at,
        decision.reason,
        to=State.ACTIVE,
        content=decision.content,
        other=ours.id,
    )
    return [
        Entry(ours.id, step, new_id="" if is_owner else decision.stop_id),
        Entry(decision.new_id, begin, treatment_id=decision.new_treatment),
    ]


def _step(row: Row, decision: Decision) -> Transition | None:
    """Return what a decision does to the record's line; None: it stays as it is."""
    ours, content = row.of(RECORD), decision.content
    act: Act | None
    reason = decision.reason
    if decision.choice is Choice.CONTINUE:
        other = row.of(decision.from_source) if decision.from_source != RECORD else None
        content = other.content if other else None
        act = Act.CHANGE if other else None
        if ours is not None and ours.state is State.ON_HOLD and act is None:
            act = Act.RESUME
        reason = reason or (f"as {decision.from_source} has it" if other else "")
    else:
        act = _ACTS[decision.choice]
    if decision.choice is Choice.NOT_TAKEN:
        reason = f"not taken: {reason}"
    if act is None:
        return None
    said = content if act is Act.CHANGE else None
    hold = decision.hold if act is Act.HOLD else None
    return Transition(act, decision.by, decision.at, decision.at, reason, content=said, hold=hold)


_ACTS = {
    Choice.CHANGE: Act.CHANGE,
    Choice.STOP: Act.STOP,
    Choice.HOLD: Act.HOLD,
    Choice.SUBSTITUTE: Act.STOP,
    Choice.NOT_TAKEN: Act.STOP,
}
