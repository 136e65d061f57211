"""FHIRPath Patch: operations of a Parameters resource on a parsed resource.

operation -> its path's places (`places`) -> what stands there is changed, in a copy
Source: HL7 FHIR R4 (4.0.1), https://hl7.org/fhir/R4/fhirpatch.html
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from garrod.adapters.fhir.rest import parameters as given_in
from garrod.adapters.fhir.rest.lists import inserted, moved, removed
from garrod.adapters.fhir.rest.parameters import Given, operations_in
from garrod.adapters.fhir.rest.places import Places, Spot, Spots
from garrod.adapters.fhir.validate.fhirpath import PathError
from garrod.core.errors import FhirError


@dataclass(frozen=True, slots=True)
class _Act:
    """One operation, and the resource that it changes."""

    places: Places
    resource: Any
    number: int
    given: Given

    @property
    def path(self) -> str:
        return self.given.path

    def failed(self, why: str, path: str = "") -> FhirError:
        said = path or self.path or "the path"
        return FhirError(f"operation {self.number} of the patch: {said} {why}.", code="FHR131")

    def spots(self) -> Spots:
        """Return the places that the path names.  Raises: FhirError FHR131."""
        kind = self.resource.get("resourceType")
        first = self.path.split(".")[0]
        if not self.path or (first.isalpha() and first[0].isupper() and first != kind):
            raise self.failed(f"does not begin with {kind}")
        try:
            return self.places.found(self.resource, self.path)
        except PathError as error:
            raise self.failed(f"cannot be followed: {error}") from error

    def sole(self) -> Spot:
        found = self.spots()
        if len(found) != 1:
            raise self.failed("names more than one thing" if found else "names nothing")
        return found[0]

    def value(self, place: str, name: str) -> tuple[str, Any, Any]:
        """Return the JSON name of a value, the value, and what stands beside it."""
        found = given_in.value_of(self.places, place, name, self.given)
        if found is None:
            raise self.failed("is given no value")
        return found


def apply(resource: Any, parameters: Any, places: Places) -> Any:
    """Return a resource as the operations make it; the one given stays as it is.

    Raises: FhirError FHR130 (no FHIRPath Patch), FHR131 (an operation cannot be done).
    """
    patched = copy.deepcopy(resource)
    for number, given in enumerate(operations_in(parameters)):
        act = _ACTS.get(given.kind)
        if act is None:
            raise FhirError(
                f"operation {number} of the patch is of type {given.kind[:40]!r}: expected "
                f"{', '.join(_ACTS)}.",
                code="FHR130",
            )
        act(_Act(places, patched, number, given))
    return patched


def _add(act: _Act) -> None:
    spot, name = act.sole(), act.given.name
    target = spot.value
    if not isinstance(target, dict):
        raise act.failed("names nothing that has members")
    if not name:
        raise act.failed("is not told what to add: give its name")
    fact = act.places.part(spot.place, name)
    key, value, beside = act.value(spot.place, name)
    if isinstance(target.get(key), list):
        inserted(target, key, len(target[key]), (value, beside))
    elif fact is not None and fact.is_list:
        inserted(target, key, 0, (value, beside))
    elif any(k in target for k in ([j for j, _ in fact.json_names()] if fact else [key])):
        raise act.failed("is there already", f"{act.path}.{name}")
    else:
        target.update({key: value} if beside is None else {key: value, f"_{key}": beside})


def _delete(act: _Act) -> None:
    spots = act.spots()
    if len(spots) > 1:
        raise act.failed("names more than one thing")
    for spot in spots:
        _refuse_whole(act, spot)
        removed(spot.holder, spot.name, spot.index)
    _prune(act.resource)


def _replace(act: _Act) -> None:
    """Replace a value; where its name says its type, by one of another type too."""
    spot = act.sole()
    _refuse_whole(act, spot)
    key, value, _ = act.value(spot.within, spot.stem or spot.name)
    if spot.index is not None:
        spot.holder[spot.name][spot.index] = value
        return
    if key != spot.name:
        removed(spot.holder, spot.name, None)
    spot.holder[key] = value


def _insert(act: _Act) -> None:
    spot, size = _list_of(act)
    index = act.given.number("index")
    if index is None or not 0 <= index <= size:
        raise act.failed("has no such place in its list")
    _, value, beside = act.value(spot.within, spot.name)
    inserted(spot.holder, spot.name, index, (value, beside))


def _move(act: _Act) -> None:
    spot, size = _list_of(act)
    source, destination = (act.given.number(n) for n in ("source", "destination"))
    if source is None or destination is None or max(source, destination) >= size:
        raise act.failed("has no such place in its list")
    moved(spot.holder, spot.name, source, destination)


def _list_of(act: _Act) -> tuple[Spot, int]:
    """Return a spot within the one list that the path names whole, and the list's size."""
    found = act.spots()
    if not found:
        raise act.failed("names nothing")
    held = found[0].holder[found[0].name]
    same = all(s.holder is found[0].holder and s.name == found[0].name for s in found)
    if not isinstance(held, list) or not same:
        raise act.failed("names no list")
    if len(found) != len([item for item in held if item is not None]):
        raise act.failed("names no list")
    return found[0], len(held)


def _refuse_whole(act: _Act, spot: Spot) -> None:
    if spot.value is act.resource:
        raise act.failed("is the whole resource: write it, or delete it, by its url")


def _prune(value: Any) -> None:
    """Take away what has become empty: lists, objects, and what held nothing else."""
    inner = list(value.values()) if isinstance(value, dict) else list(value)
    for one in inner:
        if isinstance(one, dict | list):
            _prune(one)
    if isinstance(value, dict):
        for name in [n for n, v in value.items() if v in ([], {})]:
            del value[name]
    else:
        value[:] = [item for item in value if item not in ([], {})]


_ACTS: dict[str, Callable[[_Act], None]] = {
    "add": _add,
    "insert": _insert,
    "delete": _delete,
    "replace": _replace,
    "move": _move,
}
