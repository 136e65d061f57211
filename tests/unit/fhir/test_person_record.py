"""A person of the record, read at once or, of many resources, beside other work: the same."""

import asyncio
import json
from datetime import UTC, datetime
from typing import Any

from garrod.adapters.fhir.person import Read
from garrod.adapters.fhir.person_record import MANY, RecordedPerson, read_versions
from garrod.core.resource import Version
from tests.unit.fhir.record.codecs import codec

AT = datetime(2026, 3, 1, tzinfo=UTC)


def version(resource: dict[str, Any], id: str) -> Version:
    kind = resource["resourceType"]
    draft = codec().drafted(json.dumps(resource).encode(), kind=kind, id=id)
    return Version(kind, id, 1, AT, "PUT", 1, draft.body, draft.splice)


def test_many_resources_are_read_as_few_are() -> None:
    weight = {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "29463-7"}]},
        "subject": {"reference": "Patient/p"},
        "effectiveDateTime": "2026-01-01",
        "valueQuantity": {"value": 70, "unit": "kg"},
    }
    patient = version({"resourceType": "Patient", "birthDate": "1960"}, "p")
    told: list[Read] = []

    def understand(read: Read) -> Any:
        told.append(read)
        return read.person

    for count in (3, MANY):
        versions = [patient, *(version(weight, f"w{n}") for n in range(count))]
        person = asyncio.run(RecordedPerson(understand).person(versions, ()))
        assert person == read_versions(versions).person
        assert (person.weight_kg, len(person.results)) == (70, count)
    assert [len(read.own.entries) for read in told] == [4, MANY + 1]
