"""Words the state of a drop, times, sizes, and who did something. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from garrod.entry.web.laboratory.faults import BUILD
from garrod.entry.web.laboratory.keeping import Drop
from garrod.entry.web.prescribe.banner import day

STATES = {
    "sent": "Being read",
    "asks": "Waits for an answer",
    "build": "Waits for an answer",
    "unreadable": "Cannot be read",
    "read": "Waits to be authorised",
    "authorised": "Authorised",
    "rejected": "Rejected",
}
NO_DAY = "day not known"


def moment(at: str) -> str:
    """Return a time in words: "3 March 2025, 14:05 UTC"."""
    try:
        found = datetime.fromisoformat(at)
    except ValueError:
        return NO_DAY
    return f"{day(found.date())}, {found:%H:%M} UTC"


def size_words(size: int) -> str:
    """Return a number of bytes as a person reads it."""
    for unit, each in (("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1_000)):
        if size >= each:
            return f"{size / each:.1f}".removesuffix(".0") + f" {unit}"
    return f"{size} bytes"


def state_of(drop: Drop) -> str:
    """Return the state of a drop: as kept, or that it is asked which sample, or which build."""
    if drop.state == "unreadable" and drop.fault is not None and drop.fault.code == BUILD:
        return "build"
    return "asks" if drop.state == "sent" and drop.lines and not drop.sample else drop.state


def named(who: str, names: Mapping[str, str]) -> str:
    """Return who did something, in words."""
    return names.get(who, "this machine’s own user" if who == "local" else who)


def test_words(words: str, since: str) -> str:
    """Return a test that was asked for, and when, in words."""
    return f"{words}, asked for on {_day(since)}" if since else words


def _day(written: str) -> str:
    try:
        return day(date.fromisoformat(written))
    except ValueError:
        return NO_DAY
