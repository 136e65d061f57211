"""The stream of an open page: what it tells, to whom, and when it ends."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from garrod.entry.web import live
from garrod.entry.web.live import Live
from garrod.entry.web.news import News, news_of
from garrod.entry.web.sessions import Living


class Record:
    """A record with an outbox that grows; `blind`: whom it tells nothing of."""

    def __init__(self) -> None:
        self.store = self
        self.outbox: list[Any] = []
        self.grown = asyncio.Event()
        self.blind: set[int] = set()
        self.is_known = True

    def add(self, *patients: str, kind: str = "Observation") -> None:
        number = len(self.outbox) + 1
        self.outbox.append(SimpleNamespace(sequence=number, kind=kind, id="x", patients=patients))
        self.grown.set()

    async def events(self, after: int, limit: int = 500) -> tuple[Any, ...]:
        return tuple(self.outbox[after : after + limit])

    async def follow(self, after: int) -> Any:
        while True:
            for event in await self.events(after):
                after = event.sequence
                yield event
            self.grown.clear()
            await self.grown.wait()

    async def tells(self, _: Any, event: Any) -> bool:
        return event.sequence not in self.blind

    async def knows_of(self, _: Any, __: str) -> bool:
        return self.is_known


def heard(
    record: Record, then: Callable[[News], None], *, after: int = 0, last: bytes = b""
) -> list[str]:
    """Return what a page hears until the stream ends, or for half a second."""

    async def listened() -> list[str]:
        parts: list[str] = []
        news = News(record)  # type: ignore[arg-type]
        holds = [True]
        session = Living("p1", 0, 0, lambda: holds[0])
        consult = SimpleNamespace(record=record)
        visit: Any = SimpleNamespace(session=session, consult=consult, actor=None)
        news.sign_out = lambda: holds.__setitem__(0, False)  # type: ignore[attr-defined]

        async def send(message: Any) -> None:
            if message["type"] == "http.response.body":
                parts.append(message["body"].decode())

        async def receive() -> Any:
            await asyncio.sleep(0.5)
            return {"type": "http.disconnect"}

        stream = Live(visit, "p", news, after=after)
        headers = [(b"last-event-id", last)] if last else []
        task = asyncio.create_task(stream({"headers": headers}, receive, send))
        await asyncio.sleep(0.05)
        then(news)
        await task
        assert news._task is None  # nobody listens any more
        return parts

    return asyncio.run(listened())


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "BEAT", 0.1)
    monkeypatch.setattr(live, "LOOK", 0.05)


def changes(parts: list[str]) -> list[str]:
    return [part for part in parts if "event: changed" in part]


def test_change_of_the_person_is_told_without_what_it_says() -> None:
    record = Record()
    parts = heard(record, lambda _: (record.add("q"), record.add("p"))[0])
    (told,) = changes(parts)
    assert 'data: {"patients":["p"],"kinds":["Observation"]}' in told
    assert "id: 2" in told


def test_what_may_not_be_told_is_not() -> None:
    record = Record()
    record.blind = {1}
    assert changes(heard(record, lambda _: record.add("p"))) == []


@pytest.mark.parametrize(("after", "last", "count"), [(1, b"", 1), (1, b"2", 0), (2, b"", 0)])
def test_what_happened_since_the_page_was_made_is_told_once(
    after: int, last: bytes, count: int
) -> None:
    record = Record()
    record.add("p")
    record.add("p")
    found = changes(heard(record, lambda _: None, after=after, last=last))
    assert len(found) == count


def test_sign_of_life_is_given() -> None:
    parts = heard(Record(), lambda _: None)
    assert sum("event: beat" in part for part in parts) >= 2  # the first, and one of the silence


def test_it_ends_with_the_session_the_right_and_the_server() -> None:
    record = Record()
    assert '"why":"signed out"' in heard(record, lambda news: news.sign_out())[-1]  # type: ignore[attr-defined]
    assert '"why":"the server ends"' in heard(record, lambda news: news.end())[-1]
    record.is_known = False
    assert '"why":"no right"' in heard(record, lambda _: None)[-1]


def test_news_are_the_same_for_every_page() -> None:
    async def both() -> bool:
        record: Any = Record()
        return news_of(record) is news_of(record)

    assert asyncio.run(both())
