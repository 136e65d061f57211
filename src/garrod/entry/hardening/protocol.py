"""HTTP on a connection, for clients that mean well: a head must come in time, and have an end.

uvicorn waits for a head for ever and keeps whatever is sent of it: some thousands of connections
that say little, or one that says one header without end, would hold or fill the server.
Source: OWASP API4:2023; RFC 6585, 5; CWE-400 (unchecked)
"""

from __future__ import annotations

import asyncio
import os
from functools import lru_cache
from typing import Any

from garrod.entry.corked import CorkedProtocol
from garrod.entry.hardening.limits import LARGEST_HEAD, limits_of

PLAIN = b"content-type: text/plain; charset=utf-8\r\nconnection: close\r\ncontent-length: "
LATE = (b"408 Request Timeout", b"the head of the request did not come in time")
LARGE = (b"431 Request Header Fields Too Large", b"the head of the request is too large")


@lru_cache(maxsize=1)
def _patience() -> float:
    return limits_of(os.environ).head_seconds


class GuardedProtocol(CorkedProtocol):
    """HTTP as the house speaks it, with limits on what comes before a request is known."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._patience = _patience()
        self._since: float | None = None  # when the head that is waited for was begun
        self._watch: asyncio.TimerHandle | None = None
        self._unread = 0  # bytes that came since a head was whole, or a part of a body came

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin a connection, and to wait for a head."""
        super().connection_made(transport)
        self._since = self.loop.time()
        self._watch = self.loop.call_later(self._patience, self._look)

    def connection_lost(self, exc: Exception | None) -> None:
        """End a connection."""
        self._look_no_more()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what came; a head without an end is refused, and so are trailers."""
        self._unread += len(data)
        super().data_received(data)
        if self._unread > LARGEST_HEAD and not self.transport.is_closing():
            self._refuse(LARGE)

    def on_message_begin(self) -> None:
        """Begin a request."""
        super().on_message_begin()
        if self._since is None:
            self._since = self.loop.time()

    def on_headers_complete(self) -> None:
        """Begin to answer, now that the head is there."""
        self._unread, self._since = 0, None
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Take a part of a body."""
        self._unread = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """End a request."""
        self._unread = 0
        super().on_message_complete()

    def handle_websocket_upgrade(self) -> None:
        """Give the connection to a socket."""
        self._look_no_more()
        super().handle_websocket_upgrade()

    def _look(self) -> None:
        """Refuse a head that did not come in time; else look again when one could be late."""
        wait = self._patience
        if self._since is not None:
            wait -= self.loop.time() - self._since
            if wait <= 0:
                return self._refuse(LATE)
        self._watch = self.loop.call_later(wait, self._look)
        return None

    def _look_no_more(self) -> None:
        if self._watch is not None:
            self._watch.cancel()
            self._watch = None

    def _refuse(self, why: tuple[bytes, bytes]) -> None:
        """Say why, where nothing else is being said, and end the connection."""
        self._look_no_more()
        cycle: Any = self.cycle
        if cycle is None or cycle.response_complete:
            status, words = why
            length = str(len(words)).encode()
            self.transport.write(
                b"HTTP/1.1 " + status + b"\r\n" + PLAIN + length + b"\r\n\r\n" + words
            )
        self.transport.close()
