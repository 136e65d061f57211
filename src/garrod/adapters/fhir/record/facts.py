"""What can be searched by: the rows of the pack fhir-r4-search, looked up kind by kind.

Source: HL7 FHIR R4 (4.0.1), search parameters, CC0; see the pack's evidence.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from garrod.care.record.query import ParamType
from garrod.knowledge.pack import Row
from garrod.knowledge.shelf import Shelf

PACK = "fhir-r4-search"
ANY_KIND = "Resource"  # the kind whose parameters every kind has
ANY_TARGET = "*"
SEPARATOR = " || "


@dataclass(frozen=True, slots=True)
class Part:
    """One value of a composite: its type, and where it is found below the composite's base."""

    type: ParamType
    expression: str


@dataclass(frozen=True, slots=True)
class Parameter:
    """One search parameter of one kind."""

    kind: str
    name: str
    type: ParamType
    expression: str
    targets: tuple[str, ...] = ()  # kinds that a reference may name; empty: any
    parts: tuple[Part, ...] = ()

    @property
    def is_served(self) -> bool:
        """Return whether it is indexed here: composites of three parts are not."""
        return len(self.parts) in (0, 2)


@dataclass(frozen=True, slots=True)
class Element:
    """One element: its types (or where its content stands), and the system that its code implies.

    `name` is the member's name without [x]; `is_choice` says that the type's name follows it.
    """

    path: str
    name: str
    types: tuple[str, ...]
    system: str
    is_choice: bool


class SearchFacts:
    """The parameters, elements and compartments that the pack on a shelf states."""

    def __init__(self, shelf: Shelf) -> None:
        self.kinds = frozenset(row["kind"] for row in shelf.rows(PACK, "kinds"))
        self._rows: dict[str, list[Row]] = {}
        for row in shelf.rows(PACK, "parameters"):
            self._rows.setdefault(row["kind"], []).append(row)
        self._elements = {row["path"]: row for row in shelf.rows(PACK, "elements")}
        self._compartment: dict[str, list[str]] = {}
        for row in shelf.rows(PACK, "compartment"):
            self._compartment.setdefault(row["kind"], []).append(row["name"])
        self._shown = {row["kind"]: row for row in shelf.rows(PACK, "shown")}
        self._parameters: dict[str, Mapping[str, Parameter]] = {}

    def parameters(self, kind: str) -> Mapping[str, Parameter]:
        """Return the parameters of a kind by name, those that every kind has among them."""
        found = self._parameters.get(kind)
        if found is None:
            rows = (*self._rows.get(kind, ()), *self._rows.get(ANY_KIND, ()))
            found = self._parameters[kind] = {row["name"]: _parameter(kind, row) for row in rows}
        return found

    def parameter(self, kind: str, name: str) -> Parameter | None:
        """Return one parameter of a kind, or None where it has none of that name."""
        return self.parameters(kind).get(name)

    def element(self, parent: str, name: str) -> Element | None:
        """Return a member of an element or type, or None where the pack has none."""
        for path in (f"{parent}.{name}", f"{parent}.{name}[x]"):
            row = self._elements.get(path)
            if row is not None:
                types = tuple(row["types"].split())
                return Element(path, name, types, row["system"], path.endswith("[x]"))
        return None

    def compartment(self, kind: str) -> tuple[str, ...]:
        """Return the parameters by which a kind belongs to a patient's compartment."""
        return tuple(self._compartment.get(kind, ()))

    def summary(self, kind: str) -> tuple[str, ...]:
        """Return the paths of a kind's summary: "component.code", "value[x]"."""
        return self._told(kind, "summary")

    def kept(self, kind: str) -> tuple[str, ...]:
        """Return the elements that no part of a kind leaves out: required ones and modifiers."""
        return self._told(kind, "kept")

    def choices(self, kind: str) -> tuple[str, ...]:
        """Return the elements of a kind whose name tells their type: "value[x]"."""
        return self._told(kind, "choices")

    def _told(self, kind: str, column: str) -> tuple[str, ...]:
        row = self._shown.get(kind)
        return tuple(row[column].split()) if row else ()


def _parameter(kind: str, row: Row) -> Parameter:
    parts = [part.partition(":") for part in row["parts"].split(SEPARATOR) if part]
    targets = () if row["target"] == ANY_TARGET else tuple(row["target"].split())
    return Parameter(
        kind=kind,
        name=row["name"],
        type=ParamType(row["type"]),
        expression=row["expression"],
        targets=targets,
        parts=tuple(Part(ParamType(sort), expression) for sort, _, expression in parts),
    )
