"""Which resources of a person state a gene's result, and how they are withdrawn. Pure.

observations, reports, a gene -> those by which the record knows of it · the same as errors
Source: HL7 FHIR R4 (4.0.1), Observation.status, DiagnosticReport.status, and the extension
observation-replaces, https://hl7.org/fhir/R4/extension-observation-replaces.html
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from garrod.adapters.fhir.bundle import Own
from garrod.adapters.fhir.genomics import USABLE, read_results
from garrod.adapters.fhir.genomics_codes import GENOTYPE, HAPLOTYPE, IMPLICATION, METABOLISM
from garrod.adapters.fhir.genomics_value import gene_of, phenotypes_in
from garrod.adapters.fhir.json import Resource, has_code, many, one, text

ERROR = "entered-in-error"
REPLACES = "http://hl7.org/fhir/StructureDefinition/observation-replaces"
_FINAL = ("final", "corrected", "appended")
_SOURCE = "record"


def stating(resources: Sequence[Resource], gene: str) -> tuple[Resource, ...]:
    """Return the observations that state a gene's result and stand."""
    by_name = {f"Observation/{text(r, 'id')}": r for r in resources}
    return tuple(
        r
        for r in resources
        if text(r, "resourceType") == "Observation"
        and text(r, "status") in USABLE
        and gene in _genes(r, by_name)
    )


def _genes(resource: Resource, by_name: dict[str, Resource]) -> Iterator[str]:
    """Yield the genes of which an observation states a result."""
    code, own = one(resource, "code"), gene_of(resource)
    if has_code(code, GENOTYPE, METABOLISM, HAPLOTYPE):
        yield own
    if has_code(code, GENOTYPE) and not own:
        parts = (text(p, "reference") for p in many(resource, "derivedFrom"))
        yield from (gene_of(by_name[name]) for name in parts if name in by_name)
    if has_code(code, IMPLICATION):
        yield from (named or own for named, _ in phenotypes_in(resource))


def is_stated(resources: Sequence[Resource], gene: str, *, but: Collection[str]) -> bool:
    """Return whether a gene's result is known without some observations (ids): by a report's own
    words, or otherwise than `stating` tells.
    """
    left = [
        (f"{text(r, 'resourceType')}/{text(r, 'id')}", r)
        for r in resources
        if text(r, "resourceType") != "Observation" or text(r, "id") not in but
    ]
    subjects = {text(one(r, "subject"), "reference") for r in resources} - {""}
    found = read_results(Own(frozenset(subjects), tuple(left)), _SOURCE)
    return gene in {f.gene for f in found.findings} | {row.gene for row in found.rows}


def withdrawn(resource: Resource, why: str, who: str, at: str) -> dict[str, Any]:
    """Return an observation as one that was an error, with why, by whom and when."""
    author = {"authorReference": {"reference": who}} if "/" in who else {"authorString": who}
    note = {**author, "time": at, "text": why}
    return {**resource, "status": ERROR, "note": [*many(resource, "note"), note]}


def amended(report: Resource, gone: Collection[str]) -> dict[str, Any] | None:
    """Return a report that lists withdrawn observations (ids), amended; None for any other."""
    names = {f"Observation/{id}" for id in gone}
    listed = {text(r, "reference") for r in many(report, "result")}
    if listed.isdisjoint(names) or text(report, "status") not in _FINAL:
        return None
    return {**report, "status": "amended"}


def with_replaced(resource: dict[str, Any], names: Collection[str]) -> dict[str, Any]:
    """Return an observation that says which others it replaces ("Observation/id")."""
    known = {text(one(e, "valueReference"), "reference") for e in many(resource, "extension")}
    more = [
        {"url": REPLACES, "valueReference": {"reference": name}}
        for name in sorted(set(names) - known)
    ]
    return {**resource, "extension": [*many(resource, "extension"), *more]} if more else resource


def replaced_by(resource: Resource) -> tuple[str, ...]:
    """Return which others an observation says that it replaces."""
    found = (e for e in many(resource, "extension") if text(e, "url") == REPLACES)
    return tuple(text(one(e, "valueReference"), "reference") for e in found)
