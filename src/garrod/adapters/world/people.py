"""People of a world, one after another: draw each, then write all that is known of them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from garrod.adapters.world.allergies import allergies
from garrod.adapters.world.chance import Aspect, Chance
from garrod.adapters.world.course import Planner
from garrod.adapters.world.genes import gene_tests, genotypes
from garrod.adapters.world.health import draw_health
from garrod.adapters.world.identity import draw_identity, patient_of
from garrod.adapters.world.medicines import Medicines
from garrod.adapters.world.model import Profile
from garrod.adapters.world.parts import Calendar, FhirJson
from garrod.adapters.world.results import Results
from garrod.adapters.world.scene import Scene
from garrod.adapters.world.visits import conditions, encounters, plan_visits, stays

YEAR = 2025


def people(
    profile: Profile,
    seed: np.random.Generator,
    start: int = 0,
    count: int = 200,
    *,
    year: int = YEAR,
) -> Iterator[list[FhirJson]]:
    """Yield all resources of each person from `start` on, the Patient first.

    `seed` is a generator seeded in `entry`: Generator(Philox(key=SEED)). Person k depends on that
    key and on k alone, never on who was drawn before. Resources share parts: copy before changing.
    Raises: UsageError beyond the NHS numbers for tests, or for a generator of another kind.
    """
    chance, calendar = Chance(seed), Calendar(year)
    for person in range(start, start + count):
        yield _person(profile, chance, person, calendar)


def truth(
    profile: Profile, seed: np.random.Generator, person: int, *, year: int = YEAR
) -> dict[str, str]:
    """Return the true diplotype of each gene of person k, which the record may not hold."""
    chance = Chance(seed)
    chance.turn_to(person, Aspect.IDENTITY)
    who = draw_identity(profile, chance, person, Calendar(year))
    chance.turn_to(person, Aspect.GENES)
    return genotypes(profile, chance, who)


def _person(profile: Profile, chance: Chance, person: int, calendar: Calendar) -> list[FhirJson]:
    chance.turn_to(person, Aspect.IDENTITY)
    who = draw_identity(profile, chance, person, calendar)
    scene = Scene(profile, who, calendar, chance)
    found = [patient_of(who, calendar)]
    chance.turn_to(person, Aspect.HEALTH)
    health = draw_health(profile, chance, who)
    chance.turn_to(person, Aspect.CARE)
    course = Planner(profile, chance, who, health, calendar.length).plan()
    visits = plan_visits(scene, course)
    found += conditions(scene, health, course)
    found += allergies(scene, health)
    found += encounters(scene, course, visits)
    found += stays(scene, course)
    found += Medicines(scene, visits).write(course.lines, course.stays)
    chance.turn_to(person, Aspect.RESULTS)
    found += Results(scene, health).write(course.lines)
    chance.turn_to(person, Aspect.GENES)
    found += gene_tests(scene, health, course)
    return found
