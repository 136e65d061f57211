"""Which of a guideline's populations a person belongs to; what to ask where it is unknown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from garrod.care.decide.policy import Policy
from garrod.core.medicine import MedicineLine
from garrod.core.person import Person
from garrod.science.pgx.circumstances import Population
from garrod.science.pgx.guidance import Guidance

# How long a medicine must have been taken to count as tolerated. Source: PMID 29392710 (CPIC,
# carbamazepine and oxcarbazepine: reactions come within three months).
EXPOSED_AFTER = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Setting:
    """The circumstances of one medicine of one person: what context is chosen from."""

    person: Person
    line: MedicineLine
    is_new: bool
    today: date
    indications: frozenset[str]
    history: frozenset[str]  # every indication that the record or the order names

    @property
    def age(self) -> int | None:
        """Return the person's age, None when it is not known."""
        return self.person.age_on(self.today)


@dataclass(frozen=True, slots=True)
class Context:
    """The populations that may apply, and the question that would settle it ("" when settled)."""

    populations: tuple[str, ...]
    question: str = ""


def setting_of(
    policy: Policy, person: Person, line: MedicineLine, *, is_new: bool, today: date
) -> Setting:
    """Return the circumstances; reasons written on the order outrank the list of conditions."""
    named = policy.indications_of(line.reasons)
    past = policy.indications_of(c for known in person.conditions for c in known.codings)
    return Setting(person, line, is_new, today, named or past, named | past)


def context_of(guidance: Guidance, codes: Iterable[str], setting: Setting) -> Context:
    """Return the populations that fit a person among those that a drug's rows speak of."""
    found: list[str] = []
    questions: list[str] = []
    by_axis: dict[str, list[Population]] = {}
    for code in codes:
        population = guidance.populations[code]
        if population.axis:
            by_axis.setdefault(population.axis, []).append(population)
        else:
            found.append(code)
    for axis, choices in by_axis.items():
        fitting, is_known = _fitting(axis, choices, setting)
        found += [p.population for p in fitting]
        if not is_known and len(fitting) > 1:
            questions.append(next((p.question for p in fitting if p.question), ""))
    return Context(tuple(found), " ".join(q for q in questions if q))


def unspoken_of(guidance: Guidance, drug: str, person: Person) -> str:
    """Return why no population of a drug's rows fits a person of known age."""
    reason = "the guideline does not speak of people of this age"
    weights = [
        p.text
        for code in guidance.populations_of(drug)
        if (p := guidance.populations[code]).min_weight_kg is not None
    ]
    is_open = weights and person.weight_kg is None
    return f"{reason}; it speaks of {weights[0]}: no weight is on record" if is_open else reason


def _fitting(
    axis: str, choices: Sequence[Population], setting: Setting
) -> tuple[list[Population], bool]:
    """Return the populations of one axis that fit, and whether the axis was known."""
    if axis == "age":
        return _by_age(choices, setting)
    if axis == "indication":
        fitting = [p for p in choices if setting.indications & set(p.indications)]
        return (fitting, True) if len(fitting) == 1 else (fitting or list(choices), False)
    return _by_exposure(choices, setting)


def _by_age(choices: Sequence[Population], setting: Setting) -> tuple[list[Population], bool]:
    age = setting.age
    if age is None:
        return list(choices), False
    weight = setting.person.weight_kg
    return [p for p in choices if _is_within(p, age, weight)], True


def _is_within(population: Population, age: int, weight: Decimal | None) -> bool:
    """Return whether a person is of a population's age; enough weight stands for a lower age."""
    least = population.min_weight_kg
    is_heavy = least is not None and weight is not None and weight > least
    is_old_enough = population.min_age is None or age >= population.min_age or is_heavy
    return is_old_enough and (population.max_age is None or age <= population.max_age)


def _by_exposure(choices: Sequence[Population], setting: Setting) -> tuple[list[Population], bool]:
    started = setting.line.started
    if setting.is_new and started is None:
        return [p for p in choices if p.is_default], True
    if started is None:
        return [p for p in choices if p.is_default or p.population.endswith("-exposed")], False
    is_exposed = setting.today - started > EXPOSED_AFTER
    if not is_exposed:
        return [p for p in choices if p.is_default], True
    return [p for p in choices if p.population.endswith("-exposed")], True
