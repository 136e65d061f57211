"""The headers that every answer of every door carries, unless its door said otherwise.

Source: OWASP HTTP Security Response Headers (unchecked); RFC 6797 (Strict-Transport-Security);
W3C CSP 3, Fetch (Cross-Origin-Resource-Policy)
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from functools import lru_cache
from typing import Any

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
Pairs = list[tuple[bytes, bytes]]

HEAD, BODY = "http.response.start", "http.response.body"
EVERY: tuple[tuple[bytes, bytes], ...] = (
    (b"cache-control", b"no-store"),  # nobody between keeps a person's data
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=()"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
)
YEAR = b"max-age=31536000"  # Not clinical: seconds for which a browser asks over TLS alone
OVER_TLS = (*EVERY, (b"strict-transport-security", YEAR))  # without TLS it must not be said


class Headed:
    """The doors, with the headers on each answer that lacks them."""

    def __init__(self, app: App) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        wanted = OVER_TLS if scope.get("scheme") == "https" else EVERY

        async def headed(message: Message) -> None:
            if message["type"] == HEAD:
                message["headers"] = with_headers(message.get("headers", ()), wanted)
            await send(message)

        return await self.app(scope, receive, headed)


def add_headers(head: Message, *, is_over_tls: bool) -> None:
    """Add to the head of an answer what it lacks."""
    wanted = OVER_TLS if is_over_tls else EVERY
    head["headers"] = with_headers(head.get("headers", ()), wanted)


def with_headers(told: Any, wanted: tuple[tuple[bytes, bytes], ...] = EVERY) -> Pairs:
    """Return the headers of an answer with those it lacks; what a door said stays as it is."""
    pairs: Pairs = list(told)
    pairs += _lacking(tuple([name for name, _ in pairs]), wanted)
    return pairs


@lru_cache(maxsize=1024)
def _lacking(names: tuple[bytes, ...], wanted: tuple[tuple[bytes, bytes], ...]) -> Pairs:
    """Return what an answer with headers of some names lacks."""
    return [pair for pair in wanted if pair[0] not in names]
