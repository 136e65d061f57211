"""Notes beside the record: kept, changed and taken away within a transaction, and no event."""

import asyncio

import pytest

from garrod.care.record.ports import Store, Tx
from tests.contract.conftest import Run
from tests.contract.drafts import draft, put


def test_a_note_is_kept_changed_and_taken_away(run: Run) -> None:
    async def check(store: Store) -> None:
        for text in ("one", "two’s — ü"):
            await store.transact(lambda tx, text=text: tx.keep("desk", "a", text))  # type: ignore[misc]
            assert await store.note("desk", "a") == text
        await store.transact(lambda tx: tx.keep("desk", "b", "x"))
        await store.transact(lambda tx: tx.keep("shelf", "a", "other"))
        assert await store.notes("desk") == (("a", "two’s — ü"), ("b", "x"))
        await store.transact(lambda tx: tx.keep("desk", "a", None))
        await store.transact(lambda tx: tx.keep("desk", "nothing", None))
        assert await store.note("desk", "a") is None
        assert await store.note("shelf", "a") == "other"
        assert await store.events(0) == ()
        assert (await put(store, draft())).sequence == 1

    run(check)


def test_a_work_that_fails_notes_nothing_and_those_beside_it_do(run: Run) -> None:
    async def fails(tx: Tx) -> None:
        await tx.keep("desk", "a", "wrong")
        assert await tx.note("desk", "a") == "wrong"
        assert dict(await tx.notes("desk"))["a"] == "wrong"
        raise LookupError

    async def check(store: Store) -> None:
        await store.transact(lambda tx: tx.keep("desk", "a", "0"))
        works = [store.transact(_adding) for _ in range(20)]
        ends = await asyncio.gather(
            *works[:10], store.transact(fails), *works[10:], return_exceptions=True
        )
        assert sum(isinstance(end, LookupError) for end in ends) == 1
        assert await store.note("desk", "a") == "20"
        with pytest.raises(LookupError):
            await store.transact(fails)

    run(check)


async def _adding(tx: Tx) -> None:
    """Take the note away and write it anew, one higher."""
    now = int(await tx.note("desk", "a") or "0")
    await tx.keep("desk", "a", None)
    await tx.keep("desk", "a", str(now + 1))
