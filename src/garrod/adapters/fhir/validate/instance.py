"""The resource under validation: where its references lead, and how its JSON is walked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass(slots=True)
class Scope:
    """A resource with what can be referred to from it: its contained resources, its bundle.

    `holder` is the resource that contains this one, where one does.
    """

    root: Json
    bundle: Json | None = None
    holder: Json | None = None
    _by_name: dict[str, Json] | None = field(default=None, repr=False)

    def within(self, resource: Json) -> Scope:
        """Return the scope of a resource of this bundle."""
        bundle = self.root if self.root.get("resourceType") == "Bundle" else self.bundle
        names = self._names() if bundle is self.root else self._by_name
        return Scope(resource, bundle, None, names)

    def inside(self, resource: Json) -> Scope:
        """Return the scope of a contained resource: it refers to its siblings."""
        return Scope(resource, self.bundle, self.outermost, self._by_name)

    @property
    def outermost(self) -> Json:
        """Return the resource, or that which contains it."""
        return self.holder or self.root

    def resolve(self, reference: str) -> Json | None:
        """Return the resource that a reference leads to; None where it is not at hand."""
        if reference.startswith("#"):
            inside = self.outermost.get("contained")
            if reference == "#":
                return self.outermost
            listed = inside if isinstance(inside, list) else []
            return next((r for r in listed if _id(r) == reference[1:]), None)
        return self._names().get(reference.partition("/_history/")[0])

    def _names(self) -> dict[str, Json]:
        if self._by_name is None:
            bundle = self.bundle or self.root
            self._by_name = dict(_named(bundle)) if bundle.get("resourceType") == "Bundle" else {}
        return self._by_name


def _id(resource: Any) -> str:
    return str(resource.get("id", "")) if isinstance(resource, dict) else ""


def _named(bundle: Json) -> Iterator[tuple[str, Json]]:
    """Yield the names of a bundle's resources: full URL, and type with id."""
    entries = bundle.get("entry")
    for entry in entries if isinstance(entries, list) else []:
        resource = entry.get("resource") if isinstance(entry, dict) else None
        if isinstance(resource, dict):
            yield f"{resource.get('resourceType')}/{_id(resource)}", resource
            if isinstance(entry.get("fullUrl"), str):
                yield entry["fullUrl"], resource


def type_named(reference: str) -> str:
    """Return the type that a literal reference names: "Patient/1", ".../Patient/1"; "" of none."""
    parts = reference.partition("/_history/")[0].split("/")
    is_address = len(parts) == 2 or reference.startswith(("http://", "https://"))
    is_named = len(parts) > 1 and is_address and parts[-2][:1].isupper()
    return parts[-2] if is_named else ""
