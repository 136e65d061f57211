"""What a form asks of a line, as an entry of a proposal; and the way back from what was done.

fields, line, who, when -> Entry, or what is wrong at which field
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from hashlib import sha256

from garrod.adapters.fhir.lines.dosage_reading import dose_of
from garrod.adapters.fhir.lines.medicine import of_words
from garrod.care.record.medication.confirm import Entry
from garrod.care.record.medication.line import (
    Act,
    Author,
    Content,
    Hold,
    Line,
    MedicineOf,
    State,
    Transition,
)
from garrod.care.record.medicines import Asking
from garrod.core.medicine import Coding
from garrod.entry.web.medicines.view import Doing
from garrod.entry.web.medicines.wording import BUTTONS, OTHER, REASONS, TITLES

Faults = tuple[tuple[str, str], ...]
DOING = {
    "stop": Act.STOP,
    "change": Act.CHANGE,
    "hold": Act.HOLD,
    "resume": Act.RESUME,
    "verify": Act.VERIFY,
}
# What takes back what, by whoever did it, while nobody has touched the line since.
BACK = {Act.STOP: Act.REINSTATE, Act.HOLD: Act.RESUME, Act.CHANGE: Act.CHANGE}
# Not clinical: characters of a text; a page of it is read by others
LONGEST = {"name": 200, "directions": 500, "indication": 200, "event": 200, "words": 1000}
TAKEN_BACK = "taken back"


@dataclass(frozen=True, slots=True)
class Filled:
    """A form of one line as it was sent; every text may be empty."""

    do: str = ""
    why: str = ""
    words: str = ""
    directions: str = ""
    until: str = ""
    event: str = ""
    name: str = ""
    indication: str = ""
    started: str = ""
    key: str = ""
    version: str = ""


def filled(fields: Mapping[str, str]) -> Filled:
    """Return the form that fields make; what is not known is left out."""
    return Filled(**{k: v for k in Filled.__slots__ if (v := fields.get(k, ""))})


def reason_of(form: Filled) -> str:
    """Return the reason that a form gives; "" for none."""
    chosen = REASONS.get(form.do, {}).get(form.why, "") if form.why != OTHER else ""
    return ": ".join(x for x in (chosen, form.words) if x)


def doing_of(do: str, form: Filled) -> Doing:
    """Return what may be done to a line, as the page lays it out; `form` is what was sent."""
    is_sent = form.do == do
    return Doing(
        do,
        TITLES[do],
        BUTTONS.get(do, TITLES[do]),
        is_plain=do not in REASONS,
        style="stop-button" if do == "stop" else "main-button",
        is_open=is_sent,
        ends="" if is_sent else f"-{do}",
        reasons=tuple(
            (code, words, is_sent and form.why == code)
            for code, words in REASONS.get(do, {}).items()
        ),
        words=form.words if is_sent else "",
        asks_dose=do == "change",
        asks_until=do == "hold",
        recalls=do == "stop",
    )


def day_in(text: str) -> date | None:
    """Return a day that a date field gives; None where it gives none."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def faults_of(form: Filled) -> Faults:
    """Return what is wrong with a form, each with the field where it is."""
    found = []
    if form.do == "start" and not form.name:
        found.append(("#name", "Write which medicine begins"))
    for field, most in LONGEST.items():
        if len(getattr(form, field)) > most:
            found.append((f"#{field}", f"Write it in at most {most} characters"))
    if form.do in REASONS and not reason_of(form):
        said = "Write the reason" if form.why == OTHER else "Choose why"
        found.append(("#words" if form.why == OTHER else "#why", said))
    if form.do == "change" and not form.directions:
        found.append(("#directions", "Write how it is to be taken from now on"))
    if form.do == "hold" and not (form.until or form.event):
        found.append(("#until", "Say until which day, or until what has happened"))
    for field in ("until", "started"):
        said = getattr(form, field)
        if said and day_in(said) is None:
            found.append((f"#{field}", "Write the day as 2026-03-09"))
    return tuple(found)


def step_of(form: Filled, line: Line, by: Author, at: datetime) -> Transition:
    """Return what a form does to a line. The form has no faults."""
    content = None
    if form.do == "change":
        dose = dose_of([{"text": form.directions}])
        content = replace(line.content, dose=dose, directions=form.directions)
    reason = reason_of(form)
    hold = Hold(reason, day_in(form.until), form.event) if form.do == "hold" else None
    return Transition(DOING[form.do], by, at, at, reason, content=content, hold=hold)


def begun_entry(form: Filled, by: Author, at: datetime) -> Entry:
    """Return a new line as a form has it. The form has no faults."""
    content = Content(
        of_words(form.name, MedicineOf(form.name)),
        dose=dose_of([{"text": form.directions}]) if form.directions else None,
        directions=form.directions,
        reasons=(Coding("", "", form.indication),) if form.indication else (),
        started=day_in(form.started) or at.date(),
    )
    step = Transition(Act.BEGIN, by, at, at, form.words, to=State.ACTIVE, content=content)
    return Entry("", step)


def undoing(line: Line, by: Author, at: datetime, before: Line | None) -> Transition | None:
    """Return what takes back the last thing done to a line; None where it is not theirs to undo.

    `before`: the line as it was. What was taken back once is not taken back again.
    """
    last = line.history[-1]
    is_mine = (last.by.who, last.by.setting) == (by.who, by.setting)
    if not is_mine or line.superseded_by or last.reason.startswith(TAKEN_BACK):
        return None
    if last.act is Act.BEGIN:
        is_open = line.state is not State.ENTERED_IN_ERROR
        return Transition(Act.MARK_ERROR, by, at, at, TAKEN_BACK) if is_open else None
    act = BACK.get(last.act)
    if act is None or (act is Act.CHANGE and before is None):
        return None
    content = before.content if act is Act.CHANGE and before else None
    return Transition(act, by, at, at, TAKEN_BACK, content=content)


def asking(patient: str, by: Author, based_on: int, key: str, said: object) -> Asking:
    """Return the conditions of a write; `said` is all that was asked, for a form sent twice."""
    mark = sha256(repr((patient, by, said)).encode()).hexdigest()
    return Asking(patient, by, based_on, key, mark)
