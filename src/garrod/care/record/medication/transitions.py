"""How a line may change: a table of what is allowed, and the fold that makes a line of its history.

Transition, Transition, ... -> replay -> Line; `applied` adds one, `superseded` makes a linked line.
Source: states and reasons after issue 4 and the national lists named in it; own choice of rules.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from garrod.care.record.medication.line import (
    NO_LINKS,
    TAKEN,
    Act,
    Hold,
    Line,
    Links,
    Setting,
    State,
    Transition,
    Verification,
)
from garrod.core.errors import ConflictError, InputError


@dataclass(frozen=True, slots=True)
class Rule:
    """What an act needs and makes: from which states, to which (None: the state stays).

    `needs` names fields of the transition; `by_any` acts are not reserved to the owning setting.
    """

    act: Act
    sources: frozenset[State]
    to: State | None
    needs: tuple[str, ...] = ()
    by_any: bool = False


_OPEN = frozenset({State.DRAFT, *TAKEN})
_BUT_ERROR = frozenset(State) - {State.ENTERED_IN_ERROR}
BEGINNINGS = (State.DRAFT, State.ACTIVE, State.ON_HOLD, State.FUTURE)
RULES: dict[Act, Rule] = {
    rule.act: rule
    for rule in (
        Rule(Act.ACTIVATE, frozenset({State.DRAFT, State.FUTURE}), State.ACTIVE),
        Rule(Act.SCHEDULE, frozenset({State.DRAFT}), State.FUTURE, ("planned start",)),
        Rule(Act.HOLD, frozenset({State.ACTIVE, State.ON_HOLD}), State.ON_HOLD, ("hold",)),
        Rule(Act.RESUME, frozenset({State.ON_HOLD}), State.ACTIVE),
        Rule(Act.STOP, _OPEN, State.STOPPED, ("reason",)),
        Rule(
            Act.REINSTATE,
            frozenset({State.STOPPED, State.COMPLETED}),
            State.ACTIVE,
            ("reason",),
        ),
        Rule(Act.COMPLETE, frozenset({State.ACTIVE}), State.COMPLETED),
        Rule(Act.CHANGE, _OPEN, None, ("content", "reason")),
        Rule(Act.VERIFY, _BUT_ERROR, None, by_any=True),
        Rule(Act.MARK_PRIVATE, _BUT_ERROR, None, by_any=True),
        Rule(Act.MARK_OPEN, _BUT_ERROR, None, by_any=True),
        Rule(Act.LINK, _BUT_ERROR, None, ("links",), by_any=True),
        Rule(Act.SUPERSEDE, _BUT_ERROR, None, ("reason", "other"), by_any=True),
        Rule(Act.RESTORE, _BUT_ERROR, None, ("reason", "other"), by_any=True),
        Rule(Act.MARK_ERROR, _BUT_ERROR, State.ENTERED_IN_ERROR, ("reason",)),
    )
}
# What may still be done to a superseded line.
_EVER = frozenset({Act.LINK, Act.MARK_ERROR, Act.MARK_PRIVATE, Act.MARK_OPEN, Act.RESTORE})
_BY_PERSON = frozenset({Act.MARK_PRIVATE, Act.MARK_OPEN})


def begun(id: str, treatment_id: str, first: Transition, *, supersedes: str = "") -> Line:
    """Return a new line.  Raises: InputError REC103 where its beginning says too little."""
    lacking = [n for n in ("content", "to") if getattr(first, n) is None]
    if first.act is not Act.BEGIN or lacking:
        raise InputError(
            f"line {id}: its first transition is {first.act.value}, without "
            f"{' and '.join(lacking) or 'a beginning'}. Begin it with what it says and a state.",
            code="REC103",
        )
    assert first.content is not None
    assert first.to is not None
    if not supersedes and first.to not in BEGINNINGS:
        raise InputError(
            f"line {id}: a line cannot begin {first.to.value}; expected one of "
            f"{', '.join(s.value for s in BEGINNINGS)}. Begin it, then change it.",
            code="REC103",
        )
    if first.to is State.FUTURE and first.content.planned_start is None:
        raise InputError(f"line {id}: a future-dated line needs its planned start.", code="REC104")
    is_stated = first.by.setting is Setting.PERSON
    given = first.verification or Verification.CONFIRMED
    if first.to is State.ON_HOLD and not is_whole(first.hold):
        raise InputError(f"line {id}: give its hold{_HINTS['hold']}.", code="REC104")
    is_stopped = first.to is State.STOPPED
    return Line(
        id=id,
        treatment_id=treatment_id,
        state=first.to,
        content=first.content,
        owner=first.by.setting,
        author=first.by,
        verification=Verification.UNVERIFIED if is_stated else given,
        history=(first,),
        hold=first.hold if first.to is State.ON_HOLD else None,
        stopped=first.effective.date() if is_stopped else None,
        stop_reason=first.reason if is_stopped else "",
        is_private=first.is_private,
        links=first.links,
        supersedes=supersedes,
    )


def applied(line: Line, step: Transition) -> Line:
    """Return the line after a transition.

    Raises: InputError REC104 where something is lacking, REC105 where the state or the setting
    does not allow it; ConflictError REC106 where it is superseded already.
    """
    rule = RULES.get(step.act)
    is_restored = step.act is Act.RESTORE and line.superseded_by != step.other
    if rule is None or line.state not in rule.sources or is_restored:
        wanted = ", ".join(sorted(rule.sources)) if rule else "a new line"
        raise InputError(
            f"line {line.id} is {line.state.value}: {step.act.value} needs {wanted}. "
            f"Allowed now: {', '.join(a.value for a in allowed_on(line)) or 'nothing'}.",
            code="REC105",
        )
    if line.superseded_by and step.act not in _EVER:
        raise ConflictError(
            f"line {line.id} was superseded by {line.superseded_by}: look at that line, and "
            f"{step.act.value} it there.",
            code="REC106",
        )
    _refuse_lacking(line, rule, step)
    _refuse_setting(line, rule, step)
    _refuse_loss(line, step)
    if step.recorded < line.recorded:
        raise InputError(
            f"line {line.id}: a change recorded at {step.recorded.isoformat()} cannot follow one "
            f"of {line.recorded.isoformat()}. Give the time at which it is written.",
            code="REC105",
        )
    return _after(line, rule, step)


def allowed_on(line: Line) -> tuple[Act, ...]:
    """Return what may be done to a line as it is, by a setting that may."""
    acts = tuple(act for act, rule in RULES.items() if line.state in rule.sources)
    if line.superseded_by:
        return tuple(a for a in acts if a in _EVER)
    return tuple(a for a in acts if a is not Act.RESTORE)


def _refuse_lacking(line: Line, rule: Rule, step: Transition) -> None:
    lacking = [need for need in rule.needs if not _has(line, step, need)]
    if lacking:
        raise InputError(
            f"line {line.id}: to {step.act.value} it, give its {' and its '.join(lacking)}"
            f"{_HINTS.get(lacking[0], '')}.",
            code="REC104",
        )


_HINTS = {"hold": " (a reason, and a day or an event on which it resumes)"}


def _has(line: Line, step: Transition, need: str) -> bool:
    if need == "planned start":
        content = step.content or line.content
        return content.planned_start is not None
    if need == "hold":
        return is_whole(step.hold)
    if need == "links":
        return step.links != NO_LINKS
    return bool(getattr(step, need))


def is_whole(hold: Hold | None) -> bool:
    """Return whether a hold says why, and when or on what it ends."""
    return hold is not None and bool(hold.reason and (hold.resumes or hold.resumes_when))


def _refuse_setting(line: Line, rule: Rule, step: Transition) -> None:
    setting = step.by.setting
    by_person = step.act in _BY_PERSON and setting is not Setting.PERSON
    verifies = step.act is Act.VERIFY and setting is Setting.PERSON
    if by_person or verifies:
        whom = "the person alone" if by_person else "somebody other than the person"
        raise InputError(
            f"line {line.id}: {step.act.value} is for {whom}, and {setting.value} asked.",
            code="REC105",
        )
    if not rule.by_any and setting is not line.owner:
        raise InputError(
            f"line {line.id} is looked after by {line.owner.value}, and {setting.value} wants to "
            f"{step.act.value} it: write a superseding line that is linked to it.",
            code="REC105",
        )


def _refuse_loss(line: Line, step: Transition) -> None:
    is_last = bool(line.supersedes) and not line.superseded_by
    if step.act is Act.MARK_ERROR and is_last and step.other != line.supersedes:
        raise InputError(
            f"line {line.id} supersedes {line.supersedes}: marked in error alone, the therapy "
            "would vanish. Withdraw it, so that the line before it holds again.",
            code="REC105",
        )


def _after(line: Line, rule: Rule, step: Transition) -> Line:
    state = rule.to or line.state
    new = replace(line, state=state, history=(*line.history, step), author=step.by)
    new = replace(new, hold=step.hold if step.act is Act.HOLD else new.hold)
    if step.act in (Act.RESUME, Act.REINSTATE, Act.STOP):
        new = replace(new, hold=None, stopped=None, stop_reason="")
    if step.act is Act.STOP:
        new = replace(new, stopped=step.effective.date(), stop_reason=step.reason)
    if step.act in (Act.CHANGE, Act.SCHEDULE) and step.content is not None:
        new = replace(new, content=step.content)
    if step.act is Act.ACTIVATE and new.content.started is None:
        new = replace(new, content=replace(new.content, started=step.effective.date()))
    if step.act is Act.VERIFY:
        new = replace(new, verification=Verification.CONFIRMED)
    if step.act in _BY_PERSON:
        new = replace(new, is_private=step.act is Act.MARK_PRIVATE)
    if step.act is Act.SUPERSEDE:
        new = replace(new, superseded_by=step.other)
    if step.act is Act.RESTORE:
        new = replace(new, superseded_by="")
    return replace(new, links=line.links.joined(step.links))


def replayed(line: Line, history: Sequence[Transition]) -> Line | None:
    """Return a line as a part of its own history makes it; None for none of it.

    The first of them must be that with which it began.  Raises: as `begun` and `applied` do.
    """
    if not history:
        return None
    now = begun(line.id, line.treatment_id, history[0], supersedes=line.supersedes)
    for step in history[1:]:
        now = applied(now, step)
    return now


def superseded(line: Line, id: str, step: Transition) -> tuple[Line, Line]:
    """Return the old line, marked, and the linked line that another setting makes of it.

    The new line says what the old one said, changed by the step, and belongs to the step's
    setting. The person states, and never supersedes what a setting wrote.
    Raises: InputError REC104, REC105, ConflictError REC106.
    """
    rule = RULES.get(step.act)
    may = rule is not None and not rule.by_any and step.act is not Act.MARK_ERROR
    if not may or step.by.setting in (Setting.PERSON, line.owner):
        raise InputError(
            f"line {line.id} of {line.owner.value}: {step.act.value} by {step.by.setting.value} "
            "makes no superseding line. The owner changes its own line; the person states a line "
            "of their own.",
            code="REC105",
        )
    trial = applied(replace(line, owner=step.by.setting), step)
    old = applied(line, _marking(step, id))
    first = replace(
        step,
        act=Act.BEGIN,
        to=trial.state,
        content=trial.content,
        hold=trial.hold,
        links=_kept_links(line, trial),
        verification=trial.verification,
        other=line.id,
        is_private=line.is_private,
    )
    return old, begun(id, line.treatment_id, first, supersedes=line.id)


def _kept_links(line: Line, trial: Line) -> Links:
    """Return what a superseding line has of the old one's links.

    What authorised the old one authorises nothing else than it said: it goes along with a line
    that says the same of the medicine, and with no other.
    """
    old = line.links
    is_same = trial.content == line.content
    continued = (*old.continued, *old.authorisations) if is_same else ()
    return Links(statements=old.statements, continued=tuple(dict.fromkeys(continued)))


def _marking(step: Transition, id: str) -> Transition:
    """Return the transition that marks the old line, from what is done to the new one."""
    reason = step.reason or step.act.value
    return Transition(Act.SUPERSEDE, step.by, step.effective, step.recorded, reason, other=id)


def withdrawn(old: Line, new: Line, step: Transition) -> tuple[Line, Line]:
    """Return the old line, in force again, and the superseding one, entered in error.

    A superseding line is never marked in error alone: the therapy would vanish.
    Raises: InputError REC104, REC105.
    """
    if old.superseded_by != new.id or step.act is not Act.MARK_ERROR:
        raise InputError(
            f"line {new.id} does not supersede line {old.id}, or it is not marked in error: "
            "withdraw the line that is named as superseding.",
            code="REC105",
        )
    marked = applied(new, replace(step, other=old.id))
    back = Transition(
        Act.RESTORE, step.by, step.effective, step.recorded, step.reason, other=new.id
    )
    return applied(old, back), marked
