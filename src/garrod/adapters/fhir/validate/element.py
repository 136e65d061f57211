"""The snapshot of a structure as a tree: each element with its children and its slices."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

Json = dict[str, Any]
MANY = "*"
CHOICE = "[x]"


@dataclass
class Element:
    """One element of a snapshot. `raw` is its ElementDefinition as it stands."""

    raw: Json
    profile: str
    children: dict[str, Element] = field(default_factory=dict)
    slices: dict[str, Element] = field(default_factory=dict)
    same_as: Element | None = None  # of a contentReference

    @cached_property
    def name(self) -> str:
        """The last part of the path: "component", "value[x]"."""
        return str(self.raw["path"]).rpartition(".")[2]

    @cached_property
    def json_names(self) -> list[tuple[str, Json]]:
        """Each JSON name that the element may have, with the type that it then is of."""
        return list(_json_names(self))

    @cached_property
    def by_json_name(self) -> dict[str, Element]:
        """The element's children by each JSON name that they may have."""
        return {name: child for child in self.inner().values() for name, _ in child.json_names}

    @cached_property
    def obliged(self) -> list[Element]:
        """The children that must be there, or of which a slice must be."""
        return [
            child
            for child in self.inner().values()
            if child.least or any(part.least for part in child.slices.values())
        ]

    @cached_property
    def least(self) -> int:
        """How many there must be."""
        return int(self.raw.get("min", 0))

    @cached_property
    def most(self) -> float:
        """How many there may be."""
        most = self.raw.get("max", MANY)
        return float("inf") if most == MANY else int(most)

    @cached_property
    def is_list(self) -> bool:
        """Whether its JSON is an array: what the base type says, not the profile."""
        most = self.raw.get("base", {}).get("max", self.raw.get("max", MANY))
        return most == MANY or int(most) > 1

    @property
    def types(self) -> list[Json]:
        """Return its types, each with code, profile and targetProfile."""
        return list(self.raw.get("type", []))

    @property
    def constraints(self) -> list[Json]:
        """Return its invariants, and those of the element that it refers to."""
        referred = self.same_as.raw.get("constraint", []) if self.same_as else []
        return [*self.raw.get("constraint", []), *referred]

    @cached_property
    def fixed(self) -> Any:
        """The value of fixed[x]; None where there is none."""
        return next((v for k, v in self.raw.items() if k.startswith("fixed")), None)

    @cached_property
    def pattern(self) -> Any:
        """The value of pattern[x]; None where there is none."""
        return next((v for k, v in self.raw.items() if k.startswith("pattern")), None)

    def inner(self) -> dict[str, Element]:
        """Return its own children, or those of the element that it refers to."""
        if self.children or self.same_as is None:
            return self.children
        return self.same_as.children


def tree_of(structure: Json) -> Element:
    """Return the root of a structure's snapshot."""
    listed = structure["snapshot"]["element"]
    url = structure["url"]
    by_id: dict[str, Element] = {}
    for raw in listed:
        name = raw.get("id", raw["path"])
        by_id[name] = Element(raw, url)
    root = next(iter(by_id.values()))
    for name, element in by_id.items():
        if element is not root:
            _hang(by_id, name, element)
    for element in by_id.values():
        pointed = element.raw.get("contentReference", "")
        element.same_as = by_id.get(pointed.rpartition("#")[2]) if pointed else None
    return root


def _hang(by_id: dict[str, Element], name: str, element: Element) -> None:
    """Put an element under its parent, or beside its siblings as a slice of theirs."""
    above, _, last = name.rpartition(".")
    stem, _, slice_name = last.partition(":")
    parent = by_id.get(above)
    if parent is None:
        return
    if not slice_name:
        parent.children[stem] = element
    elif stem in parent.children:
        parent.children[stem].slices[slice_name] = element


def _json_names(element: Element) -> Iterator[tuple[str, Json]]:
    """Yield each JSON name that an element may have, with the type that it then is of."""
    name = element.name
    if not name.endswith(CHOICE):
        for kind in element.types or [{}]:
            yield name, kind
        return
    stem = name.removesuffix(CHOICE)
    for kind in element.types:
        code = kind["code"]
        yield stem + code[0].upper() + code[1:], kind
