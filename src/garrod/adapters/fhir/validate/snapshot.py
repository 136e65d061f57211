"""Makes the snapshot of a profile: the elements of what it constrains, with its differential.

base snapshot + differential -> snapshot; children and slices are added where the profile names them
Source: HL7 FHIR R4 4.0.1, profiling (differential and snapshot, slicing).
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable
from typing import Any

Json = dict[str, Any]
Structure = Callable[[str], Json | None]  # a StructureDefinition with a snapshot, by its URL
TYPES = "http://hl7.org/fhir/StructureDefinition/"
CHOICE = "[x]"
BY_TYPE = {"discriminator": [{"type": "type", "path": "$this"}], "rules": "open"}
# What a differential adds to, and what it cannot take away.
ADDED = ("constraint",)
OWN = ("id", "path")


class SnapshotError(Exception):
    """A differential that cannot be laid over its base; says which element, and why."""


def snapshot(profile: Json, structure: Structure) -> Json:
    """Return the profile with a snapshot.  Raises: SnapshotError."""
    base = structure(profile.get("baseDefinition", ""))
    if base is None:
        raise SnapshotError(f"its base {profile.get('baseDefinition')} is not at hand")
    maker = _Maker(base["snapshot"]["element"], structure)
    for element in profile.get("differential", {}).get("element", []):
        maker.lay(element)
    return {**profile, "snapshot": {"element": maker.elements()}}


class _Maker:
    """The elements of a snapshot under construction, by id, in order."""

    def __init__(self, base: Iterable[Json], structure: Structure) -> None:
        self._by_id = {str(e.get("id", e["path"])): copy.deepcopy(e) for e in base}
        self._structure = structure

    def elements(self) -> list[Json]:
        """Return the elements, each below its parent."""
        return list(self._by_id.values())

    def lay(self, change: Json) -> None:
        """Lay one element of the differential over the snapshot.  Raises: SnapshotError."""
        name = self._made(self._proper(str(change.get("id", change["path"]))))
        element = self._by_id[name]
        for key, value in change.items():
            if key in ADDED:
                element[key] = [*element.get(key, []), *value]
            elif key not in OWN:
                _drop_rival(element, key)
                element[key] = value

    def _proper(self, name: str) -> str:
        """Return an id where a choice is named as such: valueQuantity is value[x]:valueQuantity."""
        above, _, last = name.rpartition(".")
        stem = last.partition(":")[0]
        if not above or f"{above}.{stem}" in self._by_id or stem.endswith(CHOICE):
            return name
        self._expanded(self._made(above))
        for known, element in self._by_id.items():
            if known.rpartition(".")[0] != above or not known.endswith(CHOICE):
                continue
            start = known.rpartition(".")[2].removesuffix(CHOICE)
            for kind in element.get("type", []):
                if stem == start + kind["code"][:1].upper() + kind["code"][1:]:
                    return f"{known}:{stem}"
        return name

    def _made(self, name: str) -> str:
        """Return the id of an element that is there now: it, and what it stands in, are made."""
        if name in self._by_id:
            return name
        above, _, last = name.rpartition(".")
        if not above:
            raise SnapshotError(f"{name}: is no element of its base")
        self._expanded(self._made(above))
        if name in self._by_id:
            return name
        stem, _, part = last.partition(":")
        whole = f"{above}.{stem}"
        if not part or whole not in self._by_id:
            raise SnapshotError(f"{name}: is no element of its base")
        self._slice(name, whole, part)
        return name

    def _slice(self, name: str, whole: str, part: str) -> None:
        """Add a slice of an element: like it, and once or not at all until it is said."""
        element = self._by_id[whole]
        made = {k: v for k, v in copy.deepcopy(element).items() if k != "slicing"}
        made |= {"id": name, "sliceName": part, "min": 0}
        if whole.endswith(CHOICE):
            element.setdefault("slicing", BY_TYPE)
            start = whole.rpartition(".")[2].removesuffix(CHOICE)
            kinds = [k for k in made.get("type", []) if part.lower() == (start + k["code"]).lower()]
            made["type"] = kinds or made.get("type", [])
        elif made.get("type") and made["type"][0]["code"] == "Extension":
            by_url = {"discriminator": [{"type": "value", "path": "url"}], "rules": "open"}
            element.setdefault("slicing", by_url)
        self._insert(whole, [made])

    def _expanded(self, name: str) -> None:
        """Add the children of an element: those of the element that it is a slice of, or its type.

        Raises: SnapshotError where several types leave open which children there are.
        """
        if any(known.startswith(f"{name}.") for known in self._by_id):
            return
        element = self._by_id[name]
        above, _, last = name.rpartition(".")
        whole = f"{above}.{last.partition(':')[0]}"
        same = str(element.get("contentReference", "")).removeprefix("#")
        for origin in (whole if whole != name else "", same):
            below = [e for k, e in self._by_id.items() if origin and k.startswith(f"{origin}.")]
            if below:
                self._insert(name, [_moved(e, origin, element, name) for e in below])
                return
        tree = self._tree(name, element)
        root = str(tree[0].get("id", tree[0]["path"]))
        self._insert(name, [_moved(e, root, element, name) for e in tree[1:]])

    def _tree(self, name: str, element: Json) -> list[Json]:
        kinds = element.get("type", [])
        if len(kinds) != 1:
            raise SnapshotError(f"{name}: has several types, and parts of one of them are named")
        urls = [*kinds[0].get("profile", [])[:1], TYPES + kinds[0]["code"]]
        found = next((s for s in map(self._structure, urls) if s), None)
        if found is None:
            raise SnapshotError(f"{name}: its type {kinds[0]['code']} is not at hand")
        return list(found["snapshot"]["element"])

    def _insert(self, name: str, made: list[Json]) -> None:
        """Put elements behind an element and what stands below it."""
        order = list(self._by_id)
        last = max(n for n, known in enumerate(order) if _is_within(known, name))
        items = list(self._by_id.items())
        added = [(str(e["id"]), e) for e in made]
        self._by_id = dict([*items[: last + 1], *added, *items[last + 1 :]])


def _is_within(known: str, name: str) -> bool:
    return known == name or known.startswith((f"{name}.", f"{name}:"))


def _moved(element: Json, origin: str, parent: Json, name: str) -> Json:
    """Return an element of another tree as it stands below its new parent."""
    made = copy.deepcopy(element)
    old = str(made.get("id", made["path"]))
    made["id"] = name + old.removeprefix(origin)
    steps = made["id"].split(".")[len(name.split(".")) :]
    made["path"] = ".".join([parent["path"], *(s.partition(":")[0] for s in steps)])
    return made


def _drop_rival(element: Json, key: str) -> None:
    """Drop a fixed value or pattern that the one laid over it replaces."""
    for start in ("fixed", "pattern"):
        if key.startswith(start):
            for other in [k for k in element if k.startswith(start)]:
                del element[other]
