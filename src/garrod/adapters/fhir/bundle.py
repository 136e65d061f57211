"""The resources of one patient among those of a bundle, and what they refer to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar

from garrod.adapters.fhir.json import Resource, many, one, text

T = TypeVar("T")

Entries = tuple[tuple[str, Resource], ...]  # full URL, resource
_Found = dict[tuple[str, str], tuple[int, Resource]]  # by kind and name: place, resource


@dataclass(frozen=True, slots=True)
class Own:
    """One patient's view of a bundle. `names` are the references that mean the patient."""

    names: frozenset[str] = field(default=frozenset(), repr=False)
    entries: Entries = field(default=(), repr=False)
    _by_kind: dict[str, list[Resource]] = field(default_factory=dict, repr=False, compare=False)
    _by_name: _Found = field(default_factory=dict, repr=False, compare=False)
    _asked: dict[tuple[str, ...], list[Resource]] = field(
        default_factory=dict, repr=False, compare=False
    )
    _made: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)
    _is_own: dict[int, bool] = field(default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        for place, (url, resource) in enumerate(self.entries):
            kind = text(resource, "resourceType")
            self._by_kind.setdefault(kind, []).append(resource)
            self._is_own[id(resource)] = self._is_of_own(resource)
            for name in {url, f"{kind}/{text(resource, 'id')}"} - {""}:
                self._by_name.setdefault((kind, name), (place, resource))

    def of(self, *kinds: str) -> Iterator[Resource]:
        """Yield the patient's resources of some kinds, in the order of the bundle."""
        found = self._asked.get(kinds)
        if found is None:
            found = [r for r in self.all_of(*kinds) if self.is_own(r)]
            self._asked[kinds] = found
        yield from found

    def coded(self, kind: str, *codes: str) -> list[Resource]:
        """Return the patient's resources of a kind whose `code` has one of some codes, in order."""
        by = self.once(f"codes of {kind}", lambda: self._by_code(kind))
        places = {place for code in codes for place in by.get(code, ())}
        found = [*self.of(kind)] if places else []
        return [found[place] for place in sorted(places)]

    def _by_code(self, kind: str) -> dict[str, list[int]]:
        by: dict[str, list[int]] = {}
        for place, resource in enumerate(self.of(kind)):
            for coding in many(one(resource, "code"), "coding"):
                by.setdefault(text(coding, "code"), []).append(place)
        return by

    def once(self, name: str, make: Callable[[], T]) -> T:
        """Return what is made of these resources alone, and made once."""
        if name not in self._made:
            self._made[name] = make()
        found: T = self._made[name]
        return found

    def all_of(self, *kinds: str) -> Iterator[Resource]:
        """Yield the resources of some kinds, whoever they belong to."""
        if len(kinds) == 1:
            yield from self._by_kind.get(kinds[0], ())
            return
        for _, resource in self.entries:
            if resource.get("resourceType") in kinds:
                yield resource

    def is_own(self, resource: Resource) -> bool:
        """Return whether a resource belongs to the patient; one that names nobody does."""
        known = self._is_own.get(id(resource))
        return self._is_of_own(resource) if known is None else known

    def _is_of_own(self, resource: Resource) -> bool:
        who = text(one(resource, "subject") or one(resource, "patient"), "reference")
        who = who.partition("/_history/")[0]
        return not who or who in self.names or any(who.endswith(f"/{n}") for n in self.names)

    def referred(self, resource: Resource, reference: str, kind: str) -> Resource:
        """Return the resource of a kind that a reference means, contained or in the bundle."""
        if reference.startswith("#"):
            inside = (c for c in many(resource, "contained") if text(c, "id") == reference[1:])
            return next(inside, {})
        plain = reference.partition("/_history/")[0]
        tail = "/".join(plain.split("/")[-2:])
        found = [at for name in {plain, tail} if (at := self._by_name.get((kind, name)))]
        return min(found, key=lambda at: at[0])[1] if found else {}


NOBODY = Own()


def own_of(url: str, patient: Resource, entries: Entries) -> Own:
    """Return a patient's view of a bundle; who was merged into the patient is the patient."""
    others = (x for x in many(patient, "link") if text(x, "type") == "replaces")
    merged = {text(one(link, "other"), "reference") for link in others}
    names = frozenset((url, f"Patient/{text(patient, 'id')}", *merged)) - {"", "Patient/"}
    return Own(names, entries)
