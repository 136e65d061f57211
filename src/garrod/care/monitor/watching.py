"""Looks at a person again when something about them changed: owned tasks for what differs.

event -> does its kind matter? -> person now -> decide -> compare with what was said -> TaskBook
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from garrod.care.decide.knowledge import Knowledge
from garrod.care.decide.ports import People
from garrod.care.monitor.affected import View, said_to
from garrod.care.monitor.ports import Remembered, TaskBook
from garrod.care.monitor.raising import Raised, raised_by
from garrod.care.record.ports import Event
from garrod.core.person import Person

# Kinds of resources that a decision rests on; whatever else is written is nothing to decide about.
MATTERS = frozenset(
    (
        *("Patient", "AllergyIntolerance", "Condition", "Procedure", "Observation"),
        *("DiagnosticReport", "MedicationRequest", "MedicationStatement", "Goal"),
    )
)


@dataclass(frozen=True, slots=True)
class Seen:
    """What a look at a person found."""

    raised: tuple[Raised, ...] = ()
    closed: tuple[Raised, ...] = ()


class Watcher:
    """Decides again for people, and raises or closes tasks. Each look is one transaction."""

    def __init__(
        self,
        knowledge: Knowledge,
        people: People,
        book: TaskBook,
        *,
        actor: object,
        today: Callable[[], date],
    ) -> None:
        self._knowledge = knowledge
        self._people = people
        self._book = book
        self._actor = actor
        self._today = today

    async def look(self, patient: str) -> Seen:
        """Look at a person again; the first time it is only remembered what is said.

        Raises: NotFound REC001, Gone REC002, OutsideError.
        """
        person = await self._people.person(self._actor, patient)
        return await self.compare(patient, person)

    async def compare(self, patient: str, person: Person) -> Seen:
        """Compare what is said of a person with what was said; raise and close tasks."""
        now = said_to(View(self._knowledge, person), today=self._today())
        before = await self._book.remembered(patient)
        if before is None:
            await self._book.keep(patient, Remembered(now))
            return Seen()
        if before.said == now:
            return Seen()
        raised = raised_by(patient, before.said, now)
        closed = tuple(task for task in before.tasks if not task.holds(now))
        keys = {task.key for task in raised}
        standing = [t for t in before.tasks if t not in closed and t.key not in keys]
        await self._book.keep(patient, Remembered(now, (*standing, *raised)), raised, closed)
        return Seen(raised, closed)


def patients_in(events: Iterable[Event]) -> tuple[str, ...]:
    """Return whom events that matter are about, each once, in the order of the events."""
    return tuple(dict.fromkeys(p for e in events if e.kind in MATTERS for p in e.patients))
