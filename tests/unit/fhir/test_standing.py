"""Whose a resource is, and who is tied to a person, as the bytes say."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from garrod.adapters.fhir.features import FeatureReader
from garrod.adapters.fhir.standing import FhirMeaning, guarded_in
from garrod.adapters.fhir.ties import AFTERWARDS, ties_of
from garrod.care.govern.access import Actor, told_actor
from garrod.care.govern.consent.evaluate import ruling
from garrod.care.govern.consent.model import Request
from garrod.care.govern.policy import CARE, PROXY
from garrod.care.govern.relation import Tie
from garrod.care.record.seen_store import version_of
from garrod.core.resource import Version
from tests.making.governed import labels, no_restricted, person, team, weight
from tests.making.probing import about, kinds_of_people, plain_codec
from tests.making.recorded import codec, services

Resource = dict[str, Any]
DAY = timedelta(days=1)
LOINC = "http://loinc.org"
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


def meaning() -> FhirMeaning:
    return FhirMeaning(codec(), FeatureReader(labels()), services().shelf)


def stored(resource: Resource, *, raw: bytes = b"") -> Version:
    body = raw or json.dumps(resource).encode()
    kind, id = resource["resourceType"], resource["id"]
    return version_of(codec().drafted(body, kind=kind, id=id))


@pytest.mark.parametrize("kind", kinds_of_people(plain_codec()))
def test_every_kind_of_the_compartment_is_its_persons(kind: str) -> None:
    version = version_of(about(plain_codec(), kind, "x", "p"))
    assert meaning().whose(version) == ("p",)
    assert meaning().named(version) == ("p",)
    assert "p" in meaning().features(version).patients


def test_whose_it_is_outweighs_who_wrote_it() -> None:
    mother = {"performer": [{"reference": "Patient/mother"}]}
    version = stored(weight("w", "child", **mother))
    assert sorted(meaning().named(version) or ()) == ["child", "mother"]
    assert meaning().whose(version) == ("child",)


def test_resource_of_two_people_is_both_of_theirs() -> None:
    actors = [{"actor": {"reference": f"Patient/{x}"}, "status": "accepted"} for x in ("a", "b")]
    both = {"resourceType": "Appointment", "id": "x", "status": "booked", "participant": actors}
    assert sorted(meaning().whose(stored(both))) == ["a", "b"]
    beside = {"resourceType": "Linkage", "id": "x", "item": [
        {"type": "source", "resource": {"reference": f"Patient/{x}"}} for x in ("a", "b")
    ]}  # fmt: skip
    assert sorted(meaning().whose(stored(beside))) == ["a", "b"]


def test_patient_is_their_own_whomever_they_are_linked_to() -> None:
    linked = person("a", link=[{"other": {"reference": "Patient/b"}, "type": "seealso"}])
    assert meaning().whose(stored(linked)) == ("a",)


def test_escapes_hide_nobody() -> None:
    raw = json.dumps(weight("w", "secret")).replace("Patient/", "Patient\\/").encode()
    version = stored(weight("w", "secret"), raw=raw)
    assert meaning().named(version) is None
    assert meaning().whose(version) == ("secret",)
    assert not meaning().is_plain(version)


def test_what_names_nobody_is_nobodys() -> None:
    ward = {"resourceType": "Location", "id": "x", "name": "ward"}
    assert meaning().whose(stored(ward)) == ()


@pytest.mark.parametrize(
    ("resource", "is_plain"),
    [
        (weight("w", "p"), True),
        (weight("w", "p", "R"), True),
        (weight("w", "p", "RAW-GENOME"), False),
        (weight("w", "p", "SECONDARY-FINDING"), False),
        (weight("w", "p", code={"coding": [{"system": LOINC, "code": "69548-6"}]}), False),
        ({"resourceType": "MolecularSequence", "id": "m", "coordinateSystem": 0}, False),
    ],
)  # fmt: skip
def test_plain_is_what_surely_bears_no_guarded_label(resource: Resource, is_plain: bool) -> None:
    version = stored(resource)
    assert meaning().is_plain(version) is is_plain
    guarded = {"RAW-GENOME", "SECONDARY-FINDING"} & meaning().features(version).labels
    assert not (is_plain and guarded)


def test_guarded_words_are_those_of_the_pack() -> None:
    found = guarded_in(services().shelf)
    assert found is not None
    assert b"69548-6" in found.words
    assert found.kinds == {"MolecularSequence"}


def test_tokens_are_those_that_searches_find() -> None:
    assert ("http://loinc.org", "29463-7") in meaning().tokens(stored(weight("w", "p")))["code"]


def test_owner_of_a_subscription_is_read_from_its_note() -> None:
    owner = Actor("Practitioner/1", role="nurse", scopes=frozenset(("user/*.rs",)))
    assert meaning().owner(json.dumps({"owner": told_actor(owner)})) == owner


def test_groups_are_read_with_their_members() -> None:
    group = {
        "resourceType": "Group", "id": "g", "type": "practitioner", "actual": True,
        "member": [{"entity": {"reference": "Practitioner/1"}}],
    }  # fmt: skip
    found = meaning().membership("Practitioner/1", [stored(group)], BEGIN)
    assert "Group/g" in found.groups
    assert "Group/g" not in meaning().membership("Practitioner/2", [stored(group)], BEGIN).groups


def test_standing_is_ties_and_consents() -> None:
    versions = [
        stored(person("p")), stored(team("p", "Practitioner/d")), stored(no_restricted("c", "p")),
    ]  # fmt: skip
    found = meaning().standing("p", versions, {})
    assert found.ties["Practitioner/d"] == [Tie(CARE)]
    assert [c.reference for c in found.consents] == ["Consent/c"]


def test_consent_that_cannot_be_read_leaves_care_and_ends_other_use() -> None:
    spoilt = {**no_restricted("c", "p"), "provision": {"type": "permit", "period": "for ever"}}
    found = meaning().standing("p", [stored(spoilt)], {})
    for purpose, said in (("TREAT", None), ("HRESCH", False)):
        asked = Request("Practitioner/d", frozenset(), purpose, BEGIN)
        ruled = ruling(found.consents, meaning().features(stored(weight("w", "p"))), asked)
        assert (ruled and ruled.is_permitted) is said


def stay(status: str, **period: str) -> Resource:
    return {
        "resourceType": "Encounter",
        "status": status,
        "period": period,
        "serviceProvider": {"reference": "Organization/o"},
        "participant": [{"individual": {"reference": "Practitioner/d"}}],
    }


RELATIVE = {"resourceType": "RelatedPerson", "id": "r", "patient": {"reference": "Patient/p"}}
MEMBER = {"member": {"reference": "Practitioner/d"}}
CASES: list[tuple[Resource, str, list[Tie]]] = [
    (person("p", generalPractitioner=[{"reference": "Practitioner/d"}]), "Practitioner/d",
     [Tie(CARE)]),
    (person("p", managingOrganization={"reference": "http://x/fhir/Organization/o"}),
     "Organization/o", [Tie(CARE)]),
    (person("p", generalPractitioner=[{"identifier": {"value": "A83005"}}]), "A83005",
     [Tie(CARE)]),
    (person("other", generalPractitioner=[{"reference": "Practitioner/d"}]), "Practitioner/d", []),
    (stay("in-progress"), "Organization/o", [Tie(CARE)]),
    (stay("finished", end="2026-01-01"), "Practitioner/d",
     [Tie(CARE, None, BEGIN + DAY + AFTERWARDS)]),
    (stay("cancelled"), "Practitioner/d", []),
    (stay("entered-in-error"), "Practitioner/d", []),
    ({**team("p"), "status": "inactive", "participant": [MEMBER]}, "Practitioner/d", []),
    ({**team("p"), "period": {"start": "2026"}, "participant": [
        {**MEMBER, "period": {"start": "2025-06", "end": "2026-02"}}]}, "Practitioner/d",
     [Tie(CARE, BEGIN, datetime(2026, 3, 1, tzinfo=UTC))]),
    ({**team("p"), "participant": [{**MEMBER, "period": {"end": "2025"}}]}, "Practitioner/d",
     [Tie(CARE, None, BEGIN)]),
    ({**team("p"), "managingOrganization": [{"reference": "Organization/o"}]}, "Organization/o",
     [Tie(CARE)]),
    ({"resourceType": "EpisodeOfCare", "status": "active", "careManager": {
        "reference": "Practitioner/d"}}, "Practitioner/d", [Tie(CARE)]),
    ({"resourceType": "EpisodeOfCare", "status": "cancelled", "careManager": {
        "reference": "Practitioner/d"}}, "Practitioner/d", []),
    (RELATIVE, "RelatedPerson/r", [Tie(PROXY)]),
    (RELATIVE, "Patient/q", [Tie(PROXY)]),
    ({**RELATIVE, "active": False}, "RelatedPerson/r", []),
    ({**RELATIVE, "period": {"end": "2025-12-31"}}, "RelatedPerson/r", [Tie(PROXY, None, BEGIN)]),
]  # fmt: skip


@pytest.mark.parametrize(("resource", "name", "ties"), CASES)
def test_ties_of_resources(resource: Resource, name: str, ties: list[Tie]) -> None:
    assert ties_of("p", [resource], {"r": ["q"]}).get(name, []) == ties


@pytest.mark.parametrize("spoilt", ["2026-99", "soon", "9999-12-31", "2026-01-01T25:00:00Z"])
def test_period_that_cannot_be_read_begins_never(spoilt: str) -> None:
    found = ties_of("p", [{**RELATIVE, "period": {"start": spoilt}}], {})
    (tie,) = found["RelatedPerson/r"]
    assert not tie.holds(BEGIN)


@pytest.mark.parametrize("spoilt", ["2026-99", "soon", "9999", "9999-12-31"])
def test_end_that_cannot_be_read_does_not_open_a_period(spoilt: str) -> None:
    (tie,) = ties_of("p", [{**RELATIVE, "period": {"end": spoilt}}], {})["RelatedPerson/r"]
    assert tie.holds(BEGIN) is spoilt.startswith("9999")


def test_time_of_day_without_a_zone_is_utc() -> None:
    spans = {"start": "2026-01-01T00:00:00", "end": "2026-01-01T01:00:00+01:00"}
    (tie,) = ties_of("p", [{**RELATIVE, "period": spans}], {})["RelatedPerson/r"]
    assert tie == Tie(PROXY, BEGIN, BEGIN)
