"""Lays out the worklist. Pure; all wording is here.

items, names, what is asked -> Worklist
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from garrod.entry.web.prescribe.banner import day
from garrod.entry.web.summary.facts import due_words
from garrod.entry.web.today.sorts import (
    CHANGED,
    LABORATORY,
    MONITOR,
    OVERRULED,
    RECALL,
    RECONCILE,
    SORTS,
    TOLD,
    Item,
)
from garrod.entry.web.today.view import Row, Section, Worklist

SHOWN = 10  # Not clinical: rows of a section among others
PAGE = 50  # Not clinical: rows of a section that stands alone
SOON = timedelta(days=7)  # Not clinical: what is due within it is counted
GO = {
    OVERRULED: ("medicines", "Medicines"),
    CHANGED: ("medicines", "Medicines"),
    RECALL: ("medicines", "Medicines"),
    RECONCILE: ("reconcile", "Reconcile"),
    LABORATORY: ("genome", "Genome"),
    MONITOR: ("", "Summary"),
    TOLD: ("told", "Answer it"),
}
OVERDUE, NOW = "Overdue", "Today"
LEADS = {
    "prescriber": "What you or the monitoring team are asked to do, and what you asked for.",
    "pharmacist": "Reconciliations, queries and advice that changed.",
    "nurse": "Monitoring, and what was given to you.",
    "laboratory-scientist": "Tests that were asked for, and results to look at again.",
    "geneticist": "Tests and results to look at again.",
    "governance-officer": "Records opened in an emergency, and looks that nothing explains.",
}
NO_LEAD = "Tasks of the people whose record you may see."
NOTHING = (
    "Nothing waits for you. Tasks come here when somebody overrules a card, or advice changes."
)
NOTHING_OF = {
    "laboratory-scientist": "Nothing waits for you. Tests come here when somebody asks for them.",
    "geneticist": "Nothing waits for you. Tests come here when somebody asks for them.",
    "governance-officer": "Nothing waits for you. What stands here comes when a record is opened "
    "in an emergency, or a look cannot be explained.",
}
TOO_MANY = "There are more tasks than are looked through here: the first {0:,} are counted."


@dataclass(frozen=True, slots=True)
class Shown:
    """What is asked for, and what is at hand: names by id of people; whether all was read."""

    role: str
    whose: str
    sort: str
    page: int
    today: date
    names: Mapping[str, str] = field(default_factory=dict)
    is_whole: bool = True


def worklist_of(
    mine: Sequence[Item], every: Sequence[Item], shown: Shown, also: Sequence[Section] = ()
) -> Worklist:
    """Return the page of a role; `also` are sections of what is no task."""
    items = every if shown.whose == "all" else mine
    sections = tuple(_sections(items, shown))
    note = "" if shown.is_whole else TOO_MANY.format(len(every))
    if not sections and not also:
        note = note or NOTHING_OF.get(shown.role, NOTHING)
    return Worklist(
        day=day(shown.today),
        lead=LEADS.get(shown.role, NO_LEAD),
        counts=_counts(items, shown, also) if every or not also else _counted(also),
        sections=(*also, *sections) if not shown.sort else sections,
        whose=_whose(mine, every, shown),
        note=note,
        back=_link(shown, "", 1) if shown.sort else "",
    )


def counts_of(items: Iterable[Item], today: date) -> tuple[tuple[str, str], ...]:
    """Return how many tasks are open, overdue, due today and soon: number, words."""
    every = list(items)
    due = [i.due for i in every if i.due is not None]
    return (
        (str(len(every)), "task open" if len(every) == 1 else "tasks open"),
        (str(sum(d < today for d in due)), "overdue"),
        (str(sum(d == today for d in due)), "due today"),
        (str(sum(today < d <= today + SOON for d in due)), "due within 7 days"),
    )


def _counts(
    items: Iterable[Item], shown: Shown, also: Sequence[Section]
) -> tuple[tuple[str, str], ...]:
    """Return how much of tasks and of all else waits: the sums say of every row below them."""
    return (*counts_of(items, shown.today), *_counted(also))


def _counted(sections: Iterable[Section]) -> tuple[tuple[str, str], ...]:
    """Return how much waits of what is no task."""
    return tuple((s.count, f"{s.title[:1].lower()}{s.title[1:]}") for s in sections)


def shown_items(items: Iterable[Item], shown: Shown) -> list[Item]:
    """Return the items whose rows stand on the page: whose names are to be looked up."""
    by = _by_sort(items)
    return [item for name in SORTS for item in _rows(by[name], shown, name)]


def count_words(shown: int, every: int) -> str:
    """Return how many rows stand here, and of how many."""
    return f"{shown} of {every}" if shown < every else str(every)


def state_of(due: date | None, today: date) -> str:
    """Return a word for a day that has come."""
    if due is None or due > today:
        return ""
    return NOW if due == today else OVERDUE


def go_of(item: Item) -> tuple[str, str]:
    """Return where a task is seen to, and what that is called; "" where that is nowhere."""
    if not item.patient and item.sort == LABORATORY:
        return "/connect", "Connect"  # whose a result is stands in no record yet
    if not item.patient or item.sort not in GO:
        return (f"/patients/{item.patient}", "Summary") if item.patient else ("", "")
    tail, words = GO[item.sort]
    return f"/patients/{item.patient}{'/' if tail else ''}{tail}", words


def _by_sort(items: Iterable[Item]) -> dict[str, list[Item]]:
    """Return the items under each heading, in their order."""
    found: dict[str, list[Item]] = {name: [] for name in SORTS}
    for item in items:
        found[item.sort].append(item)
    for some in found.values():
        some.sort(key=lambda item: item.place)
    return found


def _rows(items: list[Item], shown: Shown, name: str) -> list[Item]:
    if shown.sort == name:
        start = (min(shown.page, _pages(items)) - 1) * PAGE
        return items[start : start + PAGE]
    return items[:SHOWN] if not shown.sort else []


def _pages(items: Sequence[Item]) -> int:
    return max(1, -(-len(items) // PAGE))


def _sections(items: Sequence[Item], shown: Shown) -> Iterable[Section]:
    by = _by_sort(items)
    for name, title in SORTS.items():
        here = by[name]
        if not here or shown.sort not in ("", name):
            continue
        rows = _rows(here, shown, name)
        is_alone, number = shown.sort == name, min(shown.page, _pages(here))
        is_cut = len(here) > len(rows) and not is_alone
        yield Section(
            name=name,
            title=title,
            count=count_words(len(rows), len(here)),
            rows=tuple(row_of(item, shown) for item in rows),
            more=_link(shown, name, 1) if is_cut else "",
            more_words=f"All {len(here)}" if is_cut else "",
            newer=_link(shown, name, number - 1) if is_alone and number > 1 else "",
            older=_link(shown, name, number + 1) if is_alone and number < _pages(here) else "",
        )


def row_of(item: Item, shown: Shown) -> Row:
    """Return a task as a row."""
    go, words = go_of(item)
    due = item.due.isoformat() if item.due else ""
    return Row(
        words=item.words,
        about=item.about,
        person=shown.names.get(item.patient, "A person whose name you may not see"),
        patient=item.patient,
        owner=item.owner or "Nobody yet",
        due=_beside(due_words(due, shown.today)),
        state=state_of(item.due, shown.today),
        link=item.link or f"/today/{item.id}",
        go=go,
        go_words=words,
        is_urgent=item.is_urgent,
    )


def _beside(words: str) -> str:
    """Return by when, as it stands behind the word of its state."""
    return "" if words == "due today" else words.removeprefix("overdue ")


def _whose(
    mine: Sequence[Item], every: Sequence[Item], shown: Shown
) -> tuple[tuple[str, str, bool], ...]:
    if len(mine) == len(every):
        return ()
    is_all = shown.whose == "all"
    return (
        ("/today", f"Yours ({len(mine)})", not is_all),
        ("/today?whose=all", f"Everybody’s ({len(every)})", is_all),
    )


def _link(shown: Shown, sort: str, page: int) -> str:
    told = {"whose": shown.whose, "sort": sort, "page": str(page) if page > 1 else ""}
    question = "&".join(f"{name}={value}" for name, value in told.items() if value)
    return f"/today?{question}" if question else "/today"
