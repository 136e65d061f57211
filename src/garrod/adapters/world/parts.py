"""Small pieces of FHIR JSON that every resource of the world is made of, each made once.

Resources share these pieces: whoever changes one must copy it first.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Any

from garrod.adapters.fhir.genomics_codes import ACT_REASON, LOINC, OWN, SNOMED
from garrod.core.identifiers import Atc, Icd10, RxNorm

FhirJson = dict[str, Any]
UCUM = "http://unitsofmeasure.org"
HL7 = "http://terminology.hl7.org/CodeSystem"
WORLD = "https://garrod.example/world"  # a name under a domain reserved for examples (RFC 2606)
SETTINGS = ("practice", "hospital", "pharmacy", "laboratory", "person", "registry")
TREATMENT = f"{WORLD}/treatment-id"
DECILE_URL, ANCESTRY_URL = f"{OWN}/deprivation-decile", f"{OWN}/simulated-ancestry"
MARK = {"system": ACT_REASON, "code": "HTEST", "display": "test health data"}
META: dict[str, FhirJson] = {s: {"source": f"{WORLD}/{s}", "tag": [MARK]} for s in SETTINGS}


def coded(system: str, code: str, display: str = "", *, words: str = "") -> FhirJson:
    """Return a CodeableConcept of one coding."""
    coding = {"system": system, "code": code, **({"display": display} if display else {})}
    return {"coding": [coding], **({"text": words} if words else {})}


def hl7(system: str, code: str) -> FhirJson:
    """Return a CodeableConcept of one of HL7's own code systems."""
    return coded(f"{HL7}/{system}", code)


def loinc(code: str, words: str) -> FhirJson:
    """Return a CodeableConcept of a LOINC code, with words of our own."""
    return coded(LOINC, code, words=words)


@lru_cache(maxsize=1024)
def diagnosis(name: str, snomed: str, icd10: str) -> FhirJson:
    """Return a diagnosis in SNOMED CT, ICD-10 and words."""
    coding = [{"system": SNOMED, "code": snomed, "display": name}]
    coding.append({"system": Icd10.system, "code": icd10})
    return {"coding": coding, "text": name}


@lru_cache(maxsize=4096)
def medicine_concept(words: str, name: str, atc: str, rxnorm: str) -> FhirJson:
    """Return a medicine as the words of a product, with the codes of its ingredient."""
    coding = [
        {"system": system, "code": code, "display": name}
        for system, code in ((Atc.system, atc), (RxNorm.system, rxnorm))
        if code
    ]
    return {"coding": coding, "text": words}


def quantity(value: float, unit: str, code: str = "") -> FhirJson:
    """Return a quantity in UCUM; a whole number is written as one."""
    plain = int(value) if value == int(value) else value
    return {"value": plain, "unit": unit, "system": UCUM, "code": code or unit}


def to(kind: str, id: str) -> FhirJson:
    """Return a reference to a resource of the world."""
    return {"reference": f"{kind}/{id}"}


class Calendar:
    """The days of a world: 0 is the first of January of its year; day -1 the one before."""

    __slots__ = ("_days", "_first", "length", "year")

    def __init__(self, year: int) -> None:
        self.year = year
        self._first = date(year, 1, 1).toordinal()
        self.length = date(year + 1, 1, 1).toordinal() - self._first
        self._days = [date.fromordinal(self._first + n).isoformat() for n in range(self.length)]

    def iso(self, day: int) -> str:
        """Return a day as FHIR writes it."""
        if 0 <= day < self.length:
            return self._days[day]
        return date.fromordinal(self._first + day).isoformat()

    def at(self, day: int, minutes: int) -> str:
        """Return a time of a day; minutes since midnight, as UTC."""
        return f"{self.iso(day)}T{minutes // 60:02}:{minutes % 60:02}:00Z"
