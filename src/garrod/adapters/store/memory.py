"""A store in memory: the plain oracle that the contract suite holds beside the others.

For tests and for what is never kept. Each transaction works on a copy; one runs at a time.
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from garrod.adapters.store import faults
from garrod.adapters.store.cursor import history_cursor, history_place, search_cursor, search_place
from garrod.adapters.store.matching import Held, Name, matches, sort_value
from garrod.adapters.store.packing import moment, ticks
from garrod.adapters.store.reading import INCLUDED_MAX
from garrod.adapters.store.waking import Bell
from garrod.care.record.ports import Event, HistoryOf, Page, Tx
from garrod.care.record.query import Include, Query
from garrod.core.errors import VersionConflict
from garrod.core.resource import Draft, Splice, Version

T = TypeVar("T")
LATEST_FIRST = ("_lastUpdated", True)  # the one order in which equals stand the newest first


@dataclass(slots=True)
class State:
    """All that is kept."""

    shelf: dict[Name, Held] = field(default_factory=dict)
    versions: dict[Name, list[Version]] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    notes: dict[Name, str] = field(default_factory=dict)
    sequence: int = 0
    at: int = 0

    def copy(self) -> State:
        """Return a state that can be changed without changing this one."""
        versions = {name: list(some) for name, some in self.versions.items()}
        kept = (list(self.events), dict(self.notes))
        return State(dict(self.shelf), versions, *kept, self.sequence, self.at)

    def newest(self, kind: str, id: str) -> Version | None:
        """Return the newest version, or None."""
        some = self.versions.get((kind, id))
        return some[-1] if some else None


class MemoryView:
    """Reads one state."""

    def __init__(self, state: State) -> None:
        self.state = state

    async def read(self, kind: str, id: str) -> Version | None:
        """Return the newest version, or None."""
        return self.state.newest(kind, id)

    async def read_version(self, kind: str, id: str, number: int) -> Version | None:
        """Return one version, or None."""
        some = self.state.versions.get((kind, id), [])
        return next((version for version in some if version.number == number), None)

    async def note(self, room: str, id: str) -> str | None:
        """Return a note, or None."""
        return self.state.notes.get((room, id))

    async def notes(self, room: str) -> tuple[tuple[str, str], ...]:
        """Return the notes of a room by their ids."""
        return tuple(sorted((id, t) for (of, id), t in self.state.notes.items() if of == room))

    async def history(self, of: HistoryOf) -> Page:
        """Return versions, the newest first.  Raises: InputError REC003."""
        before = history_place(of)
        some = sorted(self._history(of), key=lambda version: -version.sequence)
        rest = [v for v in some if before is None or v.sequence < before]
        shown = tuple(rest[: max(of.count, 0)])
        has_more = len(rest) > len(shown) > 0
        return Page(shown, history_cursor(of, shown[-1].sequence) if has_more else None)

    def _history(self, of: HistoryOf) -> Iterator[Version]:
        for (kind, id), some in self.state.versions.items():
            if of.kind not in ("", kind) or of.id not in ("", id):
                continue
            kept = some
            if of.at is not None:
                kept = [v for v in some if v.at <= of.at][-1:]
            yield from (v for v in kept if of.since is None or v.at >= of.since)

    async def search(self, query: Query) -> Page:
        """Return the newest versions that match.  Raises: InputError REC003."""
        place = search_place(query)
        found = [held for held in self.state.shelf.values() if self._fits(held, query)]
        listed = sorted(((self._order(held, query), held) for held in found), key=lambda p: p[0])
        if place is not None:
            behind = _order_of(query, place)
            listed = [(order, held) for order, held in listed if order > behind]
        shown = [held for _, held in listed[: max(query.count, 0)]]
        cursor = None
        if shown and len(listed) > len(shown):
            values = [sort_value(shown[-1], sort) for sort in query.sort]
            cursor = search_cursor(query, [*values, shown[-1].place])
        total = len(found) if query.wants_total else None
        return Page(tuple(held.version for held in shown), cursor, total)

    def _fits(self, held: Held, query: Query) -> bool:
        if held.draft.kind not in query.kinds:
            return False
        return all(matches(held, clause, self.state.shelf) for clause in query.clauses)

    def _order(self, held: Held, query: Query) -> tuple[Any, ...]:
        values = [sort_value(held, sort) for sort in query.sort]
        return _order_of(query, [*values, held.place])

    async def included(self, hits: Sequence[Version], include: Sequence[Include]) -> Page:
        """Return what is included, each once and no hit again.  Raises: InputError STO007."""
        seen = {(hit.kind, hit.id) for hit in hits}
        found: list[Version] = []
        fresh, wanted = set(seen), list(include)
        while fresh and wanted:
            near = {name for one in wanted for of in fresh for name in self._step(of, one)} - seen
            found += [self.state.shelf[name].version for name in near]
            if len(found) > INCLUDED_MAX:
                raise faults.too_many(INCLUDED_MAX)
            seen |= near
            fresh, wanted = near, [one for one in include if one.is_iterated]
        return Page(tuple(found))

    def _step(self, name: Name, include: Include) -> Iterator[Name]:
        shelf = self.state.shelf
        if include.is_backward:
            if include.target in ("", name[0]):
                for other, held in shelf.items():
                    if other[0] == include.kind and name in _targets(held, include.param):
                        yield other
        elif name in shelf and name[0] == include.kind:
            for target in _targets(shelf[name], include.param):
                if target in shelf and include.target in ("", target[0]):
                    yield target


def _targets(held: Held, param: str) -> list[Name]:
    return [(row.kind, row.id) for row in held.draft.rows.references if row.param == param]


@dataclass(frozen=True, slots=True)
class _Ordered:
    """One value of an order, compared as its key says; what has none stands last."""

    value: Any
    is_descending: bool

    def __lt__(self, other: _Ordered) -> bool:
        if self.value is None or other.value is None:
            return self.value is not None and other.value is None
        if self.is_descending:
            return bool(self.value > other.value)
        return bool(self.value < other.value)


def _order_of(query: Query, place: Sequence[Any]) -> tuple[Any, ...]:
    keys = zip(query.sort, place, strict=False)
    is_backward = [(sort.param, sort.is_descending) for sort in query.sort] == [LATEST_FIRST]
    last = _Ordered(place[-1], is_backward)
    return (*(_Ordered(value, sort.is_descending) for sort, value in keys), last)


class MemoryTx(MemoryView):
    """Writes into a copy of the state."""

    async def put(self, draft: Draft, *, method: str, expected: int | None = None) -> Version:
        """Write the next version.  Raises: VersionConflict CON002."""
        old = self.state.newest(draft.kind, draft.id)
        current = old.number if old else 0
        is_there = old is not None and not old.is_deleted
        if expected not in (None, current) and (expected or is_there):
            raise VersionConflict(draft.kind, draft.id, expected=expected or 0, current=current)
        made = self._write(draft.kind, draft.id, method, draft.body, draft.splice)
        name = (draft.kind, draft.id)
        before = self.state.shelf.get(name)
        place = self._place(name)
        self.state.shelf[name] = Held(draft, made, place, self.state.at)
        patients = (*draft.patients, *sorted(before.draft.patients if before else ()))
        self._tell("resource", made, patients, "", made.sequence)
        return made

    async def delete(self, kind: str, id: str, *, expected: int | None = None) -> Version | None:
        """Write a deletion; None where nothing is there.  Raises: VersionConflict CON002."""
        held = self.state.shelf.get((kind, id))
        if held is None:
            return None
        if expected is not None and expected != held.version.number:
            current = held.version.number
            raise VersionConflict(kind, id, expected=expected, current=current)
        made = self._write(kind, id, "DELETE")
        del self.state.shelf[kind, id]
        self._tell("resource", made, sorted(held.draft.patients), "", made.sequence)
        return made

    async def lock(self, key: str) -> None:
        """Do nothing: one transaction runs at a time."""

    async def keep(self, room: str, id: str, text: str | None) -> None:
        """Write a note anew; None: take it away."""
        self.state.notes.pop((room, id), None)
        if text is not None:
            self.state.notes[room, id] = text

    async def emit(
        self, topic: str, version: Version, *, patients: Sequence[str], detail: str = ""
    ) -> Event:
        """Write an event of its own; returns it."""
        self.state.sequence += 1
        return self._tell(topic, version, patients, detail, self.state.sequence)

    def _place(self, name: Name) -> int:
        return list(self.state.versions).index(name) + 1

    def _write(
        self, kind: str, id: str, method: str, body: bytes = b"", splice: Splice | None = None
    ) -> Version:
        sha256 = b"" if method == "DELETE" else hashlib.sha256(body).digest()
        self.state.sequence += 1
        some = self.state.versions.setdefault((kind, id), [])
        at, sequence = moment(self.state.at), self.state.sequence
        made = Version(kind, id, len(some) + 1, at, method, sequence, body, splice, sha256)
        some.append(made)
        return made

    def _tell(
        self, topic: str, version: Version, patients: Sequence[str], detail: str, sequence: int
    ) -> Event:
        of = (version.kind, version.id, version.number)
        told = tuple(dict.fromkeys(patients))
        event = Event(sequence, moment(self.state.at), topic, *of, told, detail)
        self.state.events.append(event)
        return event


class MemoryStore(MemoryView):
    """A Store that is gone when the process is."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        super().__init__(State())
        self.clock = clock
        self._bell = Bell()
        self._is_closed = False

    async def transact(self, work: Callable[[Tx], Awaitable[T]]) -> T:
        """Run a piece of work on a copy, and keep the copy where it does not fail."""
        if self._is_closed:
            raise faults.closed()
        copy = self.state.copy()
        copy.at = max(ticks(self.clock()), copy.at + 1)
        tx = MemoryTx(copy)
        begun = _begun(work, tx)
        try:
            begun.send(None)
        except StopIteration as done:
            self.state = copy
            self._bell.ring()
            result: T = done.value
            return result
        begun.close()
        raise faults.suspended()

    async def events(self, after: int, limit: int = 500) -> tuple[Event, ...]:
        """Return events behind a sequence number, in order."""
        return tuple(e for e in self.state.events if e.sequence > after)[:limit]

    async def follow(self, after: int) -> AsyncIterator[Event]:
        """Yield events for as long as one listens."""
        while not self._is_closed:
            heard = self._bell.heard()
            some = await self.events(after)
            for event in some:
                yield event
                after = event.sequence
            if not some:
                await heard.wait()

    async def close(self) -> None:
        """Take no more work."""
        self._is_closed = True
        self._bell.ring()


async def _begun(work: Callable[[Tx], Awaitable[Any]], tx: Tx) -> Any:
    return await work(tx)
