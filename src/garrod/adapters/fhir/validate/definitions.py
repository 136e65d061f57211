"""The definitions that a validation reads: structures by URL and type, value sets, code systems.

They are handed in as parsed resources; nothing is fetched, and nothing is kept in the product.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from garrod.adapters.fhir.validate.element import Element, tree_of

Json = dict[str, Any]
BASE = "http://hl7.org/fhir/StructureDefinition/"
REGEX = "http://hl7.org/fhir/StructureDefinition/regex"
PRIMITIVE = "primitive-type"
SYSTEM_TYPE = "http://hl7.org/fhirpath/System."
COMPLETE = "complete"
Codes = frozenset[tuple[str, str]]  # system, code
Provider = Callable[[str], Json | None]


def _none(url: str) -> Json | None:
    return None


class Definitions:
    """An index of structure definitions, value sets and code systems; trees are built when asked.

    A definition that is handed in later replaces an earlier one with the same URL. `more` gives a
    structure, with its snapshot, that was not handed in; it is asked once for each URL.
    """

    def __init__(self, resources: Iterable[Json], more: Provider = _none) -> None:
        self._more = more
        self._structures: dict[str, Json] = {}
        self._types: dict[str, str] = {}
        self._sets: dict[str, Json] = {}
        self._systems: dict[str, Json] = {}
        self._trees: dict[str, Element] = {}
        self._codes: dict[str, Codes | None] = {}
        self._shapes: dict[str, str] = {}
        for resource in resources:
            self._add(resource)

    def _add(self, resource: Json) -> None:
        kind, url = resource.get("resourceType"), resource.get("url", "")
        if kind == "Bundle":
            for entry in resource.get("entry", []):
                self._add(entry.get("resource", {}))
        elif kind == "StructureDefinition" and resource.get("snapshot"):
            self._structures[url] = resource
            if resource.get("derivation") != "constraint":
                self._types[resource["type"]] = url
        elif kind == "ValueSet":
            self._sets[url] = resource
        elif kind == "CodeSystem":
            self._systems[url] = resource

    def tree(self, url: str) -> Element | None:
        """Return the tree of a structure, by its URL (a version after "|" is not looked at)."""
        plain = url.partition("|")[0]
        structure = self._structure(plain)
        if structure is None:
            return None
        if plain not in self._trees:
            self._trees[plain] = tree_of(structure)
        return self._trees[plain]

    def _structure(self, url: str) -> Json | None:
        if url not in self._structures and url:
            found = self._more(url)
            if found is None:
                return None
            self._structures[url] = found
        return self._structures.get(url)

    def type_tree(self, name: str) -> Element | None:
        """Return the tree of a type as FHIR itself defines it: "HumanName", "Patient"."""
        return self.tree(self._types.get(name, BASE + name))

    def type_of(self, url: str) -> str:
        """Return the type that a structure constrains: "Observation"; "" where it is not known."""
        structure = self._structure(url.partition("|")[0])
        if structure is not None:
            return str(structure["type"])
        return url.removeprefix(BASE) if url.removeprefix(BASE) in self._types else ""

    def ancestry(self, name: str) -> Iterator[str]:
        """Yield a type and those that it is made from: Age, Quantity, Element."""
        while name:
            yield name
            structure = self._structure(self._types.get(name, BASE + name)) or {}
            base = str(structure.get("baseDefinition", ""))
            name = self.type_of(base) if base else ""

    def is_primitive(self, name: str) -> bool:
        """Return whether a type is a primitive, whose JSON is a bare value."""
        structure = self._structure(self._types.get(name, BASE + name)) or {}
        return structure.get("kind") == PRIMITIVE or name.startswith(SYSTEM_TYPE)

    def shape(self, name: str) -> str:
        """Return the regular expression of a primitive; "" where none is stated."""
        if name not in self._shapes:
            self._shapes[name] = self._shape(name)
        return self._shapes[name]

    def _shape(self, name: str) -> str:
        tree = self.type_tree(name)
        value = tree.children.get("value") if tree else None
        for kind in value.raw.get("type", []) if value else []:
            for extension in kind.get("extension", []):
                if extension.get("url") == REGEX:
                    return str(extension.get("valueString", ""))
        return ""

    def codes(self, url: str) -> Codes | None:
        """Return all codes of a value set; None where they cannot be listed from what is here."""
        plain = url.partition("|")[0]
        if plain not in self._codes:
            self._codes[plain] = None  # a value set that includes itself cannot be listed
            self._codes[plain] = self._expanded(plain)
        return self._codes[plain]

    def whole_systems(self, url: str) -> frozenset[str]:
        """Return the systems of a value set that takes all codes of each; none of any other set."""
        parts = self._sets.get(url.partition("|")[0], {}).get("compose", {}).get("include", [])
        is_whole = all(set(part) <= {"system", "version"} and "system" in part for part in parts)
        return frozenset(part["system"] for part in parts) if is_whole else frozenset()

    def _expanded(self, url: str) -> Codes | None:
        compose = self._sets.get(url, {}).get("compose")
        if not compose:
            return None
        included = [self._included(part) for part in compose.get("include", [])]
        excluded = [self._included(part) for part in compose.get("exclude", [])]
        if None in included or None in excluded:
            return None
        whole = frozenset(c for part in included for c in part or ())
        return whole - frozenset(c for part in excluded for c in part or ())

    def _included(self, part: Json) -> Codes | None:
        """Return the codes of one part: of a system, listed or all, and in every set it names."""
        named = [self.codes(url) for url in part.get("valueSet", [])]
        if None in named or "filter" in part:
            return None
        own = self._of_system(part)
        if own is None and "system" in part:
            return None
        every = [c for c in (*named, own) if c is not None]
        return frozenset.intersection(*every) if every else None

    def _of_system(self, part: Json) -> Codes | None:
        system = part.get("system", "")
        if "concept" in part:
            return frozenset((system, c["code"]) for c in part["concept"])
        known = self._systems.get(system, {})
        if known.get("content") != COMPLETE or not known.get("concept"):
            return None
        return frozenset((system, code) for code in _all_of(known["concept"]))


def _all_of(concepts: Iterable[Json]) -> Iterator[str]:
    for concept in concepts:
        yield concept["code"]
        yield from _all_of(concept.get("concept", []))
