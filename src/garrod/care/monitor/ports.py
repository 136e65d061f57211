"""What the monitor needs from outside: what it said of a person before, and a book of tasks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from garrod.care.monitor.raising import Answers, Raised


@dataclass(frozen=True, slots=True)
class Remembered:
    """What was said of a person when one last looked: coded content, not truth; and open tasks."""

    said: Answers = field(default_factory=dict)
    tasks: tuple[Raised, ...] = ()


class TaskBook(Protocol):
    """Keeps the tasks of the monitor, and what it remembers of people."""

    async def remembered(self, patient: str) -> Remembered | None:
        """Return what was said of a person when one last looked; None where nobody ever did."""
        ...

    async def keep(
        self,
        patient: str,
        now: Remembered | None,
        raised: Sequence[Raised] = (),
        closed: Sequence[Raised] = (),
    ) -> int:
        """Keep what is said now (None: as it was), raise tasks and close others, all or nothing.

        A task that is open, or was done, is not raised again. Return how many were written.
        """
        ...
