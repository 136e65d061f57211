"""What happened in the record since one last looked: enough to know whom it was about.

The outbox is asked each time, so that nothing is missed that was committed before the question,
by whatever process.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from garrod.care.record.ports import Store

_MOST = 500  # Not clinical: events looked through; after more than these all is read anew


class Heard(NamedTuple):
    """An event: whom it is about, and the name of what was written ("Medication/1")."""

    patients: frozenset[str]
    name: str

    @property
    def kind(self) -> str:
        """Return the kind of what was written."""
        return self.name.partition("/")[0]


class Log:
    """The end of a store's outbox. `newest` is the number up to which it was looked through."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.newest = 0
        self._is_begun = False
        self._listeners: list[list[Heard]] = []

    async def heard(self) -> Sequence[Heard] | None:
        """Return what happened since the last look; None where too much did, or at the first."""
        events = await self._store.events(self.newest, _MOST) if self._is_begun else ()
        if not self._is_begun or len(events) == _MOST:
            await self._leap()
            return None
        found = [Heard(frozenset(e.patients), f"{e.kind}/{e.id}") for e in events]
        if events:
            self.newest = max(self.newest, events[-1].sequence)
            for listener in self._listeners:
                listener += found
        return found

    @contextmanager
    def listening(self) -> Iterator[list[Heard]]:
        """Give a list to which is added what others hear of meanwhile."""
        mine: list[Heard] = []
        self._listeners.append(mine)
        try:
            yield mine
        finally:
            self._listeners = [x for x in self._listeners if x is not mine]

    async def _leap(self) -> None:
        """Go to the end of the outbox without reading what lies between."""
        low, step = self.newest, 1
        while await self._store.events(low + step, 1):
            low, step = low + step, step * 2
        high = low + step  # nothing lies behind it
        while high - low > 1:
            middle = (low + high) // 2
            if await self._store.events(middle, 1):
                low = middle
            else:
                high = middle
        self.newest, self._is_begun = max(self.newest, high), True
