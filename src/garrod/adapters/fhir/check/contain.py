"""Contained resources: none inside another, none with a version, none that nobody refers to.

Source: HL7 FHIR R4 4.0.1, DomainResource, dom-2 to dom-5.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from garrod.adapters.fhir.check.faults import Fault, Found, Run
from garrod.adapters.fhir.check.refer import LOCAL

NATIVE = ("dom-2", "dom-3", "dom-4", "dom-5")
Json = dict[str, Any]


def by_id(resource: Json) -> dict[str, Json]:
    """Return the contained resources of a resource by id."""
    listed = resource.get("contained")
    if not isinstance(listed, list):
        return {}
    return {
        str(inner["id"]): inner for inner in listed if isinstance(inner, dict) and "id" in inner
    }


def containing(value: Json, run: Run) -> Found:
    """Return the faults of what a resource contains."""
    if "contained" not in value:
        return None
    if run.is_contained:
        return [Fault("dom-2", "a contained resource contains none itself").at("contained")]
    pointed = {text[1:] for text in _local(value)}
    found = [
        fault.at(number, "contained")
        for number, inner in enumerate(value["contained"])
        for fault in _inner(inner, pointed)
    ]
    return found or None


def _inner(inner: Json, pointed: set[str]) -> Iterator[Fault]:
    meta = inner.get("meta", {})
    if "versionId" in meta or "lastUpdated" in meta:
        yield Fault("dom-4", "a contained resource has no version and no time of change").at("meta")
    if "security" in meta:
        yield Fault("dom-5", "a contained resource has no security label").at("meta")
    if inner.get("id") not in pointed and LOCAL not in _local(inner):
        yield Fault("dom-3", "nothing refers to this contained resource")


def _local(value: Any) -> Iterator[str]:
    """Yield every text below that may be a local reference."""
    if type(value) is str:
        if value[:1] == LOCAL:
            yield value
    elif type(value) is dict:
        for item in value.values():
            yield from _local(item)
    elif type(value) is list:
        for item in value:
            yield from _local(item)
