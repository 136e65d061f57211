"""A measured figure beside its target, and how a set of them is printed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

HEADER = "| figure | measured | target | met |\n|---|---|---|---|"


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value; `met` None: reported without a target."""

    name: str
    value: str
    target: str = "–"
    met: bool | None = None

    @property
    def line(self) -> str:
        """Return the figure as a row of a Markdown table."""
        said = {True: "yes", False: "**no**", None: "–"}[self.met]
        return f"| {self.name} | {self.value} | {self.target} | {said} |"


def at_least(name: str, part: int, whole: int, percent: float) -> Figure:
    """Return a share that should reach a percentage."""
    share = 100 * part / whole if whole else 0.0
    value = f"{share:.2f} % ({part:,} of {whole:,})"
    return Figure(name, value, f"≥ {percent:g} %", share >= percent)


def at_most(name: str, part: int, whole: int, percent: float) -> Figure:
    """Return a share that should stay under a percentage."""
    share = 100 * part / whole if whole else 0.0
    value = f"{share:.2f} % ({part:,} of {whole:,})"
    return Figure(name, value, f"≤ {percent:g} %", share <= percent)


def none_of(name: str, part: int, whole: int) -> Figure:
    """Return a count that should be nought."""
    return Figure(name, f"{part:,} of {whole:,}", "0", part == 0)


def share(name: str, part: int, whole: int) -> Figure:
    """Return a share without a target."""
    return Figure(name, f"{100 * part / whole if whole else 0.0:.2f} % ({part:,} of {whole:,})")


def show(title: str, figures: Iterable[Figure], notes: Iterable[str] = ()) -> int:
    """Print a table of figures; return 1 where a target is missed."""
    found = list(figures)
    print(f"\n## {title}\n\n{HEADER}")
    for figure in found:
        print(figure.line)
    for note in notes:
        print(note)
    return int(any(figure.met is False for figure in found))
