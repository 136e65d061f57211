"""What the worklist lays out. Every text is ready to be read."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One thing to do. `state` is a word beside the day: "Overdue", "Today", or ""."""

    words: str
    about: str
    person: str
    patient: str
    owner: str
    due: str
    state: str
    link: str
    go: str = ""
    go_words: str = ""
    is_urgent: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """Rows of one sort; `more` is where all of them stand, "" where they stand here."""

    name: str
    title: str
    count: str
    rows: tuple[Row, ...]
    more: str = ""
    more_words: str = ""
    newer: str = ""
    older: str = ""


@dataclass(frozen=True, slots=True)
class Worklist:
    """The page. `counts`: how many are open, overdue, due today."""

    day: str
    lead: str
    counts: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]
    whose: tuple[tuple[str, str, bool], ...]  # address, words, whether it is shown now
    note: str = ""
    back: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """Something that was written on a task."""

    text: str
    by: str
    at: str


@dataclass(frozen=True, slots=True)
class Difference:
    """What was seen, and what stands there now."""

    what: str
    before: str
    now: str


@dataclass(frozen=True, slots=True)
class TaskPage:
    """The page of one task. `go`: where it is decided, where that is not here."""

    id: str
    title: str
    about: str
    person: str
    patient: str
    owner: str
    due: str
    state: str
    asked: str
    notes: tuple[Note, ...]
    version: int
    is_open: bool
    is_done_by_me: bool
    go: str
    go_words: str
    go_only: bool
    teams: tuple[tuple[str, str], ...]
