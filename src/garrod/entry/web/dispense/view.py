"""What the Dispense page lays out. Every text is ready to be read."""

from __future__ import annotations

from dataclasses import dataclass

from garrod.entry.web.notes import Note
from garrod.entry.web.prescribe.view import Banner, Order


@dataclass(frozen=True, slots=True)
class Value:
    """A laboratory value with its unit and the day it is of."""

    name: str
    amount: str
    seen: str


@dataclass(frozen=True, slots=True)
class Said:
    """Something somebody said or did: what, who, when, and what is to be known besides."""

    what: str
    who: str = ""
    when: str = ""
    more: str = ""
    undo: str = ""  # the id of what can be taken back, or ""


@dataclass(frozen=True, slots=True)
class Script:
    """One prescription as a pharmacist looks at it. `order` is what is said of it now."""

    id: str
    name: str
    directions: str
    purpose: str
    is_purpose_known: bool
    signed: str
    state: str  # "" of one that may be dispensed, else why it may not
    values: tuple[Value, ...]
    lacking: str
    genes: tuple[str, ...]
    answers: tuple[Said, ...]
    order: Order
    options: tuple[str, ...]
    notes: tuple[Note, ...]
    needs_reason: bool
    is_supplied: bool  # it was dispensed already, so that another time is asked for expressly
    supplies: tuple[Said, ...]
    tasks: tuple[Said, ...]
    taking: tuple[Said, ...]
    key: str
    mark: str


@dataclass(frozen=True, slots=True)
class Bought:
    """A medicine that was bought without a prescription, and what is said of it now."""

    id: str
    name: str
    more: str
    order: Order


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed into the form that was refused, kept for its next showing."""

    form: str = ""  # the id of the prescription, or "bought"
    do: str = ""
    fields: tuple[tuple[str, str], ...] = ()

    def of(self, form: str, name: str) -> str:
        """Return what stood in a field of a form, "" in every other form."""
        return dict(self.fields).get(name, "") if form == self.form else ""


@dataclass(frozen=True, slots=True)
class Page:
    """The whole page."""

    banner: Banner
    scripts: tuple[Script, ...]
    none: str
    bought: tuple[Bought, ...]
    bought_key: str
    notice: str
    faults: tuple[tuple[str, str], ...]
    news: tuple[str, ...]
    typed: Typed
    hidden: tuple[str, ...]  # what may be missing, in words
    takes: tuple[tuple[str, str], ...]
    stops: tuple[tuple[str, str], ...]
    list: str
    may: Allowed


@dataclass(frozen=True, slots=True)
class Allowed:
    """What who is signed in is offered; where something is written the decision point rules."""

    dispense: bool = True
    ask: bool = True
    tell: bool = True  # how a medicine is taken
    add: bool = True  # what was bought
    words: str = ""  # that something is not theirs to do


@dataclass(frozen=True, slots=True)
class Easy:
    """One medicine on the easy sheet, in plain words."""

    name: str
    what_for: str
    how: str
    since: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """The easy sheet: what somebody takes home from the counter."""

    id: str
    name: str
    day: str
    medicines: tuple[Easy, ...]
    allergies: tuple[str, ...]
    allergies_note: str
    advice: tuple[str, ...]
    source: str
    gaps: tuple[str, ...]
