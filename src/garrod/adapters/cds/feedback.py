"""What became of cards, as a client tells it.

JSON -> Told (card, outcome, suggestions taken, reason, when)
Source: CDS Hooks 2.0, https://cds-hooks.hl7.org/2.0/#feedback
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime

from garrod.adapters.cds.request import document_of, plain
from garrod.adapters.fhir.json import Resource, many, one, text
from garrod.core.errors import InputError

MOST = 200  # Not clinical: cards told of in one request
LONGEST = 2000  # Not clinical: characters of a comment
_UUID = re.compile(r"[0-9A-Za-z\-]{1,64}")
_TIME = re.compile(
    r"(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?([Zz]|[+-]\d{2}:\d{2})?", re.ASCII
)


@dataclass(frozen=True, slots=True)
class Told:
    """What became of one card. `comment` is what the clinician wrote, or ""."""

    card: str
    is_accepted: bool
    at: datetime
    suggestions: tuple[str, ...] = ()
    reason: str = ""
    system: str = ""
    comment: str = field(default="", repr=False)


def feedback_of(body: bytes) -> tuple[Told, ...]:
    """Return what is told.  Raises: InputError CDS001, CDS002, CDS005 (feedback)."""
    sent = document_of(body)
    listed = sent.get("feedback")
    if not isinstance(listed, list) or not listed or len(listed) > MOST:
        raise InputError(
            f"`feedback` must be a list of 1 to {MOST} objects, one for each card.", code="CDS005"
        )
    found = list(many(sent, "feedback"))
    if len(found) != len(listed):
        raise InputError("each entry of `feedback` is an object.", code="CDS005")
    return tuple(_told(one_of) for one_of in found)


def _told(sent: Resource) -> Told:
    card, outcome = text(sent, "card"), text(sent, "outcome")
    if not _UUID.fullmatch(card):
        raise InputError("`card` must be the uuid of a card that was shown.", code="CDS005")
    if outcome not in ("accepted", "overridden"):
        raise InputError("`outcome` must be accepted or overridden.", code="CDS005")
    taken = tuple(
        id for s in many(sent, "acceptedSuggestions") if _UUID.fullmatch(id := text(s, "id"))
    )
    if outcome == "accepted" and not taken:
        raise InputError(
            "an accepted card names what was taken: acceptedSuggestions, each with its id.",
            code="CDS005",
        )
    why = one(sent, "overrideReason")
    reason = one(why, "reason")
    return Told(
        card=card,
        is_accepted=outcome == "accepted",
        at=_moment(text(sent, "outcomeTimestamp")),
        suggestions=taken,
        reason=plain(text(reason, "code")),
        system=plain(text(reason, "system"), 300),
        comment=plain(text(why, "userComment"), LONGEST),
    )


def _moment(said: str) -> datetime:
    """Return a moment of RFC 3339; one without an offset is in UTC, as CDS Hooks asks."""
    found = _TIME.fullmatch(said)
    try:
        if found is None:
            raise ValueError
        day, time, part, zone = found.groups()
        fraction = f".{part[:6]:0<6}" if part else ""
        read = datetime.fromisoformat(f"{day}T{time}{fraction}{zone or ''}".replace("z", "Z"))
        return (read if read.tzinfo else read.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise InputError(
            "`outcomeTimestamp` must be a moment in UTC such as 2026-03-03T09:00:00Z.",
            code="CDS005",
        ) from None
