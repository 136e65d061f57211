"""Transactions: wholly or not at all, alone, and harmless to each other."""

import asyncio

import pytest

from garrod.care.record.ports import Store, Tx
from garrod.core.errors import GarrodError, InputError, VersionConflict
from garrod.core.resource import Version
from tests.contract.conftest import Run
from tests.contract.drafts import coded, draft, every, put, token

KIND = "MedicationRequest"


def test_a_work_reads_and_finds_its_own_writes(run: Run) -> None:
    async def check(store: Store) -> None:
        async def work(tx: Tx) -> None:
            made = await tx.put(draft(rows=token("status", "active")), method="POST")
            assert await tx.read(KIND, "a") == made
            assert (await tx.search(every(KIND, coded("status", "active")))).versions == (made,)
            again = await tx.put(draft(rows=token("status", "stopped")), method="PUT")
            assert await tx.read_version(KIND, "a", 1) == made
            assert (await tx.search(every(KIND, coded("status", "active")))).versions == ()
            assert (await tx.search(every())).versions == (again,)
            await tx.delete(KIND, "a")
            assert (await tx.search(every())).versions == ()

        await store.transact(work)
        assert (await store.search(every())).versions == ()

    run(check)


def test_nothing_of_a_failed_work_is_kept(run: Run) -> None:
    async def check(store: Store) -> None:
        await put(store, draft("kept"))

        async def work(tx: Tx) -> None:
            await tx.put(draft("a"), method="PUT")
            await tx.delete(KIND, "kept")
            raise InputError("no")

        with pytest.raises(InputError):
            await store.transact(work)
        assert await store.read(KIND, "a") is None
        assert [v.id for v in (await store.search(every())).versions] == ["kept"]
        assert len(await store.events(0)) == 1
        assert (await put(store, draft("b"))).sequence == 2

    run(check)


def test_a_failed_work_harms_none_that_ran_beside_it(run: Run) -> None:
    async def check(store: Store) -> None:
        async def failing(tx: Tx) -> Version:
            await tx.put(draft("bad"), method="PUT")
            raise InputError("no")

        works = [put(store, draft(f"{n}")) for n in range(40)]
        bad = [store.transact(failing) for _ in range(20)]
        mixed = [work for pair in zip(works, [*bad, *[None] * 20], strict=True) for work in pair]
        ends = await asyncio.gather(*filter(None, mixed), return_exceptions=True)
        assert sum(isinstance(end, Version) for end in ends) == 40
        assert sum(isinstance(end, InputError) for end in ends) == 20
        assert await store.read(KIND, "bad") is None
        assert len((await store.search(every())).versions) == 40
        assert [event.sequence for event in await store.events(0)] == list(range(1, 41))

    run(check)


def test_a_work_may_catch_a_conflict_and_go_on(run: Run) -> None:
    async def check(store: Store) -> None:
        await put(store, draft())

        async def work(tx: Tx) -> Version:
            try:
                return await tx.put(draft(), method="PUT", expected=0)
            except VersionConflict as conflict:
                return await tx.put(draft(), method="PUT", expected=conflict.current)

        assert (await store.transact(work)).number == 2

    run(check)


def test_of_fifty_parallel_conditional_creates_one_creates(run: Run) -> None:
    async def check(store: Store) -> None:
        async def create(number: int) -> Version:
            async def work(tx: Tx) -> Version:
                await tx.lock("identifier|123")
                found = await tx.search(every(KIND, coded("identifier", "123")))
                if found.versions:
                    return found.versions[0]
                new = draft(f"n{number}", rows=token("identifier", "123"))
                return await tx.put(new, method="POST", expected=0)

            return await store.transact(work)

        made = await asyncio.gather(*[create(n) for n in range(50)])
        assert len({version.id for version in made}) == 1
        assert len((await store.search(every())).versions) == 1

    run(check)


def test_counters_read_and_written_by_many_lose_nothing(run: Run) -> None:
    async def check(store: Store) -> None:
        await put(store, draft(body=b"0"))

        async def work(tx: Tx) -> Version:
            now = await tx.read(KIND, "a")
            assert now is not None
            more = str(int(now.body) + 1).encode()
            return await tx.put(draft(body=more), method="PUT", expected=now.number)

        await asyncio.gather(*[store.transact(work) for _ in range(30)])
        last = await store.read(KIND, "a")
        assert last is not None
        assert (last.body, last.number) == (b"30", 31)

    run(check)


def test_a_work_that_awaits_the_world_is_refused_and_nothing_is_kept(run: Run) -> None:
    async def check(store: Store) -> None:
        async def work(tx: Tx) -> None:
            await tx.put(draft(), method="PUT")
            await Suspends()

        with pytest.raises(GarrodError) as refused:
            await store.transact(work)
        assert refused.value.code == "STO001"
        assert await store.read(KIND, "a") is None
        assert (await put(store, draft())).number == 1

    run(check)


class Suspends:
    """Suspends as a timer or a socket does."""

    def __await__(self):  # type: ignore[no-untyped-def]
        yield


def test_who_stops_waiting_harms_nobody(run: Run) -> None:
    async def check(store: Store) -> None:
        tasks = [asyncio.create_task(put(store, draft(f"{n}"))) for n in range(20)]
        await asyncio.sleep(0)
        for task in tasks[::2]:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        there = {version.id for version in (await store.search(every())).versions}
        assert {f"{n}" for n in range(1, 20, 2)} <= there

    run(check)


def test_a_closed_store_refuses_in_words(run: Run) -> None:
    async def check(store: Store) -> None:
        await put(store, draft())
        await store.close()
        with pytest.raises(GarrodError) as refused:
            await put(store, draft())
        assert refused.value.code == "STO006"

    run(check)
