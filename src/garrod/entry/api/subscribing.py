"""Keeps subscriptions going: each that stands in the record is told, and its status kept true.

Subscription written -> claimed by its writer -> handshake -> active -> told -> off, or error
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from typing import Any

import structlog

from garrod.adapters.fhir.record.parse import parse
from garrod.adapters.fhir.rest.patch import written
from garrod.adapters.subscriptions.gate import Refused
from garrod.adapters.subscriptions.hook import Hook
from garrod.adapters.subscriptions.ledger import Place
from garrod.adapters.subscriptions.reading import definition_of, subscription_of
from garrod.care.govern.access import Actor
from garrod.care.record.ports import Tx
from garrod.care.record.query import Query
from garrod.care.record.subscriptions import Channel, Happening, Status, Subscription, moved
from garrod.core.errors import GarrodError, InputError, OutsideError, VersionConflict
from garrod.core.resource import Version
from garrod.entry.api.subscribing_telling import PAUSE, Teller, Telling
from garrod.entry.api.websocket_tokens import Tokens

LOG = structlog.get_logger()
KIND = "Subscription"
CLAIMED_WITHIN = 40  # looks, 50 ms apart, for who wrote a subscription


class Subscribers:
    """All subscriptions of the record, while the server runs."""

    def __init__(self, telling: Telling, hook: Hook, kinds: frozenset[str]) -> None:
        self.telling = telling
        self.hook = hook
        self.kinds = kinds
        self.tokens = Tokens()
        self._tasks: dict[str, tuple[str, asyncio.Task[None]]] = {}  # by id: definition, task

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Subscribers]:
        """Tell all subscribers until the block ends."""
        watch = asyncio.create_task(self._watch(), name="garrod-subscriptions")
        try:
            yield self
        finally:
            tasks = [watch, *(task for _, task in self._tasks.values())]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self.hook.close()

    def read(self, version: Version) -> Subscription:
        """Return what a stored Subscription asks for.  Raises: InputError SUB001 to SUB004."""
        resource = {**parse(version.body), "id": version.id}
        return self.judged(resource)

    def judged(self, resource: dict[str, Any]) -> Subscription:
        """Return what a Subscription asks for.  Raises: InputError SUB001 to SUB004."""
        subscription = subscription_of(resource, self.kinds)
        if subscription.channel is Channel.HOOK:
            self.hook.gate.check(subscription.endpoint)
        return subscription

    async def claim(self, actor: Actor, version: Version) -> None:
        """Remember who wrote a Subscription: by that actor's rights it is told."""
        definition = definition_of(parse(version.body))
        await self.telling.ledger.claim(version.id, definition, actor, version.sequence)

    async def _watch(self) -> None:
        place = self.telling.feed.position
        await self._safely(self._settle_all())
        with self.telling.feed.listening() as flag:
            while True:
                flag.clear()
                try:
                    shown = await self.telling.feed.after(place)
                except GarrodError:
                    await asyncio.sleep(PAUSE)
                    continue
                for one in shown:
                    place = one.event.sequence
                    if one.event.kind == KIND:
                        await self._safely(self._settle(one.event.id))
                if not shown:
                    await flag.wait()

    async def _safely(self, work: Awaitable[None]) -> None:
        try:
            await work
        except Exception as error:  # one subscription's fault is no other's
            LOG.error("SUB100 a subscription cannot be kept", kind=type(error).__name__)

    async def _settle_all(self) -> None:
        query: Query | None = Query(kinds=(KIND,), count=200)
        while query is not None:
            page = await self.telling.record.store.search(query)
            for version in page.versions:
                await self._safely(self._settle(version.id))
            query = Query((KIND,), count=200, cursor=page.cursor) if page.cursor else None

    async def _settle(self, id: str) -> None:
        """Begin, go on with, or end a subscription, as its newest version says."""
        version = await self.telling.record.store.read(KIND, id)
        if version is None or version.is_deleted:
            await self._stop(id)
            await self.telling.ledger.forget(id)
            return
        resource = parse(version.body)
        status, definition = resource.get("status"), definition_of(resource)
        if status in (Status.OFF, Status.ERROR):
            await self._stop(id)
            return
        former, task = self._tasks.get(id, ("", None))
        is_told = task is not None and not task.done() and former == definition
        if is_told and status == Status.ACTIVE:
            return
        await self._stop(id)
        work = self._begin(version, definition, is_new=status != Status.ACTIVE)
        task = asyncio.create_task(self._safely(work), name=f"garrod-subscription-{id}")
        self._tasks[id] = (definition, task)

    async def _begin(self, version: Version, definition: str, *, is_new: bool) -> None:
        """Tell a subscription from its place, or mark it with what is wrong."""
        place = await self._claimed(version.id, definition)
        if place is None:
            why = "write the Subscription by POST or PUT of itself, not within a Bundle or a patch."
            return await self.mark(version, Status.ERROR, why)
        try:
            subscription = self.read(version)
        except InputError as error:
            return await self.mark(version, Status.ERROR, error.message)
        is_new = is_new or place.position == place.started  # nothing told yet: shake hands first
        return await self._tell(version, subscription, place, is_new=is_new)

    async def _claimed(self, id: str, definition: str) -> Place | None:
        for _ in range(CLAIMED_WITHIN):
            place = await self.telling.ledger.place(id)
            if place is not None and place.definition == definition:
                return place
            await asyncio.sleep(0.05)
        return None

    async def _tell(
        self, version: Version, subscription: Subscription, place: Place, *, is_new: bool
    ) -> None:
        async def send(body: bytes) -> None:
            await self.hook.post(subscription, body)

        try:
            teller = Teller(self.telling, subscription, place, send)
            if subscription.channel is Channel.HOOK:
                if is_new:
                    await teller.shake()
                    await self.mark(version, moved(Status.REQUESTED, Happening.SHAKEN))
                await self._on(teller)
                await self.mark(version, moved(Status.ACTIVE, Happening.ENDED))
            elif is_new:
                await self.mark(version, Status.ACTIVE)
        except (OutsideError, Refused) as error:
            said = f"{error.message} Ask again with status requested: what was missed then follows."
            await self.mark(version, moved(Status.ACTIVE, Happening.GIVEN_UP), said)
        except GarrodError as error:
            await self.mark(version, Status.ERROR, error.message)

    async def _on(self, teller: Teller) -> None:
        """Tell, and wait where it is the record that cannot be read now."""
        while True:
            try:
                return await teller.run()
            except OutsideError as error:
                if error.code.startswith("SUB"):
                    raise
                await asyncio.sleep(PAUSE)

    async def _stop(self, id: str) -> None:
        _, task = self._tasks.pop(id, ("", None))
        if task is not None:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError, Exception):
                await task

    async def mark(self, version: Version, status: Status, error: str = "") -> None:
        """Write a status, unless somebody wrote the definition anew meanwhile."""
        record = self.telling.record
        was = definition_of(parse(version.body))

        async def work(tx: Tx) -> None:
            now = await tx.read(KIND, version.id)
            if now is None or now.is_deleted:
                return
            resource = parse(record.codec.served(now))
            if definition_of(resource) != was or resource.get("status") == Status.OFF:
                return
            resource.pop("error", None)
            resource["status"] = status.value
            if error:
                resource["error"] = error
            draft = record.codec.drafted(written(resource), kind=KIND, id=version.id)
            await tx.put(draft, method="PUT", expected=now.number)

        with contextlib.suppress(VersionConflict):
            await record.store.transact(work)
