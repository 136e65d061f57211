"""What a search URL asks of the answer: order, pages, what comes with it, how much of each.

Source: HL7 FHIR R4 (4.0.1), https://hl7.org/fhir/R4/search.html#return
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum

from garrod.adapters.fhir.record.facts import SearchFacts
from garrod.adapters.fhir.record.refusal import UNKNOWN, Refused
from garrod.adapters.fhir.record.url_values import listed
from garrod.care.record.query import Include, ParamType, Sort

MOST = 1000  # Not clinical: resources of one page
USUAL = 50  # Not clinical: resources of a page where none is asked for
CURSOR = "_page"
_ELEMENT = re.compile(r"[A-Za-z][A-Za-z0-9]{0,63}", re.ASCII)
_TOTALS = {"none": False, "estimate": True, "accurate": True}
_ITERATED = ("iterate", "recurse")


class Summary(StrEnum):
    """How much of each resource is wanted."""

    FALSE = "false"
    TRUE = "true"
    TEXT = "text"
    DATA = "data"
    COUNT = "count"


@dataclass
class Results:
    """What is asked of the answer so far; filled parameter by parameter."""

    count: int = USUAL
    cursor: str | None = None
    wants_total: bool = False
    sort: tuple[Sort, ...] = ()
    includes: list[Include] = field(default_factory=list)
    summary: Summary = Summary.FALSE
    elements: tuple[str, ...] = ()
    format: str = ""
    is_pretty: bool = False


class ResultReader:
    """Reads result parameters; a name that is none of them is left to others."""

    names = frozenset(
        ("_count", "_sort", "_total", "_summary", "_elements", "_include", "_revinclude",
         "_format", "_pretty", "_contained", "_containedType", CURSOR)
    )  # fmt: skip
    repeatable = frozenset(("_include", "_revinclude", "_elements"))

    def __init__(self, facts: SearchFacts) -> None:
        self._facts = facts

    def read(self, kinds: tuple[str, ...], key: str, text: str, into: Results) -> None:
        """Put what one parameter asks into the results.  Raises: Refused."""
        name, _, modifier = key.partition(":")
        if name in ("_include", "_revinclude"):
            is_backward = name == "_revinclude"
            into.includes += self._include(kinds, modifier, text, is_backward=is_backward)
            return
        if modifier:
            raise Refused("modifier", "has no modifiers")
        match name:
            case "_count":
                into.count = _count(text)
            case "_sort":
                into.sort = tuple(self._key(kinds, part) for part in text.split(","))
            case "_total":
                into.wants_total = _TOTALS[_one_of(text, tuple(_TOTALS))]
            case "_summary":
                into.summary = Summary(_one_of(text, tuple(Summary)))
                _not_both(into)
            case "_elements":
                into.elements = (*into.elements, *_elements(text))
                _not_both(into)
            case "_format":
                into.format = text
            case "_pretty":
                into.is_pretty = _one_of(text, ("true", "false")) == "true"
            case "_contained":
                _one_of(text, ("false",))
            case "_containedType":
                raise Refused("unserved", "contained resources are not searched here")
            case _:
                into.cursor = text or None

    def _key(self, kinds: tuple[str, ...], text: str) -> Sort:
        name = text.removeprefix("-")
        found = [self._facts.parameter(kind, name) for kind in kinds]
        if not name or not all(found) or not found[0]:
            raise Refused(UNKNOWN, f"expected search parameters of {listed(kinds)}, each with - "
                          "before it for descending order")  # fmt: skip
        if found[0].type is ParamType.COMPOSITE:
            raise Refused("value", "composites have no order")
        return Sort(name, found[0].type, is_descending=text.startswith("-"))

    def _include(
        self, kinds: tuple[str, ...], modifier: str, text: str, *, is_backward: bool
    ) -> list[Include]:
        if modifier and modifier not in _ITERATED:
            raise Refused("modifier", "the only modifier is iterate")
        is_iterated = bool(modifier)
        if text == "*" and not is_backward:
            return [i for kind in kinds for i in self._every(kind, is_iterated=is_iterated)]
        kind, _, rest = text.partition(":")
        name, _, target = rest.partition(":")
        if kind not in self._facts.kinds or not name:
            raise Refused("value", "expected Type:reference, or Type:reference:Target")
        if not is_backward and not is_iterated and kind not in kinds:
            raise Refused("value", f"{kind} is not what is searched for; with :iterate it may be")
        if name == "*" and not is_backward and not target:
            return self._every(kind, is_iterated=is_iterated)
        self._check(kind, name, target, kinds if is_backward and not is_iterated else ())
        return [Include(kind, name, target, is_backward=is_backward, is_iterated=is_iterated)]

    def _every(self, kind: str, *, is_iterated: bool) -> list[Include]:
        return [
            Include(kind, parameter.name, is_iterated=is_iterated)
            for parameter in self._facts.parameters(kind).values()
            if parameter.type is ParamType.REFERENCE
        ]

    def _check(self, kind: str, name: str, target: str, searched: tuple[str, ...]) -> None:
        parameter = self._facts.parameter(kind, name)
        if parameter is None:
            raise Refused(UNKNOWN, f"{kind} has no such search parameter")
        if parameter.type is not ParamType.REFERENCE:
            raise Refused("value", f"{kind}.{name[:40]} is no reference")
        if target and target not in self._facts.kinds:
            raise Refused("value", "expected the name of a type behind the second colon")
        allowed = parameter.targets or tuple(self._facts.kinds)
        if target and target not in allowed:
            raise Refused("value", f"{kind}.{name} refers to {listed(allowed)}, not to {target}")
        if searched and not set(searched) & set(allowed):
            raise Refused("value", f"{kind}.{name} refers to {listed(allowed)} and to nothing here")


def _count(text: str) -> int:
    if not (text.isascii() and text.isdecimal()) or len(text) > 9:
        raise Refused("value", "expected a whole number")
    return min(int(text), MOST)


def _not_both(results: Results) -> None:
    if results.elements and results.summary is not Summary.FALSE:
        raise Refused("value", "_summary and _elements are not asked for together")


def _one_of(text: str, allowed: tuple[str, ...]) -> str:
    if text not in allowed:
        raise Refused("value", f"expected {listed(allowed)}")
    return text


def _elements(text: str) -> list[str]:
    names = text.split(",")
    if not all(_ELEMENT.fullmatch(name) for name in names):
        raise Refused("value", "expected names of elements with commas between, without dots")
    return names
