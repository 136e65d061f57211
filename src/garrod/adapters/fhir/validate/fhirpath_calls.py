"""The functions of FHIRPath that FHIR's invariants call.  Source: HL7 FHIRPath 2.0.0, section 5."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from garrod.adapters.fhir.validate.fhirpath import PathError, Tree
from garrod.adapters.fhir.validate.fhirpath_run import (
    Evaluator,
    Items,
    children,
    distinct,
    named,
    of_type,
    same,
    truth,
)

Arguments = tuple[Tree, ...]
Function = Callable[[Evaluator, Items, Arguments], Items]
DIV = re.compile(r"\s*<div\b[^>]*>.*</div>\s*", re.DOTALL)
ACTIVE = re.compile(r"<\s*(script|iframe|object|embed|form|input|base|link)\b|\son\w+\s*=", re.I)


def _where(run: Evaluator, focus: Items, arguments: Arguments) -> Items:
    return [
        item for i, item in enumerate(focus) if truth(run.on(item, i).run(arguments[0])) is True
    ]


def _select(run: Evaluator, focus: Items, arguments: Arguments) -> Items:
    return [r for i, item in enumerate(focus) for r in run.on(item, i).run(arguments[0])]


def _exists(run: Evaluator, focus: Items, arguments: Arguments) -> Items:
    return [bool(_where(run, focus, arguments) if arguments else focus)]


def _all(run: Evaluator, focus: Items, arguments: Arguments) -> Items:
    return [len(_where(run, focus, arguments)) == len(focus)]


def _not(run: Evaluator, focus: Items, _: Arguments) -> Items:
    told = truth(focus)
    return [] if told is None else [not told]


def _descendants(run: Evaluator, focus: Items, _: Arguments) -> Items:
    found: Items = []
    layer = focus
    while layer:
        layer = [c for item in layer for c in children(item)]
        found += layer
    return found


def _repeat(run: Evaluator, focus: Items, arguments: Arguments) -> Items:
    found: Items = []
    layer = focus
    while layer:
        found_now = distinct(_select(run, layer, arguments))
        layer = [i for i in found_now if not any(same(i, f) for f in found)]
        found += layer
    return found


def _iif(run: Evaluator, focus: Items, arguments: Arguments) -> Items:
    here = run.on(focus[0], run.at.index) if len(focus) == 1 else run
    chosen = arguments[1:2] if truth(here.run(arguments[0])) is True else arguments[2:3]
    return here.run(chosen[0]) if chosen else []


def _resolve(run: Evaluator, focus: Items, _: Arguments) -> Items:
    found = []
    for item in focus:
        reference = item.get("reference") if isinstance(item, dict) else item
        resource = run.at.scope.resolve(reference) if isinstance(reference, str) else None
        if resource is None:
            raise PathError("a reference leads out of what is at hand")
        found.append(resource)
    return found


def _extension(run: Evaluator, focus: Items, arguments: Arguments) -> Items:
    url = run.run(arguments[0])
    return [e for e in named(focus, "extension") if isinstance(e, dict) and e.get("url") in url]


def _type(is_test: bool) -> Function:
    def call(run: Evaluator, focus: Items, arguments: Arguments) -> Items:
        tree = arguments[0]
        name = tree[2] if tree[0] == "dot" else tree  # FHIR.Patient is Patient
        if tree[0] == "dot" and tree[1] != ("name", "FHIR"):
            raise PathError("a type of another model is not known here")
        return of_type(focus, str(name[1]), is_test=is_test)

    return call


def _html(run: Evaluator, focus: Items, _: Arguments) -> Items:
    return [
        all(isinstance(i, str) and bool(DIV.fullmatch(i)) and not ACTIVE.search(i) for i in focus)
    ]


def _text(call: Callable[..., Any]) -> Function:
    """Return a function of one string and plain arguments."""

    def function(run: Evaluator, focus: Items, arguments: Arguments) -> Items:
        given = [run.run(a) for a in arguments]
        if not focus or any(not g for g in given):
            return []
        if not isinstance(focus[0], str):
            raise PathError("a string was expected")
        found = call(focus[0], *(g[0] for g in given))
        return [] if found is None else [found]

    return function


def _part(text: str, start: int, length: int | None = None) -> str | None:
    if not 0 <= start < len(text):
        return None
    return text[start:] if length is None else text[start : start + length]


def _integer(run: Evaluator, focus: Items, _: Arguments) -> Items:
    if any(isinstance(i, bool) for i in focus):
        return [int(i) for i in focus[:1]]
    return [int(i) for i in focus[:1] if re.fullmatch(r"[+-]?\d+", str(i))]


def _subset(run: Evaluator, focus: Items, arguments: Arguments) -> Items:
    whole = run.run(arguments[0])
    return [all(any(same(i, w) for w in whole) for i in focus)]


def _both(run: Evaluator, focus: Items, arguments: Arguments) -> Items:
    other = run.run(arguments[0])
    return distinct([i for i in focus if any(same(i, o) for o in other)])


FUNCTIONS: dict[str, Function] = {
    "where": _where,
    "select": _select,
    "exists": _exists,
    "all": _all,
    "not": _not,
    "empty": lambda run, focus, _: [not focus],
    "count": lambda run, focus, _: [len(focus)],
    "hasValue": lambda run, focus, _: [len(focus) == 1 and not isinstance(focus[0], dict)],
    "children": lambda run, focus, _: [c for item in focus for c in children(item)],
    "descendants": _descendants,
    "repeat": _repeat,
    "iif": _iif,
    "resolve": _resolve,
    "extension": _extension,
    "is": _type(is_test=True),
    "as": _type(is_test=False),
    "ofType": _type(is_test=False),
    "first": lambda run, focus, _: focus[:1],
    "last": lambda run, focus, _: focus[-1:],
    "tail": lambda run, focus, _: focus[1:],
    "single": lambda run, focus, _: focus[:1],
    "skip": lambda run, focus, a: focus[run.run(a[0])[0] :],
    "take": lambda run, focus, a: focus[: run.run(a[0])[0]],
    "distinct": lambda run, focus, _: distinct(focus),
    "isDistinct": lambda run, focus, _: [len(distinct(focus)) == len(focus)],
    "union": lambda run, focus, a: distinct([*focus, *run.run(a[0])]),
    "combine": lambda run, focus, a: [*focus, *run.run(a[0])],
    "intersect": _both,
    "subsetOf": _subset,
    "allTrue": lambda run, focus, _: [all(i is True for i in focus)],
    "anyTrue": lambda run, focus, _: [any(i is True for i in focus)],
    "trace": lambda run, focus, _: focus,
    "toString": lambda run, focus, _: [
        str(i).lower() if isinstance(i, bool) else str(i) for i in focus[:1]
    ],
    "toInteger": _integer,
    "startsWith": _text(str.startswith),
    "endsWith": _text(str.endswith),
    "contains": _text(lambda text, part: part in text),
    "matches": _text(lambda text, shape: bool(re.search(shape, text))),
    "indexOf": _text(str.find),
    "replace": _text(str.replace),
    "substring": _text(_part),
    "length": _text(len),
    "upper": _text(str.upper),
    "lower": _text(str.lower),
    "htmlChecks": _html,
}
