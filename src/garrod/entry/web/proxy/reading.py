"""Reads for whom somebody acts, as what, and what they may see and do for them.

actor, patient -> Acting; None: of anybody but a proxy
"""

from __future__ import annotations

import orjson

from garrod.adapters.fhir.json import many, words_of
from garrod.care.govern.access import Deed
from garrod.care.record.choosing import may
from garrod.entry.web.asked import Visit
from garrod.entry.web.people.page import row_of as person_row
from garrod.entry.web.proxy.presenter import DOES, SEES, Acting, acting_of

KIND = "RelatedPerson/"


async def acting_for(visit: Visit, patient: str) -> Acting | None:
    """Return for whom a proxy acts; None: who is signed in is none.  Raises: AccessDenied."""
    if visit.actor.role != "proxy":
        return None
    record, actor = visit.consult.record, visit.actor
    sees = {kind: await may(record, actor, Deed.READ, kind, patient) for kind in SEES}
    does = {act: await may(record, actor, Deed(act[0]), act[1], patient) for act in DOES}
    return acting_of(await _name(visit, patient), await _tie(visit), sees, does)


async def _name(visit: Visit, patient: str) -> str:
    """Return the name of the person, "" where it may not be seen."""
    version = await visit.consult.record.seen_by(visit.actor).read("Patient", patient)
    if version is None or version.is_deleted:
        return ""
    return person_row(orjson.loads(version.body), patient).name


async def _tie(visit: Visit) -> str:
    """Return in words what the proxy is to the person, "" where the record does not say."""
    id = visit.actor.id
    if not id.startswith(KIND):
        return ""
    seen = visit.consult.record.seen_by(visit.actor)
    version = await seen.read("RelatedPerson", id.removeprefix(KIND))
    if version is None or version.is_deleted:
        return ""
    ties = many(orjson.loads(version.body), "relationship")
    return next((said for tie in ties if (said := words_of(tie))), "")
