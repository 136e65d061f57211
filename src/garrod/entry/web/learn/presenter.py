"""Puts the cases into words. Pure: Case, Looked, Done -> views."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from garrod.core.medicine import MedicineLine
from garrod.entry.web.learn.cases import CASES, CHOICES, Case
from garrod.entry.web.learn.progress import Done
from garrod.entry.web.notes import CLEAR, Note, explained_all
from garrod.entry.web.prescribe.form import directions_of, name_of
from garrod.entry.web.prescribe.looking import Looked
from garrod.entry.web.prescribe.presenter import order_view
from garrod.entry.web.prescribe.view import Order

NEW, FITS, NOT_YET = "Not tried yet", "Done", "Try again"
SAME = "That is what the engine says, too."
OTHER = "The engine says otherwise. You chose: {chosen}. It says: {fitting}."
OWN_RULES = "The knowledge in force on this server, see what was not assessed below"


@dataclass(frozen=True, slots=True)
class Row:
    """A case in the list."""

    id: str
    title: str
    state: str
    more: str
    is_done: bool


@dataclass(frozen=True, slots=True)
class Told:
    """What is said once somebody has chosen."""

    is_fitting: bool
    words: str
    order: Order
    options: tuple[str, ...]
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """A case as it is shown; `told` None: nobody has chosen yet."""

    id: str
    title: str
    story: str
    order: str
    facts: tuple[tuple[str, str], ...]
    choices: tuple[tuple[str, str], ...]
    chosen: str
    told: Told | None
    after: str  # the id of the next case, "" after the last


def rows_of(done: Mapping[str, Done]) -> tuple[Row, ...]:
    """Return the list of cases with how each went."""
    return tuple(_row(case, done.get(case.id)) for case in CASES)


def tally(done: Mapping[str, Done]) -> str:
    """Return how far somebody is, in words."""
    right = sum(one.is_fitting for one in done.values())
    return f"{right} of {len(CASES)} cases done"


def shown_of(case: Case, looked: Looked, chosen: str, fitting: str, base: str) -> Shown:
    """Return a case; with `chosen`, what the engine says and why."""
    person = looked.person
    facts = [
        ("Has", ", ".join(c.text for c in person.conditions) or "Nothing recorded"),
        ("Takes", ", ".join(_line(m) for m in person.medicines) or "Nothing recorded"),
        ("Genes", ", ".join(f"{g.gene} {g.diplotype}" for g in case.genes)
         or "None tested, which is not the same as normal"),
    ]  # fmt: skip
    ids = [one.id for one in CASES]
    place = ids.index(case.id) + 1
    return Shown(
        id=case.id,
        title=case.title,
        story=case.story,
        order=f"{name_of(looked.form, looked.medicine)}, {directions_of(looked.form)}",
        facts=tuple(facts),
        choices=tuple(CHOICES.items()),
        chosen=chosen,
        told=_told(looked, chosen, fitting, base) if chosen in CHOICES else None,
        after=ids[place] if place < len(ids) else "",
    )


def _told(looked: Looked, chosen: str, fitting: str, base: str) -> Told:
    order = order_view(looked, base)
    advice = looked.card.advice if looked.card else ()
    words = SAME
    if chosen != fitting:
        words = OTHER.format(chosen=_small(CHOICES[chosen]), fitting=_small(CHOICES[fitting]))
    names = tuple(o.name for o in looked.card.options) if looked.card else ()
    notes = explained_all(advice) if advice else (Note(CLEAR, OWN_RULES, more=""),)
    return Told(chosen == fitting, words, order, names, notes)


def _row(case: Case, done: Done | None) -> Row:
    if done is None:
        return Row(case.id, case.title, NEW, "", is_done=False)
    tries = f"{done.tries} {'try' if done.tries == 1 else 'tries'}"
    return Row(case.id, case.title, FITS if done.is_fitting else NOT_YET, tries, done.is_fitting)


def _line(line: MedicineLine) -> str:
    return line.text


def _small(text: str) -> str:
    return text[:1].lower() + text[1:]
