"""JSON Patch over a parsed resource: exact numbers, and an error that names the operation.

Source: RFC 6902 (JSON Patch), RFC 6901 (JSON Pointer)
"""

from __future__ import annotations

import copy
from typing import Any

from garrod.core.errors import FhirError

_NEEDS = {
    "add": ("value",),
    "replace": ("value",),
    "test": ("value",),
    "remove": (),
    "move": ("from",),
    "copy": ("from",),
}
_ABSENT = object()


def apply(resource: Any, operations: Any) -> Any:
    """Return a resource as the operations make it; the one given stays as it is.

    Raises: FhirError FHR130 (no JSON Patch), FHR131 (an operation cannot be done).
    """
    if not isinstance(operations, list):
        raise FhirError("a JSON Patch is a list of operations.", code="FHR130")
    patched = copy.deepcopy(resource)
    for number, operation in enumerate(operations):
        patched = _apply(patched, number, operation)
    return patched


def _apply(resource: Any, number: int, operation: Any) -> Any:
    kind = operation.get("op") if isinstance(operation, dict) else None
    if not isinstance(kind, str) or kind not in _NEEDS:
        raise FhirError(
            f"operation {number} of the patch is none of {', '.join(_NEEDS)}.", code="FHR130"
        )
    for name in ("path", *_NEEDS[kind]):
        if name not in operation:
            raise FhirError(f"operation {number} ({kind}) has no {name!r}.", code="FHR130")
    path = _steps(number, operation["path"])
    if kind == "remove":
        return _removed(resource, number, path)[0]
    if kind == "test":
        if not _same(_at(resource, number, path), operation["value"]):
            raise _failed(number, operation["path"], "holds another value than the test expects")
        return resource
    if kind == "replace":
        _at(resource, number, path)
        return _set(resource, number, path, operation["value"], is_new=False)
    if kind == "add":
        return _set(resource, number, path, operation["value"], is_new=True)
    source = _steps(number, operation["from"])
    if kind == "copy":
        value = copy.deepcopy(_at(resource, number, source))
        return _set(resource, number, path, value, is_new=True)
    if path[: len(source)] == source and path != source:
        raise _failed(number, operation["path"], "lies within what is to be moved")
    resource, value = _removed(resource, number, source)
    return _set(resource, number, path, value, is_new=True)


def _steps(number: int, pointer: Any) -> list[str]:
    if not isinstance(pointer, str) or (pointer and not pointer.startswith("/")):
        raise FhirError(f"operation {number}: a path begins with '/'.", code="FHR130")
    return [p.replace("~1", "/").replace("~0", "~") for p in pointer.split("/")[1:]]


def _at(resource: Any, number: int, path: list[str]) -> Any:
    here = resource
    for step in path:
        here = _child(here, step)
        if here is _ABSENT:
            raise _failed(number, "/" + "/".join(path), "is not there")
    return here


def _child(here: Any, step: str) -> Any:
    if isinstance(here, dict):
        return here.get(step, _ABSENT)
    if isinstance(here, list) and _is_index(step) and int(step) < len(here):
        return here[int(step)]
    return _ABSENT


def _is_index(step: str) -> bool:
    return step.isascii() and step.isdecimal() and (step == "0" or not step.startswith("0"))


def _set(resource: Any, number: int, path: list[str], value: Any, *, is_new: bool) -> Any:
    if not path:
        return value
    parent, last = _at(resource, number, path[:-1]), path[-1]
    if isinstance(parent, dict):
        parent[last] = value
    elif isinstance(parent, list) and is_new and (last == "-" or _is_index(last)):
        place = len(parent) if last == "-" else int(last)
        if place > len(parent):
            raise _failed(number, "/" + "/".join(path), "is behind the end of the list")
        parent.insert(place, value)
    elif isinstance(parent, list) and _is_index(last):
        parent[int(last)] = value
    else:
        raise _failed(number, "/" + "/".join(path), "is no place in a list or object")
    return resource


def _removed(resource: Any, number: int, path: list[str]) -> tuple[Any, Any]:
    value = _at(resource, number, path)
    if not path:
        raise _failed(number, "", "is the whole resource: delete it instead")
    parent = _at(resource, number, path[:-1])
    if isinstance(parent, list):
        del parent[int(path[-1])]
    else:
        del parent[path[-1]]
    return resource, value


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same(one[k], other[k]) for k in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    return bool(one == other)


def _failed(number: int, path: str, why: str) -> FhirError:
    return FhirError(f"operation {number} of the patch: {path or 'the path'} {why}.", code="FHR131")
