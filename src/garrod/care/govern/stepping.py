"""Which acts ask for a sign-in of just now: those that a screen left open must not do.

Source: the project's design; OWASP ASVS 4.0, V3.7 (unchecked)
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from garrod.care.govern.access import Deed
from garrod.core.errors import AccessDenied

FRESH = timedelta(minutes=5)  # Source: the project's design
AHEAD = timedelta(minutes=1)  # Not clinical: how far the issuer's clock may be before this one


class Act(StrEnum):
    """What is dangerous, besides what a `Deed` says."""

    OVERRULE_STOP = "overrule a hard stop"
    BREAK_GLASS = "break the glass"
    CHANGE_CONSENT = "change a consent"
    MERGE_PEOPLE = "merge or part two people"
    APPROVE_KNOWLEDGE = "approve knowledge"


DANGEROUS: frozenset[str] = frozenset((*Act, Deed.EXPORT))


class SignInAgain(AccessDenied):
    """The sign-in is too long ago for what is asked."""

    default_code = "ACC006"


def needs_step_up(deed: str) -> bool:
    """Return whether a deed, or an act, asks for a sign-in of just now."""
    return deed in DANGEROUS


def is_fresh(signed_in: datetime | None, now: datetime) -> bool:
    """Return whether a sign-in was just now; one whose time is unknown was not."""
    return signed_in is not None and -AHEAD <= now - signed_in <= FRESH


def demand_fresh(deed: str, signed_in: datetime | None, now: datetime) -> None:
    """Raise SignInAgain ACC006 where a deed asks for a sign-in of just now."""
    if needs_step_up(deed) and not is_fresh(signed_in, now):
        raise SignInAgain(f"to {deed}, sign in again: the last time is more than 5 minutes ago.")
