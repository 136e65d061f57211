"""What both servers are given: synthetic people, and resources at the edges of every type.

The edges are written by hand: dates of every precision, zones and open ends; codes with and without
system; units told by code, by words or not at all; accents, case, signs and spaces; references
relative, absolute, versioned, by identifier, to nobody; negative numbers, ranges, what is missing.
"""

from __future__ import annotations

import itertools
from typing import Any

import msgspec
import numpy as np

from garrod.adapters.world import load_profile, people, shared
from garrod.knowledge.shelf import Shelf

Resource = dict[str, Any]
PEOPLE, SEED = 12, 4021
MOST_OF_A_KIND = 60  # of those who only serve: surgeries, their doctors
UCUM = "http://unitsofmeasure.org"
LOINC, SNOMED = "http://loinc.org", "http://snomed.info/sct"
WARDS = "https://example.org/codes/ward"
NUMBERS = "https://example.org/numbers"
V2_TYPES = "http://terminology.hl7.org/CodeSystem/v2-0203"
ELSEWHERE = "https://elsewhere.example.org/fhir/Patient/e1"
DATES = (
    "2019", "2020", "2020-02", "2020-02-29", "2020-03", "2020-12-31", "2021-01-01",
    "2020-02-29T00:00:00Z", "2020-02-29T23:59:59Z", "2020-02-29T23:59:59.999Z",
    "2020-03-01T00:00:00+01:00", "2020-03-01T00:30:00-05:00", "2020-02-29T12:00:00.5Z",
    "2020-12-31T23:30:00-01:00", "1899-12-31", "2100-01",
)  # fmt: skip
PERIODS: tuple[tuple[str | None, str | None], ...] = (
    ("2019-06-01", "2020-02-29"), ("2020-02-29", "2020-02-29"), ("2020-01", "2020-03"),
    ("2020-02-10", None), (None, "2020-02-10"), ("2020-02-29T10:00:00Z", "2020-03-01T10:00:00Z"),
    ("2018", "2022"),
)  # fmt: skip
QUANTITIES: tuple[dict[str, Any], ...] = (
    {"value": 5.4, "unit": "mmol/L", "system": UCUM, "code": "mmol/L"},
    {"value": 5400, "unit": "umol/L", "system": UCUM, "code": "umol/L"},
    {"value": 5.4, "unit": "mmol/L"},
    {"value": 5.40},
    {"value": -1.5, "unit": "dioptre", "system": UCUM, "code": "[diop]"},
    {"value": -1.4, "unit": "dioptre", "system": UCUM, "code": "[diop]"},
    {"value": 0, "unit": "g", "system": UCUM, "code": "g"},
    {"value": 70.5, "unit": "kilogram", "system": UCUM, "code": "kg"},
    {"value": 70500, "unit": "g", "system": UCUM, "code": "g"},
    {"value": 100, "unit": "mg", "system": UCUM, "code": "mg"},
    {"value": 0.1, "unit": "g", "system": UCUM, "code": "g"},
    {"value": 99.5, "unit": "mg", "system": UCUM, "code": "mg"},
    {"value": 100.5, "unit": "mg", "system": UCUM, "code": "mg"},
    {"value": 3, "comparator": "<", "unit": "ng/L", "system": UCUM, "code": "ng/L"},
    {"value": 60, "comparator": ">", "unit": "mL/min", "system": UCUM, "code": "mL/min"},
    {"value": 12, "unit": "stone", "system": "https://example.org/units", "code": "st"},
)
NAMES: tuple[dict[str, Any], ...] = (
    {"family": "Ordóñez", "given": ["María", "José"]},
    {"family": "ORDONEZ", "given": ["maria"]},
    {"family": "Åström", "given": ["Björn"], "prefix": ["Dr"]},
    {"family": "O'Neill", "given": ["Siân"]},
    {"family": "van  der Berg", "given": ["Jan", "Berg"], "suffix": ["MBE"]},
    {"family": "Smith-Jones", "given": ["Eve"]},
    {"family": "smith", "given": ["Severine"]},
    {"family": "SMITH", "given": ["Evelyn"], "text": "Evelyn SMITH, Lady"},
    {"family": "Straße", "given": ["Jürgen"]},
    {"family": "Łukasz", "given": ["Zoë"]},
    {"text": "Only, Text"},
    {"family": "Comma, Inside", "given": ["Pipe|Dollar$"]},
)
SUBJECTS: tuple[dict[str, Any] | None, ...] = (
    {"reference": "Patient/e0"},
    {"reference": "Patient/e1"},
    {"reference": ELSEWHERE},
    {"reference": "Patient/e2/_history/1"},
    {"reference": "Group/e1"},
    {"reference": "Patient/nobody"},
    {"identifier": {"system": NUMBERS, "value": "A-1"}, "display": "by number"},
    {"reference": "urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0"},
    None,
)
CODES: tuple[dict[str, Any], ...] = (
    {"coding": [{"system": LOINC, "code": "29463-7", "display": "Body weight"}]},
    {"coding": [{"system": WARDS, "code": "A"}, {"code": "A"}]},
    {"coding": [{"code": "29463-7"}]},
    {"coding": [{"system": WARDS, "code": "a", "display": "Ward of the á"}]},
    {"coding": [{"system": SNOMED, "code": "271649006"}], "text": "Systolic, by cuff"},
    {"text": "Only words"},
    {"coding": [{"system": WARDS, "code": "B|C"}, {"system": WARDS, "code": "x,y"}]},
)
PARTS: tuple[dict[str, Any], ...] = (
    {"coding": [{"system": LOINC, "code": "8480-6"}, {"system": WARDS, "code": "top"}]},
    {"coding": [{"system": LOINC, "code": "8462-4"}]},
    {"coding": [{"code": "8462-4"}], "text": "without a system"},
)


def world(shelf: Shelf) -> list[Resource]:
    """Return the synthetic people, their care, and some of those who give it."""
    profile = load_profile(shelf)
    chance = np.random.Generator(np.random.Philox(key=SEED))
    drawn = [r for person in people(profile, chance, 0, PEOPLE) for r in person]
    named = set(_named(drawn))
    serving = list(shared(profile))
    wanted = [r for r in serving if f"{r['resourceType']}/{r['id']}" in named]
    others = [r for r in serving if r not in wanted]
    kinds = ("Organization", "Practitioner")
    few = [[r for r in others if r["resourceType"] == k][:MOST_OF_A_KIND] for k in kinds]
    plain = msgspec.json.Encoder(decimal_format="number")
    return [msgspec.json.decode(plain.encode(r)) for r in (*wanted, *few[0], *few[1], *drawn)]


def _named(value: Any) -> list[str]:
    """Return every reference within a value."""
    if isinstance(value, dict):
        own = [value["reference"]] if isinstance(value.get("reference"), str) else []
        return own + [name for inner in value.values() for name in _named(inner)]
    if isinstance(value, list):
        return [name for inner in value for name in _named(inner)]
    return []


def _without(given: Resource) -> Resource:
    return {name: value for name, value in given.items() if value not in (None, [], {})}


def _patients(base: str) -> list[Resource]:
    births = itertools.cycle(("1950-02-03", "1950-02", "1950", None, "2020-02-29"))
    made = [
        _without({
            "resourceType": "Patient",
            "id": f"e{number}",
            "active": (True, False, None)[number % 3],
            "name": [name] if number % 4 else [name, {"use": "old", "family": f"Früher{number}"}],
            "gender": ("female", "male", "other", "unknown", None)[number % 5],
            "birthDate": next(births),
            "identifier": _numbers(number),
            "telecom": [{"system": "phone", "value": f"+44 1632 96000{number % 4}"}]
            if number % 2 else None,
            "address": [{"city": ("Leeds", "LEEDS", "Lleida", "York")[number % 4],
                         "line": [f"{number} St. Mary's Row"], "postalCode": "ZZ99 3VZ"}],
            "managingOrganization": {"reference": f"Organization/e{number % 3}"}
            if number % 3 else None,
            "generalPractitioner": [{"reference": "Practitioner/e0"},
                                    {"reference": f"{base}/Organization/e1"}][: number % 3],
            "deceasedBoolean": (None, True, False, None)[number % 4],
            "link": [{"other": {"reference": "Patient/e0"}, "type": "seealso"}]
            if number == 5 else None,
            "meta": {"tag": [{"system": WARDS, "code": "A" if number % 2 else "a"}],
                     "profile": ["https://example.org/fhir/StructureDefinition/p|1.0"]
                     if number % 3 else None} if number != 7 else None,
        })
        for number, name in enumerate((*NAMES, None))
    ]  # fmt: skip
    for patient in made:
        patient["name"] = [n for n in patient.get("name", []) if n] or None
        patient["meta"] = _without(patient.get("meta") or {})
    return [_without(patient) for patient in made]


def _numbers(number: int) -> list[Resource]:
    kind: Resource = {"coding": [{"system": V2_TYPES, "code": "MR"}], "text": "Hospital number"}
    every: tuple[list[Resource], ...] = (
        [{"system": NUMBERS, "value": "A-1"}],
        [{"system": NUMBERS, "value": "a-1", "type": kind}],
        [{"value": "A-1"}, {"system": f"{NUMBERS}/two", "value": "A-1", "type": kind}],
        [{"system": NUMBERS}],
        [],
    )
    return every[number % len(every)]


def _observations() -> list[Resource]:
    values: list[Resource] = [{"valueQuantity": quantity} for quantity in QUANTITIES]
    values += [{"valueCodeableConcept": code} for code in CODES]
    values += [{"valueString": text} for text in ("Présent", "present, faintly", "ABSENT", "10%")]
    values += [{"valueDateTime": DATES[number]} for number in (1, 3, 8)]
    values += [{"valuePeriod": {"start": "2020-02-01", "end": "2020-02-20"}}, {}]
    times: list[Resource] = [{"effectiveDateTime": date} for date in DATES]
    times += [{"effectivePeriod": _without({"start": s, "end": e})} for s, e in PERIODS]
    times += [{"effectiveInstant": "2020-02-29T12:00:00.123Z"}, {}]
    times += [{"effectiveTiming": {"event": ["2020-02-01", "2020-02-20"]}}]
    return [
        _without({
            "resourceType": "Observation",
            "id": f"e{number}",
            "status": ("final", "amended", "preliminary")[number % 3],
            "code": CODES[number % len(CODES)],
            "subject": SUBJECTS[number % len(SUBJECTS)],
            "performer": [{"reference": "Practitioner/e0"}, {"reference": "Organization/e1"}]
            [: number % 3],
            **values[number % len(values)],
            **times[(number * 5) % len(times)],
            "component": _components(number),
            "hasMember": [{"reference": f"Observation/e{number - 1}"}] if number % 11 == 5 else [],
        })
        for number in range(78)
    ]  # fmt: skip


def _components(number: int) -> list[Resource]:
    if number % 6:
        return []
    return [
        {"code": PARTS[0], "valueQuantity": QUANTITIES[number % len(QUANTITIES)]},
        {"code": PARTS[1], "valueQuantity": QUANTITIES[(number + 5) % len(QUANTITIES)]},
        {"code": PARTS[2], "valueCodeableConcept": CODES[3]},
    ]


def _conditions() -> list[Resource]:
    onsets: list[Resource] = [
        {"onsetDateTime": "2020-02"},
        {"onsetAge": {"value": 40, "unit": "years", "system": UCUM, "code": "a"}},
        {"onsetRange": {"low": {"value": 30, "system": UCUM, "code": "a"},
                        "high": {"value": 50, "system": UCUM, "code": "a"}}},
        {"onsetRange": {"low": {"value": 45, "system": UCUM, "code": "a"}}},
        {"onsetPeriod": {"start": "2020-02-10"}},
        {"onsetString": "Früh"},
        {},
    ]  # fmt: skip
    return [
        _without({
            "resourceType": "Condition", "id": f"e{number}", "code": CODES[number % len(CODES)],
            "subject": SUBJECTS[number % 6], "recordedDate": DATES[number], **onset,
        })
        for number, onset in enumerate(onsets)
    ]  # fmt: skip


def _assessments() -> list[Resource]:
    chances: list[Resource] = [{"probabilityDecimal": n} for n in (0.1, 0.10, 0.104, 0.95, 0)]
    chances += [{"probabilityRange": {"low": {"value": 0.05}, "high": {"value": 0.2}}}]
    chances += [{"probabilityRange": {"high": {"value": 0.5}}}]
    return [
        {"resourceType": "RiskAssessment", "id": f"e{number}", "status": "final",
         "subject": {"reference": f"Patient/e{number}"}, "prediction": [chance]}
        for number, chance in enumerate(chances)
    ]  # fmt: skip


def _others() -> list[Resource]:
    sets = [{"system": WARDS, "concept": [{"code": "A"}, {"code": "x,y"}]},
            {"system": LOINC, "concept": [{"code": "29463-7"}]}]  # fmt: skip
    base = "https://example.org/fhir/ValueSet"
    urls = (f"{base}/wards", f"{base}/wards/2", base, f"{base}/Wards", "urn:oid:1.2.3.4")
    return [
        *({"resourceType": "ValueSet", "id": f"e{n}", "url": url, "status": "active",
           "version": f"{n}.0", "name": "Wards", "compose": {"include": sets}}
          for n, url in enumerate(urls)),
        *({"resourceType": "Organization", "id": f"e{n}", "name": name,
           **({"partOf": {"reference": f"Organization/e{n - 1}"}} if n else {})}
          for n, name in enumerate(("Außenstelle", "Ward 7", "ward 70"))),
        {"resourceType": "Practitioner", "id": "e0", "name": [{"family": "Åkesson"}]},
        {"resourceType": "Group", "id": "e1", "type": "person", "actual": True,
         "member": [{"entity": {"reference": "Patient/e0"}}]},
        *({"resourceType": "Medication", "id": f"e{n}", "batch": {"lotNumber": lot}}
          for n, lot in enumerate(("LOT-9", "lot-9", "LOT-90"))),
        *({"resourceType": "Immunization", "id": f"e{n}", "status": "completed", "lotNumber": lot,
           "vaccineCode": CODES[n], "patient": {"reference": f"Patient/e{n}"},
           "occurrenceDateTime": DATES[n + 2]}
          for n, lot in enumerate(("AAJN-11", "aajn 11"))),
    ]  # fmt: skip


def edges(base: str) -> list[Resource]:
    """Return the resources written by hand; `base` is the address of the server under test."""
    return [*_others(), *_patients(base), *_observations(), *_conditions(), *_assessments()]
