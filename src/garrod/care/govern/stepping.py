"""Which acts ask for a sign-in of just now: those that a screen or a token left open must not do.

act, actor, now, what the policy says -> nothing, or SignInAgain (RFC 9470: the challenge)
Source: the project's design; RFC 9470 (step-up authentication), 3; OWASP ASVS 4.0, V3.7 (unchecked)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from garrod.care.govern.access import LOCAL, Actor, Deed
from garrod.core.errors import AccessDenied

FRESH = timedelta(minutes=5)  # Source: the project's design
AHEAD = timedelta(minutes=1)  # Not clinical: how far the issuer's clock may be before this one


class Act(StrEnum):
    """What may be dangerous, in the words that a person reads."""

    OVERRULE_STOP = "overrule a hard stop"
    BREAK_GLASS = "break the glass"
    CHANGE_CONSENT = "change a consent"
    MERGE_PEOPLE = "merge or part two people"
    APPROVE_KNOWLEDGE = "approve knowledge"
    AUTHORISE_RESULT = "authorise a laboratory result"
    EXPORT = "take people's data away"
    RELEASE = "give out a person's record"
    LOWER_LABEL = "take a security label away"
    DELETE_FACT = "delete what a record says of a person"


@dataclass(frozen=True, slots=True)
class Demand:
    """One row of a policy: an act, the deeds and classes of kinds it is, and who is not asked."""

    act: Act
    deeds: frozenset[Deed] = frozenset()  # none: it is asked about by its name alone
    kinds: frozenset[str] = frozenset()  # classes of kinds, as the policy names them
    not_by: frozenset[str] = frozenset()  # roles


@dataclass(frozen=True, slots=True)
class Stepping:
    """What a policy says of sign-ins of just now.

    `seconds`: how long one counts. `levels`: ways of signing in (acr) of which one is asked for;
    none: any does. `exempt`: roles of software, which shows its key for each of its short tokens.
    """

    demands: tuple[Demand, ...]
    seconds: int = int(FRESH.total_seconds())
    levels: tuple[str, ...] = ()
    exempt: frozenset[str] = frozenset()

    def acts(self, deed: Deed, kind: str) -> tuple[Act, ...]:
        """Return the acts that a deed to a class of kinds is."""
        return tuple(d.act for d in self.demands if deed in d.deeds and kind in d.kinds)

    def asks(self, act: str, role: str) -> bool:
        """Return whether an act, by a role, asks for a sign-in of just now."""
        is_named = any(d.act == act and role not in d.not_by for d in self.demands)
        return is_named and role not in self.exempt


_WRITES = frozenset((Deed.CREATE, Deed.UPDATE, Deed.DELETE))
_FACTS = frozenset(("other", "order", "stated", "raw", "person"))
_APART = (Act.CHANGE_CONSENT, Act.DELETE_FACT)
# What holds where a policy says nothing of it. Source: the project's design
USUAL = Stepping(
    (
        *(Demand(act) for act in Act if act not in _APART),
        Demand(Act.CHANGE_CONSENT, _WRITES, frozenset(("consent",)), frozenset(("patient",))),
        Demand(Act.DELETE_FACT, frozenset((Deed.DELETE,)), _FACTS),
    ),
    exempt=frozenset(("system", "cds-client")),
)


class SignInAgain(AccessDenied):
    """The sign-in is too long ago for what is asked, or not of the kind that it asks for.

    `seconds` and `levels` say what would do. Source: RFC 9470, 3 (max_age, acr_values)
    """

    default_code = "ACC006"

    def __init__(self, message: str, *, seconds: int = 300, levels: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.seconds, self.levels = seconds, levels


def needs_step_up(act: str, actor: Actor, now: datetime, stepping: Stepping = USUAL) -> bool:
    """Return whether somebody must sign in again before an act.

    This machine's own user has no sign-in that could be asked for again.
    """
    if actor == LOCAL or not stepping.asks(act, actor.role):
        return False
    is_known = not stepping.levels or actor.level in stepping.levels
    return not (is_known and is_fresh(actor.shown, now, stepping.seconds))


def is_fresh(shown: int, now: datetime, seconds: int = USUAL.seconds) -> bool:
    """Return whether a sign-in (seconds since 1970) was just now; an unknown time (0) was not."""
    if shown <= 0:
        return False
    age = (now - datetime.fromtimestamp(shown, UTC)).total_seconds()
    return -AHEAD.total_seconds() <= age <= seconds


def demand_fresh(act: str, actor: Actor, now: datetime, stepping: Stepping = USUAL) -> None:
    """Raise SignInAgain ACC006 where somebody must sign in again before an act."""
    if not needs_step_up(act, actor, now, stepping):
        return
    minutes = max(1, stepping.seconds // 60)
    how = "" if not stepping.levels else ", in the way that this asks for"
    raise SignInAgain(
        f"to {act}, sign in again{how}: it counts for {minutes} minutes.",
        seconds=stepping.seconds,
        levels=stepping.levels,
    )


def told_stepping(stepping: Stepping) -> dict[str, Any]:
    """Return what a policy says as plain values, in the form that a policy's file has it."""
    rows = [
        {
            "act": d.act.value,
            "deeds": sorted(d.deeds),
            "kinds": sorted(d.kinds),
            "not_by": sorted(d.not_by),
        }
        for d in stepping.demands
    ]
    return {
        "seconds": stepping.seconds,
        "levels": list(stepping.levels),
        "exempt": sorted(stepping.exempt),
        "demand": rows,
    }


def stepping_told(told: Mapping[str, Any]) -> Stepping:
    """Return what plain values say.  Raises: ValueError, KeyError, TypeError."""
    seconds = int(told.get("seconds", USUAL.seconds))
    if seconds < 1:
        raise ValueError("a sign-in of just now counts for a second at least")
    rows = tuple(
        Demand(
            Act(row["act"]),
            frozenset(Deed(deed) for deed in row.get("deeds", ())),
            frozenset(map(str, row.get("kinds", ()))),
            frozenset(map(str, row.get("not_by", ()))),
        )
        for row in told["demand"]
    )
    levels = tuple(map(str, told.get("levels", ())))
    return Stepping(rows, seconds, levels, frozenset(map(str, told.get("exempt", ()))))
