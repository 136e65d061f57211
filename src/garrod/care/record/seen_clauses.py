"""What a search of an actor becomes: narrowed to people within reach, chains looked up beforehand.

Query -> people that it names, or that the actor may reach -> clauses; Chain and Has -> the ids that
visible resources give. What is narrowed here is filtered afterwards all the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from garrod.care.govern.access import Actor, Deed
from garrod.care.record.gate import Gate
from garrod.care.record.ports import Page, View
from garrod.care.record.query import (
    Chain,
    Clause,
    Criterion,
    Has,
    Include,
    Modifier,
    OfPatients,
    ParamType,
    Query,
    Reference,
    Token,
)
from garrod.core.errors import InputError
from garrod.core.resource import Version

MOST = 450  # Not clinical: resources that a chain may go through; as many values as stores take
PAGE = 500  # Not clinical: resources read at a time


class Looking(Protocol):
    """A view as an actor sees it."""

    raw: View
    gate: Gate
    actor: Actor
    deed: Deed

    async def search(self, query: Query) -> Page:
        """Return what may be seen of what matches."""
        ...


@dataclass(frozen=True, slots=True)
class Narrowed:
    """A query that names nothing hidden; `is_empty`: nothing can match it."""

    query: Query
    is_empty: bool = False


async def narrowed(seen: Looking, query: Query) -> Narrowed:
    """Return a query as it is put to the store.  Raises: InputError REC010."""
    clauses: list[Clause] = []
    for clause in query.clauses:
        found = await _plain(seen, query.kinds, clause)
        if found is None:
            return Narrowed(query, is_empty=True)
        clauses.append(found)
    if not _names_people(query):
        reach = await seen.gate.reach(seen.raw, seen.actor, query.kinds, seen.deed)
        if reach is not None:
            if not reach:
                return Narrowed(query, is_empty=True)
            clauses.append(OfPatients(reach))
    return Narrowed(replace(query, clauses=tuple(clauses), asked=query.clauses))


def _names_people(query: Query) -> bool:
    """Return whether a query is about people that it names, so that it goes through few."""
    for clause in query.clauses:
        if isinstance(clause, OfPatients):
            return True
        if not isinstance(clause, Criterion) or clause.modifier is not Modifier.NONE:
            continue
        if clause.param == "_id":
            return True
        if clause.type is ParamType.REFERENCE and all(
            isinstance(v, Reference) and v.kind == "Patient" and v.id for v in clause.values
        ):
            return True
    return False


async def _plain(seen: Looking, kinds: Sequence[str], clause: Clause) -> Clause | None:
    """Return a clause without chains; None where nothing can match it."""
    if isinstance(clause, Chain):
        hits = await _every(seen, Query((clause.kind,), (clause.inner,)))
        values = tuple(Reference(v.kind, v.id) for v in hits)
        return Criterion(clause.param, ParamType.REFERENCE, values) if values else None
    if isinstance(clause, Has):
        hits = await _every(seen, Query((clause.kind,), (clause.inner,)))
        if not hits:
            return None
        page = await seen.raw.included(hits, [Include(clause.kind, clause.param)])
        ids = dict.fromkeys(v.id for v in page.versions if v.kind in kinds)
        tokens = tuple(Token(None, id) for id in ids)
        return Criterion("_id", ParamType.TOKEN, tokens) if tokens else None
    return clause


async def _every(seen: Looking, query: Query) -> list[Version]:
    """Return all that may be seen of what matches.  Raises: InputError REC010."""
    query, found = replace(query, count=PAGE), list[Version]()
    while True:
        page = await seen.search(query)
        found += page.versions
        if len(found) > MOST:
            raise InputError(
                f"that search goes through more than {MOST:,} resources: make it narrower.",
                code="REC010",
            )
        if page.cursor is None:
            return found
        query = replace(query, cursor=page.cursor)
