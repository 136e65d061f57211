"""Turns FHIR XML into the JSON of the same resource, by the facts of FHIR R4.

Which elements repeat and of which types they are stands in the facts; decimals stay as written.
Source: HL7 FHIR R4 4.0.1, XML and JSON representations.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from garrod.adapters.fhir.check.facts import ElementFact, Facts
from garrod.adapters.fhir.check.narrative import XHTML
from garrod.core.errors import FhirError

Json = dict[str, Any]
FHIR = "{http://hl7.org/fhir}"
WHOLE = ("integer", "positiveInt", "unsignedInt")
RESOURCES = ("Resource", "DomainResource")
DECLARED = ("<!DOCTYPE", "<!ENTITY")  # what makes XML dangerous, and no resource needs


def from_xml(content: bytes, facts: Facts) -> Json:
    """Return the resource in FHIR XML as parsed JSON.  Raises: FhirError FHR001."""
    try:
        text = content.decode("utf-8-sig")
        if any(mark in text for mark in DECLARED):
            raise FhirError("the XML declares a document type or entity; leave it out")
        root = ET.fromstring(text)
        return _Reader(facts).resource(root)
    except (UnicodeDecodeError, ET.ParseError, RecursionError) as error:
        raise FhirError(f"this is not FHIR XML ({type(error).__name__}: {error})") from error


class _Reader:
    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._kinds = facts.resource_kinds()
        self._names: dict[str, dict[str, tuple[ElementFact, str]]] = {}

    def resource(self, node: ET.Element) -> Json:
        kind = node.tag.removeprefix(FHIR)
        if kind not in self._kinds or kind == node.tag:
            raise FhirError("the XML holds no resource of FHIR R4, in the namespace of FHIR")
        return {"resourceType": kind, **self._object(node, kind)}

    def _known(self, path: str) -> dict[str, tuple[ElementFact, str]]:
        """Return the elements below a path by JSON name, each with the type that it is of."""
        if path not in self._names:
            self._names[path] = {
                name: (fact, kind)
                for fact in self._facts.parts(path)
                for name, kind in ([(fact.name, "")] if fact.same_as else fact.json_names())
            }
        return self._names[path]

    def _object(self, node: ET.Element, path: str) -> Json:
        found: Json = dict(node.attrib)  # id, and url of an extension
        known = self._known(path)
        for child in node:
            name = str(child.tag).rpartition("}")[2]
            if name not in known:
                raise FhirError(f"the XML has an element {name[:40]!r} that {path} has not")
            fact, kind = known[name]
            self._add(found, name, fact, self._value(child, fact, kind))
        return found

    def _add(self, found: Json, name: str, fact: ElementFact, value: tuple[Any, Json]) -> None:
        plain, beside = value
        if not fact.is_list:
            found.update({name: plain} if plain is not None else {})
            found.update({f"_{name}": beside} if beside else {})
            return
        found.setdefault(name, []).append(plain)
        if beside or f"_{name}" in found:
            others = found.setdefault(f"_{name}", [None] * (len(found[name]) - 1))
            others.append(beside or None)

    def _value(self, node: ET.Element, fact: ElementFact, kind: str) -> tuple[Any, Json]:
        """Return the value of an element, and what stands beside a primitive."""
        if fact.same_as:
            return self._object(node, fact.same_as), {}
        if kind in RESOURCES or kind in self._kinds:
            return self.resource(node[0]), {}
        if kind == "xhtml":
            return "".join(_written(node, is_outer=True)), {}
        if self._facts.is_primitive(kind):
            attributes = {k: v for k, v in node.attrib.items() if k != "value"}
            beside = self._object(node, "Element") | attributes
            beside.pop("value", None)
            text = node.get("value")
            return (None if text is None else _primitive(text, kind)), beside
        path = fact.path if self._facts.has_parts(fact.path) else kind
        return self._object(node, path), {}


def _primitive(text: str, kind: str) -> Any:
    """Return the JSON of a primitive; a text that is none stays one, for the check to refuse."""
    try:
        if kind == "boolean":
            return {"true": True, "false": False}.get(text, text)
        if kind in WHOLE:
            return int(text)
        if kind == "decimal":
            return Decimal(text)
    except (ValueError, InvalidOperation):
        return text
    return text


def _written(node: ET.Element, *, is_outer: bool = False) -> Iterator[str]:
    """Yield XHTML without prefixes, its namespace once."""
    name = str(node.tag).removeprefix(f"{{{XHTML}}}")
    space = f' xmlns="{XHTML}"' if is_outer else ""
    attributes = "".join(f" {k}={quoteattr(v)}" for k, v in node.attrib.items())
    is_empty = not node.text and not len(node) and name in ("br", "hr", "img")
    yield f"<{name}{space}{attributes}" + ("/>" if is_empty else ">")
    yield escape(node.text or "")
    for child in node:
        yield from _written(child)
        yield escape(child.tail or "")
    yield "" if is_empty else f"</{name}>"
