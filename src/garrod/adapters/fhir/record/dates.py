"""Dates of any precision as spans of microseconds: 2026-03 is all of March.

A date or time without a zone is read as UTC, on both sides: in what is stored and in what is
sought. A date at a site is then compared with dates as written; only a time with a zone, within an
hour of midnight in summer, falls on the neighbouring day.
Source: HL7 FHIR R4 (4.0.1), https://hl7.org/fhir/R4/search.html#date
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date
from functools import lru_cache

SECOND = 1_000_000
MINUTE, HOUR, DAY = 60 * SECOND, 3600 * SECOND, 86_400 * SECOND
_1970 = date(1970, 1, 1).toordinal()
_FARTHEST_ZONE = 14 * HOUR
_SHAPE = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)"
    r"(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?(Z|[+-]\d\d:\d\d)?)?)?)?",
    re.ASCII,
)


@lru_cache(maxsize=8192)
def span(text: str) -> tuple[int, int] | None:
    """Return the half-open span that a date or time covers; None where it is none."""
    found = _SHAPE.fullmatch(text)
    if found is None:
        return None
    year, month, day, hour, minute, second, fraction, zone = found.groups()
    try:
        if month is None:
            return _days(date(int(year), 1, 1), date(int(year), 12, 31))
        if day is None:
            last = monthrange(int(year), int(month))[1]
            return _days(date(int(year), int(month), 1), date(int(year), int(month), last))
        start = date(int(year), int(month), int(day))
    except (ValueError, IndexError):  # no such year, month or day
        return None
    if hour is None:
        return _days(start, start)
    clock = _clock(int(hour), int(minute), int(second or 0))
    behind = _zone(zone or "Z")
    if clock is None or behind is None:
        return None
    low = (start.toordinal() - _1970) * DAY + clock - behind
    if second is None:
        return low, low + MINUTE
    if fraction is None:
        return low, low + SECOND
    digits = fraction[:6]
    unit = 10 ** (6 - len(digits))
    low += int(digits) * unit
    return low, low + unit


def _days(first: date, last: date) -> tuple[int, int]:
    return (first.toordinal() - _1970) * DAY, (last.toordinal() + 1 - _1970) * DAY


def _clock(hour: int, minute: int, second: int) -> int | None:
    """Return a time of day; a leap second is the first of the next minute."""
    if hour > 23 or minute > 59 or second > 60:
        return None
    return hour * HOUR + minute * MINUTE + second * SECOND


def _zone(text: str) -> int | None:
    """Return how far a zone is ahead of UTC; None where there is none so far."""
    if text == "Z":
        return 0
    ahead = int(text[1:3]) * HOUR + int(text[4:6]) * MINUTE
    if ahead > _FARTHEST_ZONE or int(text[4:6]) > 59:
        return None
    return -ahead if text[0] == "-" else ahead
