"""GET and POST of searches: of a type, of several, of a compartment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from garrod.adapters.fhir.outcome import outcome
from garrod.adapters.fhir.record.url import Search, link
from garrod.adapters.fhir.rest.layout import Hit, searchset
from garrod.adapters.fhir.validate.issue import Issue, Severity
from garrod.care.govern.access import Actor, Deed, Deny, demand
from garrod.care.record.query import OfPatients
from garrod.core.errors import InputError
from garrod.core.resource import Version
from garrod.entry.api.exchange import Answer, Asked
from garrod.entry.api.rooms import Rooms
from garrod.entry.audit_showing import KIND as LOGGED

POSTED = "_search"
SEARCH = Deed.SEARCH
OWN_LOG = Issue(
    Severity.INFORMATION,
    "informational",
    "",
    "found among the AuditEvents that others sent; what this server itself noted of a person is "
    "asked for as AuditEvent?patient=ID, with _count, before and _sort=-date and nothing else",
)


async def search(rooms: Rooms, asked: Asked) -> Answer:
    """Return a page of resources of one type."""
    return await page_of(rooms, asked, (asked.path[0],), asked.path[:1])


async def search_all(rooms: Rooms, asked: Asked) -> Answer:
    """Return a page of resources of the types that `_type` names."""
    question = question_of(asked)
    if "_type=" not in question:
        raise InputError(
            "a search over every type names them: _type=Condition,Observation.", code="API004"
        )
    return await page_of(rooms, asked, tuple(sorted(rooms.codec.kinds)), ())


async def search_compartment(rooms: Rooms, asked: Asked) -> Answer:
    """Return a page of resources of one type of a person's compartment (Patient/1/Condition)."""
    holder, id, kind = asked.path[:3]
    if holder != "Patient" or kind not in (*rooms.codec.kinds, "*"):
        raise InputError(
            f"{holder}/…/{kind} is no compartment here: expected Patient/ID/TYPE.", code="REC001"
        )
    kinds = kinds_for(rooms, asked.actor) if kind == "*" else (kind,)
    return await page_of(rooms, asked, kinds, asked.path[:3], patient=id)


def kinds_for(rooms: Rooms, actor: Actor) -> tuple[str, ...]:
    """Return the kinds that an actor may search for, whoever's: all that "everything" is to them.

    Raises: AccessDenied where there is none.
    """
    every, access = tuple(sorted(rooms.codec.kinds)), rooms.record.access
    found = tuple(k for k in every if not isinstance(access.decide(actor, SEARCH, k), Deny))
    if not found:
        demand(access, actor, SEARCH, every[0])
    return found


async def page_of(
    rooms: Rooms,
    asked: Asked,
    kinds: tuple[str, ...],
    path: Sequence[str],
    *,
    patient: str = "",
) -> Answer:
    """Return what a question finds as a searchset, with links to itself and to the next page."""
    question = rooms.pages.question(asked, question_of(asked))
    read = rooms.codec.urls.read(kinds, question, is_lenient=asked.wishes.is_lenient)
    query = read.query
    is_whole = rooms.record.sees_all(asked.actor)
    if patient and is_whole:
        await rooms.record.read(asked.actor, "Patient", patient)
    if patient:
        query = replace(query, clauses=(*query.clauses, OfPatients(frozenset((patient,)))))
    page, more = await rooms.record.search(asked.actor, query, read.includes)
    if patient and not is_whole and not page.versions:  # of whom one sees nothing is not there
        await rooms.record.read(asked.actor, "Patient", patient)
    address = "/".join((asked.base, *path))
    links = [("self", rooms.pages.link(asked, link(address, read)))]
    if page.cursor and not read.is_count_only:
        links.append(("next", rooms.pages.link(asked, link(address, read, page.cursor))))
    hits = [] if read.is_count_only else _hits(rooms, read, page.versions, more)
    issues = (*read.ignored, *_elsewhere(rooms, kinds, read))
    warned = outcome(issues) if issues else b""
    total = page.total
    if total is None and not page.cursor and not query.cursor:
        total = len(page.versions)  # the first page is the only one
    return Answer(200, searchset(asked.base, hits, links, total=total, outcome=warned))


def _elsewhere(rooms: Rooms, kinds: tuple[str, ...], read: Search) -> tuple[Issue, ...]:
    """Return a word of what a search of AuditEvents does not look through: this server's log."""
    is_told = kinds == (LOGGED,) and rooms.audit is not None and not read.is_count_only
    return (OWN_LOG,) if is_told else ()


def _hits(
    rooms: Rooms, read: Search, found: Sequence[Version], more: Sequence[Version]
) -> list[Hit]:
    hits = [Hit(v, _body(rooms, read, v)) for v in found]
    return [*hits, *(Hit(v, _body(rooms, read, v), "include") for v in more)]


def _body(rooms: Rooms, read: Search, version: Version) -> bytes:
    return rooms.codec.summaries.shown(
        rooms.codec.served(version), summary=read.summary, elements=read.elements
    )


def question_of(asked: Asked) -> str:
    """Return the query string, and behind it the form of a POST."""
    if asked.path[-1:] != (POSTED,):
        return asked.question
    form = asked.body.decode("utf-8", "replace").strip()
    return "&".join(part for part in (asked.question, form) if part)
