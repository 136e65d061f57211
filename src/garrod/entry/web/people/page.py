"""The people of the record, found by the beginning of a name, each with a link to their summary.

POST /patients          a name, then 303 to
GET  /patients?found=   what was found: the name is veiled, as histories and logs keep addresses
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

import orjson
from starlette.responses import Response

from garrod.adapters.fhir.json import Resource, many, text
from garrod.care.record.query import Criterion, ParamType, Query, Text
from garrod.entry.web.asked import Visit
from garrod.entry.web.framing import framed
from garrod.entry.web.pages import page, see
from garrod.entry.web.people.ahead import Ahead

USE = "people"
LONGEST = 200  # Not clinical: characters of a name that is looked for
SHOWN = 50  # Not clinical: people on a page
NAMELESS = "No name recorded"


@dataclass(frozen=True, slots=True)
class Row:
    """One person of the list."""

    id: str
    name: str
    born: str
    sex: str


async def people_page(visit: Visit, *, ahead: Ahead) -> Response:
    """Return the page, and read ahead who was found.  Raises: AccessDenied."""
    if visit.method == "POST":
        return see(_address(visit, visit.fields.get("q", "")[:LONGEST], ""))
    veiled = visit.fields.get("found", "")
    said = visit.seals.unveiled(USE, veiled, visit.session) if veiled else {}
    asked = (said or {}).get("q", "")
    folded = asked.casefold()
    clauses = (Criterion("name", ParamType.STRING, (Text(folded, asked),)),) if asked else ()
    cursor = (said or {}).get("after") or None
    query = Query(("Patient",), clauses, count=SHOWN, cursor=cursor)
    found, _ = await visit.consult.record.search(visit.actor, query)
    if asked:
        ahead.begin(visit.consult, [version.id for version in found.versions])
    return page(
        "people/page.jinja",
        rows=[row_of(orjson.loads(v.body), v.id) for v in found.versions],
        q=asked,
        more=_address(visit, asked, found.cursor) if found.cursor else "",
        is_over=said is None,
        is_later=cursor is not None,
        may_open=any(link.to == "/emergency" for link in framed().links),
        csrf=visit.csrf,
    )


def _address(visit: Visit, asked: str, after: str) -> str:
    """Return the address of what is found by a name, from a place on."""
    if not asked and not after:
        return "/patients"
    said = {"q": asked, "after": after}
    return f"/patients?{urlencode({'found': visit.seals.veiled(USE, said, visit.session)})}"


def row_of(patient: Resource, id: str) -> Row:
    """Return a Patient as a line of the list."""
    names = many(patient, "name")
    name = next((n for n in map(_name, names) if n), NAMELESS)
    return Row(id, name, text(patient, "birthDate"), text(patient, "gender"))


def _name(name: Resource) -> str:
    parts = [*(g for g in name.get("given", ()) if isinstance(g, str)), text(name, "family")]
    return text(name, "text") or " ".join(p for p in parts if p)
