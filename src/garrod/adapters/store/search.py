"""Shapes of searches as statements, the same on both dialects, each compiled once.

SQLite follows the order that it is given: one clause may lead, its resources are listed by index,
and the others are asked of each. PostgreSQL chooses for itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import count
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    FromClause,
    Select,
    Table,
    and_,
    bindparam,
    exists,
    false,
    func,
    literal_column,
    not_,
    or_,
    select,
    true,
    union_all,
)

from garrod.adapters.store.compiled import POSTGRES, SQLITE, Speech, Statement, compiled
from garrod.adapters.store.conditions import FILLED, Alternative, Condition
from garrod.adapters.store.schema import COMPARTMENT, HEAD, REFERENCE, TABLES, VERSION
from garrod.adapters.store.shape import (
    InCompartment,
    Key,
    Node,
    OfHead,
    OfRows,
    Referred,
    Refers,
    Shape,
)
from garrod.adapters.store.statements import version_columns

Truth = ColumnElement[bool]
COMPARE: dict[str, Callable[[Any, Any], Truth]] = {
    "=": lambda column, value: column == value,
    "<": lambda column, value: column < value,
    "<=": lambda column, value: column <= value,
    ">": lambda column, value: column > value,
    ">=": lambda column, value: column >= value,
}
BLANKS = frozenset(("token", "string", "reference", "uri"))  # tables with rows that have no order


class Builder:
    """Builds one statement; the places for values are taken in the order of the shape."""

    def __init__(self, speech: Speech) -> None:
        self.speech = speech
        self.names: list[str] = []
        self._aliases = count()

    def place(self) -> BindParameter[Any]:
        """Return the place of the next value."""
        self.names.append(f"v{len(self.names)}")
        return bindparam(self.names[-1])

    def alias(self, table: Table) -> FromClause:
        """Return a table under a name of its own."""
        return table.alias(f"t{next(self._aliases)}")

    def one_of(self, column: ColumnElement[Any], how_many: int) -> Truth:
        """Return that a column is the next value, or one of the next list."""
        place = self.place()
        one: Truth = column == place if how_many == 1 else self.speech.within(column, place)
        return one

    def condition(self, source: FromClause, condition: Condition) -> Truth:
        """Return one comparison of a column with the next value."""
        column: ColumnElement[Any] = source.c[condition[0]]
        how = condition[1]
        if how == "in":
            return self.one_of(column, 2)
        if how == FILLED:
            filled: Truth = column != literal_column("''")
            return filled
        if how == "contains":
            found: Truth = self.speech.holds(column, self.place())
            return found
        return COMPARE[how](column, self.place())

    def every(self, source: FromClause, alternative: Alternative) -> Truth:
        """Return that all comparisons of an alternative hold."""
        return and_(true(), *(self.condition(source, c) for c in alternative))

    def any_of(self, source: FromClause, alternatives: tuple[Alternative, ...]) -> Truth:
        """Return that one alternative holds."""
        return or_(false(), *(self.every(source, a) for a in alternatives))

    def node(self, node: Node, head: FromClause, *, leads: bool = False) -> Truth:
        """Return the condition of a node on a head; `leads`: as a list of keys."""
        match node:
            case OfHead():
                holds = self.any_of(head, node.alternatives)
                return not_(holds) if node.is_negative else holds
            case InCompartment():
                return head.c.key.in_(self.listing(node))
            case OfRows(is_negative=True):
                return not_(self.rows(node, head))
            case _ if leads:
                return head.c.key.in_(self.listing(node))
            case OfRows():
                return self.rows(node, head)
            case Refers():
                source, there = self.refers(node, leads=False)
                return exists().where(source.c.key == head.c.key, there)
            case Referred():
                source, there = self.referred(node, leads=False)
                return exists().where(source.c.kind == head.c.kind, source.c.id == head.c.id, there)

    def listing(self, node: Node) -> Any:
        """Return the keys that a node lists, by an index for each alternative."""
        match node:
            case OfRows():
                return self.keys(node)
            case InCompartment():
                source = self.alias(COMPARTMENT)
                whose = self.one_of(source.c.patient, node.patients)
                return select(source.c.key).where(whose, self.one_of(source.c.kind, node.kinds))
            case Refers():
                source, there = self.refers(node, leads=True)
                return select(source.c.key).where(there)
            case Referred():
                source, there = self.referred(node, leads=True)
                target = self.alias(HEAD)
                same = and_(source.c.kind == target.c.kind, source.c.id == target.c.id)
                return select(target.c.key).where(there, same)
            case OfHead():
                raise TypeError("what a resource is itself lists nothing")

    def rows(self, node: OfRows, head: FromClause) -> Truth:
        """Return that there is a row that fits."""
        source = self.alias(TABLES[node.table])
        own = and_(source.c.key == head.c.key, self.one_of(source.c.param, node.params))
        return exists().where(own, self.any_of(source, node.alternatives))

    def keys(self, node: OfRows) -> Any:
        """Return the keys of rows that fit: a list for each alternative, each by an index."""
        source = self.alias(TABLES[node.table])
        own = self.one_of(source.c.param, node.params)
        lists = [select(source.c.key).where(own, self.every(source, a)) for a in node.alternatives]
        return lists[0] if len(lists) == 1 else union_all(*lists)

    def refers(self, node: Refers, *, leads: bool) -> tuple[FromClause, Truth]:
        """Return references to those that fit, and what makes them so."""
        source, target = self.alias(REFERENCE), self.alias(HEAD)
        param = self.one_of(source.c.param, node.params)
        kind = target.c.kind == self.place()
        inner = self.node(node.inner, target, leads=leads)
        same = and_(source.c.kind == target.c.kind, source.c.id == target.c.id)
        return source, and_(same, param, kind, not_(target.c.is_deleted), inner)

    def referred(self, node: Referred, *, leads: bool) -> tuple[FromClause, Truth]:
        """Return references of those that fit, and what makes them so."""
        source, other = self.alias(REFERENCE), self.alias(HEAD)
        param = source.c.param == self.place()
        inner = self.node(node.inner, other, leads=leads)
        return source, and_(source.c.key == other.c.key, param, inner)

    def matching(self, shape: Shape, leader: int | None) -> Truth:
        """Return the condition of a whole shape on HEAD."""
        kinds = self.one_of(HEAD.c.kind, shape.kinds)
        nodes = [self.node(n, HEAD, leads=i == leader) for i, n in enumerate(shape.nodes)]
        return and_(kinds, not_(HEAD.c.is_deleted), *nodes)

    def sorting(self, key: Key) -> ColumnElement[Any]:
        """Return what a resource is sorted by: of several values the first in that order.

        A row without a code or an id says nothing of the order: words alone, a url elsewhere.
        """
        if not key.table:
            return HEAD.c[key.column]
        source = self.alias(TABLES[key.table])
        best = func.max if key.is_descending else func.min
        param = self.one_of(source.c.param, key.params)
        column = source.c[key.column]
        made = select(best(column)).where(source.c.key == HEAD.c.key, param)
        if key.table in BLANKS:
            made = made.where(column != literal_column("''"))
        return made.scalar_subquery()


def page(shape: Shape, leader: int | None, speech: Speech) -> tuple[Any, list[str]]:
    """Return the statement of one page, and the names of its values."""
    build = Builder(speech)
    where = build.matching(shape, leader)
    sorts = [build.sorting(key).label(f"s{i}") for i, key in enumerate(shape.keys)]
    found = select(HEAD.c.key, HEAD.c.kind, HEAD.c.id, HEAD.c.sequence, *sorts).where(where)
    inner: Any = found.subquery("found") if sorts else HEAD
    columns = (inner.c.key, inner.c.kind, inner.c.id, inner.c.sequence)
    named = [inner.c[f"s{i}"] for i in range(len(sorts))]
    cut: Any = select(*columns, *named) if sorts else found
    if shape.after is not None:
        cut = cut.where(_behind(build, shape, inner, named))
    cut = cut.order_by(*_order(shape, named, inner.c.key))
    cut = cut.limit(build.place()).offset(literal_column("0")).subquery("cut")
    shown = [cut.c[f"s{i}"] for i in range(len(sorts))]
    made = (
        select(*version_columns(cut, VERSION), *shown, cut.c.key)
        .join_from(cut, VERSION, VERSION.c.sequence == cut.c.sequence)
        .order_by(*_order(shape, shown, cut.c.key))
    )
    return made, build.names


def _order(shape: Shape, columns: list[Any], last: Any) -> Iterator[Any]:
    for key, column in zip(shape.keys, columns, strict=True):
        if key.table:
            yield column.is_(None)
        yield column.desc() if key.is_descending else column
    yield last.desc() if shape.is_backward else last


def _behind(build: Builder, shape: Shape, inner: Any, named: list[Any]) -> Truth:
    """Return that a row stands behind the cursor's, key by key; what has no value stands last."""
    given = shape.after or ()
    places = [build.place() if is_given else None for is_given in given]
    last = inner.c.key
    behind: Truth = last < places[-1] if shape.is_backward else last > places[-1]
    for key, column, place in reversed(list(zip(shape.keys, named, places[:-1], strict=True))):
        if place is None:
            behind = and_(column.is_(None), behind)
            continue
        place.type = column.type
        later = column < place if key.is_descending else column > place
        behind = or_(column.is_(None), later, and_(column == place, behind))
    return behind


@lru_cache(maxsize=4000)
def page_statement(name: str, shape: Shape, leader: int | None) -> Statement:
    """Return the compiled statement of one page."""
    speech = SQLITE if name == "sqlite" else POSTGRES
    made, names = page(shape, leader, speech)
    return compiled(speech, made, names)


@lru_cache(maxsize=1000)
def count_statement(name: str, shape: Shape, leader: int | None) -> Statement:
    """Return the compiled statement that counts all that match."""
    speech = SQLITE if name == "sqlite" else POSTGRES
    build = Builder(speech)
    where = build.matching(shape, leader)
    return compiled(speech, select(func.count()).select_from(HEAD).where(where), build.names)


@lru_cache(maxsize=1000)
def probe_statement(name: str, node: Node) -> Statement:
    """Return the compiled statement that counts what one node lists, up to a limit."""
    speech = SQLITE if name == "sqlite" else POSTGRES
    build = Builder(speech)
    listed = build.listing(node).subquery("listed")
    some = select(listed.c.key).limit(build.place()).offset(literal_column("0"))
    made: Select[Any] = select(func.count()).select_from(some.subquery("some"))
    return compiled(speech, made, build.names)
