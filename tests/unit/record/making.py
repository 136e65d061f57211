"""Short ways to make lines, steps and lists for the tests of the medication list."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from garrod.care.record.medication.line import (
    Act,
    Author,
    Content,
    Hold,
    Line,
    Links,
    MedicineOf,
    Setting,
    State,
    Transition,
)
from garrod.care.record.medication.lists import MedicationList
from garrod.care.record.medication.transitions import begun

START = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
GP = Author("Practitioner/gp", "doctor", "Y90001", Setting.GP, "gp system")
HOSPITAL = Author("Practitioner/ward", "doctor", "RJ1", Setting.HOSPITAL, "epma")
PHARMACY = Author("Practitioner/ph", "pharmacist", "FA1", Setting.COMMUNITY_PHARMACY)
PERSON = Author("Patient/1", "person", "", Setting.PERSON)
HOLD = Hold("low blood pressure", resumes=date(2026, 3, 10))


def day(number: int) -> datetime:
    """Return a moment so many days after the start."""
    return START + timedelta(days=number)


def content(name: str = "ramipril", **more: Any) -> Content:
    """Return what a line says of a medicine that is its own ingredient."""
    medicine = MedicineOf(
        more.pop("text", f"{name} 5 mg capsules"),
        ingredients=more.pop("ingredients", (name,)),
        form=more.pop("form", "capsule"),
        strength=more.pop("strength", "5 mg"),
        brand=more.pop("brand", ""),
    )
    return Content(medicine, **more)


def step(act: Act, number: int = 1, by: Author = GP, **more: Any) -> Transition:
    """Return a step that holds and is recorded on one day."""
    moment = day(number)
    more.setdefault("effective", moment)
    more.setdefault("recorded", moment)
    return Transition(act, by, **more)


def begin(to: State = State.ACTIVE, by: Author = GP, number: int = 0, **more: Any) -> Transition:
    """Return the step with which a line begins."""
    return step(Act.BEGIN, number, by, to=to, content=more.pop("content", content()), **more)


def line(id: str = "a", to: State = State.ACTIVE, by: Author = GP, **more: Any) -> Line:
    """Return a new line."""
    return begun(id, more.pop("treatment", f"t-{id}"), begin(to, by, **more))


def in_state(state: State) -> Line:
    """Return a line in a state, however it came there."""
    return replace(line(content=content(planned_start=date(2026, 4, 1))), state=state)


def full_step(act: Act, number: int = 1, by: Author = GP) -> Transition:
    """Return a step that lacks nothing."""
    return step(
        act,
        number,
        by,
        reason="because",
        content=content(planned_start=date(2026, 4, 1)) if act is Act.CHANGE else None,
        hold=HOLD if act is Act.HOLD else None,
        links=Links(supplies=("MedicationDispense/1",)) if act is Act.LINK else Links(),
        other="b" if act in (Act.SUPERSEDE, Act.RESTORE) else "",
    )


def list_of(*lines: Line, version: int = 1) -> MedicationList:
    """Return a list of a person."""
    return MedicationList("Patient/1", version, tuple(lines))
