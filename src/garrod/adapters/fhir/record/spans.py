"""Makes date, number and reference rows of values, one function for each FHIR type.

Source: HL7 FHIR R4 (4.0.1), https://hl7.org/fhir/R4/search.html#date, #number, #reference
"""

from __future__ import annotations

from typing import Any

from garrod.adapters.fhir.record.dates import span
from garrod.adapters.fhir.record.gathered import Gathered
from garrod.adapters.fhir.record.numbers import CURRENCY, NO_END, as_float
from garrod.adapters.fhir.record.references import Target, target_of
from garrod.adapters.fhir.record.tokens import Act, Names, spellings, word
from garrod.core.resource import EARLIEST, LATEST


def date_rows(names: Names) -> Act:
    """Return what adds the span of a date, dateTime or instant."""

    def act(value: Any, out: Gathered) -> None:
        found = span(value) if type(value) is str else None
        if found is not None:
            for name in names:
                out.dates[(name, *found)] = None

    return act


def period_rows(names: Names) -> Act:
    """Return what adds the span of a Period; an end that is not there is open."""

    def act(value: Any, out: Gathered) -> None:
        found = period_span(value)
        if found is not None:
            for name in names:
                out.dates[(name, *found)] = None

    return act


def period_span(value: Any) -> tuple[int, int] | None:
    """Return the span of a Period; None where it has neither start nor end."""
    if type(value) is not dict:
        return None
    start, end = span(word(value.get("start"))), span(word(value.get("end")))
    if start is None and end is None:
        return None
    return start[0] if start else EARLIEST, end[1] if end else LATEST


def timing_rows(names: Names) -> Act:
    """Return what adds the outer limits of a Timing: its events and the bounds of its repeat."""

    def act(value: Any, out: Gathered) -> None:
        if type(value) is not dict:
            return
        events, repeat = value.get("event"), value.get("repeat")
        found = [span(e) for e in events if type(e) is str] if type(events) is list else []
        if type(repeat) is dict:
            found.append(period_span(repeat.get("boundsPeriod")))
        spans = [s for s in found if s is not None]
        if spans:
            for name in names:
                out.dates[(name, min(s[0] for s in spans), max(s[1] for s in spans))] = None

    return act


def number_rows(names: Names) -> Act:
    """Return what adds a plain number."""

    def act(value: Any, out: Gathered) -> None:
        number = as_float(value)
        if number is not None:
            for name in names:
                out.numbers[(name, number, number, "", "")] = None

    return act


def quantity_rows(names: Names) -> Act:
    """Return what adds a Quantity (Age, Duration too) by its code, and by its unit's words."""

    def act(value: Any, out: Gathered) -> None:
        if type(value) is not dict:
            return
        number = as_float(value.get("value"))
        if number is None:
            return
        low, high = _ends(number, value.get("comparator"))
        code, unit = word(value.get("code")), word(value.get("unit"))
        system = word(value.get("system"))
        for name in names:
            out.numbers[(name, low, high, system, code or unit)] = None
            if code and unit and unit != code:
                out.numbers[(name, low, high, "", unit)] = None

    return act


def _ends(number: float, comparator: Any) -> tuple[float, float]:
    if comparator in ("<", "<="):
        return -NO_END, number
    if comparator in (">", ">="):
        return number, NO_END
    return number, number


def money_rows(names: Names) -> Act:
    """Return what adds an amount of Money, with its currency as unit."""

    def act(value: Any, out: Gathered) -> None:
        number = as_float(value.get("value")) if type(value) is dict else None
        if number is not None:
            for name in names:
                out.numbers[(name, number, number, CURRENCY, word(value.get("currency")))] = None

    return act


def range_rows(names: Names) -> Act:
    """Return what adds a Range, from its low end to its high one; an end not there is open."""

    def act(value: Any, out: Gathered) -> None:
        if type(value) is not dict:
            return
        ends = [e if type(e) is dict else {} for e in (value.get("low"), value.get("high"))]
        low, high = (as_float(end.get("value")) for end in ends)
        if low is None and high is None:
            return
        told = ends[0] if low is not None else ends[1]
        code = word(told.get("code")) or word(told.get("unit"))
        first, last = -NO_END if low is None else low, NO_END if high is None else high
        for name in names:
            out.numbers[(name, first, last, word(told.get("system")), code)] = None

    return act


def sampled_rows(names: Names) -> Act:
    """Return what adds SampledData, from its smallest sample to its largest."""

    def act(value: Any, out: Gathered) -> None:
        origin = value.get("origin") if type(value) is dict else None
        if type(origin) is not dict:
            return
        zero, factor = as_float(origin.get("value")), as_float(value.get("factor", 1))
        samples = [s for s in word(value.get("data")).split() if _is_sample(s)]
        if zero is None or factor is None or not samples:
            return
        found = [zero + factor * float(sample) for sample in samples]
        code = word(origin.get("code")) or word(origin.get("unit"))
        for name in names:
            row = (name, min(found), max(found), word(origin.get("system")), code)
            out.numbers[row] = None

    return act


def _is_sample(text: str) -> bool:
    """Return whether a sample is a number: E, U and L say that there is none."""
    return text.replace(".", "", 1).lstrip("+-").isdecimal()


def reference_rows(names: Names, base: str, resolves: str = "") -> Act:
    """Return what adds a Reference. `resolves` is the kind it must name, as far as that is told.

    One that only says words is added too, with nothing in it: it is there, and cannot be found.
    """

    def act(value: Any, out: Gathered) -> None:
        if type(value) is not dict:
            return
        kind, id, url = _target(value.get("reference"), base)
        told = kind or word(value.get("type"))
        if resolves and told and told != resolves:
            return
        number = value.get("identifier")
        system = word(number.get("system")) if type(number) is dict else ""
        worth = word(number.get("value")) if type(number) is dict else ""
        spelled, *others = spellings(system, worth)
        for name in names:
            out.references[(name, kind if id else "", id, url, system, spelled)] = None
            for other in others:  # beside the target, which is one
                out.references[(name, "", "", "", system, other)] = None

    return act


def _target(reference: Any, base: str) -> Target:
    return target_of(reference, base) if type(reference) is str else Target("", "", "")


def canonical_rows(names: Names, base: str) -> Act:
    """Return what adds a canonical url or uri, with its version and without."""

    def act(value: Any, out: Gathered) -> None:
        if type(value) is not str:
            return
        for spelled in dict.fromkeys((value, value.partition("|")[0])):
            kind, id, url = target_of(spelled, base)
            for name in names:
                out.references[(name, kind if id else "", id, url, "", "")] = None

    return act


def inline_rows(names: Names) -> Act:
    """Return what adds a resource that stands where a reference might: the first of a Bundle."""

    def act(value: Any, out: Gathered) -> None:
        if type(value) is dict and word(value.get("id")):
            for name in names:
                kind = word(value.get("resourceType"))
                out.references[(name, kind, word(value["id"]), "", "", "")] = None

    return act
