"""One criterion as conditions on the rows of one table, and the values that they compare with.

An alternative is a tuple of (column, comparison); its values stand in the same order, but that
FILLED takes none: it says what an index of filled rows must be told.
A span of time against the span searched for, by prefix: `eq` within it; `gt` reaches beyond its
end, `lt` before its beginning; `ge`, `le`: that or within; `sa` begins behind its end; `eb` ends
before its beginning; `ap` they overlap. Numbers are compared with the number itself, but by `eq`,
`ne` and `ap` with the span that its precision gives it.
Source: HL7 FHIR R4 (4.0.1), Search, Prefixes, https://hl7.org/fhir/R4/search.html#prefix
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from garrod.adapters.store import faults
from garrod.adapters.store.packing import START, fitted
from garrod.care.record.query import (
    Amount,
    Criterion,
    Modifier,
    Pair,
    ParamType,
    Prefix,
    Reference,
    Span,
    Text,
    Token,
    Value,
)

T = TypeVar("T")
Condition = tuple[str, str]
Alternative = tuple[Condition, ...]
Values = list[Any]
Made = Iterable[tuple[Alternative, Values]]
FILLED = "filled"
LAST = 0x10FFFF
SURROGATES = range(0xD800, 0xE000)

TABLE_OF = {
    ParamType.TOKEN: "token",
    ParamType.STRING: "string",
    ParamType.DATE: "date",
    ParamType.REFERENCE: "reference",
    ParamType.QUANTITY: "amount",
    ParamType.NUMBER: "amount",
    ParamType.URI: "uri",
    ParamType.COMPOSITE: "composite",
}


def alternatives(criterion: Criterion) -> tuple[str, tuple[Alternative, ...], Values]:
    """Return table, alternatives and values of a criterion that has values.

    Raises: InternalFault STO002 for a modifier or value that the type does not have.
    """
    maker = MAKERS.get((criterion.type, criterion.modifier))
    if maker is None:
        what = f"{criterion.param}:{criterion.modifier} ({criterion.type})"
        raise faults.unknown_criterion(what)
    table, make = maker
    made = list(make(criterion.values))
    return table, tuple(alt for alt, _ in made), [v for _, values in made for v in values]


def own(criterion: Criterion) -> tuple[tuple[Alternative, ...], Values]:
    """Return alternatives and values of `_id` and `_lastUpdated`, over the columns of the head."""
    made: list[tuple[Alternative, Values]] = []
    if criterion.param == "_id":
        ids = [_as(Token, value).code for value in criterion.values]
        made = [_equal("id", ids)]
    else:
        for value in criterion.values:
            made += _instant(_as(Span, value))
    return tuple(alt for alt, _ in made), [v for _, values in made for v in values]


def _as(kind: type[T], value: object) -> T:
    if not isinstance(value, kind):
        raise faults.unknown_criterion(f"a {type(value).__name__} where a {kind.__name__} belongs")
    return value


def _equal(column: str, values: Values) -> tuple[Alternative, Values]:
    if len(values) == 1:
        return ((column, "="),), values
    return ((column, "in"),), [values]


def tokens(values: Iterable[Value]) -> Made:
    """Yield alternatives for tokens: codes of one system together."""
    by_system: dict[str | None, list[str | None]] = {}
    for value in values:
        token = _as(Token, value)
        by_system.setdefault(token.system, []).append(token.code)
    for system, codes in by_system.items():
        of = ([("system", "=")], [fitted(system)]) if system is not None else ([], [])
        if None in codes:
            yield tuple(of[0]), of[1]
        else:
            alt, listed = _equal("code", [fitted(code or "") for code in codes])
            yield (*alt, *of[0]), [*listed, *of[1]]


def beginning(start: str, whole: str, words: str) -> tuple[Alternative, Values]:
    """Return the condition that a column begins with words; `start` holds its first letters."""
    alt, values = _range(start, words[:START])
    if len(words) > START:
        longer, more = _range(whole, words)
        alt, values = (*alt, *longer), [*values, *more]
    return alt, values


def _range(column: str, words: str) -> tuple[Alternative, Values]:
    if not words:
        return (), []
    end = successor(words)
    if end is None:
        return ((column, ">="),), [words]
    return ((column, ">="), (column, "<")), [words, end]


def successor(words: str) -> str | None:
    """Return the first text behind all that begin with words; None where there is none."""
    kept = words.rstrip(chr(LAST))
    if not kept:
        return None
    following = ord(kept[-1]) + 1
    if following in SURROGATES:
        following = SURROGATES.stop
    return kept[:-1] + chr(following)


def strings(values: Iterable[Value]) -> Made:
    """Yield alternatives for words that begin the element."""
    for value in values:
        yield beginning("start", "folded", _as(Text, value).folded)


def exactly(values: Iterable[Value]) -> Made:
    """Yield alternatives for words that are the element."""
    for value in values:
        text = _as(Text, value)
        yield (("start", "="), ("exact", "=")), [text.folded[:START], text.exact]


def containing(values: Iterable[Value]) -> Made:
    """Yield alternatives for words anywhere in the element."""
    for value in values:
        yield (("folded", "contains"),), [_as(Text, value).folded]


def dates(values: Iterable[Value]) -> Made:
    """Yield alternatives for spans of time."""
    for value in values:
        span = _as(Span, value)
        yield from spanning(span.prefix, span.low, span.high)


def spanning(prefix: Prefix, low: Any, high: Any) -> Made:
    """Yield alternatives for rows with a span against another, by prefix."""
    made: dict[Prefix, list[tuple[Alternative, Values]]] = {
        Prefix.EQ: [((("low", ">="), ("low", "<"), ("high", "<=")), [low, high, high])],
        Prefix.NE: [((("low", "<"),), [low]), ((("high", ">"),), [high])],
        Prefix.GT: [((("high", ">"),), [high])],
        Prefix.LT: [((("low", "<"),), [low])],
        Prefix.GE: [((("low", ">="),), [low]), ((("high", ">"),), [high])],
        Prefix.LE: [((("low", "<"),), [low]), ((("high", "<="),), [high])],
        Prefix.SA: [((("low", ">="),), [high])],
        Prefix.EB: [((("high", "<="),), [low])],
        Prefix.AP: [((("low", "<"), ("high", ">")), [high, low])],
    }
    return made[prefix]


def _instant(span: Span) -> list[tuple[Alternative, Values]]:
    """Return alternatives for an instant, which lasts one microsecond."""
    low, high = span.low, span.high
    within: tuple[Alternative, Values] = ((("at", ">="), ("at", "<")), [low, high])
    made: dict[Prefix, list[tuple[Alternative, Values]]] = {
        Prefix.EQ: [within],
        Prefix.NE: [((("at", "<"),), [low]), ((("at", ">="),), [high])],
        Prefix.GT: [((("at", ">="),), [high])],
        Prefix.LT: [((("at", "<"),), [low])],
        Prefix.GE: [((("at", ">="),), [low])],
        Prefix.LE: [((("at", "<"),), [high])],
        Prefix.SA: [((("at", ">="),), [high])],
        Prefix.EB: [((("at", "<"),), [low])],
        Prefix.AP: [within],
    }
    return made[span.prefix]


def amounts(values: Iterable[Value]) -> Made:
    """Yield alternatives for numbers and quantities, with their unit where one is named."""
    for value in values:
        amount = _as(Amount, value)
        unit, named = _unit(amount)
        for alt, compared in measured(amount):
            yield (*alt, *unit), [*compared, *named]


def _unit(amount: Amount) -> tuple[Alternative, Values]:
    asked = [("code", amount.code), ("system", amount.system)]
    given = [(column, fitted(words)) for column, words in asked if words is not None]
    return tuple((column, "=") for column, _ in given), [words for _, words in given]


def measured(amount: Amount) -> Made:
    """Yield alternatives for rows of amounts, whose spans are closed at both ends."""
    low, high, value = amount.low, amount.high, amount.value
    made: dict[Prefix, list[tuple[Alternative, Values]]] = {
        Prefix.EQ: [((("low", ">="), ("low", "<"), ("high", "<")), [low, high, high])],
        Prefix.NE: [((("low", "<"),), [low]), ((("high", ">="),), [high])],
        Prefix.GT: [((("high", ">"),), [value])],
        Prefix.LT: [((("low", "<"),), [value])],
        Prefix.GE: [((("high", ">="),), [value])],
        Prefix.LE: [((("low", "<="),), [value])],
        Prefix.SA: [((("low", ">"),), [value])],
        Prefix.EB: [((("high", "<"),), [value])],
        Prefix.AP: [((("low", "<"), ("high", ">=")), [high, low])],
    }
    return made[amount.prefix]


def references(values: Iterable[Value]) -> Made:
    """Yield alternatives for targets: by id within a kind, by kind alone, or by url."""
    by_kind: dict[str, list[str]] = {}
    for value in values:
        target = _as(Reference, value)
        if target.id:
            by_kind.setdefault(target.kind, []).append(fitted(target.id))
        elif target.kind:
            yield (("kind", "="),), [target.kind]
        if target.url:
            yield (("url", "="), ("url", FILLED)), [fitted(target.url)]
    for kind, ids in by_kind.items():
        alt, listed = _equal("id", ids)
        yield (*alt, *([("kind", "=")] if kind else [])), [*listed, *([kind] if kind else [])]


def identifiers(values: Iterable[Value]) -> Made:
    """Yield alternatives for the identifier within a reference."""
    for value in values:
        target = _as(Reference, value)
        words = [("value", target.value or None), ("system", target.system)]
        given = [(column, fitted(text)) for column, text in words if text is not None]
        filled = (("value", FILLED),) if target.value else ()
        alt = tuple((column, "=") for column, _ in given)
        yield (*alt, *filled), [text for _, text in given]


def uris(values: Iterable[Value]) -> Made:
    """Yield alternatives for whole uris."""
    for value in values:
        uri = _as(Text, value).exact
        yield (("start", "="), ("value", "=")), [uri[:START], uri]


def below(values: Iterable[Value]) -> Made:
    """Yield alternatives for uris that begin with another."""
    for value in values:
        yield beginning("start", "value", _as(Text, value).exact)


def above(values: Iterable[Value]) -> Made:
    """Yield alternatives for uris with which another begins."""
    for value in values:
        uri = _as(Text, value).exact
        starts = [uri[:n] for n in range(1, len(uri) + 1)]
        indexed = list(dict.fromkeys(start[:START] for start in starts))
        yield (("start", "in"), ("value", "in")), [indexed, starts]


def pairs(values: Iterable[Value]) -> Made:
    """Yield alternatives for the two values of a composite."""
    for value in values:
        pair = _as(Pair, value)
        first = [("first_code", pair.first.code), ("first_system", pair.first.system)]
        given = [(column, fitted(text)) for column, text in first if text is not None]
        start = tuple((column, "=") for column, _ in given)
        for alt, compared in _second(pair):
            yield (*start, *alt), [*(text for _, text in given), *compared]


def _second(pair: Pair) -> Made:
    match pair.second:
        case Token():
            return tokens([pair.second])
        case Amount():
            return amounts([pair.second])
        case Span():
            return dates([pair.second])
        case Text(folded=folded):
            return [_range("folded", folded)]
        case Reference(kind=kind, id=id, url=url):
            of = [("code", id or url)] + ([("system", kind)] if kind else [])
            return [(tuple((c, "=") for c, _ in of), [fitted(text) for _, text in of])]


Maker = Callable[[Iterable[Value]], Made]
_ALIKE = (Modifier.NONE, Modifier.NOT)
MAKERS: dict[tuple[ParamType, Modifier], tuple[str, Maker]] = {
    **{(ParamType.TOKEN, m): ("token", tokens) for m in (*_ALIKE, Modifier.IN, Modifier.NOT_IN)},
    **{(ParamType.TOKEN, m): ("token", tokens) for m in (Modifier.ABOVE, Modifier.BELOW)},
    (ParamType.TOKEN, Modifier.TEXT): ("string", strings),
    **{(ParamType.STRING, m): ("string", strings) for m in _ALIKE},
    (ParamType.STRING, Modifier.EXACT): ("string", exactly),
    (ParamType.STRING, Modifier.CONTAINS): ("string", containing),
    **{(ParamType.DATE, m): ("date", dates) for m in _ALIKE},
    **{(ParamType.NUMBER, m): ("amount", amounts) for m in _ALIKE},
    **{(ParamType.QUANTITY, m): ("amount", amounts) for m in _ALIKE},
    **{(ParamType.REFERENCE, m): ("reference", references) for m in _ALIKE},
    (ParamType.REFERENCE, Modifier.IDENTIFIER): ("reference", identifiers),
    **{(ParamType.URI, m): ("uri", uris) for m in _ALIKE},
    (ParamType.URI, Modifier.BELOW): ("uri", below),
    (ParamType.URI, Modifier.ABOVE): ("uri", above),
    **{(ParamType.COMPOSITE, m): ("composite", pairs) for m in _ALIKE},
}
