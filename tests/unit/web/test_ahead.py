"""Who was found is read ahead: few, the newest search's, and as nobody's request."""

import asyncio
from contextvars import ContextVar
from typing import Any

from garrod.care.record.service import NotFound
from garrod.entry.web.people.ahead import MOST, Ahead

ASKED: ContextVar[str] = ContextVar("asked", default="")


def test_few_who_were_found_are_read_ahead_whoever_is_not_there() -> None:
    read: list[tuple[Any, str, str]] = []

    async def make_ready(consult: Any, patient: str) -> None:
        if patient == "gone":
            raise NotFound("there is no such person here.")
        read.append((consult, patient, ASKED.get()))

    async def search() -> None:
        ASKED.set("somebody's request")
        ahead = Ahead(make_ready)
        assert ahead.begin("consult", []) is None  # type: ignore[arg-type]
        assert ahead.begin("consult", ["x"] * (MOST + 1)) is None  # type: ignore[arg-type]
        task = ahead.begin("consult", ["a", "gone", "b"])  # type: ignore[arg-type]
        assert task is not None
        await task

    asyncio.run(search())
    assert read == [("consult", "a", ""), ("consult", "b", "")]


def test_newest_search_takes_the_place_of_the_one_before_it() -> None:
    read: list[str] = []

    async def make_ready(_: Any, patient: str) -> None:
        await asyncio.sleep(0)
        read.append(patient)

    async def search() -> None:
        ahead = Ahead(make_ready)
        first = ahead.begin(None, ["a", "b"])  # type: ignore[arg-type]
        second = ahead.begin(None, ["c"])  # type: ignore[arg-type]
        assert first is not None
        assert second is not None
        await asyncio.wait((first, second))
        assert first.cancelled()

    asyncio.run(search())
    assert read == ["c"]
