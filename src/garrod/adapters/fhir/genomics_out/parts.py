"""Small pieces of FHIR JSON that every resource of the bundle is made of."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from garrod.adapters.fhir.genomics_codes import HGNC, HGNC_SYSTEM, LOINC, PROFILE, TBD

SPACE = uuid5(NAMESPACE_URL, "https://garrod.example/fhir/genomics-report")
CATEGORIES = (
    ("http://terminology.hl7.org/CodeSystem/observation-category", "laboratory"),
    ("http://terminology.hl7.org/CodeSystem/v2-0074", "GE"),
)
BLANK = re.compile(r"\s+")
FhirJson = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Frame:
    """What all resources of one bundle share: whose it is, of which day, and the seed of ids.

    The same file, person and day give the same ids; nothing is random and no clock is read.
    """

    seed: str
    day: date
    patient: str = "patient"  # key of the Patient, as `url` takes it

    def id(self, key: str) -> str:
        """Return the id of a resource, from its key within the bundle."""
        return str(uuid5(_space(self.seed), key))

    def url(self, key: str) -> str:
        """Return the full URL of a resource."""
        return f"urn:uuid:{self.id(key)}"

    def to(self, key: str, display: str = "") -> FhirJson:
        """Return a reference to a resource of the bundle."""
        named = {"display": plain(display)} if plain(display) else {}
        return {"reference": self.url(key), **named}

    def entry(self, key: str, resource: FhirJson) -> FhirJson:
        """Return the bundle's entry of a resource, which gets its id here."""
        kind = resource.pop("resourceType")
        whole = {"resourceType": kind, "id": self.id(key), **resource}
        return {"fullUrl": self.url(key), "resource": whole}


def _space(seed: str) -> UUID:
    return uuid5(SPACE, seed)


def observation(frame: Frame, profile: str, code: FhirJson, status: str = "final") -> FhirJson:
    """Return the head of an Observation: profile, status, categories, code, subject, day."""
    return {
        "resourceType": "Observation",
        "meta": {"profile": [f"{PROFILE}/{profile}"]},
        "status": status,
        "category": [{"coding": [{"system": s, "code": c}]} for s, c in CATEGORIES],
        "code": code,
        "subject": frame.to(frame.patient),
        "effectiveDateTime": frame.day.isoformat(),
    }


def coded(system: str, code: str, display: str = "", *, words: str = "") -> FhirJson:
    """Return a CodeableConcept of one coding, with words of its own where given."""
    coding = {"system": system, "code": code, **({"display": display} if display else {})}
    return {"coding": [coding], **({"text": plain(words)} if plain(words) else {})}


def loinc(code: str, display: str = "", *, words: str = "") -> FhirJson:
    """Return a CodeableConcept of a LOINC code."""
    return coded(LOINC, code, display, words=words)


def guide_code(code: str) -> FhirJson:
    """Return a CodeableConcept of one of the guide's own codes."""
    return coded(TBD, code)


def component(code: str, value: FhirJson | str) -> FhirJson:
    """Return a component; the code is LOINC's, or the guide's own where it is a word."""
    concept = loinc(code) if code[0].isdecimal() else guide_code(code)
    shape = "valueString" if isinstance(value, str) else "valueCodeableConcept"
    return {"code": concept, shape: value}


def gene_component(gene: str) -> FhirJson:
    """Return the component that names the gene, by its HGNC number where it is known."""
    number = HGNC.get(gene)
    return component("48018-6", coded(HGNC_SYSTEM, number, gene) if number else {"text": gene})


def note(words: Iterable[str]) -> list[FhirJson]:
    """Return sentences as one annotation, one a line; none where nothing is said.

    One, because the UK profile of genomic observations allows no more.
    """
    said = [line for word in words if (line := plain(word))]
    return [{"text": "\n".join(said)}] if said else []


def plain(words: str) -> str:
    """Return words in one line: FHIR allows no string that is empty or all blank."""
    return BLANK.sub(" ", words).strip()
