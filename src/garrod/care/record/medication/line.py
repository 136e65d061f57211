"""A medication line as values: the therapy itself, which outlives its prescriptions and supplies.

A line is the sum of its history: each `Transition` says what was done, by whom, when it holds and
when it became known here. `transitions.py` says which are allowed; nothing is ever overwritten.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from garrod.care.record.medication.dose import Dose
from garrod.core.errors import InputError
from garrod.core.medicine import Coding

_REFERENCE = re.compile(r"[A-Z][A-Za-z]{1,63}/[A-Za-z0-9.-]{1,64}")


class State(StrEnum):
    """What a line is now."""

    DRAFT = "draft"
    ACTIVE = "active"
    ON_HOLD = "on-hold"
    FUTURE = "future-dated"
    STOPPED = "stopped"
    COMPLETED = "completed"
    ENTERED_IN_ERROR = "entered-in-error"


TAKEN = frozenset({State.ACTIVE, State.ON_HOLD, State.FUTURE})  # part of the therapy now or soon
CLOSED = frozenset({State.STOPPED, State.COMPLETED, State.ENTERED_IN_ERROR})


class Verification(StrEnum):
    """Whether somebody who may has confirmed the line, or a person only said so."""

    CONFIRMED = "confirmed"
    UNVERIFIED = "stated-but-unverified"


class Setting(StrEnum):
    """Where a line is looked after."""

    GP = "gp"
    HOSPITAL = "hospital"
    COMMUNITY_PHARMACY = "community-pharmacy"
    CLINIC = "clinic"
    HOMECARE = "homecare"
    PERSON = "person"


class Act(StrEnum):
    """What is done to a line."""

    BEGIN = "begin"
    ACTIVATE = "activate"
    SCHEDULE = "schedule"
    HOLD = "hold"
    RESUME = "resume"
    STOP = "stop"
    REINSTATE = "reinstate"
    COMPLETE = "complete"
    CHANGE = "change"
    VERIFY = "verify"
    MARK_PRIVATE = "mark-private"
    MARK_OPEN = "mark-open"
    LINK = "link"
    SUPERSEDE = "supersede"
    RESTORE = "restore"
    MARK_ERROR = "mark-error"


@dataclass(frozen=True, slots=True)
class Author:
    """Who did it: an opaque reference, a role, an organisation, a setting and a source system."""

    who: str
    role: str
    organisation: str
    setting: Setting
    system: str = ""
    on_behalf_of: str = ""


@dataclass(frozen=True, slots=True)
class MedicineOf:
    """What is taken: as written, its codes, and what is known of ingredient, form and strength.

    `ingredients` are ids of the drugs pack, "" or empty where not known; a brand makes it that.
    """

    text: str
    codings: tuple[Coding, ...] = ()
    ingredients: tuple[str, ...] = ()
    form: str = ""
    strength: str = ""
    brand: str = ""


@dataclass(frozen=True, slots=True)
class Content:
    """What a line says of the therapy. `directions` are the words received; dose None: not read."""

    medicine: MedicineOf
    dose: Dose | None = None
    directions: str = ""
    reasons: tuple[Coding, ...] = ()
    started: date | None = None
    planned_start: date | None = None


@dataclass(frozen=True, slots=True)
class Hold:
    """Why a line is on hold, and until when: a day, or what must have happened in words."""

    reason: str
    resumes: date | None = None
    resumes_when: str = ""


@dataclass(frozen=True, slots=True)
class Links:
    """What belongs to the therapy elsewhere in the record, as opaque references ("Kind/id").

    `continued` authorised the line that this one took the place of without another word on the
    medicine: it follows none of them, and rests on them still.
    Raises: InputError REC102 for what is no reference.
    """

    authorisations: tuple[str, ...] = ()
    supplies: tuple[str, ...] = ()
    administrations: tuple[str, ...] = ()
    statements: tuple[str, ...] = ()
    continued: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for reference in (*self.all(), *self.continued):
            if not _REFERENCE.fullmatch(reference):
                raise InputError(
                    f"{reference!r} is no reference: expected a kind and an id, as in "
                    "MedicationRequest/7.",
                    code="REC102",
                )

    def all(self) -> tuple[str, ...]:
        """Return every reference that the line follows."""
        return (*self.authorisations, *self.supplies, *self.administrations, *self.statements)

    def joined(self, other: Links) -> Links:
        """Return both, each reference once, in order of appearance."""
        return Links(
            _once(self.authorisations, other.authorisations),
            _once(self.supplies, other.supplies),
            _once(self.administrations, other.administrations),
            _once(self.statements, other.statements),
            _once(self.continued, other.continued),
        )


def _once(first: tuple[str, ...], second: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*first, *second)))


NO_LINKS = Links()


@dataclass(frozen=True, slots=True)
class Transition:
    """One thing done to a line: `effective` is when it holds, `recorded` when it became known.

    `to`, `verification` and `is_private` belong to BEGIN alone; `content` to BEGIN and CHANGE;
    `hold` to HOLD; `links` to LINK. `other` is the id of the line by which, or of which, it is the
    superseding one.
    """

    act: Act
    by: Author
    effective: datetime
    recorded: datetime
    reason: str = ""
    to: State | None = None
    content: Content | None = None
    hold: Hold | None = None
    links: Links = NO_LINKS
    verification: Verification | None = None
    other: str = ""
    is_private: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a person's medication list. `version` counts its transitions.

    `id` is this line's; `treatment_id` that of the therapy, shared with lines that supersede it.
    `owner` is the setting whose line it is: another setting's change makes a superseding line.
    """

    id: str
    treatment_id: str
    state: State
    content: Content
    owner: Setting
    author: Author
    verification: Verification
    history: tuple[Transition, ...]
    hold: Hold | None = None
    stopped: date | None = None
    stop_reason: str = ""
    is_private: bool = False
    links: Links = NO_LINKS
    supersedes: str = ""
    superseded_by: str = ""

    @property
    def version(self) -> int:
        """Return how many transitions made it what it is."""
        return len(self.history)

    @property
    def recorded(self) -> datetime:
        """Return when the newest of them became known here."""
        return self.history[-1].recorded

    @property
    def is_current(self) -> bool:
        """Return whether it speaks for its therapy: not superseded, not entered in error."""
        return not self.superseded_by and self.state is not State.ENTERED_IN_ERROR

    @property
    def is_shown_as_unverified(self) -> bool:
        """Return whether it must be shown as stated only."""
        return self.verification is Verification.UNVERIFIED

    @property
    def due(self) -> date | None:
        """Return the day on which it is to begin or to resume; None: it waits for no day."""
        if not self.is_current:
            return None
        if self.state is State.FUTURE:
            return self.content.planned_start
        return self.hold.resumes if self.hold and self.state is State.ON_HOLD else None

    def is_due(self, day: date) -> bool:
        """Return whether a future-dated line should have begun by a day, and nobody has said so."""
        planned = self.content.planned_start
        return self.state is State.FUTURE and planned is not None and planned <= day

    def is_overdue_on_hold(self, day: date) -> bool:
        """Return whether a line is still on hold after the day on which it was to resume."""
        return (
            self.state is State.ON_HOLD
            and self.hold is not None
            and self.hold.resumes is not None
            and self.hold.resumes < day
        )
