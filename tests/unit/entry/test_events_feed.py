"""The feed and its streams, over the store in memory, with clients of every temper."""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from datetime import UTC, datetime
from typing import Any

from garrod.adapters.store.memory import MemoryStore
from garrod.care.govern.access import LOCAL, Actor, Deed, Deny, LocalAccess, Permit
from garrod.care.record.ports import Tx
from garrod.core.resource import Draft, Splice, Version
from garrod.entry.api import events_feed
from garrod.entry.api.events import EventStream, Pace, Wanted
from garrod.entry.api.events_feed import Feed, newest

NOBODY = Actor("somebody else")


class Limited:
    """Lets an actor hear of some people only."""

    def __init__(self, people: Collection[str]) -> None:
        self.people = frozenset(people)

    def decide(
        self, actor: Actor, deed: Deed, kind: str, *, patients: Collection[str] = ()
    ) -> Permit | Deny:
        """Return a permit where all people are among the known."""
        return Permit() if self.people.issuperset(patients) else Deny("not yours")

    def reach(self, actor: Actor) -> frozenset[str] | None:
        """Return the known people."""
        return self.people


class Client:
    """An ASGI client: takes what it is sent, until it is told to stop reading."""

    def __init__(self) -> None:
        self.text = ""
        self.is_done = False
        self.is_reading = asyncio.Event()
        self.is_reading.set()
        self.leaves = asyncio.Event()

    async def receive(self) -> dict[str, Any]:
        """Return the disconnection, once it leaves."""
        await self.leaves.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        """Take a message while it reads."""
        await self.is_reading.wait()
        self.text += message.get("body", b"").decode()
        self.is_done = message["type"] == "http.response.body" and not message["more_body"]

    @property
    def ids(self) -> list[int]:
        """Return the numbers of the events heard."""
        blocks = [block for block in self.text.split("\n\n") if "data: {" in block]
        return [int(b.split("\n")[0][4:]) for b in blocks if b.startswith("id: ")]


def store() -> MemoryStore:
    return MemoryStore(lambda: datetime(2026, 3, 3, tzinfo=UTC))


async def put(kept: MemoryStore, *patients: str, id: str = "a") -> Version:
    draft = Draft("Observation", id, b"{}", Splice(1), patients=patients)

    async def work(tx: Tx) -> Version:
        return await tx.put(draft, method="PUT")

    return await kept.transact(work)


def run(check: Callable[[MemoryStore, Feed], Awaitable[None]]) -> None:
    async def whole() -> None:
        kept = store()
        async with Feed(kept).running() as feed:
            await check(kept, feed)
        await kept.close()

    asyncio.run(asyncio.wait_for(whole(), 20))


async def until(is_so: Callable[[], bool]) -> None:
    for _ in range(500):
        if is_so():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("waited in vain")


def streaming(feed: Feed, wanted: Wanted, client: Client, **more: Any) -> asyncio.Task[None]:
    stream = EventStream(feed, wanted, more.pop("access", LocalAccess()), Pace(**more))
    return asyncio.create_task(stream({}, client.receive, client.send))


def test_an_event_is_encoded_once_however_many_listen() -> None:
    async def check(kept: MemoryStore, feed: Feed) -> None:
        clients = [Client() for _ in range(50)]
        tasks = [streaming(feed, Wanted(LOCAL, feed.position), one) for one in clients]
        await until(lambda: feed.listeners == 50)
        for _ in range(5):
            await put(kept, "p1")
        await until(lambda: all(one.ids == [1, 2, 3, 4, 5] for one in clients))
        assert feed.encoded == 5
        for one in clients:
            one.leaves.set()
        await asyncio.gather(*tasks)
        assert feed.listeners == 0

    run(check)


def test_only_what_an_actor_may_read_is_told() -> None:
    async def check(kept: MemoryStore, feed: Feed) -> None:
        mine, stranger = Client(), Client()
        streaming(feed, Wanted(LOCAL, 0), mine, access=Limited({"p1"}))
        streaming(feed, Wanted(NOBODY, 0), stranger)
        for who in (("p1",), ("p2",), ("p1", "p2"), (), ("p1",)):
            await put(kept, *who)
        await until(lambda: 5 in mine.ids)
        assert mine.ids == [1, 5]  # the third and fourth are of p2 too: who lost it is told
        assert stranger.ids == []
        assert "p2" not in mine.text

    run(check)


def test_slow_client_is_cut_off_is_told_so_and_resumes_where_it_was() -> None:
    async def check(kept: MemoryStore, feed: Feed) -> None:
        slow = Client()
        task = streaming(feed, Wanted(LOCAL, 0), slow, stall=0.1, farewell=5)
        await put(kept, "p1")
        await until(lambda: slow.ids == [1])
        slow.is_reading.clear()
        await put(kept, "p1")
        await asyncio.sleep(0.3)
        slow.is_reading.set()
        await task
        assert slow.is_done
        assert slow.ids == [1]
        assert "event: cut-off" in slow.text
        again = Client()
        streaming(feed, Wanted(LOCAL, slow.ids[-1]), again)
        await until(lambda: again.ids == [2])

    run(check)


def test_client_that_never_reads_again_is_left_alone() -> None:
    async def check(kept: MemoryStore, feed: Feed) -> None:
        deaf = Client()
        task = streaming(feed, Wanted(LOCAL, 0), deaf, stall=0.05, farewell=0.05)
        await until(lambda: feed.listeners == 1)
        deaf.is_reading.clear()
        await put(kept, "p1")
        await task
        assert feed.listeners == 0

    run(check)


def test_quiet_stream_gives_signs_of_life_with_its_place() -> None:
    async def check(kept: MemoryStore, feed: Feed) -> None:
        client = Client()
        streaming(feed, Wanted(LOCAL, 0, patient="p9"), client, heartbeat=0.05)
        await put(kept, "p1")
        await until(lambda: "id: 1\n: heartbeat" in client.text)
        assert client.ids == []

    run(check)


def test_feed_outlives_a_store_that_fails(monkeypatch: Any) -> None:
    monkeypatch.setattr(events_feed, "PAUSE", 0.01)

    class Failing(MemoryStore):
        """Fails at the first following, with what nobody expects."""

        failures = 0

        async def follow(self, after: int) -> Any:
            """Yield events from the second time on."""
            self.failures += 1
            if self.failures == 1:
                raise OSError("gone")
            async for event in super().follow(after):
                yield event

    async def whole() -> None:
        kept = Failing(lambda: datetime(2026, 3, 3, tzinfo=UTC))
        async with Feed(kept).running() as feed:
            await put(kept, "p1")
            await until(lambda: feed.position == 1)
        await kept.close()

    asyncio.run(asyncio.wait_for(whole(), 20))


def test_listener_that_comes_late_reads_what_is_kept_no_more(monkeypatch: Any) -> None:
    monkeypatch.setattr(events_feed, "KEPT", 4)

    async def check(kept: MemoryStore, feed: Feed) -> None:
        for number in range(30):
            await put(kept, "p1", id=f"r{number}")
        await until(lambda: feed.position == 30)
        assert [s.event.sequence for s in await feed.after(3, 5)] == [4, 5, 6, 7, 8]
        assert [s.event.sequence for s in await feed.after(27)] == [28, 29, 30]
        assert list(await feed.after(30)) == []
        assert await newest(kept) == 30
        client = Client()
        streaming(feed, Wanted(LOCAL, 0), client)
        await until(lambda: client.ids == list(range(1, 31)))

    run(check)


def test_stream_ends_when_its_token_does_and_says_so() -> None:
    async def check(kept: MemoryStore, feed: Feed) -> None:
        is_good = True

        async def holds() -> bool:
            return is_good

        client = Client()
        stream = EventStream(feed, Wanted(LOCAL, 0), LocalAccess(), Pace())
        stream.holds = holds
        task = asyncio.create_task(stream({}, client.receive, client.send))
        await put(kept, "p1")
        await until(lambda: client.ids == [1])
        is_good = False
        await put(kept, "p1")
        await task
        assert client.ids == [1]
        assert "token has ended" in client.text

    run(check)


def test_stream_says_when_the_last_known_policy_decides_and_when_it_no_longer_does() -> None:
    async def check(kept: MemoryStore, feed: Feed) -> None:
        client, flagged = Client(), dict[str, str]()
        stream = EventStream(feed, Wanted(LOCAL, 0), LocalAccess(), Pace())
        stream.flag(lambda: dict(flagged))
        task = asyncio.create_task(stream({}, client.receive, client.send))
        await put(kept, "p1")
        await until(lambda: client.ids == [1])
        assert "policy" not in client.text
        flagged["X-Garrod-Policy"] = "stale"
        await put(kept, "p1")
        await until(lambda: client.ids == [1, 2])
        await put(kept, "p1")
        await until(lambda: client.ids == [1, 2, 3])
        assert client.text.count('event: policy\ndata: {"policy":"stale"}\n\n') == 1
        assert client.text.index("policy") < client.text.index("id: 2\n")
        flagged.clear()
        await put(kept, "p1")
        await until(lambda: client.ids == [1, 2, 3, 4])
        assert client.text.count('event: policy\ndata: {"policy":"current"}\n\n') == 1
        client.leaves.set()
        await task

    run(check)


def test_stream_that_begins_under_the_last_known_policy_says_so_in_its_head() -> None:
    async def check(kept: MemoryStore, feed: Feed) -> None:
        stream = EventStream(feed, Wanted(LOCAL, 0), LocalAccess(), Pace())
        assert "x-garrod-policy" not in stream.headers
        stream.flag(lambda: {"X-Garrod-Policy": "stale"})
        assert stream.headers["x-garrod-policy"] == "stale"

    run(check)
