"""Two people of the demo whose moment is more than one order: a discharge, and what is hidden.

All of it is made up. `stories` is stored like everybody; `news` is what comes after it, in its
order: what a hospital says of a list can only be heard once there is a list.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from garrod.entry.demo_story import MARK, marked

FhirJson = dict[str, Any]
DISCHARGED, HIDING = "demo-8", "demo-9"
CONFIDENTIALITY = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"
SCOPES = "http://terminology.hl7.org/CodeSystem/consentscope"
ATC, SNOMED = "http://www.whocc.no/atc", "http://snomed.info/sct"
CATEGORY = "http://terminology.hl7.org/CodeSystem/medicationrequest-category"
CLINICAL = "http://terminology.hl7.org/CodeSystem/condition-clinical"
BEFORE, AFTER = "2026-01-10", "2026-11-20"  # Not clinical: the days of both lists
# What the practice has prescribed: ATC code, words, directions, what for
ELEVEN = (
    ("C09AA05", "Ramipril 5 mg capsules", "Take 1 capsule by mouth, once a day", "Blood pressure"),
    ("C08CA01", "Amlodipine 5 mg tablets", "Take 1 tablet by mouth, once a day", "Blood pressure"),
    ("C10AA01", "Simvastatin 20 mg tablets", "Take 1 tablet by mouth, at night", "Cholesterol"),
    (
        "A10BA02",
        "Metformin 500 mg tablets",
        "Take 1 tablet by mouth, twice a day",
        "Type 2 diabetes",
    ),
    ("A02BC01", "Omeprazole 20 mg capsules", "Take 1 capsule by mouth, once a day", "Acid reflux"),
    (
        "H03AA01",
        "Levothyroxine 100 microgram tablets",
        "Take 1 tablet by mouth, once a day",
        "Underactive thyroid",
    ),
    ("N06AB06", "Sertraline 50 mg tablets", "Take 1 tablet by mouth, once a day", "Low mood"),
    ("N02BE01", "Paracetamol 500 mg tablets", "Take 1 tablet by mouth, twice a day", "Knee pain"),
    ("A06AB06", "Senna 7.5 mg tablets", "Take 1 tablet by mouth, at night", "Constipation"),
    ("B03BB01", "Folic acid 5 mg tablets", "Take 1 tablet by mouth, once a day", "Low folate"),
    (
        "A11CC05",
        "Colecalciferol 800 unit capsules",
        "Take 1 capsule by mouth, once a day",
        "Low vitamin D",
    ),
)


def stories() -> Iterator[list[FhirJson]]:
    """Yield the resources of each person, every one marked."""
    for made in (_discharged(), _hiding()):
        yield [marked(resource) for resource in made]


def news() -> Iterator[list[FhirJson]]:
    """Yield what is said later, every resource marked: what a hospital starts.

    What it stops and holds, it says to the list itself (demo_discharge).
    """
    own = {"reference": f"Patient/{DISCHARGED}"}
    started = {
        **_order(f"{DISCHARGED}-new", own, "C07AB07", "Bisoprolol 2.5 mg tablets"),
        "category": [_category("discharge")],
        "authoredOn": AFTER,
        "requester": {"display": "General Hospital (synthetic), discharge"},
    }
    yield [marked(started, "hospital")]


def _discharged() -> Iterator[FhirJson]:
    own = {"reference": f"Patient/{DISCHARGED}"}
    yield _person(DISCHARGED, "Hana Example-Synthetic", "female", "1947-04-19")
    yield _condition(f"{DISCHARGED}-c1", own, "59621000", "Essential hypertension")
    yield _condition(f"{DISCHARGED}-c2", own, "44054006", "Type 2 diabetes mellitus")
    for number, (code, words, directions, why) in enumerate(ELEVEN, 1):
        order = _order(f"{DISCHARGED}-m{number}", own, code, words, directions)
        yield {**order, "reasonCode": [{"text": why}]}


def _hiding() -> Iterator[FhirJson]:
    """Yield somebody who keeps one medicine to themselves and those who gave it."""
    own = {"reference": f"Patient/{HIDING}"}
    yield _person(HIDING, "Ivo Example-Synthetic", "male", "1979-09-05")
    yield _order(f"{HIDING}-m1", own, "C09AA05", "Ramipril 5 mg capsules")
    label = {"system": CONFIDENTIALITY, "code": "R", "display": "restricted"}
    hidden = _order(f"{HIDING}-m2", own, "J05AE03", "Ritonavir 100 mg tablets")
    yield {**hidden, "meta": {"security": [label]}}
    yield {
        "resourceType": "Consent",
        "id": f"{HIDING}-choice",
        "status": "active",
        "scope": {"coding": [{"system": SCOPES, "code": "patient-privacy"}]},
        "category": [{"coding": [{"system": "http://loinc.org", "code": "59284-0"}]}],
        "patient": own,
        "dateTime": "2026-01-01",
        "policy": [{"uri": "https://example.org/synthetic-policy"}],
        # No root that permits: it would open all the rest to everybody, for every purpose.
        "provision": {"provision": [{"type": "deny", "securityLabel": [label]}]},
    }


def _person(id: str, name: str, sex: str, born: str) -> FhirJson:
    return {
        "resourceType": "Patient",
        "id": id,
        "meta": {"security": [MARK]},
        "name": [{"text": name}],
        "gender": sex,
        "birthDate": born,
    }


def _condition(id: str, own: FhirJson, code: str, words: str) -> FhirJson:
    return {
        "resourceType": "Condition",
        "id": id,
        "clinicalStatus": {"coding": [{"system": CLINICAL, "code": "active"}]},
        "subject": own,
        "code": _concept(SNOMED, code, words),
    }


def _order(
    id: str, own: FhirJson, code: str, words: str, directions: str = "1 a day, by mouth"
) -> FhirJson:
    return {
        "resourceType": "MedicationRequest",
        "id": id,
        "status": "active",
        "intent": "order",
        "category": [_category("community")],
        "medicationCodeableConcept": _concept(ATC, code, words),
        "subject": own,
        "authoredOn": BEFORE,
        "requester": {"display": "Demo clinic (synthetic)"},
        "dosageInstruction": [{"text": directions}],
    }


def _category(code: str) -> FhirJson:
    return {"coding": [{"system": CATEGORY, "code": code}]}


def _concept(system: str, code: str, words: str) -> FhirJson:
    return {"coding": [{"system": system, "code": code, "display": words}], "text": words}
