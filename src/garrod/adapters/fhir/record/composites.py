"""Makes rows of two values of one part of a resource: a code with its value.

base of the composite -> rows of both parts on their own -> each first with each second
Source: HL7 FHIR R4 (4.0.1), https://hl7.org/fhir/R4/search.html#composite
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from garrod.adapters.fhir.record.gathered import Gathered
from garrod.adapters.fhir.record.tokens import OF_TYPE, Act

Second = tuple[str, str, float, float, str]  # system, code, low, high, folded
Plan = Mapping[str, tuple[Act, ...]]


def composite(name: str, first: Plan, second: Plan) -> Act:
    """Return what adds the rows of a composite, given what finds each part below its base."""

    def act(value: Any, out: Gathered) -> None:
        if type(value) is not dict or second.keys().isdisjoint(value):
            return
        seconds = list(_seconds(_gathered(second, value)))
        if not seconds:
            return
        for key, system, code, _ in _gathered(first, value).tokens:
            if code and not key.endswith(OF_TYPE):
                for found in seconds:
                    out.composites[(name, system, code, *found)] = None

    return act


def _gathered(plan: Plan, value: Mapping[str, Any]) -> Gathered:
    found = Gathered()
    for member, acts in plan.items():
        inner = value.get(member)
        if inner is not None:
            for act in acts:
                act(inner, found)
    return found


def _seconds(found: Gathered) -> Iterator[Second]:
    """Yield second values as composite rows have them."""
    for key, system, code, _ in found.tokens:
        if code and not key.endswith(OF_TYPE):
            yield system, code, 0.0, 0.0, ""
    for _, kind, id, url, _, _ in found.references:
        if id or url:
            yield kind, id or url, 0.0, 0.0, ""
    for _, low, high, system, code in found.numbers:
        yield system, code, low, high, ""
    for _, first, last in found.dates:
        yield "", "", float(first), float(last), ""
    for _, folded, _ in found.strings:
        yield "", "", 0.0, 0.0, folded
