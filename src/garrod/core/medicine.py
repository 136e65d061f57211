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


@dataclass(frozen=True, slots=True)
class MedicineLine:
    """One line of a medicine list, as received.

    `reasons` are what it is taken for, as codings or words; `reference` opens the source resource.
    `route` is one of core.dosage.ROUTES or "" (not known). `daily_mg` is the total dose a day, None
    unless the directions give it beyond doubt: "as needed" and ranges do not. `ended`, of a line
    that is no longer taken, is the day on which it was stopped, or else the last on which it is
    known to have been meant to be taken.
    """

    text: str
    codings: tuple[Coding, ...] = ()
    reasons: tuple[Coding, ...] = ()
    started: date | None = None
    reference: str = ""
    route: str = ""
    daily_mg: Decimal | None = None
    ended: date | None = None
    is_as_needed: bool = False


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
