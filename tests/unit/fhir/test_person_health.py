"""Conditions keep since when and whether they go on; allergies what kind, how sure and what for."""

from datetime import date
from typing import Any

import pytest

from tests.making.persons import SNOMED, WHO, concept, person_of, read_of

ABSENT = "http://hl7.org/fhir/uv/ips/CodeSystem/absent-unknown-uv-ips"


def condition(**more: Any) -> dict[str, Any]:
    code = concept(SNOMED, "84114007", "Heart failure")
    return {"resourceType": "Condition", "id": "c1", "subject": WHO, "code": code, **more}


def allergy(**more: Any) -> dict[str, Any]:
    return {
        "resourceType": "AllergyIntolerance",
        "id": "a1",
        "patient": WHO,
        "code": {"text": "Penicillin"},
        **more,
    }


def status(code: str) -> dict[str, Any]:
    return {"coding": [{"code": code}]}


@pytest.mark.parametrize(
    ("more", "is_active"),
    [
        ({}, True),
        ({"clinicalStatus": status("active")}, True),
        ({"clinicalStatus": status("recurrence")}, True),
        ({"clinicalStatus": status("relapse")}, True),
        ({"clinicalStatus": status("resolved")}, False),
        ({"clinicalStatus": status("remission")}, False),
        ({"clinicalStatus": status("inactive")}, False),
        ({"abatementDateTime": "2020"}, False),
        ({"abatementString": "in childhood"}, False),
        ({"abatementBoolean": False}, True),
        ({"clinicalStatus": status("active"), "abatementDateTime": "2020"}, True),
    ],
)
def test_condition_is_kept_and_says_whether_it_goes_on(
    more: dict[str, Any], is_active: bool
) -> None:
    (found,) = person_of(condition(**more)).conditions
    assert (found.text, found.is_active) == ("Heart failure", is_active)
    assert found.reference == "Condition/c1"


@pytest.mark.parametrize(
    ("more", "since"),
    [
        ({"onsetDateTime": "2021-04-05T10:00:00+01:00"}, date(2021, 4, 5)),
        ({"onsetDateTime": "2021-04"}, date(2021, 4, 1)),
        ({"onsetDateTime": "2021"}, date(2021, 1, 1)),
        ({"onsetPeriod": {"start": "2020-02-03"}}, date(2020, 2, 3)),
        ({"onsetDateTime": "2019-01-01", "recordedDate": "2022-01-01"}, date(2019, 1, 1)),
        ({"recordedDate": "2022-01-01"}, date(2022, 1, 1)),
        ({"onsetString": "as a child"}, None),
        ({"onsetDateTime": "20x1"}, None),
    ],
)
def test_since_when_a_condition_is_known(more: dict[str, Any], since: date | None) -> None:
    (found,) = person_of(condition(**more)).conditions
    assert found.since == since


def test_procedure_is_since_it_was_done() -> None:
    done = condition(resourceType="Procedure", status="completed", performedDateTime="2020-01-02")
    (found,) = person_of(done).conditions
    assert (found.since, found.reference) == (date(2020, 1, 2), "Procedure/c1")
    spread = condition(resourceType="Procedure", performedPeriod={"start": "2020-03-04"})
    assert person_of(spread).conditions[0].since == date(2020, 3, 4)


def test_allergy_keeps_its_kind_its_certainty_and_what_happened() -> None:
    rash = [{"manifestation": [{"text": "Rash"}, {"text": "Wheeze"}]}, {"description": "hives"}]
    (found,) = person_of(
        allergy(
            type="allergy",
            criticality="high",
            verificationStatus=status("confirmed"),
            clinicalStatus=status("active"),
            onsetDateTime="1999",
            reaction=[*rash, {"manifestation": [{"text": "Rash"}]}, {}],
        )
    ).allergies
    assert (found.kind, found.criticality, found.is_confirmed) == ("allergy", "high", True)
    assert found.reactions == ("Rash", "Wheeze", "hives")
    assert (found.since, found.reference) == (date(1999, 1, 1), "AllergyIntolerance/a1")
    assert found.is_active


def test_allergy_of_which_little_is_said_claims_nothing() -> None:
    (bare,) = person_of(allergy()).allergies
    assert (bare.kind, bare.criticality, bare.is_confirmed) == ("", "", None)
    (said,) = person_of(
        allergy(
            type="intolerance",
            criticality="unable-to-assess",
            verificationStatus=status("unconfirmed"),
            clinicalStatus=status("resolved"),
        )
    ).allergies
    assert (said.kind, said.criticality, said.is_confirmed) == ("intolerance", "", False)
    assert not said.is_active


@pytest.mark.parametrize(
    "code",
    [concept(SNOMED, "716186003", "No known allergies"), concept(ABSENT, "no-known-allergies")],
)
def test_no_known_allergy_is_no_allergy(code: dict[str, Any]) -> None:
    person = person_of(allergy(code=code))
    assert (person.allergies, person.unseen, person.notes) == ((), frozenset(), ())


def test_record_that_says_that_nothing_is_known_leaves_the_kind_unseen() -> None:
    person = read_of(
        allergy(code=concept(ABSENT, "no-allergy-info")),
        condition(code=concept(ABSENT, "no-problem-info")),
    ).person
    assert person.unseen == {"allergies", "conditions"}
    assert (person.allergies, person.conditions) == ((), ())


def test_who_was_merged_into_the_person_is_the_person() -> None:
    patient = {
        "resourceType": "Patient",
        "id": "p1",
        "link": [
            {"type": "replaces", "other": {"reference": "Patient/old"}},
            {"type": "seealso", "other": {"reference": "Patient/sister"}},
        ],
    }
    old = condition(subject={"reference": "Patient/old"})
    hers = condition(subject={"reference": "Patient/sister"})
    found = read_of(old, hers, patient=patient).person
    assert len(found.conditions) == 1
    assert "1 entries of the bundle belong to another person" in found.notes[0]
