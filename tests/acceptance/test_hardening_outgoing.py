"""What this server asks of others: where a name leads is looked up once, and no answer leads on.

Each of the three that ask (subscriptions, CDS Hooks, sign-in) is run against real listeners.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from garrod.adapters.cds.fetch import Reader
from garrod.adapters.cds.model import Ehr
from garrod.adapters.identity.outside import Outside
from garrod.adapters.subscriptions.gate import Gate, Refused
from garrod.adapters.subscriptions.hook import Hook
from garrod.care.record.subscriptions import Subscription
from garrod.core.errors import GarrodError

NOW = datetime(2026, 3, 3, tzinfo=UTC)


@dataclass
class Listener:
    """Where it listens, what it answers, and what it was asked."""

    port: int = 0
    status: int = 200
    location: str = ""
    asked: list[str] = field(default_factory=list)


@contextmanager
def listener() -> Iterator[Listener]:
    found = Listener()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found.asked.append(f"{self.command} {self.headers['Host']}{self.path}")
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            self.send_response(found.status)
            if found.location:
                self.send_header("Location", found.location)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        do_POST = do_GET  # noqa: N815 -- named by the library

        def log_message(self, format: str, *args: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        found.port = server.server_port
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield found
        finally:
            server.shutdown()
            thread.join()


@dataclass
class Names:
    """Tells where names lead: another place each time, as a hostile name server does."""

    leads_to: list[str]
    asked: int = 0

    async def __call__(self, host: str, port: int) -> list[str]:
        self.asked += 1
        return [self.leads_to[min(self.asked, len(self.leads_to)) - 1]]


async def subscribed(gate: Gate, url: str) -> None:
    hook = Hook(gate, b"k" * 32, lambda: NOW)
    subscription = object.__new__(Subscription)
    given = {"id": "s1", "endpoint": url, "headers": (), "timeout": 5}
    for name, value in given.items():
        object.__setattr__(subscription, name, value)
    try:
        await hook.post(subscription, b"{}")
    finally:
        await hook.close()


async def hooked(gate: Gate, url: str) -> None:
    reader = Reader(gate, 5.0)
    try:
        await reader.get(Ehr(url, "lent-token"), url)
    finally:
        await reader.close()


async def signed_in(gate: Gate, url: str) -> None:
    outside = Outside(gate, 5.0)
    try:
        await outside.get(url, token="t")
    finally:
        await outside.close()


Ask = Callable[[Gate, str], Awaitable[None]]
ASKERS = pytest.mark.parametrize("ask", [subscribed, hooked, signed_in], ids=lambda a: a.__name__)


def run(ask: Ask, gate: Gate, url: str) -> None:
    async def once() -> None:
        await ask(gate, url)

    asyncio.run(once())


@ASKERS
def test_name_is_looked_up_once_and_that_address_is_asked(ask: Ask) -> None:
    with listener() as there:
        names = Names(["127.0.0.1", "169.254.169.254"])
        gate = Gate(frozenset(("loopback",)), names)
        run(ask, gate, f"http://localhost:{there.port}/a")
        assert names.asked == 1
        assert len(there.asked) == 1
        assert there.asked[0].endswith(f" localhost:{there.port}/a")


@ASKERS
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_answer_that_leads_elsewhere_is_not_followed(ask: Ask, status: int) -> None:
    with listener() as there, listener() as elsewhere:
        there.status, there.location = status, f"http://localhost:{elsewhere.port}/stolen"
        gate = Gate(frozenset(("loopback",)))
        with pytest.raises(GarrodError):
            run(ask, gate, f"http://localhost:{there.port}/a")
        assert len(there.asked) == 1
        assert elsewhere.asked == []


SPELLED = (
    "https://2130706433/", "https://0x7f000001/", "https://127.1/", "https://0177.0.0.1/",
    "https://[::ffff:169.254.169.254]/", "https://[64:ff9b::a9fe:a9fe]/", "https://169.254.169.254/",
    "https://hooks.example.org@169.254.169.254/", "https://169.254.169.254#@hooks.example.org/",
    "https://169.254.169.254\\@hooks.example.org/", "gopher://hooks.example.org/", "file:///etc/hosts",
    "http://hooks.example.org/", "https://localhost/", "https://LOCALHOST./", "https://[::1]/",
)  # fmt: skip


@ASKERS
@pytest.mark.parametrize("url", SPELLED)
@pytest.mark.parametrize("hosts", [("hooks.example.org",), ("*",)], ids=["named", "any"])
def test_no_spelling_of_an_address_leads_inside(ask: Ask, url: str, hosts: tuple[str, ...]) -> None:
    """Names are looked up as this machine looks them up; addresses need no name server."""
    reached: list[str] = []

    class Watched(Gate):
        async def target(self, endpoint: str) -> Any:
            found = await super().target(endpoint)
            reached.append(found.url)
            return found

    with pytest.raises(GarrodError):
        run(ask, Watched(frozenset(hosts)), url)
    assert reached == []


def test_gate_says_no_before_any_name_is_looked_up() -> None:
    names = Names(["93.184.216.34"])
    with pytest.raises(Refused):
        asyncio.run(Gate(frozenset(("a.example",)), names).target("https://b.example/"))
    assert names.asked == 0
