"""The documents of a person: which there are, of whom and when; and one of them, as text.

GET /patients/{id}/documents                 the list, the newest first; ?after= the next of it
GET /patients/{id}/documents/{kind}/{id}     one document
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import orjson
from starlette.responses import Response

from garrod.adapters.fhir.json import Resource, many, one, text
from garrod.care.govern.audit import current
from garrod.care.record.query import OfPatients, Query
from garrod.core.errors import InputError
from garrod.entry.web.access.judging import names_of
from garrod.entry.web.asked import Visit
from garrod.entry.web.documents.presenter import KINDS, dated, opened_of, people_of, row_of
from garrod.entry.web.pages import page
from garrod.entry.web.prescribe.banner import banner_of
from garrod.entry.web.prescribe.looking import subject_now
from garrod.entry.web.prescribe.view import Banner

SHOWN = 50  # Not clinical: documents on a page
LOOKED = 1000  # Not clinical: documents of a kind that are looked through
RESULTS = 100  # Not clinical: results of a report that are shown
_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")
_PLACE = re.compile(r"[0-9]{1,5}")


async def documents_page(visit: Visit, patient: str) -> Response:
    """Answer the list, or a document.  Raises: AccessDenied, NotFound REC001, Gone REC002."""
    rest = visit.path[3:]
    is_one = len(rest) == 2 and rest[0] in KINDS and _ID.fullmatch(rest[1])
    if not _ID.fullmatch(patient) or visit.method == "POST" or (rest and not is_one):
        raise InputError("there is no such page.", code="REC001")
    tail = f"/{rest[0]}/{{id}}" if rest else ""
    current().route = f"{visit.method} /patients/{{id}}/documents{tail}"
    if rest:
        return await _one(visit, patient, rest[0], rest[1])
    return await _all(visit, patient)


async def _all(visit: Visit, patient: str) -> Response:
    banner = await _banner(visit, patient)
    found, is_cut = [], False
    for kind in KINDS:
        query = Query((kind,), (OfPatients(frozenset((patient,))),), count=LOOKED)
        some, _ = await visit.consult.record.search(visit.actor, query)
        found += [{**orjson.loads(v.body), "id": v.id} for v in some.versions]
        is_cut = is_cut or some.cursor is not None
    found.sort(key=lambda body: (dated(body), text(body, "id")), reverse=True)
    given = visit.fields.get("after", "")
    first = int(given) if _PLACE.fullmatch(given) else 0
    here = found[first : first + SHOWN]
    names = await _names(visit, here)
    more = first + SHOWN
    return page(
        "documents/page.jinja",
        csrf=visit.csrf,
        banner=banner,
        rows=[row_of(body, names) for body in here],
        count=len(found),
        first=first + 1,
        is_later=first > 0,
        after=more if more < len(found) else 0,
        is_cut=is_cut,
    )


async def _one(visit: Visit, patient: str, kind: str, id: str) -> Response:
    version = await visit.consult.record.read(visit.actor, kind, id)
    body: Resource = {**orjson.loads(version.body), "id": id}
    if text(one(body, "subject"), "reference") != f"Patient/{patient}":
        raise InputError("there is no such document of this person.", code="REC001")
    names = await _names(visit, (body,))
    shown = opened_of(body, names, await _results(visit, body))
    banner = await _banner(visit, patient)
    return page("documents/opened.jinja", csrf=visit.csrf, banner=banner, shown=shown)


async def _results(visit: Visit, body: Resource) -> list[Resource]:
    """Return the results that a report refers to, as far as who asks may see them."""
    seen, found = visit.consult.record.seen_by(visit.actor), []
    for reference in [text(r, "reference") for r in many(body, "result")][:RESULTS]:
        kind, _, id = reference.partition("/")
        version = await seen.read(kind, id) if kind == "Observation" and id else None
        if version is not None and not version.is_deleted:
            found.append({**orjson.loads(version.body), "id": id})
    return found


async def _banner(visit: Visit, patient: str) -> Banner:
    person = await visit.consult.people.person(visit.actor, patient)
    return banner_of(person, subject_now(visit.consult, person))


async def _names(visit: Visit, bodies: Iterable[Resource]) -> Mapping[str, str]:
    named = {reference for body in bodies for reference in people_of(body)}
    known = ("Practitioner/", "Organization/")
    return await names_of(visit, frozenset(n for n in named if n.startswith(known)))
