"""Breaking the glass: one person's record opened to one actor for a while, for a stated reason.

actor, person, reason, time -> Glass (holds until its end, or until it is mended by hand)
Who may do it is a matter of the policy; who is told of it, of care/record/breaking.
Source: the project's design; v3 PurposeOfUse ETREAT (emergency treatment),
https://terminology.hl7.org/ValueSet-v3-PurposeOfUse.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from garrod.care.govern.access import Actor
from garrod.core.errors import InputError

PURPOSE = "ETREAT"
KIND = "BreakGlass"  # what the policy calls it: no kind of resource, so that nobody writes one
OPEN = timedelta(minutes=60)  # Source: the project's design; a site's policy may say otherwise
SHORTEST, LONGEST = 10, 300  # Not clinical: characters of a reason
VARIED = 4  # Not clinical: different letters that a reason has at least ("aaaa aaaa" is none)
REVIEWED = timedelta(days=3)  # Source: the project's design: by when the privacy officer looks


@dataclass(frozen=True, slots=True)
class Glass:
    """Whose record was opened to whom, why, and from when until when."""

    id: str
    who: str
    role: str
    organisation: str
    patient: str
    reason: str
    since: datetime
    until: datetime
    ended: datetime | None = None  # by hand, before its time

    @property
    def end(self) -> datetime:
        """Return when it closes, or has closed."""
        return self.until if self.ended is None else min(self.ended, self.until)

    def holds(self, at: datetime) -> bool:
        """Return whether it is open at a time."""
        return self.since <= at < self.end

    def is_of(self, actor: Actor) -> bool:
        """Return whether it was opened by an actor: the same person, in the same role and place."""
        mine = (self.who, self.role, self.organisation)
        return mine == (actor.id, actor.role, actor.organisation)

    def worn_by(self, actor: Actor) -> Actor:
        """Return an actor as they act behind it: in an emergency, for its reason."""
        return replace(actor, purpose=PURPOSE, emergency=self.reason)


def reason_of(text: str) -> str:
    """Return a reason, its blanks made single.

    Raises: InputError GLS001 where it says nothing: fewer than 10 characters, or the same ones
    over and over; or where it is longer than 300.
    """
    reason = " ".join(text.split())
    letters = {c for c in reason.casefold() if c.isalnum()}
    if len(reason) < SHORTEST or len(letters) < VARIED:
        raise InputError(
            f"say in at least {SHORTEST} characters why this record is needed now: the person and "
            "the privacy officer read it.",
            code="GLS001",
        )
    if len(reason) > LONGEST:
        raise InputError(f"say why in at most {LONGEST} characters.", code="GLS001")
    return reason


def broken(
    actor: Actor, patient: str, reason: str, at: datetime, *, id: str, open_for: timedelta = OPEN
) -> Glass:
    """Return a glass that is broken now, and holds for a while.  Raises: InputError GLS001."""
    return Glass(
        id=id,
        who=actor.id,
        role=actor.role,
        organisation=actor.organisation,
        patient=patient,
        reason=reason_of(reason),
        since=at,
        until=at + open_for,
    )


def told_glass(glass: Glass) -> dict[str, Any]:
    """Return a glass as plain values, to be kept as JSON."""
    told = asdict(glass)
    for name in ("since", "until", "ended"):
        told[name] = told[name].isoformat() if told[name] is not None else None
    return told


def glass_told(told: Mapping[str, Any]) -> Glass:
    """Return the glass of what `told_glass` wrote.  Raises: KeyError, TypeError, ValueError."""
    plain = dict(told)
    for name in ("since", "until", "ended"):
        plain[name] = datetime.fromisoformat(plain[name]) if plain[name] is not None else None
    return Glass(**plain)
