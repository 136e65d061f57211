"""What a person takes and took: the lines of the medication list, and what stands outside it.

statements and requests -> lines of our list outrank what they follow -> current, past
Source: HL7 FHIR R4 (4.0.1), MedicationStatement and MedicationRequest; own choice of which of
several resources of one therapy speaks for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from garrod.adapters.fhir.bundle import Own
from garrod.adapters.fhir.dates import latest_date
from garrod.adapters.fhir.json import Resource, codings, decimal_of, many, one, text
from garrod.adapters.fhir.lines.names import HISTORY, LINE
from garrod.adapters.fhir.medicine import line_of, started_of
from garrod.core.medicine import MedicineLine

HELD = "on-hold"
CURRENT = ("active", HELD, "unknown", "intended", "recorded", "")
ENDED = ("stopped", "completed", "cancelled")
TAKEN_STATES = ("active", HELD, "future-dated")  # of lines of our own list
ENDED_STATES = ("stopped", "completed")
REQUEST, STATEMENT, DISPENSE = "MedicationRequest", "MedicationStatement", "MedicationDispense"
UNREAD = (DISPENSE, "MedicationAdministration")  # kinds that name medicines too
# Days of the units that lengths of supply are given in: UCUM; a month is the shortest there is.
_DAYS = {"d": 1, "day": 1, "days": 1, "wk": 7, "week": 7, "weeks": 7, "mo": 28, "month": 28}
# Systems of codes such as "no known medications".
# Source: HL7 International Patient Summary 2.0.0, Absent and Unknown Data
ABSENCES = (
    "http://hl7.org/fhir/uv/ips/CodeSystem/absent-unknown-uv-ips",
    "http://terminology.hl7.org/CodeSystem/data-absent-reason",
)

Lines = tuple[MedicineLine, ...]


def medicines_of(own: Own) -> tuple[Lines, Lines]:
    """Return the lines of what is taken now, and of what was taken and ended.

    A line of our list speaks for the prescriptions and statements that it follows; a statement
    for the requests that it is based on, and a request for those issued from it.
    """
    current: list[MedicineLine] = []
    past: list[MedicineLine] = []
    told = _told(own)
    for resource in own.of(REQUEST, STATEMENT):
        if _name(resource) in told or says_none(one(resource, "medicationCodeableConcept")):
            continue
        if _is_current(resource):
            line = line_of(resource, own)
            current.append(replace(line, is_held=True) if _is_held(resource) else line)
        elif _is_past(resource):
            ended = _ended(resource, own)
            if ended is not None or text(resource, "status") != "cancelled":
                past.append(replace(line_of(resource, own), ended=ended))
    return tuple(current), tuple(past)


def unread_supplies(own: Own) -> int:
    """Return how many medicines are known as given or dispensed alone, and so were not read."""
    told = {name for r in own.of(STATEMENT) if is_line(r) for name in _follows(r)}
    ordered = {_name(r) for r in own.of(REQUEST, STATEMENT)}
    return sum(
        _name(resource) not in told and not ordered.intersection(_ordered_by(resource))
        for resource in own.of(*UNREAD)
    )


def says_none(concept: Resource) -> bool:
    """Return whether a code says that there is nothing, or nothing is known, and names nothing."""
    return any(c.system in ABSENCES for c in codings(concept))


def is_line(resource: Resource) -> bool:
    """Return whether a statement is a line of our medication list."""
    return bool(_mark(resource))


def _mark(resource: Resource) -> Resource:
    found = (e for e in many(resource, "extension") if text(e, "url") == LINE)
    return next(found, {})


def _within(mark: Resource, name: str, kind: str) -> str:
    found = (text(p, f"value{kind}") for p in many(mark, "extension") if text(p, "url") == name)
    return next(found, "")


def _is_current(resource: Resource) -> bool:
    mark = _mark(resource)
    if mark:
        is_whole = not _within(mark, "supersededBy", "String")
        return is_whole and _within(mark, "state", "Code") in TAKEN_STATES
    return text(resource, "status") in CURRENT and not resource.get("doNotPerform")


def _is_held(resource: Resource) -> bool:
    mark = _mark(resource)
    return (_within(mark, "state", "Code") if mark else text(resource, "status")) == HELD


def _is_past(resource: Resource) -> bool:
    mark = _mark(resource)
    if mark:
        is_whole = not _within(mark, "supersededBy", "String")
        return is_whole and _within(mark, "state", "Code") in ENDED_STATES
    return text(resource, "status") in ENDED and not resource.get("doNotPerform")


def _name(resource: Resource) -> str:
    return f"{text(resource, 'resourceType')}/{text(resource, 'id')}"


def _tail(reference: str) -> str:
    """Return the kind and id that a reference ends with."""
    return "/".join(reference.partition("/_history/")[0].split("/")[-2:])


def _follows(resource: Resource) -> Iterator[str]:
    """Yield the resources of the same therapy that one follows."""
    for name in ("basedOn", "derivedFrom"):
        for pointer in (*many(resource, name), one(resource, name)):
            yield _tail(text(pointer, "reference"))


def _ordered_by(resource: Resource) -> Iterator[str]:
    for pointer in (*many(resource, "authorizingPrescription"), one(resource, "request")):
        yield _tail(text(pointer, "reference"))


def _told(own: Own) -> frozenset[str]:
    """Return the resources for which another one speaks.

    A line of ours always does; else none that has ended speaks for one that goes on.
    """
    speaking = {_name(r): r for r in own.of(REQUEST, STATEMENT)}
    told: set[str] = set()
    for name, resource in speaking.items():
        followed = {x: speaking[x] for x in _follows(resource) if x in speaking and x != name}
        if is_line(resource):
            told |= followed.keys()
        elif name.startswith(STATEMENT):
            told |= {x for x, other in followed.items() if _may_speak(resource, other)}
        elif any(_may_speak(other, resource) for other in followed.values()):
            told.add(name)
    return frozenset(told)


def _may_speak(resource: Resource, other: Resource) -> bool:
    return _is_current(resource) or not _is_current(other)


def _ended(resource: Resource, own: Own) -> date | None:
    """Return the day on which a therapy ended, or the last on which it was meant to go on."""
    return _ended_before(resource, own) or _own_end(resource, own)


def _own_end(resource: Resource, own: Own) -> date | None:
    """Return the end that a resource states, or else the one that was planned in it."""
    stated = latest_date(text(one(resource, "effectivePeriod"), "end")[:10])
    if stated is None:
        changed = _last_step(resource) if is_line(resource) else _changed(resource)
        stated = latest_date(changed[:10])
    return stated or _planned_end(resource, own)


def _steps(resource: Resource) -> list[Resource]:
    history = (e for e in many(resource, "extension") if text(e, "url") == HISTORY)
    return [s for e in history for s in many(e, "extension") if text(s, "url") == "step"]


def _last_step(resource: Resource) -> str:
    """Return when the last thing that happened to a line of ours took effect.

    That may be long before it was heard of, which is what `dateAsserted` tells.
    """
    took = [_within(s, "effective", "Instant") for s in _steps(resource)]
    return took[-1] if took and took[-1] else text(resource, "dateAsserted")


def _ended_before(resource: Resource, own: Own) -> date | None:
    """Return when what a line follows had ended, where that was before the line was known here.

    Such a line was begun and closed in one moment, and bears the day of that moment.
    """
    steps = _steps(resource)
    known = {_within(s, "recorded", "Instant") for s in steps[:2]}
    if not steps[1:] or known != {_within(steps[1], "effective", "Instant")}:
        return None
    pointers = [(x, x.partition("/")[0]) for x in _follows(resource)]
    found = (
        own.referred(resource, x, kind) for x, kind in pointers if kind in (REQUEST, STATEMENT)
    )
    return max((day for r in found if r and (day := _own_end(r, own))), default=None)


def _planned_end(resource: Resource, own: Own) -> date | None:
    supplied = [*_supplied(resource, own)]
    if text(resource, "status") == "cancelled":
        return max(supplied, default=None)  # else nobody knows that any of it was taken
    last = max((*supplied, *_bounds(resource), *_granted(resource)), default=None)
    known = latest_date(text(one(resource, "meta"), "lastUpdated")[:10])
    if last is not None and known is not None and text(resource, "status") == "stopped":
        last = min(last, known)  # it was stopped before the plan was over
    return last or started_of(resource)


def _changed(resource: Resource) -> str:
    """Return when the status of a request changed, as GP Connect and UK Core say it.

    Source: GP Connect, Extension-CareConnect-GPC-MedicationStatusReason-1
    """
    for extension in many(resource, "extension"):
        if "MedicationStatusReason" in text(extension, "url"):
            for part in many(extension, "extension"):
                if text(part, "url") == "statusChangeDate":
                    return text(part, "valueDateTime")
    return ""


def _bounds(resource: Resource) -> Iterator[date]:
    """Yield the ends that directions state."""
    for dosage in (*many(resource, "dosageInstruction"), *many(resource, "dosage")):
        repeat = one(one(dosage, "timing"), "repeat")
        end = latest_date(text(one(repeat, "boundsPeriod"), "end")[:10])
        if end is not None:
            yield end


def _supplied(resource: Resource, own: Own) -> Iterator[date]:
    """Yield the ends of what was dispensed for a request."""
    supplies = own.once("supplies by request", lambda: _by_request(own))
    for supply in supplies.get(_name(resource), ()):
        day = latest_date((text(supply, "whenHandedOver") or text(supply, "whenPrepared"))[:10])
        if day is not None:
            yield day + _length(one(supply, "daysSupply"))


def _by_request(own: Own) -> dict[str, list[Resource]]:
    """Return what was dispensed for each request, each supply once."""
    found: dict[str, list[Resource]] = {}
    for supply in own.of(DISPENSE):
        for name in set(_ordered_by(supply)):
            found.setdefault(name, []).append(supply)
    return found


def _granted(resource: Resource) -> Iterator[date]:
    """Yield the end of the supply that a request was written for."""
    length = _length(one(one(resource, "dispenseRequest"), "expectedSupplyDuration"))
    start = latest_date(text(resource, "authoredOn")[:10])
    if start is not None and length:
        yield start + length


def _length(quantity: Resource) -> timedelta:
    """Return a length of time in whole days; none where it cannot be told."""
    days = _DAYS.get(text(quantity, "code") or text(quantity, "unit").casefold())
    value = decimal_of(quantity.get("value"))
    if days is None or value is None or not 0 < value <= Decimal(3650):
        return timedelta()
    return timedelta(days=int(value * days))
