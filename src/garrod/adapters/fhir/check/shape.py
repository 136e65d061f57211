"""Compiles the elements of a type into one check of a JSON object.

Slots are made when a name is first met: a type costs little to compile, and types may hold
themselves. Rules run on objects that are well formed; on others as far as they can be told.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from garrod.adapters.fhir.check.faults import Check, Fault, Found, Run, joined, kind_of_json

EMPTY: tuple[Any, ...] = ("", [], {}, None)
FAULTY = (TypeError, AttributeError, LookupError, ValueError)
TOO_MANY = 200  # faults of one object after which the rest is not looked at


class Slots(dict[str, Check]):
    """The checks of an object's names, each made when the name is first met."""

    def __init__(self, makers: dict[str, Callable[[], Check]]) -> None:
        super().__init__()
        self._makers = makers

    def __missing__(self, name: str) -> Check:
        maker = self._makers.get(name)
        if maker is None:
            return _unknown
        made = self[name] = maker()
        return made


@dataclass(frozen=True, slots=True)
class Shape:
    """What an object may hold: checks by name, what must be there, choices, and rules."""

    makers: dict[str, Callable[[], Check]]
    required: tuple[str, ...]
    required_choices: tuple[tuple[str, frozenset[str]], ...]
    choices: tuple[tuple[str, frozenset[str]], ...]
    rules: tuple[Check, ...]
    is_resource: bool = False


def _unknown(value: Any, run: Run) -> Found:
    return [Fault("unknown", "FHIR R4 has no such element here")]


def object_check(shape: Shape) -> Check:
    """Return the check of an object of that shape."""
    slots = Slots(shape.makers)
    required, choices, rules = shape.required, shape.choices, shape.rules
    is_resource = shape.is_resource

    def check(value: Any, run: Run) -> Found:
        if type(value) is not dict:
            return _no_object(value)
        found: Found = None
        for name, item in value.items():
            faults = slots[name](item, run)
            if faults is not None:
                found = joined(found, _placed(value, name, faults))
                if len(found) > TOO_MANY:
                    return found
        if len(value) < 2 and not is_resource and (not value or "id" in value):
            return [Fault("empty", "an object with nothing in it stands here: leave it out")]
        for name in required:
            if name not in value and f"_{name}" not in value:
                found = joined(found, [_missing(name)])
        if choices:
            found = _choices(shape, value, found)
        if found is None:
            for rule in rules:
                faults = rule(value, run)
                if faults is not None:
                    found = joined(found, faults)
            return found
        return _faulty(shape, value, run, found)

    return check


def _no_object(value: Any) -> list[Fault]:
    rule = "null" if value is None else "type"
    return [Fault(rule, f"an object was expected, {kind_of_json(value)} found")]


def _missing(name: str) -> Fault:
    return Fault("min", f"{name} is missing: it must be there").at(name)


def _choices(shape: Shape, value: dict[str, Any], found: Found) -> Found:
    for stem, names in shape.choices:
        given = names.intersection(value)
        if len(given) > 1 and len({n.removeprefix("_") for n in given}) > 1:
            told = f"only one of {', '.join(sorted(given))} may be there"
            found = joined(found, [Fault("choice", told).at(f"{stem}[x]")])
    for stem, names in shape.required_choices:
        if names.isdisjoint(value):
            told = f"{stem}[x] is missing: it must be there, with the type in its name"
            found = joined(found, [Fault("min", told).at(f"{stem}[x]")])
    return found


def _placed(value: dict[str, Any], name: str, faults: list[Fault]) -> list[Fault]:
    """Return the faults below a name with their place; those that its sibling explains, not.

    A list of primitives may hold null where the list beside it (_given) has an extension, and an
    element beside a primitive (_birthDate) may hold an id alone where there is a value.
    """
    kept = []
    sibling = value.get(name[1:] if name[:1] == "_" else f"_{name}")
    for fault in faults:
        is_said_beside = fault.rule == "alone" or (fault.rule == "null" and fault.steps)
        if is_said_beside and _stands(sibling, fault.steps):
            continue
        if fault.rule == "alone":
            fault.rule = "empty"
        kept.append(fault.at(name))
    return kept


def _stands(sibling: Any, steps: list[str | int]) -> bool:
    """Return whether there is something at the same place of a sibling."""
    if not steps:
        return sibling is not None and not isinstance(sibling, list | dict)
    number = steps[0]
    if not isinstance(sibling, list) or not isinstance(number, int) or len(steps) != 1:
        return False
    return number < len(sibling) and sibling[number] is not None


def _faulty(shape: Shape, value: dict[str, Any], run: Run, found: list[Fault]) -> list[Fault]:
    """Return the faults with those that a faulty object shows besides."""
    found += [
        _missing(name)
        for name in shape.required
        if name in value and value[name] in EMPTY and f"_{name}" not in value
    ]
    for stem, names in shape.required_choices:
        given = [n for n in names if n in value]
        if given and all(value[n] in EMPTY for n in given):
            found.append(Fault("min", f"{stem}[x] is missing: it must be there").at(f"{stem}[x]"))
    for rule in shape.rules:
        try:
            found = joined(found, rule(value, run) or [])
        except FAULTY:
            continue
    return found


def list_check(check: Check, most: float) -> Check:
    """Return the check of an array of what another check judges."""

    def checked(value: Any, run: Run) -> Found:
        if type(value) is not list:
            return [Fault("type", f"an array was expected, {kind_of_json(value)} found")]
        if not value:
            return [Fault("empty-list", "an array with nothing in it stands here: leave it out")]
        found: Found = None
        for number, item in enumerate(value):
            faults = check(item, run)
            if faults is not None:
                found = joined(found, [fault.at(number) for fault in faults])
                if len(found) > TOO_MANY:
                    return found
        if len(value) > most:
            found = joined(found, [Fault("max", f"there may be at most {most:g} of these")])
        return found

    return checked


def extension_check(names: frozenset[str]) -> Check:
    """Return the rule that an extension has either a value or extensions inside (ext-1)."""

    def check(value: Any, run: Run) -> Found:
        if ("extension" in value) is not names.isdisjoint(value):
            return [Fault("ext-1", "an extension has either a value or extensions inside it")]
        return None

    return check
