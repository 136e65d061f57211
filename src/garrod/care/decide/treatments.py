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
    """How a medicine is usually given for an indication ("" is any), and for whom."""

    drug: str
    indication: str
    when: Check
    dose: OptionDose


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
        for row in self.doses.get(drug, ()):
            is_for = row.indication in ("", indication)
            if is_for and row.when(Asked(subject)).is_yes:
                return row.dose
        return None

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
    dose = OptionDose(
        words=row["words"],
        form=row["form"],
        route=row["route"],
        amount=Decimal(row["amount"]),
        unit=row["unit"],
        times_a_day=int(row["times_a_day"]),
        days=int(row["days"] or 0),
        evidence=shelf.evidence(PACK, row["evidence"]),
    )
    return DoseRow(row["drug"], row["indication"], when, dose)
