"""Lays out the summary of a person. Pure; wording is here and in the modules that it calls.

Read, Asked -> Summary
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from garrod.entry.web.access.presenter import KINDS as KIND_WORDS
from garrod.entry.web.prescribe.banner import day
from garrod.entry.web.summary import facts
from garrod.entry.web.summary.gist import Held
from garrod.entry.web.summary.origin import SETTINGS, USUAL
from garrod.entry.web.summary.reading import Read
from garrod.entry.web.summary.timeline import Asked, timeline_of
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
    gist = read.gist
    untested, words = facts.untested_of(person, known.bearing)
    return Summary(
        problems=facts.problems_of(person),
        past=facts.past_of(person),
        allergies=facts.allergies_of(person),
        medicines=facts.medicines_of(person),
        genes=facts.genes_of(person, known.bearing, known.medicines),
        untested=untested,
        untested_words=words,
        results=gist.results[:RECENT],
        more_results=gist.results[RECENT:],
        tasks=facts.tasks_of(read.tasks, today),
        awaited=facts.awaited_of(person),
        sources=sources_of(gist.held, known.now),
        gaps=gaps_of(read),
        timeline=timeline_of(gist.rows, asked, patient, known.names),
    )


def sources_of(held: Mapping[str, Held], now: datetime) -> tuple[Source, ...]:
    """Return each setting: how much of it is here, as of when; the usual ones always."""
    order = list(SETTINGS)
    names = sorted({*USUAL, *held}, key=order.index)
    return tuple(_source(SETTINGS[name], held.get(name), now) for name in names)


def _source(name: str, held: Held | None, now: datetime) -> Source:
    if held is None:
        return Source(name, NOTHING, "", NOT_KNOWN, is_missing=True)
    number = "1 entry" if held.number == 1 else f"{held.number} entries"
    newest = f"newest of {day_words(held.newest)}" if held.newest else "no day is known of any"
    late = "; nothing for half a year" if now - held.last > FRESH else ""
    return Source(name, number, newest, f"last heard from {day(held.last.date())}{late}")


def gaps_of(read: Read) -> tuple[str, ...]:
    """Return what may be missing from the page, a line each."""
    snapshot = read.snapshot
    unread = [KIND_WORDS.get(kind, kind) for kind in sorted(snapshot.unread)]
    said = [f"Not shown to your role: {', '.join(unread)}."] if unread else []
    said += [f"Not understood: {note}" for note in snapshot.person.notes]
    if not read.is_whole:
        said.append(f"Only the first {len(read.gist.entries):,} entries were looked through.")
    said.append(
        "What the person’s choices keep from you is not here, and is not counted. Settings that "
        "are not connected are not asked."
    )
    return tuple(said)
