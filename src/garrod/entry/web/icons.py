"""Signs that stand beside words, never instead of them: an outline, and a mark within it."""

from __future__ import annotations

from typing import NamedTuple

ROUND = "M12 1a11 11 0 1 0 0 22a11 11 0 1 0 0-22z"


class Icon(NamedTuple):
    """The two paths of a sign of 24 by 24."""

    outline: str
    mark: str


ICONS = {
    "stop": Icon("M8 2h8l6 6v8l-6 6H8l-6-6V8z", "M8 8l8 8M16 8l-8 8"),
    "warn": Icon("M12 2l11 20H1z", "M12 9v6M12 18v1"),
    "unsure": Icon(ROUND, "M9 9a3 3 0 1 1 3 4v1M12 18v.5"),
    "clear": Icon(ROUND, "M6 12l4 5 8-9"),
}
SAID = Icon(ROUND, "M12 11v7M12 6v1")


def icon_of(kind: str) -> Icon:
    """Return the sign of a kind of card; of others, that something is said."""
    return ICONS.get(kind, SAID)
