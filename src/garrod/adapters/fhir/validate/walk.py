"""Walks a resource along the snapshot of its profile, and gathers what is wrong.

resource, profile -> each element: how many, which type, which value, which slice, which rule
A resource is checked against FHIR's own definition of its type and every profile that it claims.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from garrod.adapters.fhir.validate.bindings import misbound
from garrod.adapters.fhir.validate.definitions import Definitions
from garrod.adapters.fhir.validate.element import Element
from garrod.adapters.fhir.validate.instance import Scope, type_named
from garrod.adapters.fhir.validate.invariants import broken
from garrod.adapters.fhir.validate.issue import Issue, Outcome, Severity
from garrod.adapters.fhir.validate.matching import holds, is_fixed
from garrod.adapters.fhir.validate.primitive import misshapen
from garrod.adapters.fhir.validate.slicing import Slicer

Json = dict[str, Any]
RESOURCES = ("Resource", "DomainResource")
CONTAINED = "contained"
RESOURCE_ID = "Resource.id"  # its snapshot says a string; FHIR R4 says an id


class Validator:
    """Validates resources against the definitions that it was given."""

    def __init__(self, definitions: Definitions) -> None:
        self._definitions = definitions
        self._slicer = Slicer(definitions, self._conforms)
        self._unchecked: Counter[str] = Counter()
        self._known: dict[tuple[int, str], bool] = {}

    def validate(self, resource: Json, profiles: Sequence[str] = ()) -> Outcome:
        """Return what is wrong with a resource, by its claimed profiles and those given."""
        self._unchecked, self._known = Counter(), {}
        kind = resource.get("resourceType")
        found = list(self._resource(resource, Scope(resource), str(kind), profiles))
        return Outcome(tuple(dict.fromkeys(found)), dict(self._unchecked))

    def _resource(
        self, resource: Any, scope: Scope, path: str, more: Sequence[str] = ()
    ) -> Iterator[Issue]:
        kind = resource.get("resourceType") if isinstance(resource, dict) else None
        tree = self._definitions.type_tree(kind) if isinstance(kind, str) else None
        if tree is None:
            yield _wrong("type", path, "this is not a resource of FHIR R4")
            return
        yield from self._against(resource, tree, scope, path)
        for url in dict.fromkeys((*_claimed(resource), *more)):
            profile = self._definitions.tree(url)
            if profile is None:
                text = f"the profile {url} is not among the definitions"
                yield Issue(Severity.WARNING, "profile", path, text)
            elif self._definitions.type_of(url) != kind:
                yield _wrong("profile", path, f"{url} is not a profile of {kind}")
            else:
                yield from self._against(resource, profile, scope, path)

    def _conforms(self, value: Any, url: str, scope: Scope) -> bool:
        """Return whether a resource keeps a profile; asked once for each pair."""
        key = (id(value), url.partition("|")[0])
        if key not in self._known:
            self._known[key] = True  # a circle of references does not end here otherwise
            tree = self._definitions.tree(url)
            kind = value.get("resourceType", "") if isinstance(value, dict) else ""
            is_kind = tree is not None and self._definitions.type_of(url) in (
                kind,
                *self._definitions.ancestry(kind),
            )
            found = self._against(value, tree, scope, "") if tree and is_kind else ()
            self._known[key] = is_kind and not any(i.severity is Severity.ERROR for i in found)
        return self._known[key]

    def _against(self, value: Any, element: Element, scope: Scope, path: str) -> Iterator[Issue]:
        """Yield what is wrong with an object, as an element with children describes it."""
        if not isinstance(value, dict) or not value:
            yield _wrong("shape", path, f"an object with something in it was expected at {path}")
            return
        names, present = element.by_json_name, {id(c): c for c in element.obliged}
        for key in value:
            child = names.get(key.removeprefix("_"))
            if child is not None:
                present[id(child)] = child
            elif key != "resourceType":
                yield _wrong("unknown", f"{path}.{key}", f"{key} is not an element of {path}")
        for child in present.values():
            yield from self._child(value, child, scope, path)
        yield from broken(element, value, scope, path, self._unchecked)

    def _child(self, holder: Json, child: Element, scope: Scope, path: str) -> Iterator[Issue]:
        given = [(n, kind) for n, kind in child.json_names if n in holder or f"_{n}" in holder]
        if len({name for name, _ in given}) > 1:
            yield _wrong("max", path, f"only one of {', '.join(n for n, _ in given)} may be given")
        found: list[tuple[str, str, Any, Json]] = []
        for name in dict.fromkeys(name for name, _ in given):
            kind = next(kind for other, kind in given if other == name)
            place = f"{path}.{name}"
            values, fault = _listed(holder, name, is_list=child.is_list)
            if fault:
                yield _wrong("shape", place, fault)
            for number, value in enumerate(values):
                at = f"{place}[{number}]" if child.is_list else place
                found.append((name, at, value, kind))
        yield from _counted(child, len(found), path)
        for _, at, value, kind in found:
            yield from self._value(value, child, kind, scope, at)
        if child.slices:
            yield from self._slices(child, found, scope, path)

    def _slices(
        self,
        child: Element,
        found: Iterable[tuple[str, str, Any, Json]],
        scope: Scope,
        path: str,
    ) -> Iterator[Issue]:
        counts: Counter[str] = Counter()
        for name, at, value, _ in found:
            part = self._slicer.slice_of(child, name, value, scope)
            if part is None:
                if child.raw.get("slicing", {}).get("rules") == "closed":
                    yield _wrong("slice", at, f"{at} is of no slice, and no other is allowed")
                continue
            counts[str(part.raw["sliceName"])] += 1
            kind = next((k for n, k in part.json_names if n == name), {})
            yield from self._value(value, part, kind, scope, at)
        for slice_name, part in child.slices.items():
            yield from _counted(part, counts[slice_name], path, called=f":{slice_name}")

    def _value(
        self, value: Any, element: Element, kind: Json, scope: Scope, path: str
    ) -> Iterator[Issue]:
        """Yield what is wrong with one value of an element, given as a type."""
        fixed, pattern = element.fixed, element.pattern
        if fixed is not None and not is_fixed(value, fixed):
            yield _wrong("fixed", path, f"{path} must be {fixed!r}", element)
        if pattern is not None and not holds(value, pattern):
            yield _wrong("pattern", path, f"{path} must hold {pattern!r}", element)
        yield from misbound(self._definitions, element, value, path, self._unchecked)
        code = kind.get("code", "")
        if code in RESOURCES and not element.inner():
            is_inside = element.name == CONTAINED
            inside = scope.inside(value) if is_inside else scope.within(value)
            yield from self._resource(value, inside, path)
        elif code and self._definitions.is_primitive(code):
            is_id = element.raw.get("base", {}).get("path") == RESOURCE_ID
            yield from misshapen(self._definitions, "id" if is_id else code, value, path)
            yield from broken(element, value, scope, path, self._unchecked)
        else:
            yield from self._complex(value, element, kind, scope, path)

    def _complex(
        self, value: Any, element: Element, kind: Json, scope: Scope, path: str
    ) -> Iterator[Issue]:
        code = kind.get("code", "")
        tree = self._definitions.type_tree(code) if code else None
        if element.inner():
            yield from self._against(value, element, scope, path)
        elif tree is not None:
            yield from self._against(value, tree, scope, path)
            yield from broken(element, value, scope, path, self._unchecked)
        elif code:
            yield _wrong("type", path, f"the type {code} is not among the definitions")
        for profile in self._profiles_of(value, kind):
            yield from self._against(value, profile, scope, path)
        if code == "Extension":
            yield from self._extension(value, path)
        if code == "Reference":
            yield from self._reference(value, kind, scope, path)

    def _profiles_of(self, value: Any, kind: Json) -> Iterator[Element]:
        """Yield the profiles of a type that a value must keep: the one stated; an extension's own.

        Where a type allows several profiles, a value may keep any: that is left to the slices.
        """
        urls = kind.get("profile", [])
        if kind.get("code") == "Extension" and not urls and isinstance(value, dict):
            urls = [value.get("url")] if isinstance(value.get("url"), str) else []
        if len(urls) == 1 and (tree := self._definitions.tree(urls[0])):
            yield tree

    def _extension(self, value: Any, path: str) -> Iterator[Issue]:
        url = value.get("url") if isinstance(value, dict) else None
        is_absolute = isinstance(url, str) and ":" in url
        if is_absolute and self._definitions.tree(str(url)) is None:
            if path.rpartition(".")[2].startswith("modifierExtension"):
                yield _wrong("extension", path, f"{url} changes the meaning and is not known")
            else:
                text = f"the extension {url} is not among the definitions"
                yield Issue(Severity.INFORMATION, "extension", path, text)

    def _reference(self, value: Any, kind: Json, scope: Scope, path: str) -> Iterator[Issue]:
        """Yield where a reference leads nowhere inside, or to a resource of another type."""
        reference = value.get("reference") if isinstance(value, dict) else None
        if not isinstance(reference, str):
            return
        target = scope.resolve(reference)
        if target is None and (reference.startswith("#") or _is_lost(reference, scope)):
            yield _wrong("reference", path, "this reference leads to nothing here")
            return
        found = target.get("resourceType", "") if target else type_named(reference)
        allowed = [
            self._definitions.type_of(url) or url.rpartition("/")[2]
            for url in kind.get("targetProfile", [])
        ]
        if found and allowed and "Resource" not in allowed and found not in allowed:
            told = f"a {found} is referred to; it may be: {', '.join(allowed)}"
            yield _wrong("reference", path, told)


def _is_lost(reference: str, scope: Scope) -> bool:
    """Return whether a reference by UUID leads out of its bundle: it can be found nowhere else."""
    return reference.startswith("urn:uuid:") and scope.bundle is not None


def _claimed(resource: Json) -> list[str]:
    meta = resource.get("meta")
    listed = meta.get("profile") if isinstance(meta, dict) else None
    return [p for p in listed if isinstance(p, str)] if isinstance(listed, list) else []


def _wrong(rule: str, path: str, message: str, element: Element | None = None) -> Issue:
    return Issue(Severity.ERROR, rule, path, message, element.profile if element else "")


def _counted(element: Element, count: int, path: str, called: str = "") -> Iterator[Issue]:
    place = f"{path}.{element.name}"
    if count < element.least:
        text = f"{element.name}{called} is there {count} times, at least {element.least} expected"
        yield _wrong("min", place, text, element)
    if count > element.most:
        text = f"{element.name}{called} is there {count} times, at most {element.most} allowed"
        yield _wrong("max", place, text, element)


def _listed(holder: Json, name: str, *, is_list: bool) -> tuple[list[Any], str]:
    """Return the values of an element and what is wrong with how they stand.

    A primitive may have an extension beside it, under the name with "_", and no value of its own.
    """
    value, beside = holder.get(name), holder.get(f"_{name}")
    if is_list != isinstance(value if name in holder else beside, list):
        expected = "an array" if is_list else "no array"
        return ([], f"{name} must be {expected}")
    if not is_list:
        return [beside if value is None else value], ""
    values, extras = value or [], beside or []
    if not values and not extras:
        return [], f"{name} is an array without anything in it"
    size = max(len(values), len(extras))
    whole = [*values, *[None] * (size - len(values))]
    more = [*extras, *[None] * (size - len(extras))]
    return [m if v is None else v for v, m in zip(whole, more, strict=True)], ""
