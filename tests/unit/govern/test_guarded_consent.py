"""What consents ask of whoever stands at the guard: groups, numbers, deeds, what is related."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest

from garrod.adapters.fhir.consents import consent_of
from garrod.adapters.store.memory import MemoryStore
from garrod.care.govern.access import Actor, Deed
from garrod.care.govern.consent.model import Features
from garrod.care.govern.point import Seen, rights_of
from garrod.care.govern.policy import CARE
from garrod.care.govern.relation import Standing, Tie
from garrod.care.record.gate import LOOK, STANDING
from garrod.care.record.ports import Page
from garrod.care.record.query import Query
from tests.making.governed import (
    DOCTOR,
    NOW,
    PURPOSES,
    Governed,
    consent,
    person,
    policing,
    team,
    weight,
)

Resource = dict[str, Any]
ODS = "https://fhir.nhs.uk/Id/ods-organization-code"
ACTIONS = "http://terminology.hl7.org/CodeSystem/consentaction"
RESEARCH = [{"system": PURPOSES, "code": "HRESCH"}]
ROLE = {"coding": [{"code": "IRCP"}]}


def on(check: Callable[[Governed], Awaitable[None]]) -> None:
    async def begun() -> None:
        it = Governed(MemoryStore(lambda: NOW))
        await it.write(person("p"), team("p", DOCTOR.id), weight("w", "p"))
        await check(it)

    asyncio.run(begun())


async def sees(it: Governed, actor: Actor, id: str = "w", deed: Deed = Deed.READ) -> bool:
    version = await it.store.read("Observation", id)
    assert version is not None
    return await it.gate.sees(it.store, actor, version, deed)


def but(root: str, kind: str, **provision: Any) -> Resource:
    """Return a consent with one exception."""
    return consent("c", "p", root, provision=[{"type": kind, **provision}])


def named(**reference: Any) -> list[Resource]:
    return [{"role": ROLE, "reference": reference}]


def group(**more: Any) -> Resource:
    return {"resourceType": "Group", "id": "g", "type": "practitioner", "actual": True, **more}


OTHERS = [{"entity": {"reference": "Practitioner/other"}}]
MINE = [{"entity": {"reference": DOCTOR.id}}]


@pytest.mark.parametrize(
    ("there", "is_seen"),
    [
        (group(actual=False), False),
        (group(), False),
        (group(member=OTHERS), True),
        (group(member=MINE), False),
        (group(member=[{"entity": {"reference": "Organization/o"}}]), False),
        (None, False),
    ],
)
def test_denial_of_a_group_is_not_missed(there: Resource | None, is_seen: bool) -> None:
    actor = replace(DOCTOR, organisation="Organization/o")

    async def check(it: Governed) -> None:
        await it.write(but("permit", "deny", actor=named(reference="Group/g")))
        if there is not None:
            await it.write(there)
        assert await sees(it, actor) is is_seen
        await it.write(group(member=OTHERS))  # who belongs to it is told anew
        assert await sees(it, actor)

    on(check)


def test_denial_of_a_care_team_reaches_its_members() -> None:
    async def check(it: Governed) -> None:
        await it.write(but("permit", "deny", actor=named(reference="CareTeam/team-p")))
        assert not await sees(it, DOCTOR)

    on(check)


@pytest.mark.parametrize(
    ("organisation", "is_seen"),
    [
        ("RXX", True),
        ("RYY", False),
        ("Organization/o", True),
        ("Organization/ward", True),
        ("Organization/nowhere", False),
        ("", False),
    ],
)
def test_organisation_is_known_by_its_number(organisation: str, is_seen: bool) -> None:
    number = {"system": ODS, "value": "RXX"}
    actor = replace(DOCTOR, organisation=organisation)

    async def check(it: Governed) -> None:
        await it.write(
            but("deny", "permit", actor=named(identifier=number)),
            {"resourceType": "Organization", "id": "ward", "partOf": {
                "reference": "Organization/o"}},
        )  # fmt: skip
        if "/" in organisation:
            await it.write({"resourceType": "Organization", "id": "o", "identifier": [number]})
        assert await sees(it, actor) is is_seen

    on(check)


@pytest.mark.parametrize("passed", [0.0, 0.6])
def test_an_organisation_is_told_anew_to_all_who_work_there(passed: float) -> None:
    number = {"system": ODS, "value": "RXX"}
    first, second = (
        Actor(f"Practitioner/{id}", role="nurse", organisation="RXX") for id in ("n1", "n2")
    )
    managed = person("p", managingOrganization={"reference": "Organization/o"})
    here = {"resourceType": "Organization", "id": "o", "identifier": [number]}

    async def check(it: Governed) -> None:
        await it.write(managed)
        assert not await sees(it, first)
        decides = it.gate
        if passed:
            it.gate = it.another_gate().over(it.store)  # as another process writes
        await it.write(here)
        it.gate = decides
        it.seconds.now += passed
        for actor in (first, second):
            assert await sees(it, actor)
        it.seconds.now += passed
        await it.write({**here, "identifier": [{**number, "value": "RYY"}]})
        for actor in (second, first):
            assert not await sees(it, actor)

    on(check)


def test_what_an_actor_belongs_to_is_kept_while_people_are_written_about() -> None:
    async def check(it: Governed) -> None:
        await it.write(group(member=MINE), team("p", "Group/g"))
        assert await sees(it, DOCTOR)
        asked = []
        search = it.store.search

        async def counted(query: Query) -> Page:
            asked.append(query.kinds)
            return await search(query)

        it.store.search = counted  # type: ignore[method-assign]
        await it.write(team("p", "Group/g", "Practitioner/x"))
        assert await sees(it, DOCTOR)
        assert asked == [STANDING]  # what is said of the person, and nothing of the actor
        await it.write(group(member=OTHERS))
        assert not await sees(it, DOCTOR)
        assert ("Group",) in asked

    on(check)


def test_parent_organisation_ties_nobody_to_a_person() -> None:
    """What a consent may call somebody by gives no relation to the person."""
    actor = Actor("Practitioner/d9", role="prescriber", organisation="Organization/ward")

    async def check(it: Governed) -> None:
        await it.write(
            person("p", managingOrganization={"reference": "Organization/o"}),
            {"resourceType": "Organization", "id": "o"},
            {"resourceType": "Organization", "id": "ward", "partOf": {
                "reference": "Organization/o"}},
            consent("c", "p", actor=named(reference="Organization/o")),
        )  # fmt: skip
        assert not await sees(it, actor)

    on(check)


@pytest.mark.parametrize(
    ("actions", "deeds"),
    [
        ((), (True, True)),
        (("access",), (True, False)),
        (("disclose",), (False, True)),
        (("access", "disclose"), (True, True)),
        (("collect", "correct", "use"), (False, False)),
    ],
)
def test_deed_is_the_action_that_consent_speaks_of(
    actions: tuple[str, ...], deeds: tuple[bool, bool]
) -> None:
    analyst = Actor("Practitioner/r1", role="analyst", purpose="HRESCH")
    said = [{"coding": [{"system": ACTIONS, "code": code}]} for code in actions]
    more: dict[str, Any] = {"action": said} if said else {}

    async def check(it: Governed) -> None:
        await it.write(consent("c", "p", purpose=RESEARCH, **more))
        for deed in (Deed.READ, Deed.SEARCH, Deed.HISTORY, Deed.LISTEN):
            assert await sees(it, analyst, deed=deed) is deeds[0]
        assert await sees(it, analyst, deed=Deed.EXPORT) is deeds[1]

    on(check)


def test_related_reaches_what_the_listed_resource_refers_to() -> None:
    data = [{"meaning": "related", "reference": {"reference": "Observation/listed"}}]
    listed = weight("listed", "p", derivedFrom=[{"reference": "Observation/w"}])

    async def check(it: Governed) -> None:
        await it.write(but("permit", "deny", data=data), listed, weight("aside", "p"))
        assert [await sees(it, DOCTOR, id) for id in ("listed", "w", "aside")] == [
            False, False, True,
        ]  # fmt: skip
        await it.write(weight("listed", "p", derivedFrom=[{"reference": "Observation/aside"}]))
        it.seconds.now += LOOK + 0.1
        assert [await sees(it, DOCTOR, id) for id in ("listed", "w", "aside")] == [
            False, True, False,
        ]  # fmt: skip

    on(check)


def test_what_was_related_stays_so_when_the_listed_resource_is_deleted() -> None:
    data = [{"meaning": "related", "reference": {"reference": "Observation/listed"}}]
    listed = weight("listed", "p", derivedFrom=[{"reference": "Observation/w"}])

    async def check(it: Governed) -> None:
        await it.write(but("permit", "deny", data=data), listed)
        await it.store.transact(lambda tx: tx.delete("Observation", "listed"))
        it.seconds.now += LOOK + 0.1
        assert not await sees(it, DOCTOR)

    on(check)


@pytest.mark.parametrize("purpose", ["", "  "])
def test_purpose_that_is_not_stated_needs_consent(purpose: str) -> None:
    """The local default holds, and its words are told; care is not taken for granted."""
    actor = Actor(DOCTOR.id, role="prescriber", purpose=purpose)
    features = Features("Observation/w", "Observation", ("p",))

    def asked(*given: Resource) -> tuple[bool, str]:
        standing = Standing("p", {actor.id: [Tie(CARE)]}, tuple(consent_of(c) for c in given))
        found = rights_of(policing(), actor, standing, NOW).allows(Deed.READ, Seen(features))
        return found.is_permitted, " ".join(found.because)

    silent = asked()
    assert not silent[0]
    assert silent[1] == (
        "no consent speaks; by the local default, a purpose that is not stated needs consent"
    )
    for_research = consent("c", "p", purpose=RESEARCH)
    assert not asked(for_research)[0]
    deny = but("permit", "deny", purpose=RESEARCH)
    assert not asked({**deny, "provision": {
        **deny["provision"], "actor": named(reference=DOCTOR.id)}})[0]  # fmt: skip
    assert asked(consent("c", "p", actor=named(reference=DOCTOR.id)))[0]


@pytest.mark.parametrize("named_by", [DOCTOR.id, "Group/g", "PractitionerRole/r"])
def test_whoever_acts_in_a_role_is_denied_what_its_person_is(named_by: str) -> None:
    role = {"resourceType": "PractitionerRole", "id": "r", "practitioner": {"reference": DOCTOR.id}}
    actor = replace(DOCTOR, id="PractitionerRole/r")

    async def check(it: Governed) -> None:
        await it.write(role)
        await it.write(group(member=MINE))
        assert await sees(it, actor)
        await it.write(but("permit", "deny", actor=named(reference=named_by)))
        assert not await sees(it, actor)

    on(check)


@pytest.mark.parametrize(("policy", "is_seen"), [("OPTIN", True), ("OPTOUT", False)])
def test_a_policy_without_provisions_is_heard(policy: str, is_seen: bool) -> None:
    async def check(it: Governed) -> None:
        said = consent("c", "p", "permit") | {"policyRule": {"coding": [{"code": policy}]}}
        del said["provision"]
        await it.write(said)
        assert await sees(it, DOCTOR) is is_seen

    on(check)
