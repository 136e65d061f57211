"""Pseudonyms serve one project; dates keep their distances; nothing that is not listed leaves."""

import json
import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from garrod.adapters.govern.deidentify import allowed, deidentified, systems
from garrod.care.govern.numbers.pseudonym import Project, moved
from garrod.core.errors import UsageError

KEY, OTHER = bytes(range(32)), bytes(range(1, 33))
ONE, TWO = Project("one", KEY), Project("two", KEY)
PSEUDONYM = re.compile(r"[a-z2-7]{26}")
NAMES = st.text(min_size=1, max_size=20)
DAYS = st.dates(date(1900, 1, 1), date(2100, 1, 1))


@given(NAMES, NAMES)
def test_the_same_is_called_the_same_within_a_project_alone(name: str, other: str) -> None:
    called = ONE.pseudonym("Patient", name)
    assert PSEUDONYM.fullmatch(called)
    assert called == Project("one", KEY).pseudonym("Patient", name)
    assert (called == ONE.pseudonym("Patient", other)) == (name == other)
    assert called not in (
        TWO.pseudonym("Patient", name),
        Project("one", OTHER).pseudonym("Patient", name),
        ONE.pseudonym("nhs-number", name),
    )


def test_two_projects_cannot_be_linked() -> None:
    """Neither by what people are called, nor by the order of it, nor by how their dates moved."""
    people = [f"w{n}" for n in range(2000)]
    one, two = ({p: project.pseudonym("Patient", p) for p in people} for project in (ONE, TWO))
    assert not set(one.values()) & set(two.values())
    guesses = zip(
        sorted(people, key=one.__getitem__), sorted(people, key=two.__getitem__), strict=True
    )
    assert sum(a == b for a, b in guesses) <= 8  # one is expected of chance
    moves = sum(ONE.shift(p) == TWO.shift(p) for p in people)
    assert moves <= 25  # 5.6 are expected of chance
    heads = sum(one[p][:2] == two[p][:2] for p in people)
    assert heads <= 15  # 2 are expected of chance


@given(NAMES, DAYS, DAYS, st.integers(1, 365))
def test_dates_of_a_person_keep_their_distance(
    name: str, one: date, other: date, days: int
) -> None:
    shift = Project("one", KEY, days).shift(name)
    assert 0 < abs(shift) <= days
    first, second = (date.fromisoformat(moved(d.isoformat(), shift)) for d in (one, other))
    assert second - first == other - one
    assert first != one


def test_each_shift_is_used() -> None:
    project = Project("one", KEY, 3)
    assert {project.shift(str(n)) for n in range(500)} == {-3, -2, -1, 1, 2, 3}
    assert Project("one", KEY, 0).shift("ann") == 0


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("2026-01-31", "2026-02-01"),
        ("2026-12-31T23:59:59.5+01:00", "2027-01-01T23:59:59.5+01:00"),
        ("2026-02", "2026-02"),
        ("2026", "2026"),
        ("9999-12-31", ""),
        ("2026-02-30", ""),
        ("20260131", ""),
        ("31 January", ""),
        ("", ""),
        ("2026-01-31T10", ""),
    ],
)
def test_a_date_is_moved_or_left_out(written: str, found: str) -> None:
    assert moved(written, 1) == found


def test_a_month_and_a_year_are_moved_from_their_middle() -> None:
    assert moved("2026-02", 180) == "2026-08"
    assert moved("2026", -183) == "2025"


@pytest.mark.parametrize(("name", "key", "days"), [("", KEY, 1), ("a", b"", 1), ("a", KEY, 366)])
def test_a_project_that_is_none_is_refused(name: str, key: bytes, days: int) -> None:
    with pytest.raises(UsageError):
        Project(name, key, days)


def test_a_project_does_not_show_its_key() -> None:
    assert str(KEY) not in repr(ONE)


MARKERS = ("Zebedee", "12 Elm Road", "9990000018", "999 000 0018", "1949-05-04x", "zeb@example.org")
LEAVES = st.one_of(
    st.sampled_from(MARKERS), st.just(9990000018), st.booleans(), st.just(9990000018.0)
)
ELEMENTS = sorted(
    {name for tree in allowed().values() for name in tree}
    | {"coding", "system", "code", "display", "text", "value", "reference", "start", "unit", "url"}
    | {"name", "address", "note", "div", "valueString", "contained", "valueInteger", "repeat"}
)
ANYTHING = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(ELEMENTS), inner, max_size=6),
    ),
    max_leaves=30,
)


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield name
            yield from strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from strings(inner)
    elif isinstance(value, str):
        yield value


@given(st.sampled_from(sorted(allowed())), st.dictionaries(st.sampled_from(ELEMENTS), ANYTHING))
def test_words_have_no_way_through_wherever_they_stand(kind: str, body: dict[str, Any]) -> None:
    kept = deidentified({**body, "resourceType": kind, "id": "Zebedee"}, ONE, "Zebedee")
    assert kept is not None
    told = json.dumps(kept)
    assert not any(marker in told for marker in MARKERS)


def test_words_in_the_places_of_codes_have_no_way_through() -> None:
    tried = 0
    for system, is_code in systems().items():
        for marker in (*MARKERS, "Smith", "Ann"):
            assert not is_code(marker), (system, marker)
            tried += 1
    assert tried > 100


def test_what_is_kept_is_kept_right() -> None:
    patient = {
        "resourceType": "Patient", "id": "ann", "birthDate": "1949-05-04", "gender": "female",
        "name": [{"family": "Zebedee"}],
        "identifier": [
            {"system": "https://fhir.nhs.uk/Id/nhs-number", "value": "999 000 0018"},
            {"system": "https://fhir.nhs.uk/Id/nhs-number", "value": "9990000019"},
            {"system": "urn:other", "value": "X1"},
        ],
    }  # fmt: skip
    kept = deidentified(patient, ONE, "ann")
    assert kept is not None
    number = [
        {"system": "urn:garrod:pseudonym", "value": ONE.pseudonym("nhs-number", "9990000018")}
    ]
    assert kept["identifier"] == number
    assert kept["birthDate"] == moved("1949-05-04", ONE.shift("ann"))
    assert kept["id"] == ONE.pseudonym("Patient", "ann")
    assert set(kept) == {"resourceType", "meta", "id", "identifier", "gender", "birthDate"}


def test_references_follow_their_resources() -> None:
    observation = {
        "resourceType": "Observation", "id": "o",
        "subject": {"reference": "https://ours.example/fhir/Patient/ann/_history/2"},
        "encounter": {"reference": "urn:uuid:1"}, "derivedFrom": [{"reference": "Practitioner/x"}],
        "valueQuantity": {"value": 5, "unit": "Zebedee", "comparator": "<", "code": "mg",
                          "system": "http://unitsofmeasure.org"},
    }  # fmt: skip
    kept = deidentified(observation, ONE, "ann")
    assert kept is not None
    assert kept["subject"] == {"reference": f"Patient/{ONE.pseudonym('Patient', 'ann')}"}
    assert "encounter" not in kept
    assert "derivedFrom" not in kept
    assert kept["valueQuantity"] == {
        "value": 5, "comparator": "<", "code": "mg", "system": "http://unitsofmeasure.org"
    }  # fmt: skip


@pytest.mark.parametrize(
    "resource", [{"resourceType": "Practitioner", "id": "x"}, {"resourceType": "Patient"}, {}]
)
def test_kinds_of_which_nothing_may_leave(resource: dict[str, str]) -> None:
    assert deidentified(resource, ONE, "ann") is None
