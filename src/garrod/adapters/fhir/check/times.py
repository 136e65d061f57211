"""Compares what is written as dates and times, as far as both are known."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

TIME = re.compile(r"\d{4}(-\d{2}(-\d{2}(T\d{2}:.*)?)?)?")
ZONED = re.compile(r".{10}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})")
DAY = 10  # characters of a date
ZONES = timedelta(days=1)  # how far a date may lie from a moment that names its zone


def are_times(one: Any, other: Any) -> bool:
    """Return whether both are written as dates or times, and not the very same."""
    if type(one) is not str or type(other) is not str or one == other:
        return False
    return bool(TIME.fullmatch(one)) and bool(TIME.fullmatch(other))


def compared(one: str, other: str, test: Callable[[Any, Any], Any]) -> list[Any]:
    """Return the test of two times; nothing where the coarser one, or a zone, leaves it open."""
    if ZONED.fullmatch(one) and ZONED.fullmatch(other):
        try:
            return [test(datetime.fromisoformat(one), datetime.fromisoformat(other))]
        except ValueError:  # a leap second
            return []
    size = min(len(one), len(other), DAY)
    if one[:size] == other[:size] and len(one) != len(other):
        return []
    if len(one) > DAY or len(other) > DAY:
        if size < DAY:
            return [test(one[:size], other[:size])] if one[:4] != other[:4] else []
        apart = date.fromisoformat(one[:DAY]) - date.fromisoformat(other[:DAY])
        if abs(apart) <= ZONES:
            return []
    return [test(one[:size], other[:size])]
