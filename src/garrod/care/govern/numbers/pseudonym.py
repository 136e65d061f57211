"""Pseudonyms and moved dates: the same within a project, without meaning across projects.

project, key, what somebody is called -> HMAC-SHA-256 -> a pseudonym, or how many days to move
Source: RFC 2104 (HMAC); FIPS 180-4 (SHA-256)
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass, field
from datetime import date, timedelta

from garrod.core.errors import UsageError

KEY_BYTES = 32
SHOWN_BYTES = 16  # of 32: by chance two of 2^32 people share one at 1 in 4 thousand million
MOST_DAYS = 365  # Not clinical: dates are moved by a year at most, so that seasons stay roughly
_MONTH, _YEAR = 7, 4  # characters of a date that says no day, or no month
# Source: HL7 FHIR R4, datatypes: date, dateTime
_DATE = re.compile(
    r"\d{4}(-\d\d(-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)?)?)?)?", re.ASCII
)


@dataclass(frozen=True, slots=True)
class Project:
    """A project's name and key. `repr` does not show the key."""

    name: str
    key: bytes = field(repr=False)
    days: int = 180  # dates are moved by so many at most

    def __post_init__(self) -> None:
        """Check it.  Raises: UsageError USE061."""
        if not self.name.strip() or len(self.key) != KEY_BYTES:
            raise UsageError("a project has a name, and a key of 32 bytes", code="USE061")
        if not 0 <= self.days <= MOST_DAYS:
            raise UsageError(f"dates are moved by 0 to {MOST_DAYS} days", code="USE061")

    def pseudonym(self, kind: str, value: str) -> str:
        """Return what something of a kind is called in this project: 26 letters and digits."""
        digest = self._digest("name", kind, value)[:SHOWN_BYTES]
        return base64.b32encode(digest).decode("ascii").rstrip("=").lower()

    def shift(self, person: str) -> int:
        """Return by how many days a person's dates are moved: never 0, but where `days` is."""
        if not self.days:
            return 0
        drawn = int.from_bytes(self._digest("days", person)[:16], "big") % (2 * self.days)
        return drawn - self.days if drawn < self.days else drawn - self.days + 1

    def _digest(self, *parts: str) -> bytes:
        said = b"".join(
            len(part.encode()).to_bytes(8, "big") + part.encode() for part in (self.name, *parts)
        )
        return hmac.new(self.key, said, hashlib.sha256).digest()


def moved(written: str, days: int) -> str:
    """Return a FHIR date or time, moved by whole days; "" where it is none, or leaves the calendar.

    What says no day is moved from the middle of its month or year. Of a time the hour is kept.
    """
    day, mark, hour = written.partition("T")
    if not _DATE.fullmatch(written):
        return ""
    try:
        middle = {_MONTH: "-15", _YEAR: "-07-01"}.get(len(day), "")
        found = (date.fromisoformat(day + middle) + timedelta(days=days)).isoformat()
    except (ValueError, OverflowError):
        return ""
    return found[: len(day)] + mark + hour
