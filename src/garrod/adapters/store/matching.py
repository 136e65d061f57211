"""The plain oracle of search: looks at every resource, row by row, as the standard says it.

Shares nothing with the stores' statements, so that each can find the other's mistakes.
Source: HL7 FHIR R4 (4.0.1), Search, https://hl7.org/fhir/R4/search.html
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from garrod.adapters.store import faults
from garrod.care.record.query import (
    Amount,
    Chain,
    Clause,
    Criterion,
    Flag,
    Has,
    Modifier,
    OfPatients,
    Pair,
    ParamType,
    Prefix,
    Reference,
    Sort,
    Span,
    Text,
    Token,
    Value,
)
from garrod.core.resource import (
    CompositeRow,
    DateRow,
    Draft,
    NumberRow,
    ReferenceRow,
    TokenRow,
    Version,
)

Name = tuple[str, str]
NEGATIVE = {Modifier.NOT, Modifier.NOT_IN}


@dataclass(frozen=True, slots=True)
class Held:
    """A resource that is there: its draft, its newest version, its place in the order."""

    draft: Draft
    version: Version
    place: int
    at: int


Shelf = Mapping[Name, Held]


def matches(held: Held, clause: Clause, shelf: Shelf) -> bool:
    """Return whether a resource fits a clause."""
    match clause:
        case OfPatients(ids=ids):
            return not ids.isdisjoint(held.draft.patients)
        case Chain(param=param, kind=kind, inner=inner):
            names = {(r.kind, r.id) for r in _references(held, param) if r.kind == kind}
            targets = [shelf[name] for name in names if name in shelf]
            return any(matches(target, inner, shelf) for target in targets)
        case Has(kind=kind, param=param, inner=inner):
            others = (o for (of, _), o in shelf.items() if of == kind)
            return any(_refers(o, param, held) and matches(o, inner, shelf) for o in others)
        case Criterion():
            return _criterion(held, clause)


def _references(held: Held, param: str) -> list[ReferenceRow]:
    return [row for row in held.draft.rows.references if row.param == param]


def _refers(held: Held, param: str, to: Held) -> bool:
    name = (to.draft.kind, to.draft.id)
    return any((row.kind, row.id) == name for row in _references(held, param))


def _criterion(held: Held, criterion: Criterion) -> bool:
    rows = _rows(held, criterion)
    if criterion.modifier is Modifier.MISSING:
        (flag,) = criterion.values
        assert isinstance(flag, Flag)
        return flag.is_true is not bool(rows)
    hit = any(_fits(row, value, criterion) for row in rows for value in criterion.values)
    return hit is (criterion.modifier not in NEGATIVE)


def _rows(held: Held, criterion: Criterion) -> list[Any]:
    """Return the rows of a parameter; of `_id` and `_lastUpdated` such as they would be."""
    if criterion.param == "_id":
        return [TokenRow("_id", "", held.draft.id)]
    if criterion.param == "_lastUpdated":
        return [DateRow("_lastUpdated", held.at, held.at + 1)]
    rows = held.draft.rows
    of: dict[ParamType, Iterable[Any]] = {
        ParamType.TOKEN: rows.tokens,
        ParamType.STRING: rows.strings,
        ParamType.DATE: rows.dates,
        ParamType.REFERENCE: rows.references,
        ParamType.QUANTITY: rows.numbers,
        ParamType.NUMBER: rows.numbers,
        ParamType.URI: rows.uris,
        ParamType.COMPOSITE: rows.composites,
    }
    return [row for row in of[criterion.type] if row.param == criterion.param]


def _fits(row: Any, value: Value, criterion: Criterion) -> bool:
    match value:
        case Token():
            return _coded((row.system, row.code), value)
        case Text():
            return _worded(row, value, criterion)
        case Span():
            return _in_time(row.low, row.high, value)
        case Amount():
            return _measured(row, value)
        case Reference():
            return _pointing(row, value, criterion.modifier)
        case Pair():
            return _paired(row, value)
        case Flag():
            raise faults.unknown_criterion(f"{criterion.param}: a flag without :missing")


def _coded(of: tuple[str, str], token: Token) -> bool:
    system = token.system is None or token.system == of[0]
    return system and (token.code is None or token.code == of[1])


def _worded(row: Any, text: Text, criterion: Criterion) -> bool:
    if criterion.type is ParamType.TOKEN:
        return bool(row.text) and str(row.text).startswith(text.folded)
    if criterion.type is ParamType.URI:
        own, sought = str(row.value), text.exact
        if criterion.modifier is Modifier.BELOW:
            return own.startswith(sought)
        if criterion.modifier is Modifier.ABOVE:
            return bool(own) and sought.startswith(own)
        return own == sought
    if criterion.modifier is Modifier.EXACT:
        return bool(row.exact == text.exact)
    if criterion.modifier is Modifier.CONTAINS:
        return text.folded in row.folded
    return bool(row.folded.startswith(text.folded))


def _in_time(low: float, high: float, span: Span) -> bool:
    is_within = span.low <= low and high <= span.high
    says = {
        Prefix.EQ: is_within,
        Prefix.NE: not is_within,
        Prefix.GT: high > span.high,
        Prefix.LT: low < span.low,
        Prefix.GE: high > span.high or is_within,
        Prefix.LE: low < span.low or is_within,
        Prefix.SA: low >= span.high,
        Prefix.EB: high <= span.low,
        Prefix.AP: low < span.high and span.low < high,
    }
    return says[span.prefix]


def _measured(row: NumberRow | CompositeRow, amount: Amount) -> bool:
    if amount.system is not None and amount.system != row.system:
        return False
    if amount.code is not None and amount.code != row.code:
        return False
    value = amount.value
    is_within = amount.low <= row.low and row.high < amount.high
    says = {
        Prefix.EQ: is_within,
        Prefix.NE: not is_within,
        Prefix.GT: row.high > value,
        Prefix.LT: row.low < value,
        Prefix.GE: row.high >= value,
        Prefix.LE: row.low <= value,
        Prefix.SA: row.low > value,
        Prefix.EB: row.high < value,
        Prefix.AP: row.low < amount.high and amount.low <= row.high,
    }
    return says[amount.prefix]


def _pointing(row: ReferenceRow, target: Reference, modifier: Modifier) -> bool:
    if modifier is Modifier.IDENTIFIER:
        system = target.system is None or target.system == row.system
        return system and target.value in ("", row.value)
    if target.url and target.url == row.url:
        return True
    if not (target.kind or target.id):
        return False
    return target.kind in ("", row.kind) and target.id in ("", row.id)


def _paired(row: CompositeRow, pair: Pair) -> bool:
    if not _coded((row.first_system, row.first_code), pair.first):
        return False
    match pair.second:
        case Token():
            return _coded((row.system, row.code), pair.second)
        case Amount():
            return _measured(row, pair.second)
        case Span():
            return _in_time(row.low, row.high, pair.second)
        case Text(folded=folded):
            return row.folded.startswith(folded)
        case Reference(kind=kind, id=id, url=url):
            return row.code == (id or url) and kind in ("", row.system)


def sort_value(held: Held, sort: Sort) -> Any:
    """Return by what a resource stands in an order: of several values the first; None: none."""
    if sort.param == "_id":
        return held.draft.id
    if sort.param == "_lastUpdated":
        return held.at
    rows = _rows(held, Criterion(sort.param, sort.type, ()))
    names = {
        ParamType.TOKEN: "code",
        ParamType.STRING: "folded",
        ParamType.DATE: "low",
        ParamType.REFERENCE: "id",
        ParamType.QUANTITY: "low",
        ParamType.NUMBER: "low",
        ParamType.URI: "value",
    }
    if sort.type not in names:
        raise faults.unknown_criterion(f"an order by {sort.param} ({sort.type})")
    values = [v for row in rows if (v := getattr(row, names[sort.type])) != ""]
    if not values:
        return None
    return max(values) if sort.is_descending else min(values)
