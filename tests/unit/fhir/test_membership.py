"""What somebody is a member of, through groups, teams and organisations."""

from datetime import UTC, datetime
from typing import Any

import pytest

from garrod.adapters.fhir.membership import membership

Json = dict[str, Any]
NOW = datetime(2022, 7, 1, tzinfo=UTC)
ME = "Practitioner/me"


def ref(named: str) -> Json:
    return {"reference": named}


def group(id: str, *members: Json, **more: Any) -> Json:
    return {"resourceType": "Group", "id": id, "member": list(members), **more}


def found(*resources: Json) -> set[str]:
    return set(membership(ME, resources, NOW).groups)


@pytest.mark.parametrize(
    ("member", "is_in"),
    [
        ({}, True),
        ({"inactive": True}, False),
        ({"inactive": False}, True),
        ({"period": {"start": "2022", "end": "2022-07-01"}}, True),
        ({"period": {"end": "2022-06-30"}}, False),
        ({"period": {"start": "2023"}}, False),
        ({"period": {"end": "soon"}}, False),
        ({"period": "odd"}, False),
    ],
)
def test_a_group_counts_those_who_are_members_now(member: Json, is_in: bool) -> None:
    assert found(group("g", {"entity": ref(ME), **member})) == ({"Group/g"} if is_in else set())


def test_groups_of_groups_and_what_is_over_them_and_no_end_in_a_circle() -> None:
    inner = group("a", {"entity": ref("https://here/fhir/" + ME)}, {"entity": ref("Group/b")})
    outer = group("b", {"entity": ref("Group/a")})
    assert found(inner, outer) == {"Group/a", "Group/b"}
    assert found(group("c", {"entity": ref("Practitioner/other")})) == set()
    assert found(group("c", {"entity": ref(ME)}, active=False)) == set()


def test_teams_roles_and_organisations() -> None:
    role = {
        "resourceType": "PractitionerRole", "id": "r", "practitioner": ref(ME),
        "organization": ref("Organization/ward"),
    }  # fmt: skip
    ward = {"resourceType": "Organization", "id": "ward", "partOf": ref("Organization/trust")}
    trust = {
        "resourceType": "Organization", "id": "trust",
        "identifier": [{"system": "https://ods", "value": "RX1"}, {"system": "empty"}],
    }  # fmt: skip
    team = {"resourceType": "CareTeam", "id": "t", "participant": [{"member": ref(ME)}]}
    assert found(role, ward, trust, team) == {
        "PractitionerRole/r", "Organization/ward", "Organization/trust", "CareTeam/t",
        "https://ods|RX1",
    }  # fmt: skip
    for over in ({"active": False}, {"period": {"end": "2021"}}):
        assert found({**role, **over}, ward, trust) == set()
    for status, is_in in (("active", True), ("inactive", False), ("proposed", False)):
        assert found({**team, "status": status}) == ({"CareTeam/t"} if is_in else set())


def test_nobody_can_tell_of_groups_that_are_described() -> None:
    described = {"resourceType": "Group", "id": "d", "characteristic": []}
    listed = group("l", {"entity": ref("Practitioner/other")}, actual=False)
    mine = group("m", {"entity": ref(ME)}, actual=False)
    both = membership(ME, [described, listed, mine], NOW)
    assert both.unsure == {"Group/d", "Group/l"}
    assert both.groups == {"Group/m"}


def test_a_role_is_the_person_who_has_it_and_not_their_other_roles() -> None:
    here: Json = {
        "resourceType": "PractitionerRole", "id": "here", "practitioner": ref(ME),
        "organization": ref("Organization/ward"),
    }  # fmt: skip
    there = {**here, "id": "there", "organization": ref("Organization/other")}
    mine_too = group("g", {"entity": ref(ME)})
    both: list[Json] = [here, there, mine_too]
    mine = membership("PractitionerRole/here", both, NOW).groups
    assert mine == {ME, "Organization/ward", "Group/g"}
    ended: list[Json] = [{**here, "active": False}, there, mine_too]
    assert membership("PractitionerRole/here", ended, NOW).groups == {ME, "Group/g"}
    nobody = {"resourceType": "PractitionerRole", "id": "here"}
    assert membership("PractitionerRole/here", [nobody], NOW).groups == set()
