"""Tells one subscriber what it asked for: in order, at least once, only what its owner may read.

feed -> concerns it? may the owner hear it? -> notification -> sent -> its place is remembered
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, replace
from datetime import datetime

from garrod.adapters.subscriptions import notices
from garrod.adapters.subscriptions.ledger import Ledger, Place
from garrod.adapters.subscriptions.notices import Notice, Told
from garrod.care.govern.access import Actor, Deed, Deny
from garrod.care.govern.audit import current
from garrod.care.record.ports import Event
from garrod.care.record.service import Record
from garrod.care.record.subscriptions import (
    Channel,
    Content,
    Status,
    Subscription,
    concerns,
    wait_after,
)
from garrod.core.errors import OutsideError
from garrod.entry.api.events_feed import PORTION, Feed
from garrod.entry.governing import flags

SendNotice = Callable[[bytes], Awaitable[None]]
Audited = Callable[[Actor, Collection[Event]], Awaitable[None]]
PAUSE = 1.0  # seconds until a store that failed is asked again


async def _unheard(_: Actor, __: Collection[Event]) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Telling:
    """What telling needs; the same for all subscribers."""

    record: Record
    feed: Feed
    ledger: Ledger
    base: str
    clock: Callable[[], datetime]
    new_id: Callable[[], str]
    haste: float = 1.0  # by which waits between attempts are multiplied
    audited: Audited = _unheard  # asked before something is sent that no request waits for

    async def may_hear(self, owner: Actor, subscription: Subscription, event: Event) -> bool:
        """Return whether the owner may be told of an event, and read what goes with it."""
        deeds = [Deed.LISTEN]
        if subscription.content is Content.FULL:
            deeds.append(Deed.READ)
        decide = self.record.access.decide
        verdicts = [decide(owner, d, event.kind, patients=event.patients) for d in deeds]
        if any(isinstance(verdict, Deny) for verdict in verdicts):
            return False
        return all([await self.record.tells(owner, event, deed) for deed in deeds])

    def bundle(self, subscription: Subscription, notice: Notice) -> bytes:
        """Return a notification as it is sent."""
        return notices.bundle_of(
            self.base, subscription, notice, at=self.clock(), new_id=self.new_id()
        )

    async def told(self, subscription: Subscription, number: int, event: Event) -> Told:
        """Return an event with its number, and with the resource where that is asked for."""
        if subscription.content is not Content.FULL:
            return Told(number, event)
        store, codec = self.record.store, self.record.codec
        version = await store.read_version(event.kind, event.id, event.number)
        if version is None or version.is_deleted:
            return Told(number, event, is_deleted=True)
        return Told(number, event, codec.served(version))


class Teller:
    """Tells one subscriber by one way of sending."""

    def __init__(
        self, telling: Telling, subscription: Subscription, place: Place, send: SendNotice
    ) -> None:
        self.telling = telling
        self.subscription = subscription
        self.owner = place.owner
        self.send = send
        self.position = place.position
        self.count = place.told
        self._kept = self.position  # as the ledger has it

    async def shake(self) -> None:
        """Send a handshake.  Raises: OutsideError where the last attempt failed."""
        await self._deliver(Notice(notices.HANDSHAKE, Status.REQUESTED, self.count))

    async def run(self) -> None:
        """Tell until the subscription's end.  Raises: OutsideError where an attempt was the last.

        What was not told then is told when it begins anew: its place is remembered.
        """
        with self.telling.feed.listening() as flag:
            while not self._is_over():
                flag.clear()
                if await self._portion():
                    continue
                try:
                    async with asyncio.timeout(self._until_heartbeat()):
                        await flag.wait()
                except TimeoutError:
                    await self._beat()

    def _is_over(self) -> bool:
        end = self.subscription.end
        return end is not None and self.telling.clock() >= end

    def _until_heartbeat(self) -> float | None:
        end = self.subscription.end
        left = None if end is None else max((end - self.telling.clock()).total_seconds(), 0.0)
        beat = float(self.subscription.heartbeat) or None
        return min((t for t in (left, beat) if t is not None), default=None)

    async def _beat(self) -> None:
        if self.subscription.heartbeat and not self._is_over():
            await self._deliver(Notice(notices.HEARTBEAT, Status.ACTIVE, self.count))

    async def _portion(self) -> bool:
        """Tell of the next events; return whether there were any, of whatever concern."""
        shown = await self.telling.feed.after(self.position)
        told: list[Told] = []
        place = self.position
        for one in shown:
            place = one.event.sequence
            if await self._is_for(one.event):
                number = self.count + len(told) + 1
                told.append(await self.telling.told(self.subscription, number, one.event))
            if len(told) == self.subscription.most:
                break
        if told:
            count = self.count + len(told)
            await self._say([one.event for one in told])
            await self._deliver(Notice(notices.NEWS, Status.ACTIVE, count, told))
            self.count = count
        self.position = place
        if told or self.position - self._kept >= PORTION:
            await self.telling.ledger.tell(self.subscription.id, self.position, self.count)
            self._kept = self.position
        return bool(shown)

    async def _say(self, events: Collection[Event]) -> None:
        """Leave in the audit of whom something is about to be told."""
        for event in events:
            current().saw(event.kind, event.id, event.patients)  # of a websocket: its request's
        if self.subscription.channel is Channel.HOOK:
            await self.telling.audited(self.owner, events)

    async def _is_for(self, event: Event) -> bool:
        if not concerns(self.subscription, event):
            return False
        return await self.telling.may_hear(self.owner, self.subscription, event)

    async def _deliver(self, notice: Notice) -> None:
        is_stale = bool(flags(self.telling.record, self.owner))
        body = self.telling.bundle(self.subscription, replace(notice, is_stale=is_stale))
        failures = 0
        while True:
            try:
                return await self.send(body)
            except OutsideError:
                failures += 1
                wait = wait_after(failures)
                if wait is None:
                    raise
                await asyncio.sleep(wait * self.telling.haste)


async def numbered(telling: Telling, subscription: Subscription, until: int) -> list[Told]:
    """Return the first events of a subscription with their numbers, up to a number of them.

    They are counted from the outbox as they were when they were told.
    """
    place = await telling.ledger.place(subscription.id)
    if place is None:
        return []
    found: list[Told] = []
    position = place.started
    while some := await telling.record.store.events(position, PORTION):
        for event in some:
            if concerns(subscription, event) and await telling.may_hear(
                place.owner, subscription, event
            ):
                found.append(Told(len(found) + 1, event))
                if len(found) >= until:
                    return found
        position = some[-1].sequence
    return found
