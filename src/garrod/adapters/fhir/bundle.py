"""The resources of one patient among those of a bundle, and what they refer to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from garrod.adapters.fhir.json import Resource, many, one, text

Entries = tuple[tuple[str, Resource], ...]  # full URL, resource


@dataclass(frozen=True, slots=True)
class Own:
    """One patient's view of a bundle. `names` are the references that mean the patient."""

    names: frozenset[str] = field(default=frozenset(), repr=False)
    entries: Entries = field(default=(), repr=False)

    def of(self, *kinds: str) -> Iterator[Resource]:
        """Yield the patient's resources of some kinds."""
        for resource in self.all_of(*kinds):
            if self.is_own(resource):
                yield resource

    def all_of(self, *kinds: str) -> Iterator[Resource]:
        """Yield the resources of some kinds, whoever they belong to."""
        for _, resource in self.entries:
            if text(resource, "resourceType") in kinds:
                yield resource

    def is_own(self, resource: Resource) -> bool:
        """Return whether a resource belongs to the patient; one that names nobody does."""
        who = text(one(resource, "subject") or one(resource, "patient"), "reference")
        who = who.partition("/_history/")[0]
        return not who or who in self.names or any(who.endswith(f"/{n}") for n in self.names)

    def referred(self, resource: Resource, reference: str, kind: str) -> Resource:
        """Return the resource of a kind that a reference means, contained or in the bundle."""
        if reference.startswith("#"):
            inside = (c for c in many(resource, "contained") if text(c, "id") == reference[1:])
            return next(inside, {})
        plain = reference.partition("/_history/")[0]
        for url, other in self.entries:
            name = f"{kind}/{text(other, 'id')}"
            is_meant = plain in (url, name) or plain.endswith(f"/{name}")
            if plain and is_meant and text(other, "resourceType") == kind:
                return other
        return {}


NOBODY = Own()


def own_of(url: str, patient: Resource, entries: Entries) -> Own:
    """Return a patient's view of a bundle."""
    names = frozenset((url, f"Patient/{text(patient, 'id')}")) - {"", "Patient/"}
    return Own(names, entries)
