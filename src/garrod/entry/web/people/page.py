"""The people of the record, found by the beginning of a name, each with a link to Prescribe.

The name is sent as a form (POST): in an address it would stand in histories and logs.
"""

from __future__ import annotations

from dataclasses import dataclass

import orjson
from starlette.responses import Response

from garrod.adapters.fhir.json import Resource, many, text
from garrod.care.record.query import Criterion, ParamType, Query, Text
from garrod.entry.web.asked import Visit
from garrod.entry.web.pages import page

SHOWN = 50  # Not clinical: people on a page
NAMELESS = "No name recorded"


@dataclass(frozen=True, slots=True)
class Row:
    """One person of the list."""

    id: str
    name: str
    born: str
    sex: str


async def people_page(visit: Visit) -> Response:
    """Return the page.  Raises: AccessDenied."""
    asked = visit.fields.get("q", "")
    folded = asked.casefold()
    clauses = (Criterion("name", ParamType.STRING, (Text(folded, asked),)),) if asked else ()
    cursor = visit.fields.get("after") or None
    query = Query(("Patient",), clauses, count=SHOWN, cursor=cursor)
    found, _ = await visit.consult.record.search(visit.actor, query)
    rows = [row_of(orjson.loads(v.body), v.id) for v in found.versions]
    return page("people/page.jinja", rows=rows, q=asked, after=found.cursor or "", csrf=visit.csrf)


def row_of(patient: Resource, id: str) -> Row:
    """Return a Patient as a line of the list."""
    names = many(patient, "name")
    name = next((n for n in map(_name, names) if n), NAMELESS)
    return Row(id, name, text(patient, "birthDate"), text(patient, "gender"))


def _name(name: Resource) -> str:
    parts = [*(g for g in name.get("given", ()) if isinstance(g, str)), text(name, "family")]
    return text(name, "text") or " ".join(p for p in parts if p)
