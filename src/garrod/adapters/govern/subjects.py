"""People as values that can be counted: read off their FHIR resources, where they are included.

files, screen -> one pass over the lines -> Subjects
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from garrod.adapters.govern.lines import Resource, resources
from garrod.adapters.govern.screen import Screen
from garrod.care.govern.numbers.cohort import Subject

ETHNICITY = "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-EthnicCategory"
DEPRIVATION = "https://garrod.example/fhir/StructureDefinition/deprivation-decile"
_CODED = ("code", "medicationCodeableConcept", "vaccineCode", "valueCodeableConcept")


def subjects_of(files: Sequence[Path], screen: Screen, *, has_codes: bool) -> list[Subject]:
    """Return the people who are included; with `has_codes` what is coded of each and included.

    Raises: InputError INP201, INP202.
    """
    people: dict[str, Subject] = {}
    codes: dict[str, set[str]] = {}
    for resource in resources(files, b"" if has_codes else b'"Patient"'):
        features = screen.features(resource)
        if not screen.includes(features):
            continue
        if features.kind == "Patient":
            for id in features.patients:
                people[id] = subject_of(resource, id)
        elif has_codes:
            for id in features.patients:
                codes.setdefault(id, set()).update(codes_in(resource))
    return [replace(s, codes=frozenset(codes.get(id, ()))) for id, s in people.items()]


def subject_of(patient: Resource, id: str) -> Subject:
    """Return what is known of a person by their Patient resource; what is odd is not known."""
    ethnicity = _extension(patient, ETHNICITY).get("valueCodeableConcept")
    codings = ethnicity.get("coding") if isinstance(ethnicity, dict) else None
    first = codings[0] if isinstance(codings, list) and codings else None
    decile = _extension(patient, DEPRIVATION).get("valueInteger")
    return Subject(
        id,
        sex=str(patient.get("gender", "")),
        born=_born(patient.get("birthDate")),
        ethnicity=str(first.get("code", "")) if isinstance(first, dict) else "",
        deprivation=decile if isinstance(decile, int) else 0,
    )


def _born(written: Any) -> date | None:
    try:
        return date.fromisoformat(written)
    except (TypeError, ValueError):
        return None


def _extension(resource: Resource, url: str) -> Resource:
    found = resource.get("extension")
    some = found if isinstance(found, list) else []
    return next((e for e in some if isinstance(e, dict) and e.get("url") == url), {})


def codes_in(resource: Resource) -> Iterator[str]:
    """Return the codes of a resource: each alone, and with its system."""
    for name in _CODED:
        concept = resource.get(name)
        codings = concept.get("coding") if isinstance(concept, dict) else None
        for coding in codings if isinstance(codings, list) else []:
            if isinstance(coding, dict) and isinstance(coding.get("code"), str):
                yield coding["code"]
                yield f"{coding.get('system', '')}|{coding['code']}"
