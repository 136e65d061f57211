"""Gives the facts of FHIR R4 as definitions that the profile engine reads: snapshots, value sets.

Invariants of R4 itself are left out: the compiled check keeps them, and need not be asked twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from garrod.adapters.fhir.check.facts import PROFILED, ElementFact, Facts
from garrod.adapters.fhir.validate.definitions import BASE, REGEX, SYSTEM_TYPE

Json = dict[str, Any]
SETS = "http://hl7.org/fhir/ValueSet/"
STRING = f"{SYSTEM_TYPE}String"
DOMAIN = "DomainResource"


def structure(facts: Facts, kind: str) -> Json:
    """Return a type as a StructureDefinition with a snapshot."""
    base = next(iter([*facts.ancestry(kind)][1:]), "")
    sort = "resource" if kind in facts.resource_kinds() or kind == DOMAIN else "complex-type"
    found: Json = {
        "resourceType": "StructureDefinition",
        "url": BASE + kind,
        "type": PROFILED.get(kind, kind),
        "kind": "primitive-type" if facts.is_primitive(kind) else sort,
        "derivation": "constraint" if kind in PROFILED else "specialization",
        "snapshot": {"element": [*_elements(facts, kind)]},
    }
    return found | ({"baseDefinition": BASE + base} if base else {})


def value_sets(facts: Facts) -> Iterator[Json]:
    """Yield the value sets that R4's elements require, their codes listed."""
    for name in facts.value_sets():
        parts = [
            {"system": system, "concept": [{"code": code} for code in sorted(codes)]}
            if codes
            else {"system": system}
            for system, codes in facts.codes(name).items()
        ]
        yield {"resourceType": "ValueSet", "url": SETS + name, "compose": {"include": parts}}


def _elements(facts: Facts, kind: str) -> Iterator[Json]:
    yield {"id": kind, "path": kind, "min": 0, "max": "*"}
    yield from _below(facts, kind, kind)
    if facts.is_primitive(kind):
        shape = [{"url": REGEX, "valueString": facts.shape(kind)}] if facts.shape(kind) else []
        plain = [{"code": STRING, "extension": shape}]
        path = f"{kind}.value"
        yield {"id": path, "path": path, "min": 0, "max": "1", "type": plain}


def _below(facts: Facts, origin: str, shown: str) -> Iterator[Json]:
    """Yield the elements below a path of the facts, under the path that is shown."""
    for fact in facts.parts(origin):
        path = f"{shown}.{fact.path.rpartition('.')[2]}"
        yield _element(fact, path)
        if facts.has_parts(fact.path):
            yield from _below(facts, fact.path, path)


def _element(fact: ElementFact, path: str) -> Json:
    most = "*" if fact.most == float("inf") else f"{fact.most:g}"
    found: Json = {
        "id": path,
        "path": path,
        "min": fact.least,
        "max": most,
        "base": {"path": fact.path, "min": fact.least, "max": most},
    }
    if fact.same_as:
        return found | {"contentReference": f"#{fact.same_as}"}
    found["type"] = [_type(fact, kind) for kind in fact.types]
    if fact.codes:
        found["binding"] = {"strength": "required", "valueSet": SETS + fact.codes}
    return found


def _type(fact: ElementFact, kind: str) -> Json:
    if kind in PROFILED:
        return {"code": PROFILED[kind], "profile": [BASE + kind]}
    if kind == "Reference" and fact.targets:
        return {"code": kind, "targetProfile": [BASE + target for target in fact.targets]}
    return {"code": kind}
