"""A few thousand people keep the profile's rates, within bounds that a fixed seed cannot leave."""

from collections import Counter

import pytest

from garrod.adapters.world.chance import Aspect, Chance
from garrod.adapters.world.genes import genotypes
from garrod.adapters.world.health import Health, draw_health
from garrod.adapters.world.identity import Identity, draw_identity
from garrod.adapters.world.parts import Calendar
from tests.unit.world.small_world import profile, seeded

PEOPLE = 6_000
Drawn = list[tuple[Identity, Health]]


@pytest.fixture(scope="module")
def drawn() -> Drawn:
    chance, calendar, found = Chance(seeded(99)), Calendar(2025), []
    for person in range(PEOPLE):
        chance.turn_to(person, Aspect.IDENTITY)
        who = draw_identity(profile(), chance, person, calendar)
        chance.turn_to(person, Aspect.HEALTH)
        found.append((who, draw_health(profile(), chance, who)))
    return found


# Bounds: about the figures that the profile's sources name for all ages, four standard errors wide.
@pytest.mark.parametrize(
    ("key", "low", "high"),
    [
        ("hypertension", 0.12, 0.19),
        ("type-2-diabetes", 0.045, 0.085),
        ("atrial-fibrillation", 0.014, 0.032),
        ("asthma", 0.05, 0.085),
        ("ckd", 0.03, 0.06),
        ("depression", 0.075, 0.125),
        ("dementia", 0.003, 0.014),
    ],
)
def test_prevalence_is_near_its_source(drawn: Drawn, key: str, low: float, high: float) -> None:
    assert low < sum(health.has(key) for _, health in drawn) / PEOPLE < high


def test_deciles_are_even_and_sexes_near_half(drawn: Drawn) -> None:
    deciles = Counter(who.decile for who, _ in drawn)
    assert set(deciles) == set(range(1, 11))
    assert min(deciles.values()) > PEOPLE / 10 * 0.8
    assert 0.47 < sum(who.sex == "female" for who, _ in drawn) / PEOPLE < 0.55


def test_deprived_people_smoke_more_and_have_more_lung_disease(drawn: Drawn) -> None:
    def share(deciles: range, what: str) -> float:
        group = [h for w, h in drawn if w.decile in deciles and w.age >= 40]
        if what == "smokes":
            return sum(h.smoking == "smokes" for h in group) / len(group)
        return sum(h.has("copd") for h in group) / len(group)

    for what in ("smokes", "copd"):
        assert share(range(1, 5), what) > share(range(7, 11), what)


def test_people_of_a_practice_share_its_decile_more_often(drawn: Drawn) -> None:
    own = sum(who.practice // 10 == who.decile - 1 for who, _ in drawn) / PEOPLE
    assert 0.48 < own < 0.62


def test_allele_frequencies_are_those_of_the_ancestry() -> None:
    chance, calendar = Chance(seeded(5)), Calendar(2025)
    seen: dict[str, Counter[str]] = {"EUR": Counter(), "AFR": Counter()}
    for person in range(PEOPLE):
        chance.turn_to(person, Aspect.IDENTITY)
        who = draw_identity(profile(), chance, person, calendar)
        chance.turn_to(person, Aspect.GENES)
        if who.ancestry in (("EUR", "EUR"), ("AFR", "AFR")):
            found = genotypes(profile(), chance, who)
            seen[who.ancestry[0]].update(found["CYP2C19"].split("/"))
            seen[who.ancestry[0]].update([f"DPYD {found['DPYD']}"])
    white, black = seen["EUR"], seen["AFR"]
    # CYP2C19*2 in 1000 Genomes: 0.15 of European and 0.17 of African chromosomes
    assert 0.12 < white["*2"] / (2 * sum(v for k, v in white.items() if k[0] == "D")) < 0.18
    assert 0.10 < black["*2"] / (2 * sum(v for k, v in black.items() if k[0] == "D")) < 0.26
    assert white["DPYD Reference/Reference"] > black["DPYD Reference/Reference"]
