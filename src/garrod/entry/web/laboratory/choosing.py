"""Finds whom a file is for: by number, record id or name, as far as one may know them."""

from __future__ import annotations

import re
from dataclasses import replace

import orjson

from garrod.adapters.fhir.json import Resource, one, text, words_of
from garrod.adapters.fhir.person_tests import CATEGORY, GENETICS, is_genetic
from garrod.care.record.breaking import of_number
from garrod.care.record.query import Criterion, OfPatients, ParamType, Query, Text
from garrod.care.record.service import NotFound
from garrod.entry.web.asked import Visit
from garrod.entry.web.emergency.page import number_of
from garrod.entry.web.people.page import row_of

ANY = "ServiceRequest?status=active"
GENETIC = f"{ANY}&category={CATEGORY}|{GENETICS}"
MOST = 200  # Not clinical: requests that are looked through
SHOWN = 20  # Not clinical: people of a name, and tests, that are listed
_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")


async def chosen(visit: Visit, who: str) -> str:
    """Return the record id of who has a number or an id; "" where nobody is seen that has it."""
    seen, number = visit.consult.record.seen_by(visit.actor), number_of(who)
    if number is not None:
        try:
            return await of_number(seen, number)
        except NotFound:
            return ""
    if not _ID.fullmatch(who):
        return ""
    version = await seen.read("Patient", who)
    return "" if version is None or version.is_deleted else who


async def people_named(visit: Visit, name: str) -> tuple[tuple[str, str], ...]:
    """Return id and words of those whose name begins so: name, sex and day of birth."""
    named = Criterion("name", ParamType.STRING, (Text(name.casefold(), name),))
    found, _ = await visit.consult.record.search(
        visit.actor, Query(("Patient",), (named,), count=SHOWN)
    )
    rows = [row_of(orjson.loads(v.body), v.id) for v in found.versions]
    return tuple(
        (row.id, ", ".join(part for part in (row.name, row.sex, f"born {row.born}") if part))
        for row in rows
    )


async def tests_asked(visit: Visit) -> tuple[tuple[str, str, str], ...]:
    """Return patient, test and day of genes' tests without a result, the longest waiting first."""
    asked = await _asked(visit)
    return tuple((_patient(request), *_test(request)) for request in asked[:SHOWN])


async def tests_of(visit: Visit, patient: str) -> tuple[tuple[str, str, str], ...]:
    """Return id, test and day of a person's genes' tests without a result, the oldest first."""
    asked = await _asked(visit, OfPatients(frozenset((patient,))))
    return tuple((text(request, "id"), *_test(request)) for request in asked[:SHOWN])


async def _asked(visit: Visit, *more: OfPatients) -> list[Resource]:
    """Return the open requests that a genome can answer: no blood count waits for a VCF.

    Those of the genetic category are sought by it, so that no other tests crowd them out.
    """
    record, found = visit.consult.record, dict[str, Resource]()
    for asked in (GENETIC, ANY):
        query = record.codec.sought(asked)
        query = replace(query, clauses=(*query.clauses, *more), count=MOST)
        page, _ = await record.search(visit.actor, query)
        found |= {v.id: {**orjson.loads(v.body), "id": v.id} for v in page.versions}
    genetic = (request for request in found.values() if is_genetic(request))
    return sorted(genetic, key=lambda request: str(request.get("authoredOn", "9999")))


def _patient(request: Resource) -> str:
    return text(one(request, "subject"), "reference").removeprefix("Patient/")


def _test(request: Resource) -> tuple[str, str]:
    return words_of(one(request, "code")) or "A test", text(request, "authoredOn")[:10]
