"""The demo's two pages, open without a token since nobody in them is real: people, and the report.

/ lists the people as they were stored; /story is the report of the story's person. The record
itself is behind its token, as everywhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import orjson

from garrod.adapters.fhir.person import read_person
from garrod.adapters.identity.development import personas
from garrod.adapters.report.html import render_html
from garrod.adapters.world import load_profile
from garrod.entry.demo_moments import MOMENTS, planted_people
from garrod.entry.demo_story import GENOME, PERSON, FhirJson
from garrod.entry.demo_world import demo_people
from garrod.entry.reporting import report_of
from garrod.entry.web.pages import rendered
from garrod.entry.wire import Services


@dataclass(frozen=True, slots=True)
class DemoRow:
    """One person of the list; how many conditions they have and medicines they take."""

    id: str
    name: str
    born: str
    sex: str
    conditions: int
    medicines: int


@lru_cache(maxsize=1)
def story_page() -> bytes:
    """Return the report of the story's person.  Raises: GarrodError."""
    from garrod.entry.cli.persons import Genome, with_genome

    services = Services()
    person, table = with_genome(services, read_person(PERSON), Genome(GENOME))
    return render_html(report_of(services, person, table)).encode()


@lru_cache(maxsize=1)
def people_page(base: str, *, signs_in: bool = False) -> bytes:
    """Return the list of the people as they were stored; `base` is where FHIR is served.

    `signs_in`: the development issuer signs in whom one chooses to be.
    """
    ask = f"{base}/Patient/w0/$everything"
    whom = tuple(personas().values()) if signs_in else ()
    told = {"moments": MOMENTS, "personas": whom, "rows": tuple(_rows()), "ask": ask, "csrf": ""}
    return rendered("people/demo.jinja", **told).encode()


def _rows() -> Iterator[DemoRow]:
    services = Services()
    told = [entry["resource"] for entry in orjson.loads(PERSON.read_bytes())["entry"]]
    drawn = demo_people(load_profile(services.shelf))
    for found in (told, *planted_people(services), *drawn):
        yield _row(found)


def _row(found: list[FhirJson]) -> DemoRow:
    patient = next(r for r in found if r["resourceType"] == "Patient")
    ill = [r for r in found if r["resourceType"] == "Condition" and _is_open(r)]
    taken = {
        r["medicationCodeableConcept"]["coding"][0]["code"]
        for r in found
        if r["resourceType"] == "MedicationStatement" and r["status"] == "active"
    }
    return DemoRow(
        patient["id"],
        patient["name"][0]["text"],
        patient["birthDate"],
        patient["gender"],
        len(ill),
        len(taken),
    )


def _is_open(condition: FhirJson) -> bool:
    coding = condition.get("clinicalStatus", {}).get("coding", [{"code": "active"}])
    return bool(coding[0]["code"] == "active")
