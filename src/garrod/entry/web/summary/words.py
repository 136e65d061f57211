"""Days and moments in words, at the precision at which they were written. Pure."""

from __future__ import annotations

from datetime import date, datetime

from garrod.entry.web.prescribe.banner import day

UNKNOWN = "day not known"
MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July", "August"),
    *("September", "October", "November", "December"),
)


def day_words(written: str) -> str:
    """Return a FHIR date or time as a day, a month or a year in words."""
    parts = written[:10].split("-")
    try:
        numbers = [int(part) for part in parts]
        if len(numbers) == 1:
            return f"{numbers[0]:04}, day not stated"
        if len(numbers) == 2:
            return f"{MONTHS[numbers[1] - 1]} {numbers[0]:04}"
        return day(date(*numbers))
    except (ValueError, IndexError, TypeError):
        return UNKNOWN


def clock_words(at: datetime) -> str:
    """Return a moment of a day: "15:04 UTC on 3 March 2026"."""
    return f"{at:%H:%M} UTC on {day(at.date())}"
