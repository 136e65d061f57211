"""What stands before every door: headers, rates, sizes and times, asked of a real server."""

import gzip
import json
import re
import socket
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest

from tests.making.server import TOKEN, Server, server

OWN = {"Authorization": f"Bearer {TOKEN}"}
EVERYWHERE = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
}
PATHS = (
    "/", "/sign-in", "/patients", "/static/garrod.css", "/health", "/metrics", "/openapi.json",
    "/fhir/metadata", "/fhir/Patient", "/fhir/Patient/none", "/fhir/Patient?_bad=1", "/nothing",
    "/cds-services", "/cds-services/none", "/events", "/advice", "/audit/head",
    "/issuer/.well-known/openid-configuration", "/issuer/authorize",
)  # fmt: skip


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    settings = {"GARROD_DEV_ISSUER": "1", "GARROD_HEAD_SECONDS": "1", "GARROD_BODY_SECONDS": "1"}
    with server(tmp_path_factory.mktemp("hardening") / "data", settings=settings) as found:
        yield found


@pytest.mark.parametrize("headers", [{}, OWN], ids=["nobody", "own"])
@pytest.mark.parametrize("path", PATHS)
def test_every_answer_has_the_headers(running: Server, path: str, headers: dict[str, str]) -> None:
    with httpx.stream("GET", running.base + path, headers=headers) as told:  # some have no end
        pass
    assert {name: told.headers.get(name) for name in EVERYWHERE} == EVERYWHERE
    assert "frame-ancestors 'none'" in told.headers["content-security-policy"]
    assert "unsafe" not in told.headers["content-security-policy"]
    assert told.headers["referrer-policy"] in ("no-referrer", "same-origin")
    assert "geolocation=()" in told.headers["permissions-policy"]
    wanted = "no-cache" if path.startswith("/static/") else "no-store"
    assert told.headers["cache-control"] == wanted
    assert "strict-transport-security" not in told.headers  # not over plain HTTP: RFC 6797, 7.2
    names = [name for name, _ in told.headers.multi_items() if name != "set-cookie"]
    assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize("path", PATHS)
def test_no_answer_tells_what_it_runs_on(running: Server, path: str) -> None:
    for method in ("GET", "OPTIONS", "TRACE", "PUT"):
        if (method, path) == ("GET", "/events"):
            continue  # it has no end
        told = httpx.request(method, running.base + path, headers=OWN)
        assert told.status_code < 500, method
        assert not {"server", "x-powered-by", "via"} & set(told.headers)
        shown = told.text.lower() if path != "/openapi.json" else ""
        assert not re.search(r"uvicorn|starlette|fastapi|traceback|python/\d", shown)


def raw(running: Server, *parts: bytes, wait: float = 0.0) -> bytes:
    """Return all that is answered to bytes, until the server closes the connection."""
    host, port = "127.0.0.1", int(running.base.rpartition(":")[2])
    found = bytearray()
    with socket.create_connection((host, port), timeout=20) as connection:
        for part in parts:
            try:
                connection.sendall(part)
            except OSError:
                break
            time.sleep(wait)
        try:
            while more := connection.recv(65_536):
                found += more
        except ConnectionResetError:
            pass
    return bytes(found)


def test_connection_that_says_nothing_is_ended(running: Server) -> None:
    assert raw(running).startswith(b"HTTP/1.1 408 ")


def test_head_that_comes_byte_by_byte_is_not_waited_for(running: Server) -> None:
    drops = [b"GET /health HTTP/1.1\r\nHost: localhost\r\n", *(b"X-A: b\r\n" for _ in range(8))]
    assert raw(running, *drops, wait=0.2).startswith(b"HTTP/1.1 408 ")


def test_body_that_does_not_come_is_not_waited_for(running: Server) -> None:
    head = (
        f"POST /fhir/Patient HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {TOKEN}\r\n"
        "Content-Type: application/fhir+json\r\nContent-Length: 1000\r\n\r\n{"
    ).encode()
    told = raw(running, head)
    assert told.startswith(b"HTTP/1.1 408 ")
    assert b"connection: close" in told
    assert b'"API024"' in told


@pytest.mark.parametrize(
    "more",
    [b"X-A: " + b"a" * 10_000_000, b"X-A: b\r\n" * 400_000, b"Cookie: a=b\r\n" * 200_000],
    ids=["one", "many", "cookies"],
)
def test_head_without_an_end_is_refused(running: Server, more: bytes) -> None:
    told = raw(running, b"GET /health HTTP/1.1\r\nHost: localhost\r\n", more)
    assert told == b"" or told.startswith((b"HTTP/1.1 431 ", b"HTTP/1.1 400 "))
    assert running.client.get(f"{running.base}/health").status_code == 200


def test_address_without_an_end_is_refused(running: Server) -> None:
    told = raw(running, b"GET /" + b"a" * 10_000_000)
    assert told == b"" or told.startswith(b"HTTP/1.1 431 ")


def test_trailers_without_an_end_are_refused(running: Server) -> None:
    head = (
        f"POST /fhir/Patient HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {TOKEN}\r\n"
        "Content-Type: application/fhir+json\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n"
    ).encode()
    told = raw(running, head, b"X-A: b\r\n" * 400_000)
    assert b"HTTP/1.1 20" not in told
    assert running.client.get(f"{running.base}/health").status_code == 200


@pytest.mark.parametrize(
    ("question", "status", "code"),
    [
        ("name=" + "a" * 20_000, 414, "LIM004"),
        ("&".join("_tag=a" for _ in range(600)), 400, "LIM005"),
    ],
)
def test_question_that_is_too_large_is_refused(
    running: Server, question: str, status: int, code: str
) -> None:
    told = running.client.get(f"{running.base}/fhir/Patient?{question}")
    assert (told.status_code, told.json()["issue"][0]["diagnostics"]) == (status, code)


def test_posted_question_has_as_few_parameters(running: Server) -> None:
    form = "&".join("_tag=a" for _ in range(600))
    told = running.client.post(
        f"{running.base}/fhir/Patient/_search",
        content=form,
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    assert told.status_code == 400


def nested(depth: int, kind: str) -> bytes:
    opening, closing = {
        "lists": ("[", "]"), "extensions": ('{"extension":[', "]}"),
    }[kind]  # fmt: skip
    inside = opening * depth + closing * depth
    return f'{{"resourceType":"Patient","extension":[{inside}]}}'.encode()


DOORS = (
    "/fhir/Patient", "/fhir/Patient/$validate", "/fhir", "/advice",
    "/cds-services/garrod-order-sign",
)  # fmt: skip


@pytest.mark.parametrize("depth", [50, 200, 400, 900, 1020, 100_000])
@pytest.mark.parametrize("kind", ["lists", "extensions"])
@pytest.mark.parametrize("path", DOORS)
def test_json_as_deep_as_it_likes_fells_nothing(
    running: Server, path: str, kind: str, depth: int
) -> None:
    told = running.ask("POST", path, content=nested(depth, kind))
    assert told.status_code < 500, told.text[:300]
    if depth == 100_000 and not path.endswith("$validate"):
        assert told.status_code in (400, 413, 422)


@pytest.mark.parametrize("path", DOORS)
def test_packed_body_that_unpacks_to_very_much_is_refused(running: Server, path: str) -> None:
    bomb = gzip.compress(b'{"resourceType":"Patient","x":"' + b" " * 60_000_000, 9)
    assert len(bomb) < 100_000
    told = running.ask("POST", path, content=bomb, headers={"Content-Encoding": "gzip"})
    assert told.status_code == 413
    twice = running.ask(
        "POST", path, content=gzip.compress(bomb), headers={"Content-Encoding": "gzip, gzip"}
    )
    assert twice.status_code == 415


def test_wrong_tokens_are_tried_a_few_times_and_then_not_at_all(tmp_path: Path) -> None:
    settings = {"GARROD_RATE_FAILED": "0.01/5"}
    with server(tmp_path / "data", settings=settings) as running:

        def guess(number: int) -> httpx.Response:
            headers = {"Authorization": f"Bearer guess-{number}"}
            return httpx.get(f"{running.base}/fhir/Patient", headers=headers)

        told = [guess(number) for number in range(20)]
        assert [answer.status_code for answer in told] == [401] * 5 + [429] * 15
        assert int(told[-1].headers["retry-after"]) > 1
        assert told[-1].json()["issue"][0]["code"] == "throttled"
        assert told[-1].headers["x-content-type-options"] == "nosniff"
        assert running.ask("GET", "/fhir/Patient").status_code == 200
        refused = [entry for entry in audited(running) if entry.get("status") == 429]
        assert len(refused) == 1


def audited(running: Server) -> list[dict[str, Any]]:
    """Return what the audit holds of requests."""
    with sqlite3.connect(running.folder / "audit.db") as store:
        rows = store.execute("SELECT entry FROM entries").fetchall()
    return [json.loads(body) for (body,) in rows]


def test_many_questions_of_nobody_known_are_refused_after_a_while(tmp_path: Path) -> None:
    settings = {"GARROD_RATE_UNKNOWN": "0.01/10"}
    with server(tmp_path / "data", settings=settings) as running:
        told = [httpx.get(f"{running.base}/fhir/metadata").status_code for _ in range(15)]
        assert told == [200] * 10 + [429] * 5
        own = [running.ask("GET", "/fhir/metadata").status_code for _ in range(50)]
        assert own == [200] * 50
