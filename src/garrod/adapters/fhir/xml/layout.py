"""What FHIR XML and JSON each call an element, and in which order and form its value stands.

facts of the pack fhir-r4 -> Layout: the parts of a type by JSON name and by XML tag
Source: HL7 FHIR R4 (4.0.1), https://hl7.org/fhir/R4/xml.html and json.html
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto

from garrod.adapters.fhir.check.facts import ElementFact, Facts

FHIR = "http://hl7.org/fhir"
XHTML = "http://www.w3.org/1999/xhtml"
KIND = "resourceType"
ELEMENT = "Element"  # what a primitive may hold beside its value: id and extensions
ATTRIBUTES = frozenset({"Element.id", "Extension.url"})  # the parts that XML writes as attributes
RESOURCES = frozenset({"Resource", "DomainResource"})
NUMBERS = frozenset({"decimal", "integer", "positiveInt", "unsignedInt"})


class Sort(Enum):
    """What the JSON of a part is."""

    TEXT = auto()
    NUMBER = auto()
    BOOLEAN = auto()
    COMPLEX = auto()
    RESOURCE = auto()
    XHTML = auto()


PRIMITIVES = frozenset({Sort.TEXT, Sort.NUMBER, Sort.BOOLEAN})


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a type under one of its names: where it stands, how often, and what it is."""

    name: str
    place: int
    is_list: bool
    sort: Sort
    is_primitive: bool
    is_attribute: bool
    path: str  # the layout of what it holds; of a primitive, that of Element


class Layout:
    """The parts of a type, or of an element with parts of its own."""

    __slots__ = ("attributes", "parts", "path", "tags")

    def __init__(self, path: str, parts: Iterator[Part]) -> None:
        self.path = path
        self.parts = {part.name: part for part in parts}
        self.attributes = {n: p for n, p in self.parts.items() if p.is_attribute}
        self.tags = {_tag(p): p for p in self.parts.values() if not p.is_attribute}


class Layouts:
    """The layouts of all types, each made when it is first asked for."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._made: dict[str, Layout] = {}
        self._kinds = facts.resource_kinds()
        self._by_tag = {f"{FHIR} {kind}": kind for kind in self._kinds}
        self.element = self.of(ELEMENT)

    def of(self, path: str) -> Layout:
        """Return the layout of a type, or of an element with parts of its own."""
        made = self._made.get(path)
        if made is None:
            made = self._made[path] = Layout(path, self._parts(path))
        return made

    def kind_of_tag(self, tag: str) -> str | None:
        """Return the type of resource that an expanded tag names, None where it names none."""
        return self._by_tag.get(tag)

    def is_kind(self, name: str) -> bool:
        """Return whether a resource of that type can be sent."""
        return name in self._kinds

    def _parts(self, path: str) -> Iterator[Part]:
        for place, fact in enumerate(self._facts.parts(path), 1):
            if fact.same_as:
                yield _part(fact.name, place, fact, Sort.COMPLEX, fact.same_as)
                continue
            for name, kind in fact.json_names():
                yield self._of_kind(name, place, fact, kind)

    def _of_kind(self, name: str, place: int, fact: ElementFact, kind: str) -> Part:
        if kind == "xhtml":
            return _part(name, place, fact, Sort.XHTML, ELEMENT)
        if kind in RESOURCES or kind in self._kinds:
            return _part(name, place, fact, Sort.RESOURCE, ELEMENT)
        if self._facts.has_parts(fact.path):
            return _part(name, place, fact, Sort.COMPLEX, fact.path)
        if not self._facts.is_primitive(kind):
            return _part(name, place, fact, Sort.COMPLEX, kind)
        if kind == "boolean":
            return _part(name, place, fact, Sort.BOOLEAN, ELEMENT)
        return _part(name, place, fact, Sort.NUMBER if kind in NUMBERS else Sort.TEXT, ELEMENT)


def _part(name: str, place: int, fact: ElementFact, sort: Sort, path: str) -> Part:
    is_attribute = fact.path in ATTRIBUTES
    return Part(name, place, fact.is_list, sort, sort in PRIMITIVES, is_attribute, path)


def _tag(part: Part) -> str:
    return f"{XHTML if part.sort is Sort.XHTML else FHIR} {part.name}"
