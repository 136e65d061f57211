"""The demo's clinic is sound FHIR, and each persona is somebody in it."""

import msgspec
import pytest

from garrod.adapters.fhir.check.engine import Checker
from garrod.adapters.fhir.record.parse import parse
from garrod.adapters.fhir.validate.issue import Severity
from garrod.adapters.identity.development import personas
from garrod.entry.demo_clinic import CARES, clinic, team_of
from tests.unit.world.small_world import shelf


def test_each_persona_who_works_or_acts_for_somebody_is_a_resource() -> None:
    there = {f"{one['resourceType']}/{one['id']}" for one in clinic()}
    for persona in personas().values():
        assert persona.user in there or persona.user == "Patient/demo-1"


def test_team_has_those_who_see_people_and_nobody_else() -> None:
    members = {one["member"]["reference"] for one in team_of("demo-1")["participant"]}
    assert members == {one.user for one in personas().values() if one.role in CARES}


@pytest.mark.parametrize("resource", [*clinic(), team_of("demo-1")], ids=lambda one: one["id"])
def test_resources_are_sound_and_marked(resource: dict[str, object]) -> None:
    body = msgspec.json.encode(resource)
    issues = Checker(shelf()).check(parse(body))
    assert not [i for i in issues if i.severity is Severity.ERROR]
    assert b"HTEST" in body
    assert b"synthetic" in body


def test_proxy_is_let_in_by_the_person_and_whoever_cares_is_named_too() -> None:
    (said,) = [one for one in clinic() if one["resourceType"] == "Consent"]
    (proxy,) = [one for one in personas().values() if one.role == "proxy"]
    assert said["patient"] == {"reference": f"Patient/{proxy.patient}"}
    named = [inner.get("actor", ()) for inner in said["provision"]["provision"]]
    assert [a["reference"]["reference"] for actors in named for a in actors] == [proxy.user]
