"""The definitions of FHIR R4 and Genomics Reporting, read from the shared data folder."""

from __future__ import annotations

import gzip
import tarfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import orjson

from garrod.adapters.fhir.validate.definitions import Definitions
from validation.data import PGX

FHIR = PGX.parent / "fhir"
GUIDE = FHIR / "hl7-genomics-reporting-3.0.0"
BASE = ("profiles-types", "profiles-resources", "valuesets", "v3-codesystems")
# Answer lists of LOINC that the guide binds as required, and that are not in its package: the
# answers that the guide's examples and we use. Source: the guide's examples; LOINC (unchecked).
ANSWERS = {
    "LL1971-2": ("LA9633-4", "LA9634-2", "LA18198-4", "LA11884-6"),
    "LL4049-4": ("LA26421-0", "LA26422-8", "LA26423-6"),
}


def _stored(folder: Path) -> Iterator[dict[str, Any]]:
    for name in BASE:
        with gzip.open(folder / "r4-definitions" / f"{name}.json.gz") as file:
            yield orjson.loads(file.read())
    with tarfile.open(folder / GUIDE.name / "definitions.tar.gz") as archive:
        for member in archive:
            file = archive.extractfile(member) if member.name.endswith(".json") else None
            found = orjson.loads(file.read()) if file else None
            if isinstance(found, dict):
                yield found


def _answers() -> Iterator[dict[str, Any]]:
    for name, codes in ANSWERS.items():
        concepts = [{"code": code} for code in codes]
        part = {"system": "http://loinc.org", "concept": concepts}
        url = f"http://loinc.org/vs/{name}"
        yield {"resourceType": "ValueSet", "url": url, "compose": {"include": [part]}}


@cache
def definitions(folder: Path = FHIR) -> Definitions:
    """Return FHIR R4's own definitions and those of the guide."""
    return Definitions([*_stored(folder), *_answers()])


def examples() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each example of the guide, with its file's name."""
    for path in sorted((GUIDE / "example").glob("*.json")):
        yield path.name, orjson.loads(path.read_bytes())


def official_examples() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each of HL7's own R4 examples, with its file's name."""
    for path in sorted((FHIR / "hl7-r4-examples").glob("*.json")):
        yield path.name, orjson.loads(path.read_bytes())
