"""Which of a guideline's populations a person belongs to; what to ask where it is unknown.

Setting -> each constraint of a population fits, does not, or is unknown -> those that may apply
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum

from garrod.care.decide.policy import Policy
from garrod.core.medicine import MedicineLine
from garrod.core.person import Person
from garrod.science.pgx.circumstances import EXPOSED, NAIVE, Population
from garrod.science.pgx.guidance import Guidance

# How long a medicine must have been taken to count as tolerated. Source: PMID 29392710 (CPIC,
# carbamazepine and oxcarbazepine: reactions come within three months).
EXPOSED_AFTER = timedelta(days=90)
# Ages, in years, between which it is asked whether a person is pregnant or breastfeeding.
# Source: own choice, wider than the 15 to 49 years by which WHO counts reproductive age (unchecked)
FERTILE = range(11, 60)
# For how long a pregnancy or breastfeeding, or that there is none, may be taken to last.
# Source: own choice, the forty weeks of a pregnancy
STATE_LASTS = timedelta(days=280)
# For how long the weight of a person who still grows is taken as today's; and until what age, in
# years, that is. Source: own choice
WEIGHT_LASTS, GROWN_UP = timedelta(days=90), 18
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


class Fit(Enum):
    """Whether a constraint holds; the more certain it is that it does, the higher."""

    NO = 0
    UNKNOWN = 1
    YES = 2

    @classmethod
    def of(cls, holds: bool | None) -> Fit:
        """Return the fit of a claim; None where it could not be told."""
        return cls.UNKNOWN if holds is None else cls.YES if holds else cls.NO


@dataclass(frozen=True, slots=True)
class Setting:
    """The circumstances of one medicine of one person: what context is chosen from.

    `drug` is the medicine's id; `taken` are the ids of all that the person's list names, and
    `inhibitors` what these do to enzymes: "CYP2D6:strong".
    """

    person: Person
    line: MedicineLine
    is_new: bool
    today: date
    indications: frozenset[str]
    history: frozenset[str]  # every indication that the record or the order names
    is_stated: bool = False  # the order itself says what it is for
    drug: str = ""
    taken: frozenset[str] = frozenset()
    inhibitors: frozenset[str] = frozenset()

    @property
    def age(self) -> int | None:
        """Return the person's age, None when it is not known."""
        return self.person.age_on(self.today)

    @property
    def may_weigh_more(self) -> bool:
        """Return whether the weight is not known, or is that of a child who has grown since."""
        if self.person.weight_kg is None:
            return True
        is_grown_up = self.age is not None and self.age >= GROWN_UP
        seen = self.person.weight_seen
        return not is_grown_up and seen is not None and self.today - seen > WEIGHT_LASTS

    @property
    def exposure(self) -> str:
        """Return "exposed", "naive", or "" where the list names the medicine without a start.

        An order of a medicine that is not on the list counts as the first.
        """
        if self.line.started is None:
            return NAIVE if self.is_new and self.drug not in self.taken else ""
        return EXPOSED if self.today - self.line.started > EXPOSED_AFTER else NAIVE

    @property
    def is_pregnant(self) -> bool | None:
        """Return whether the person is pregnant; None where it has to be asked."""
        return self._now(self.person.is_pregnant, self.person.pregnancy_seen)

    @property
    def is_breastfeeding(self) -> bool | None:
        """Return whether the person breastfeeds; None where it has to be asked."""
        return self._now(self.person.is_breastfeeding, self.person.breastfeeding_seen)

    def _now(self, known: bool | None, seen: date | None) -> bool | None:
        """Return a state that passes as it is today; None where what is known is too old."""
        if not self.may_be_mother:
            return known or False
        is_old = seen is not None and self.today - seen > STATE_LASTS
        return None if is_old else known

    @property
    def may_be_mother(self) -> bool:
        """Return whether sex and age, where known, leave a pregnancy possible."""
        is_of_age = self.age is None or self.age in FERTILE
        return self.person.sex != "male" and is_of_age


@dataclass(frozen=True, slots=True)
class Context:
    """The populations that may apply, and the question that would settle it ("" when settled).

    `is_open` where a single population of an axis may apply, or none: the question then stands
    even though there is nothing to choose between.
    """

    populations: tuple[str, ...]
    question: str = ""
    is_open: bool = False


def setting_of(
    policy: Policy,
    person: Person,
    line: MedicineLine,
    *,
    is_new: bool,
    today: date,
    drug: str = "",
    taken: Iterable[str] = (),
    inhibitors: Iterable[str] = (),
) -> Setting:
    """Return the circumstances; reasons written on the order outrank the list of conditions."""
    named = policy.indications_of(line.reasons)
    past = policy.indications_of(c for known in person.conditions for c in known.codings)
    return Setting(
        person,
        line,
        is_new,
        today,
        named or past,
        named | past,
        is_stated=bool(named),
        drug=drug,
        taken=frozenset(taken),
        inhibitors=frozenset(inhibitors),
    )


def context_of(guidance: Guidance, codes: Iterable[str], setting: Setting) -> Context:
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
        kept = [judged for judged in _judged(choices, setting) if judged.fit is not Fit.NO]
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
    population: Population, setting: Setting, choices: Sequence[Population] = ()
) -> dict[str, Fit]:
    """Return how each constraint of a population fits, by axis; a blank one is left out.

    `choices` are the populations of its axis, one of which a known reason may settle.
    """
    person, line = setting.person, setting.line
    asked: dict[str, Fit] = {}
    if (population.min_age, population.max_age, population.min_weight_kg) != (None, None, None):
        asked["age"] = Fit.of(_is_of_age(population, setting))
    if population.indications:
        axis = CONDITION if population.axis == CONDITION else INDICATION
        asked[axis] = Fit.of(_is_meant(population, setting, choices))
    if population.exposure:
        asked["exposure"] = _exposure_fit(population.exposure, setting.exposure)
    if population.routes:
        asked["route"] = Fit.of(line.route in population.routes if line.route else None)
    if (population.min_daily_mg, population.max_daily_mg) != (None, None):
        asked["dose"] = Fit.of(_is_in_dose(population, line))
    if population.sex:
        asked["sex"] = Fit.of(person.sex == population.sex if person.sex else None)
    if population.is_pregnant is not None:
        known = setting.is_pregnant
        asked["pregnancy"] = Fit.of(None if known is None else known is population.is_pregnant)
    if population.taking:
        known_marks = setting.taken | setting.inhibitors
        is_taken = any(known_marks.issuperset(mark.split("+")) for mark in population.taking)
        asked["co-medication"] = Fit.of(is_taken)
    return asked


def weakest(fits: Iterable[Fit]) -> Fit:
    """Return how constraints fit that have to hold together; none of them asks nothing."""
    return min(fits, key=lambda fit: fit.value, default=Fit.YES)


@dataclass(frozen=True, slots=True)
class _Judged:
    """A population, how it fits on the whole, and how each of its constraints does."""

    population: Population
    fit: Fit
    parts: dict[str, Fit]


def _judged(choices: Sequence[Population], setting: Setting) -> list[_Judged]:
    """Return how each population of one axis fits; a default without a constraint is the rest."""
    own = [(p, parts_of(p, setting, choices)) for p in choices]
    named = [weakest(parts.values()) for p, parts in own if not _is_rest(p, parts)]
    none_else = Fit(Fit.YES.value - max((fit.value for fit in named), default=Fit.NO.value))
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


def _is_of_age(population: Population, setting: Setting) -> bool | None:
    """Return whether a person is of a population's age; enough weight stands for a lower age."""
    age, weight = setting.age, setting.person.weight_kg
    enough: list[bool | None] = []
    if population.min_age is not None:
        enough.append(age >= population.min_age if age is not None else None)
    if population.min_weight_kg is not None:
        is_heavy = weight is not None and weight > population.min_weight_kg
        enough.append(is_heavy or (None if setting.may_weigh_more else False))
    is_enough = not enough or (True in enough) or (None if None in enough else False)
    is_young: bool | None = True
    if population.max_age is not None:
        is_young = age <= population.max_age if age is not None else None
    if False in (is_enough, is_young):
        return False
    return None if None in (is_enough, is_young) else True


def _is_meant(
    population: Population, setting: Setting, choices: Sequence[Population]
) -> bool | None:
    """Return whether a population is meant by what the medicine is for.

    A reason that the order states settles it. The list of conditions does so only between uses:
    where the rest is "anything else", the medicine may be for something else than what is listed.
    """
    wanted = set(population.indications)
    if population.axis == CONDITION:
        return True if setting.history & wanted else None  # a list may lack it
    has_rest = any(p.is_default and not p.indications for p in choices)
    is_certain = setting.is_stated or not has_rest
    if setting.indications & wanted:
        return True if is_certain else None
    is_another = any(setting.indications & set(p.indications) for p in choices)
    is_settled = is_another if not has_rest else setting.is_stated
    return False if is_settled else None


def _exposure_fit(wanted: str, known: str) -> Fit:
    """Return whether a person has had the medicine as a population asks.

    That no other medicine will do ("no-alternatives") is a judgement that no record holds: the
    more cautious row for people new to the medicine speaks instead.
    """
    if wanted not in (EXPOSED, NAIVE):
        return Fit.NO
    return Fit.of(wanted == known if known else None)


def _is_in_dose(population: Population, line: MedicineLine) -> bool | None:
    """Return whether the total dose a day lies between a population's bounds, both included."""
    dose = line.daily_mg
    if dose is None:
        return None
    is_enough = population.min_daily_mg is None or dose >= population.min_daily_mg
    return is_enough and (population.max_daily_mg is None or dose <= population.max_daily_mg)
