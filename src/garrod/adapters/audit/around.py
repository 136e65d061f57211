"""What the log takes from around it: the time, chance, and somebody to tell what failed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Around:
    """Made in `entry`, or by a test."""

    now: Callable[[], str]  # the time, as heads and entries of keys say it
    chance: Callable[[int], bytes]  # so many bytes that nobody can foretell
    seconds: Callable[[], float]  # of a clock that is never put back
    failed: Callable[[str, str], None]  # an event of the log of faults: its id, and the code
