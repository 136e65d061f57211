"""Lays out cases of the review queue for a page. Pure: names are looked up by who calls.

item, names by reference -> Row, in plain words
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from garrod.care.govern.snoop_review import Item, Outcome
from garrod.care.govern.snoop_words import reasons

SAID = {Outcome.EXPLAINED: "Explained", Outcome.LOOK_INTO: "To be looked into"}
WEAK = "Several weak signs together."
CHOICES = (
    (Outcome.EXPLAINED.value, "Explained: there was a reason"),
    (Outcome.LOOK_INTO.value, "To be looked into"),
)


@dataclass(frozen=True, slots=True)
class Row:
    """One case as a page shows it."""

    id: str
    who: str
    role: str
    when: str
    patients: tuple[str, ...]
    reasons: tuple[str, ...]
    looks: int
    chance: str
    outcome: str = ""
    note: str = ""
    by: str = ""
    decided: str = ""

    @property
    def reason(self) -> str:
        """The first reason, as a line of the list has it."""
        return self.reasons[0] if self.reasons else WEAK


def row_of(item: Item, names: Mapping[str, str]) -> Row:
    """Return a case as a page shows it."""
    case = item.case
    return Row(
        item.id,
        names.get(case.who, case.who),
        case.role.replace("-", " ").capitalize(),
        span(case.first, case.last),
        case.patients,
        tuple(reasons(case)),
        len(case.entries),
        f"1 in {round(10.0**case.points, -int(case.points)):,.0f}",
        SAID[item.outcome] if item.outcome else "",
        item.note,
        names.get(item.by, item.by),
        f"{item.decided:%-d %B %Y}" if item.decided else "",
    )


def span(first: datetime, last: datetime) -> str:
    """Return when looks were: a day and time, or the first and last day."""
    if first.date() == last.date():
        return f"{first:%-d %B %Y, %H:%M} UTC"
    return f"{first:%-d %B %Y} to {last:%-d %B %Y}"
