"""Whether there was an emergency: what whoever oversees access found of a glass, once.

glass, what was decided and why, by whom -> Review; nobody judges their own
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from garrod.care.govern.emergency import Glass
from garrod.care.govern.snoop_review import LONGEST, SHORTEST, Outcome, Verdict
from garrod.core.errors import AccessDenied, InputError


@dataclass(frozen=True, slots=True)
class Review:
    """What was found of a glass, why, by whom and when."""

    glass: str
    outcome: Outcome
    note: str
    by: str
    at: datetime


def review_of(glass: Glass, verdict: Verdict, now: datetime) -> Review:
    """Return what somebody finds of a glass.

    Raises: InputError GLS003 (no such outcome, or a note too short), AccessDenied GLS004 where
    they broke it themselves.
    """
    if glass.who == verdict.by:
        raise AccessDenied("nobody judges their own emergency: leave it to others.", code="GLS004")
    note = " ".join(verdict.note.split())[:LONGEST]
    if verdict.outcome not in set(Outcome) or len(note) < SHORTEST or len(set(note)) < 2:
        raise InputError(
            f"choose what it was, and say why in {SHORTEST} characters or more.", code="GLS003"
        )
    return Review(glass.id, Outcome(verdict.outcome), note, verdict.by, now)


def told_review(review: Review) -> dict[str, Any]:
    """Return a review as plain values, to be kept as JSON."""
    return {**asdict(review), "outcome": review.outcome.value, "at": review.at.isoformat()}


def review_told(told: Mapping[str, Any]) -> Review:
    """Return the review of what `told_review` wrote."""
    outcome, at = Outcome(told["outcome"]), datetime.fromisoformat(told["at"])
    return Review(**{**told, "outcome": outcome, "at": at})
