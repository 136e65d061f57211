"""Which clause leads a search on SQLite: the one that lists the fewest resources.

SQLite keeps no count of how often each code occurs, so that it cannot tell a status from an NHS
number. What is surely short leads at once; else each clause is asked how many it lists, up to a
limit; where all are long, resources are taken in order and each is asked everything.
"""

from __future__ import annotations

from itertools import accumulate, pairwise

from garrod.adapters.store.compiled import Speech, ask
from garrod.adapters.store.conditions import FILLED, Alternative, Values
from garrod.adapters.store.search import probe_statement
from garrod.adapters.store.shape import InCompartment, Node, OfHead, OfRows, Referred, Refers, Shape
from garrod.care.record.query import (
    Clause,
    Criterion,
    Modifier,
    OfPatients,
    ParamType,
    Query,
    Reference,
)

PAGE = 200  # versions of a page that is still short
SHORT = 1000  # what lists fewer leads at once
LONG = 50_000  # what lists more never leads: some of so many are soon met in order


def short_leader(shape: Shape) -> int | None:
    """Return the clause that surely lists few: an id, one target of references, one patient."""
    ranked = [(rank, i) for i, node in enumerate(shape.nodes) if (rank := _rank(node))]
    return min(ranked)[1] if ranked else None


def _rank(node: Node) -> int:
    """Return 1 for what is shortest; 0 for what may be long."""
    match node:
        case OfHead(alternatives=alts, is_negative=False) if alts and _all_named(alts, "id"):
            return 1
        case OfRows(table="reference", alternatives=alts, is_negative=False):
            return 2 if alts and _all_named(alts, "id") else 0
        case InCompartment(patients=1):
            return 3
    return 0


def _all_named(alternatives: tuple[Alternative, ...], column: str) -> bool:
    named = {(column, "="), (column, "in")}
    return all(named & set(alternative) for alternative in alternatives)


def is_short(query: Query) -> bool:
    """Return whether a search surely touches little: one patient, one target, or ids."""
    return query.count <= PAGE and any(_is_short(clause) for clause in query.clauses)


def _is_short(clause: Clause) -> bool:
    match clause:
        case OfPatients(ids=ids):
            return len(ids) == 1
        case Criterion(param="_id", modifier=Modifier.NONE, values=values):
            return len(values) <= PAGE
        case Criterion(type=ParamType.REFERENCE, modifier=Modifier.NONE, values=values):
            return len(values) == 1 and all(isinstance(v, Reference) and v.id for v in values)
    return False


async def leader(speech: Speech, shape: Shape, values: Values) -> int | None:
    """Return the clause that leads, or None: resources are taken in order."""
    short = short_leader(shape)
    if short is not None or speech.name != "sqlite":
        return short
    ends = list(accumulate((places(node) for node in shape.nodes), initial=1))
    parts = [values[start:end] for start, end in pairwise(ends)]
    limits = (SHORT,) if len(parts) == 1 and not shape.keys else (SHORT, LONG)
    for limit in limits:
        best, place = limit, None
        for i, node in enumerate(shape.nodes):
            listed = await _length(speech, node, parts[i], limit)
            if listed < best:
                best, place = listed, i
        if place is not None:
            return place
    return None


async def _length(speech: Speech, node: Node, values: Values, limit: int) -> int:
    """Return how many a node lists; the limit where that is more, or it cannot list."""
    match node:
        case OfRows(is_negative=True):
            return limit
        case OfHead():
            return 1 if _rank(node) else limit
        case Refers(inner=inner) | Referred(inner=inner):
            own = places(node) - places(inner)
            if await _length(speech, inner, values[own:], limit) >= limit:
                return limit
    ((listed,),) = await ask(probe_statement(speech.name, node), *values, limit)
    return int(listed)


def places(node: Node) -> int:
    """Return how many values a node takes."""
    match node:
        case OfRows(alternatives=alts):
            return 1 + _values(alts)
        case OfHead(alternatives=alts):
            return _values(alts)
        case InCompartment():
            return 2
        case Refers(inner=inner):
            return 2 + places(inner)
        case Referred(inner=inner):
            return 1 + places(inner)


def _values(alternatives: tuple[Alternative, ...]) -> int:
    return sum(how != FILLED for alternative in alternatives for _, how in alternative)
