"""The operations of a FHIRPath Patch, as its Parameters state them.

Parameters -> Given (type, path, name, value) -> a value as JSON has it: lists where the element
repeats, the type in the name of a choice
Source: HL7 FHIR R4 (4.0.1), https://hl7.org/fhir/R4/fhirpatch.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from garrod.adapters.fhir.rest.places import Places
from garrod.core.errors import FhirError

_VALUE = re.compile(r"value[A-Z]\w*")
Valued = tuple[str, Any, Any]  # a JSON name, a value, and what stands beside it, or None


@dataclass(frozen=True, slots=True)
class Given:
    """One operation as it was sent: its parts by name."""

    parts: dict[str, dict[str, Any]]

    @property
    def kind(self) -> str:
        """Return add, insert, delete, replace or move, or whatever was sent."""
        return self._plain("type")

    @property
    def path(self) -> str:
        """Return its path; "" without one."""
        return self._plain("path")

    @property
    def name(self) -> str:
        """Return the name of what is to be added; "" without one."""
        return self._plain("name")

    def number(self, name: str) -> int | None:
        """Return a place in a list; None where there is none, or it is no such number."""
        found = _own(self.parts.get(name, {}))
        return found[1] if found and type(found[1]) is int and found[1] >= 0 else None

    def _plain(self, name: str) -> str:
        found = _own(self.parts.get(name, {}))
        return found[1] if found and isinstance(found[1], str) else ""


def operations_in(parameters: Any) -> Iterator[Given]:
    """Yield the operations of a patch.  Raises: FhirError FHR130 (no FHIRPath Patch)."""
    if parameters.get("resourceType") != "Parameters":
        raise FhirError("a FHIRPath Patch is a Parameters resource.", code="FHR130")
    for number, given in enumerate(_listed(parameters, "parameter")):
        if given.get("name") != "operation":
            raise FhirError(f"parameter {number} of the patch is no operation.", code="FHR130")
        yield Given({str(part.get("name")): part for part in _listed(given, "part")})


def value_of(places: Places, place: str, name: str, given: Given) -> Valued | None:
    """Return the value of an operation, for an element of a place; None where it has none.

    Raises: FhirError FHR130.
    """
    return _valued(places, place, name, given.parts.get("value", {}))


def _valued(places: Places, place: str, name: str, part: dict[str, Any]) -> Valued | None:
    fact = places.part(place, name)
    found = _own(part)
    if found is not None:
        is_stem = fact is not None and fact.is_choice and fact.name == name
        key = name + found[0].removeprefix("value") if is_stem else name
        return key, found[1], part.get(f"_{found[0]}")
    inner = _listed(part, "part")
    if not inner:
        return None
    below = places.below(fact, fact.types[0] if fact.types else "") if fact is not None else ""
    return name, _object(places, below, inner), None


def _object(places: Places, place: str, parts: list[dict[str, Any]]) -> dict[str, Any]:
    """Return an object made of named parts; those of one name are a list."""
    made: dict[str, Any] = {}
    for part in parts:
        name = str(part.get("name"))
        found = _valued(places, place, name, part)
        if found is None:
            raise FhirError(f"part {name[:40]!r} of the patch has no value.", code="FHR130")
        key, value, beside = found
        fact = places.part(place, name)
        if key in made or (fact is not None and fact.is_list):
            before = made.get(key, [])
            value = [*(before if isinstance(before, list) else [before]), value]
        made[key] = value
        if beside is not None and not isinstance(value, list):
            made[f"_{key}"] = beside
    return made


def _own(part: dict[str, Any]) -> tuple[str, Any] | None:
    """Return the name and value that a part itself has; None where it has none."""
    return next(((name, value) for name, value in part.items() if _VALUE.fullmatch(name)), None)


def _listed(holder: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """Return the objects of a list.  Raises: FhirError FHR130 where it is none."""
    found = holder.get(name, [])
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise FhirError(f"{name} of the patch is no list of objects.", code="FHR130")
    return found
