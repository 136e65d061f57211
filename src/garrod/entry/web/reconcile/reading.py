"""Reads what stands beside a person's list: reconciliations under way, and what was handed over."""

from __future__ import annotations

from collections.abc import Iterable

import orjson

from garrod.adapters.fhir.lines.codec import FhirCases
from garrod.adapters.fhir.lines.reconciling import is_case
from garrod.care.record.medication.handover import Handover
from garrod.care.record.medication.line import Setting
from garrod.care.record.medicines_cases import CASE, HANDOVER, Case
from garrod.care.record.query import OfPatients, Query
from garrod.core.errors import FhirError
from garrod.core.resource import Version
from garrod.entry.web.asked import Visit

_MOST = 200  # Not clinical: tasks and letters of one person that are looked through


async def cases_of(visit: Visit, patient: str) -> tuple[tuple[str, Case], ...]:
    """Return the reconciliations of a person that are under way.  Raises: AccessDenied."""
    found = []
    for version in await resources_of(visit, patient, CASE):
        if is_case(orjson.loads(version.body)):
            case = FhirCases().case(version)
            if case.closed is None:
                found.append((version.id, case))
    return tuple(found)


async def handovers_of(
    visit: Visit, patient: str, setting: Setting
) -> tuple[tuple[str, Handover], ...]:
    """Return what was handed over about a person, the newest first.  Raises: AccessDenied."""
    found = []
    for version in await resources_of(visit, patient, HANDOVER):
        try:
            handover = FhirCases().handover(version)
        except FhirError:
            continue  # another letter
        found.append((version.id, handover))
    return tuple(sorted(found, key=lambda x: (x[1].to is not setting, -x[1].sent.timestamp())))


async def resources_of(visit: Visit, patient: str, kind: str) -> Iterable[Version]:
    """Return what of a kind is kept of a person, as who is signed in sees it."""
    query = Query((kind,), (OfPatients(frozenset((patient,))),), count=_MOST)
    found, _ = await visit.consult.record.search(visit.actor, query)
    return found.versions
