"""What a resource that is no line says of a medicine, for the list to follow it.

MedicationRequest, -Dispense, -Administration, -Statement (and the Medication and Conditions that
they point to) -> Reported
Source: HL7 FHIR R4 (4.0.1), the medication resources; own choice of what each says of a therapy.
"""

from __future__ import annotations

from datetime import UTC, date, datetime

import orjson

from garrod.adapters.fhir.json import Resource, codings, many, meanings, one, text, words_of
from garrod.adapters.fhir.lines.dosage_reading import directions_in, dose_of
from garrod.adapters.fhir.lines.medicine import is_statement_of_absence, medicine_in
from garrod.adapters.fhir.lines.names import SETTING, TREATMENTS
from garrod.adapters.fhir.lines.nested import within, words
from garrod.adapters.fhir.lines.statement import is_line, treatment_in
from garrod.care.record.medication.line import Author, Content, Hold, Setting, State
from garrod.care.record.medication.said import Reported, Source
from garrod.care.record.medicines_ports import Near
from garrod.core.medicine import Coding
from garrod.core.resource import Version

SOURCES = {
    "MedicationRequest": Source.REQUEST,
    "MedicationDispense": Source.DISPENSE,
    "MedicationAdministration": Source.ADMINISTRATION,
    "MedicationStatement": Source.STATEMENT,
}
_SUBJECT = "Patient/"
_SETTING_BY_CATEGORY = {
    "inpatient": Setting.HOSPITAL,
    "discharge": Setting.HOSPITAL,
    "outpatient": Setting.CLINIC,
    "community": Setting.GP,
    "patientspecified": Setting.PERSON,
}
# What a request or statement says of the therapy. A prescription that is used up ends no treatment
# that is known already, and one that is cancelled says nothing of it.
_REQUESTS = {
    "active": State.ACTIVE,
    "draft": State.DRAFT,
    "on-hold": State.ON_HOLD,
    "stopped": State.STOPPED,
    "completed": State.COMPLETED,
}
_STATEMENTS = {
    "active": State.ACTIVE,
    "intended": State.DRAFT,
    "on-hold": State.ON_HOLD,
    "stopped": State.STOPPED,
    "not-taken": State.STOPPED,
    "completed": State.COMPLETED,
}
_PROPOSED = frozenset(("proposal", "plan", "option"))
_NOTHING = frozenset(("unknown", "not-done", "declined", "cancelled", "preparation"))


def pointed(version: Version) -> tuple[str, ...]:
    """Return the references that must be read beside a resource: its medicine and its reasons."""
    if version.kind not in SOURCES or version.is_deleted:
        return ()
    resource = orjson.loads(version.body)
    found = [text(one(resource, "medicationReference"), "reference")]
    found += [text(r, "reference") for r in many(resource, "reasonReference")]
    return tuple(r for r in found if r.startswith(("Medication/", "Condition/")))


def reported_of(version: Version, near: Near) -> Reported | None:
    """Return what a resource says of a medicine; None where it says nothing for the list.

    A line of ours, a resource of nobody known here, or one that must not be given says nothing.
    """
    source = SOURCES.get(version.kind)
    if source is None or version.is_deleted:
        return None
    resource = orjson.loads(version.body)
    subject = text(one(resource, "subject"), "reference")
    if not subject.startswith(_SUBJECT) or is_line(resource) or resource.get("doNotPerform"):
        return None
    status = text(resource, "status")
    if status in _NOTHING and source is not Source.REQUEST:
        return None
    if is_statement_of_absence(resource):
        return None
    started = _started(resource)
    return Reported(
        source=source,
        reference=f"{version.kind}/{version.id}",
        patient=subject.removeprefix(_SUBJECT),
        content=content_in(resource, near),
        author=_author(resource, source),
        treatment_id=treatment_in(resource, TREATMENTS),
        based_on=_based_on(resource),
        state=_state(resource, source, status),
        reason=reason_in(resource),
        hold=_hold(resource, status),
        effective=_moment(started),
        ended=day_of(text(one(resource, "effectivePeriod"), "end")),
        is_error=status == "entered-in-error",
    )


def content_in(resource: Resource, near: Near) -> Content:
    """Return what a resource says of a medicine, its dose and its reasons."""
    dosages = [
        *many(resource, "dosageInstruction"),
        *many(resource, "dosage"),
        *([one(resource, "dosage")] if one(resource, "dosage") else []),
    ]
    day = day_of(_started(resource))
    is_future = text(resource, "status") == "intended"
    return Content(
        medicine=medicine_in(resource, near),
        dose=dose_of(dosages),
        directions=directions_in(dosages),
        reasons=tuple(_reasons(resource, near)),
        started=None if is_future else day,
        planned_start=day if is_future else None,
    )


def _reasons(resource: Resource, near: Near) -> list[Coding]:
    found: list[Coding] = []
    for concept in many(resource, "reasonCode"):
        found += meanings(concept)
    for pointer in many(resource, "reasonReference"):
        body = near.bodies.get(text(pointer, "reference"))
        concept = one(orjson.loads(body), "code") if body else {}
        found += meanings(concept or {"text": text(pointer, "display")})
    return list(dict.fromkeys(found))


def _state(resource: Resource, source: Source, status: str) -> State | None:
    if source is Source.REQUEST:
        if text(resource, "intent") in _PROPOSED and status == "active":
            return State.DRAFT
        return _REQUESTS.get(status)
    if source is Source.STATEMENT:
        is_planned = status == "intended" and bool(_started(resource))
        return State.FUTURE if is_planned else _STATEMENTS.get(status)
    return None


def reason_in(resource: Resource) -> str:
    """Return the words of a resource's statusReason; "" where it has none."""
    reason = resource.get("statusReason")
    found = reason if isinstance(reason, list) else [reason]
    said = [words_of(c) for c in found if isinstance(c, dict)]
    return next((s for s in said if s), "")


def _hold(resource: Resource, status: str) -> Hold | None:
    if status != "on-hold":
        return None
    return Hold(reason_in(resource) or "no reason was sent", resumes_when="not said by the sender")


def _started(resource: Resource) -> str:
    period = one(resource, "effectivePeriod")
    return (
        text(period, "start")
        or text(resource, "effectiveDateTime")
        or text(resource, "authoredOn")
        or text(resource, "whenHandedOver")
        or text(resource, "whenPrepared")
    )


def day_of(written: str) -> date | None:
    """Return the day that a date or moment begins with; None where it is not so precise."""
    try:
        return date.fromisoformat(written[:10]) if len(written) >= 10 else None
    except ValueError:
        return None


def _moment(written: str) -> datetime | None:
    """Return a moment; a day alone is its beginning in UTC."""
    try:
        found = datetime.fromisoformat(written) if len(written) >= 10 else None
    except ValueError:
        return None
    return found if found is None or found.tzinfo else found.replace(tzinfo=UTC)


_BASES = (
    *("basedOn", "authorizingPrescription", "derivedFrom", "partOf"),
    *("priorPrescription", "request", "reasonReference"),
)


def _based_on(resource: Resource) -> tuple[str, ...]:
    """Return the resources of the therapy to which a resource refers."""
    found = []
    for name in _BASES:
        value = resource.get(name)
        for pointer in value if isinstance(value, list) else [value]:
            reference = text(pointer, "reference") if isinstance(pointer, dict) else ""
            if reference.partition("/")[0] in SOURCES:
                found.append(reference)
    return tuple(dict.fromkeys(found))


def _author(resource: Resource, source: Source) -> Author:
    named = words(resource, SETTING, "Code")
    setting = Setting(named) if named in set(Setting) else _setting(resource, source)
    pointer = (
        one(resource, "requester")
        or one(resource, "informationSource")
        or next((one(p, "actor") for p in many(resource, "performer")), {})
    )
    who = text(pointer, "reference") or text(pointer, "display")
    organisation = text(one(one(resource, "dispenseRequest"), "performer"), "reference")
    is_own = source is Source.DISPENSE
    system = text(one(resource, "meta"), "source")
    return Author(who, "", organisation if is_own else "", setting, system)


def _setting(resource: Resource, source: Source) -> Setting:
    """Return the setting of a resource: by its category, its source, or what sort it is."""
    if source is Source.DISPENSE:
        return Setting.COMMUNITY_PHARMACY
    teller = text(one(resource, "informationSource"), "reference")
    if teller.startswith(("Patient/", "RelatedPerson/")):
        return Setting.PERSON
    value = resource.get("category")
    concepts = value if isinstance(value, list) else [value]
    codes = [c.code for concept in concepts if isinstance(concept, dict) for c in codings(concept)]
    found = next((s for c in codes if (s := _SETTING_BY_CATEGORY.get(c))), None)
    if found is not None:
        return found
    is_given = source is Source.ADMINISTRATION or bool(within(resource, SETTING))
    return Setting.HOSPITAL if is_given else Setting.GP
