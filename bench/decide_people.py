"""People with twenty medicines, results, allergies and genes, and the orders drawn up for them."""

from __future__ import annotations

import json
from typing import Any

TWENTY = (
    "Ramipril 5 mg capsules", "Amlodipine 5 mg tablets", "Simvastatin 20 mg tablets",
    "Metformin 500 mg tablets", "Omeprazole 20 mg capsules", "Sertraline 50 mg tablets",
    "Bisoprolol 2.5 mg tablets", "Furosemide 40 mg tablets", "Warfarin 3 mg tablets",
    "Levothyroxine 50 microgram tablets", "Allopurinol 100 mg tablets",
    "Gabapentin 300 mg capsules", "Tiotropium 18 microgram inhalation powder",
    "Salbutamol 100 microgram inhaler",
    "Folic acid 5 mg tablets", "Paracetamol 500 mg tablets", "Senna 7.5 mg tablets",
    "Solifenacin 5 mg tablets", "Digoxin 125 microgram tablets", "Amitriptyline 10 mg tablets",
)  # fmt: skip
ORDERS = (
    "Clopidogrel 75 mg tablets", "Codeine 30 mg tablets", "Ibuprofen 400 mg tablets",
    "Clarithromycin 500 mg tablets", "Trimethoprim 200 mg tablets", "Fluconazole 150 mg capsules",
    "Citalopram 20 mg tablets", "Tramadol 50 mg capsules", "Amoxicillin 500 mg capsules",
    "Prednisolone 5 mg tablets", "Spironolactone 25 mg tablets", "Atorvastatin 20 mg tablets",
    "Nitrofurantoin 100 mg capsules", "Doxycycline 100 mg capsules", "Lansoprazole 30 mg capsules",
    "Apixaban 5 mg tablets", "Verapamil 80 mg tablets", "Zopiclone 7.5 mg tablets",
    "Metoclopramide 10 mg tablets", "Azathioprine 50 mg tablets",
)  # fmt: skip
# LOINC code, words, value, unit
RESULTS = (
    ("14682-9", "Creatinine", 118, "umol/L"), ("2823-3", "Potassium", 4.6, "mmol/L"),
    ("2951-2", "Sodium", 138, "mmol/L"), ("29463-7", "Body weight", 71, "kg"),
    ("8302-2", "Body height", 168, "cm"), ("6301-6", "INR", 2.4, "1"),
    ("33914-3", "eGFR", 49, "mL/min/{1.73_m2}"), ("4548-4", "HbA1c", 7.1, "%"),
)  # fmt: skip
GENES = (
    ("HGNC:2621", "CYP2C19", ("*1/*2", "*2/*2", "*1/*1", "*1/*17")),
    ("HGNC:2625", "CYP2D6", ("*1/*4", "*4/*4", "*1/*1", "*1/*41")),
    ("HGNC:2623", "CYP2C9", ("*1/*3", "*1/*1", "*1/*2", "*2/*3")),
    ("HGNC:10663", "SLCO1B1", ("*1/*5", "*1/*1", "*5/*5", "*1/*1")),
)
CLINICAL = "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical"
DAY = "2026-11-0%d"


def bundle_of(person: str, number: int) -> dict[str, Any]:
    """Return a transaction that writes a person; the four kinds of people differ in their genes."""
    whose = {"subject": {"reference": f"Patient/{person}"}}
    found: list[dict[str, Any]] = [
        {"resourceType": "Patient", "id": person, "birthDate": f"{1940 + number % 20}-02-03",
         "gender": ("female", "male")[number % 2]},
        _allergy(person), *(_medicine(n, words, whose) for n, words in enumerate(TWENTY)),
        *(_result(n, row, whose) for n, row in enumerate(RESULTS)),
        *(_gene(n, number, whose) for n in range(len(GENES))),
    ]  # fmt: skip
    entries = []
    for place, resource in enumerate(found):
        resource["id"] = resource.get("id") or f"{person}-{place}"
        url = f"{resource['resourceType']}/{resource['id']}"
        entries.append({"resource": resource, "request": {"method": "PUT", "url": url}})
    return {"resourceType": "Bundle", "type": "transaction", "entry": entries}


def _allergy(person: str) -> dict[str, Any]:
    return {
        "resourceType": "AllergyIntolerance", "code": {"text": "Penicillin"},
        "clinicalStatus": {"coding": [{"system": CLINICAL, "code": "active"}]}, "type": "allergy",
        "patient": {"reference": f"Patient/{person}"},
    }  # fmt: skip


def _medicine(number: int, words: str, whose: dict[str, Any]) -> dict[str, Any]:
    return {
        "resourceType": "MedicationStatement", "status": "active", **whose,
        "medicationCodeableConcept": {"text": words},
        "effectivePeriod": {"start": f"2024-{number % 12 + 1:02}-05"},
        "dosage": [{"text": "one daily"}],
    }  # fmt: skip


def _result(number: int, row: tuple[str, str, float, str], whose: dict[str, Any]) -> dict[str, Any]:
    code, words, value, unit = row
    return {
        "resourceType": "Observation", "status": "final", **whose,
        "code": {"coding": [{"system": "http://loinc.org", "code": code}], "text": words},
        "effectiveDateTime": DAY % (number + 1),
        "valueQuantity": {
            "value": value, "unit": unit, "code": unit, "system": "http://unitsofmeasure.org",
        },
    }  # fmt: skip


def _gene(place: int, number: int, whose: dict[str, Any]) -> dict[str, Any]:
    code, gene, kinds = GENES[place]
    named = {"coding": [{"system": "http://www.genenames.org/geneId", "code": code,
                         "display": gene}]}  # fmt: skip
    return {
        "resourceType": "Observation", "status": "final", **whose,
        "code": {"coding": [{"system": "http://loinc.org", "code": "84413-4"}]},
        "valueCodeableConcept": {"text": kinds[number % len(kinds)]},
        "component": [
            {"code": {"coding": [{"system": "http://loinc.org", "code": "48018-6"}]},
             "valueCodeableConcept": named},
        ],
    }  # fmt: skip


def draft_of(person: str, number: int) -> str:
    """Return a call of order-sign, of another medicine or prescriber each time."""
    order = {
        "resourceType": "MedicationRequest", "id": f"draft-{number}", "status": "draft",
        "intent": "order", "subject": {"reference": f"Patient/{person}"},
        "medicationCodeableConcept": {"text": ORDERS[number * 7 % len(ORDERS)]},
        "dosageInstruction": [{
            "text": "one twice daily", "timing": {"repeat": {
                "frequency": 2, "period": 1, "periodUnit": "d"}},
        }],
    }  # fmt: skip
    return json.dumps({
        "hook": "order-sign", "hookInstance": "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea",
        "context": {
            "userId": f"Practitioner/bench{number}", "patientId": person,
            "draftOrders": {"resourceType": "Bundle", "entry": [{"resource": order}]},
        },
    })  # fmt: skip
