"""Events: one for every change, in order, never skipped, followed for as long as one listens."""

import asyncio
from contextlib import aclosing

from garrod.care.record.ports import Event, Store, Tx
from tests.contract.conftest import Run
from tests.contract.drafts import delete, draft, put, put_all

KIND = "MedicationRequest"


def test_every_write_tells_what_and_of_whom(run: Run) -> None:
    async def check(store: Store) -> None:
        made = await put(store, draft(patients=("p1", "p2")))
        gone = await delete(store, "a")
        assert gone is not None
        first, second = await store.events(0)
        assert first == Event(1, made.at, "resource", KIND, "a", 1, ("p1", "p2"))
        assert second == Event(2, gone.at, "resource", KIND, "a", 2, ("p1", "p2"))
        assert (made.sequence, gone.sequence) == (1, 2)

    run(check)


def test_who_loses_a_resource_is_told_too(run: Run) -> None:
    async def check(store: Store) -> None:
        await put(store, draft(patients=("p1",)))
        await put(store, draft(patients=("p2",)))
        assert (await store.events(1))[0].patients == ("p2", "p1")

    run(check)


def test_an_event_of_its_own_stands_beside_the_write(run: Run) -> None:
    async def check(store: Store) -> None:
        async def work(tx: Tx) -> Event:
            made = await tx.put(draft("l", "List"), method="PUT")
            return await tx.emit("list.confirmed", made, patients=("p1",), detail='{"lines":3}')

        told = await store.transact(work)
        assert (told.sequence, told.topic, told.detail) == (2, "list.confirmed", '{"lines":3}')
        assert (await store.events(1)) == (told,)
        assert (await put(store, draft())).sequence == 3

    run(check)


def test_events_are_read_in_portions(run: Run) -> None:
    async def check(store: Store) -> None:
        await put_all(store, *[draft(f"{n}") for n in range(10)])
        assert [event.sequence for event in await store.events(4, 3)] == [5, 6, 7]
        assert await store.events(10) == ()

    run(check)


def test_whoever_follows_meets_every_event_in_order_while_many_write(run: Run) -> None:
    async def check(store: Store) -> None:
        seen: list[int] = []

        async def follow() -> None:
            async with aclosing(store.follow(0)) as events:  # type: ignore[type-var]
                async for event in events:
                    seen.append(event.sequence)
                    if len(seen) == 120:
                        return

        async def write(writer: int) -> None:
            for n in range(15):
                await put(store, draft(f"{writer}-{n}"))

        await asyncio.wait_for(asyncio.gather(follow(), *[write(w) for w in range(8)]), 60)
        assert seen == list(range(1, 121))

    run(check)


def test_a_follower_resumes_where_it_stopped(run: Run) -> None:
    async def check(store: Store) -> None:
        for n in range(6):
            await put(store, draft(f"{n}"))
        first: list[int] = []
        async for event in store.follow(0):
            first.append(event.sequence)
            if len(first) == 4:
                break
        async for event in store.follow(first[-1]):
            first.append(event.sequence)
            if event.sequence == 6:
                break
        assert first == [1, 2, 3, 4, 5, 6]

    run(check)


def test_a_follower_that_waits_is_woken_by_a_write_and_ended_by_the_close(run: Run) -> None:
    async def check(store: Store) -> None:
        seen: list[str] = []

        async def follow() -> None:
            async for event in store.follow(0):
                seen.append(event.id)  # noqa: PERF401 - looked at while it grows

        task = asyncio.create_task(follow())
        await asyncio.sleep(0.05)
        await put(store, draft("late"))
        await asyncio.sleep(0.2)
        assert seen == ["late"]
        await store.close()
        await asyncio.wait_for(task, 5)

    run(check)
