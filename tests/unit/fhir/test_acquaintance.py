"""What FHIR resources say of staff, of people, and of the care between them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from garrod.adapters.fhir.acquaintance import (
    House,
    address_of,
    contacts_of,
    house_of,
    same_people,
    staff_of,
    subject_of,
)
from garrod.care.govern.snoop_model import Contact

ODS = "https://fhir.nhs.uk/Id/ods-organization-code"
NHS = "https://fhir.nhs.uk/Id/nhs-number"
DAY = datetime(2026, 3, 2, tzinfo=UTC)
NAMED = {"reference": "Practitioner/ann"}
NOWHERE = House()


def organisation(id: str, code: str = "", part_of: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {"resourceType": "Organization", "id": id}
    found |= {"identifier": [{"system": ODS, "value": code}]} if code else {}
    return found | ({"partOf": {"reference": f"Organization/{part_of}"}} if part_of else {})


def role(id: str, where: str, **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "PractitionerRole",
        "id": id,
        "practitioner": NAMED,
        "organization": {"reference": f"Organization/{where}"},
        **more,
    }


def dated(kind: str, **more: Any) -> list[Contact]:
    return list(contacts_of({"resourceType": kind, "id": "x", **more}, NOWHERE))


def test_a_ward_is_a_team_of_the_hospital_that_it_is_part_of() -> None:
    wards = [organisation("h", "XWH01"), organisation("ward", part_of="h")]
    place = {"reference": "Location/bay"}
    house = house_of([role("r1", "ward"), role("r2", "h", location=[place])], wards)
    staff = staff_of({"id": "ann"}, house)
    assert staff.organisations == {"Organization/h", "XWH01"}
    assert staff.teams == {"Organization/ward", "Location/bay"}


def test_a_role_that_has_ended_and_one_of_nobody_say_nothing() -> None:
    house = house_of([role("r", "h", active=False), {"resourceType": "PractitionerRole"}], [])
    assert staff_of({"id": "ann"}, house).organisations == frozenset()


def test_a_stay_on_a_ward_is_one_of_the_hospital_and_by_its_code() -> None:
    house = house_of([], [organisation("h", "XWH01"), organisation("ward", part_of="h")])
    stay = {
        "resourceType": "Encounter",
        "id": "e",
        "status": "finished",
        "serviceProvider": {"reference": "https://other.example/fhir/Organization/ward"},
        "period": {"start": "2026-03-02", "end": "2026-03-04T10:00:00+01:00"},
    }
    (contact,) = contacts_of(stay, house)
    assert contact.names == {"Organization/ward", "Organization/h", "XWH01"}
    assert contact.since == DAY
    assert contact.until == datetime(2026, 3, 4, 9, tzinfo=UTC)


def test_a_role_in_care_stands_for_who_has_it() -> None:
    house = house_of([role("r", "h")], [organisation("h")])
    order = {"resourceType": "MedicationRequest", "status": "active", "authoredOn": "2026-03-02",
             "requester": {"reference": "PractitionerRole/r"}}  # fmt: skip
    (contact,) = contacts_of(order, house)
    assert {"Practitioner/ann", "Organization/h"} < contact.names


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        ("MedicationRequest", {"authoredOn": "2026-03-02", "requester": NAMED}),
        ("Observation", {"effectiveDateTime": "2026-03-02", "performer": [NAMED]}),
        ("Procedure", {"performedDateTime": "2026-03-02", "performer": [{"actor": NAMED}]}),
        ("Procedure", {"performedPeriod": {"start": "2026-03"}, "asserter": NAMED}),
        ("Appointment", {"start": "2026-03-02", "participant": [{"actor": NAMED}]}),
        ("Condition", {"recordedDate": "2026-03-02", "recorder": NAMED}),
    ],
)
def test_what_care_leaves_is_a_contact_of_its_time(kind: str, more: dict[str, Any]) -> None:
    (contact,) = dated(kind, status="active", **more)
    assert contact.names == {"Practitioner/ann"}
    assert contact.since is not None
    assert (contact.since.year, contact.since.month) == (2026, 3)


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        ("Flag", {"author": NAMED, "period": {"start": "2026-03-02"}}),  # a broken glass is no care
        ("Task", {"owner": NAMED, "authoredOn": "2026-03-02"}),
        ("Communication", {"sender": NAMED, "sent": "2026-03-02"}),
        ("Encounter", {"status": "cancelled", "participant": [{"individual": NAMED}]}),
        ("Appointment", {"status": "noshow", "start": "2026-03-02", "participant": [NAMED]}),
        ("Observation", {"performer": [NAMED]}),  # nobody knows when
        ("Observation", {"performer": [NAMED], "issued": "long ago"}),
        ("Encounter", {"subject": {"reference": "Patient/p"}, "period": {"start": "2026-03-02"}}),
    ],
)
def test_what_is_no_care_or_has_no_time_is_no_contact(kind: str, more: dict[str, Any]) -> None:
    assert dated(kind, **more) == []


def test_a_team_without_a_period_lasts_and_one_with_a_beginning_has_no_end() -> None:
    member = [{"member": NAMED}]
    assert dated("CareTeam", participant=member) == [Contact(frozenset(("Practitioner/ann",)))]
    (begun,) = dated("CareTeam", participant=member, period={"start": "2026-03-02"})
    assert (begun.since, begun.until) == (DAY, None)


def test_a_registration_lasts_and_may_be_said_by_a_code_alone() -> None:
    practice = {"identifier": {"system": ODS, "value": "A81001"}}
    patient = {"resourceType": "Patient", "id": "p", "managingOrganization": practice,
               "generalPractitioner": [NAMED]}  # fmt: skip
    found = list(contacts_of(patient, NOWHERE))
    assert found == [Contact(frozenset(("Practitioner/ann",))), Contact(frozenset(("A81001",)))]


def test_somebody_of_public_interest_bears_a_label() -> None:
    label = {"security": [{"code": "VIP"}]}
    assert subject_of({"meta": label}).is_public
    assert not subject_of({"meta": {"security": [{"code": "N"}]}}).is_public


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ({"line": ["1 Oak Lane"], "postalCode": "ZZ1 1ZZ"},
         {"line": ["1, oak lane"], "postalCode": "zz11zz"}, True),
        ({"line": ["1 Oak Lane"], "postalCode": "ZZ1 1ZZ"},
         {"line": ["11 Oak Lane"], "postalCode": "ZZ1 1ZZ"}, False),
        ({"line": ["1 Oak Lane"]}, {"line": ["1 Oak Lane"]}, False),
        ({"line": ["1 Oak Lane"], "postalCode": "ZZ1 1ZZ", "use": "old"},
         {"line": ["1 Oak Lane"], "postalCode": "ZZ1 1ZZ"}, False),
    ],
)  # fmt: skip
def test_homes_are_compared_as_people_write_them(
    one: dict[str, Any], other: dict[str, Any], alike: bool
) -> None:
    found = [address_of({"address": [home]}) for home in (one, other)]
    assert (found[0] == found[1] != "") is alike


@pytest.mark.parametrize("address", [[{"line": [7], "postalCode": "x"}], [{"line": "x"}], "x", [7]])
def test_a_malformed_address_is_none(address: Any) -> None:
    assert address_of({"address": address}) == ""


def test_staff_are_people_by_one_number_or_by_a_person_that_links_both() -> None:
    number = [{"system": NHS, "value": "999 123 4527"}]
    plain = [{"system": NHS, "value": "9991234527"}]
    practitioners = [{"id": "ann", "identifier": number}, {"id": "ben"}, {"id": "cat"}]
    links = [{"target": {"reference": r}} for r in ("Patient/pb", "Practitioner/ben")]
    persons = [{"link": links}, {"link": [{"target": {"reference": "Practitioner/cat"}}]}]
    found = same_people(practitioners, [{"id": "pa", "identifier": plain}, {"id": "x"}], persons)
    assert found == {"Practitioner/ann": "pa", "Practitioner/ben": "pb"}
