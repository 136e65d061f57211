"""Whom an actor may find by a search that names nobody: a superset, each hit is asked about again.

actor -> what ties name them, or who consented to anything -> people; None: everybody
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from garrod.care.govern.access import Actor, Deed
from garrod.care.govern.point import relations_permitted
from garrod.care.govern.policy import CARE, DEEDS, NOBODY, NONE, PROXY, SELF, Policing, Question
from garrod.care.record.ports import View
from garrod.care.record.query import (
    Clause,
    Criterion,
    Include,
    Modifier,
    ParamType,
    Query,
    Reference,
    Token,
)
from garrod.core.resource import Version

PAGE = 1000  # Not clinical: resources read at a time
# Where the record names who cares for a person. Source: the search parameters of FHIR R4
NAMED = (
    ("Patient", "general-practitioner"),
    ("Patient", "organization"),
    ("CareTeam", "participant"),
    ("EpisodeOfCare", "organization"),
    ("EpisodeOfCare", "care-manager"),
    ("Encounter", "service-provider"),
    ("Encounter", "participant"),
)


def may_reach_all(policing: Policing, actor: Actor, deed: Deed, kind: str) -> bool:
    """Return whether an actor may do something whoever's a resource of a kind is."""
    terms = policing.terms
    asked = Question(actor.role, DEEDS[deed], terms.kind(kind), NONE, terms.purpose(actor.purpose))
    return not actor.patient and policing.ask(asked).is_permitted


def may_reach_anybody(policing: Policing, actor: Actor, deed: Deed, kinds: Sequence[str]) -> bool:
    """Return whether a search over kinds is not narrowed to people."""
    return any(
        may_reach_all(policing, actor, deed, kind)
        or NOBODY in relations_permitted(policing, actor, deed, kind)
        for kind in kinds
    )


async def reached(
    policing: Policing, view: View, actor: Actor, deed: Deed, *, names: Collection[str]
) -> frozenset[str]:
    """Return the people whom the record ties to an actor, or to what they are a member of.

    `names`: references to the actor and what they are a member of.
    """
    if actor.patient:
        return frozenset((actor.patient,))
    kind, _, id = actor.id.partition("/")
    found = {id} if kind == "Patient" else set[str]()
    relations = relations_permitted(policing, actor, deed, "")
    if PROXY in relations or SELF in relations:
        found |= await _represented(view, kind, id)
    if CARE in relations:
        code = actor.organisation if "/" not in actor.organisation else ""
        for query in ties_of(sorted(names), code):
            found |= await _people(view, query)
    if NONE in relations:  # where there is consent
        found |= await _people(view, Query(("Consent",)))
    return frozenset(found)


async def _represented(view: View, kind: str, id: str) -> set[str]:
    """Return the people for whom somebody acts, as a RelatedPerson or as a Patient who is one."""
    if kind == "RelatedPerson":
        one = Criterion("_id", ParamType.TOKEN, (Token(None, id),))
        return await _people(view, Query((kind,), (one,)))
    own = await view.read(kind, id) if kind == "Patient" else None
    if own is None or own.is_deleted:
        return set()
    page = await view.included((own,), [Include("Patient", "link", "RelatedPerson")])
    return await _referred(view, page.versions, "RelatedPerson", "patient")


def ties_of(names: Sequence[str], code: str) -> Iterator[Query]:
    """Yield the searches that find who names one of some references, or an organisation's code."""
    values = tuple(Reference(kind, id) for kind, _, id in (n.partition("/") for n in names) if id)
    for kind, param in NAMED:
        if values:
            yield Query((kind,), (Criterion(param, ParamType.REFERENCE, values),))
        if code:
            named: tuple[Clause, ...] = (
                Criterion(
                    param, ParamType.REFERENCE, (Reference(value=code),), Modifier.IDENTIFIER
                ),
            )
            yield Query((kind,), named)


async def _people(view: View, query: Query) -> set[str]:
    """Return whose the resources are that a query finds."""
    (kind,) = query.kinds
    query, found = replace(query, count=PAGE), set[str]()
    while True:
        page = await view.search(query)
        if kind == "Patient":
            found |= {v.id for v in page.versions}
        else:
            found |= await _referred(view, page.versions, kind, "patient")
        if page.cursor is None:
            return found
        query = replace(query, cursor=page.cursor)


async def _referred(view: View, versions: Sequence[Version], kind: str, param: str) -> set[str]:
    page = await view.included(versions, [Include(kind, param, "Patient")])
    return {v.id for v in page.versions}
