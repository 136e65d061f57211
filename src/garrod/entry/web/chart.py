"""Small charts of numbers over days, drawn by the server as SVG; each says in words what it shows.

(day, value) of one thing in one unit -> Chart, or None where a line would say nothing. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

WIDTH, HEIGHT, EDGE = 120, 32, 4  # Not clinical: of the drawing
FEWEST, MOST = 3, 24  # Not clinical: values that make a line, and that fit into one
Point = tuple[date, Decimal]


@dataclass(frozen=True, slots=True)
class Chart:
    """A line through values, the newest marked; `words` are read where it is not seen."""

    points: str
    x: str
    y: str
    words: str


def chart_of(values: Sequence[Point], unit: str, since: str) -> Chart | None:
    """Return a chart of values, the oldest first; None of too few, or where all are of one day.

    `since` is the oldest day in words. Days are told apart by their distance.
    """
    shown = values[-MOST:]
    if len(shown) < FEWEST or shown[0][0] == shown[-1][0]:
        return None
    low, high = min(v for _, v in shown), max(v for _, v in shown)
    first, days = shown[0][0], (shown[-1][0] - shown[0][0]).days
    places = [
        (
            _place(Decimal((day - first).days) / days, WIDTH),
            _place(1 - (value - low) / (high - low) if high > low else Decimal("0.5"), HEIGHT),
        )
        for day, value in shown
    ]
    range_of = f"all {low:f} {unit}" if low == high else f"from {low:f} to {high:f} {unit}"
    return Chart(
        " ".join(f"{x},{y}" for x, y in places),
        *places[-1],
        f"Chart: {len(shown)} values since {since}, {range_of}".strip(),
    )


def _place(share: Decimal, size: int) -> str:
    return f"{EDGE + share * (size - 2 * EDGE):.1f}"
