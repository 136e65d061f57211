"""The person's own page, in plain words. Pure: what was read is given.

Person, orders, what they told us -> Mine
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from garrod.adapters.fhir.json import Resource, many, one, text
from garrod.adapters.report.phrases import phenotype_words
from garrod.core.finding import GeneFinding, Status
from garrod.core.person import Person
from garrod.entry.web.consent.presenter import when_of
from garrod.entry.web.dispense.easy import sheet_of
from garrod.entry.web.dispense.view import Easy, Sheet
from garrod.entry.web.told.message import (
    ANSWERED,
    BOUGHT,
    FELT,
    KIND,
    NEW,
    TAKEN,
    WRONG,
    Message,
)

# What a result means, by the start of its usual words.
USUAL = "This works as it does in most people."
UNREAD = "We have a result, but it does not tell us what it means for you."
BREAKS = "Your body breaks down some medicines"
MEANS = (
    (
        "poor metaboliser",
        f"{BREAKS} very slowly, or not at all. Some may not work or may build up.",
    ),
    ("intermediate metaboliser", f"{BREAKS} more slowly than most people do."),
    ("normal metaboliser", "Your body breaks down these medicines as most people do."),
    ("rapid metaboliser", f"{BREAKS} faster than most people do."),
    ("ultrarapid metaboliser", f"{BREAKS} much faster than most people do."),
    ("poor function", "Your body moves some medicines much less well than most people do."),
    ("decreased function", "Your body moves some medicines less well than most people do."),
    ("normal", USUAL),
    ("uncertain", UNREAD), ("indeterminate", UNREAD), ("none defined", UNREAD),
    ("no phenotype defined", UNREAD),
)  # fmt: skip
GONE = ("absent", "negative", "not present", "non-responsive in cf patients")
NOT_THERE = "We looked for a known change in this gene, and did not find it."
OTHER = "This can change which medicines suit you. Ask us what it means for you."
UNSURE = "We are not sure of this one yet."
UNTOLD = "We looked, but we could not tell."
UNTESTED = "We have no gene test for you. That does not mean that your genes are the usual ones."
NOT_ALL = "We did not test all of your genes. Not tested does not mean that all is well."
NO_DAY = "We do not know since when."
NOT_OURS = "This page shows people their own record. You are signed in as somebody else."
NOTICES = {
    "felt": "Thank you. Your care team can read it now. Look here for their answer.",
    "bought": "Thank you. It is on your list now. It says that you told us.",
    "wrong": "Thank you. Your care team can read it now. Look here for their answer.",
    "undo": "Taken back.",
    "kept": "It could not be taken back. Someone has changed it since.",
}
TEAM = "Your care team"
DANGER = "Do you find it hard to breathe? Is your face swollen? Call 999 now."
SAID = {FELT: "You felt ill", BOUGHT: "You take", WRONG: "You told us of an error"}
STATES = {
    NEW: "No one has answered yet.",
    TAKEN: "Someone looks into it.",
    ANSWERED: "This is answered.",
}
BLANK = {
    "felt": "Write what you felt",
    "bought": "Write the name of the medicine",
    "wrong": "Write what is wrong",
}


@dataclass(frozen=True, slots=True)
class Ask:
    """A form to tell something by. `wrong` and `typed`: where it was sent with a fault."""

    do: str
    title: str
    label: str
    hint: str
    more: str
    button: str
    key: str = ""
    wrong: str = ""
    typed: str = ""


ASKS = (
    Ask(FELT, "I felt ill after a medicine", "What did you feel?", "Say when it began.",
        "Which medicine was it?", "Tell my care team"),
    Ask(BOUGHT, "I take something from a shop", "What is it called?",
        "A medicine, a herb or a vitamin.", "How do you take it?", "Add it to my list"),
    Ask(WRONG, "Something here is wrong", "What is wrong?", "Say what it should be.", "",
        "Ask to put it right"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """A medicine: what for, how, since when, and who wrote it."""

    easy: Easy
    since: str
    who: str


@dataclass(frozen=True, slots=True)
class Gene:
    """A gene: its name, what it means, and the word that experts use."""

    name: str
    means: str
    expert: str
    is_plain: bool = False  # the usual, or nothing to act upon


@dataclass(frozen=True, slots=True)
class Note:
    """Something that they told; `kind` and `id` are for taking it back, while that may be.

    `answers`: what was written on it: words, and by whom and when.
    """

    title: str
    words: str
    when: str
    kind: str
    id: str
    state: str = ""
    answers: tuple[tuple[str, str], ...] = ()
    is_new: bool = True


@dataclass(frozen=True, slots=True)
class Mine:
    """The page."""

    sheet: Sheet
    medicines: tuple[Line, ...]
    genes: tuple[Gene, ...]
    untested: str
    notes: tuple[Note, ...]


def asks_of(keys: Mapping[str, str], fault: str = "", typed: str = "") -> tuple[Ask, ...]:
    """Return the forms, each with a key of its own; `fault`: which was sent empty."""
    return tuple(
        replace(
            ask,
            key=keys[ask.do],
            wrong=BLANK[ask.do] if ask.do == fault else "",
            typed=typed if ask.do == fault else "",
        )
        for ask in ASKS
    )


def mine_of(
    person: Person, today: date, orders: Iterable[Resource], names: Mapping[str, str]
) -> Mine:
    """Return what a person reads of themselves. `orders`: requests and statements, with ids."""
    held = {f"{text(b, 'resourceType')}/{text(b, 'id')}": b for b in orders}
    directions = {name: said for name, body in held.items() if (said := _directions(body))}
    sheet = sheet_of(person, today, directions)
    pairs = zip(person.medicines, sheet.medicines, strict=True)
    return Mine(
        sheet=sheet,
        medicines=tuple(
            Line(easy, easy.since or NO_DAY, _who(held.get(line.reference), names))
            for line, easy in pairs
        ),
        genes=tuple(_gene(f) for f in person.findings if f.status is not Status.NOT_ASSESSED),
        untested=NOT_ALL if person.findings else UNTESTED,
        notes=(),
    )


def writers_of(body: Resource) -> tuple[str, ...]:
    """Return the references of who ordered or told of a medicine."""
    found = [text(one(body, name), "reference") for name in ("requester", "informationSource")]
    return tuple(name for name in found if name)


def note_of(message: Message, names: Mapping[str, str]) -> Note:
    """Return what somebody told, as it is shown again, with what was answered."""
    return Note(
        SAID.get(message.what, "You told us"),
        message.words,
        when_of(message.sent),
        KIND,
        message.id,
        STATES[message.state],
        tuple((n.text, f"{names.get(n.by, TEAM)}, {when_of(n.at)}") for n in message.notes),
        is_new=message.state == NEW,
    )


def _directions(body: Resource) -> str:
    name = "dosageInstruction" if text(body, "resourceType") == "MedicationRequest" else "dosage"
    return ", then ".join(t for d in many(body, name) if (t := text(d, "text")))


def _who(body: Resource | None, names: Mapping[str, str]) -> str:
    who = next((names.get(w, "") for w in writers_of(body)), "") if body else ""
    at = text(body, "authoredOn") or text(body, "dateAsserted") if body else ""
    day = f" on {when_of(at[:10])}" if at else ""
    if who:
        return f"Last written by {who}{day}."
    return f"Last written{day}. We do not know by whom." if day else "We do not know who wrote it."


def _gene(found: GeneFinding) -> Gene:
    if found.status is Status.NO_CALL:
        return Gene(found.gene, UNTOLD, "no result", is_plain=True)
    words = phenotype_words(found.phenotype)
    folded = words.casefold()
    means = next((m for start, m in MEANS if folded.startswith(start)), OTHER)
    if folded.endswith(GONE):
        means = NOT_THERE
    is_plain = folded.startswith("normal") or means in (UNREAD, NOT_THERE)
    if found.status is Status.AMBIGUOUS:
        means = f"{means} {UNSURE}"
    return Gene(found.gene, means, words, is_plain)
