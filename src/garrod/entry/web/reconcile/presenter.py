"""Says of a reconciliation which lists stand side by side, in what they differ, what is decided.

Opened -> Sheet (rows with choices); Handover -> what was sent and who has seen it. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from garrod.care.govern.access import LOCAL
from garrod.care.record.medication.compare import Difference, Row
from garrod.care.record.medication.confirm import Kind
from garrod.care.record.medication.handover import Handover
from garrod.care.record.medication.reconcile import RECORD, Choice, Decision, Move
from garrod.care.record.medicines_reconcile import Opened
from garrod.entry.web.medicines.presenter import who_of
from garrod.entry.web.medicines.wording import NO_DIRECTIONS, SETTINGS, read_as, when
from garrod.entry.web.reconcile.queries import Query, Said
from garrod.entry.web.reconcile.traps import traps_of

MOVES = {
    Move.ADMISSION: "Admission",
    Move.TRANSFER: "Transfer",
    Move.DISCHARGE: "Discharge",
}
CHOICES = {
    Choice.CONTINUE: "Continue",
    Choice.CHANGE: "Change",
    Choice.STOP: "Stop",
    Choice.HOLD: "Hold",
    Choice.SUBSTITUTE: "Replace",
    Choice.NOT_TAKEN: "Not taken",
}
_KINDS = {
    Kind.PRESCRIBED: "Prescribed", Kind.ADDED: "New", Kind.CHANGED: "Changed",
    Kind.HELD: "On hold", Kind.RESUMED: "Resumed", Kind.CEASED: "Stopped",
    Kind.UNCHANGED: "Unchanged",
}  # fmt: skip
OURS = "This record"
OWN = "This machine’s own user"
NOBODY_NAMED = "somebody who is not named"


@dataclass(frozen=True, slots=True)
class Cell:
    """What one list says of a medicine; "" for nothing."""

    source: str
    name: str
    directions: str
    read: str


@dataclass(frozen=True, slots=True)
class Line:
    """One medicine over all lists, and what may be or was decided."""

    key: str
    name: str
    cells: tuple[Cell, ...]
    differs: tuple[str, ...]
    traps: tuple[str, ...]
    options: tuple[tuple[str, str], ...]
    chosen: str
    reason: str
    directions: str
    until: str
    decided: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """A reconciliation as it stands."""

    title: str
    lines: tuple[Line, ...]
    left: int
    told: str
    is_closed: bool
    unresolved: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question about a handover, and its answer; `answer` "": none yet."""

    id: str
    version: int
    words: str
    by: str
    answer: str
    answered: str
    can_answer: bool


@dataclass(frozen=True, slots=True)
class Sent:
    """A handover: what changed and why, what is open, who has seen it."""

    id: str
    to: str
    when: str
    notices: tuple[tuple[str, str, str], ...]
    left: int
    seen: tuple[str, ...]
    is_mine: bool
    can_ask: bool = False
    asked: tuple[Asked, ...] = ()


def key_of(row: Row) -> str:
    """Return the name of a row in a form."""
    return sha256(row.id.encode()).hexdigest()[:12]


def sheet_of(
    found: Opened, names: Mapping[str, str], typed: Mapping[str, str], first: int, most: int
) -> Sheet:
    """Return a reconciliation as a page shows it; `typed` is what was sent and not kept yet."""
    sources = (RECORD, *(s.name for s in found.case.sources))
    rows = found.now.rows[first : first + most]
    left = len(found.now.unresolved())
    closed = found.case.closed
    return Sheet(
        title=f"Reconcile: {MOVES[found.case.move].lower()}",
        lines=tuple(_line(row, found.now.decided(row), sources, typed) for row in rows),
        left=left,
        told=f"Begun by {who_of(found.case.by, names)} ({SETTINGS[found.case.by.setting]}), "
        f"{when(found.case.at)}" + (f"; closed {when(closed)}." if closed else "."),
        is_closed=closed is not None,
        unresolved=found.case.unresolved,
    )


def chosen_in(found: Opened) -> dict[str, str]:
    """Return what was decided, as the fields of a form."""
    said: dict[str, str] = {}
    for line in sheet_of(found, {}, {}, 0, len(found.now.rows)).lines:
        if line.decided:
            said[line.key], said[f"why-{line.key}"] = line.chosen, line.reason
            said[f"say-{line.key}"], said[f"until-{line.key}"] = line.directions, line.until
    return said


def sent_of(
    id: str,
    handover: Handover,
    names: Mapping[str, str],
    *,
    is_mine: bool,
    can_ask: bool = False,
    asked: tuple[Asked, ...] = (),
) -> Sent:
    """Return a handover as a page shows it."""
    return Sent(
        id=id,
        to=SETTINGS[handover.to],
        when=when(handover.sent),
        notices=tuple(
            (_KINDS[n.kind], n.medicine, n.reason or "No reason given") for n in handover.notices
        ),
        left=len(handover.unresolved),
        seen=tuple(f"{who_of(s.by, names)}, {when(s.at)}" for s in handover.seen),
        is_mine=is_mine,
        can_ask=can_ask,
        asked=asked,
    )


def asked_of(query: Query, names: Mapping[str, str], *, can_answer: bool) -> Asked:
    """Return a question as a page shows it."""
    told = query.answer
    return Asked(
        id=query.id,
        version=query.version,
        words=query.asked.words,
        by=_said_by(query.asked, names),
        answer=told.words if told else "",
        answered=_said_by(told, names) if told else "",
        can_answer=can_answer and told is None,
    )


def _said_by(said: Said, names: Mapping[str, str]) -> str:
    at = f", {when(said.at)}" if said.at else ""
    who = OWN if said.who == LOCAL.id else names.get(said.who, said.who)
    return f"{who or NOBODY_NAMED}{at}"


def _line(
    row: Row, decision: Decision | None, sources: tuple[str, ...], typed: Mapping[str, str]
) -> Line:
    key = key_of(row)
    options = [(f"continue:{sources.index(e.source)}", f"Continue as {_named(e.source)} has it")
               for e in row.entries]  # fmt: skip
    options += [("change", "Change"), ("stop", "Stop"), ("hold", "Hold")]
    chosen = typed.get(key, _chosen(decision, row, sources))
    hold = decision.hold if decision else None
    until = hold.resumes_when or (hold.resumes.isoformat() if hold.resumes else "") if hold else ""
    content = decision.content if decision else None
    return Line(
        key=key,
        name=row.entries[0].line.content.medicine.text,
        cells=tuple(_cell(row, source) for source in sources),
        differs=tuple(
            d.words.replace(RECORD, OURS.lower())
            for d in row.discrepancies
            if d.kind is not Difference.STATED_ONLY or len(row.entries) == 1
        ),
        traps=traps_of(row),
        options=tuple(options),
        chosen=chosen,
        reason=typed.get(f"why-{key}", decision.reason if decision else ""),
        directions=typed.get(f"say-{key}", content.directions if content else ""),
        until=typed.get(f"until-{key}", until),
        decided=CHOICES[decision.choice] if decision else "",
    )


def _chosen(decision: Decision | None, row: Row, sources: tuple[str, ...]) -> str:
    if decision is None:
        return ""
    if decision.choice is not Choice.CONTINUE:
        return decision.choice.value
    return f"continue:{sources.index(decision.from_source or row.entries[0].source)}"


def _cell(row: Row, source: str) -> Cell:
    line = row.of(source)
    if line is None:
        return Cell(_named(source), "", "", "")
    said = line.content
    directions = said.directions or (read_as(said) if said.dose else NO_DIRECTIONS)
    read = read_as(said) if said.directions else ""
    return Cell(_named(source), said.medicine.text, directions, read)


def _named(source: str) -> str:
    return OURS if source == RECORD else source
