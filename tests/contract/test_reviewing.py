"""The review of looks that servers do by themselves: when it is due, and never twice at once."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from garrod.care.record.ports import Store, Tx
from garrod.core.errors import InputError, OutsideError
from garrod.entry import reviewing as reviews_of
from garrod.entry.reviewing import ENDED, ROOM, TURN, Reviewing, apart, hours_of, reviewing
from tests.contract.conftest import Run

DAY = timedelta(days=1)
SAYING = "import sys; sys.stderr.write"
BEGAN = datetime(2026, 11, 28, 9, tzinfo=UTC)


class Counting(Reviewing):
    """Says how often it has looked whether a review is due."""

    looks = 0

    async def _take(self) -> bool:
        try:
            return await super()._take()
        finally:
            self.looks += 1


class Server:
    """One of the servers of a record, with a clock that the test moves on."""

    def __init__(self, store: Any, *answers: str, every: timedelta | None = DAY) -> None:
        self.now, self.runs, self.answers = BEGAN, 0, list(answers)
        record: Any = SimpleNamespace(store=store)
        self.reviews = Counting(record, lambda: self.now, every, act=self.act, idle=0.005)

    async def act(self) -> str:
        self.runs += 1
        await asyncio.sleep(0.02)
        return self.answers.pop(0) if self.answers else ""


async def looked(*servers: Server, at: datetime) -> int:
    """Return how many reviews there were after servers have looked several times at a moment."""
    before = sum(one.runs for one in servers)
    for one in servers:
        one.now = at
    async with asyncio.TaskGroup() as group:
        for one in servers:
            group.create_task(_looking(one))
    return sum(one.runs for one in servers) - before


async def _looking(server: Server) -> None:
    """Run a server until it has done what it found due at its first looks."""
    enough = server.reviews.looks + 4
    async with reviewing(server.reviews):
        while server.reviews.looks < enough:
            await asyncio.sleep(0.005)


def test_one_of_several_servers_does_it_once_a_day(run: Run) -> None:
    async def check(store: Store) -> None:
        one, two = Server(store), Server(store)
        assert await looked(one, two, at=BEGAN) == 0  # there is nothing to review yet
        assert await looked(one, two, at=BEGAN + DAY / 2) == 0
        assert await looked(one, two, at=BEGAN + DAY) == 1
        assert await looked(one, two, at=BEGAN + DAY * 1.5) == 0
        assert await looked(Server(store), at=BEGAN + DAY * 4) == 1  # caught up after a restart
        assert await looked(one, two, at=BEGAN + DAY * 4.5) == 0
        assert one.reviews.told() == {"status": "ok", "last": (BEGAN + DAY * 4).isoformat()}

    run(check)


def test_failure_is_told_tried_again_and_forgotten_when_it_went_well(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    async def check(store: Store) -> None:
        server = Server(store, "AUD010")
        await looked(server, at=BEGAN)
        assert await looked(server, at=BEGAN + DAY) == 1
        told = server.reviews.told()
        assert (told["status"], told["code"], told["last"]) == (
            "failing",
            "AUD010",
            BEGAN.isoformat(),
        )
        assert await looked(server, at=BEGAN + DAY + timedelta(minutes=50)) == 0
        assert await looked(server, at=BEGAN + DAY + timedelta(minutes=61)) == 1
        assert server.reviews.told()["status"] == "ok"

    run(check)
    assert "REV001" in capsys.readouterr().out


def test_server_that_ends_meanwhile_gives_the_turn_back(run: Run) -> None:
    async def check(store: Store) -> None:
        first, second = Server(store), Server(store)
        await looked(first, at=BEGAN)

        async def endless() -> str:
            begun.set()
            await asyncio.sleep(60)
            return ""

        begun, first.now, first.reviews._act = asyncio.Event(), BEGAN + DAY, endless
        async with reviewing(first.reviews):
            await begun.wait()
        assert await looked(second, at=BEGAN + DAY) == 1

    run(check)


def test_turn_of_a_server_that_was_killed_is_taken_over(run: Run) -> None:
    async def check(store: Store) -> None:
        server = Server(store)
        await looked(server, at=BEGAN)
        taken = {"done": BEGAN.isoformat(), "taken": (BEGAN + DAY).isoformat()}

        async def work(tx: Tx) -> None:
            await tx.keep(ROOM, TURN, json.dumps(taken))

        await store.transact(work)
        assert await looked(server, at=BEGAN + DAY + timedelta(minutes=119)) == 0
        assert await looked(server, at=BEGAN + DAY + timedelta(minutes=121)) == 1

    run(check)


def test_store_that_fails_is_waited_out(run: Run) -> None:
    async def check(store: Store) -> None:
        server = Server(store)
        await looked(server, at=BEGAN)

        async def fails(_: object) -> None:
            raise OutsideError("gone", code="STO005")

        server.reviews.record = SimpleNamespace(store=SimpleNamespace(transact=fails))  # type: ignore[assignment]
        assert await looked(server, at=BEGAN + DAY) == 0
        server.reviews.record = SimpleNamespace(store=store)  # type: ignore[assignment]
        assert await looked(server, at=BEGAN + DAY) == 1

    run(check)


def test_setting() -> None:
    assert hours_of({}) == DAY
    assert hours_of({"GARROD_REVIEW_HOURS": "0.5"}) == timedelta(minutes=30)
    assert hours_of({"GARROD_REVIEW_HOURS": "OFF"}) is None
    for wrong in ("0", "-1", "daily", "nan", "inf", "99999"):
        with pytest.raises(InputError, match="GARROD_REVIEW_HOURS"):
            hours_of({"GARROD_REVIEW_HOURS": wrong})


def test_without_it_nothing_runs_and_health_says_so() -> None:
    async def check() -> None:
        async with reviewing(server.reviews):
            await asyncio.sleep(0.05)

    server = Server(None, every=None)
    asyncio.run(check())
    assert (server.runs, server.reviews.told()) == (0, {"status": "off"})


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("", ""),
        ("print('a name')", ""),
        (f"{SAYING}('note\\nGARROD-AUD011: of somebody\\n'); sys.exit(10)", "AUD011"),
        ("raise SystemExit(3)", ENDED),
        ("import os; os.abort()", ENDED),
        (f"{SAYING}('GARROD-Ada Lovelace: x'); sys.exit(1)", ENDED),
    ],
)  # fmt: skip
def test_process_says_no_more_than_a_code(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], code: str, expected: str
) -> None:
    monkeypatch.setattr(reviews_of, "COMMAND", (reviews_of.sys.executable, "-c", code))
    assert asyncio.run(apart()) == expected
    assert capfd.readouterr() == ("", "")


def test_process_that_takes_too_long_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    sleeping = (reviews_of.sys.executable, "-c", "import time; time.sleep(60)")
    monkeypatch.setattr(reviews_of, "COMMAND", sleeping)
    monkeypatch.setattr(reviews_of, "LONGEST", timedelta(seconds=0.4))
    assert asyncio.run(apart()) == "REV002"
