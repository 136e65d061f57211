"""The two hundred of the demo take what decision support is there for, in dangerous company too."""

from functools import lru_cache

import msgspec
import pytest

from garrod.adapters.fhir.check.engine import Checker
from garrod.adapters.fhir.record.parse import parse
from garrod.adapters.fhir.validate.issue import Severity
from garrod.adapters.world import shared
from garrod.entry.demo_moments import planted_people
from garrod.entry.demo_stories import news, stories
from garrod.entry.demo_story import story_resources
from garrod.entry.demo_tasks import waiting
from garrod.entry.demo_world import PEOPLE, PLANTED_IDS, demo_people
from garrod.entry.wire import Services
from tests.unit.world.small_world import Json, profile, shelf

PPI = {"omeprazole", "lansoprazole", "pantoprazole", "esomeprazole"}
NSAID = {"naproxen", "ibuprofen", "diclofenac", "celecoxib"}
ANTICOAGULANT = {"apixaban", "edoxaban", "rivaroxaban", "warfarin"}
PRESSURE = {"ramipril", "lisinopril", "losartan", "candesartan"}
DIURETIC = {"furosemide", "indapamide", "bendroflumethiazide", "bumetanide", "spironolactone"}


@lru_cache(maxsize=1)
def drawn() -> tuple[list[Json], ...]:
    return tuple(demo_people(profile()))


def taken(found: list[Json]) -> set[str]:
    return {
        r["medicationCodeableConcept"]["coding"][0]["display"]
        for r in found
        if r["resourceType"] == "MedicationStatement" and r["status"] == "active"
    }


def test_there_are_two_hundred_with_those_of_the_moments() -> None:
    ids = [found[0]["id"] for found in drawn()]
    assert len(set(ids)) == len(ids) == PEOPLE - len(PLANTED_IDS)


@pytest.mark.parametrize(
    "name",
    [
        *("metformin", "atorvastatin", "simvastatin", "ramipril", "sertraline", "omeprazole"),
        *("apixaban", "warfarin", "codeine", "tramadol", "naproxen", "methotrexate", "lithium"),
        *("amiodarone", "digoxin", "azathioprine", "clopidogrel", "allopurinol", "carbamazepine"),
        *("valproic acid", "clozapine", "capecitabine", "tacrolimus", "abacavir"),
    ],
)
def test_somebody_takes(name: str) -> None:
    assert any(name in taken(found) for found in drawn())


def test_dangerous_company_is_there() -> None:
    everybody = [taken(found) for found in drawn()]
    assert any(t & ANTICOAGULANT and t & NSAID for t in everybody)
    assert any(t & NSAID and not t & PPI for t in everybody)
    assert any(t & NSAID and t & PRESSURE and t & DIURETIC for t in everybody)
    assert any("clopidogrel" in t and t & {"omeprazole", "esomeprazole"} for t in everybody)
    assert any({"simvastatin", "amlodipine"} <= t for t in everybody)


def test_somebody_takes_what_the_record_says_they_do_not_bear() -> None:
    assert any(
        r["resourceType"] == "AllergyIntolerance" and r["code"].get("text", "") in taken(found)
        for found in drawn()
        for r in found
    )


def test_every_resource_of_the_story_is_marked_and_refers_to_what_is_there() -> None:
    found = story_resources(Services(shelf=shelf()))
    assert all(tag["code"] == "HTEST" for r in found for tag in r["meta"]["tag"])
    assert "urn:uuid" not in str(found)
    genes = {
        r["valueCodeableConcept"].get("text", "") for r in found if "valueCodeableConcept" in r
    }
    assert any("*2/*2" in words for words in genes)


@pytest.mark.slow
def test_every_resource_is_valid_since_the_demo_does_not_check_them() -> None:
    checker = Checker(shelf())
    planted = [*stories(), *news(), [*waiting()], *planted_people(Services(shelf=shelf()))]
    drawn_too = [list(shared(profile())), *drawn()]
    everything = [story_resources(Services(shelf=shelf())), *planted, *drawn_too]
    faults = [
        (r["resourceType"], r["id"], issue)
        for found in everything
        for r in found
        for issue in checker.check(parse(msgspec.json.encode(r)))
        if issue.severity is Severity.ERROR
    ]
    assert faults == []
