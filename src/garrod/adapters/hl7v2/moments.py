"""Moments of HL7 v2 as FHIR writes them. Pure.

A moment without an offset is read as the time of clocks in the United Kingdom.
Source: HL7 v2.5.1, 2.A.77 (TS); Summer Time Order 2002 (SI 2002/262): from the last Sunday of March
to the last Sunday of October, both at 1 a.m. Greenwich mean time.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

_TS = re.compile(
    r"(\d{4})(?:(\d\d)(?:(\d\d)(?:(\d\d)(?:(\d\d)(?:(\d\d)(?:\.\d{1,4})?)?)?)?)?)?([+-]\d{4})?"
)
_SUMMER = timezone(timedelta(hours=1))


def moment_of(written: str) -> str:
    """Return a moment as FHIR's dateTime, as exact as it was written; "" where it is none."""
    found = _TS.fullmatch(written.strip())
    if found is None:
        return ""
    year, month, day, hour, minute, second, zone = found.groups()
    wall = f"{year}-{month or '01'}-{day or '01'}T{hour or '00'}:{minute or '00'}:{second or '00'}Z"
    try:
        at = datetime.fromisoformat(wall)
        if minute:
            return _with_zone(at, zone or "").isoformat(timespec="seconds")
    except (ValueError, OverflowError):
        return ""
    return "-".join(part for part in (year, month, day) if part)


def day_of(written: str) -> str:
    """Return the day of a moment, ISO 8601; "" where it names none."""
    found = moment_of(written)
    return found[:10] if len(found) >= 10 else ""


def instant_of(written: str) -> str:
    """Return a moment that is exact to the minute at least; "" for any other."""
    found = moment_of(written)
    return found if "T" in found else ""


def is_before(one: str, other: str) -> bool:
    """Return whether an instant is earlier than another; False where either is none."""
    try:
        return datetime.fromisoformat(one) < datetime.fromisoformat(other)
    except (ValueError, TypeError):
        return False


def _with_zone(wall: datetime, zone: str) -> datetime:
    """Return the moment that a clock on the wall showed, by its offset or that of the season."""
    if zone:
        minutes = int(zone[1:3]) * 60 + int(zone[3:])
        shift = timedelta(minutes=minutes if zone[0] == "+" else -minutes)
        return wall.replace(tzinfo=timezone(shift))
    is_summer = _last_sunday(wall.year, 3, 1) <= wall < _last_sunday(wall.year, 10, 2)
    return wall.replace(tzinfo=_SUMMER if is_summer else UTC)


def _last_sunday(year: int, month: int, hour: int) -> datetime:
    last = datetime(year, month, 31, hour, tzinfo=UTC)
    return last - timedelta(days=(last.weekday() + 1) % 7)
