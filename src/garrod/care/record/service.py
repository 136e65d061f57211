"""The record's acts on single resources: read, write with the version in hand, search, history.

door -> may they? -> drafted by the codec -> one transaction of the store -> version
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from garrod.care.govern.access import Access, Actor, Deed, demand
from garrod.care.record.entries import Done
from garrod.care.record.gate import Gate
from garrod.care.record.guarded import Guarded, missing
from garrod.care.record.guarded import NotFound as NotFound
from garrod.care.record.ports import Codec, HistoryOf, Page, Reaction, Store, Tx
from garrod.care.record.query import Include, OfPatients, Query
from garrod.care.record.seen_store import SeenStore, given, raw_of
from garrod.care.record.taken import check_free
from garrod.core.errors import ConflictError, InputError, VersionConflict
from garrod.core.resource import Draft, Version

Patch = Callable[[bytes], bytes]


class Gone(InputError):
    """There was one, and it was deleted."""

    default_code = "REC002"


class TooMany(ConflictError):
    """A condition names more than one resource."""

    default_code = "REC004"


class Record(Guarded):
    """Reads and writes single resources. Every act asks `access` first.

    `reactions` are called with what was written, within the transaction that wrote it. `gate`
    decides on each version that leaves and on each that is written; without one, only those act
    whom `access` lets do everything. `store` itself is for what no actor asks.
    """

    def __init__(
        self,
        store: Store,
        codec: Codec,
        access: Access,
        new_id: Callable[[], str],
        *,
        reactions: Sequence[Reaction] = (),
        gate: Gate | None = None,
    ) -> None:
        super().__init__(store, access, gate)
        self.codec = codec
        self.new_id = new_id
        self.reactions = tuple(reactions)

    async def read(self, actor: Actor, kind: str, id: str) -> Version:
        """Return the newest version.  Raises: AccessDenied, NotFound REC001, Gone REC002."""
        demand(self.access, actor, Deed.READ, kind)
        return there(await self.seen_by(actor).read(kind, id), kind, id)

    async def read_version(self, actor: Actor, kind: str, id: str, number: int) -> Version:
        """Return one version.  Raises: AccessDenied, NotFound REC001, Gone REC002."""
        demand(self.access, actor, Deed.READ, kind)
        return there(await self.seen_by(actor).read_version(kind, id, number), kind, id)

    async def history(self, actor: Actor, of: HistoryOf) -> Page:
        """Return versions, the newest first.  Raises: AccessDenied, NotFound REC001."""
        demand(self.access, actor, Deed.HISTORY, of.kind)
        store = self.seen_by(actor)
        if of.id and await store.read(of.kind, of.id) is None:
            raise missing(of.kind, of.id)
        return await store.history(of)

    async def search(
        self,
        actor: Actor,
        query: Query,
        include: Sequence[Include] = (),
        *,
        deed: Deed = Deed.SEARCH,
    ) -> tuple[Page, tuple[Version, ...]]:
        """Return a page of hits, and what is included with them; `deed` is what they are for.

        Raises: AccessDenied.
        """
        for kind in query.kinds:
            demand(self.access, actor, deed, kind)
        store = self.seen_by(actor)
        if isinstance(store, SeenStore):
            store.deed = deed
        page = await store.search(self._within_reach(actor, query))
        if not include or not page.versions:
            return page, ()
        more = await store.included(page.versions, include)
        return page, more.versions

    def _within_reach(self, actor: Actor, query: Query) -> Query:
        reach = self.access.reach(actor)
        if reach is None:
            return query
        return replace(query, clauses=(*query.clauses, OfPatients(reach)))

    async def create(
        self,
        actor: Actor,
        kind: str,
        body: bytes,
        *,
        unless: Query | None = None,
        written: str = "",
    ) -> Done:
        """Write a new resource; `unless` one matches: then that one is returned, with status 200.

        Raises: AccessDenied, FhirError, TooMany REC004.
        """
        draft = self.codec.drafted(body, kind=kind, id=self.new_id())
        demand(self.access, actor, Deed.CREATE, kind, patients=draft.patients)

        async def work(tx: Tx) -> Done:
            found = await sole(tx, unless, written)
            if found is not None:
                return Done(200, found)
            given(tx, draft.id)
            return await self._followed(
                tx, Done(201, await tx.put(draft, method="POST", expected=0))
            )

        return await self._transact(actor, kind, work)

    async def react(self, tx: Tx, written: Sequence[Version]) -> None:
        """Do what follows from what was written in a transaction."""
        for reaction in self.reactions if written else ():
            await reaction(raw_of(tx), written)

    async def _followed(self, tx: Tx, done: Done) -> Done:
        if done.version is not None:
            await self.react(tx, (done.version,))
        return done

    async def _written(
        self, tx: Tx, draft: Draft, expected: int | None, *, method: str = "PUT"
    ) -> Done:
        return await self._followed(tx, await written_by(tx, draft, expected, method=method))

    async def _deleted(
        self, tx: Tx, kind: str, id: str, expected: int | None = None
    ) -> Version | None:
        gone = await tx.delete(kind, id, expected=expected)
        if gone is not None:
            await self.react(tx, (gone,))
        return gone

    async def update(
        self,
        actor: Actor,
        kind: str,
        id: str,
        body: bytes,
        *,
        expected: int | None = None,
        is_given: bool = False,
    ) -> Done:
        """Write the next version of a resource, or its first under an id of the caller's.

        `is_given`: the id is the server's own, so that it may be new whoever writes.
        Raises: AccessDenied, FhirError, VersionConflict CON002.
        """
        work = self._updating(actor, kind, id, body, expected=expected, is_given=is_given)
        return await self._transact(actor, kind, work)

    def updating(
        self, actor: Actor, kind: str, id: str, body: bytes, *, expected: int | None = None
    ) -> Callable[[Tx], Awaitable[Done]]:
        """Return the work of `update` under an id that the server gave, for a larger transaction.

        Raises: as `update` does.
        """
        work = self._updating(actor, kind, id, body, expected=expected, is_given=True)
        return lambda tx: work(self.seen_in(actor, tx))

    def _updating(
        self,
        actor: Actor,
        kind: str,
        id: str,
        body: bytes,
        *,
        expected: int | None,
        is_given: bool,
    ) -> Callable[[Tx], Awaitable[Done]]:
        draft = self.codec.drafted(body, kind=kind, id=id)
        demand(self.access, actor, Deed.UPDATE, kind, patients=draft.patients)

        async def work(tx: Tx) -> Done:
            if is_given:
                given(tx, id)
            return await self._written(tx, draft, expected)

        return work

    async def update_where(
        self,
        actor: Actor,
        kind: str,
        body: bytes,
        *,
        search: Query,
        written: str,
        own_id: str = "",
        expected: int | None = None,
    ) -> Done:
        """Write the next version of the one that matches, or a new one where none does.

        `own_id` is the id within the body, which must then be that of the one that matches, or of
        nothing yet; `expected` the version of the one that matches.
        Raises: AccessDenied, FhirError, TooMany REC004, Taken REC009, VersionConflict CON002.
        """
        new = own_id or self.new_id()
        draft = self.codec.drafted(body, kind=kind, id=new)
        demand(self.access, actor, Deed.UPDATE, kind, patients=draft.patients)

        async def work(tx: Tx) -> Done:
            found = await sole(tx, search, written)
            if found is None:
                if not own_id:
                    given(tx, new)
                await check_free(tx, kind, own_id, written)
                return await self._written(tx, draft, expected)
            if own_id and own_id != found.id:
                raise InputError(
                    f"the body's id is {own_id!r}, and {written!r} names {kind}/{found.id}: leave "
                    "the id out, or correct one of them.",
                    code="REC005",
                )
            mine = draft if found.id == new else self.codec.drafted(body, kind=kind, id=found.id)
            return await self._written(tx, mine, found.number if expected is None else expected)

        return await self._transact(actor, kind, work)

    async def patch(
        self, actor: Actor, kind: str, id: str, patch: Patch, *, expected: int | None = None
    ) -> Done:
        """Write the next version as a patch makes it of the present one.

        Raises: AccessDenied, NotFound, Gone, FhirError, VersionConflict CON002.
        """
        while True:
            now = await self.read(actor, kind, id)
            base = now.number if expected is None else expected
            if base != now.number:
                raise VersionConflict(kind, id, expected=base, current=now.number)
            draft = self.codec.drafted(patch(self.codec.served(now)), kind=kind, id=id)
            demand(self.access, actor, Deed.UPDATE, kind, patients=draft.patients)
            try:
                return await self._transact(
                    actor,
                    kind,
                    lambda tx, d=draft, b=base: self._written(tx, d, b, method="PATCH"),  # type: ignore[misc]
                )
            except VersionConflict:
                if expected is not None:
                    raise

    async def only(self, actor: Actor, search: Query, written: str) -> Version:
        """Return the one that a condition names.

        Raises: AccessDenied, NotFound REC001, TooMany REC004.
        """
        page, _ = await self.search(actor, replace(search, count=2))
        if len(page.versions) > 1:
            raise _too_many(search, written)
        if not page.versions:
            raise NotFound(f"{written!r} names no {'/'.join(search.kinds)} here.")
        return page.versions[0]

    async def delete(
        self, actor: Actor, kind: str, id: str, *, expected: int | None = None
    ) -> Version | None:
        """Write a deletion; None where there was nothing.

        Raises: AccessDenied, VersionConflict.
        """
        demand(self.access, actor, Deed.DELETE, kind)
        return await self._transact(actor, kind, lambda tx: self._deleted(tx, kind, id, expected))

    async def delete_where(
        self,
        actor: Actor,
        kind: str,
        *,
        search: Query,
        written: str,
        expected: int | None = None,
    ) -> Version | None:
        """Delete the one that matches; None where none does.

        Raises: AccessDenied, TooMany REC004, VersionConflict CON002.
        """
        demand(self.access, actor, Deed.DELETE, kind)

        async def work(tx: Tx) -> Version | None:
            found = await sole(tx, search, written)
            return None if found is None else await self._deleted(tx, kind, found.id, expected)

        return await self._transact(actor, kind, work)


async def written_by(tx: Tx, draft: Draft, expected: int | None, *, method: str = "PUT") -> Done:
    """Write a draft; status 201 where it is the first version, or the first after a deletion."""
    before = await tx.read(draft.kind, draft.id)
    version = await tx.put(draft, method=method, expected=expected)
    return Done(201 if before is None or before.is_deleted else 200, version)


async def sole(tx: Tx, search: Query | None, written: str) -> Version | None:
    """Return the only resource that a condition names, or None.  Raises: TooMany REC004.

    Others with the same condition wait, so that two of them never both find nothing.
    """
    if search is None:
        return None
    await tx.lock(f"{'|'.join(search.kinds)}?{written}")
    page = await tx.search(replace(search, count=2))
    if len(page.versions) > 1:
        raise _too_many(search, written)
    return page.versions[0] if page.versions else None


def _too_many(search: Query, written: str) -> TooMany:
    return TooMany(f"{written!r} names more than one {'/'.join(search.kinds)}: make it narrower.")


def there(found: Version | None, kind: str, id: str) -> Version:
    """Return what was found.  Raises: NotFound REC001 (nothing), Gone REC002 (deleted)."""
    if found is None:
        raise missing(kind, id)
    if found.is_deleted:
        raise Gone(f"{kind}/{id} was deleted; its history is still there.")
    return found
