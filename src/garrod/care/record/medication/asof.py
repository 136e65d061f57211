"""The list as it was known at a time, and as it was true at a time.

Known: what had been recorded by then, as it was written. True: what held at that time as far as is
known now (or was known at some time), later corrections included. Both replay
the history; nothing is stored for it.
"""

from __future__ import annotations

from datetime import datetime

from garrod.care.record.medication.line import Act, Line, State, Transition
from garrod.care.record.medication.lists import MedicationList
from garrod.care.record.medication.transitions import applied, begun, replayed
from garrod.core.errors import GarrodError

# What is a statement about the record, and holds for all times once it is known.
_TIMELESS = frozenset({Act.VERIFY, Act.LINK, Act.MARK_PRIVATE, Act.MARK_OPEN})
_MARKS = frozenset({Act.SUPERSEDE, Act.RESTORE})


def known_at(line: Line, moment: datetime) -> Line | None:
    """Return a line as the record had it at a moment; None: not known yet."""
    return replayed(line, [s for s in line.history if s.recorded <= moment])


def true_at(line: Line, moment: datetime, *, known: datetime | None = None) -> Line | None:
    """Return a line as it held at a moment, as far as it is known now, or was at `known`.

    A line entered in error never held, and never superseded another. Steps are taken in the order
    in which they were recorded, so that a later word speaks over an earlier one; a step that needs
    another which took effect only after the moment waits with it.
    """
    steps = [s for s in line.history if known is None or s.recorded <= known]
    if not steps or steps[0].effective > moment or any(s.act is Act.MARK_ERROR for s in steps):
        return None
    undone = {s.other for s in steps if s.act is Act.RESTORE}
    now = begun(line.id, line.treatment_id, steps[0], supersedes=line.supersedes)
    for step in steps[1:]:
        is_undone = step.act in _MARKS and step.other in undone
        if not is_undone and (step.act in _TIMELESS or step.effective <= moment):
            now = _taken(now, step)
    return now


def _taken(line: Line, step: Transition) -> Line:
    """Return the line after a step, or as it is where the step cannot follow yet."""
    try:
        return applied(line, step)
    except GarrodError:
        return line


def list_known_at(current: MedicationList, moment: datetime) -> tuple[Line, ...]:
    """Return the lines of a list as the record had them at a moment."""
    return tuple(x for line in current.lines if (x := known_at(line, moment)) is not None)


def list_true_at(
    current: MedicationList, moment: datetime, *, known: datetime | None = None
) -> tuple[Line, ...]:
    """Return the current lines of a list as they held at a moment."""
    found = (true_at(line, moment, known=known) for line in current.lines)
    return tuple(x for x in found if x is not None and x.is_current)


def taken_at(lines: tuple[Line, ...]) -> tuple[Line, ...]:
    """Return which of some lines were being taken: active ones that nothing superseded."""
    return tuple(x for x in lines if x.is_current and x.state is State.ACTIVE)
