"""Resources of one invented person, and the person that they tell of."""

from __future__ import annotations

from typing import Any

from garrod.adapters.fhir.person import Read, read_entries
from garrod.core.person import Person

LOINC, UCUM, SNOMED = "http://loinc.org", "http://unitsofmeasure.org", "http://snomed.info/sct"
PATIENT = {"resourceType": "Patient", "id": "p1", "gender": "female", "birthDate": "1960-05-01"}
WHO = {"reference": "Patient/p1"}

Resource = dict[str, Any]


def read_of(*resources: Resource, patient: Resource = PATIENT) -> Read:
    """Return what resources tell, as if they were a Bundle."""
    entries = tuple(
        (f"https://ehr/{r['resourceType']}/{r.get('id', '')}", r) for r in (patient, *resources)
    )
    return read_entries(entries, name="test", source="test")


def person_of(*resources: Resource) -> Person:
    """Return the person of resources."""
    return read_of(*resources).person


def request(id: str = "r1", words: str = "Codeine 15 mg tablets", **more: Any) -> Resource:
    """Return a prescription."""
    return {
        "resourceType": "MedicationRequest",
        "id": id,
        "status": "active",
        "intent": "order",
        "subject": WHO,
        "medicationCodeableConcept": {"text": words},
        **more,
    }


def statement(id: str = "s1", words: str = "Codeine 15 mg tablets", **more: Any) -> Resource:
    """Return a statement that a medicine is taken."""
    found = request(id, words, **more)
    del found["intent"]
    return {**found, "resourceType": "MedicationStatement"}


def observation(id: str = "o1", code: str = "2823-3", **more: Any) -> Resource:
    """Return a measured potassium; another code makes it another thing."""
    return {
        "resourceType": "Observation",
        "id": id,
        "status": "final",
        "code": concept(LOINC, code, "Potassium"),
        "subject": WHO,
        "effectiveDateTime": "2026-05-01T08:00:00Z",
        **more,
    }


def genotype(id: str, gene: str, value: str, **more: Any) -> Resource:
    """Return a genotype, as Genomics Reporting has it."""
    studied = {"coding": [{"system": "http://www.genenames.org", "display": gene}]}
    part = {"code": concept(LOINC, "48018-6"), "valueCodeableConcept": studied}
    told = {"valueCodeableConcept": {"text": value}, "component": [part]}
    return observation(id, "84413-4", **told, **more)


def amount(value: Any, unit: str, **more: Any) -> Resource:
    """Return a Quantity whose unit is UCUM."""
    return {"value": value, "unit": unit, "system": UCUM, "code": unit, **more}


def concept(system: str, code: str, words: str = "") -> Resource:
    """Return a CodeableConcept."""
    return {"coding": [{"system": system, "code": code}], **({"text": words} if words else {})}
