"""People of a world: the same for the same seed and number, whole, marked, within their year."""

import orjson
import pytest

from garrod.adapters.world import people, shared, truth
from garrod.adapters.world.identity import MOST_PEOPLE, nhs_number
from garrod.core.errors import UsageError
from garrod.core.identifiers import NhsNumber, Snomed
from tests.unit.world.small_world import (
    profile,
    references,
    resources,
    seeded,
    some_people,
)

PEOPLE = 150
EVENTS = ("authoredOn", "whenHandedOver", "effectiveDateTime", "onsetDateTime", "dateAsserted")
SYNTHETIC = {"system": "http://terminology.hl7.org/CodeSystem/v3-ActReason", "code": "HTEST",
             "display": "test health data"}  # fmt: skip


def test_same_seed_gives_the_same_bytes() -> None:
    again = [tuple(found) for found in people(profile(), seeded(), 0, 20)]
    assert orjson.dumps(again) == orjson.dumps(some_people(PEOPLE)[:20])


def test_other_seed_gives_other_people() -> None:
    other = next(people(profile(), seeded(8), 0, 1))
    assert orjson.dumps(other) != orjson.dumps(some_people(PEOPLE)[0])


def test_person_depends_on_the_seed_and_the_number_alone() -> None:
    from_the_middle = list(people(profile(), seeded(), 90, 3))
    assert orjson.dumps(from_the_middle) == orjson.dumps(some_people(PEOPLE)[90:93])


def test_generator_that_was_used_before_gives_the_same_people() -> None:
    used = seeded()
    used.random(1001)
    assert orjson.dumps(next(people(profile(), used, 5, 1))) == orjson.dumps(some_people(PEOPLE)[5])


def test_far_person_is_drawn_without_the_others() -> None:
    found = next(people(profile(), seeded(), 899_999, 1))
    assert found[0]["id"] == "w899999"


def test_people_are_drawn_one_at_a_time() -> None:
    stream = people(profile(), seeded(), 0, MOST_PEOPLE)
    assert next(stream)[0]["id"] == "w0"
    assert next(stream)[0]["id"] == "w1"


def test_generator_of_another_kind_is_refused() -> None:
    from numpy.random import PCG64, Generator

    with pytest.raises(UsageError, match="Philox"):
        next(people(profile(), Generator(PCG64(1)), 0, 1))


def test_nhs_numbers_are_valid_distinct_and_of_the_test_range() -> None:
    found = [nhs_number(k) for k in (*range(2_000), 500_000, MOST_PEOPLE - 1)]
    assert len(set(found)) == len(found)
    assert all(str(NhsNumber(number)).startswith("999") for number in found)


def test_last_nhs_number_is_the_last_of_the_range() -> None:
    assert nhs_number(MOST_PEOPLE - 1) == "9999999999"
    with pytest.raises(UsageError, match="909,091"):
        nhs_number(MOST_PEOPLE)


def test_every_resource_is_marked_and_says_its_setting() -> None:
    every = [*resources(PEOPLE), *shared(profile())]
    assert [r["id"] for r in every if SYNTHETIC not in r["meta"]["tag"]] == []
    assert {r["meta"]["source"].rpartition("/")[2] for r in every} == {
        *("practice", "hospital", "pharmacy", "laboratory", "person", "registry")
    }
    assert all("synthetic" in r["name"][0]["text"] for r in resources(PEOPLE, "Patient"))


def test_ids_are_distinct_and_references_resolve() -> None:
    every = [*resources(PEOPLE), *shared(profile())]
    names = [f"{r['resourceType']}/{r['id']}" for r in every]
    assert len(set(names)) == len(names)
    assert {ref for r in every for ref in references(r)} - set(names) == set()


def test_nothing_happens_after_the_year_or_before_birth() -> None:
    for found in some_people(PEOPLE):
        born = found[0]["birthDate"]
        days = [r[key][:10] for r in found for key in EVENTS if key in r]
        days += [r["effectivePeriod"].get("start", born) for r in found if "effectivePeriod" in r]
        assert [d for d in days if not born <= d <= "2025-12-31"] == []


def test_snomed_codes_have_their_check_digits() -> None:
    codes = {
        coding["code"]
        for r in resources(PEOPLE)
        for coding in r.get("code", {}).get("coding", [])
        if coding["system"] == Snomed.system
    }
    assert codes
    assert {str(Snomed(code)) for code in codes} == codes


def test_medicines_carry_atc_words_and_a_treatment_id() -> None:
    for kind in ("MedicationStatement", "MedicationRequest", "MedicationDispense"):
        for r in resources(PEOPLE, kind):
            concept = r["medicationCodeableConcept"]
            assert concept["text"]
            assert concept["coding"][0]["system"] == "http://www.whocc.no/atc"
            assert r["identifier"][0]["value"].startswith(r["subject"]["reference"][8:])


def test_true_genotypes_are_those_of_the_record() -> None:
    seen = 0
    for number, found in enumerate(some_people(PEOPLE)):
        for r in found:
            if r["resourceType"] == "Observation" and "valueCodeableConcept" in r:
                gene, _, name = r["valueCodeableConcept"].get("text", "").partition(" ")
                if r["code"]["coding"][0]["code"] == "84413-4":
                    assert truth(profile(), seeded(), number)[gene] == name
                    seen += 1
    assert seen


def test_another_year_moves_the_days() -> None:
    found = next(people(profile(), seeded(), 3, 1, year=2024))
    days = {r["whenHandedOver"][:4] for r in found if r["resourceType"] == "MedicationDispense"}
    assert days <= {"2024"}
