"""Puts consents and choices into plain words. Pure: what was read is given.

consents, versions, answers of the decision point -> cards, previews, history
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from garrod.adapters.fhir.json import Resource, many, one, text
from garrod.entry.web.consent.choices import Choice, option_of

OTHERS = "Somebody else"
STEADY = (
    ("Care", "People who care for you can see your record. They need a role, and a tie to you."),
    ("Insurers and employers", "They do not get your gene results. That is the rule here for all."),
    ("An emergency", "Staff can open what you hide to save your life. You will be told."),
)  # fmt: skip
SORTS = (
    ("The rest of your record", ("N",)),
    ("Mental health", ("PSY", "R")),
    ("Sexual health", ("SEX", "R")),
    ("Drink and drugs", ("SUD", "R")),
    ("Your raw genome", ("RAW-GENOME", "R")),
    ("Things found by chance", ("SECONDARY-FINDING", "R")),
)
SAVED = "Saved. It holds from now on."
CHANGED = "This choice has changed since you looked. Read what it says now, then choose."
IDLE = (
    "By itself this changes nothing for them. Another consent on your record, or a rule for all, "
    "comes first. Ask us if you want that changed, too."
)
UNCHOSEN = "Choose one of the two answers"


@dataclass(frozen=True, slots=True)
class Answer:
    """One option of a card."""

    value: str
    words: str
    is_now: bool
    is_picked: bool


@dataclass(frozen=True, slots=True)
class Card:
    """One choice as it stands; `seen` is the version that the form is of."""

    code: str
    title: str
    words: str
    now: str
    since: str
    seen: int
    answers: tuple[Answer, ...]
    fault: str = ""
    is_looked: bool = False  # what it would change stands below it
    is_of_place: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """What one asker would see of a sort of data."""

    sort: str
    words: str
    is_changed: bool


@dataclass(frozen=True, slots=True)
class Preview:
    """What one asker sees, now and after."""

    who: str
    cells: tuple[Cell, ...]
    summary: str


@dataclass(frozen=True, slots=True)
class Past:
    """One change of a choice."""

    when: str
    title: str
    words: str
    who: str


@dataclass(frozen=True, slots=True)
class Told:
    """Another consent on record, in words."""

    title: str
    words: str


def card_of(
    choice: Choice, body: Resource | None, number: int, *, picked: str = "", fault: str = ""
) -> Card:
    """Return a choice as it stands."""
    now, words = option_of(body, choice), choice.options
    return Card(
        choice.code,
        choice.title,
        choice.words,
        words[now],
        when_of(text(body, "dateTime")) if body else "",
        number,
        tuple(Answer(v, w, v == now, v == (picked or now)) for v, w in words.items()),
        fault,
        is_of_place=bool(choice.place),
    )


def previews_of(
    askers: Sequence[str],
    now: Sequence[Sequence[bool]],
    after: Sequence[Sequence[bool]],
) -> tuple[Preview, ...]:
    """Return what each asker sees now, and would after."""
    found = []
    for who, before, then in zip(askers, now, after, strict=True):
        cells = tuple(
            Cell(sort, _sees(old, new), old != new)
            for (sort, _), old, new in zip(SORTS, before, then, strict=True)
        )
        changes = sum(cell.is_changed for cell in cells)
        summary = "Nothing changes for them." if not changes else "This changes for them:"
        found.append(Preview(who, cells, summary))
    return tuple(found)


def idle_of(previews: Sequence[Preview], *, is_new: bool) -> str:
    """Return what is said of a new answer that changes nothing for anybody."""
    changes = any(cell.is_changed for one in previews for cell in one.cells)
    return IDLE if is_new and previews and not changes else ""


def _sees(old: bool, new: bool) -> str:
    if old == new:
        return "can see it" if new else "cannot see it"
    return "can see it now, and will not" if old else "cannot see it now, and will"


def history_of(
    versions: Iterable[tuple[Resource, str]],
    names: Mapping[str, str],
    choices: Mapping[str, Choice],
    own: str,
) -> tuple[Past, ...]:
    """Return the changes of choices, the newest first.

    `choices`: by the id of their consents; `own` is the reference of who reads.
    """
    found = []
    for body, at in sorted(versions, key=lambda pair: pair[1], reverse=True):
        choice = choices[text(body, "id")]
        words = choice.options[option_of(body, choice)]
        who = chooser_of(body)
        said = "You" if own and who == own else names.get(who, OTHERS)
        found.append(Past(when_of(at), choice.title, words, said))
    return tuple(found)


def chooser_of(body: Resource) -> str:
    """Return the reference of who chose."""
    return next((text(p, "reference") for p in many(body, "performer")), "")


def others_of(bodies: Iterable[Resource]) -> tuple[Told, ...]:
    """Return the consents in force that are no choice of this page, as far as words go."""
    found = []
    for body in bodies:
        given = when_of(text(body, "dateTime")) or "a day that is not known"
        root = one(body, "provision")
        inner = many(root, "provision")
        named = {text(one(a, "reference"), "reference") for p in inner for a in many(p, "actor")}
        is_proxy = any(name.startswith("RelatedPerson/") for name in named)
        if is_proxy:
            found.append(
                Told("Somebody acts for you", f"They can see your record. Given on {given}.")
            )
        else:
            kind = "stops" if text(root, "type") == "deny" else "lets"
            found.append(
                Told(
                    "A rule on your record",
                    f"It {kind} some uses of it. Given on {given}. Ask us to read it to you.",
                )
            )
    return tuple(found)


def when_of(at: str) -> str:
    """Return a time in words: "3 March 2026, 09:05 UTC"; a day alone without a time."""
    try:
        found = datetime.fromisoformat(at)
    except ValueError:
        return at
    day = f"{found.day} {found:%B %Y}"
    return day if len(at) <= len("2026-01-01") else f"{day}, {found:%H:%M} UTC"
