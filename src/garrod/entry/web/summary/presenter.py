"""Lays out the summary of a person. Pure; wording is here and in the modules that it calls.

Read, Asked -> Summary
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from garrod.entry.web.access.presenter import KINDS as KIND_WORDS
from garrod.entry.web.prescribe.banner import day
from garrod.entry.web.summary import facts
from garrod.entry.web.summary.entries import Entry
from garrod.entry.web.summary.origin import SETTINGS, USUAL
from garrod.entry.web.summary.reading import Read
from garrod.entry.web.summary.timeline import Asked, timeline_of
from garrod.entry.web.summary.trends import results_of
from garrod.entry.web.summary.view import Source, Summary
from garrod.entry.web.summary.words import day_words
from garrod.knowledge.medicines import Medicines

RECENT = 10  # Not clinical: values that stand open; the others are one tap away
FRESH = timedelta(days=180)  # Not clinical: as the medication list counts it
NOTHING = "Nothing from here"
NOT_KNOWN = "whether they hold something is not known"


@dataclass(frozen=True, slots=True)
class Known:
    """What the page is laid out by: medicines, which genes matter, whom references name, when."""

    medicines: Medicines
    bearing: facts.Bearing
    names: Mapping[str, str]
    now: datetime


def summary_of(read: Read, asked: Asked, known: Known, patient: str) -> Summary:
    """Return the page of a person."""
    person, today = read.snapshot.person, known.now.date()
    results = results_of(_to_come_not(read.entries, today))
    untested, words = facts.untested_of(person, known.bearing)
    return Summary(
        problems=facts.problems_of(person),
        past=facts.past_of(person),
        allergies=facts.allergies_of(person),
        medicines=facts.medicines_of(person),
        genes=facts.genes_of(person, known.bearing, known.medicines),
        untested=untested,
        untested_words=words,
        results=results[:RECENT],
        more_results=results[RECENT:],
        tasks=facts.tasks_of(read.tasks, today),
        awaited=facts.awaited_of(person),
        sources=sources_of(read.entries, known.now),
        gaps=gaps_of(read),
        timeline=timeline_of(read.entries, asked, patient, known.names),
    )


def sources_of(entries: Sequence[Entry], now: datetime) -> tuple[Source, ...]:
    """Return each setting: how much of it is here, as of when; the usual ones always."""
    by: dict[str, list[Entry]] = {name: [] for name in USUAL}
    for entry in entries:
        by.setdefault(entry.setting, []).append(entry)
    order = list(SETTINGS)
    return tuple(_source(SETTINGS[name], by[name], now) for name in sorted(by, key=order.index))


def _source(name: str, entries: list[Entry], now: datetime) -> Source:
    if not entries:
        return Source(name, NOTHING, "", NOT_KNOWN, is_missing=True)
    number = "1 entry" if len(entries) == 1 else f"{len(entries)} entries"
    dated = [e for e in entries if e.low is not None and e.day <= now.date().isoformat()]
    newest = f"newest of {day_words(dated[0].day)}" if dated else "no day is known of any"
    last = max(e.received for e in entries)
    late = "; nothing for half a year" if now - last > FRESH else ""
    return Source(name, number, newest, f"last heard from {day(last.date())}{late}")


def gaps_of(read: Read) -> tuple[str, ...]:
    """Return what may be missing from the page, a line each."""
    snapshot = read.snapshot
    unread = [KIND_WORDS.get(kind, kind) for kind in sorted(snapshot.unread)]
    said = [f"Not shown to your role: {', '.join(unread)}."] if unread else []
    said += [f"Not understood: {note}" for note in snapshot.person.notes]
    if not read.is_whole:
        said.append(f"Only the first {len(read.entries):,} entries were looked through.")
    said.append(
        "What the person’s choices keep from you is not here, and is not counted. Settings that "
        "are not connected are not asked."
    )
    return tuple(said)


def _to_come_not(entries: Iterable[Entry], today: date) -> tuple[Entry, ...]:
    """Return entries without those that are dated later than today."""
    return tuple(e for e in entries if e.low is None or e.day <= today.isoformat())
