"""Puts a laboratory's message into words: what it holds, what came of it, what waits. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from garrod.adapters.fhir.json import Resource, many, one, text, words_of
from garrod.adapters.hl7v2.acknowledging import WORDS as ANSWERS
from garrod.adapters.hl7v2.er7 import Segment
from garrod.adapters.hl7v2.moments import day_of
from garrod.adapters.hl7v2.orders import OBSERVATION, REPORT, resources_of
from garrod.adapters.hl7v2.reports import Report
from garrod.adapters.hl7v2.states import SAID, UNKNOWN
from garrod.adapters.hl7v2.whose import is_same_name, numbers_in
from garrod.entry.web.summary.words import day_words

NOBODY = "nobody"  # whose ids follow from: a message that is only tried is nobody's
TRAINING = (
    "MSH-11 says that it is for training or tests. It is shown here, and not taken in: send it as "
    "P (production)."
)
KNOWN = "It was taken in before: nothing was done again"
TAKEN = "Taken in: {} resources stored, its message among them"
WAITS = "Kept, and not taken in: {}. It waits below for you to say whose it is"
NOT_SAID, SAME, OTHER = "not said", "The same", "Other"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one message: its number, in words, and the answer that its sender reads."""

    title: str
    words: str
    notes: tuple[str, ...]
    answer: str
    is_bad: bool


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message that waits for somebody to say whose it is."""

    id: str
    words: str
    when: str
    typed: str = ""  # who was said, and not found


@dataclass(frozen=True, slots=True)
class Compared:
    """What a message says of its person beside what the record says of the one who was chosen."""

    id: str
    patient: str
    rows: tuple[tuple[str, str, str, str], ...]  # what, message, record, whether the same


def held(reports: Iterable[Report]) -> list[tuple[str, str]]:
    """Return what messages hold: what was observed, its value and status."""
    found = []
    for report in reports:
        for made in resources_of(report, NOBODY):
            if made.kind == OBSERVATION:
                state = SAID.get(made.letter, UNKNOWN)
                found.append((made.label, f"{value_words(made.resource)} ({state})"))
            elif made.kind == REPORT and made.resource.get("presentedForm"):
                found.append((made.label, "a document"))
    return found


def notes_of(reports: Iterable[Report]) -> list[str]:
    """Return what is to be known of messages."""
    made = (made for report in reports for made in resources_of(report, NOBODY))
    return [f"{m.label}: {words}" for m in made for words in m.notes]


def value_words(observation: Mapping[str, Any]) -> str:
    """Return the value of an observation in words."""
    resource = dict(observation)
    if quantity := one(resource, "valueQuantity"):
        return _quantity(quantity)
    if between := one(resource, "valueRange"):
        return f"{_quantity(one(between, 'low'))} to {_quantity(one(between, 'high'))}"
    said = text(resource, "valueString") or text(resource, "valueDateTime")
    said = said or words_of(one(resource, "valueCodeableConcept"))
    return said or words_of(one(resource, "dataAbsentReason")) or "no value"


def _quantity(quantity: Resource) -> str:
    parts = (text(quantity, "comparator"), str(quantity.get("value", "")), text(quantity, "unit"))
    return " ".join(part for part in parts if part)


def outcome_words(stored: int, why: str, *, is_known: bool) -> str:
    """Return what came of a message that was not refused."""
    if is_known:
        return KNOWN
    return WAITS.format(why) if why else TAKEN.format(stored)


def title_of(report: Report, code: str) -> str:
    """Return how a message is answered, and which it is."""
    return f"{ANSWERS[code]}: message {report.number[:40] or 'without a number'}"


def waiting_of(task: Resource) -> Waiting:
    """Return a message that waits, by its task."""
    bundle = text(one(task, "focus"), "reference").rpartition("/")[2]
    return Waiting(bundle, text(task, "description"), day_words(text(task, "authoredOn")))


def compared_of(bundle: str, patient: Resource, id: str, person: Segment) -> Compared:
    """Return a message's person beside the one who was chosen."""
    names = [_name(name) for name in many(patient, "name")]
    numbers = [text(i, "value") for i in many(patient, "identifier")]
    own = next(numbers_in(person), "")
    parts = (*person.repeats(5)[0], "", "")
    said = " ".join(part for part in (parts[1], parts[0]) if part)
    day, born = day_of(person.text(7)), text(patient, "birthDate")
    rows = (
        ("NHS number", own, own if own and own in numbers else _first(numbers),
         bool(own) and own in numbers),
        ("Name", said, _first(names), is_same_name(person, patient)),
        ("Born", _day(day), _day(born), bool(day) and day == born),
    )  # fmt: skip
    return Compared(
        bundle,
        id,
        tuple((w, m or NOT_SAID, r or NOT_SAID, SAME if same else OTHER) for w, m, r, same in rows),
    )


def _first(words: list[str]) -> str:
    return next((w for w in words if w), "")


def _day(written: str) -> str:
    return day_words(written) if written else ""


def _name(name: Resource) -> str:
    given = name.get("given")
    first = given[0] if isinstance(given, list) and given and isinstance(given[0], str) else ""
    return " ".join(part for part in (first, text(name, "family")) if part)
