"""Which of a guideline's populations a person belongs to; what to ask where it is unknown.

Circumstances -> each constraint of a population fits, does not, or is unknown -> those that may
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import IntEnum

from garrod.care.decide.setting import Circumstances
from garrod.core.person import Person
from garrod.science.pgx.circumstances import EXPOSED, NAIVE, Population
from garrod.science.pgx.guidance import Guidance

INDICATION, CONDITION = "indication", "condition"  # what it is for; what the person has or had
ASKED = {  # what to ask where a population asks more than its own question covers
    "age": "How old is the person?",
    INDICATION: "What is it for?",
    CONDITION: "Does the person have, or has the person had, such a condition?",
    "exposure": "Has the person taken it before, for how long, and was it tolerated?",
    "dose": "What is the total dose a day?",
    "route": "By which route is it given?",
    "sex": "What is the person's sex?",
    "pregnancy": "Is the person pregnant?",
}


class Fit(IntEnum):
    """Whether a constraint holds; the more certain it is that it does, the higher."""

    NO = 0
    UNKNOWN = 1
    YES = 2

    @classmethod
    def of(cls, holds: bool | None) -> Fit:
        """Return the fit of a claim; None where it could not be told."""
        return cls.UNKNOWN if holds is None else cls.YES if holds else cls.NO


@dataclass(frozen=True, slots=True)
class Context:
    """The populations that may apply, and the question that would settle it ("" when settled).

    `is_open` where a single population of an axis may apply, or none: the question then stands
    even though there is nothing to choose between.
    """

    populations: tuple[str, ...]
    question: str = ""
    is_open: bool = False


def context_of(guidance: Guidance, codes: Iterable[str], asked: Circumstances) -> Context:
    """Return the populations that fit a person among those that a drug's rows speak of."""
    found: list[str] = []
    questions: list[str] = []
    is_open = False
    by_axis: dict[str, list[Population]] = {}
    for code in codes:
        population = guidance.populations[code]
        if population.axis:
            by_axis.setdefault(population.axis, []).append(population)
        else:
            found.append(code)
    for choices in by_axis.values():
        kept = [judged for judged in _judged(choices, asked) if judged.fit is not Fit.NO]
        found += [judged.population.population for judged in kept]
        is_open |= [judged.fit for judged in kept] == [Fit.UNKNOWN]
        questions += _questions(kept)
    return Context(tuple(found), " ".join(dict.fromkeys(questions)), is_open)


def unspoken_of(guidance: Guidance, drug: str, person: Person) -> str:
    """Return why none of the populations that a drug's rows speak of fits a person."""
    groups = [guidance.populations[code] for code in guidance.populations_of(drug)]
    if any(group.axis != "age" for group in groups):
        return f"the guideline speaks only of: {'; '.join(group.text for group in groups)}"
    is_by_weight = any(group.min_weight_kg is not None for group in groups)
    size = " and weight" if is_by_weight and person.weight_kg is not None else ""
    return f"the guideline does not speak of people of this age{size}"


def parts_of(
    population: Population, asked: Circumstances, choices: Sequence[Population] = ()
) -> dict[str, Fit]:
    """Return how each constraint of a population fits, by axis; a blank one is left out.

    `choices` are the populations of its axis, one of which a known reason may settle.
    """
    parts: dict[str, Fit] = {}
    if (population.min_age, population.max_age, population.min_weight_kg) != (None, None, None):
        parts["age"] = Fit.of(_is_of_age(population, asked))
    if population.indications:
        axis = CONDITION if population.axis == CONDITION else INDICATION
        parts[axis] = Fit.of(_is_meant(population, asked, choices))
    if population.exposure:
        parts["exposure"] = _exposure_fit(population.exposure, asked.exposure)
    if population.routes:
        parts["route"] = Fit.of(asked.route in population.routes if asked.route else None)
    if (population.min_daily_mg, population.max_daily_mg) != (None, None):
        parts["dose"] = Fit.of(_is_in_dose(population, asked.daily_mg))
    if population.sex:
        parts["sex"] = Fit.of(asked.sex == population.sex if asked.sex else None)
    if population.is_pregnant is not None:
        known = asked.is_pregnant
        parts["pregnancy"] = Fit.of(None if known is None else known is population.is_pregnant)
    if population.taking:
        is_taken = any(asked.marks.issuperset(mark.split("+")) for mark in population.taking)
        parts["co-medication"] = Fit.of(is_taken)
    return parts


def weakest(fits: Iterable[Fit]) -> Fit:
    """Return how constraints fit that have to hold together; none of them asks nothing."""
    return min(fits, default=Fit.YES)


@dataclass(frozen=True, slots=True)
class _Judged:
    """A population, how it fits on the whole, and how each of its constraints does."""

    population: Population
    fit: Fit
    parts: dict[str, Fit]


def _judged(choices: Sequence[Population], asked: Circumstances) -> list[_Judged]:
    """Return how each population of one axis fits; a default without a constraint is the rest."""
    own = [(p, parts_of(p, asked, choices)) for p in choices]
    named = [weakest(parts.values()) for p, parts in own if not _is_rest(p, parts)]
    none_else = Fit(Fit.YES - max(named, default=Fit.NO))
    return [
        _Judged(p, weakest((*parts.values(), *((none_else,) if _is_rest(p, parts) else ()))), parts)
        for p, parts in own
    ]


def _is_rest(population: Population, parts: dict[str, Fit]) -> bool:
    """Return whether a population is whoever belongs to no other of its axis."""
    return population.is_default and population.axis not in parts


def _questions(kept: Sequence[_Judged]) -> list[str]:
    """Return what to ask: where a constraint is unknown, or more than one use fits."""
    found = []
    for judged in kept:
        own = judged.population
        for axis, fit in judged.parts.items():
            if fit is Fit.UNKNOWN:
                found.append(own.question if axis == own.axis and own.question else ASKED[axis])
    if not found and len(kept) > 1 and kept[0].population.axis in (INDICATION, CONDITION):
        found += [j.population.question for j in kept if j.population.question][:1]
    return found


def _is_of_age(population: Population, asked: Circumstances) -> bool | None:
    """Return whether a person is of a population's age; enough weight stands for a lower age."""
    age, weight = asked.age, asked.weight_kg
    enough: list[bool | None] = []
    if population.min_age is not None:
        enough.append(age >= population.min_age if age is not None else None)
    if population.min_weight_kg is not None:
        is_heavy = weight is not None and weight > population.min_weight_kg
        enough.append(is_heavy or (None if asked.may_weigh_more else False))
    is_enough = not enough or (True in enough) or (None if None in enough else False)
    is_young: bool | None = True
    if population.max_age is not None:
        is_young = age <= population.max_age if age is not None else None
    if False in (is_enough, is_young):
        return False
    return None if None in (is_enough, is_young) else True


def _is_meant(
    population: Population, asked: Circumstances, choices: Sequence[Population]
) -> bool | None:
    """Return whether a population is meant by what the medicine is for.

    A reason that the order states settles it. The list of conditions does so only between uses:
    where the rest is "anything else", the medicine may be for something else than what is listed.
    """
    wanted = set(population.indications)
    if population.axis == CONDITION:
        return True if asked.history & wanted else None  # a list may lack it
    has_rest = any(p.is_default and not p.indications for p in choices)
    is_certain = asked.is_stated or not has_rest
    if asked.indications & wanted:
        return True if is_certain else None
    is_another = any(asked.indications & set(p.indications) for p in choices)
    is_settled = is_another if not has_rest else asked.is_stated
    return False if is_settled else None


def _exposure_fit(wanted: str, known: str) -> Fit:
    """Return whether a person has had the medicine as a population asks.

    That no other medicine will do ("no-alternatives") is a judgement that no record holds: the
    more cautious row for people new to the medicine speaks instead.
    """
    if wanted not in (EXPOSED, NAIVE):
        return Fit.NO
    return Fit.of(wanted == known if known else None)


def _is_in_dose(population: Population, dose: Decimal | None) -> bool | None:
    """Return whether the total dose a day lies between a population's bounds, both included."""
    if dose is None:
        return None
    is_enough = population.min_daily_mg is None or dose >= population.min_daily_mg
    return is_enough and (population.max_daily_mg is None or dose <= population.max_daily_mg)
