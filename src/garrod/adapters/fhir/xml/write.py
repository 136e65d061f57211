"""FHIR JSON as FHIR XML: elements in the order that FHIR defines, each value as it was written.

bytes -> the record's strict parser, then numbers as they stand -> elements
Source: HL7 FHIR R4 (4.0.1), https://hl7.org/fhir/R4/xml.html and json.html; XML 1.0, 2.2 and 3.3.3
"""

from __future__ import annotations

import json
import re
from typing import Any, NamedTuple

from garrod.adapters.fhir.check.faults import kind_of_json
from garrod.adapters.fhir.record.parse import parse
from garrod.adapters.fhir.xml.layout import FHIR, KIND, Layout, Layouts, Part, Sort
from garrod.adapters.fhir.xml.narrative import embedded
from garrod.adapters.fhir.xml.refuse import Misfit

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_MARKED = re.compile('[&<>"\t\n\r]')
_MARKS = {
    "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;",
    "\t": "&#9;", "\n": "&#10;", "\r": "&#13;",
}  # fmt: skip
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


class Written(str):
    """A number as JSON writes it: 1.50 stays 1.50."""

    __slots__ = ()


class Member(NamedTuple):
    """A part that is there: its value, and what stands beside it (_given)."""

    part: Part
    value: Any
    beside: Any


class Writer:
    """Writes one resource."""

    def __init__(self, layouts: Layouts) -> None:
        self._layouts = layouts
        self._out: list[str] = [HEAD]

    def xml(self, body: bytes) -> bytes:
        """Return a JSON body as XML.

        Raises: FhirError FHR100 to FHR105 (not one resource in JSON), FHR155, FHR156, FHR158,
        FHR159 (what XML has no form for).
        """
        kind = parse(body)[KIND]
        resource = json.loads(body, parse_int=Written, parse_float=Written)
        try:
            self._resource(resource, f' xmlns="{FHIR}"')
        except Misfit as misfit:
            raise misfit.error(kind if self._layouts.is_kind(kind) else "the resource") from misfit
        return "".join(self._out).encode("utf-8")

    def _resource(self, resource: Any, head: str = "") -> None:
        kind = resource.get(KIND) if type(resource) is dict else None
        if type(kind) is not str or not self._layouts.is_kind(kind):
            raise Misfit("expected a resource of FHIR R4, and its type", code="FHR155")
        self._element(kind, self._layouts.of(kind), resource, head)

    def _element(self, tag: str, layout: Layout, value: Any, head: str = "") -> None:
        """Write an element; `head` are attributes that its JSON does not hold."""
        if type(value) is not dict:
            raise Misfit(f"an object was expected, {kind_of_json(value)} found", code="FHR158")
        attributes, members = "", []
        place, is_sorted = 0, True
        for key, item in value.items():
            part = layout.parts.get(key)
            if part is None:
                member = _beside(layout, key, value)
                if member is None:
                    continue
            elif part.is_attribute:
                attributes += _attribute(part, item)
                continue
            else:
                member = Member(part, item, value.get(f"_{key}"))
            is_sorted = is_sorted and place <= member.part.place
            place = member.part.place
            members.append(member)
        if not is_sorted:
            members.sort(key=lambda m: m.part.place)
        at = len(self._out)
        self._out.append(f"<{tag}{attributes}{head}>")
        for member in members:
            self._member(member)
        if len(self._out) == at + 1:  # nothing in it, or empty arrays alone
            self._out[at] = f"<{tag}{attributes}{head}/>"
        else:
            self._out.append(f"</{tag}>")

    def _member(self, member: Member) -> None:
        part, value, beside = member
        try:
            if not part.is_list:
                self._single(part, value, beside)
                return
            for number, (item, other) in enumerate(_aligned(value, beside)):
                try:
                    self._single(part, item, other)
                except Misfit as misfit:
                    raise misfit.at(number) from misfit.__cause__
        except Misfit as misfit:
            raise misfit.at(part.name) from misfit.__cause__

    def _single(self, part: Part, value: Any, beside: Any) -> None:
        if part.is_primitive:
            self._primitive(part, value, beside)
        elif part.sort is Sort.COMPLEX:
            self._element(part.name, self._layouts.of(part.path), value)
        elif part.sort is Sort.RESOURCE:
            self._out.append(f"<{part.name}>")
            self._resource(value)
            self._out.append(f"</{part.name}>")
        elif type(value) is str:
            self._out.append(embedded(value))
        else:
            raise Misfit(
                f"XHTML in a string was expected, {kind_of_json(value)} found", code="FHR158"
            )

    def _primitive(self, part: Part, value: Any, beside: Any) -> None:
        if value is None and (beside is None or _is_empty(beside)):
            raise Misfit("neither a value nor an extension is there: leave it out", code="FHR158")
        head = "" if value is None else f' value="{_said(part, value)}"'
        if beside is None:
            self._out.append(f"<{part.name}{head}/>")
        else:
            self._element(part.name, self._layouts.element, beside, head)


def _is_empty(beside: Any) -> bool:
    return type(beside) is dict and all(item == [] for item in beside.values())


def _beside(layout: Layout, key: str, value: dict[str, Any]) -> Member | None:
    """Return what stands beside a primitive that has no value itself; None where it has one.

    Raises: Misfit FHR156 where there is no such part, or XML has no place for it.
    """
    if key == KIND and not layout.attributes:  # only a resource has its id as an element
        return None
    part = layout.parts.get(key[1:]) if key[:1] == "_" else None
    if part is None or not part.is_primitive or part.is_attribute:
        raise Misfit("FHIR R4 has no such element here", code="FHR156").at(key)
    return None if part.name in value else Member(part, None, value[key])


def _aligned(value: Any, beside: Any) -> list[tuple[Any, Any]]:
    """Return the items of a list, each with what stands beside it."""
    if beside is None and type(value) is list:
        return [(item, None) for item in value]
    values = [] if value is None and beside is not None else value
    others = [] if beside is None else beside
    if type(values) is not list or type(others) is not list:
        wrong = others if type(values) is list else values
        raise Misfit(f"an array was expected, {kind_of_json(wrong)} found", code="FHR158")
    longest = max(len(values), len(others))
    values, others = ([*items, *[None] * (longest - len(items))] for items in (values, others))
    return list(zip(values, others, strict=True))


def _attribute(part: Part, value: Any) -> str:
    try:
        return f' {part.name}="{_said(part, value)}"'
    except Misfit as misfit:
        raise misfit.at(part.name) from None


def _said(part: Part, value: Any) -> str:
    """Return a value as an attribute says it."""
    kind = type(value)
    if part.sort is Sort.TEXT and kind is str:
        if _NO_XML.search(value):
            raise Misfit("a character stands in the text that XML cannot hold", code="FHR158")
        return _MARKED.sub(_mark, value)
    if part.sort is Sort.NUMBER and kind is Written:
        return str(value)
    if part.sort is Sort.BOOLEAN and kind is bool:
        return "true" if value else "false"
    expected = {Sort.TEXT: "a string", Sort.NUMBER: "a number"}.get(part.sort, "true or false")
    found = "a number" if kind is Written else kind_of_json(value)
    raise Misfit(f"{expected} was expected, {found} found", code="FHR158")


def _mark(match: re.Match[str]) -> str:
    return _MARKS[match[0]]
