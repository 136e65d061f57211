"""A line of the medication list as a MedicationStatement, and back without loss.

The line is rebuilt from its history (an extension); every other element says the same for readers
who know FHIR alone.
Source: HL7 FHIR R4 (4.0.1), MedicationStatement, https://hl7.org/fhir/R4/medicationstatement.html
"""

from __future__ import annotations

import re
from typing import Any

import msgspec
import orjson

from garrod.adapters.fhir.json import Resource, many, text
from garrod.adapters.fhir.lines.dosage import dosages_of
from garrod.adapters.fhir.lines.history import history_in, history_out
from garrod.adapters.fhir.lines.names import LINE, RESUMES, TREATMENT
from garrod.adapters.fhir.lines.nested import (
    coding_out,
    instant_out,
    labels_out,
    named,
    part,
    tree,
    within,
    words,
)
from garrod.care.record.medication.line import (
    CLOSED,
    Act,
    Author,
    Line,
    MedicineOf,
    Setting,
    State,
)
from garrod.care.record.medication.transitions import begun, replayed
from garrod.care.record.medicines_ports import LINE as KIND
from garrod.core.errors import FhirError
from garrod.core.resource import Version

# A line's state as FHIR's code; a superseded line is never active for who knows only the code.
STATUS = {
    State.DRAFT: "intended",
    State.ACTIVE: "active",
    State.ON_HOLD: "on-hold",
    State.FUTURE: "intended",
    State.STOPPED: "stopped",
    State.COMPLETED: "completed",
    State.ENTERED_IN_ERROR: "entered-in-error",
}
SUPERSEDED = "completed"
_CATEGORIES = "http://terminology.hl7.org/CodeSystem/medication-statement-category"
CATEGORY = {
    Setting.HOSPITAL: "inpatient",
    Setting.CLINIC: "outpatient",
    Setting.PERSON: "patientspecified",
}
_PEOPLE = re.compile(
    r"(?:Patient|Practitioner|PractitionerRole|RelatedPerson|Organization)/[A-Za-z0-9.-]{1,64}"
)
_ENCODER = msgspec.json.Encoder(decimal_format="number")
_BASES = ("MedicationRequest/", "CarePlan/", "ServiceRequest/")


def body_of(line: Line, patient: str, *, is_test: bool = False) -> bytes:
    """Return a line as the bytes of a MedicationStatement.  Raises: FhirError FHR151."""
    found: Resource = {
        "resourceType": KIND,
        "id": line.id,
        "meta": labels_out((line.owner,) if line.is_private else (), is_test=is_test),
        "extension": _extensions(line),
        "identifier": [{"system": TREATMENT, "value": line.treatment_id}],
        **_based(line),
        "status": SUPERSEDED if line.superseded_by else STATUS[line.state],
        "statusReason": _reasons(line),
        "category": _category(line.owner),
        "medicationCodeableConcept": medicine_out(line.content.medicine),
        "subject": {"reference": f"Patient/{patient}"},
        "effectivePeriod": _period(line),
        "dateAsserted": instant_out(line.recorded),
        "informationSource": source_of(line.author),
        "derivedFrom": _derived(line),
        "reasonCode": [
            {"coding": [coding_out(c)]} if c.code else {"text": c.display}
            for c in line.content.reasons
            if c.code or c.display
        ],
        "dosage": dosages_of(line.content),
    }
    return written({name: value for name, value in found.items() if value not in ([], {}, None)})


def written(resource: Any) -> bytes:
    """Return a resource as JSON; decimals as they are."""
    return _ENCODER.encode(resource)


def line_of(version: Version) -> Line:
    """Return the line that a version holds.  Raises: FhirError FHR150 where it holds none."""
    return line_in(orjson.loads(version.body), version.id)


def line_in(resource: Resource, id: str) -> Line:
    """Return the line of an id that a resource holds.  Raises: FhirError FHR150."""
    mark = within(resource, LINE)
    if not mark:
        raise FhirError(f"{KIND}/{id} is no line of a medication list.", code="FHR150")
    history = history_in(resource)
    supersedes = words(mark, "supersedes")
    if not history:
        raise FhirError(f"the line {id} has lost its history.", code="FHR150")
    start = begun(id, words(mark, "treatment"), history[0], supersedes=supersedes)
    line = replayed(start, history)
    assert line is not None, "a history with a step makes a line"
    return line


def is_line(resource: Resource) -> bool:
    """Return whether a resource is a line of a medication list."""
    return any(named(many(resource, "extension"), LINE))


def _extensions(line: Line) -> list[Resource]:
    resumes = line.hold.resumes if line.hold else None
    return [
        *tree(
            LINE,
            part("treatment", "String", line.treatment_id),
            part("state", "Code", line.state.value),
            part("owner", "Code", line.owner.value),
            part("verification", "Code", line.verification.value),
            part("private", "Boolean", True if line.is_private else None),
            part("supersedes", "String", line.supersedes),
            part("supersededBy", "String", line.superseded_by),
            *_medicine_parts(line.content.medicine),
        ),
        *([part(RESUMES, "Date", resumes.isoformat()) or {}] if resumes else []),
        *history_out(line.history),
    ]


def _medicine_parts(medicine: MedicineOf) -> list[Resource | None]:
    return [
        part("form", "String", medicine.form),
        part("strength", "String", medicine.strength),
        part("brand", "String", medicine.brand),
    ]


def medicine_out(medicine: MedicineOf) -> Resource:
    """Return a medicine as a CodeableConcept."""
    found: Resource = {}
    coding = [coding_out(c) for c in medicine.codings if c.code]
    if coding:
        found["coding"] = coding
    if medicine.text.strip():
        found["text"] = medicine.text
    return found or {"text": "medicine not named"}


def _reasons(line: Line) -> list[Resource]:
    if line.superseded_by:
        return [{"text": f"superseded by {KIND}/{line.superseded_by}"}]
    if line.hold and line.state is State.ON_HOLD:
        until = f"; resumes {line.hold.resumes_when}" if line.hold.resumes_when else ""
        return [{"text": f"{line.hold.reason}{until}"}]
    if line.stop_reason:
        return [{"text": line.stop_reason}]
    if line.state in CLOSED and line.history[-1].reason:
        return [{"text": line.history[-1].reason}]
    return []


def _category(owner: Setting) -> Resource:
    return {"coding": [{"system": _CATEGORIES, "code": CATEGORY.get(owner, "community")}]}


def _period(line: Line) -> Resource:
    start = line.content.started or line.content.planned_start
    end = line.stopped
    found = {"start": start.isoformat()} if start else {}
    if end and (start is None or start <= end):
        found["end"] = end.isoformat()
    return found


def source_of(by: Author) -> Resource:
    """Return an author as a reference, or as words where it is none."""
    if _PEOPLE.fullmatch(by.who):
        return {"reference": by.who}
    said = ", ".join(p for p in (by.who, by.role, by.organisation, by.setting.value) if p)
    return {"display": said}


def _based(line: Line) -> Resource:
    """Return what a line rests on: its own authorisations, and those of the line before it.

    The latter for as long as it says of the medicine what that one said.
    """
    is_as_begun = all(step.act is not Act.CHANGE for step in line.history)
    every = (*line.links.authorisations, *(line.links.continued if is_as_begun else ()))
    based = [r for r in dict.fromkeys(every) if r.startswith(_BASES)]
    return {"basedOn": [{"reference": r} for r in based]}


def _derived(line: Line) -> list[Resource]:
    based = [r for r in line.links.authorisations if not r.startswith(_BASES)]
    links = line.links
    rest = (*based, *links.supplies, *links.administrations, *links.statements)
    return [{"reference": r} for r in rest]


def treatment_in(resource: Resource, systems: tuple[str, ...]) -> str:
    """Return the treatment that an identifier of a resource names; "" where none does."""
    found = (text(i, "value") for i in many(resource, "identifier") if text(i, "system") in systems)
    return next((value for value in found if value), "")
