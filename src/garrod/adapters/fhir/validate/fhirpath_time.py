"""Compares what is written as dates and times, as far as both are known."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from garrod.adapters.fhir.validate.fhirpath import PathError

TIME = re.compile(r"\d{4}(-\d{2}(-\d{2}(T.*)?)?)?|T\d{2}(:\d{2}.*)?")
ZONED = re.compile(r".*T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})")


def are_times(one: Any, other: Any) -> bool:
    """Return whether both are written as dates or times, and not the very same."""
    both = isinstance(one, str) and isinstance(other, str)
    return both and bool(TIME.fullmatch(one)) and bool(TIME.fullmatch(other)) and one != other


def compared(one: str, other: str, test: Callable[[Any, Any], bool]) -> list[Any]:
    """Return the test of two times; nothing where the coarser one leaves it open.

    Raises: PathError where only one states its time zone, or seconds are in parts.
    """
    if ZONED.fullmatch(one) and ZONED.fullmatch(other):
        return [test(datetime.fromisoformat(one), datetime.fromisoformat(other))]
    if any(mark in written[8:] for written in (one, other) for mark in ("Z", "+", "-", ".")):
        raise PathError(f"{one} and {other} are not compared here")
    size = min(len(one), len(other))
    if one[:size] == other[:size]:
        return []
    return [test(one[:size], other[:size])]
