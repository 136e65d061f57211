"""FHIRPath Patch: operations of a Parameters resource on a parsed resource.

A path is evaluated as a walk of names and indexes, with `where(...)` on a list; what it names is
changed in place of a copy.
Source: HL7 FHIR R4 (4.0.1), https://hl7.org/fhir/R4/fhirpatch.html
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from typing import Any

from garrod.core.errors import FhirError

_STEP = re.compile(
    r"(?P<name>[A-Za-z_]\w*)(?:\[(?P<index>\d+)\])?"
    r"(?:\.where\((?P<field>[\w.]+)\s*=\s*'(?P<value>(?:\\.|[^'\\])*)'\))?(?:\.|$)"
)
_VALUE = re.compile(r"value[A-Z]\w*")
Place = tuple[Any, Any]  # a dict and a name, or a list and an index


def apply(resource: Any, parameters: Any) -> Any:
    """Return a resource as the operations make it; the one given stays as it is.

    Raises: FhirError FHR130 (no FHIRPath Patch), FHR131 (an operation cannot be done).
    """
    if parameters.get("resourceType") != "Parameters":
        raise FhirError("a FHIRPath Patch is a Parameters resource.", code="FHR130")
    patched = copy.deepcopy(resource)
    for number, given in enumerate(_listed(parameters, "parameter")):
        if given.get("name") != "operation":
            raise FhirError(f"parameter {number} of the patch is no operation.", code="FHR130")
        _apply(patched, number, _parts(given))
    return patched


def _listed(holder: Any, name: str) -> list[Any]:
    """Return the objects of a list.  Raises: FhirError FHR130 where it is none."""
    found = holder.get(name, [])
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise FhirError(f"{name} of the patch is no list of objects.", code="FHR130")
    return found


def _parts(given: Any) -> dict[str, Any]:
    """Return the parts of an operation by name; a value made of parts becomes an object."""
    return {str(part.get("name")): _value(part) for part in _listed(given, "part")}


def _value(part: Any) -> Any:
    own = [value for name, value in part.items() if _VALUE.fullmatch(name)]
    if own:
        return own[0]
    made: dict[str, Any] = {}
    for inner in _listed(part, "part"):
        name, value = str(inner.get("name")), _value(inner)
        if name in made:
            before = made[name] if isinstance(made[name], list) else [made[name]]
            made[name] = [*before, value]
        else:
            made[name] = value
    return made


def _apply(resource: Any, number: int, parts: dict[str, Any]) -> None:
    kind, path = parts.get("type"), str(parts.get("path", ""))
    places = list(_places(resource, number, path))
    if kind == "add":
        _add(resource, number, path, parts)
    elif kind == "delete":
        if len(places) > 1:
            raise _failed(number, path, "names more than one thing")
        for parent, key in places:
            _without(resource, parent, key)
    elif kind == "replace":
        parent, key = _sole(number, path, places)
        parent[key] = parts.get("value")
    elif kind in ("insert", "move"):
        parent, key = _sole(number, path, places)
        held = parent[key] if isinstance(parent[key], list) else None
        if held is None:
            raise _failed(number, path, "names no list")
        _ordered(number, path, held, parts)
    else:
        raise FhirError(
            f"operation {number} of the patch is of type {kind!r}: expected add, insert, delete, "
            "replace or move.",
            code="FHR130",
        )


def _add(resource: Any, number: int, path: str, parts: dict[str, Any]) -> None:
    parent, key = _sole(number, path, list(_places(resource, number, path)))
    name, target = str(parts.get("name", "")), parent[key] if key is not None else parent
    if not isinstance(target, dict):
        raise _failed(number, path, "names nothing that has members")
    if isinstance(target.get(name), list):
        target[name].append(parts.get("value"))
    elif name in target:
        raise _failed(number, f"{path}.{name}", "is there already")
    else:
        target[name] = parts.get("value")


def _ordered(number: int, path: str, held: list[Any], parts: dict[str, Any]) -> None:
    places = [parts.get(name) for name in ("index",) if name in parts]
    if parts.get("type") == "move":
        places = [parts.get("source"), parts.get("destination")]
    if not all(type(p) is int and 0 <= p <= len(held) for p in places) or not places:
        raise _failed(number, path, "has no such place in its list")
    if parts.get("type") == "insert":
        held.insert(int(str(places[0])), parts.get("value"))
        return
    source, destination = (int(str(p)) for p in places)
    if source >= len(held) or destination >= len(held):
        raise _failed(number, path, "has no such place in its list")
    held.insert(destination, held.pop(source))


def _places(resource: Any, number: int, path: str) -> Iterator[Place]:
    """Yield where a path leads: the holder and the key of each thing that it names."""
    kind, _, rest = path.partition(".")
    if kind != resource.get("resourceType"):
        raise _failed(number, path, f"does not begin with {resource.get('resourceType')}")
    level: list[Place] = [({"": resource}, "")]
    at = 0
    while at < len(rest):
        step = _STEP.match(rest, at)
        if step is None:
            raise _failed(number, path, "is a path that cannot be followed here")
        level = [place for held in level for place in _stepped(held, step)]
        at = step.end()
    yield from level


def _stepped(held: Place, step: re.Match[str]) -> Iterator[Place]:
    parent, key = held
    owners = parent[key] if isinstance(parent[key], list) else [parent[key]]
    for owner in owners:
        if not isinstance(owner, dict) or step["name"] not in owner:
            continue
        value = owner[step["name"]]
        if step["index"] is not None:
            if isinstance(value, list) and int(step["index"]) < len(value):
                yield value, int(step["index"])
        elif step["field"] is not None and isinstance(value, list):
            yield from (
                (value, i) for i, v in enumerate(value) if _field(v, step["field"]) == step["value"]
            )
        else:
            yield owner, step["name"]


def _field(value: Any, path: str) -> Any:
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _without(resource: Any, parent: Any, key: Any) -> None:
    """Take a thing away, and the list that held it where it was the last one."""
    del parent[key]
    if isinstance(parent, list) and not parent:
        _drop_empty(resource)


def _drop_empty(value: Any) -> None:
    for name in [n for n, v in value.items() if v == []] if isinstance(value, dict) else ():
        del value[name]
    for inner in value.values() if isinstance(value, dict) else value:
        if isinstance(inner, dict | list):
            _drop_empty(inner)


def _sole(number: int, path: str, places: list[Place]) -> Place:
    if len(places) != 1:
        raise _failed(number, path, "names nothing" if not places else "names more than one thing")
    return places[0]


def _failed(number: int, path: str, why: str) -> FhirError:
    return FhirError(f"operation {number} of the patch: {path or 'the path'} {why}.", code="FHR131")
