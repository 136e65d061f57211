"""What a person has: conditions that last, pregnancy, allergies, habits, size."""

from __future__ import annotations

from bisect import bisect
from dataclasses import dataclass, field

from garrod.adapters.world.chance import Chance
from garrod.adapters.world.identity import Identity
from garrod.adapters.world.model import AllergyKind, Curve, Illness, Profile

MOST = 0.95  # Not clinical: no prevalence is a certainty, whatever multiplies it
TERM = 280  # days of a pregnancy. Source: usual reckoning from the last period (unchecked)
ADULT = 18
SEEN_AFTER = 60  # Not clinical: days until a pregnancy is recorded
MOST_TOLD = 14_000  # Not clinical: days ago that a condition may have begun


@dataclass(slots=True)
class Problem:
    """A condition of a person, or an episode; days of the calendar."""

    number: int
    illness: Illness
    onset: int
    end: int | None = None


@dataclass(frozen=True, slots=True)
class Reaction:
    """An allergy of a person."""

    kind: AllergyKind
    day: int
    manifestation: str
    is_severe: bool
    is_refuted: bool


@dataclass(slots=True)
class Health:
    """All that a person has at the start of a year, and their pregnancy if it touches the year."""

    problems: list[Problem] = field(default_factory=list)
    allergies: list[Reaction] = field(default_factory=list)
    knows_none: bool = False
    pregnant_from: int | None = None
    feeds: bool = False
    takes_folic_acid: bool = False
    smoking: str = ""  # smokes, smoked, never; "" where nobody asked
    height: float = 0.0
    weight: float = 0.0
    is_weighed: bool = False

    def has(self, *keys: str) -> bool:
        """Return whether the person has one of some conditions."""
        return any(p.illness.key in keys for p in self.problems)


def at_age(ages: tuple[int, ...], curve: Curve, age: int) -> float:
    """Return a curve's value at an age; 0 before its first."""
    place = bisect(ages, age) - 1
    return curve[place] if place >= 0 else 0.0


def draw_health(profile: Profile, chance: Chance, who: Identity) -> Health:
    """Return what a person has."""
    found = Health()
    burden = chance.pick(profile.burden)
    place = bisect(profile.ages, who.age) - 1
    letter, band = who.ethnic.letter, who.decile - 1
    for illness in profile.conditions:
        share = illness.curves[who.sex][place] * illness.by_decile[band] * burden
        share *= illness.by_ethnicity.get(letter, 1.0)
        if chance.happens(min(share, MOST)) and who.age >= illness.from_age:
            longest = min(max(who.age * 250, 1), MOST_TOLD)
            onset = -chance.whole(1, longest)
            found.problems.append(Problem(len(found.problems), illness, onset))
    _body(profile, chance, who, found)
    _pregnancy(profile, chance, who, found)
    _allergies(profile, chance, who, found)
    return found


def _pregnancy(profile: Profile, chance: Chance, who: Identity, found: Health) -> None:
    body, when = profile.body, chance.uniform()
    if who.sex != "female" or not body.birth_ages[0] <= who.age < body.birth_ages[-1] + 5:
        return
    births = at_age(body.birth_ages, body.births, who.age)
    window = TERM + 365  # a pregnancy that touches the year began within these days
    if chance.happens(births * window / 365):
        found.pregnant_from = int(when * window) - TERM
        found.feeds = chance.happens(body.breastfeeding)
        found.takes_folic_acid = chance.happens(body.folic_acid)


def _allergies(profile: Profile, chance: Chance, who: Identity, found: Health) -> None:
    for kind in profile.allergies.kinds:
        if not chance.happens(kind.share):
            continue
        found.allergies.append(
            Reaction(
                kind=kind,
                day=-chance.whole(1, max(who.age * 300, 1)),
                manifestation=chance.pick(kind.reactions),
                is_severe=chance.happens(kind.severe),
                is_refuted=chance.happens(profile.allergies.de_labelled),
            )
        )
    found.knows_none = not found.allergies and chance.happens(profile.allergies.none_known)


def _body(profile: Profile, chance: Chance, who: Identity, found: Health) -> None:
    body = profile.body
    height, bmi = chance.normal(*body.heights[who.sex]), max(chance.normal(*body.bmi), 15.0)
    if who.age < ADULT:  # assumed: a straight line from birth to an adult's size
        height = 52 + (height - 52) * (who.age + 0.5) / ADULT
        bmi = 16 + (bmi - 16) * 0.4 * who.age / ADULT
    found.height = round(height, 0)
    found.weight = round(bmi * (height / 100) ** 2, 1)
    found.is_weighed = chance.happens(body.weighed)
    smokes, habit = chance.uniform(), chance.happens(body.habit_recorded)
    if who.age >= ADULT and habit:
        smoker = body.smoker[who.decile - 1]
        left = "smoked" if smokes < smoker + body.ex_smoker else "never"
        found.smoking = "smokes" if smokes < smoker else left
