"""What PostgreSQL alone has: a server that goes and comes back, others who write, its refusals."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from garrod.adapters.store import open_store
from garrod.adapters.store.verify import verify
from garrod.care.record.ports import Tx
from garrod.core.errors import OutsideError
from garrod.core.resource import Version
from tests.contract import servers
from tests.contract.drafts import Clock, draft, every, put, putting, token

KIND = "MedicationRequest"


@pytest.fixture
def own_server() -> Iterator[Any]:
    """Return a server that the test may stop."""
    with servers.private_server() as held:
        yield held


def test_a_server_that_goes_is_told_in_words_and_used_again_when_back(own_server: Any) -> None:
    async def check() -> None:
        store = await open_store(own_server.get_uri(), clock=Clock())
        first = await put(store, draft("before"))
        own_server.stop()
        for _ in range(2):
            with pytest.raises(OutsideError) as refused:
                await put(store, draft("between"))
            assert refused.value.code in ("STO003", "STO004")
            with pytest.raises(OutsideError) as refused:
                await store.read(KIND, "before")
            assert refused.value.code == "STO005"
        own_server.ensure_postgres_running()
        assert await store.read(KIND, "before") == first
        assert await store.read(KIND, "between") is None
        assert (await put(store, draft("after"))).sequence == 2
        assert [flaw async for flaw in verify(store)] == []
        await store.close()

    asyncio.run(check())


def test_a_connection_cut_between_two_writes_is_not_noticed(fresh_database: str) -> None:
    async def check() -> None:
        store = await open_store(fresh_database, clock=Clock())
        await put(store, draft("a"))
        ours = "FROM pg_stat_activity WHERE application_name = 'garrod'"
        cut = f"SELECT pg_terminate_backend(pid) {ours} AND datname = current_database()"
        await asyncio.to_thread(servers.run, fresh_database, cut)
        assert (await put(store, draft("b"))).sequence == 2
        assert len((await store.search(every())).versions) == 2
        await store.close()

    asyncio.run(check())


def test_a_write_whose_end_is_unknown_says_so(fresh_database: str) -> None:
    async def check() -> None:
        store: Any = await open_store(fresh_database, clock=Clock())
        await put(store, draft("a"))
        writer = store._writer
        writer._connection = LostAtCommit(writer._connection)
        with pytest.raises(OutsideError) as refused:
            await put(store, draft("b"))
        assert refused.value.code == "STO004"
        assert (await put(store, draft("c"))).number == 1
        await store.close()

    asyncio.run(check())


class LostAtCommit:
    """A connection that is lost while it commits."""

    def __init__(self, real: Any) -> None:
        self.real = real

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)

    async def execute(self, text: str, *values: object) -> object:
        if text.endswith("COMMIT"):
            raise ConnectionResetError
        return await self.real.execute(text, *values)


def test_a_work_given_up_for_another_is_run_again(fresh_database: str) -> None:
    import asyncpg

    async def check() -> None:
        store = await open_store(fresh_database, clock=Clock())
        tries = []

        async def work(tx: Tx) -> Version:
            tries.append(1)
            made = await tx.put(draft(), method="PUT")
            if len(tries) < 4:
                raise asyncpg.SerializationError("try again")
            return made

        made = await store.transact(work)
        assert (made.number, len(tries)) == (1, 4)
        assert len(await store.events(0)) == 1
        await store.close()

    asyncio.run(check())


def test_what_the_server_refuses_fails_alone(fresh_database: str) -> None:
    async def check() -> None:
        store = await open_store(fresh_database, clock=Clock())
        bad = putting(draft("bad", rows=token("code", "nul\x00byte")))
        works = [put(store, draft(f"{n}")) for n in range(10)]
        ends = await asyncio.gather(
            *works[:5], store.transact(bad), *works[5:], return_exceptions=True
        )
        assert sum(isinstance(end, Version) for end in ends) == 10
        assert getattr(ends[5], "code", "") == "STO011"
        assert [event.sequence for event in await store.events(0)] == list(range(1, 11))
        await store.close()

    asyncio.run(check())


def test_two_stores_on_one_database_share_its_numbers_and_events(fresh_database: str) -> None:
    async def check() -> None:
        one = await open_store(fresh_database, clock=Clock())
        two = await open_store(fresh_database, clock=Clock())
        seen: list[int] = []

        async def follow() -> None:
            async for event in one.follow(0):
                seen.append(event.sequence)
                if len(seen) == 81:
                    return

        async def write(number: int) -> None:
            for n in range(10):
                await put((one, two)[number % 2], draft(f"{number}-{n}"))

        task = asyncio.create_task(follow())
        await put(two, draft())
        tries = [put(store, draft(), expected=1) for store in (one, two)]
        ends = await asyncio.gather(*tries, return_exceptions=True)
        assert sum(isinstance(end, Version) for end in ends) == 1
        await asyncio.gather(*[write(n) for n in range(8)])
        await asyncio.wait_for(task, 30)
        assert seen == list(range(1, 82))
        assert len(await two.events(0)) == 82
        await one.close()
        await two.close()

    asyncio.run(check())


def test_no_server_is_told_in_words() -> None:
    pytest.importorskip("asyncpg")
    with pytest.raises(OutsideError) as refused:
        asyncio.run(open_store("postgresql://localhost:1/none", clock=Clock()))
    assert refused.value.code == "STO005"
