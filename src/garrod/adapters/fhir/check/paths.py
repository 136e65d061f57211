"""Compiles a FHIRPath expression into functions: the part of the language that invariants use.

tree (of `validate.fhirpath`) -> a function of items and place; truth in three values, None unknown
What JSON does not tell raises PathError when it is asked; the rule is then not counted as broken.
Source: HL7 FHIRPath 2.0.0 (normative).
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from garrod.adapters.fhir.check.faults import Run
from garrod.adapters.fhir.check.times import are_times, compared
from garrod.adapters.fhir.validate.fhirpath import PathError, Tree
from garrod.adapters.fhir.validate.fhirpath_run import VALUES, same, truth

Items = list[Any]
BESIDE = ("id", "extension")  # what stands beside a primitive, and not in its value
LOGIC = ("and", "or", "xor", "implies")
NUMBER = (int, float, Decimal)
ORDER: dict[str, Callable[[Any, Any], Any]] = {
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}
SUMS: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
}


class Place:
    """Where an expression stands: the item in focus, its number, and the check under way."""

    __slots__ = ("index", "run", "this")

    def __init__(self, this: Any, run: Run, index: int = 0) -> None:
        self.this, self.run, self.index = this, run, index

    def on(self, item: Any, index: int) -> Place:
        """Return the place with another item in focus."""
        return Place(item, self.run, index)


Part = Callable[[Items, Place], Items]
Test = Callable[[Items, Place], bool | None]
Caller = Callable[["PathCompiler", tuple[Tree, ...]], Part]


class PathCompiler:
    """Compiles trees. `stems` are the names that JSON may write with a type: value, onset."""

    def __init__(self, stems: frozenset[str], functions: dict[str, Caller]) -> None:
        self._stems, self._functions = stems, functions

    def part(self, tree: Tree) -> Part:
        """Return the function that gives a tree's items.  Raises: PathError."""
        match tree:
            case ("literal", value):
                kept = [] if value is None else [value]
                return lambda items, at: kept
            case ("dot", left, right):
                first, then = self.part(left), self.part(right)
                return lambda items, at: then(first(items, at), at)
            case ("name", name):
                return self.name(name)
            case ("call", name, arguments):
                return self._call(name, arguments)
            case ("op", sign, left, right):
                return self._operation(sign, left, right)
            case ("type", sign, inner, name):
                return self._type(sign, inner, name)
        return self._rare(tree)

    def _rare(self, tree: Tree) -> Part:
        match tree:
            case ("this", "$this"):
                return lambda items, at: [at.this]
            case ("this", "$index"):
                return lambda items, at: [at.index]
            case ("variable", name):
                return _variable(name)
            case ("index", inner, number):
                one, which = self.part(inner), self.part(number)
                return lambda items, at: one(items, at)[which(items, at)[0] :][:1]
            case ("negative", inner):
                of = self.part(inner)
                return lambda items, at: [-i for i in of(items, at) if isinstance(i, NUMBER)]
        raise PathError(f"{tree[0]} is not compiled here")

    def _call(self, name: str, arguments: tuple[Tree, ...]) -> Part:
        function = self._functions.get(name)
        if function is None:
            raise PathError(f"{name}() is not compiled here")
        return function(self, arguments)

    def name(self, name: str) -> Part:
        """Return the function that gives the children of a name; "Patient" is itself."""
        beside, is_stem, is_type = f"_{name}", name in self._stems, name[:1].isupper()

        def part(items: Items, at: Place) -> Items:
            found: Items = []
            for item in items:
                if type(item) is not dict:
                    if name in BESIDE:
                        raise PathError(f"the {name} of a primitive is not looked at here")
                    continue
                value = item.get(name)
                if value is None:
                    value = _typed(item, name) if is_stem else None
                    value = item.get(beside) if value is None else value
                if type(value) is list:
                    found += [v for v in value if v is not None]
                elif value is not None:
                    found.append(value)
                elif is_type and item.get("resourceType") == name:
                    found.append(item)
            return found

        return part

    def test(self, tree: Tree) -> Test:
        """Return the function that gives a tree's truth.  Raises: PathError."""
        match tree:
            case ("op", sign, left, right) if sign in LOGIC:
                return LOGICAL[sign](self.test(left), self.test(right))
            case ("op", "=" | "!=" as sign, left, ("literal", str(text))):
                return self._said(left, text, is_wanted=sign == "=")
            case ("op", "=" | "!=" as sign, left, right) if _is_test(left) and _is_test(right):
                return _equal(self.test(left), self.test(right), is_wanted=sign == "=")
            case ("dot", inner, ("call", "not", ())):
                return _negated(self.test(inner))
            case ("dot", ("name", name), ("call", "exists" | "empty" as call, ())):
                return self._there(name, is_wanted=call == "exists")
            case ("dot", inner, ("call", "exists" | "empty" as call, ())):
                part, is_wanted = self.part(inner), call == "exists"
                return lambda items, at: bool(part(items, at)) is is_wanted
        part = self.part(tree)
        return lambda items, at: truth(part(items, at))

    def _said(self, tree: Tree, text: str, *, is_wanted: bool) -> Test:
        """Return whether a text stands there: the next most frequent question."""
        part, is_time = self.part(tree), text[:1].isdecimal()
        name = tree[1] if tree[0] == "name" and tree[1] not in self._stems else None

        def test(items: Items, at: Place) -> bool | None:
            if name and len(items) == 1 and type(items[0]) is dict:
                value = items[0].get(name)
                if type(value) is str and not is_time:
                    return (value == text) is is_wanted
            found = part(items, at)
            if len(found) == 1 and type(found[0]) is str and not is_time:
                return (found[0] == text) is is_wanted
            return truth(compare("=" if is_wanted else "!=", found, [text])) if found else None

        return test

    def _there(self, name: str, *, is_wanted: bool) -> Test:
        """Return whether a name is there: the most frequent question of all."""
        part, beside, is_stem = self.name(name), f"_{name}", name in self._stems

        def test(items: Items, at: Place) -> bool | None:
            if len(items) != 1 or type(items[0]) is not dict or is_stem:
                return bool(part(items, at)) is is_wanted
            return (name in items[0] or beside in items[0]) is is_wanted

        return test

    def _operation(self, sign: str, left: Tree, right: Tree) -> Part:
        if sign in LOGIC:
            test = LOGICAL[sign](self.test(left), self.test(right))
            return lambda items, at: _wrapped(test(items, at))
        one, other = self.part(left), self.part(right)
        if sign == "|":
            return lambda items, at: distinct([*one(items, at), *other(items, at)])
        if sign in ("in", "contains"):
            return _membership(*((one, other) if sign == "in" else (other, one)))
        if sign == "&":
            return lambda items, at: ["".join(map(str, (*one(items, at), *other(items, at))))]

        def part(items: Items, at: Place) -> Items:
            a, b = one(items, at), other(items, at)
            if not a or not b:
                return []
            return compare(sign, a, b)

        return part

    def _type(self, sign: str, inner: Tree, name: str) -> Part:
        """Return a test or a cast, where the JSON name of a choice tells the type."""
        if inner[0] != "name":
            return self._call(sign, (("dot", inner, ("name", name)), ("literal", None)))
        key = inner[1] + name[:1].upper() + name[1:]
        any_of = self.name(inner[1])

        def part(items: Items, at: Place) -> Items:
            found = [item[key] for item in items if type(item) is dict and key in item]
            if sign == "as":
                return found
            return [bool(found)] if any_of(items, at) else []

        return part


def distinct(items: Items) -> Items:
    """Return the items, each once; texts quickly, of which there may be thousands."""
    if all(type(item) is str for item in items):
        return list(dict.fromkeys(items))
    found: Items = []
    for item in items:
        if not any(same(item, other) for other in found):
            found.append(item)
    return found


def _typed(item: dict[str, Any], name: str) -> Any:
    size = len(name)
    for key, value in item.items():
        if key.startswith(name) and key[size : size + 1].isupper():
            return value
    return None


def _membership(one: Part, whole: Part) -> Part:
    def part(items: Items, at: Place) -> Items:
        wanted = one(items, at)
        listed = whole(items, at)
        return [any(same(wanted[0], w) for w in listed)] if wanted else []

    return part


def _wrapped(told: bool | None) -> Items:
    return [] if told is None else [told]


def _negated(test: Test) -> Test:
    def negated(items: Items, at: Place) -> bool | None:
        told = test(items, at)
        return None if told is None else not told

    return negated


def _is_test(tree: Tree) -> bool:
    """Return whether a tree gives true or false, or nothing, and never other items."""
    match tree:
        case ("op", sign, _, _):
            return sign in LOGIC or sign in ("=", "!=", *ORDER)
        case ("dot", _, ("call", "exists" | "empty" | "not", ())):
            return True
    return False


def _equal(one: Test, other: Test, *, is_wanted: bool) -> Test:
    def test(items: Items, at: Place) -> bool | None:
        left, right = one(items, at), other(items, at)
        return None if left is None or right is None else (left is right) is is_wanted

    return test


def _and(one: Test, other: Test) -> Test:
    def test(items: Items, at: Place) -> bool | None:
        left = one(items, at)
        if left is False:
            return False
        right = other(items, at)
        return right if right is False or left is True else None

    return test


def _or(one: Test, other: Test) -> Test:
    def test(items: Items, at: Place) -> bool | None:
        left = one(items, at)
        if left is True:
            return True
        right = other(items, at)
        return right if right is True or left is False else None

    return test


def _implies(one: Test, other: Test) -> Test:
    return _or(_negated(one), other)


def _xor(one: Test, other: Test) -> Test:
    return _equal(one, other, is_wanted=False)


LOGICAL = {"and": _and, "or": _or, "implies": _implies, "xor": _xor}


def _variable(name: str) -> Part:
    if name == "resource":
        return lambda items, at: [at.run.resource]
    if name == "rootResource":
        return lambda items, at: [at.run.root]
    if name == "context":
        return lambda items, at: [at.this]
    if name in VALUES:
        return lambda items, at: [VALUES[name]]
    raise PathError(f"%{name} is not known here")


def compare(sign: str, left: Items, right: Items) -> Items:
    """Return the outcome of a comparison or sum; nothing where it is open.  Raises: PathError."""
    one, other = left[0], right[0]
    if sign in ("=", "!=", "~", "!~"):
        if len(left) == len(right) == 1 and are_times(one, other):
            return compared(one, other, operator.eq if sign in ("=", "~") else operator.ne)
        is_same = len(left) == len(right) and all(map(same, left, right))
        return [is_same == (sign in ("=", "~"))]
    if isinstance(one, dict) and isinstance(other, dict):
        one, other = _measured(one, other)
    if are_times(one, other) and sign in ORDER:
        return compared(one, other, ORDER[sign])
    is_number = isinstance(one, NUMBER) and isinstance(other, NUMBER)
    if not is_number and not (isinstance(one, str) and isinstance(other, str)):
        raise PathError(f"{sign} of such values is not evaluated here")
    if sign in ORDER:
        return [ORDER[sign](one, other)]
    if sign in SUMS:
        return [SUMS[sign](one, other)]
    raise PathError(f"{sign} is not evaluated here")


def _measured(one: dict[str, Any], other: dict[str, Any]) -> tuple[Any, Any]:
    """Return the numbers of two quantities of one unit.  Raises: PathError where they are not."""
    units = {(q.get("system"), q.get("code"), q.get("unit")) for q in (one, other)}
    if len(units) != 1 or any("comparator" in q for q in (one, other)):
        raise PathError("quantities of different units are not compared here")
    return one.get("value"), other.get("value")
