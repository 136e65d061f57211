"""What the record needs from outside: a store of versions, and one who knows what bytes mean."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar

from garrod.care.record.entries import References
from garrod.care.record.query import Include, Query
from garrod.core.resource import Draft, Version

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page:
    """Some versions of a longer list; `cursor` None: the last page. `total` None: not counted."""

    versions: tuple[Version, ...]
    cursor: str | None = None
    total: int | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """One change, in the order of commits. `patients` are logical ids; `topic` names what happened.

    Written with the change that it tells of, or not at all.
    """

    sequence: int
    at: datetime
    topic: str  # "resource" for every write; or what the record says happened ("list.confirmed")
    kind: str
    id: str
    number: int
    patients: tuple[str, ...] = ()
    detail: str = ""  # JSON of the topic; never a name, never an NHS number


@dataclass(frozen=True, slots=True)
class HistoryOf:
    """What history is asked of: one resource, a kind (id ""), or everything (kind "")."""

    kind: str = ""
    id: str = ""
    since: datetime | None = None
    at: datetime | None = None  # only versions that were current then
    count: int = 50
    cursor: str | None = None


class View(Protocol):
    """Reading: consistent within one call."""

    async def read(self, kind: str, id: str) -> Version | None:
        """Return the newest version, a deletion too; None where there never was one."""
        ...

    async def read_version(self, kind: str, id: str, number: int) -> Version | None:
        """Return one version, or None."""
        ...

    async def note(self, room: str, id: str) -> str | None:
        """Return what was noted under an id, or None: no resource, no history, no event."""
        ...

    async def notes(self, room: str) -> tuple[tuple[str, str], ...]:
        """Return the notes of a room, in the order of their ids."""
        ...

    async def history(self, of: HistoryOf) -> Page:
        """Return versions, the newest first."""
        ...

    async def search(self, query: Query) -> Page:
        """Return the newest versions that match and are not deleted.

        Raises: InputError REC003 for a cursor that is not one of this query's.
        """
        ...

    async def included(self, hits: Sequence[Version], include: Sequence[Include]) -> Page:
        """Return what hits refer to, or what refers to them, each once and no hit again."""
        ...


class Tx(View, Protocol):
    """One transaction: reads see its own writes, and nobody else's come between."""

    async def put(self, draft: Draft, *, method: str, expected: int | None = None) -> Version:
        """Write the next version; expected 0: there must be none yet (or only a deletion).

        Raises: VersionConflict where the current number is not the expected one.
        """
        ...

    async def delete(self, kind: str, id: str, *, expected: int | None = None) -> Version | None:
        """Write a deletion; None where there is nothing to delete.  Raises: VersionConflict."""
        ...

    async def lock(self, key: str) -> None:
        """Let no other transaction with the same key run until this one ends."""
        ...

    async def keep(self, room: str, id: str, text: str | None) -> None:
        """Write a note anew; None: take it away."""
        ...

    async def emit(
        self, topic: str, version: Version, *, patients: Sequence[str], detail: str = ""
    ) -> Event:
        """Write an event of its own beside the one that every put and delete writes."""
        ...


class Store(View, Protocol):
    """A store of versions with history, search rows and an outbox; append only."""

    async def transact(self, work: Callable[[Tx], Awaitable[T]]) -> T:
        """Run a piece of work; return its result when it is durable, or nothing of it is kept.

        The work may be run more than once (after a conflict in the store), so it does nothing else
        than read, think and write by its Tx. It awaits nothing but its Tx.
        """
        ...

    async def events(self, after: int, limit: int = 500) -> tuple[Event, ...]:
        """Return events behind a sequence number, in order; none is ever skipped."""
        ...

    def follow(self, after: int) -> AsyncIterator[Event]:
        """Yield events behind a sequence number for as long as one listens."""
        ...

    async def close(self) -> None:
        """Finish what was begun, and let go of files and connections."""
        ...


class Codec(Protocol):
    """Knows what the bytes mean."""

    def drafted(self, body: bytes, *, kind: str, id: str, resource: object = None) -> Draft:
        """Return a resource ready to be written under an id.

        `resource` is what the codec read of these very bytes before, where it did.
        Raises: FhirError where the bytes are no resource of that kind.
        """
        ...

    def references(self, body: bytes) -> References:
        """Return what a body refers to that is no logical reference: full urls, searches."""
        ...

    def resolved(self, body: bytes, targets: Mapping[str, str]) -> bytes:
        """Return a body with some references replaced, every other byte as it was."""
        ...

    def sought(self, condition: str) -> Query:
        """Return the query of a conditional reference ("Patient?identifier=...").

        Raises: FhirError where it is no search that can be relied on.
        """
        ...

    def served(self, version: Version) -> bytes:
        """Return the bytes of a version with its `id` and `meta` spliced in, and nothing else."""
        ...


class Reaction(Protocol):
    """What the record does by itself when something is written, within the same transaction."""

    async def __call__(self, tx: Tx, written: Sequence[Version]) -> None:
        """Do what follows from the versions that one act, or one transaction, has written.

        Raises: InputError, ConflictError: then nothing of the transaction is kept.
        """
        ...
