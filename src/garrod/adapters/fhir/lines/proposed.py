"""A whole list as somebody wants it, as a Bundle of MedicationStatements -> a proposal.

What was done to each line is worked out from what it says and what the line said; one thing to a
line at a time. A line that is not in the Bundle is left out, which a confirmation refuses.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from garrod.adapters.fhir.json import Resource, many, one, text
from garrod.adapters.fhir.lines.dosage import dosages_of
from garrod.adapters.fhir.lines.dosage_reading import directions_in
from garrod.adapters.fhir.lines.medicine import NOT_NAMED
from garrod.adapters.fhir.lines.names import RESUMES, TREATMENTS
from garrod.adapters.fhir.lines.nested import date_in, words
from garrod.adapters.fhir.lines.reported import content_in, reason_in
from garrod.adapters.fhir.lines.statement import STATUS, medicine_out, treatment_in
from garrod.care.record.medication.confirm import Entry, Proposal
from garrod.care.record.medication.line import (
    Act,
    Author,
    Content,
    Hold,
    Line,
    State,
    Transition,
)
from garrod.care.record.medicines_ports import LINE, Near
from garrod.core.errors import FhirError

_BEGIN = {
    "active": State.ACTIVE,
    "on-hold": State.ON_HOLD,
    "intended": State.DRAFT,
}
# What a new status makes of a line, by the state it has.
_ACTS = {
    "stopped": Act.STOP,
    "completed": Act.COMPLETE,
    "on-hold": Act.HOLD,
    "entered-in-error": Act.MARK_ERROR,
}
_TO_ACTIVE = {
    State.DRAFT: Act.ACTIVATE,
    State.FUTURE: Act.ACTIVATE,
    State.ON_HOLD: Act.RESUME,
    State.STOPPED: Act.REINSTATE,
    State.COMPLETED: Act.REINSTATE,
}


def proposal_in(bundle: Resource, lines: Mapping[str, Line], by: Author, at: datetime) -> Proposal:
    """Return what a Bundle proposes for the lines of a list.

    Raises: FhirError FHR153 for what it cannot mean.
    """
    return tuple(_entry(found, lines, by, at) for found in _statements(bundle))


def _statements(bundle: Resource) -> Iterator[Resource]:
    for entry in many(bundle, "entry"):
        found = one(entry, "resource")
        if text(found, "resourceType") == LINE:
            yield found
        elif text(found, "resourceType") not in ("List", "OperationOutcome"):
            raise FhirError(
                f"a list is confirmed as a Bundle of {LINE}s (and its List), and this holds "
                f"another resource: {text(found, 'resourceType')[:40]!r}.",
                code="FHR153",
            )


def _entry(found: Resource, lines: Mapping[str, Line], by: Author, at: datetime) -> Entry:
    line = lines.get(text(found, "id"))
    if line is None:
        return _begun(found, by, at)
    if line.superseded_by:
        return Entry(line.id)
    act, content = _act(found, line), _content(found, line)
    if act is None and content is None:
        return Entry(line.id)
    if act is not None and content is not None:
        raise FhirError(
            f"line {line.id} has another status and says something else: confirm one after the "
            "other.",
            code="FHR153",
        )
    reason = reason_in(found) or next((text(n, "text") for n in many(found, "note")), "")
    step = Transition(act or Act.CHANGE, by, at, at, reason, content=content)
    if act is Act.HOLD:
        step = replace(step, hold=_hold(found, reason))
    return Entry(line.id, step)


def _begun(found: Resource, by: Author, at: datetime) -> Entry:
    state = _BEGIN.get(text(found, "status"))
    content = content_in(found, Near())
    if state is None or content.medicine.text == NOT_NAMED:
        raise FhirError(
            "a new line needs a medicine, and the status active, on-hold or intended.",
            code="FHR153",
        )
    if state is State.DRAFT and content.planned_start is not None:
        state = State.FUTURE
    hold = _hold(found, reason_in(found)) if state is State.ON_HOLD else None
    step = Transition(Act.BEGIN, by, at, at, to=state, content=content, hold=hold)
    return Entry("", step, treatment_id=treatment_in(found, TREATMENTS))


def _hold(found: Resource, reason: str) -> Hold:
    """Return a hold; where no day is given on which it ends, its reason says on what it does."""
    day = date_in(words(found, RESUMES, "Date"))
    return Hold(reason, day, "" if day else reason)


def _act(found: Resource, line: Line) -> Act | None:
    """Return what a status makes of a line; None where it is the line's own."""
    status = text(found, "status")
    if status == STATUS[line.state]:
        return None
    act = _TO_ACTIVE.get(line.state) if status == "active" else _ACTS.get(status)
    if act is None:
        raise FhirError(
            f"line {line.id} is {line.state.value}, and cannot become {status[:40]!r}.",
            code="FHR153",
        )
    return act


def _content(found: Resource, line: Line) -> Content | None:
    """Return what a line is to say; None where it says that already."""
    was, said = line.content, content_in(found, Near())
    is_same_medicine = one(found, "medicationCodeableConcept") == medicine_out(was.medicine)
    directions = said.directions if said.directions.strip() else ""
    has_words = bool(directions) and directions != _words(was)
    is_same_dose = said.dose == was.dose and not has_words
    if is_same_medicine and is_same_dose:
        return None
    return replace(
        was,
        medicine=was.medicine if is_same_medicine else said.medicine,
        dose=said.dose,
        directions=said.directions,
    )


def _words(was: Content) -> str:
    """Return the words of a line's dose as they are served: those of each Dosage, joined."""
    return directions_in(dosages_of(was))
