"""The demo's clinic is sound FHIR, and each persona is somebody in it."""

from datetime import UTC, datetime

import msgspec
import pytest

from garrod.adapters.fhir.check.engine import Checker
from garrod.adapters.fhir.consents import consent_of
from garrod.adapters.fhir.record.parse import parse
from garrod.adapters.fhir.validate.issue import Severity
from garrod.adapters.identity.development import personas
from garrod.care.govern.consent.evaluate import ruling
from garrod.care.govern.consent.model import Features, Request
from garrod.entry.demo_clinic import CARES, clinic, team_of
from garrod.entry.web.consent.choices import ALL, OFF, ON, consent_of_choice
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


def asked(purpose: str, requester: str) -> Request:
    return Request(requester, frozenset(), purpose, datetime(2026, 12, 1, tzinfo=UTC))


def test_proxy_is_let_in_by_the_person_and_nothing_else_is_said() -> None:
    (said,) = [one for one in clinic() if one["resourceType"] == "Consent"]
    (proxy,) = [one for one in personas().values() if one.role == "proxy"]
    assert said["patient"] == {"reference": f"Patient/{proxy.patient}"}
    consents, seen = [consent_of(said)], Features("Observation/x", "Observation", (proxy.patient,))
    found = ruling(consents, seen, asked("PATRQT", proxy.user))
    assert found is not None
    assert found.is_permitted
    for purpose in ("TREAT", "HRESCH", "PATRQT"):
        assert ruling(consents, seen, asked(purpose, "Practitioner/other")) is None


@pytest.mark.parametrize(("option", "is_permitted"), [(ON, True), (OFF, False)])
def test_person_with_a_proxy_says_yes_to_research_and_is_heard(
    option: str, is_permitted: bool
) -> None:
    (said,) = [one for one in clinic() if one["resourceType"] == "Consent"]
    at = "2026-11-28T10:00:00+00:00"
    research = next(choice for choice in ALL if choice.code == "research")
    choice = consent_of_choice(research, option, "demo-1", at)
    seen = Features("Observation/x", "Observation", ("demo-1",))
    both = [consent_of(said), consent_of(choice)]
    found = ruling(both, seen, asked("HRESCH", "Practitioner/analyst"))
    assert found is not None
    assert found.is_permitted is is_permitted
