"""A person as one decision sees them: a frozen snapshot, never a live record."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from garrod.core.finding import GeneFinding, Status
from garrod.core.medicine import Coding, MedicineLine
from garrod.core.quantity import Quantity

# Coarse groups, as dose algorithms ask for them: no more is kept of what a record says.
ETHNICITIES = ("white", "asian", "black", "mixed", "other")
# The kinds of facts that a source may fail to answer.
KINDS = ("medicines", "conditions", "allergies", "results", "requests", "genetics")


@dataclass(frozen=True, slots=True)
class Condition:
    """A diagnosis, procedure or problem of the person, as received.

    `is_active` is False of one that is resolved, in remission or inactive.
    """

    text: str
    codings: tuple[Coding, ...] = ()
    since: date | None = None
    is_active: bool = True
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Allergy:
    """A recorded allergy or intolerance to a substance.

    `kind` is "allergy", "intolerance" or "" (not stated); `criticality` "high", "low" or "";
    `is_confirmed` None where the record does not say. `is_active` is False of one that was looked
    into again and is no risk any more (resolved or inactive); `reactions` are what happened.
    """

    text: str
    codings: tuple[Coding, ...] = ()
    kind: str = ""
    criticality: str = ""
    is_confirmed: bool | None = None
    reactions: tuple[str, ...] = ()
    since: date | None = None
    reference: str = ""
    is_active: bool = True


@dataclass(frozen=True, slots=True)
class Result:
    """A measured value of the person, as received: what it is of, how much, and when.

    `value` is None of one that gives no number with a unit that is known; `why_unread` then says
    why. `comparator` is "", "<", "<=", ">=" or ">".
    """

    text: str
    codings: tuple[Coding, ...] = ()
    value: Quantity | None = None
    comparator: str = ""
    seen: date | None = None
    reference: str = ""
    why_unread: str = ""


@dataclass(frozen=True, slots=True)
class Sign:
    """A sign that was looked for: ascites or encephalopathy, and how severe it is.

    `grade` is "none", "mild", "severe", or "" where it was seen and nobody says how severe.
    """

    name: str
    grade: str
    seen: date | None = None
    reference: str = ""


ANY_GENE = "*"  # of a test that reads genes and does not say which


@dataclass(frozen=True, slots=True)
class Requested:
    """A test or investigation that was asked for and has no result yet.

    `genes` are those that it will tell of: symbols, ANY_GENE for a panel that names none.
    """

    text: str
    codings: tuple[Coding, ...] = ()
    asked: date | None = None
    reference: str = ""
    genes: tuple[str, ...] = ()


class GeneState(StrEnum):
    """How far a gene of a person is known."""

    PRESENT = "present"  # there is a result
    NOT_CALLABLE = "not-callable"  # it was looked for, and could not be told
    PENDING = "pending"  # a test was asked for, and its result is awaited
    ABSENT = "absent"  # there is no result, and none is awaited
    UNSEEN = "unseen"  # whoever knows did not answer: nothing is known of results


@dataclass(frozen=True, slots=True)
class Person:
    """What is known of a person now. `repr` shows no name and no identifier.

    `sex` is "male", "female" or "" (not known); `ethnicity` one of ETHNICITIES or "" (not known).
    Whatever else is None is not known: it was not recorded, or could not be read. `past` are the
    lines that are no longer taken; `unseen` the kinds (of KINDS) that were asked for and did not
    answer, so that their absence says nothing.
    """

    reference: str  # logical id, e.g. "Patient/demo-1"
    name: str = field(default="", repr=False)
    sex: str = ""
    birth_date: date | None = field(default=None, repr=False)
    weight_kg: Decimal | None = None
    weight_seen: date | None = None  # the day on which that was so
    height_cm: Decimal | None = None
    is_pregnant: bool | None = None
    pregnancy_seen: date | None = None  # the day on which that was so
    due_date: date | None = None  # the day on which a birth is expected
    is_breastfeeding: bool | None = None
    breastfeeding_seen: date | None = None
    is_smoker: bool | None = None  # now, not ever
    ethnicity: str = field(default="", repr=False)
    target_inr: Decimal | None = None  # the middle of the range aimed at
    medicines: tuple[MedicineLine, ...] = ()
    allergies: tuple[Allergy, ...] = ()
    conditions: tuple[Condition, ...] = ()
    findings: tuple[GeneFinding, ...] = ()
    past: tuple[MedicineLine, ...] = ()
    results: tuple[Result, ...] = ()
    signs: tuple[Sign, ...] = ()
    requested: tuple[Requested, ...] = ()
    unseen: frozenset[str] = frozenset()
    is_synthetic: bool = False
    notes: tuple[str, ...] = ()  # what could not be read, for the "not assessed" part

    def age_on(self, day: date) -> int | None:
        """Return the age in completed years on a day; None without a birth date."""
        if self.birth_date is None:
            return None
        had_birthday = (day.month, day.day) >= (self.birth_date.month, self.birth_date.day)
        return day.year - self.birth_date.year - (0 if had_birthday else 1)

    def finding(self, gene: str) -> GeneFinding | None:
        """Return the finding of a gene, or None."""
        return next((f for f in self.findings if f.gene == gene), None)

    def awaited(self, gene: str) -> Requested | None:
        """Return the test that was asked for and will tell of a gene; None where there is none."""
        return next((r for r in self.requested if gene in r.genes or ANY_GENE in r.genes), None)

    def gene_state(self, gene: str) -> GeneState:
        """Return how far a gene is known; a result outranks a test that is awaited."""
        found = self.finding(gene)
        if found is not None and found.status in (Status.CALLED, Status.AMBIGUOUS):
            return GeneState.PRESENT
        if self.awaited(gene) is not None:
            return GeneState.PENDING
        if found is not None and found.status is Status.NO_CALL:
            return GeneState.NOT_CALLABLE
        return GeneState.UNSEEN if "genetics" in self.unseen else GeneState.ABSENT
