"""A body for every act and operation of the door that takes one, each of which it accepts."""

from __future__ import annotations

import json
from typing import Any

from tests.making.desks import parameters

Json = dict[str, Any]
Ask = tuple[str, str, Any, dict[str, str]]  # method, path, body, headers
URN = "urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0"
JSON_PATCH = {"Content-Type": "application/json-patch+json"}
NO_LIST = {"If-Match": 'W/"0"'}
SYSTEM, SET, MAP = "http://example.org/cs", "http://example.org/vs", "http://example.org/cm"

PERSON: Json = {
    "resourceType": "Patient",
    "id": "a",
    "name": [{"family": "Testperson", "given": ["Ada"]}],
    "identifier": [{"system": "https://example.org/ids", "value": "1"}],
    "contact": [{"name": {"family": "Other"}}],
}
WEIGHT: Json = {
    "resourceType": "Observation",
    "status": "final",
    "code": {"coding": [{"system": "http://loinc.org", "code": "29463-7"}]},
    "subject": {"reference": "Patient/a"},
    "effectiveDateTime": "2026-03-03T09:00:00Z",
    "valueQuantity": {"value": 70.5, "unit": "kg", "system": "http://unitsofmeasure.org"},
}
TAKEN: Json = {
    "resourceType": "MedicationStatement",
    "status": "active",
    "subject": {"reference": "Patient/a"},
    "medicationCodeableConcept": {"text": "Ramipril 5 mg capsules"},
    "dosage": [
        {
            "text": "Take 1 capsule by mouth, once a day",
            "timing": {"repeat": {"frequency": 1, "period": 1, "periodUnit": "d"}},
            "doseAndRate": [{"doseQuantity": {"value": 1, "unit": "capsule"}}],
        }
    ],
}
CODES: Json = {
    "resourceType": "CodeSystem",
    "id": "codes",
    "url": SYSTEM,
    "version": "1.2",
    "status": "active",
    "content": "complete",
    "property": [{"code": "p", "type": "string"}],
    "concept": [
        {
            "code": "a",
            "display": "A",
            "property": [{"code": "p", "valueString": "x"}],
            "designation": [{"language": "en", "value": "first"}],
            "concept": [{"code": "b", "display": "B"}],
        }
    ],
}
CHOSEN: Json = {
    "resourceType": "ValueSet",
    "id": "chosen",
    "url": SET,
    "status": "active",
    "compose": {
        "include": [
            {"system": SYSTEM, "filter": [{"property": "concept", "op": "is-a", "value": "a"}]},
            {"system": SYSTEM, "concept": [{"code": "a", "display": "A"}]},
        ],
        "exclude": [{"system": SYSTEM, "concept": [{"code": "b"}]}],
    },
}
MAPPED: Json = {
    "resourceType": "ConceptMap",
    "id": "mapped",
    "url": MAP,
    "status": "active",
    "sourceUri": SET,
    "group": [
        {
            "source": SYSTEM,
            "target": "http://example.org/other",
            "element": [{"code": "a", "target": [{"code": "q", "equivalence": "equal"}]}],
            "unmapped": {"mode": "fixed", "code": "z"},
        }
    ],
}
TOPIC: Json = {
    "resourceType": "Subscription",
    "status": "requested",
    "reason": "a test",
    "criteria": "Patient?",
    "channel": {"type": "rest-hook", "endpoint": "http://127.0.0.1:9/x", "payload": "json"},
}


def part(name: str, **value: Any) -> Json:
    """Return one part of Parameters."""
    return {"name": name, **value}


def operation(*parts: Json) -> Json:
    """Return a FHIRPath Patch of one operation."""
    return {"resourceType": "Parameters", "parameter": [{"name": "operation", "part": [*parts]}]}


def parts(*given: Json) -> Json:
    """Return Parameters."""
    return {"resourceType": "Parameters", "parameter": [*given]}


REPLACE = operation(
    part("type", valueCode="replace"),
    part("path", valueString="Patient.contact[0].name.family"),
    part("value", valueString="Other"),
)
INSERT = operation(
    part("type", valueCode="insert"),
    part("path", valueString="Patient.name.where(family='Testperson').given"),
    part("index", valueInteger=0),
    part("value", valueString="Bea"),
)
ADD = operation(
    part("type", valueCode="add"),
    part("path", valueString="Patient"),
    part("name", valueString="contact"),
    part("value", part=[part("name", part=[part("text", valueString="Somebody")])]),
)
PATCH = [
    {"op": "add", "path": "/gender", "value": "male"},
    {"op": "copy", "from": "/name/0/given", "path": "/name/0/suffix"},
    {"op": "test", "path": "/id", "value": "a"},
]


def _act(method: str, url: str, resource: Json | None = None, **more: Any) -> Json:
    held = {"resource": resource} if resource else {}
    return {**held, "request": {"method": method, "url": url, **more}}


def bundle(kind: str) -> Json:
    """Return a Bundle with an act of each sort."""
    entries = [
        {"fullUrl": URN, **_act("POST", "Patient", PERSON, ifNoneExist="identifier=none")},
        _act("PUT", "Patient/a", PERSON),
        _act("POST", "Observation", {**WEIGHT, "subject": {"reference": URN}}),
        _act("GET", "Patient?family=Testperson"),
        _act("PATCH", "Patient/b", REPLACE),
        _act("DELETE", "Patient/nobody"),
    ]
    return {"resourceType": "Bundle", "type": kind, "entry": entries}


HEADER: Json = {
    "resourceType": "MessageHeader",
    "eventCoding": {"system": "http://example.org/events", "code": "x"},
    "source": {"endpoint": "http://example.org/here"},
    "focus": [{"reference": "Patient/a"}],
}
MESSAGE: Json = {
    "resourceType": "Bundle",
    "type": "message",
    "entry": [
        {"fullUrl": URN, "resource": HEADER},
        {"fullUrl": "http://example.org/Patient/a", "resource": PERSON},
    ],
}
SOURCE = {"name": "home", "setting": "gp", "asOf": "2026-03-01", "line": {"medicine": "Aspirin"}}
TWO = {"source-patient": "Patient/b", "target-patient": "Patient/a"}
CODED = part("codeableConcept", valueCodeableConcept={"coding": [{"system": SYSTEM, "code": "b"}]})
CODING = part("coding", valueCoding={"system": SYSTEM, "code": "a", "display": "A"})

ASKS: dict[str, Ask] = {
    "create": ("POST", "Patient", PERSON, {}),
    "create if none": ("POST", "Patient", PERSON, {"If-None-Exist": "identifier=none"}),
    "update": ("PUT", "Patient/a", PERSON, {}),
    "update where": ("PUT", "Observation?code=29463-7&patient=nobody", WEIGHT, {}),
    "weight": ("POST", "Observation", WEIGHT, {}),
    "taken": ("POST", "MedicationStatement", TAKEN, {}),
    "codes": ("PUT", "CodeSystem/codes", CODES, {}),
    "value set": ("PUT", "ValueSet/chosen", CHOSEN, {}),
    "concept map": ("PUT", "ConceptMap/mapped", MAPPED, {}),
    "json patch": ("PATCH", "Patient/a", PATCH, JSON_PATCH),
    "replace": ("PATCH", "Patient/a", REPLACE, {}),
    "insert": ("PATCH", "Patient/a", INSERT, {}),
    "add": ("PATCH", "Patient/a", ADD, {}),
    "transaction": ("POST", "", bundle("transaction"), {}),
    "batch": ("POST", "", bundle("batch"), {}),
    "message": ("POST", "$process-message", MESSAGE, {}),
    "import": ("POST", "$import", PERSON, {}),
    "validate": ("POST", "Patient/$validate", PERSON, {}),
    "validate bundle": ("POST", "$validate", bundle("transaction"), {}),
    "validate by": (
        "POST",
        "$validate",
        parts(part("resource", resource=WEIGHT), part("profile", valueUri="http://example.org")),
        {},
    ),
    "line": (
        "POST",
        "Patient/b/$line",
        parameters(act="begin", medicine="Aspirin 75 mg tablets", directions="one daily"),
        NO_LIST,
    ),
    "confirm": (
        "POST",
        "Patient/b/$confirm-medication-list",
        parameters(line=[{"act": "begin", "medicine": "Aspirin 75 mg tablets"}]),
        NO_LIST,
    ),
    "confirm bundle": (
        "POST",
        "Patient/b/$confirm-medication-list",
        {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": TAKEN}]},
        NO_LIST,
    ),
    "reconcile": (
        "POST",
        "Patient/b/$reconcile",
        parameters(step="open", move="transfer", source=[SOURCE]),
        {},
    ),
    "duplicates": (
        "POST",
        "Patient/b/$medication-duplicates",
        parameters(line=["x", "y"], reason="meant"),
        NO_LIST,
    ),
    "merge": ("POST", "Patient/$merge", parameters(**TWO, reason="twice"), {}),
    "unmerge": (
        "POST",
        "Patient/$unmerge",
        parameters(**TWO, decision=[{"line": "x", "whose": "neither"}]),
        {},
    ),
    "lookup": ("POST", "CodeSystem/$lookup", parts(CODING, part("property", valueCode="p")), {}),
    "subsumes": (
        "POST",
        "CodeSystem/$subsumes",
        parts(
            part("codeA", valueCode="a"),
            part("codeB", valueCode="b"),
            part("system", valueUri=SYSTEM),
        ),
        {},
    ),
    "code": ("POST", "CodeSystem/$validate-code", parts(part("url", valueUri=SYSTEM), CODED), {}),
    "code of sent": (
        "POST",
        "CodeSystem/$validate-code",
        parts(part("codeSystem", resource=CODES), CODED),
        {},
    ),
    "of set": (
        "POST",
        "ValueSet/$validate-code",
        parts(part("valueSet", resource=CHOSEN), CODING),
        {},
    ),
    "expand": (
        "POST",
        "ValueSet/$expand",
        parts(part("valueSet", resource=CHOSEN), part("count", valueInteger=5)),
        {},
    ),
    "translate": (
        "POST",
        "ConceptMap/$translate",
        parts(
            part("conceptMap", resource=MAPPED),
            part("code", valueCode="a"),
            part("system", valueUri=SYSTEM),
        ),
        {},
    ),
    "topic": ("POST", "Subscription/$status", parts(part("id", valueId="a")), {}),
}


def sent(body: Any) -> bytes:
    """Return a body as bytes, as it travels."""
    return json.dumps(body).encode()
