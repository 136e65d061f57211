"""Evaluates a FHIRPath tree on JSON: collections are lists, and a missing thing is an empty one.

What JSON does not tell (most types of a value) or what needs a server (memberOf, conformsTo) raises
PathError, so that the rule is reported as not checked and never as kept.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from garrod.adapters.fhir.validate.fhirpath import PathError, Tree, parse
from garrod.adapters.fhir.validate.fhirpath_time import are_times, compared
from garrod.adapters.fhir.validate.instance import Scope

Items = list[Any]
VALUES = {
    "sct": "http://snomed.info/sct",
    "loinc": "http://loinc.org",
    "ucum": "http://unitsofmeasure.org",
}
_ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}
_SUMS: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
}
_OF_JSON = {  # the rest of them are strings
    "boolean": "boolean",
    **dict.fromkeys(("integer", "decimal", "positiveInt", "unsignedInt"), "number"),
}
_BESIDE = ("extension", "id")  # what stands beside a primitive, and not in its value
LOGIC = ("and", "or", "xor", "implies")


@dataclass(frozen=True, slots=True)
class At:
    """Where an expression stands: the item in focus, the resource around it, and its scope."""

    this: Any
    resource: Any
    scope: Scope
    index: int = 0
    functions: dict[str, Callable[[Evaluator, Items, tuple[Tree, ...]], Items]] = field(
        default_factory=dict
    )


class Evaluator:
    """Evaluates trees at one place."""

    def __init__(self, at: At) -> None:
        self.at = at

    def on(self, item: Any, index: int = 0) -> Evaluator:
        """Return an evaluator with another item in focus."""
        return Evaluator(replace(self.at, this=item, index=index))

    def run(self, tree: Tree, focus: Items | None = None) -> Items:
        """Return the collection that a tree gives.  Raises: PathError."""
        focus = [self.at.this] if focus is None else focus
        kind = tree[0]
        if kind == "literal":
            return [] if tree[1] is None else [tree[1]]
        if kind == "dot":
            return self.run(tree[2], self.run(tree[1], focus))
        if kind == "name":
            return named(focus, tree[1])
        if kind == "op":
            return self._operation(tree[1], tree[2], tree[3], focus)
        return self._other(tree, focus)

    def _other(self, tree: Tree, focus: Items) -> Items:
        match tree:
            case ("this", "$this"):
                return [self.at.this]
            case ("this", "$index"):
                return [self.at.index]
            case ("variable", name):
                return self._variable(name)
            case ("call", name, arguments):
                return self._call(name, arguments, focus)
            case ("index", inner, number):
                return self._at(self.run(inner, focus), self.run(number, focus))
            case ("type", sign, inner, name):
                return of_type(self.run(inner, focus), name, is_test=sign == "is")
            case ("negative", inner):
                return [-_number(item) for item in self.run(inner, focus)]
        raise PathError(f"{tree[1]} is not evaluated here")

    def _variable(self, name: str) -> Items:
        if name in ("resource", "rootResource"):
            return [self.at.resource if name == "resource" else self.at.scope.outermost]
        if name == "context":
            return [self.at.this]
        if name in VALUES:
            return [VALUES[name]]
        raise PathError(f"%{name} is not known here")

    def _call(self, name: str, arguments: tuple[Tree, ...], focus: Items) -> Items:
        function = self.at.functions.get(name)
        if function is None:
            raise PathError(f"{name}() is not evaluated here")
        return function(self, focus, arguments)

    def _at(self, items: Items, number: Items) -> Items:
        return items[number[0] :][:1] if number else []

    def _operation(self, sign: str, one: Tree, other: Tree, focus: Items) -> Items:
        left = self.run(one, focus)
        if sign in LOGIC:
            return logic(sign, truth(left), lambda: truth(self.run(other, focus)))
        right = self.run(other, focus)
        if sign == "|":
            return distinct([*left, *right])
        if sign in ("in", "contains"):
            items, whole = (left, right) if sign == "in" else (right, left)
            return [any(same(items[0], w) for w in whole)] if items else []
        if sign == "&":
            return ["".join(str(i) for i in (*left, *right))]
        if not left or not right:
            return [] if sign not in ("~", "!~") else [(left == right) == (sign == "~")]
        return self._compared(sign, left, right)

    def _compared(self, sign: str, left: Items, right: Items) -> Items:
        if sign in ("~", "!~") and not _all_same(left, right):
            raise PathError(f"{sign} of other than equal items is not evaluated here")
        if sign in ("=", "!=", "~", "!~"):
            if len(left) == len(right) == 1 and are_times(left[0], right[0]):
                return compared(left[0], right[0], operator.eq if sign == "=" else operator.ne)
            return [_all_same(left, right) == (sign in ("=", "~"))]
        one, other = _measured(left[0], right[0])
        if isinstance(one, dict) or isinstance(one, str) != isinstance(other, str):
            raise PathError(f"{sign} of such values is not evaluated here")
        if sign in _ORDER:
            is_open = are_times(one, other)
            return compared(one, other, _ORDER[sign]) if is_open else [_ORDER[sign](one, other)]
        if sign in _SUMS:
            return [_summed(sign, one, other)]
        raise PathError(f"{sign} is not evaluated here")


def _all_same(left: Items, right: Items) -> bool:
    return len(left) == len(right) and all(map(same, left, right))


def _summed(sign: str, one: Any, other: Any) -> Any:
    """Return a sum as decimals make it: 1.8 less 1.2 is 0.6."""
    if isinstance(one, float) or isinstance(other, float):
        return float(_SUMS[sign](Decimal(str(one)), Decimal(str(other))))
    return _SUMS[sign](one, other)


def named(focus: Items, name: str) -> Items:
    """Return the children of a name; a choice's under whatever type it has; "Patient" is itself."""
    found: Items = []
    for item in focus:
        if not isinstance(item, dict):
            if name in _BESIDE:
                raise PathError(f"the {name} of a primitive is not looked at here")
            continue
        if item.get("resourceType") == name:
            found.append(item)
            continue
        found += _children_of(item, name)
    return found


def _children_of(item: dict[str, Any], name: str) -> Items:
    value = item.get(name)
    if value is None:
        size = len(name)
        value = next(
            (v for k, v in item.items() if k.startswith(name) and k[size : size + 1].isupper()),
            item.get(f"_{name}"),
        )
    if isinstance(value, list):
        return [v for v in value if v is not None]
    return [] if value is None else [value]


def children(item: Any) -> Items:
    """Return everything directly inside an item; a primitive's extension counts with it."""
    if not isinstance(item, dict):
        return []
    found: Items = []
    for key, value in item.items():
        if key == "resourceType" or (key.startswith("_") and key[1:] in item):
            continue
        found += value if isinstance(value, list) else [value]
    return [v for v in found if v is not None]


def same(one: Any, other: Any) -> bool:
    """Return whether two items are equal; true is not 1."""
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)


def distinct(items: Items) -> Items:
    """Return the items, each once."""
    found: Items = []
    for item in items:
        if not any(same(item, other) for other in found):
            found.append(item)
    return found


def truth(items: Items) -> bool | None:
    """Return the truth of a collection; None where it is empty."""
    if not items:
        return None
    return items[0] if isinstance(items[0], bool) else True


def logic(sign: str, left: bool | None, later: Callable[[], bool | None]) -> Items:
    """Return and, or, xor, implies in three values: unknown is an empty collection."""
    if sign == "and":
        settled, neutral = False, True
    elif sign in ("or", "implies"):
        settled, neutral = True, False
        left = left if sign == "or" or left is None else not left
    else:
        right = later()
        return [] if left is None or right is None else [left != right]
    if left is settled:
        return [settled]
    right = later()
    if right is settled:
        return [settled]
    return [] if left is None or right is None else [neutral]


def of_type(items: Items, name: str, *, is_test: bool) -> Items:
    """Return whether the item is of a type, or the items that are.  Raises: PathError."""
    kept = [item for item in items if _is_of(item, name)]
    if is_test:
        return [bool(kept)] if items else []
    return kept


def _is_of(item: Any, name: str) -> bool:
    if isinstance(item, dict):
        kind = item.get("resourceType")
        if kind is None:
            raise PathError(f"JSON does not tell whether a value is of type {name}")
        return bool(kind == name) or name in ("Resource", "DomainResource")
    kind = "boolean" if isinstance(item, bool) else "string" if isinstance(item, str) else "number"
    wanted = _OF_JSON.get(name, "string") if name[:1].islower() else kind
    if wanted == kind != "boolean":
        raise PathError(f"JSON does not tell whether a value is of type {name}")
    if not name[:1].islower():
        raise PathError(f"{name} is not a type of FHIR's own")
    return wanted == kind


def _measured(one: Any, other: Any) -> tuple[Any, Any]:
    """Return the numbers of two quantities of one unit; other items as they are."""
    if not isinstance(one, dict) or not isinstance(other, dict):
        return one, other
    units = {(q.get("system"), q.get("code"), q.get("unit")) for q in (one, other)}
    numbers = [q.get("value") for q in (one, other)]
    is_told = len(units) == 1 and all(isinstance(n, int | float | Decimal) for n in numbers)
    return (numbers[0], numbers[1]) if is_told else (one, other)


def _number(item: Any) -> Any:
    if isinstance(item, int | float | Decimal):
        return item
    raise PathError("a number was expected")


def evaluate(expression: str, at: At) -> Items:
    """Return the collection that an expression gives at a place.  Raises: PathError."""
    return Evaluator(at).run(parse(expression))
