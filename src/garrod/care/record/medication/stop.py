"""What stopping a line must do with its outstanding prescriptions: recall them, or say which not.

stopped line + what became of each authorisation -> Recalls, and a task for those out of reach
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from garrod.care.record.medication.line import CLOSED, Line, State
from garrod.core.errors import InputError


class Stage(StrEnum):
    """How far an authorisation (a prescription) has gone.

    Source: the states of the Electronic Prescription Service, restated: a prescription can be
    cancelled until a dispenser has it, and again when the dispenser returns it.
    """

    WAITING = "waiting"  # nobody has it yet, or it was returned
    WITH_DISPENSER = "with-dispenser"
    DISPENSED = "dispensed"
    ENDED = "ended"  # cancelled, expired or withdrawn


class Outcome(StrEnum):
    """What becomes of an authorisation when its line is stopped."""

    RECALLED = "recalled"
    OUT_OF_REACH = "could-not-be-recalled"
    SUPPLIED = "already-supplied"
    NONE = "nothing-outstanding"


_OUTCOMES = {
    Stage.WAITING: Outcome.RECALLED,
    Stage.WITH_DISPENSER: Outcome.OUT_OF_REACH,
    Stage.DISPENSED: Outcome.SUPPLIED,
    Stage.ENDED: Outcome.NONE,
}


@dataclass(frozen=True, slots=True)
class Authorisation:
    """A prescription of a line: its reference, how far it went, and who has it."""

    reference: str
    stage: Stage
    dispenser: str = ""


@dataclass(frozen=True, slots=True)
class Recall:
    """What becomes of one authorisation, and why."""

    reference: str
    outcome: Outcome
    why: str


@dataclass(frozen=True, slots=True)
class StopTask:
    """What somebody must do because a stop could not do it alone."""

    line_id: str
    references: tuple[str, ...]
    words: str


@dataclass(frozen=True, slots=True)
class Stopping:
    """Everything that follows from a stopped line."""

    line_id: str
    recalls: tuple[Recall, ...]
    task: StopTask | None

    def recalled(self) -> tuple[str, ...]:
        """Return the authorisations to cancel."""
        return tuple(r.reference for r in self.recalls if r.outcome is Outcome.RECALLED)


def stopping_of(
    line: Line, known: Mapping[str, Authorisation], *, before: Iterable[Line] = ()
) -> Stopping:
    """Return what must be done with the authorisations of a stopped line.

    `before` are the lines that it supersedes: their prescriptions are outstanding too, and a line
    that stops another setting's has none of its own. An authorisation of which nothing is known
    counts as out of reach: it may be with anybody.
    Raises: InputError REC113 where the line is not closed.
    """
    if line.state not in CLOSED:
        raise InputError(
            f"line {line.id} is {line.state.value}: its prescriptions are recalled when it is "
            "stopped. Stop it first.",
            code="REC113",
        )
    of_all = (ref for one in (*before, line) for ref in one.links.authorisations)
    recalls = tuple(_recall(ref, known.get(ref)) for ref in dict.fromkeys(of_all))
    return Stopping(line.id, recalls, _task(line, recalls))


def _recall(reference: str, found: Authorisation | None) -> Recall:
    if found is None:
        why = "nothing is known of how far it has gone"
        return Recall(reference, Outcome.OUT_OF_REACH, why)
    why = {
        Stage.WAITING: "nobody had it yet",
        Stage.WITH_DISPENSER: f"it is with {found.dispenser or 'a dispenser'} already",
        Stage.DISPENSED: f"{found.dispenser or 'a dispenser'} has supplied it",
        Stage.ENDED: "it had ended",
    }[found.stage]
    return Recall(reference, _OUTCOMES[found.stage], why)


def _task(line: Line, recalls: tuple[Recall, ...]) -> StopTask | None:
    left = [r for r in recalls if r.outcome is Outcome.OUT_OF_REACH]
    if not left:
        return None
    said = "; ".join(f"{r.reference}: {r.why}" for r in left)
    counted = f"{len(left)} prescription{'s' if len(left) > 1 else ''}"
    ended = "completed" if line.state is State.COMPLETED else "stopped"
    reason = line.stop_reason or line.history[-1].reason or "no reason kept"
    words = (
        f"{line.content.medicine.text} was {ended} ({reason}), and "
        f"{counted} could not be recalled: {said}. Ask the dispenser to return "
        "what is not yet handed out, and tell the person."
    )
    return StopTask(line.id, tuple(r.reference for r in left), words)
