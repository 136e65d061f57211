"""Plants each of 47 classes of defect into a valid resource, and counts those that are caught.

Reference: the classes of the field's comparison of validators, none of which caught more than 27.
A defect counts as caught where the issue names its place and its kind, not just something wrong.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import orjson

from garrod.adapters.fhir.check.engine import Checker
from garrod.adapters.fhir.record.parse import parse
from garrod.adapters.fhir.validate.issue import Issue, Severity
from garrod.adapters.packs.load import load_shelf
from garrod.core.errors import FhirError
from validation.figures import Figure, at_least, none_of, show

Json = dict[str, Any]
Change = Callable[[Json], object]
LOINC, SNOMED = "http://loinc.org", "http://snomed.info/sct"
DMD, UCUM = "https://dmd.nhs.uk", "http://unitsofmeasure.org"
NHS = "https://fhir.nhs.uk/Id/nhs-number"
TERMS = "http://terminology.hl7.org/CodeSystem/"
XHTML = "http://www.w3.org/1999/xhtml"


def _coded(system: str, code: str) -> Json:
    return {"coding": [{"system": system, "code": code}]}


VALID: dict[str, Json] = {
    "Patient": {
        "resourceType": "Patient",
        "id": "p1",
        "meta": {"lastUpdated": "2026-11-28T09:30:00.000Z"},
        "text": {"status": "generated", "div": f'<div xmlns="{XHTML}"><p>One person</p></div>'},
        "extension": [{"url": "https://x.example/sex", "valueCode": "female"}],
        "identifier": [{"system": NHS, "value": "9434765919"}],
        "active": True,
        "name": [{"use": "official", "family": "Example", "given": ["Ann", "Bea"]}],
        "telecom": [{"system": "phone", "value": "01632 960001", "rank": 1}],
        "gender": "female",
        "birthDate": "1960-02-29",
        "address": [{"line": ["1 Example Street"], "period": {"start": "2020", "end": "2024-05"}}],
        "contact": [{"name": {"family": "Example"}}],
        "generalPractitioner": [{"reference": "Organization/o1"}],
    },
    "Observation": {
        "resourceType": "Observation",
        "id": "o1",
        "contained": [{"resourceType": "Device", "id": "d1", "status": "active"}],
        "status": "final",
        "code": _coded(LOINC, "29463-7"),
        "subject": {"reference": "Patient/p1"},
        "effectiveDateTime": "2026-11-28T09:30:00Z",
        "issued": "2026-11-28T09:31:00Z",
        "valueQuantity": {"value": 70.5, "unit": "kg", "system": UCUM, "code": "kg"},
        "device": {"reference": "#d1"},
    },
    "MedicationRequest": {
        "resourceType": "MedicationRequest",
        "id": "m1",
        "status": "active",
        "intent": "order",
        "medicationCodeableConcept": _coded(DMD, "39113611000001102"),
        "subject": {"reference": "Patient/p1"},
        "authoredOn": "2026-11-28",
        "requester": {"reference": "Practitioner/x"},
        "dosageInstruction": [{"text": "one daily", "asNeededBoolean": False}],
    },
    "AllergyIntolerance": {
        "resourceType": "AllergyIntolerance",
        "id": "a1",
        "clinicalStatus": _coded(f"{TERMS}allergyintolerance-clinical", "active"),
        "code": _coded(SNOMED, "91936005"),
        "patient": {"reference": "Patient/p1"},
    },
}


@dataclass(frozen=True, slots=True)
class Defect:
    """One class of defect: how it is planted, and what must be said of it."""

    name: str
    kind: str  # the valid resource that it is planted in
    change: Change
    rule: str
    path: str  # below the resource; "" for the resource itself

    def planted(self) -> Json:
        """Return the valid resource with the defect in it."""
        resource = copy.deepcopy(VALID[self.kind])
        self.change(resource)
        return resource


def _with(**more: Any) -> Change:
    return lambda r: r.update(more)


def _without(name: str) -> Change:
    return lambda r: r.pop(name)


def _in(*steps: str | int, **more: Any) -> Change:
    """Return a change of what lies at some steps below a resource."""

    def change(resource: Json) -> None:
        here: Any = resource
        for step in steps:
            here = here[step]
        here.update(more)

    return change


def _div(inside: str) -> Change:
    return _in("text", div=f'<div xmlns="{XHTML}">{inside}</div>')


def _no_contact(resource: Json) -> None:
    resource["contact"] = [{"gender": "male"}]


DUPLICATE = "a name twice in one object"
P, V, M, A = "Patient", "Observation", "MedicationRequest", "AllergyIntolerance"
DEFECTS = (
    Defect("unknown element, top", P, _with(nickname="Annie"), "unknown", "nickname"),
    Defect("unknown element, nested", P, _in("name", 0, nick="x"), "unknown", "name[0].nick"),
    Defect("number for string", P, _in("name", 0, family=7), "type", "name[0].family"),
    Defect("string for decimal", V, _in("valueQuantity", value="70.5"), "type",
           "valueQuantity.value"),
    Defect("string for boolean", P, _with(active="true"), "type", "active"),
    Defect("array for object", V, _with(subject=[{"reference": "Patient/p1"}]), "type", "subject"),
    Defect("object for array", P, _with(name={"family": "Example"}), "type", "name"),
    Defect("malformed date", P, _with(birthDate="29/02/1960"), "value", "birthDate"),
    Defect("impossible calendar date", P, _with(birthDate="1961-02-29"), "value", "birthDate"),
    Defect("impossible hour", V, _with(effectiveDateTime="2026-11-28T25:30:00Z"), "value",
           "effectiveDateTime"),
    Defect("dateTime with minutes, no zone", V, _with(effectiveDateTime="2026-11-28T09:30:00"),
           "value", "effectiveDateTime"),
    Defect("instant without zone", V, _with(issued="2026-11-28T09:31:00"), "value", "issued"),
    Defect("instant without time", V, _with(issued="2026-11-28"), "value", "issued"),
    Defect("unknown code: gender", P, _with(gender="F"), "binding", "gender"),
    Defect("unknown code: status", V, _with(status="done"), "binding", "status"),
    Defect("unknown code: intent", M, _with(intent="wish"), "binding", "intent"),
    Defect("unknown code in a concept", A,
           _with(clinicalStatus=_coded(f"{TERMS}allergyintolerance-clinical", "on")),
           "binding", "clinicalStatus"),
    Defect("missing code", V, _without("code"), "min", "code"),
    Defect("missing status", M, _without("status"), "min", "status"),
    Defect("missing intent", M, _without("intent"), "min", "intent"),
    Defect("missing subject", M, _without("subject"), "min", "subject"),
    Defect("missing choice", M, _without("medicationCodeableConcept"), "min", "medication[x]"),
    Defect("two of value[x]", V, _with(valueString="heavy"), "choice", "value[x]"),
    Defect("two of medication[x]", M, _with(medicationReference={"reference": "Medication/1"}),
           "choice", "medication[x]"),
    Defect("empty string", P, _in("name", 0, family=""), "empty-text", "name[0].family"),
    Defect("empty array", P, _in("name", 0, given=[]), "empty-list", "name[0].given"),
    Defect("empty object", P, _with(maritalStatus={}), "empty", "maritalStatus"),
    Defect("null", P, _with(deceasedBoolean=None), "null", "deceasedBoolean"),
    Defect("illegal id", P, _with(id="p_1"), "value", "id"),
    Defect("over-long id", P, _with(id="p" * 65), "value", "id"),
    Defect("code with leading space", V,
           _with(code=_coded(LOINC, " 29463-7")), "value", "code.coding[0].code"),
    Defect("uri with space", V, _with(code=_coded("http://loinc org", "29463-7")), "value",
           "code.coding[0].system"),
    Defect("positiveInt zero", P, _in("telecom", 0, rank=0), "value", "telecom[0].rank"),
    Defect("reference to a forbidden type", M, _with(subject={"reference": "Device/d1"}),
           "target", "subject"),
    Defect("contained resource of unknown type", V, _in("contained", 0, resourceType="Gadget"),
           "kind", "contained[0].resourceType"),
    Defect("contained resource invalid", V, _in("contained", 0, status="broken"), "binding",
           "contained[0].status"),
    Defect("dangling contained reference", V, _with(device={"reference": "#d2"}), "ref-1",
           "device.reference"),
    Defect("invariant pat-1", P, _no_contact, "pat-1", "contact[0]"),
    Defect("invariant ext-1", P, _in("extension", 0, extension=[{"url": "a", "valueCode": "b"}]),
           "ext-1", "extension[0]"),
    Defect("invariant qty-3", V, lambda r: r["valueQuantity"].pop("system"), "qty-3",
           "valueQuantity"),
    Defect("invariant per-1", P, _in("address", 0, period={"start": "2024", "end": "2020"}),
           "per-1", "address[0].period"),
    Defect("invariant obs-6", V, _with(dataAbsentReason={"text": "not asked"}), "obs-6", ""),
    Defect("extension without url", P, lambda r: r["extension"][0].pop("url"), "min",
           "extension[0].url"),
    Defect("active content in narrative", P, _div("<script>alert(1)</script>"), "txt-1",
           "text.div"),
    Defect(DUPLICATE, P, _with(gender="female"), "FHR102", ""),
    Defect("element of another version", M, _with(medication={"concept": {"text": "x"}}),
           "unknown", "medication"),
    Defect("national check digit", P, _in("identifier", 0, value="9434765918"), "check-digit",
           "identifier[0].value"),
)  # fmt: skip


@cache
def checker() -> Checker:
    """Return the checker of the shipped packs."""
    return Checker(load_shelf())


def written(defect: Defect) -> bytes:
    """Return the bytes of a planted resource; one class is of the text, and not of its value."""
    body = orjson.dumps(defect.planted())
    if defect.name == DUPLICATE:
        return body.replace(b'"gender":', b'"gender":"male","gender":')
    return body


def errors(body: bytes) -> list[Issue]:
    """Return what is wrong with a resource, an unreadable text as one issue."""
    try:
        found = checker().check(parse(body))
    except FhirError as error:
        return [Issue(Severity.ERROR, error.code, "", error.message)]
    return [issue for issue in found if issue.severity is Severity.ERROR]


def is_caught(defect: Defect) -> bool:
    """Return whether an error names the rule and the place of a defect."""
    place = f"{defect.kind}.{defect.path}" if defect.path else defect.kind
    return any(
        issue.rule == defect.rule and issue.path in (place, "") for issue in errors(written(defect))
    )


def measure() -> tuple[list[Figure], list[str]]:
    """Return the figures and what was missed."""
    missed = [d.name for d in DEFECTS if not is_caught(d)]
    refused = [kind for kind, one in VALID.items() if errors(orjson.dumps(one))]
    count = len(DEFECTS)
    figures = [
        at_least("classes of defect caught", count - len(missed), count, 100),
        none_of("valid resources refused", len(refused), len(VALID)),
    ]
    return figures, [f"- missed: {name}" for name in (*missed, *refused)]


def main() -> int:
    """Print the figures."""
    return show("FHIR defects", *measure())


if __name__ == "__main__":
    raise SystemExit(main())
