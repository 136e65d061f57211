"""Telling over the store in memory: owner's rights, attempts, numbers."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any, cast

from garrod.adapters.store.memory import MemoryStore
from garrod.adapters.subscriptions.hook import Undelivered
from garrod.adapters.subscriptions.ledger import Ledger
from garrod.care.govern.access import LOCAL, Actor, Deed, Deny, Permit
from garrod.care.record.ports import Codec, Tx
from garrod.care.record.service import Record
from garrod.care.record.subscriptions import Channel, Content, Filter, Subscription, Topic
from garrod.core.resource import Draft, Splice, Version
from garrod.entry.api.events_feed import Feed
from garrod.entry.api.subscribing_telling import Teller, Telling, numbered
from tests.making.endpoint import events_of

AT = datetime(2026, 3, 3, tzinfo=UTC)


class Rights:
    """Lets everybody hear of some people, and read of fewer."""

    def __init__(self, hears: set[str], reads: set[str]) -> None:
        self.hears, self.reads = hears, reads

    def decide(self, actor: Actor, deed: Deed, kind: str, *, patients: Any = ()) -> Permit | Deny:
        """Return a permit where all people are among the known."""
        known = self.reads if deed is Deed.READ else self.hears
        return Permit() if known.issuperset(patients) else Deny("not yours")

    def reach(self, actor: Actor) -> frozenset[str] | None:
        """Return whose data may be read."""
        return frozenset(self.reads)


class Plain:
    """A codec that serves what is stored."""

    def served(self, version: Version) -> bytes:
        """Return the body."""
        return version.body


class Taker:
    """Takes what is sent, after some failures."""

    def __init__(self, fails: int = 0) -> None:
        self.fails = fails
        self.tries = 0
        self.taken: list[Any] = []

    async def send(self, body: bytes) -> None:
        """Take it, or raise."""
        self.tries += 1
        if self.tries <= self.fails:
            raise Undelivered("not now")
        self.taken.append(json.loads(body))

    @property
    def told(self) -> list[tuple[int, str]]:
        """Return number and focus of each event."""
        return [event for bundle in self.taken for event in events_of(bundle)]


async def put(store: MemoryStore, id: str, *patients: str) -> None:
    draft = Draft("Observation", id, b'{"of":"%s"}' % id.encode(), Splice(1), patients=patients)

    async def work(tx: Tx) -> Version:
        return await tx.put(draft, method="PUT")

    await store.transact(work)


def asked(content: Content = Content.IDS, **more: Any) -> Subscription:
    return Subscription("s", Topic.RESOURCE, Channel.HOOK, content, **more)


def run(rights: Rights, check: Callable[[MemoryStore, Telling], Awaitable[None]]) -> None:
    async def whole() -> None:
        store = MemoryStore(lambda: AT)
        record = Record(store, cast(Codec, Plain()), rights, lambda: "id")
        async with Feed(store).running() as feed:
            base = "http://here/fhir"
            ledger = Ledger(store)
            await ledger.claim("s", "what", LOCAL, 0)
            clock, new_id = (lambda: AT), (lambda: "9a3c1b52-3a76-4d6e-9a24-3d3f8d1d7b10")
            await check(store, Telling(record, feed, ledger, base, clock, new_id, haste=0.001))
        await store.close()

    asyncio.run(asyncio.wait_for(whole(), 20))


async def tell(telling: Telling, of: Subscription, taker: Taker, count: int) -> None:
    """Tell until so many events were told, and a little longer."""
    place = await telling.ledger.place(of.id)
    assert place is not None
    task = asyncio.create_task(Teller(telling, of, place, taker.send).run())
    for _ in range(500):
        if len(taker.told) >= count or task.done():
            break
        await asyncio.sleep(0.01)
    await asyncio.sleep(0.05)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    if task.done() and not task.cancelled() and (error := task.exception()):
        raise error


def test_what_the_owner_may_not_read_is_not_delivered() -> None:
    async def check(store: MemoryStore, telling: Telling) -> None:
        for id, who in (("a", "p1"), ("b", "p2"), ("c", "p3"), ("d", "p1")):
            await put(store, id, who)
        heard, read = Taker(), Taker()
        await tell(telling, asked(), heard, 3)
        assert [place for _, place in heard.told] == [
            "Observation/a", "Observation/b", "Observation/d"
        ]  # fmt: skip
        await telling.ledger.claim("s", "more", LOCAL, 0)
        await tell(telling, asked(Content.FULL), read, 2)
        assert read.told == [(1, "Observation/a"), (2, "Observation/d")]
        assert [e["resource"] for b in read.taken for e in b["entry"][1:]] == [
            {"of": "a"}, {"of": "d"}
        ]  # fmt: skip
        assert "Observation/b" not in json.dumps(read.taken)
        again = await numbered(telling, asked(Content.FULL), 10)
        assert [(one.number, one.event.id) for one in again] == [(1, "a"), (2, "d")]

    run(Rights({"p1", "p2"}, {"p1"}), check)


def test_three_failures_are_borne_and_nothing_is_told_twice() -> None:
    async def check(store: MemoryStore, telling: Telling) -> None:
        taker = Taker(fails=3)
        await put(store, "a", "p1")
        await tell(telling, asked(), taker, 1)
        assert (taker.tries, taker.told) == (4, [(1, "Observation/a")])
        place = await telling.ledger.place("s")
        assert place is not None
        assert (place.position, place.told) == (1, 1)

    run(Rights({"p1"}, {"p1"}), check)


def test_after_the_fourth_failure_the_place_is_kept() -> None:
    async def check(store: MemoryStore, telling: Telling) -> None:
        await put(store, "a", "p1")
        dead = Taker(fails=4)
        try:
            await tell(telling, asked(), dead, 1)
            raise AssertionError("nothing was said")
        except Undelivered:
            pass
        await put(store, "b", "p1")
        later = Taker()
        await tell(telling, asked(), later, 2)
        assert later.told == [(1, "Observation/a"), (2, "Observation/b")]

    run(Rights({"p1"}, {"p1"}), check)


def test_notification_holds_no_more_events_than_are_wanted() -> None:
    async def check(store: MemoryStore, telling: Telling) -> None:
        for number in range(7):
            await put(store, f"r{number}", "p1" if number != 3 else "p2")
        taker = Taker()
        await tell(telling, asked(most=2, filters=(Filter("", frozenset(("p1",))),)), taker, 6)
        assert [len(events_of(bundle)) for bundle in taker.taken] == [2, 2, 2]
        assert [number for number, _ in taker.told] == [1, 2, 3, 4, 5, 6]

    run(Rights({"p1", "p2"}, {"p1"}), check)


def test_telling_ends_when_the_subscription_does() -> None:
    async def check(store: MemoryStore, telling: Telling) -> None:
        await put(store, "a", "p1")
        taker = Taker()
        place = await telling.ledger.place("s")
        assert place is not None
        await asyncio.wait_for(Teller(telling, asked(end=AT), place, taker.send).run(), 5)
        assert taker.taken == []

    run(Rights({"p1"}, {"p1"}), check)
