"""What was not prefetched is read from the caller's server, from nowhere else, and in time."""

import asyncio
import time
from typing import Any

import pytest

from garrod.adapters.cds.catalogue import PREFETCH
from garrod.adapters.cds.fetch import Reached, Reader, is_below
from garrod.adapters.cds.model import Ehr
from garrod.adapters.cds.prefetch import prefetched
from garrod.adapters.subscriptions.gate import Gate
from tests.making.ehr import Other, other

PATIENT = {"resourceType": "Patient", "id": "1"}
TOKEN = "lent-for-this-call"


def completed(
    server: Other, sent: dict[str, Any], *, hosts: str = "loopback", seconds: float = 5.0,
    base: str = "",
) -> Reached:  # fmt: skip
    async def run() -> Reached:
        reader = Reader(Gate(frozenset((hosts,))), seconds)
        try:
            return await reader.completed(prefetched(sent), Ehr(base or server.base, TOKEN), "1")
        finally:
            await reader.close()

    return asyncio.run(run())


def bundle(*resources: Any, following: str = "") -> dict[str, Any]:
    links = [{"relation": "next", "url": following}] if following else []
    return {"resourceType": "Bundle", "entry": [{"resource": r} for r in resources], "link": links}


def condition(id: str) -> dict[str, Any]:
    return {"resourceType": "Condition", "id": id}


def whole(**more: Any) -> dict[str, Any]:
    return {**dict.fromkeys(PREFETCH), "patient": PATIENT, **more}


def without(*keys: str) -> dict[str, Any]:
    return {k: v for k, v in whole().items() if k not in keys}


def ids(reached: Reached) -> list[str]:
    return [r["id"] for r in reached.had.resources]


def test_missing_keys_are_asked_with_the_token_and_others_are_not() -> None:
    with other() as server:
        server.answers = {"Condition?patient=1": (200, bundle(condition("c1")))}
        reached = completed(server, without("conditions", "goals"))
        assert sorted(server.asked) == [
            ("/r4/Condition?patient=1", f"Bearer {TOKEN}"),
            ("/r4/Goal?patient=1", f"Bearer {TOKEN}"),
        ]
    assert ids(reached) == ["1", "c1"]
    assert reached.had.missing == ()
    assert reached.had.failed == ()
    assert reached.notes == ()


def test_pages_are_followed_of_prefetch_and_of_answers() -> None:
    with other() as server:
        page = f"{server.base}/page?n="
        server.answers = {
            "page?n=2": (200, bundle(condition("c2"), following="page?n=3")),
            "page?n=3": (200, bundle(condition("c3"))),
        }
        first = bundle(condition("c1"), following=f"{page}2")
        assert ids(completed(server, whole(conditions=first))) == ["1", "c1", "c2", "c3"]


def test_pages_without_end_are_left_and_said() -> None:
    with other() as server:
        page = f"{server.base}/page"
        server.answers = {"page": (200, bundle(following=page))}
        reached = completed(server, whole(conditions=bundle(following=page)))
    assert reached.had.failed == ("conditions",)
    assert "pages" in reached.notes[0]


@pytest.mark.parametrize(
    ("status", "said"),
    [(500, {}), (401, {}), (200, b"<html>"), (302, {}), (200, b"x" * 21_000_000)],
)
def test_answer_that_is_none_is_said(status: int, said: Any) -> None:
    with other() as server:
        server.answers = {"Condition?patient=1": (status, said)}
        server.location = "http://127.0.0.1:9/elsewhere" if status == 302 else ""
        reached = completed(server, without("conditions"))
        assert len(server.asked) == 1
    assert reached.had.failed == ("conditions",)
    assert reached.notes[0].startswith("conditions: ")


def test_server_that_takes_too_long_is_left_in_time() -> None:
    with other() as server:
        server.seconds = 3.0
        began = time.monotonic()
        reached = completed(server, without("conditions", "allergies"), seconds=0.3)
        assert time.monotonic() - began < 3.0
    assert set(reached.had.failed) == {"conditions", "allergies"}
    assert "did not answer" in reached.notes[0]


def test_nobody_listens() -> None:
    reached = completed(Other(base="http://127.0.0.1:9/r4"), without("goals"))
    assert reached.had.failed == ("goals",)


def test_next_page_elsewhere_is_not_asked_and_no_token_goes_there() -> None:
    with other() as server, other() as evil:
        first = bundle(condition("c1"), following=f"{evil.base}/page")
        reached = completed(server, whole(conditions=first))
        assert evil.asked == []
    assert reached.had.failed == ("conditions",)


@pytest.mark.parametrize("base", ["", "http://169.254.169.254/r4", "file:///etc/passwd", "x"])
def test_server_that_is_not_listed_is_not_asked(base: str) -> None:
    with other() as server:
        reached = completed(server, without("goals"), hosts="ehr.example.org", base=base)
        assert server.asked == []
    assert reached.had.failed == ("goals",)
    assert "GARROD_EHR" in reached.notes[0] or "another server" in reached.notes[0]


def test_one_resource_is_read_or_is_not_there() -> None:
    async def read(server: Other, reference: str) -> Any:
        reader = Reader(Gate(frozenset(("loopback",))), 2.0)
        try:
            return await reader.resource(Ehr(server.base, TOKEN), reference)
        finally:
            await reader.close()

    with other() as server:
        server.answers = {"Patient/1": (200, PATIENT)}
        assert asyncio.run(read(server, "Patient/1")) == PATIENT
        assert asyncio.run(read(server, "Patient/2")) is None


@pytest.mark.parametrize(
    ("url", "is_there"),
    [
        ("https://a.example/r4/Patient/1", True),
        ("https://a.example/r4", True),
        ("https://a.example/r4x", False),
        ("https://a.example/r4/../admin", False),
        ("https://a.example/r4/%2e%2e/admin", False),
        ("https://a.example:444/r4/x", False),
        ("http://a.example/r4/x", False),
        ("https://b.example/r4/x", False),
        ("https://[/r4", False),
    ],
)
def test_address_is_below_the_server_or_not(url: str, is_there: bool) -> None:
    assert is_below("https://a.example/r4/", url) is is_there
