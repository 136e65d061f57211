"""The functions of FHIRPath that FHIR's invariants call, compiled.

Source: HL7 FHIRPath 2.0.0, section 5.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from garrod.adapters.fhir.check.paths import Caller, Items, Part, PathCompiler, Place, distinct
from garrod.adapters.fhir.validate.fhirpath import PathError, Tree
from garrod.adapters.fhir.validate.fhirpath_run import children, of_type, same, truth

Arguments = tuple[Tree, ...]
ROUNDS = 200  # of repeat() and descendants(): deeper than any resource


def _where(to: PathCompiler, arguments: Arguments) -> Part:
    test = to.test(arguments[0])
    return lambda items, at: [
        item for n, item in enumerate(items) if test([item], at.on(item, n)) is True
    ]


def _exists(to: PathCompiler, arguments: Arguments) -> Part:
    if not arguments:
        return lambda items, at: [bool(items)]
    kept = _where(to, arguments)
    return lambda items, at: [bool(kept(items, at))]


def _all(to: PathCompiler, arguments: Arguments) -> Part:
    test = to.test(arguments[0])
    return lambda items, at: [
        all(test([item], at.on(item, n)) is True for n, item in enumerate(items))
    ]


def _select(to: PathCompiler, arguments: Arguments) -> Part:
    part = to.part(arguments[0])
    return lambda items, at: [
        found for n, item in enumerate(items) for found in part([item], at.on(item, n))
    ]


def _not(to: PathCompiler, _: Arguments) -> Part:
    def part(items: Items, at: Place) -> Items:
        told = truth(items)
        return [] if told is None else [not told]

    return part


def _descendants(to: PathCompiler, _: Arguments) -> Part:
    def part(items: Items, at: Place) -> Items:
        found: Items = []
        layer = items
        for _ in range(ROUNDS):
            layer = [c for item in layer for c in children(item)]
            if not layer:
                return found
            found += layer
        raise PathError("nested too deeply")

    return part


def _iif(to: PathCompiler, arguments: Arguments) -> Part:
    test, then = to.test(arguments[0]), to.part(arguments[1])
    other: Part = to.part(arguments[2]) if len(arguments) > 2 else lambda items, at: []
    return lambda items, at: (then if test(items, at) is True else other)(items, at)


def _resolve(to: PathCompiler, _: Arguments) -> Part:
    def part(items: Items, at: Place) -> Items:
        found = []
        for item in items:
            reference = item.get("reference") if isinstance(item, dict) else item
            held = at.run.inside.get(str(reference)[1:]) if str(reference)[:1] == "#" else None
            if held is None:
                raise PathError("a reference leads out of what is at hand")
            found.append(held)
        return found

    return part


def _extension(to: PathCompiler, arguments: Arguments) -> Part:
    url, listed = to.part(arguments[0]), to.name("extension")
    return lambda items, at: [e for e in listed(items, at) if e.get("url") in url(items, at)]


def _typed(is_test: bool) -> Caller:
    def caller(to: PathCompiler, arguments: Arguments) -> Part:
        tree = arguments[0]
        if len(arguments) > 1:  # written as an operator
            inner, kind = to.part(tree[1]), str(tree[2][1])
            return lambda items, at: of_type(inner(items, at), kind, is_test=is_test)
        kind = str((tree[2] if tree[0] == "dot" else tree)[1])
        return lambda items, at: of_type(items, kind, is_test=is_test)

    return caller


def _plain(call: Callable[[Items], Items]) -> Caller:
    """Return a function of the items alone."""
    return lambda to, _: lambda items, at: call(items)


def _with(call: Callable[[Items, Items], Items]) -> Caller:
    """Return a function of the items and of one argument's items."""

    def caller(to: PathCompiler, arguments: Arguments) -> Part:
        other = to.part(arguments[0])
        return lambda items, at: call(items, other([at.this], at))

    return caller


def _text(call: Callable[..., Any]) -> Caller:
    """Return a function of one string and plain arguments."""

    def caller(to: PathCompiler, arguments: Arguments) -> Part:
        parts = [to.part(a) for a in arguments]

        def part(items: Items, at: Place) -> Items:
            given = [p([at.this], at) for p in parts]
            if not items or any(not g for g in given):
                return []
            if not isinstance(items[0], str):
                raise PathError("a string was expected")
            found = call(items[0], *(g[0] for g in given))
            return [] if found is None else [found]

        return part

    return caller


def _part(text: str, start: int, length: int | None = None) -> str | None:
    if not 0 <= start < len(text):
        return None
    return text[start:] if length is None else text[start : start + length]


def _written(items: Items) -> Items:
    return [str(i).lower() if isinstance(i, bool) else str(i) for i in items[:1]]


FUNCTIONS: dict[str, Caller] = {
    "where": _where,
    "select": _select,
    "exists": _exists,
    "all": _all,
    "not": _not,
    "iif": _iif,
    "resolve": _resolve,
    "extension": _extension,
    "descendants": _descendants,
    "is": _typed(is_test=True),
    "as": _typed(is_test=False),
    "ofType": _typed(is_test=False),
    "empty": _plain(lambda items: [not items]),
    "count": _plain(lambda items: [len(items)]),
    "hasValue": _plain(lambda items: [len(items) == 1 and not isinstance(items[0], dict)]),
    "children": _plain(lambda items: [c for item in items for c in children(item)]),
    "first": _plain(lambda items: items[:1]),
    "last": _plain(lambda items: items[-1:]),
    "tail": _plain(lambda items: items[1:]),
    "distinct": _plain(distinct),
    "isDistinct": _plain(lambda items: [len(distinct(items)) == len(items)]),
    "allTrue": _plain(lambda items: [all(i is True for i in items)]),
    "allFalse": _plain(lambda items: [all(i is False for i in items)]),
    "toString": _plain(_written),
    "toInteger": _plain(lambda items: [int(i) for i in items if re.fullmatch(r"-?\d+", str(i))]),
    "trace": lambda to, _: lambda items, at: items,
    "combine": _with(lambda items, other: [*items, *other]),
    "union": _with(lambda items, other: distinct([*items, *other])),
    "intersect": _with(
        lambda items, other: distinct([i for i in items if any(same(i, o) for o in other)])
    ),
    "subsetOf": _with(lambda items, other: [all(any(same(i, o) for o in other) for i in items)]),
    "startsWith": _text(str.startswith),
    "endsWith": _text(str.endswith),
    "contains": _text(lambda text, part: part in text),
    "matches": _text(lambda text, shape: bool(re.search(shape, text))),
    "replaceMatches": _text(lambda text, shape, new: re.sub(shape, new, text)),
    "replace": _text(str.replace),
    "indexOf": _text(str.find),
    "substring": _text(_part),
    "length": _text(len),
    "lower": _text(str.lower),
    "upper": _text(str.upper),
}
