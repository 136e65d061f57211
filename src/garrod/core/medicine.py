"""A medicine as a person has it: what was written, its codes, what it is taken for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Coding:
    """A code in a system; `system` is its URI."""

    system: str
    code: str
    display: str = ""


ANY_LINE = "*"  # of an order that is a repeat, and does not say of which line


@dataclass(frozen=True, slots=True)
class MedicineLine:
    """One line of a medicine list, as received.

    `reasons` are what it is taken for, as codings or words; `reference` opens the source resource.
    `route` is one of core.dosage.ROUTES or "" (not known). `daily_mg` is the total dose a day, None
    unless the directions give it beyond doubt: "as needed" and ranges do not; `weekly_mg` that of
    a week, of a medicine that is not taken every day. `ended`, of a line
    that is no longer taken, is the day on which it was stopped, or else the last on which it is
    known to have been meant to be taken. `renews` is what it goes on with: references of requests
    and statements, identifiers of the treatment as "system|value", ANY_LINE of a bare repeat.
    `is_held`: it is on the list and not taken for the time being; rules count it as taken.
    """

    text: str
    codings: tuple[Coding, ...] = ()
    reasons: tuple[Coding, ...] = ()
    started: date | None = None
    reference: str = ""
    route: str = ""
    daily_mg: Decimal | None = None
    weekly_mg: Decimal | None = None
    ended: date | None = None
    is_as_needed: bool = False
    renews: tuple[str, ...] = ()
    is_held: bool = False

    def goes_on_with(self, line: MedicineLine) -> bool:
        """Return whether an order says that it belongs to the treatment of a line.

        It names the line, or what the line itself goes on with; or the line rests on the order.
        """
        if line.reference and line.reference in (self.reference, *self.renews):
            return True
        if self.reference and self.reference in line.renews:
            return True
        return bool({*self.renews} & {*line.renews} - {ANY_LINE})

    @property
    def is_repeat(self) -> bool:
        """Return whether an order is a repeat that does not say of which line."""
        return ANY_LINE in self.renews


class Act(StrEnum):
    """What is about to be done with a medicine."""

    ORDER = "order"
    REVIEW = "review"


@dataclass(frozen=True, slots=True)
class Proposal:
    """A draft order; or a review of everything that the person takes (no medicine named)."""

    act: Act
    medicine: MedicineLine | None = None


REVIEW = Proposal(Act.REVIEW)
