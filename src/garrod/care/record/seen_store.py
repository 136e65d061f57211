"""A store, and a transaction, as one actor has them: what is hidden is not there, nor written over.

An id that is not there is the server's to give: else whoever tries ids would learn which are taken.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import TypeVar

from garrod.care.govern.access import Actor, Deed
from garrod.care.record.gate import PATIENT, Gate
from garrod.care.record.ports import Event, Store, Tx
from garrod.care.record.seen import SeenView
from garrod.care.record.stepping_up import demand_write
from garrod.core.errors import AccessDenied, InputError
from garrod.core.resource import Draft, Version

T = TypeVar("T")
NOT_THERE = "REC001"
EVER = datetime(1970, 1, 1, tzinfo=UTC)  # of what is not written yet


class SeenTx(SeenView):
    """One transaction as an actor may run it. `raw` is the store's own, for what follows by itself.

    `fresh` are ids that the server gave for this very write.
    """

    raw: Tx

    def __init__(self, tx: Tx, gate: Gate, actor: Actor) -> None:
        super().__init__(tx, gate, actor)
        self.fresh: set[str] = set()

    async def put(self, draft: Draft, *, method: str, expected: int | None = None) -> Version:
        """Write the next version.

        Raises: AccessDenied ACC001 where it may not be written, InputError REC001 where what it
        would replace is not there, or not for the actor; SignInAgain ACC006; VersionConflict.
        """
        before = await self.raw.read(draft.kind, draft.id)
        if before is None:
            if draft.id not in self.fresh:
                await self._demand_place(draft)
        elif not await self._is_writable(before, Deed.UPDATE):
            raise missing(draft.kind, draft.id)
        deed = Deed.CREATE if before is None else Deed.UPDATE
        await self._demand_content(draft, deed)
        demand_write(self.gate, self.actor, deed, draft.kind, (before, version_of(draft)))
        return await self.raw.put(draft, method=method, expected=expected)

    async def delete(self, kind: str, id: str, *, expected: int | None = None) -> Version | None:
        """Write a deletion; None where there is nothing to delete for the actor.

        Raises: AccessDenied ACC001, SignInAgain ACC006, VersionConflict.
        """
        before = await self.raw.read(kind, id)
        if before is None or not await self.gate.is_visible(self.raw, self.actor, before):
            return None
        if not before.is_deleted and not await self._is_allowed(before, Deed.DELETE):
            raise AccessDenied(f"a {self.actor.role} may not delete that {kind}.")
        if not before.is_deleted:
            demand_write(self.gate, self.actor, Deed.DELETE, kind, (before, None))
        return await self.raw.delete(kind, id, expected=expected)

    async def _is_writable(self, before: Version, deed: Deed) -> bool:
        if not await self.gate.is_visible(self.raw, self.actor, before):
            return False
        if before.is_deleted or await self._is_allowed(before, deed):
            return True
        raise AccessDenied(f"a {self.actor.role} may not {deed} that {before.kind}.")

    async def _is_allowed(self, version: Version, deed: Deed) -> bool:
        return (await self.gate.answer(self.raw, self.actor, version, deed)).is_permitted

    async def _demand_place(self, draft: Draft) -> None:
        """Let systems alone choose ids.  Raises: InputError REC001, as of what is hidden."""
        if not self.gate.may_reach_all(self.actor, Deed.CREATE, draft.kind):
            raise missing(draft.kind, draft.id)

    async def _demand_content(self, draft: Draft, deed: Deed) -> None:
        """Raise AccessDenied ACC001 where an actor may not write what a draft says."""
        people = self.gate.meaning.whose(version_of(draft))
        if draft.kind == PATIENT and deed is Deed.CREATE:
            people = ()  # of a person who is not here yet nobody can have the care
        for one in people or ("",):
            rights = await self.gate.rights(self.raw, self.actor, one)
            if not rights.answer(deed, draft.kind).is_permitted:
                raise AccessDenied(
                    f"a {self.actor.role or 'stranger'} without a relation to the person may not "
                    f"{deed} {draft.kind}."
                )

    async def lock(self, key: str) -> None:
        """Let no other transaction with the same key run until this one ends."""
        await self.raw.lock(key)

    async def keep(self, room: str, id: str, text: str | None) -> None:
        """Write a note anew; None: take it away."""
        await self.raw.keep(room, id, text)

    async def emit(
        self, topic: str, version: Version, *, patients: Sequence[str], detail: str = ""
    ) -> Event:
        """Write an event of its own beside the one that every put and delete writes."""
        return await self.raw.emit(topic, version, patients=patients, detail=detail)


def given(tx: Tx, *ids: str) -> None:
    """Say that the server gave ids, so that nobody learns anything by them."""
    if isinstance(tx, SeenTx):
        tx.fresh.update(ids)


def raw_of(tx: Tx) -> Tx:
    """Return the store's own transaction, for what follows by itself and is nobody's act."""
    return tx.raw if isinstance(tx, SeenTx) else tx


def version_of(draft: Draft) -> Version:
    """Return a draft as if it were stored, to be asked about."""
    return Version(draft.kind, draft.id, 0, EVER, "PUT", 0, draft.body, draft.splice, sha256=b"")


def missing(kind: str, id: str) -> InputError:
    """Return the fault of what is not there, the same for what is hidden."""
    return InputError(f"there is no {kind}/{id} here: is the id right?", code=NOT_THERE)


class SeenStore(SeenView):
    """A store as an actor sees it."""

    raw: Store

    async def transact(self, work: Callable[[Tx], Awaitable[T]]) -> T:
        """Run a piece of work whose Tx sees, and lets be written, what the actor may."""

        async def within(tx: Tx) -> T:
            return await work(SeenTx(tx, self.gate, self.actor))

        return await self.raw.transact(within)

    async def events(self, after: int, limit: int = 500) -> tuple[Event, ...]:
        """Return events behind a number that may be told; fewer than the limit may be."""
        found = await self.raw.events(after, limit)
        return tuple([e for e in found if await self.tells(e)])

    async def follow(self, after: int) -> AsyncIterator[Event]:
        """Yield events behind a number that may be told."""
        async for event in self.raw.follow(after):
            if await self.tells(event):
                yield event

    async def tells(self, event: Event, deed: Deed = Deed.LISTEN) -> bool:
        """Return whether an event may be told: what it is about may be seen, then and now."""
        version = await self.raw.read_version(event.kind, event.id, event.number)
        now = await self.raw.read(event.kind, event.id)
        for one in (version, now) if version != now else (version,):
            if one is None or not await self.gate.sees(self.raw, self.actor, one, deed):
                return False
        return True

    async def close(self) -> None:
        """Close nothing: the store is the server's."""
