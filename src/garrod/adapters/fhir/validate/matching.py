"""Whether a value is a fixed one, or holds a pattern."""

from __future__ import annotations

from typing import Any


def is_fixed(value: Any, fixed: Any) -> bool:
    """Return whether a value is exactly the fixed one; true is not 1."""
    if isinstance(value, bool) != isinstance(fixed, bool):
        return False
    return bool(value == fixed)


def holds(value: Any, pattern: Any) -> bool:
    """Return whether a value holds at least what the pattern states.

    Of lists, each item of the pattern must be held by some item of the value.
    """
    if isinstance(pattern, dict):
        return isinstance(value, dict) and all(holds(value.get(k), p) for k, p in pattern.items())
    if isinstance(pattern, list):
        return isinstance(value, list) and all(any(holds(v, p) for v in value) for p in pattern)
    return is_fixed(value, pattern)
