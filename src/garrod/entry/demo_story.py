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
from garrod.adapters.world.parts import WORLD
from garrod.entry.wire import Services
from garrod.science.pgx.people import Sample

FhirJson = dict[str, Any]
FOLDER = Path(story.__path__[0])
PERSON, GENOME, ORDER = FOLDER / "person.json", FOLDER / "genome.vcf", FOLDER / "order.json"
READ_ON = date(2025, 12, 1)  # Not clinical: the day of her result; the year of the world
REPORTED = frozenset(("Observation", "DiagnosticReport"))
BODY = frozenset(("29463-7", "8302-2"))  # LOINC: weight, height
OF_KIND = {"Patient": "person", "Consent": "person"}
ASSERTED = "2026-11-02"  # Not clinical: the day of what her practice wrote
TAKEN = {
    "med-1": ("Take 1 tablet by mouth, at night", "Cholesterol"),
    "med-2": ("Take 1 capsule by mouth, once a day", "Acid reflux"),
    "med-3": ("Take 1 tablet by mouth, once a day", "Blood pressure"),
}  # by the id of the file
STENT_AGO = timedelta(days=28)  # Not clinical: her stent is always that long ago in the demo
MARK = {"system": ACT_REASON, "code": "HTEST", "display": "test health data"}


def story_resources(services: Services) -> list[FhirJson]:
    """Return the person, her conditions and medicines, and the results of her genome.

    References are those of a record (`Patient/demo-1`).  Raises: GarrodError.
    """
    own = [entry["resource"] for entry in orjson.loads(PERSON.read_bytes())["entry"]]
    patient = next(r for r in own if r["resourceType"] == "Patient")
    dated = (_dated(resource) for resource in own)
    return [marked(r) for r in (*dated, *_results(services, f"Patient/{patient['id']}"))]


def _dated(resource: FhirJson) -> FhirJson:
    """Return a condition with the day of its beginning: what follows a stent is for its year.

    Of a medicine, how it is taken and what for, as her practice wrote it down.
    """
    if resource["resourceType"] == "MedicationStatement":
        how, why = TAKEN[resource["id"]]
        return {**resource, "dateAsserted": ASSERTED, "dosage": [{"text": how}],
                "reasonCode": [{"text": why}]}  # fmt: skip
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


def marked(resource: FhirJson, setting: str = "") -> FhirJson:
    """Return a made-up resource with its mark, and the setting that is said to have sent it.

    `setting` "": a measured body or what a practice writes is a practice's, what else was measured
    or reported a laboratory's; a person says who they are, and what they choose.
    """
    kind = resource["resourceType"]
    codings = resource.get("code", {}).get("coding", ())
    is_body = any(coding.get("code") in BODY for coding in codings)
    if not setting and kind in REPORTED and not is_body:
        setting = "laboratory"
    source = f"{WORLD}/{setting or OF_KIND.get(kind, 'practice')}"
    return {**resource, "meta": {"source": source, **resource.get("meta", {}), "tag": [MARK]}}
