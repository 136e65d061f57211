"""Versions: numbers without gaps, bytes as they came, deletions kept, history whole."""

import asyncio
import hashlib
from dataclasses import replace
from datetime import timedelta

import pytest

from garrod.care.record.ports import HistoryOf, Store, Tx
from garrod.core.errors import InputError, VersionConflict
from garrod.core.resource import Version
from tests.contract.conftest import Run
from tests.contract.drafts import Clock, delete, draft, every, put, put_all

KIND = "MedicationRequest"


def test_a_version_is_read_as_it_was_written(run: Run) -> None:
    async def check(store: Store) -> None:
        body = '{"dose":1.50,"text":"µg – näive 😀"}'.encode()
        made = await put(store, draft(body=body))
        assert (made.number, made.method, made.sequence) == (1, "PUT", 1)
        assert made.body == body
        assert made.sha256 == hashlib.sha256(body).digest()
        assert made.splice == draft().splice
        assert await store.read(KIND, "a") == made
        assert await store.read_version(KIND, "a", 1) == made

    run(check)


def test_what_was_never_there_is_none(run: Run) -> None:
    async def check(store: Store) -> None:
        await put(store, draft())
        assert await store.read(KIND, "b") is None
        assert await store.read("List", "a") is None
        assert await store.read_version(KIND, "a", 2) is None
        assert await delete(store, "b") is None

    run(check)


def test_numbers_rise_by_one_through_deletion_and_return(run: Run) -> None:
    async def check(store: Store) -> None:
        first = await put(store, draft(body=b"1"))
        await put(store, draft(body=b"2"))
        gone = await delete(store, "a")
        assert gone is not None
        assert (gone.number, gone.is_deleted, gone.body, gone.splice) == (3, True, b"", None)
        assert await store.read(KIND, "a") == gone
        assert await delete(store, "a") is None
        back = await put(store, draft(body=b"4"), expected=0)
        assert back.number == 4
        assert await store.read_version(KIND, "a", 1) == first
        assert await store.read_version(KIND, "a", 3) == gone

    run(check)


@pytest.mark.parametrize(
    ("expected", "current"), [(0, 2), (1, 2), (3, 2)], ids=["new", "behind", "ahead"]
)
def test_a_write_on_another_version_is_refused(run: Run, expected: int, current: int) -> None:
    async def check(store: Store) -> None:
        await put(store, draft())
        await put(store, draft())
        with pytest.raises(VersionConflict) as refused:
            await put(store, draft(body=b"lost"), expected=expected)
        assert (refused.value.expected, refused.value.current) == (expected, current)
        now = await store.read(KIND, "a")
        assert now is not None
        assert now.number == 2
        assert (await put(store, draft(), expected=2)).number == 3

    run(check)


def test_a_write_on_a_version_of_nothing_is_refused(run: Run) -> None:
    async def check(store: Store) -> None:
        with pytest.raises(VersionConflict) as refused:
            await put(store, draft(), expected=1)
        assert refused.value.current == 0
        assert await store.read(KIND, "a") is None

    run(check)


def test_a_deletion_on_another_version_is_refused(run: Run) -> None:
    async def check(store: Store) -> None:
        await put(store, draft())

        async def work(tx: Tx) -> Version | None:
            return await tx.delete(KIND, "a", expected=2)

        with pytest.raises(VersionConflict):
            await store.transact(work)
        now = await store.read(KIND, "a")
        assert now is not None
        assert not now.is_deleted

    run(check)


def test_of_eight_writers_on_one_version_exactly_one_wins(run: Run) -> None:
    async def check(store: Store) -> None:
        await put(store, draft())
        for number in range(1, 11):
            tries = [put(store, draft(), expected=number) for _ in range(8)]
            ends = await asyncio.gather(*tries, return_exceptions=True)
            won = [end for end in ends if isinstance(end, Version)]
            assert [version.number for version in won] == [number + 1]
            assert sum(isinstance(end, VersionConflict) for end in ends) == 7

    run(check)


def test_history_of_one_of_a_kind_and_of_all_is_newest_first(run: Run) -> None:
    async def check(store: Store) -> None:
        a1, b1, l1 = await put_all(store, draft("a"), draft("b"), draft("l", "List"))
        a2 = await put(store, draft("a"))
        b2 = await delete(store, "b")
        assert (await store.history(HistoryOf(KIND, "a"))).versions == (a2, a1)
        assert (await store.history(HistoryOf(KIND))).versions == (b2, a2, b1, a1)
        assert (await store.history(HistoryOf())).versions == (b2, a2, l1, b1, a1)
        assert (await store.history(HistoryOf(KIND, "nobody"))).versions == ()

    run(check)


def test_history_is_paged_while_others_write(run: Run) -> None:
    async def check(store: Store) -> None:
        for _ in range(7):
            await put(store, draft("a"))
        of, seen = HistoryOf(KIND, "a", count=3), []
        while True:
            page = await store.history(of)
            seen += [version.number for version in page.versions]
            await put(store, draft("a"))
            if page.cursor is None:
                break
            of = replace(of, cursor=page.cursor)
        assert seen == [7, 6, 5, 4, 3, 2, 1]
        with pytest.raises(InputError) as refused:
            await store.history(replace(of, id="b"))
        assert refused.value.code == "REC003"

    run(check)


def test_history_since_and_as_it_stood(run: Run) -> None:
    async def check(store: Store) -> None:
        a1 = await put(store, draft("a"))
        b1 = await put(store, draft("b"))
        a2 = await put(store, draft("a"))
        b2 = await delete(store, "b")
        since = await store.history(HistoryOf(KIND, since=a2.at))
        assert since.versions == (b2, a2)
        assert (await store.history(HistoryOf(KIND, at=a2.at))).versions == (a2, b1)
        assert (await store.history(HistoryOf(at=b1.at))).versions == (b1, a1)
        before = await store.history(HistoryOf(KIND, "a", at=a1.at - timedelta(seconds=1)))
        assert before.versions == ()

    run(check)


def test_time_never_goes_back(run: Run, clock: Clock) -> None:
    async def check(store: Store) -> None:
        first = await put(store, draft())
        clock.at -= timedelta(days=1)
        second = await put(store, draft())
        clock.step = timedelta(0)
        third = await put(store, draft())
        tick = timedelta(microseconds=1)
        assert (second.at, third.at) == (first.at + tick, first.at + 2 * tick)
        clock.at += timedelta(days=2)
        assert (await put(store, draft())).at == clock.at

    run(check)


def test_all_of_one_transaction_happen_at_once(run: Run) -> None:
    async def check(store: Store) -> None:
        made = await put_all(store, draft("a"), draft("b"), draft("a"))
        assert len({version.at for version in made}) == 1
        assert [version.number for version in made] == [1, 1, 2]

    run(check)


def test_a_large_body_and_long_words_are_kept(run: Run) -> None:
    async def check(store: Store) -> None:
        made = await put(store, draft(body=b"x" * 3_000_000))
        assert await store.read(KIND, "a") == made
        page = await store.search(every())
        assert page.versions == (made,)

    run(check)
