"""Which slice of an element a value belongs to, by the discriminators of the slicing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from garrod.adapters.fhir.validate.definitions import Definitions
from garrod.adapters.fhir.validate.element import CHOICE, Element
from garrod.adapters.fhir.validate.instance import Scope
from garrod.adapters.fhir.validate.matching import holds, is_fixed

Conforms = Callable[[Any, str, Scope], bool]  # resource, profile's URL, scope
Json = dict[str, Any]
THIS = "$this"
RESOLVE = "resolve()"


class Slicer:
    """Sorts the values of an element into its slices."""

    def __init__(self, definitions: Definitions, conforms: Conforms) -> None:
        self._definitions, self._conforms = definitions, conforms

    def slice_of(self, element: Element, key: str, value: Any, scope: Scope) -> Element | None:
        """Return the slice of a value, None where it is of none. `key` is its JSON name."""
        discriminators = element.raw.get("slicing", {}).get("discriminator", [])
        for candidate in element.slices.values():
            if discriminators and all(
                self._fits(candidate, d, key, value, scope) for d in discriminators
            ):
                return candidate
        return None

    def _fits(self, part: Element, by: Json, key: str, value: Any, scope: Scope) -> bool:
        kind, path = by["type"], by["path"]
        if kind == "type" and path == THIS and part.name.endswith(CHOICE):
            return any(name == key for name, _ in part.json_names)
        if kind == "profile" or (kind == "type" and path.endswith(RESOLVE)):
            return self._leads_to(part, path, value, scope)
        found = list(_values(value, path))
        if kind == "exists":
            return bool(found) == self._is_wanted(part, path)
        if kind == "type":
            return self._is_of_type(part, path, value, found)
        return self._is_stated(part, path, found)

    def _is_wanted(self, part: Element, path: str) -> bool:
        child = _descend(part, path)
        return child is None or child.most > 0

    def _is_of_type(self, part: Element, path: str, value: Any, found: list[Any]) -> bool:
        """Return whether what stands at a path is of the slice's type: a choice says so by name."""
        child = _descend(part, path)
        if child is None:
            return False
        if child.name.endswith(CHOICE):
            return isinstance(value, dict) and any(name in value for name, _ in child.json_names)
        wanted = {kind["code"] for kind in child.types}
        return any(isinstance(f, dict) and f.get("resourceType") in wanted for f in found)

    def _is_stated(self, part: Element, path: str, found: list[Any]) -> bool:
        """Return whether the value at a path is the one that the slice fixes, or of its codes."""
        if path == "url":
            urls = [u for kind in part.types for u in kind.get("profile", [])]
            child = part.children.get("url")
            urls += [child.fixed] if child and child.fixed else []
            return any(f in {u.partition("|")[0] for u in urls} for f in found)
        child = _descend(part, path)
        if child is None:
            return False
        fixed, pattern = child.fixed, child.pattern
        if fixed is not None:
            return any(is_fixed(f, fixed) for f in found)
        if pattern is not None:
            return any(holds(f, pattern) for f in found)
        return self._is_within(child, found)

    def _is_within(self, child: Element, found: list[Any]) -> bool:
        """Return whether what stands below a path is stated, and so: coding.code of a code."""
        stated = [c for c in child.inner().values() if c.fixed or c.pattern]
        if stated:
            return any(
                all(self._is_stated(child, c.name, list(_values(f, c.name))) for c in stated)
                for f in found
            )
        url = child.raw.get("binding", {}).get("valueSet", "")
        codes = self._definitions.codes(url) if url else None
        pairs = {(c.get("system"), c.get("code")) for f in found for c in _codings(f)}
        return codes is not None and bool(pairs & codes)

    def _leads_to(self, part: Element, path: str, value: Any, scope: Scope) -> bool:
        """Return whether a reference leads to a resource that is what the slice refers to."""
        if path == THIS:
            urls = [url for kind in part.types for url in kind.get("profile", [])]
            return any(self._conforms(value, url, scope) for url in urls)
        reference = value.get("reference") if isinstance(value, dict) else None
        target = scope.resolve(reference) if isinstance(reference, str) else None
        if target is None:
            return False
        inside = scope.within(target)
        wanted = [url for kind in part.types for url in kind.get("targetProfile", [])]
        return any(self._conforms(target, url, inside) for url in wanted)


def _codings(value: Any) -> Iterator[Json]:
    listed = value.get("coding") if isinstance(value, dict) else None
    if isinstance(listed, list):
        yield from (c for c in listed if isinstance(c, dict))
    elif isinstance(value, dict):
        yield value


def _descend(element: Element, path: str) -> Element | None:
    """Return the element at a discriminator's path below a slice."""
    here: Element | None = element
    if path == THIS:
        return here
    for step in path.split("."):
        children = here.inner() if here else {}
        here = children.get(step) or children.get(step + CHOICE)
    return here


def _values(value: Any, path: str) -> Iterator[Any]:
    """Yield the values at a discriminator's path below a value."""
    if path == THIS:
        yield value
        return
    step, _, rest = path.partition(".")
    if not isinstance(value, dict):
        return
    here = value.get(step)
    if here is None:
        size = len(step)
        here = next(
            (v for k, v in value.items() if k.startswith(step) and k[size : size + 1].isupper()),
            None,
        )
    for item in here if isinstance(here, list) else [here]:
        if item is not None:
            yield from _values(item, rest) if rest else [item]
