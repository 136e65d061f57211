"""Rows that SQLite's writer holds back: all are written, and each work bears its own failure."""

import asyncio
from pathlib import Path

import pytest

from garrod.adapters.store.verify import verify
from garrod.care.record.ports import Tx
from garrod.care.record.query import Criterion, ParamType, Query, Token
from garrod.core.resource import Rows, TokenRow, Version
from tests.contract.drafts import draft, every, put, token
from tests.contract.test_sqlite import KIND, opened


def test_a_work_that_fails_behind_a_reading_leaves_its_companions_rows(tmp_path: Path) -> None:
    """What the others wrote was put in under its savepoint, since it read; it is put in again."""

    async def check() -> None:
        store = await opened(tmp_path / "record.db")

        async def failing(tx: Tx) -> Version:
            await tx.put(draft("lost", rows=token("status", "lost")), method="POST")
            await tx.search(every())
            await tx.read(KIND, "0")
            await tx.put(draft("lost too", rows=token("status", "lost")), method="POST")
            raise ValueError("no")

        async def changing(tx: Tx) -> Version:
            return await tx.put(draft("0", rows=token("status", "new")), method="PUT")

        def codes(of: str) -> Query:
            return every(KIND, Criterion("status", ParamType.TOKEN, (Token("", of),)))

        works = [
            put(store, draft(f"{n}", rows=token("status", "old", system=""))) for n in range(4)
        ]
        ends = await asyncio.gather(
            *works,
            store.transact(failing),
            store.transact(changing),
            store.transact(failing),
            return_exceptions=True,
        )
        assert [type(end) for end in ends] == [*[Version] * 4, ValueError, Version, ValueError]
        found = (await store.search(codes("old"))).versions
        assert [version.id for version in found] == ["1", "2", "3"]
        assert len((await store.search(every())).versions) == 4
        assert [flaw async for flaw in verify(store)] == []
        await store.close()

    asyncio.run(check())


def test_rows_that_cannot_be_written_fail_their_own_work_alone(tmp_path: Path) -> None:
    async def check() -> None:
        store = await opened(tmp_path / "record.db")
        torn = draft("torn", rows=token("status", "half a character: \ud83d"))
        works = [put(store, draft(f"{n}")) for n in range(3)]
        ends = await asyncio.gather(
            *works, put(store, torn), put(store, draft("3")), return_exceptions=True
        )
        assert [type(end) for end in ends] == [*[Version] * 3, UnicodeEncodeError, Version]
        found = (await store.search(every())).versions
        assert [version.id for version in found] == ["0", "1", "2", "3"]
        assert [event.sequence for event in await store.events(0)] == [1, 2, 3, 4]
        assert (await put(store, draft("4"))).sequence == 5
        await store.close()

    asyncio.run(check())


@pytest.mark.parametrize("count", [1, 3, 4, 5, 17, 64, 100])
def test_any_number_of_rows_is_written(tmp_path: Path, count: int) -> None:
    async def check() -> None:
        store = await opened(tmp_path / "record.db")
        rows = Rows(tokens=tuple(TokenRow("status", "", f"c{n}") for n in range(count)))
        await put(store, draft("a", rows=rows))
        for n in range(count):
            asked = every(KIND, Criterion("status", ParamType.TOKEN, (Token("", f"c{n}"),)))
            assert len((await store.search(asked)).versions) == 1
        ((kept,),) = store._writing.execute("SELECT count(*) FROM token").fetchall()
        assert kept == count
        await store.close()

    asyncio.run(check())
