"""The mix of medicines: how many, which come together, what is hazardous, what was not watched."""

from collections import defaultdict
from dataclasses import replace

import pytest

from garrod.adapters.world import people
from garrod.adapters.world.chance import Odds
from garrod.adapters.world.directions import product_of
from garrod.adapters.world.model import Figure, Slot, Together
from tests.unit.world.small_world import Json, profile, seeded, some_people

PEOPLE = 4_000
SEED = 71  # not one of those on which the profile was set
YEAR = 2025
PPI = {"omeprazole", "lansoprazole", "pantoprazole", "esomeprazole"}
NSAID = {"naproxen", "ibuprofen", "diclofenac", "celecoxib"}
ANTICOAGULANT = {"apixaban", "edoxaban", "rivaroxaban", "warfarin"}
WATCHED = ("methotrexate", "lithium", "amiodarone", "warfarin")
MIX = [
    *("metformin", "atorvastatin", "ramipril", "sertraline", "omeprazole", "apixaban", "warfarin"),
    *("codeine", "naproxen", "methotrexate", "amiodarone", "digoxin", "furosemide", "tramadol"),
]


def taken(found: tuple[Json, ...]) -> set[str]:
    """Return what a person takes at the end of the year, but for what goes on the skin."""
    return {
        r["medicationCodeableConcept"]["coding"][0]["display"]
        for r in found
        if r["resourceType"] == "MedicationStatement"
        and r["status"] == "active"
        and "%" not in r["medicationCodeableConcept"]["text"]
    }


def age(found: tuple[Json, ...]) -> int:
    return YEAR - int(found[0]["birthDate"][:4])


# Width: what chance does to 4,000 people, and what is known to be missed (adults' tens: 0.67).
@pytest.mark.parametrize("figure", profile().figures, ids=lambda f: f.what)
def test_share_of_people_with_many_medicines_is_near_that_of_life(figure: Figure) -> None:
    counts = [
        len(taken(found))
        for found in some_people(PEOPLE, SEED)
        if figure.from_age <= age(found) <= figure.to_age
    ]
    share = sum(count >= figure.least for count in counts) / len(counts)
    assert 0.55 * figure.share < share < 1.6 * figure.share


def test_older_people_take_more() -> None:
    by: dict[int, list[int]] = defaultdict(list)
    for found in some_people(PEOPLE, SEED):
        by[min(age(found) // 20, 4)].append(len(taken(found)))
    means = [sum(counts) / len(counts) for _, counts in sorted(by.items())]
    assert means == sorted(means)


def test_the_medicines_that_matter_are_all_taken() -> None:
    everything = set().union(*(taken(found) for found in some_people(PEOPLE, SEED)))
    assert set(MIX) - everything == set()


def test_protection_comes_with_the_medicine_that_asks_for_it_and_not_always() -> None:
    with_nsaid = [t for found in some_people(PEOPLE, SEED) if (t := taken(found)) & NSAID]
    without = [t for found in some_people(PEOPLE, SEED) if not (t := taken(found)) & NSAID]
    protected = sum(bool(t & PPI) for t in with_nsaid) / len(with_nsaid)
    assert sum(bool(t & PPI) for t in without) / len(without) < protected < 0.95


def test_hazards_are_there_to_be_found() -> None:
    everybody = [(age(found), taken(found)) for found in some_people(PEOPLE, SEED)]
    assert any(years >= 65 and t & NSAID and not t & PPI for years, t in everybody)
    assert any(t & ANTICOAGULANT and t & NSAID for _, t in everybody)
    assert any({"clopidogrel", "omeprazole"} <= t for _, t in everybody)
    assert any({"simvastatin", "amlodipine"} <= t for _, t in everybody)


def lines_of(found: list[Json]) -> set[str]:
    """Return the medicines of every line that a person had in the year, however it ended."""
    return {
        r["medicationCodeableConcept"]["coding"][0]["display"]
        for r in found
        if r["resourceType"] == "MedicationStatement"
    }


def test_medicine_that_always_comes_with_another_does_and_touches_nobody_else() -> None:
    always = Together(frozenset(["metformin"]), Slot(1.0, Odds.of({"levothyroxine": 1.0})))
    with_it, without = replace(profile(), together=(always,)), replace(profile(), together=())
    drawn = [list(people(world, seeded(SEED), 0, 400)) for world in (with_it, without)]
    seen = 0
    for found, plain in zip(*drawn, strict=True):
        if "metformin" in lines_of(plain):
            assert "levothyroxine" in lines_of(found)
            seen += 1
        else:
            assert found == plain
    assert seen > 10


def ordered(found: list[Json], name: str) -> list[str]:
    """Return the days on which a kind of test was ordered."""
    return [
        r["authoredOn"]
        for r in found
        if r["resourceType"] == "ServiceRequest" and r["code"].get("text") == name
    ]


def test_some_tests_are_missed_and_the_rest_of_a_person_stays() -> None:
    all_asked, none_asked = replace(profile(), missed=0.0), replace(profile(), missed=1.0)
    full = list(people(all_asked, seeded(SEED), 0, 200))
    poor = list(people(none_asked, seeded(SEED), 0, 200))
    name = "Urea and electrolytes"
    assert sum(len(ordered(f, name)) for f in poor) < 0.8 * sum(len(ordered(f, name)) for f in full)
    for one, other in zip(full, poor, strict=True):
        assert taken(tuple(one)) == taken(tuple(other))


@pytest.mark.parametrize(
    ("name", "words", "supply"),
    [
        ("latanoprost", "Latanoprost 0.005 % eye drops", (1, "bottle")),
        ("hydrocortisone", "Hydrocortisone 1 % cream", (1, "tube")),
        ("ibuprofen for the skin", "Ibuprofen 5 % gel", (1, "tube")),
        ("glyceryl trinitrate", "Glyceryl trinitrate 400 micrograms mouth spray", (1, "spray")),
        ("mometasone", "Mometasone 50 micrograms nasal spray", (1, "spray")),
        (
            "insulin glargine",
            "Insulin glargine 100 units/ml solution for injection pen",
            (2, "pen"),
        ),
    ],
)
def test_container_is_named_and_counted(name: str, words: str, supply: tuple[int, str]) -> None:
    product = product_of(profile().medicines[name], 0)
    assert product.concept["text"] == words
    given = product.supply(28)
    assert (given["value"], given["unit"]) == supply
    assert product.dosage[0]["text"]
    assert product.dosage[0]["route"]["coding"][0]["code"]
