"""The words of the medicines' pages: states, settings, acts and the usual reasons for them."""

from __future__ import annotations

from datetime import UTC, date, datetime

from garrod.care.record.medication.dose_words import words_of
from garrod.care.record.medication.line import Act, Content, Hold, Line, Setting, State
from garrod.entry.web.prescribe.banner import day

SETTINGS = {
    Setting.GP: "GP practice",
    Setting.HOSPITAL: "Hospital",
    Setting.COMMUNITY_PHARMACY: "Community pharmacy",
    Setting.CLINIC: "Clinic",
    Setting.HOMECARE: "Homecare",
    Setting.PERSON: "The person",
}
STATES = {
    State.DRAFT: "Proposed",
    State.ACTIVE: "Taken",
    State.ON_HOLD: "On hold",
    State.FUTURE: "To begin",
    State.STOPPED: "Stopped",
    State.COMPLETED: "Finished",
    State.ENTERED_IN_ERROR: "Entered in error",
}
DONE = {
    Act.BEGIN: "Put on the list",
    Act.ACTIVATE: "Began to be taken",
    Act.SCHEDULE: "Planned",
    Act.HOLD: "Put on hold",
    Act.RESUME: "Resumed",
    Act.STOP: "Stopped",
    Act.REINSTATE: "Taken up again",
    Act.COMPLETE: "Finished",
    Act.CHANGE: "Changed",
    Act.VERIFY: "Verified",
    Act.MARK_PRIVATE: "Made private",
    Act.MARK_OPEN: "Made open",
    Act.LINK: "Linked to a prescription or supply",
    Act.SUPERSEDE: "Replaced by another setting’s line",
    Act.RESTORE: "In force again",
    Act.MARK_ERROR: "Taken back as entered in error",
}
OTHER = "other"
# The usual reasons, by act.  Source: own choice (unchecked); a reason in words may always be added.
REASONS: dict[str, dict[str, str]] = {
    "stop": {
        "harm": "Side effect",
        "idle": "No longer needed",
        "weak": "Not working",
        "clash": "Clashes with another medicine",
        "gene": "Genetic result",
        "wish": "The person’s choice",
        "twice": "The same medicine twice",
        OTHER: "Another reason",
    },
    "change": {
        "weak": "Not enough effect",
        "harm": "Side effect",
        "organ": "Kidneys or liver",
        "level": "Blood level or result",
        "gene": "Genetic result",
        "ease": "Easier to take",
        OTHER: "Another reason",
    },
    "hold": {
        "ill": "Acute illness",
        "knife": "Operation or procedure",
        "wait": "Waiting for a result",
        "harm": "Possible side effect",
        "lack": "Not available",
        OTHER: "Another reason",
    },
}
NO_NAME = "Medicine not named"
NO_DIRECTIONS = "No directions recorded"
TITLES = {  # of what may be done to a line
    "change": "Change how it is taken",
    "hold": "Put it on hold",
    "stop": "Stop it",
    "resume": "Resume it",
    "verify": "I have checked that it is taken",
}
BUTTONS = {"change": "Change it"}  # where they say otherwise than the title


def when(moment: datetime) -> str:
    """Return a moment in words, with its zone: "3 March 2025, 14:05 UTC"."""
    there = moment.astimezone(UTC)
    return f"{day(there.date())}, {there:%H:%M} UTC"


def named(content: Content) -> str:
    """Return the name of a medicine."""
    return content.medicine.text or NO_NAME


def read_as(content: Content) -> str:
    """Return directions as they were understood, or that they were not."""
    if content.dose is not None:
        return words_of(content.dose)
    return "Not understood by the system: only the words count" if content.directions else ""


def held_until(hold: Hold | None) -> str:
    """Return why a line is on hold, and until when."""
    if hold is None:
        return ""
    until = day(hold.resumes) if hold.resumes else hold.resumes_when
    return f"{hold.reason}; until {until}" if until else hold.reason


def state_of(line: Line, today: date) -> str:
    """Return the state of a line in words."""
    if line.superseded_by:
        return "Replaced"
    if line.is_due(today):
        return "Should have begun"
    if line.is_overdue_on_hold(today):
        return "Still on hold, past its day"
    return STATES[line.state]
