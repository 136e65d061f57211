"""Lays out what happened to a person in all settings, the newest first. Pure.

entries (sorted) -> Rows, kept; what was asked (setting, group, page) -> Timeline
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from urllib.parse import urlencode

from garrod.entry.web.summary.entries import (
    DECISIONS,
    DOCUMENTS,
    HEALTH,
    MEDICINES,
    REPLACED,
    RESULTS,
    SUPPLIES,
    VISITS,
    VOID,
    Entry,
)
from garrod.entry.web.summary.origin import SETTINGS, is_setting
from garrod.entry.web.summary.view import Choice, Day, Event, Timeline
from garrod.entry.web.summary.words import day_words

GROUPS = {
    VISITS: "Visits and stays",
    MEDICINES: "Prescriptions and list",
    SUPPLIES: "Medicines handed out or given",
    RESULTS: "Results and tests",
    DOCUMENTS: "Documents and messages",
    DECISIONS: "Decisions and tasks",
    HEALTH: "Problems, allergies, procedures",
}
SHOWN = 20  # Not clinical: lines of a page
LONG = 300  # Not clinical: characters of a detail that are shown
NOT_SAID = "Day not known"
Row = tuple[Entry, ...]  # what stands in one line
STATES = {
    REPLACED: "replaced by another",
    "active": "active", "completed": "completed", "final": "", "finished": "", "current": "",
    "stopped": "stopped", "on-hold": "on hold", "draft": "draft", "intended": "planned",
    "preliminary": "not final", "registered": "awaited", "amended": "amended", "corrected":
    "corrected", "entered-in-error": "entered in error", "cancelled": "cancelled", "revoked":
    "taken back", "requested": "open", "in-progress": "under way", "planned": "planned",
    "arrived": "arrived", "unknown": "state not known", "inactive": "over", "not-done": "not done",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """What of the timeline is asked for; "all": everything; "none": of no stated setting."""

    setting: str = "all"
    group: str = "all"
    page: int = 1

    def link(self, patient: str, page: int) -> str:
        """Return the address of a page of it."""
        told = {"setting": self.setting, "kind": self.group, "page": str(page)}
        plain = {n: v for n, v in told.items() if v not in ("all", "1")}
        return f"/patients/{patient}?{urlencode(plain)}#timeline"


def asked_of(fields: Mapping[str, str]) -> Asked:
    """Return what a question asks for; what is no choice there asks for everything."""
    setting, group, page = (fields.get(n, "") for n in ("setting", "kind", "page"))
    is_known = setting == "none" or (bool(setting) and setting in SETTINGS)
    number = int(page) if page.isascii() and page.isdecimal() and len(page) < 6 else 1
    return Asked(
        setting if is_known else "all", group if group in GROUPS else "all", max(number, 1)
    )


class Rows:
    """The lines of all of a timeline, laid out once for whoever asks for one of its pages."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        """`entries` are the newest first."""
        self.entries = entries
        self.settings = frozenset(e.setting for e in entries)
        self.groups = frozenset(e.group for e in entries)
        self._kept: dict[tuple[str, str], list[Row]] = {}

    def of(self, asked: Asked) -> list[Row]:
        """Return the lines of what is asked for, whichever page of them."""
        key = (asked.setting, asked.group)
        if key not in self._kept:
            self._kept[key] = rows_of(self.entries, asked)
        return self._kept[key]

    def page(self, asked: Asked) -> tuple[int, list[Row]]:
        """Return the number of the page that is there for what is asked, and its lines."""
        rows = self.of(asked)
        number = min(asked.page, max(1, -(-len(rows) // SHOWN)))
        return number, rows[(number - 1) * SHOWN : number * SHOWN]


def timeline_of(every: Rows, asked: Asked, patient: str, names: Mapping[str, str]) -> Timeline:
    """Return a page of the timeline; `names` are those of staff and places by reference."""
    rows = every.of(asked)
    number, some = every.page(asked)
    pages = max(1, -(-len(rows) // SHOWN))
    first = (number - 1) * SHOWN + 1
    counted = "Nothing"
    if rows:
        counted = f"{first} to {first + len(some) - 1} of {len(rows)}, the newest first"
    return Timeline(
        days=tuple(_days(some, names)),
        counted=counted,
        settings=_settings(every.settings, asked),
        groups=_groups(every.groups, asked),
        is_filtered=(asked.setting, asked.group) != ("all", "all"),
        newer=asked.link(patient, number - 1) if number > 1 else "",
        older=asked.link(patient, number + 1) if number < pages else "",
    )


def rows_of(entries: Iterable[Entry], asked: Asked) -> list[Row]:
    """Return the lines of what is asked for: results of one day and place are one line."""
    rows: dict[tuple[str, ...], list[Entry]] = {}
    for entry in entries:
        if _is_wanted(entry, asked):
            rows.setdefault(_together(entry), []).append(entry)
    return [tuple(row) for row in rows.values()]


def shown_of(every: Rows, asked: Asked) -> list[Entry]:
    """Return the entries of the page that is asked for, to look up who is named in them."""
    return [entry for row in every.page(asked)[1] for entry in row]


def _is_wanted(entry: Entry, asked: Asked) -> bool:
    is_there = asked.setting in ("all", entry.setting or "none")
    return is_there and asked.group in ("all", entry.group)


def _together(entry: Entry) -> tuple[str, ...]:
    if entry.kind == "Observation" and entry.status not in VOID:
        return ("results", entry.day, entry.setting)
    return (entry.kind, entry.id)


def _days(rows: Iterable[Row], names: Mapping[str, str]) -> Iterable[Day]:
    for iso, some in groupby(rows, key=lambda row: row[0].day if row[0].low is not None else ""):
        events = tuple(_event(row, names) for row in some)
        yield Day(day_words(iso) if iso else NOT_SAID, iso, events)


def by_words(by: str) -> str:
    """Return who did something as far as it is in words; a reference or a setting's code is not."""
    name, _, last = by.rpartition(", ")
    words = name if name and is_setting(last) else by
    return "" if "/" in words or is_setting(words) else words


def _event(row: Row, names: Mapping[str, str]) -> Event:
    first = row[0]
    setting = SETTINGS[first.setting]
    by = names.get(first.by, by_words(first.by))
    if len(row) > 1:
        parts = tuple(f"{e.title}: {e.detail}" for e in row)
        what = f"{len(row)} results"
        return Event(what, "", setting, by, "", GROUPS[first.group], parts)
    state = STATES.get(first.status, first.status)
    detail = first.detail if len(first.detail) <= LONG else f"{first.detail[:LONG]}…"
    is_void = first.status in VOID
    return Event(first.title, detail, setting, by, state, GROUPS[first.group], (), is_void)


def _settings(there: Collection[str], asked: Asked) -> tuple[Choice, ...]:
    known = tuple(
        Choice(name or "none", words, asked.setting == (name or "none"))
        for name, words in SETTINGS.items()
        if name in there or asked.setting == (name or "none")
    )
    return (Choice("all", "All settings", asked.setting == "all"), *known)


def _groups(there: Collection[str], asked: Asked) -> tuple[Choice, ...]:
    known = tuple(
        Choice(name, words, asked.group == name)
        for name, words in GROUPS.items()
        if name in there or asked.group == name
    )
    return (Choice("all", "Everything", asked.group == "all"), *known)
