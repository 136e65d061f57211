"""What consent may ask of a resource, read from its bytes."""

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from garrod.adapters.fhir.features import FeatureReader, computed_labels, features_of
from garrod.care.govern.labels import Labels
from garrod.core.errors import FhirError
from tests.making.shelves import SHELF

Json = dict[str, Any]
LABELS = Labels(SHELF)
LOINC, SNOMED = "http://loinc.org", "http://snomed.info/sct"


def reader(**options: Any) -> FeatureReader:
    return FeatureReader(LABELS, **options)


def read(resource: Json) -> Any:
    return features_of(resource, resource["resourceType"], "x", labels=LABELS)


OBSERVATION: Json = {
    "resourceType": "Observation",
    "id": "other",
    "meta": {"security": [{"system": "s", "code": "R"}, {"display": "no code"}]},
    "code": {"coding": [{"system": LOINC, "code": "29463-7"}]},
    "category": [{"coding": [{"system": "c", "code": "vital-signs"}]}],
    "subject": {"reference": "https://here/fhir/Patient/p/_history/2"},
    "encounter": {"reference": "Encounter/e"},
    "performer": [{"reference": "Practitioner/a"}, {"display": "nobody"}],
    "effectiveDateTime": "2022-12-31T23:50:00-05:00",
    "issued": "2023-02-02T00:00:00Z",
    "component": [{"code": {"coding": [{"system": LOINC, "code": "8480-6"}]}}],
    "specimen": {"reference": "Specimen/s"},
}


def test_an_observation() -> None:
    found = read(OBSERVATION)
    assert (found.reference, found.kind, found.patients) == ("Observation/x", "Observation", ("p",))
    assert found.labels == {"R"}
    assert found.codes == {(LOINC, "29463-7"), ("c", "vital-signs")}
    assert found.authors == {"Practitioner/a"}
    assert found.encounters == {"Encounter/e"}
    assert found.refers == {"Patient/p", "Encounter/e", "Practitioner/a", "Specimen/s"}
    zone = timezone(timedelta(hours=-5))
    assert found.authored[0] == datetime(2022, 12, 31, 23, 50, tzinfo=zone)
    assert found.authored[0].date().year == 2022  # as it was written


@pytest.mark.parametrize(
    ("resource", "first"),
    [
        ({"effectiveDateTime": "2022", "issued": "2023-01-01T00:00:00Z"}, "2022-01-01"),
        ({"authoredOn": "2022-05-01"}, "2022-05-01"),
        ({"recordedDate": "2022-05-01", "onsetDateTime": "1999"}, "2022-05-01"),
        ({"onsetDateTime": "1999"}, "1999-01-01"),
        ({"period": {"start": "2022-05-01"}}, "2022-05-01"),
        ({"performedPeriod": {"start": "2022-05-01", "end": "2022-05-02"}}, "2022-05-01"),
        ({"date": "2022-05-01"}, "2022-05-01"),
    ],
)
def test_when_it_was_authored(resource: Json, first: str) -> None:
    found = read({"resourceType": "Thing", **resource}).authored
    assert found[0] is not None
    assert found[0].date().isoformat() == first


def test_open_and_unreadable_times_stay_open() -> None:
    begun = read({"resourceType": "Encounter", "period": {"start": "2022"}}).authored
    assert (begun[0], begun[1]) == (datetime(2022, 1, 1, tzinfo=UTC), None)
    ended = read({"resourceType": "Encounter", "period": {"end": "2022"}}).authored
    assert (ended[0], ended[1].year) == (None, 2022)
    for odd in ({}, {"date": "soon"}, {"effectiveDateTime": 5}):
        assert read({"resourceType": "Observation", **odd}).authored == (None, None)


@pytest.mark.parametrize(
    ("resource", "authors"),
    [
        ({"requester": {"reference": "Practitioner/a"}}, {"Practitioner/a"}),
        ({"recorder": {"reference": "Practitioner/a"}, "asserter": {"reference": "Patient/p"}},
         {"Practitioner/a", "Patient/p"}),
        ({"performer": [{"actor": {"reference": "Practitioner/a"}}]}, {"Practitioner/a"}),
        ({"agent": [{"who": {"reference": "Device/d"}}]}, {"Device/d"}),
        ({"informationSource": {"reference": "RelatedPerson/r"}}, {"RelatedPerson/r"}),
        ({"author": ["odd"], "performer": "odd"}, set()),
    ],
)  # fmt: skip
def test_who_wrote_it(resource: Json, authors: set[str]) -> None:
    assert read({"resourceType": "Thing", **resource}).authors == authors


def test_whom_it_is_about() -> None:
    assert read({"resourceType": "Patient"}).patients == ("x",)
    about = {"subject": {"reference": "Group/g"}, "patient": {"reference": "Patient/q"}}
    assert read({"resourceType": "Thing", **about}).patients == ("q",)
    twice = {"subject": {"reference": "Patient/q"}, "for": {"reference": "Patient/q"}}
    assert read({"resourceType": "Task", **twice}).patients == ("q",)
    given = features_of(OBSERVATION, "Observation", "x", labels=LABELS, patients=("a", "b"))
    assert given.patients == ("a", "b")


@pytest.mark.parametrize(
    ("resource", "labels"),
    [
        ({}, {"N"}),
        ({"meta": {"security": "odd"}}, {"N"}),
        ({"meta": {"security": [{"code": "HTEST"}]}}, {"N", "HTEST"}),
        ({"meta": {"security": [{"code": "PSY"}]}}, {"PSY", "R"}),
        ({"meta": {"security": [{"code": "PSY"}, {"code": "N"}]}}, {"PSY", "N"}),
        ({"code": {"coding": [{"system": SNOMED, "code": "86406008"}]}}, {"HIV", "R"}),
        ({"code": {"text": "HIV positive"}}, {"HIV", "R"}),
        ({"meta": {"security": [{"code": "N"}]}, "code": {"text": "HIV"}}, {"HIV", "N", "R"}),
        ({"meta": {"security": [{"code": "V"}]}, "code": {"text": "HIV"}}, {"HIV", "V", "R"}),
        ({"component": [{"valueCodeableConcept": {"coding": [{"system": SNOMED,
           "code": "706893006"}]}}]}, {"SDV", "R"}),
        ({"reasonReference": [{"display": "HIV infection"}]}, {"HIV", "R"}),
        ({"medicationReference": {"display": "Ritonavir 100mg tablets"}}, {"HIV", "R"}),
        ({"note": [{"text": "not on ritonavir"}]}, {"N"}),
        ({"text": {"div": "<div>HIV</div>"}}, {"N"}),
    ],
)  # fmt: skip
def test_labels(resource: Json, labels: set[str]) -> None:
    whole = {"resourceType": "Observation", **resource}
    assert read(whole).labels == labels
    stated = whole.get("meta", {}).get("security", [])
    said = {s["code"] for s in stated} if isinstance(stated, list) else set()
    assert computed_labels(whole, LABELS) == labels - said


def test_a_sequence_is_raw_genome_data() -> None:
    assert read({"resourceType": "MolecularSequence"}).labels == {"RAW-GENOME", "R"}
    assert computed_labels({"resourceType": 5}, LABELS) == {"N"}


def test_what_was_read_is_kept_by_its_bytes_and_the_oldest_forgotten() -> None:
    body = json.dumps(OBSERVATION).encode()
    mine = reader(kept=1)
    first = mine.of(body, "Observation", "x")
    assert mine.of(body, "Observation", "x") is first
    assert mine.of(body, "Observation", "y").reference == "Observation/y"
    again = mine.of(body, "Observation", "x")
    assert again is not first
    assert again == first
    assert mine.of(b"never looked at", "Observation", "x", sha256=_hash(body)) is again


def _hash(body: bytes) -> bytes:
    import hashlib

    return hashlib.sha256(body).digest()


def test_addresses_elsewhere_are_not_ours() -> None:
    body = json.dumps(OBSERVATION).encode()
    assert reader(base="https://here/fhir").of(body, "Observation", "x").patients == ("p",)
    assert reader(base="https://there/fhir").of(body, "Observation", "x").patients == ()


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"a":' * 3000 + b"1" + b"}" * 3000])
def test_what_is_no_resource_is_refused(body: bytes) -> None:
    with pytest.raises(FhirError) as refused:
        reader().of(body, "Observation", "x")
    assert refused.value.code == "FHR171"
