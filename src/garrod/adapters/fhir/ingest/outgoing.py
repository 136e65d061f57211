"""What the record holds as NDJSON: each resource as it was sent, with its id and meta, on a line.

Line breaks between members become spaces; within texts JSON knows no line breaks.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from garrod.adapters.fhir.ingest.find import draft_of
from garrod.adapters.fhir.record.codec import FhirCodec
from garrod.adapters.fhir.record.splice import served
from garrod.care.govern.access import Actor, Deed, demand
from garrod.care.record.query import Clause, Criterion, OfPatients, ParamType, Prefix, Query, Span
from garrod.care.record.service import Record
from garrod.core.errors import InputError
from garrod.core.resource import Version

PAGE = 500  # Not clinical: resources that are held at once
BEGIN = datetime(1970, 1, 1, tzinfo=UTC)
BREAKS = bytes.maketrans(b"\r\n", b"  ")


@dataclass(frozen=True, slots=True)
class Choice:
    """What is wanted: kinds, people (None: everybody's and nobody's), and since when."""

    kinds: tuple[str, ...]
    patients: frozenset[str] | None = None
    since: datetime | None = None
    of_people_by: FhirCodec | None = None  # only what belongs to somebody, as this one tells


def kinds_of(wanted: Collection[str], known: Collection[str]) -> tuple[str, ...]:
    """Return the wanted kinds, all that are known where none is.  Raises: InputError INP082."""
    strange = sorted(set(wanted) - set(known))
    if strange:
        raise InputError(f"{strange[0][:64]!r} is no resource type of FHIR R4.", code="INP082")
    return tuple(sorted(set(wanted) or known))


async def lines(record: Record, actor: Actor, choice: Choice, kind: str) -> AsyncIterator[bytes]:
    """Yield the newest versions of a kind, one a line, its end included; none is deleted.

    Raises: AccessDenied ACC001.
    """
    demand(record.access, actor, Deed.EXPORT, kind)
    cursor = None
    while True:
        query = Query((kind,), _clauses(choice), count=PAGE, cursor=cursor)
        page, _ = await record.search(actor, query, deed=Deed.EXPORT)
        for version in page.versions:
            if _is_wanted(choice, version):
                yield line(version)
        cursor = page.cursor
        if cursor is None:
            return


def _is_wanted(choice: Choice, version: Version) -> bool:
    return choice.of_people_by is None or bool(draft_of(choice.of_people_by, version).patients)


def line(version: Version) -> bytes:
    """Return a version as a line."""
    return served(version).translate(BREAKS) + b"\n"


def _clauses(choice: Choice) -> tuple[Clause, ...]:
    found: list[Clause] = []
    if choice.patients is not None:
        found.append(OfPatients(choice.patients))
    if choice.since is not None:
        at = (choice.since - BEGIN) // timedelta(microseconds=1)
        span = Span(Prefix.GE, at, at + 1)
        found.append(Criterion("_lastUpdated", ParamType.DATE, (span,)))
    return tuple(found)
