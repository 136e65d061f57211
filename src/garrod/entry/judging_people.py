"""Whom of a record a reanalysis looks at, what is read of them, and the tasks that come of it.

pages of medicines -> who can be touched -> read, each once -> (judged) -> owned tasks
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from garrod.adapters.fhir.person import Read
    from garrod.care.monitor.raising import Raised
    from garrod.care.record.ports import Store
    from garrod.care.record.service import Record
    from garrod.core.medicine import MedicineLine
    from garrod.core.person import Person
    from garrod.core.resource import Version
    from garrod.entry.judging import Judging

PAGE = 1000  # Not clinical: resources a page


def raised_in(line: bytes) -> tuple[str, tuple[Raised, ...]]:
    """Return whom a line of a reanalysis is about, by id, and the tasks that it makes."""
    import orjson

    from garrod.care.monitor.raising import raised_by, said_of

    told = orjson.loads(line)
    before, now = (
        {c["medicine"]: tuple(said_of(s) for s in c[side]) for c in told["changes"]}
        for side in ("before", "after")
    )
    patient = told["person"].removeprefix("Patient/")
    return patient, raised_by(patient, before, now)


async def wanted_of(store: Store, judging: Judging) -> list[str]:
    """Return who must be looked at, in the order in which they are met."""
    import orjson

    from garrod.adapters.fhir.people_folder import born_in

    touching = judging.touching
    found: dict[str, None] = {}
    if touching.is_for_all or touching.calls_for_some:
        async for version in _all(store, "Patient"):
            if touching.is_for_all or touching.calls_for(born_in(orjson.loads(version.body))):
                found[version.id] = None
    if touching.is_for_all:
        return list(found)
    if touching.reach.allergic:
        async for version in _all(store, "AllergyIntolerance"):
            found[_told(version, {})[0]] = None
    sieve = judging.sieve()
    kept: dict[bytes, MedicineLine] = {}
    for kind in ("MedicationRequest", "MedicationStatement"):
        async for version in _all(store, kind):
            patient, line = _told(version, kept)
            if patient not in found and sieve.lets(patient, line):
                found[patient] = None
    return [patient for patient in found if patient]


async def _all(store: Store, kind: str) -> AsyncIterator[Version]:
    from garrod.care.record.query import Query

    query = Query((kind,), count=PAGE)
    while True:
        page = await store.search(query)
        for version in page.versions:
            yield version
        if page.cursor is None:
            return
        query = replace(query, cursor=page.cursor)


def _told(version: Version, kept: dict[bytes, MedicineLine]) -> tuple[str, MedicineLine | None]:
    """Return whom a resource is about, and the medicine that it names; read whole where needed."""
    import orjson

    from garrod.adapters.fhir.people_folder import (
        MOST,
        concept_in,
        line_in,
        patient_in,
        whose_at_sight,
    )

    named = concept_in(version.body)
    who, line = whose_at_sight(version.body), kept.get(named)
    if who and line is not None:
        return who, line
    resource = orjson.loads(version.body)
    line = line_in(resource)
    if line is not None and named and len(kept) < MOST:
        kept[named] = line
    return who or patient_in(resource), line


async def read_people(record: Record, wanted: tuple[str, ...]) -> list[Read]:
    """Return people, each once; of one who was merged into another, that other."""
    from garrod.adapters.fhir.person_record import RecordedPerson
    from garrod.care.govern.access import LOCAL
    from garrod.care.record.people import People
    from garrod.care.record.service import Gone, NotFound

    caught: list[Read] = []

    def catch(read: Read) -> Person:
        caught.append(read)
        return read.person

    people = People(record, RecordedPerson(catch), most_facts=0)
    for patient in wanted:
        try:
            await people.person(LOCAL, patient)
        except (Gone, NotFound):
            continue  # deleted, or referred to and never there
    return list({read.person.reference: read for read in caught}.values())
