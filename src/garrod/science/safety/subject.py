"""A person as rules ask about them: what is taken, had and measured, in the packs' own ids.

Person, named lines, Clinical -> Subject; built once a decision
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from garrod.core.errors import UnitError
from garrod.core.medicine import MedicineLine
from garrod.core.person import Condition, Person, Result
from garrod.core.quantity import Quantity, read_unit
from garrod.knowledge.clinical import Clinical, Measure
from garrod.knowledge.medicines import Medicine

# Routes by which a medicine stays where it is put. Source: the project's design; what a rule says
# of a route outranks it (topical diclofenac and warfarin, HL7 PDDI-CDS).
LOCAL_ROUTES = frozenset(("topical", "ocular", "otic", "nasal", "vaginal"))

NamedLine = tuple[MedicineLine, tuple[Medicine, ...]]


@dataclass(frozen=True, slots=True, eq=False)
class Taken:
    """One ingredient of one line: taken now, proposed (`is_new`), or taken once (`line.ended`)."""

    drug: str
    name: str
    sets: frozenset[str]
    line: MedicineLine
    is_local: bool = False
    is_new: bool = False
    is_alone: bool = True  # the line holds no other ingredient, so that its dose is this one's

    @property
    def daily_mg(self) -> Decimal | None:
        """Return the dose of this ingredient a day in mg; None where it is not known.

        Of a product of several ingredients it is not: the total is that of all of them.
        """
        return self.line.daily_mg if self.is_alone else None

    @property
    def ref(self) -> str:
        """Return where it stands."""
        return self.line.reference or "order"


@dataclass(frozen=True, slots=True)
class Measured:
    """A value in its measure's own unit. `why` says why it cannot be used, else ""."""

    measure: Measure
    value: Decimal
    comparator: str
    seen: date | None
    ref: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Subject:
    """A person on a day. `taken` holds current lines and what is proposed, `past` what was."""

    person: Person
    today: date
    clinical: Clinical
    taken: tuple[Taken, ...]
    past: tuple[Taken, ...]
    conditions: Mapping[str, tuple[Condition, ...]]
    measured: Mapping[str, tuple[Measured, ...]]  # the newest first
    by_drug: Mapping[str, tuple[Taken, ...]] = field(repr=False)

    def takers(self, drugs: Iterable[str]) -> tuple[Taken, ...]:
        """Return the current and proposed lines of any of some ingredients, each once."""
        return tuple(t for drug in drugs for t in self.by_drug.get(drug, ()))

    @property
    def age(self) -> int | None:
        """Return the age in completed years; None where it is not known."""
        return self.person.age_on(self.today)

    def days_since(self, day: date | None) -> int | None:
        """Return how many days ago something was; None where it is not known."""
        return None if day is None else (self.today - day).days


def subject_of(
    person: Person,
    named: Sequence[NamedLine],
    clinical: Clinical,
    *,
    today: date,
    proposed: Sequence[NamedLine] = (),
    past: Sequence[NamedLine] = (),
    local: Iterable[MedicineLine] = (),
) -> Subject:
    """Return a person as rules ask about them.

    `local` are the lines whose words name a form that acts where it is put.
    Source: the project's design.
    """
    at = frozenset(id(line) for line in local)
    taken = (*_taken(named, clinical, at), *_taken(proposed, clinical, at, is_new=True))
    by_drug: dict[str, list[Taken]] = {}
    for one in taken:
        by_drug.setdefault(one.drug, []).append(one)
    return Subject(
        person,
        today,
        clinical,
        taken,
        tuple(_taken(past, clinical, at)),
        _conditions(person, clinical),
        _measured(person, clinical),
        {drug: tuple(found) for drug, found in by_drug.items()},
    )


def _taken(
    named: Sequence[NamedLine], clinical: Clinical, at: frozenset[int], *, is_new: bool = False
) -> list[Taken]:
    return [
        Taken(
            m.drug,
            m.name,
            clinical.sets_of(m.drug),
            line,
            is_local=line.route in LOCAL_ROUTES or (not line.route and id(line) in at),
            is_new=is_new,
            is_alone=len(medicines) == 1,
        )
        for line, medicines in named
        for m in medicines
    ]


def _conditions(person: Person, clinical: Clinical) -> dict[str, tuple[Condition, ...]]:
    found: dict[str, list[Condition]] = {}
    for had in person.conditions:
        for known in clinical.conditions_of(had.codings):
            found.setdefault(known.id, []).append(had)
    return {key: tuple(values) for key, values in found.items()}


def _measured(person: Person, clinical: Clinical) -> dict[str, tuple[Measured, ...]]:
    found: dict[str, list[Measured]] = {}
    for result in person.results:
        measure = clinical.measure_of(result.codings, result.text)
        if measure is not None:
            found.setdefault(measure.id, []).append(measured_of(measure, result))
    return {
        key: tuple(sorted(values, key=lambda m: m.seen or date.min, reverse=True))
        for key, values in found.items()
    }


def measured_of(measure: Measure, result: Result) -> Measured:
    """Return a result in its measure's unit; what is no such amount, or implausible, says why.

    Source: the project's design.
    """
    value, why = Decimal(0), result.why_unread
    if result.value is None:
        why = why or "it has no number with a unit"
    else:
        try:
            value = _in_unit(measure, result.value)
            if not measure.low <= value <= measure.high:
                why = f"{value} {measure.unit} is outside what is plausible"
        except UnitError:
            why = f"its unit {result.value.ucum!r} is not one of {measure.unit}"
    return Measured(measure, value, result.comparator, result.seen, result.reference, why)


def _in_unit(measure: Measure, amount: Quantity) -> Decimal:
    if amount.ucum == measure.unit:
        return amount.value
    factor = measure.factors.get(amount.ucum)
    if factor is not None:
        return (amount.value * factor).quantize(Decimal("0.0001")).normalize()
    if not read_unit(measure.unit)[0]:  # 7.5 % of haemoglobin is not 75 mmol/mol
        raise UnitError(f"{amount.ucum} is not {measure.unit}")
    return amount.convert(measure.unit, places=4).value.normalize()
