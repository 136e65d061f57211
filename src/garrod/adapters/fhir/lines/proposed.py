"""A whole list as somebody wants it, as a Bundle of MedicationStatements -> a proposal.

What was done to each line is worked out from what it says and what the line said; one thing to a
line at a time. A line that is not in the Bundle is left out, which a confirmation refuses.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time

from garrod.adapters.fhir.json import Resource, many, one, text
from garrod.adapters.fhir.lines.asked import since
from garrod.adapters.fhir.lines.dosage import dosages_of
from garrod.adapters.fhir.lines.dosage_reading import directions_in
from garrod.adapters.fhir.lines.medicine import NOT_NAMED
from garrod.adapters.fhir.lines.names import RESUMES, TREATMENTS
from garrod.adapters.fhir.lines.nested import date_in, words
from garrod.adapters.fhir.lines.reported import content_in, day_of, reason_in
from garrod.adapters.fhir.lines.statement import medicine_out, treatment_in
from garrod.adapters.fhir.lines.untouched import (
    refuse_another,
    refuse_idle,
    refuse_other,
    refuse_unread,
    served,
)
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


def proposal_in(
    bundle: Resource, patient: str, lines: Mapping[str, Line], by: Author, at: datetime
) -> Proposal:
    """Return what a Bundle proposes for the lines of a person's list.

    Raises: FhirError FHR153 for what it cannot mean, and for what would be passed over.
    """
    made = []
    for found in _statements(bundle, patient):
        line = lines.get(text(found, "id"))
        made.append(
            _begun(found, by, at)
            if line is None
            else _entry(found, line, served(line, patient), by, at)
        )
    return tuple(made)


def _statements(bundle: Resource, patient: str) -> Iterator[Resource]:
    for entry in many(bundle, "entry"):
        found = one(entry, "resource")
        refuse_another(found, patient)
        if text(found, "resourceType") == LINE:
            yield found
        elif text(found, "resourceType") not in ("List", "OperationOutcome"):
            raise FhirError(
                f"a list is confirmed as a Bundle of {LINE}s (and its List), and this holds "
                f"another resource: {text(found, 'resourceType')[:40]!r}.",
                code="FHR153",
            )


def _entry(found: Resource, line: Line, was: Resource, by: Author, at: datetime) -> Entry:
    refuse_other(found, was)
    act, content = _act(found, was, line), _content(found, was, line)
    if act is None and content is None:
        refuse_idle(found, was)
        return Entry(line.id)
    if line.superseded_by:
        raise FhirError(
            f"line {line.id} was superseded by {line.superseded_by}: change that one.",
            code="FHR153",
        )
    if act is not None and content is not None:
        raise FhirError(
            f"line {line.id} has another status and says something else: confirm one after the "
            "other.",
            code="FHR153",
        )
    reason = reason_in(found) or next((text(n, "text") for n in many(found, "note")), "")
    ended = _ended(found, was, act)
    effective = datetime.combine(ended, time(), UTC) if ended else at
    step = Transition(act or Act.CHANGE, by, effective, at, reason, content=content)
    if act is Act.HOLD:
        step = replace(step, hold=_hold(found, reason))
    return Entry(line.id, step)


def _begun(found: Resource, by: Author, at: datetime) -> Entry:
    refuse_unread(found)
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
    effective = since(content, state, at)
    step = Transition(Act.BEGIN, by, effective, at, to=state, content=content, hold=hold)
    return Entry("", step, treatment_id=treatment_in(found, TREATMENTS))


def _hold(found: Resource, reason: str) -> Hold:
    """Return a hold; where no day is given on which it ends, its reason says on what it does."""
    day = date_in(words(found, RESUMES, "Date"))
    return Hold(reason, day, "" if day else reason)


def _ended(found: Resource, was: Resource, act: Act | None) -> date | None:
    """Return the day on which a line ends, where it is said anew by what ends it.

    Raises: FhirError FHR153 where nothing ends it, or what is said is no day.
    """
    said = text(one(found, "effectivePeriod"), "end")
    if not said or said == text(one(was, "effectivePeriod"), "end"):
        return None
    day = day_of(said)
    if act not in (Act.STOP, Act.COMPLETE) or day is None:
        raise FhirError(
            f"line {was['id']} has another end: give it as a day, with the status stopped.",
            code="FHR153",
        )
    return day


def _act(found: Resource, was: Resource, line: Line) -> Act | None:
    """Return what a status makes of a line; None where it is the line's own."""
    status = text(found, "status")
    if status == was["status"]:
        _ended(found, was, None)
        return None
    act = _TO_ACTIVE.get(line.state) if status == "active" else _ACTS.get(status)
    if act is None:
        raise FhirError(
            f"line {line.id} is {line.state.value}, and cannot become {status[:40]!r}.",
            code="FHR153",
        )
    return act


def _content(found: Resource, served_as: Resource, line: Line) -> Content | None:
    """Return what a line is to say; None where it says that already.

    What is left out is taken away: dose, reasons, start. The medicine is never left out.
    """
    was, said = line.content, content_in(found, Near())
    if said.medicine.text == NOT_NAMED:
        raise FhirError(f"line {line.id} names no medicine: say which.", code="FHR153")
    is_same_medicine = one(found, "medicationCodeableConcept") == medicine_out(was.medicine)
    directions = said.directions if said.directions.strip() else ""
    has_words = bool(directions) and directions != _words(was)
    is_same_dose = said.dose == was.dose and not has_words
    is_same_reason = found.get("reasonCode") == served_as.get("reasonCode")
    new = replace(
        was,
        medicine=was.medicine if is_same_medicine else said.medicine,
        dose=was.dose if is_same_dose else said.dose,
        directions=was.directions if is_same_dose else said.directions,
        reasons=was.reasons if is_same_reason else said.reasons,
    )
    new = _begun_on(new, found, served_as)
    return None if new == was else new


def _begun_on(content: Content, found: Resource, was: Resource) -> Content:
    """Return a content with the day on which it began, or is to, as it is said now."""
    said, before = (text(one(r, "effectivePeriod"), "start") for r in (found, was))
    if said == before:
        return content
    day = day_of(said)
    if said and day is None:
        raise FhirError(f"line {was['id']}: its start {said[:40]!r} is no day.", code="FHR153")
    is_planned = content.started is None and content.planned_start is not None
    if is_planned:
        return replace(content, planned_start=day)
    return replace(content, started=day)


def _words(was: Content) -> str:
    """Return the words of a line's dose as they are served: those of each Dosage, joined."""
    return directions_in(dosages_of(was))
