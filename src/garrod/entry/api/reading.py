"""GET of a resource, of one version, of history."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlencode

from garrod.adapters.fhir.rest.layout import Hit, history
from garrod.care.record.ports import HistoryOf
from garrod.core.errors import InputError
from garrod.core.resource import Version
from garrod.entry.api.conditions import headers_of
from garrod.entry.api.exchange import Answer, Asked
from garrod.entry.api.rooms import Rooms
from garrod.entry.api.tags import is_known

MOST = 1000  # Not clinical: entries of one page
_HISTORY = frozenset(("_count", "_since", "_at", "_format", "_pretty", "_page"))


async def read(rooms: Rooms, asked: Asked) -> Answer:
    """Return the newest version of a resource; 304 where the caller has it already."""
    kind, id = asked.path
    return served(rooms, asked, await rooms.record.read(asked.actor, kind, id))


async def read_version(rooms: Rooms, asked: Asked) -> Answer:
    """Return one version of a resource."""
    kind, id, _, number = asked.path
    if not number.isascii() or not number.isdecimal() or len(number) > 18:
        raise InputError(f"a version is a number, not {number[:20]!r}.", code="REC001")
    found = await rooms.record.read_version(asked.actor, kind, id, int(number))
    return served(rooms, asked, found)


def served(rooms: Rooms, asked: Asked, version: Version) -> Answer:
    """Return a version as an answer, whole or as `_summary` and `_elements` ask."""
    headers = headers_of(version)
    if is_known(asked.headers, version):
        return Answer(304, headers=headers)
    body = rooms.codec.served(version)
    if asked.question:
        read = rooms.codec.urls.read((version.kind,), asked.question)
        if read.query.clauses:
            raise InputError("a read by id takes no search parameters.", code="API004")
        body = rooms.codec.summaries.shown(body, summary=read.summary, elements=read.elements)
    return Answer(200, body, headers)


async def past(rooms: Rooms, asked: Asked) -> Answer:
    """Return history: of a resource, of a type, or of everything."""
    named = asked.path[:-1]
    question = rooms.pages.question(asked, asked.question)
    of = _history_of(named, question)
    page = await rooms.record.history(asked.actor, of)
    hits = [Hit(v, b"" if v.is_deleted else rooms.codec.served(v)) for v in page.versions]
    here = "/".join((asked.base, *asked.path))
    links = [("self", f"{here}?{asked.question}" if asked.question else here)]
    if page.cursor:
        kept = [(k, v) for k, v in parse_qsl(question) if k != "_page"]
        further = f"{here}?{urlencode([*kept, ('_page', page.cursor)])}"
        links.append(("next", rooms.pages.link(asked, further)))
    return Answer(200, history(asked.base, hits, links, total=page.total))


def _history_of(named: tuple[str, ...], question: str) -> HistoryOf:
    given = dict(parse_qsl(question, keep_blank_values=True))
    unknown = sorted(given.keys() - _HISTORY)
    if unknown:
        raise InputError(
            f"history knows no parameter {unknown[0]!r}: it has {', '.join(sorted(_HISTORY))}.",
            code="API004",
        )
    kind, id = (*named, "", "")[:2]
    return HistoryOf(
        kind,
        id,
        since=_moment("_since", given.get("_since", "")),
        at=_moment("_at", given.get("_at", "")),
        count=count_of(given.get("_count", "")),
        cursor=given.get("_page") or None,
    )


def count_of(text: str, usual: int = 50) -> int:
    """Return how many entries a page is to have.  Raises: InputError API004."""
    if not text:
        return usual
    if not text.isascii() or not text.isdecimal() or len(text) > 9:
        raise InputError("_count is no whole number.", code="API004")
    return min(int(text), MOST)


def _moment(name: str, text: str) -> datetime | None:
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError:
        raise InputError(
            f"{name} is no moment such as 2026-03-03T09:00:00Z.",
            code="API004",
        ) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
