"""The facts of FHIR R4 as the pack fhir-r4 states them, found by type and by path.

rows of the shelf -> Facts: the elements of a type with those that it inherits, rules, codes
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from garrod.knowledge.pack import Row, values_in
from garrod.knowledge.shelf import Shelf

PACK = "fhir-r4"
CHOICE = "[x]"
MANY = "*"
RESOURCE, PRIMITIVE = "resource", "primitive"
# Profiles that R4 names as types; JSON names say the type itself.
PROFILED = {"SimpleQuantity": "Quantity", "MoneyQuantity": "Quantity"}
ROOTS = ("BackboneElement", "Element")  # what an element with parts of its own is made from


@dataclass(frozen=True, slots=True)
class ElementFact:
    """One element: how often, of which types, with which codes, and which rules it keeps."""

    path: str
    least: int
    most: float
    types: tuple[str, ...]
    targets: tuple[str, ...]
    codes: str
    same_as: str
    rules: tuple[str, ...]

    @property
    def name(self) -> str:
        """Return the last part of the path without the mark of a choice."""
        return self.path.rpartition(".")[2].removesuffix(CHOICE)

    @property
    def is_choice(self) -> bool:
        """Return whether its JSON name says its type."""
        return self.path.endswith(CHOICE)

    @property
    def is_list(self) -> bool:
        """Return whether its JSON is an array."""
        return self.most > 1

    def json_names(self) -> Iterator[tuple[str, str]]:
        """Yield each JSON name that the element may have, with the type that it then is of."""
        for kind in self.types:
            said = PROFILED.get(kind, kind)
            yield (self.name + said[0].upper() + said[1:] if self.is_choice else self.name), kind


@dataclass(frozen=True, slots=True)
class RuleFact:
    """An invariant: its key in HL7's definitions, FHIRPath, and what it says in our words."""

    key: str
    severity: str
    expression: str
    words: str


class Facts:
    """The facts of FHIR R4. Rows are taken apart when a type is first asked for."""

    def __init__(self, shelf: Shelf) -> None:
        """Raises: KnowledgeError KNO002, KNO004."""
        self._kinds = {row["kind"]: row for row in shelf.rows(PACK, "kinds")}
        self._rules = {row["rule"]: row for row in shelf.rows(PACK, "rules")}
        self._sets: dict[str, dict[str, frozenset[str]]] = {}
        for row in shelf.rows(PACK, "codes"):
            codes = frozenset(values_in(row["codes"]))
            self._sets.setdefault(row["value_set"], {})[row["system"]] = codes
        self._below: dict[str, list[Row]] = {}
        self._of_path: dict[str, Row] = {}
        stems = set()
        for row in shelf.rows(PACK, "elements"):
            path = row["path"]
            self._below.setdefault(path.rpartition(".")[0], []).append(row)
            self._of_path[path] = row
            if path.endswith(CHOICE):
                stems.add(path.rpartition(".")[2].removesuffix(CHOICE))
        self.stems = frozenset(stems)  # names that may be written with a type: "value"
        self.reference = shelf.reference(PACK)

    def resource_kinds(self) -> frozenset[str]:
        """Return the names of all types of resource that can be sent."""
        return frozenset(
            name
            for name, row in self._kinds.items()
            if row["sort"] == RESOURCE and not row["is_abstract"]
        )

    def is_primitive(self, kind: str) -> bool:
        """Return whether a type's JSON is a bare value."""
        return self._kinds[kind]["sort"] == PRIMITIVE

    def shape(self, kind: str) -> str:
        """Return the regular expression of a primitive; "" where none is stated."""
        return self._kinds[kind]["shape"]

    def ancestry(self, kind: str) -> Iterator[str]:
        """Yield a type and those that it is made from: Age, Quantity, Element."""
        while kind in self._kinds:
            yield kind
            kind = self._kinds[kind]["base"]

    def has_parts(self, path: str) -> bool:
        """Return whether elements are stated below a path."""
        return path in self._below

    def parts(self, path: str) -> list[ElementFact]:
        """Return the elements of a type, or below an element, those inherited before its own."""
        found: dict[str, ElementFact] = {}
        for origin in reversed([*self._origins(path)]):
            for row in self._below.get(origin, ()):
                fact = _fact(row)
                found[fact.name] = fact
        return list(found.values())

    def rules_of(self, path: str) -> tuple[str, ...]:
        """Return the rules that a type itself states and inherits, or an element states."""
        rows = (self._of_path.get(origin) for origin in self._origins(path))
        return tuple(dict.fromkeys(rule for row in rows if row for rule in values_in(row["rules"])))

    def _origins(self, path: str) -> Iterator[str]:
        if "." not in path:
            yield from self.ancestry(path)
            return
        yield path
        kind = self._of_path[path]["types"] or ROOTS[0]
        yield from self.ancestry(kind)

    def rule(self, name: str) -> RuleFact:
        """Return an invariant by its name."""
        row = self._rules[name]
        return RuleFact(row["key"], row["severity"], row["expression"], row["words"])

    def kinds(self) -> tuple[str, ...]:
        """Return the names of all types."""
        return tuple(self._kinds)

    def value_sets(self) -> tuple[str, ...]:
        """Return the names of the value sets that elements require."""
        return tuple(self._sets)

    def codes(self, value_set: str) -> dict[str, frozenset[str]]:
        """Return the codes of a value set by system; none of a system stands for any of it."""
        return self._sets[value_set]


def _fact(row: Row) -> ElementFact:
    most = row["max"]
    return ElementFact(
        row["path"],
        int(row["min"]),
        float("inf") if most == MANY else int(most),
        values_in(row["types"]),
        values_in(row["targets"]),
        row["codes"],
        row["same_as"],
        values_in(row["rules"]),
    )
