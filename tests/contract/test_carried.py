"""A work knows whose request it is, in whatever thread or task the store runs it."""

import asyncio
from contextvars import ContextVar
from typing import Any

import pytest

from garrod.care.record.ports import Store, Tx
from tests.contract.conftest import Run

WHOSE: ContextVar[str] = ContextVar("whose", default="nobody's")


def test_each_of_many_works_runs_as_whoever_asked_for_it(run: Run) -> None:
    async def check(store: Store) -> None:
        async def mine(number: int) -> tuple[str, str]:
            WHOSE.set(f"request {number}")

            async def work(tx: Tx) -> str:
                before = WHOSE.get()
                await tx.read("Patient", "nobody")
                assert WHOSE.get() == before
                return before

            return f"request {number}", await store.transact(work)

        told = await asyncio.gather(*(asyncio.create_task(mine(n)) for n in range(20)))
        assert all(expected == actual for expected, actual in told)
        assert WHOSE.get() == "nobody's"

    run(check)


def test_work_that_fails_fails_as_it_did(run: Run) -> None:
    async def check(store: Store) -> None:
        async def fails(tx: Tx) -> Any:
            await tx.read("Patient", "nobody")
            raise KeyError("ours")

        with pytest.raises(KeyError, match="ours"):
            await store.transact(fails)

    run(check)
