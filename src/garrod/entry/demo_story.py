"""The story's person as the record keeps her: what her files say, and what her genome means.

story/person.json, story/genome.vcf -> resources, each marked synthetic -> demo_world

The record holds results (genotypes and phenotypes), never advice: that is made at each decision.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson

import garrod.entry.story as story
from garrod import __version__
from garrod.adapters.fhir.genomics_codes import ACT_REASON
from garrod.adapters.fhir.genomics_out.bundle import Told, bundle_of
from garrod.adapters.fhir.person import read_person
from garrod.entry.wire import Services
from garrod.science.pgx.people import Sample

FhirJson = dict[str, Any]
FOLDER = Path(story.__path__[0])
PERSON, GENOME, ORDER = FOLDER / "person.json", FOLDER / "genome.vcf", FOLDER / "order.json"
READ_ON = date(2025, 12, 1)  # Not clinical: the day of her result; the year of the world
STENT_AGO = timedelta(days=28)  # Not clinical: her stent is always that long ago in the demo
MARK = {"system": ACT_REASON, "code": "HTEST", "display": "test health data"}


def story_resources(services: Services) -> list[FhirJson]:
    """Return the person, her conditions and medicines, and the results of her genome.

    References are those of a record (`Patient/demo-1`).  Raises: GarrodError.
    """
    own = [entry["resource"] for entry in orjson.loads(PERSON.read_bytes())["entry"]]
    patient = next(r for r in own if r["resourceType"] == "Patient")
    dated = (_dated(resource) for resource in own)
    return [_marked(r) for r in (*dated, *_results(services, f"Patient/{patient['id']}"))]


def _dated(resource: FhirJson) -> FhirJson:
    """Return a condition with the day of its beginning: what follows a stent is for its year."""
    if resource["resourceType"] != "Condition":
        return resource
    return {**resource, "onsetDateTime": (datetime.now(UTC).date() - STENT_AGO).isoformat()}


def _results(services: Services, patient: str) -> Iterator[FhirJson]:
    """Yield what her genome was found to be, as our own bundles write it."""
    person = read_person(PERSON).person
    table = services.read(GENOME)
    _, findings = next(iter(services.call(table, [Sample(table.samples[0], person.sex)])))
    software = f"garrod {__version__}"
    made = bundle_of(Told("story", READ_ON, software, person, findings=findings))
    text = orjson.dumps(made).decode()
    for entry in made["entry"]:
        resource = entry["resource"]
        kind, id = resource["resourceType"], resource["id"]
        there = patient if kind == "Patient" else f"{kind}/{id}"
        text = text.replace(f'"{entry["fullUrl"]}"', f'"{there}"')
    for entry in orjson.loads(text)["entry"]:
        if entry["resource"]["resourceType"] != "Patient":
            yield entry["resource"]


def _marked(resource: FhirJson) -> FhirJson:
    return {**resource, "meta": {**resource.get("meta", {}), "tag": [MARK]}}
