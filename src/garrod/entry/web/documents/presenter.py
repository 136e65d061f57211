"""Puts documents into words. Pure: DocumentReference, Composition, DiagnosticReport -> views."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from garrod.adapters.fhir.dates import latest_date
from garrod.adapters.fhir.json import Resource, decimal_of, many, one, text, words_of
from garrod.adapters.report.phrases import capital
from garrod.entry.web.documents.narrative import (
    LONGEST,
    Block,
    blocks_of_data,
    blocks_of_markup,
    blocks_of_text,
    clean,
    length_of,
)
from garrod.entry.web.prescribe.banner import day
from garrod.entry.web.summary.origin import SETTINGS, setting_of

KINDS = {
    "DocumentReference": "Document",
    "Composition": "Letter or summary",
    "DiagnosticReport": "Report of a test",
}
STATES = {
    "current": "Current", "superseded": "Replaced by a later one", "final": "Final",
    "amended": "Amended", "corrected": "Corrected", "appended": "Added to",
    "preliminary": "Preliminary: not final", "partial": "In part: not final",
    "registered": "Awaited: no result yet", "entered-in-error": "Entered in error: do not use",
    "cancelled": "Cancelled", "unknown": "State not known",
}  # fmt: skip
DOUBTED = frozenset(("superseded", "entered-in-error", "cancelled", "preliminary", "partial"))
UNTITLED, UNDATED, UNSIGNED = "Without a title", "Day not known", "Author not named"
SOURCE = "This record"
EMPTY = "There is no text in it that can be shown here."
CUT = f"Only the first {LONGEST:,} characters are shown."
ELSEWHERE = "It is kept elsewhere, and was not fetched"
UNSHOWN = "It is kept here as a file that cannot be shown as text"
BROKEN = "Its text could not be read"


@dataclass(frozen=True, slots=True)
class Row:
    """A document in the list."""

    kind: str
    id: str
    title: str
    sort: str
    date: str
    author: str
    source: str
    state: str
    is_doubted: bool


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a document: its heading, its text, and what could not be shown."""

    title: str
    blocks: tuple[Block, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Opened:
    """A document that is opened."""

    row: Row
    parts: tuple[Part, ...]
    results: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]


def row_of(body: Resource, names: Mapping[str, str]) -> Row:
    """Return a document as a line of the list."""
    state = text(body, "status")
    return Row(
        kind=text(body, "resourceType"),
        id=text(body, "id"),
        title=_title(body),
        sort=KINDS.get(text(body, "resourceType"), "Document"),
        date=day_of(dated(body)) or UNDATED,
        author=_authors(body, names) or UNSIGNED,
        source=_source(body, names),
        state=STATES.get(state, clean(state) or STATES["unknown"]),
        is_doubted=state in DOUBTED,
    )


def opened_of(body: Resource, names: Mapping[str, str], results: Iterable[Resource]) -> Opened:
    """Return a document with its text. `results` are what a report refers to, as far as seen."""
    parts = tuple(_parts(body))
    told = tuple(_result(r) for r in results)
    notes = [] if parts or told else [EMPTY]
    if any(length_of(p.blocks) >= LONGEST - 1 for p in parts):
        notes.append(CUT)
    return Opened(row_of(body, names), parts, told, tuple(notes))


def dated(body: Resource) -> str:
    """Return when a document is of, as it is written; "" where that is not known."""
    names = ("date", "effectiveDateTime", "issued")
    found = next((written for name in names if (written := text(body, name))), "")
    period = one(body, "effectivePeriod")
    return found or text(period, "end") or text(period, "start")


def day_of(written: str) -> str:
    """Return a day in words, or as it is written where it cannot be read."""
    found = latest_date(written[:10]) if written else None
    return day(found) if found else clean(written)


def people_of(body: Resource) -> Iterator[str]:
    """Yield the references to people and organisations that a document names."""
    for name in ("author", "performer", "resultsInterpreter"):
        yield from (text(r, "reference") for r in many(body, name))
    yield text(one(body, "custodian"), "reference")


def _title(body: Resource) -> str:
    attached = [one(c, "attachment") for c in many(body, "content")]
    said = (
        text(body, "title"), text(body, "description"), *(text(a, "title") for a in attached),
        words_of(one(body, "type")), words_of(one(body, "code")),
    )  # fmt: skip
    return capital(next((t for words in said if (t := clean(words))), UNTITLED))


def _authors(body: Resource, names: Mapping[str, str]) -> str:
    found = [r for name in ("author", "performer") for r in many(body, name)]
    return ", ".join(n for r in found if (n := _who(r, names)))


def _source(body: Resource, names: Mapping[str, str]) -> str:
    keeper = _who(one(body, "custodian"), names)
    setting = setting_of(body)
    said = SETTINGS[setting] if setting else clean(text(one(body, "meta"), "source"))
    return keeper or said or SOURCE


def _who(named: Resource, names: Mapping[str, str]) -> str:
    reference = text(named, "reference")
    return clean(names.get(reference) or text(named, "display") or reference)


def _parts(body: Resource) -> Iterator[Part]:
    narrative = blocks_of_markup(text(one(body, "text"), "div"))
    if narrative:
        yield Part("Summary", narrative)
    if said := blocks_of_text(text(body, "conclusion")):
        yield Part("Conclusion", said)
    yield from _sections(body, "")
    for form in (*(one(c, "attachment") for c in many(body, "content")),
                 *many(body, "presentedForm")):  # fmt: skip
        yield _attached(form)


def _sections(body: Resource, above: str) -> Iterator[Part]:
    for section in many(body, "section"):
        own = clean(text(section, "title") or words_of(one(section, "code"))) or "Part"
        title = f"{above}: {own}" if above else own
        blocks = blocks_of_markup(text(one(section, "text"), "div"))
        why = words_of(one(section, "emptyReason"))
        if blocks or why:
            yield Part(title, blocks, f"It is empty: {clean(why)}" if why else "")
        if title.count(":") < 5:  # Not clinical: deeper ones are nobody's reading
            yield from _sections(section, title)


def _attached(form: Resource) -> Part:
    media = clean(text(form, "contentType")) or "of a sort that is not said"
    title = clean(text(form, "title")) or "Attached"
    data = text(form, "data")
    if not data:
        return Part(title, (), f"{ELSEWHERE} ({media}).")
    blocks = blocks_of_data(data, media)
    if blocks is None:
        return Part(title, (), f"{UNSHOWN} ({media}).")
    return Part(title, blocks, "" if blocks else BROKEN)


def _result(body: Resource) -> tuple[str, str]:
    """Return a result of a report: what it is of, and how much."""
    value = one(body, "valueQuantity")
    number = decimal_of(value.get("value")) if value else None
    unit = text(value, "unit") or text(value, "code")
    said = f"{text(value, 'comparator')}{number.normalize():f} {unit}" if number is not None else ""
    said = said or words_of(one(body, "valueCodeableConcept")) or text(body, "valueString")
    when = day_of(text(body, "effectiveDateTime"))
    said = clean(said) or "no value that can be shown"
    return capital(
        clean(words_of(one(body, "code"))) or UNTITLED
    ), f"{said}{f', {when}' * bool(when)}"
