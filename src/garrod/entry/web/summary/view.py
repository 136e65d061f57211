"""What the summary lays out. Every text is ready to be read."""

from __future__ import annotations

from dataclasses import dataclass

from garrod.entry.web.chart import Chart


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a list: what, and what is to be said of it in smaller type."""

    text: str
    note: str = ""
    is_loud: bool = False
    link: str = ""


@dataclass(frozen=True, slots=True)
class Gene:
    """One gene that medicines turn on: what was read, what it means, what it bears on."""

    name: str
    read: str
    means: str
    bears: str
    is_loud: bool = False


@dataclass(frozen=True, slots=True)
class Result:
    """The newest value of one thing that was measured, beside the one before it."""

    name: str
    value: str
    trend: str
    flag: str
    day: str
    chart: Chart | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """A setting: what of it is here, and as of when."""

    name: str
    holds: str
    newest: str
    received: str
    is_missing: bool = False


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the timeline; `parts` where it stands for several results of one day."""

    what: str
    detail: str
    setting: str
    by: str
    state: str
    group: str
    parts: tuple[str, ...] = ()
    is_void: bool = False


@dataclass(frozen=True, slots=True)
class Day:
    """The lines of one day; `iso` "" where the day is not known."""

    words: str
    iso: str
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """A value of a filter, and how many lines it would leave."""

    value: str
    words: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Timeline:
    """A page of the timeline, and how it was filtered."""

    days: tuple[Day, ...]
    counted: str
    settings: tuple[Choice, ...]
    groups: tuple[Choice, ...]
    is_filtered: bool
    newer: str = ""
    older: str = ""


@dataclass(frozen=True, slots=True)
class Summary:
    """Everything of the page below the banner."""

    problems: tuple[Line, ...]
    past: tuple[Line, ...]
    allergies: tuple[Line, ...]
    medicines: tuple[Line, ...]
    genes: tuple[Gene, ...]
    untested: tuple[str, ...]
    untested_words: str
    results: tuple[Result, ...]
    more_results: tuple[Result, ...]
    tasks: tuple[Line, ...]
    awaited: tuple[Line, ...]
    sources: tuple[Source, ...]
    gaps: tuple[str, ...]
    timeline: Timeline
