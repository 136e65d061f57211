"""What an indication is treated with: alternatives by line, cost and formulary, and usual doses.

pack treatment-options -> Treatments: an indication's rows that hold for a person, a row of dose
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from garrod.core.advice import OptionDose
from garrod.core.errors import KnowledgeError
from garrod.core.evidence import Evidence
from garrod.knowledge.clinical import Clinical
from garrod.knowledge.pack import Row
from garrod.knowledge.shelf import Shelf
from garrod.science.safety.atoms_line import ATOMS
from garrod.science.safety.language import Asked, Check, compiled
from garrod.science.safety.subject import Subject

PACK = "treatment-options"
COSTS = ("low", "medium", "high")
FORMULARY = ("yes", "restricted", "no")
UNREAD = "(unchecked)"  # in the place of a citation that nobody read


@dataclass(frozen=True, slots=True, eq=False)
class Treatment:
    """One medicine for one indication: `line` 1 is tried first; `note` is said with it."""

    indication: str
    drug: str
    line: int
    cost: str
    formulary: str
    when: Check
    note: str
    evidence: Evidence


@dataclass(frozen=True, slots=True, eq=False)
class DoseRow:
    """How a medicine is usually given for an indication ("" is any), and for whom.

    `is_read` is False of a row whose source nobody read: it is never put in a draft.
    """

    drug: str
    indication: str
    when: Check
    dose: OptionDose
    is_read: bool = True


@dataclass(frozen=True, slots=True)
class Dosed:
    """The usual dose of a medicine for one person, or why there is none."""

    dose: OptionDose | None = None
    why_not: str = ""


NO_DOSE = Dosed()


@dataclass(frozen=True, slots=True)
class Treatments:
    """The rows of the pack. A shelf without it has none, and no order is ranked."""

    by_indication: Mapping[str, tuple[Treatment, ...]] = field(default_factory=dict)
    doses: Mapping[str, tuple[DoseRow, ...]] = field(default_factory=dict)
    weights: Mapping[str, int] = field(default_factory=dict)
    reference: str = ""

    def for_person(self, indication: str, subject: Subject) -> tuple[Treatment, ...]:
        """Return an indication's medicines, each by the first of its rows that holds."""
        found: dict[str, Treatment] = {}
        for row in self.by_indication.get(indication, ()):
            if row.drug not in found and row.when(Asked(subject)).is_yes:
                found[row.drug] = row
        return tuple(found.values())

    def treats(self, drug: str) -> frozenset[str]:
        """Return the indications that have a row for a medicine."""
        return frozenset(
            name for name, rows in self.by_indication.items() if any(r.drug == drug for r in rows)
        )

    def dose_of(self, drug: str, indication: str, subject: Subject) -> OptionDose | None:
        """Return how a medicine is usually given to a person like this, or None."""
        return self.dosed(drug, indication, subject).dose

    def dosed(self, drug: str, indication: str, subject: Subject) -> Dosed:
        """Return how a medicine is usually given to a person like this, or why no row says.

        A row of which it cannot be told whether it holds is none; the line that is proposed tells
        what the medicine is for.
        """
        rows = self.doses.get(drug, ())
        meant = [row for row in rows if row.indication in ("", indication) and row.is_read]
        asked = Asked(subject, next((t for t in subject.taken if t.is_new), None))
        missing: dict[str, None] = {}
        for row in meant:
            answer = row.when(asked)
            if answer.is_yes:
                return Dosed(row.dose)
            missing |= dict.fromkeys(m.text for m in answer.missing)
        if missing:
            return Dosed(None, "; ".join(missing))
        if not rows:
            return Dosed(None, "no usual dose is at hand")
        is_for = "for a person like this" if meant else "for what it is given for"
        return Dosed(None, f"no usual dose {is_for} is at hand")

    def weight(self, what: str) -> int:
        """Return how much something counts against a medicine; 0 where no row says."""
        return self.weights.get(what, 0)


def load_treatments(shelf: Shelf, clinical: Clinical) -> Treatments:
    """Return the treatments of the pack, none where the shelf has no such pack.

    Raises: KnowledgeError KNO004, KNO005, KNO010 (a word that is none of a column's).
    """
    if PACK not in shelf.names():
        return Treatments()
    by_indication: dict[str, list[Treatment]] = {}
    for row in shelf.rows(PACK, "treatments"):
        made = _treatment(shelf, row, clinical)
        by_indication.setdefault(made.indication, []).append(made)
    doses: dict[str, list[DoseRow]] = {}
    for row in shelf.rows(PACK, "doses"):
        doses.setdefault(row["drug"], []).append(_dose(shelf, row, clinical))
    return Treatments(
        {name: tuple(rows) for name, rows in by_indication.items()},
        {drug: tuple(rows) for drug, rows in doses.items()},
        {row["what"]: int(row["weight"]) for row in shelf.rows(PACK, "weights")},
        shelf.reference(PACK),
    )


def _treatment(shelf: Shelf, row: Row, clinical: Clinical) -> Treatment:
    place = f"{row['indication']}/{row['drug']}"
    if row["cost"] not in COSTS or row["formulary"] not in FORMULARY:
        said = f"{PACK}: {place}: cost is one of {COSTS}, formulary one of {FORMULARY}"
        raise KnowledgeError(said, code="KNO010")
    if row["indication"] not in clinical.conditions:
        said = f"{PACK}: {place}: no such condition is on the shelf"
        raise KnowledgeError(said, code="KNO010")
    return Treatment(
        row["indication"],
        row["drug"],
        int(row["line"]),
        row["cost"],
        row["formulary"],
        compiled(row["when"] or "always", place, clinical, ATOMS),
        row["note"],
        shelf.evidence(PACK, row["evidence"]),
    )


def _dose(shelf: Shelf, row: Row, clinical: Clinical) -> DoseRow:
    when = compiled(row["when"] or "always", f"dose of {row['drug']}", clinical, ATOMS)
    evidence = shelf.evidence(PACK, row["evidence"])
    dose = OptionDose(
        words=row["words"],
        form=row["form"],
        route=row["route"],
        amount=Decimal(row["amount"]),
        unit=row["unit"],
        times_a_day=int(row["times_a_day"]),
        days=int(row["days"] or 0),
        evidence=evidence,
        first=Decimal(row.get("first") or 0),
        every_days=int(row.get("every_days") or 1),
        is_as_needed=row.get("as_needed") == "yes",
        most=Decimal(row.get("most") or 0),
    )
    is_read = UNREAD not in evidence.locus
    return DoseRow(row["drug"], row["indication"], when, dose, is_read)
