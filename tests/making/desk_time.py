"""How much of what takes minutes is drawn: all at a desk, a fixed part of it for every change."""

import os
from collections.abc import Sequence
from typing import TypeVar

ONE = TypeVar("ONE")
EVERY_CHANGE = os.environ.get("GARROD_EXAMPLES") == "fixed"


def seconds(whole: int) -> str:
    """Return how many of the `whole` seconds a search at random may take."""
    return str(whole // 3 if EVERY_CHANGE else whole)


def drawn(whole: int) -> int:
    """Return how many of the `whole` examples are drawn of what takes seconds each."""
    return max(5, whole // 3) if EVERY_CHANGE else whole


def part(whole: Sequence[ONE]) -> Sequence[ONE]:
    """Return the `whole`, or the third of it that is judged for every change."""
    return whole[::3] if EVERY_CHANGE else whole
