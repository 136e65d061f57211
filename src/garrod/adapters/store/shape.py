"""A query in two parts: its shape, by which its statement is remembered, and its values in order.

Criteria become conditions on rows of one table each: alternatives ("or") of comparisons ("and").
Source: HL7 FHIR R4 (4.0.1), Search, https://hl7.org/fhir/R4/search.html
"""

from __future__ import annotations

from dataclasses import dataclass

from garrod.adapters.store import faults
from garrod.adapters.store.conditions import TABLE_OF, Alternative, Values, alternatives, own
from garrod.adapters.store.packing import param_number
from garrod.care.record.query import (
    Chain,
    Clause,
    Criterion,
    Flag,
    Has,
    Modifier,
    OfPatients,
    ParamType,
    Query,
)

NEGATIVE = frozenset({Modifier.NOT, Modifier.NOT_IN})
OWN = frozenset({"_id", "_lastUpdated"})
ALTERNATIVES = 450  # SQLite joins no more than 500 lists, nor more than 1,000 conditions


@dataclass(frozen=True, slots=True)
class OfRows:
    """There is (not) a row of a table that fits one alternative; `params`: how many may be its."""

    table: str
    params: int
    alternatives: tuple[Alternative, ...]
    is_negative: bool = False


@dataclass(frozen=True, slots=True)
class OfHead:
    """The resource itself fits one alternative, or does not."""

    alternatives: tuple[Alternative, ...]
    is_negative: bool = False


@dataclass(frozen=True, slots=True)
class Refers:
    """It refers to one that fits."""

    params: int
    inner: Node


@dataclass(frozen=True, slots=True)
class Referred:
    """One that fits refers to it."""

    inner: Node


@dataclass(frozen=True, slots=True)
class InCompartment:
    """It belongs to a patient, one or one of several; to one of several kinds, or one."""

    patients: int
    kinds: int


Node = OfRows | OfHead | Refers | Referred | InCompartment


@dataclass(frozen=True, slots=True)
class Key:
    """One key of the order: a column of the head (table ""), or of rows of a table."""

    table: str
    column: str
    is_descending: bool
    params: int = 0


SORTED = {
    ParamType.TOKEN: ("token", "code"),
    ParamType.STRING: ("string", "folded"),
    ParamType.DATE: ("date", "low"),
    ParamType.REFERENCE: ("reference", "id"),
    ParamType.NUMBER: ("amount", "low"),
    ParamType.QUANTITY: ("amount", "low"),
    ParamType.URI: ("uri", "value"),
}


@dataclass(frozen=True, slots=True)
class Shape:
    """All of a search but its values.

    `nodes` are joined by "and"; `never`: nothing can match. `after`: of which keys the cursor has
    values, None: no cursor.
    """

    kinds: int
    nodes: tuple[Node, ...] = ()
    keys: tuple[Key, ...] = ()
    after: tuple[bool, ...] | None = None
    never: bool = False

    @property
    def is_backward(self) -> bool:
        """Return whether equals stand the newest first: an index is then read backward."""
        match self.keys:
            case (Key(table="", column="at", is_descending=is_descending),):
                return is_descending
        return False


class _Never(Exception):
    """Nothing can match."""


class Shaping:
    """Walks a query once, gathering values in the order in which its shape is read."""

    def __init__(self) -> None:
        self.values: Values = []

    def one_or_list(self, values: Values) -> int:
        """Take some values as one place; return 1 for one, 2 for a list."""
        self.values.append(values[0] if len(values) == 1 else values)
        return min(len(values), 2)

    def params(self, kinds: tuple[str, ...], param: str) -> int:
        """Take the numbers of a parameter of some kinds; return how many."""
        return self.one_or_list([param_number(kind, param) for kind in kinds])

    def node(self, clause: Clause, kinds: tuple[str, ...]) -> Node | None:
        """Return the node of a clause over resources of some kinds; None: it always holds."""
        match clause:
            case Criterion():
                return self.criterion(clause, kinds)
            case OfPatients():
                return self.patients(clause, kinds)
            case Chain():
                params = self.params(kinds, clause.param)
                self.values.append(clause.kind)
                inner = self.node(clause.inner, (clause.kind,)) or OfHead(((),))
                return Refers(params, inner)
            case Has():
                self.values.append(param_number(clause.kind, clause.param))
                inner = self.node(clause.inner, (clause.kind,)) or OfHead(((),))
                return Referred(inner)

    def patients(self, clause: OfPatients, kinds: tuple[str, ...]) -> Node:
        """Return the node of a compartment."""
        if not clause.ids:
            raise _Never
        patients = self.one_or_list(sorted(clause.ids))
        return InCompartment(patients, self.one_or_list(list(kinds)))

    def criterion(self, criterion: Criterion, kinds: tuple[str, ...]) -> Node | None:
        """Return the node of a criterion."""
        is_negative = criterion.modifier in NEGATIVE
        if criterion.modifier is Modifier.MISSING:
            return self.missing(criterion, kinds)
        if not criterion.values:
            if is_negative:
                return None
            raise _Never
        if criterion.param in OWN:
            alts, values = own(criterion)
            if len(alts) > ALTERNATIVES:
                raise faults.too_many_values(ALTERNATIVES)
            self.values.extend(values)
            return OfHead(alts, is_negative)
        table, alts, values = alternatives(criterion)
        if len(alts) > ALTERNATIVES:
            raise faults.too_many_values(ALTERNATIVES)
        params = self.params(kinds, criterion.param)
        self.values.extend(values)
        return OfRows(table, params, alts, is_negative)

    def missing(self, criterion: Criterion, kinds: tuple[str, ...]) -> Node | None:
        """Return the node of :missing."""
        (flag,) = criterion.values
        if not isinstance(flag, Flag):
            raise faults.unknown_criterion(f"{criterion.param}:missing without a flag")
        if criterion.param in OWN:
            if flag.is_true:
                raise _Never
            return None
        params = self.params(kinds, criterion.param)
        return OfRows(TABLE_OF[criterion.type], params, ((),), flag.is_true)


def shaped(query: Query, cursor: tuple[object, ...] | None) -> tuple[Shape, Values]:
    """Return the shape of a query and its values: kinds, clauses, keys, cursor.

    `cursor` holds the values of the sort keys of the last row shown, and its own key. Raises:
    InputError STO016 for more than a database takes, InternalFault STO002.
    """
    if len(query.clauses) > ALTERNATIVES:
        raise faults.too_many_values(ALTERNATIVES)
    shaping = Shaping()
    kinds = shaping.one_or_list(list(query.kinds))
    try:
        made = [shaping.node(clause, query.kinds) for clause in query.clauses]
    except _Never:
        return Shape(kinds, never=True), []
    keys = tuple(_key(shaping, query, place) for place in range(len(query.sort)))
    after = None
    if cursor is not None:
        after = tuple(value is not None for value in cursor)
        shaping.values.extend(value for value in cursor if value is not None)
    return Shape(kinds, tuple(n for n in made if n), keys, after), shaping.values


def _key(shaping: Shaping, query: Query, place: int) -> Key:
    sort = query.sort[place]
    if sort.param in OWN:
        return Key("", "id" if sort.param == "_id" else "at", sort.is_descending)
    if sort.type not in SORTED:
        raise faults.unknown_criterion(f"an order by {sort.param} ({sort.type})")
    table, column = SORTED[sort.type]
    return Key(table, column, sort.is_descending, shaping.params(query.kinds, sort.param))
