"""How a list follows what a prescription, a supply, an administration or a person says.

list + what was said -> list: its line is found and linked, changed by its own setting, superseded
by another's, or begun. What is not sure is a line of its own, to be confirmed; nothing is merged.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, time

from garrod.care.record.medication.likeness import Formulary, Likeness, likeness_of
from garrod.care.record.medication.line import (
    CLOSED,
    Act,
    Content,
    Hold,
    Line,
    Links,
    Setting,
    State,
    Transition,
)
from garrod.care.record.medication.lists import MedicationList
from garrod.care.record.medication.said import Reported, Source
from garrod.care.record.medication.transitions import allowed_on, applied, begun, superseded

_LINK_NAMES = {
    Source.REQUEST: "authorisations",
    Source.DISPENSE: "supplies",
    Source.ADMINISTRATION: "administrations",
    Source.STATEMENT: "statements",
}
_OF_SUPPLY = frozenset({Source.DISPENSE, Source.ADMINISTRATION})


def followed(
    current: MedicationList,
    told: Reported,
    at: datetime,
    new_id: Callable[[], str],
    formulary: Formulary,
) -> MedicationList:
    """Return a list that follows what was said; the same list where nothing follows."""
    line = line_for(current, told, formulary)
    if told.is_error:
        return _withdrawn(current, line, told, at)
    if line is None or _is_another(line, told, formulary):
        begun_lines = _begun(told, at, new_id, line)
        return replace(current, lines=(*current.lines, *begun_lines))
    changed = _changed(line, told, at, new_id, formulary)
    return _with(current, changed)


def line_for(current: MedicationList, told: Reported, formulary: Formulary) -> Line | None:
    """Return the line that something said is about, or None: its own, by treatment, link or name.

    By medicine only where no treatment is named, and one line alone fits: of the same setting, or
    of any for a supply.
    """
    by_id = current.by_id()
    own = [x for x in current.lines if told.reference in x.links.all()]
    linked = [x for x in current.lines if any(r in x.links.all() for r in told.based_on)]
    same = [x for x in current.lines if told.treatment_id and x.treatment_id == told.treatment_id]
    for found in (own, same, linked):
        ends = list(dict.fromkeys(_newest(x, by_id).id for x in found))
        alive = [id for id in ends if by_id[id].is_current]
        if alive:
            open_ones = [id for id in alive if by_id[id].state not in CLOSED]
            return by_id[(open_ones or alive)[-1]]
    if told.treatment_id:
        return None
    fitting = [
        x
        for x in current.lines
        if x.is_current
        and x.state not in CLOSED
        and (x.owner is told.author.setting or told.source in _OF_SUPPLY)
        and is_same_medicine(x.content, told.content, formulary)
    ]
    return fitting[0] if len(fitting) == 1 else None


def _newest(line: Line, by_id: dict[str, Line]) -> Line:
    while line.superseded_by in by_id:
        line = by_id[line.superseded_by]
    return line


def is_same_medicine(one: Content, other: Content, formulary: Formulary) -> bool:
    """Return whether two contents name one product: alike, or the same words."""
    likened = likeness_of(one.medicine, other.medicine, formulary).likeness
    words = [c.medicine.text.casefold().split() for c in (one, other)]
    return likened is Likeness.PRODUCT or (words[0] == words[1] and bool(words[0]))


def is_same_dose(one: Content, other: Content) -> bool:
    """Return whether another content says the same dose, or none at all."""
    if other.dose is None and not other.directions.strip():
        return True
    if one.dose is not None and other.dose is not None:
        return one.dose == other.dose
    return one.directions.casefold().split() == other.directions.casefold().split()


def _is_another(line: Line, told: Reported, formulary: Formulary) -> bool:
    """Return whether something needs a line of its own though one of its therapy is there."""
    if told.source in _OF_SUPPLY or told.reference in line.links.all():
        return False
    if told.author.setting is Setting.PERSON and line.owner is not Setting.PERSON:
        return not _says_same(line, told, formulary)
    is_order = told.source is Source.REQUEST and told.state is State.ACTIVE
    return is_order and line.state in CLOSED and _is_after(told, line)


def _is_after(told: Reported, line: Line) -> bool:
    """Return whether something was said after a line was stopped, as far as days are known."""
    said = told.effective
    return said is None or line.stopped is None or said.date() >= line.stopped


# What is kept of a hold of which the sender says neither why nor until when.
UNSAID = Hold("no reason was sent", resumes_when="not said by the sender")


def _says_same(line: Line, told: Reported, formulary: Formulary) -> bool:
    return is_same_medicine(line.content, told.content, formulary) and is_same_dose(
        line.content, told.content
    )


def _links(told: Reported) -> Links:
    return Links(**{_LINK_NAMES[told.source]: (told.reference,)})


def _step(act: Act, told: Reported, at: datetime, reason: str = "") -> Transition:
    return Transition(act, told.author, at, at, reason)


def _linked(line: Line, told: Reported, at: datetime) -> Line:
    if told.reference in line.links.all() or line.state is State.ENTERED_IN_ERROR:
        return line
    return applied(line, replace(_step(Act.LINK, told, at), links=_links(told)))


def _changed(
    line: Line,
    told: Reported,
    at: datetime,
    new_id: Callable[[], str],
    formulary: Formulary,
) -> tuple[Line, ...]:
    """Return what becomes of a line: linked, and stepped by its setting or superseded."""
    steps = _steps(line, told, at, formulary)
    if told.author.setting is line.owner or not steps:
        now = line
        for step in steps:
            now = applied(now, step) if step.act in allowed_on(now) else now
        return (_linked(now, told, at),)
    if told.author.setting is Setting.PERSON:
        return (_linked(line, told, at),)
    old, new = superseded(line, new_id(), steps[0])
    for step in steps[1:]:
        new = applied(new, step) if step.act in allowed_on(new) else new
    return (old, _linked(new, told, at))


def _steps(
    line: Line, told: Reported, at: datetime, formulary: Formulary
) -> tuple[Transition, ...]:
    """Return what something said does to its line; a supply does nothing but be linked."""
    if told.source in _OF_SUPPLY or told.state is None or line.superseded_by:
        return ()
    known = told.reference in line.links.all()
    latest = line.links.authorisations[-1:]
    if told.source is Source.REQUEST and known and told.reference not in latest:
        return ()  # an older prescription, touched after a newer one took its place
    steps = []
    act = _act(line.state, told, known)
    differs = not _says_same(line, told, formulary)
    if differs and line.state not in CLOSED and told.state not in CLOSED:
        reason = told.reason or f"as {told.reference} says"
        content = _content(line.content, told.content)
        steps.append(replace(_step(Act.CHANGE, told, at, reason), content=content))
    if act is not None:
        reason = told.reason or f"{told.reference} is {told.state.value}"
        hold = told.hold or UNSAID
        made = replace(_step(act, told, at, reason), hold=hold if act is Act.HOLD else None)
        ended = told.ended if act is Act.STOP else None
        steps.append(replace(made, effective=_of_day(ended) if ended else at))
    return tuple(steps)


def _content(was: Content, said: Content) -> Content:
    """Return what a line is to say: what was said, and what was not said as it was."""
    has_dose = said.dose is not None or bool(said.directions.strip())
    return replace(
        was,
        medicine=said.medicine,
        dose=said.dose if has_dose else was.dose,
        directions=said.directions if has_dose else was.directions,
        reasons=said.reasons or was.reasons,
    )


def _act(state: State, told: Reported, known: bool) -> Act | None:
    """Return what a state that was said makes of a line's; None: nothing.

    A prescription that was used up ends no therapy; one issued anew resumes none that is held.
    """
    is_statement = told.source is Source.STATEMENT
    wanted = told.state
    if wanted is State.STOPPED and state not in CLOSED:
        return Act.STOP
    if wanted is State.ON_HOLD and state is State.ACTIVE:
        return Act.HOLD
    if wanted is State.COMPLETED and is_statement and state is State.ACTIVE:
        return Act.COMPLETE
    if wanted is State.ACTIVE:
        if state in (State.DRAFT, State.FUTURE):
            return Act.ACTIVATE
        if state is State.ON_HOLD and (is_statement or known):
            return Act.RESUME
        if state in (State.STOPPED, State.COMPLETED) and is_statement:
            return Act.REINSTATE
    return None


def _begun(
    told: Reported, at: datetime, new_id: Callable[[], str], like: Line | None
) -> tuple[Line, ...]:
    """Return the new line that something said makes; none for what says nothing of a therapy."""
    if told.source is Source.REQUEST and told.state is None:
        return ()
    wanted = told.state or State.ACTIVE
    started = told.effective if told.effective and told.effective <= at else at
    is_future = wanted is State.FUTURE and told.content.planned_start is None
    beginning = State.ACTIVE if wanted in CLOSED else State.DRAFT if is_future else wanted
    first = Transition(
        Act.BEGIN,
        told.author,
        started,
        at,
        f"as {told.reference} says",
        to=beginning,
        content=told.content,
        hold=told.hold or UNSAID,
        links=_links(told),
    )
    first = first if beginning is State.ON_HOLD else replace(first, hold=None)
    treatment = told.treatment_id or (like.treatment_id if like else "") or new_id()
    line = begun(new_id(), treatment, first)
    if wanted not in CLOSED:
        return (line,)
    act = Act.STOP if wanted is State.STOPPED else Act.COMPLETE
    reason = told.reason or f"{told.reference} is {wanted.value}"
    end = _of_day(told.ended) if told.ended else at
    return (applied(line, replace(_step(act, told, at, reason), effective=end)),)


def _of_day(day: object) -> datetime:
    return datetime.combine(day, time(), UTC)  # type: ignore[arg-type]


def _withdrawn(
    current: MedicationList, line: Line | None, told: Reported, at: datetime
) -> MedicationList:
    """Return a list whose line, begun by what is now said to be an error, is one too.

    A line that rests on more, or supersedes another, stays: a human decides.
    """
    if line is None or line.supersedes or line.superseded_by:
        return current
    is_alone = line.links.all() == (told.reference,) and line.owner is told.author.setting
    if not is_alone or Act.MARK_ERROR not in allowed_on(line):
        return current
    reason = told.reason or f"{told.reference} was entered in error"
    return _with(current, (applied(line, _step(Act.MARK_ERROR, told, at, reason)),))


def _with(current: MedicationList, changed: tuple[Line, ...]) -> MedicationList:
    """Return a list with lines in their places, a superseding one behind its own."""
    by_id = {line.id: line for line in changed}
    lines: list[Line] = []
    for line in current.lines:
        lines.append(by_id.pop(line.id, line))
        later = lines[-1].superseded_by
        if later in by_id and line.superseded_by != later:
            lines.append(by_id.pop(later))
    return replace(current, lines=(*lines, *by_id.values()))
