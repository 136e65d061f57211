"""What is made of all entries of a person, and of nothing else: kept for as long as they stand.

versions that somebody may see (by their mark), today -> Gist. Pure but for what it remembers.

Two people who may see the very same versions share a gist; who sees one version less has another.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Generic, TypeVar

from garrod.entry.web.summary.entries import Entry
from garrod.entry.web.summary.timeline import Rows
from garrod.entry.web.summary.trends import results_of
from garrod.entry.web.summary.view import Result

MOST = 100_000  # Not clinical: entries of which gists are kept


@dataclass(frozen=True, slots=True)
class Held:
    """What is there of one setting: how many entries, of which newest day, heard of when last.

    `newest` "": no day is known of any, but for such as are still to come.
    """

    number: int
    newest: str
    last: datetime


@dataclass(frozen=True, slots=True)
class Gist:
    """All entries, the newest first, and what stands on every page of them."""

    entries: tuple[Entry, ...]
    rows: Rows
    results: tuple[Result, ...]
    held: dict[str, Held]


def gist_of(entries: Iterable[Entry], today: date) -> Gist:
    """Return what is made of entries, in whatever order they come."""
    ordered = tuple(sorted(entries, key=lambda e: e.place))
    end = today.isoformat()
    return Gist(
        ordered, Rows(ordered), results_of(to_come_not(ordered, end)), held_of(ordered, end)
    )


def to_come_not(entries: Iterable[Entry], today: str) -> list[Entry]:
    """Return entries without those that are dated later than today."""
    return [e for e in entries if e.low is None or e.when[:10] <= today]


def held_of(entries: Sequence[Entry], today: str) -> dict[str, Held]:
    """Return what is there of each setting; `entries` are the newest first."""
    by: dict[str, list[Entry]] = {}
    for entry in entries:
        by.setdefault(entry.setting, []).append(entry)
    return {name: _held(some, today) for name, some in by.items()}


def _held(entries: Sequence[Entry], today: str) -> Held:
    dated = (e.day for e in entries if e.low is not None and e.day <= today)
    return Held(len(entries), next(dated, ""), max(e.received for e in entries))


Mark = TypeVar("Mark")


@dataclass
class Gists(Generic[Mark]):
    """The gists that were asked for lately."""

    most: int = MOST
    _kept: OrderedDict[tuple[Mark, date], Gist] = field(default_factory=OrderedDict)

    def of(self, mark: Mark, today: date, entries: Callable[[], Iterable[Entry]]) -> Gist:
        """Return what was made of the entries that a mark stands for, or make it."""
        found = self._kept.get((mark, today))
        if found is None:
            found = self._kept[mark, today] = gist_of(entries(), today)
            while len(self._kept) > 1 and self._size() > self.most:
                self._kept.popitem(last=False)
        self._kept.move_to_end((mark, today))
        return found

    def _size(self) -> int:
        return sum(len(gist.entries) for gist in self._kept.values())
