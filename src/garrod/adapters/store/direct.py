"""The commonest searches, each as one statement of its own: a person's resources, who names one.

Query -> statement and values; None: the search is put together like any other (`search`)

The same is found in the same order as by the general statement; what is saved is the shaping of
it, and the lists that SQLite would take apart twice.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Table, bindparam, literal_column, not_, select

from garrod.adapters.store.compiled import POSTGRES, SQLITE, Row, Statement, compiled
from garrod.adapters.store.packing import fitted, param_number
from garrod.adapters.store.schema import COMPARTMENT, HEAD, REFERENCE, VERSION
from garrod.adapters.store.statements import version_columns
from garrod.care.record.query import (
    Clause,
    Criterion,
    Modifier,
    OfPatients,
    ParamType,
    Query,
    Reference,
)

MANY = 40  # Not clinical: kinds of which the general statement takes a list
OWN = frozenset(("_id", "_lastUpdated"))  # of the resource itself, not of its rows


class Direct(NamedTuple):
    """A statement, and the values of its places but the limit, which is the last."""

    statement: Statement
    values: Row


def direct(name: str, query: Query) -> Direct | None:
    """Return the first page of a search as a statement of a dialect; None: it is not one of these.

    One clause over one person's compartment, or over references of one kind to one resource.
    """
    is_first = query.cursor is None and query.count > 0 and not query.wants_total
    if len(query.clauses) != 1 or query.sort or not is_first:
        return None
    (clause,) = query.clauses
    if isinstance(clause, OfPatients):
        return _compartment(name, query.kinds, clause)
    return _naming(name, query.kinds, clause)


def _compartment(name: str, kinds: tuple[str, ...], clause: OfPatients) -> Direct | None:
    if len(clause.ids) != 1 or not 0 < len(kinds) <= MANY:
        return None
    (patient,) = clause.ids
    return Direct(compartment_statement(name, len(kinds)), (patient, *kinds))


def _naming(name: str, kinds: tuple[str, ...], clause: Clause) -> Direct | None:
    if not isinstance(clause, Criterion) or clause.type is not ParamType.REFERENCE:
        return None
    is_plain = clause.modifier is Modifier.NONE and clause.param not in OWN
    if len(kinds) != 1 or len(clause.values) != 1 or not is_plain:
        return None
    (value,) = clause.values
    if not isinstance(value, Reference) or not value.kind or not value.id or value.url:
        return None
    (kind,) = kinds
    values = (param_number(kind, clause.param), value.kind, fitted(value.id), kind)
    return Direct(naming_statement(name), values)


@lru_cache(maxsize=2 * MANY)
def compartment_statement(name: str, kinds: int) -> Statement:
    """Return the statement for a person's resources of so many kinds: patient, kinds, limit."""
    names = [f"kind{number}" for number in range(kinds)]
    of = COMPARTMENT.c.kind.in_([bindparam(name) for name in names])
    found = _found(COMPARTMENT).where(COMPARTMENT.c.patient == bindparam("patient"), of)
    return _page(name, found.order_by(COMPARTMENT.c.key), ("patient", *names))


@lru_cache(maxsize=2)
def naming_statement(name: str) -> Statement:
    """Return the statement for who refers to one: param, its kind, its id, their kind, limit."""
    r = REFERENCE
    same = (r.c.id == bindparam("id"), r.c.kind == bindparam("kind"))
    found = _found(r).where(*same, r.c.param == bindparam("param"), HEAD.c.kind == bindparam("of"))
    return _page(name, found.distinct().order_by(r.c.key), ("param", "kind", "id", "of"))


def _found(rows: Table) -> Any:
    """Return what is known of the resources of some rows, before any body is read."""
    found = select(rows.c.key, HEAD.c.kind, HEAD.c.id, HEAD.c.sequence)
    return found.join_from(rows, HEAD, HEAD.c.key == rows.c.key).where(not_(HEAD.c.is_deleted))


def _page(name: str, found: Any, order: tuple[str, ...]) -> Statement:
    """Return the statement of the newest versions of what is found, in the order of keys."""
    cut = found.limit(bindparam("limit")).offset(literal_column("0")).subquery("cut")
    made = (
        select(*version_columns(cut, VERSION), cut.c.key)
        .join_from(cut, VERSION, VERSION.c.sequence == cut.c.sequence)
        .order_by(cut.c.key)
    )
    speech = SQLITE if name == "sqlite" else POSTGRES
    return compiled(speech, made, (*order, "limit"))
