"""Dates as FHIR writes them: whole, or a year or month alone."""

from __future__ import annotations

from calendar import monthrange
from datetime import date

from garrod.adapters.fhir.json import Resource, one, text


def latest_date(written: str) -> date | None:
    """Return a date; for a year or month alone, its last day (the youngest age it allows)."""
    parts = written.split("-")
    try:
        numbers = [int(p) for p in parts]
        if len(numbers) == 1:
            return date(numbers[0], 12, 31)
        if len(numbers) == 2:
            return date(numbers[0], numbers[1], monthrange(numbers[0], numbers[1])[1])
        return date(*numbers[:3])
    except (ValueError, TypeError):
        return None


def first_date(written: str) -> date | None:
    """Return a date; for a year or month alone, its first day. None where it cannot be read."""
    missing = {4: "-01-01", 7: "-01"}.get(len(written), "")
    return day_in(f"{written}{missing}")


def day_in(written: str) -> date | None:
    """Return the day of a date or moment; None where it is not so precise."""
    try:
        return date.fromisoformat(written[:10])
    except ValueError:
        return None


def when(observation: Resource) -> str:
    """Return when an observation was made, as written; "" where that is not known."""
    period = one(observation, "effectivePeriod")
    return (
        text(observation, "effectiveDateTime")
        or text(observation, "effectiveInstant")
        or text(period, "end")
        or text(period, "start")
        or text(observation, "issued")
    )
