"""Ties what came too early: a dispense that arrived before its person, or before its prescription.

Messages come in any order, so each new person and each new prescription looks back once.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from garrod.adapters.fhir.ingest import edit
from garrod.adapters.fhir.ingest.find import draft_of
from garrod.adapters.fhir.ingest.marks import DISPENSE, NHS_NUMBER, marks_of
from garrod.adapters.fhir.ingest.parcel import Mark
from garrod.adapters.fhir.record.codec import FhirCodec
from garrod.adapters.fhir.record.parse import parse
from garrod.care.record.ports import Tx
from garrod.care.record.query import (
    Clause,
    Criterion,
    Modifier,
    OfPatients,
    ParamType,
    Query,
    Reference,
)
from garrod.core.resource import Draft, Version

MOST = 200  # Not clinical: dispenses of one person that are looked at


async def ties(tx: Tx, codec: FhirCodec, written: Sequence[Version]) -> AsyncIterator[Draft]:
    """Yield the next versions of dispenses that new people and prescriptions are named in.

    Each is to be written before the next is asked for.
    """
    new = [version for version in written if version.number == 1]
    for person in (v for v in new if v.kind == "Patient"):
        target = f"Patient/{person.id}"
        for mark in marks_of(parse(person.body)):
            async for early in _of_number(tx, mark):
                for name, told in edit.unnamed_subjects(parse(early.body)):
                    if told == mark:
                        yield _next(codec, early, edit.with_subject(early.body, name, target))
    for request in (v for v in new if v.kind == "MedicationRequest"):
        marks = set(marks_of(parse(request.body)))
        people = frozenset(draft_of(codec, request).patients) if marks else frozenset[str]()
        for early in await _of_people(tx, people):
            if marks & set(edit.filled_items(parse(early.body))):
                body = edit.with_filled(early.body, f"MedicationRequest/{request.id}")
                if body != early.body:
                    yield _next(codec, early, body)


async def _of_number(tx: Tx, mark: Mark) -> AsyncIterator[Version]:
    """Yield dispenses that name their person by a number, as messages write it."""
    spaced = f"{mark.value[:3]} {mark.value[3:6]} {mark.value[6:]}"
    for value in (mark.value, spaced):
        sought = (Reference(system=NHS_NUMBER, value=value),)
        kind = ParamType.REFERENCE
        for version in await _found(tx, Criterion("subject", kind, sought, Modifier.IDENTIFIER)):
            yield version


async def _of_people(tx: Tx, people: frozenset[str]) -> tuple[Version, ...]:
    return await _found(tx, OfPatients(people)) if people else ()


async def _found(tx: Tx, clause: Clause) -> tuple[Version, ...]:
    page = await tx.search(Query((DISPENSE,), (clause,), count=MOST))
    return page.versions


def _next(codec: FhirCodec, before: Version, body: bytes) -> Draft:
    return FhirCodec.drafted(codec, body, kind=before.kind, id=before.id)
