"""Pages of apps elsewhere that may ask for FHIR from a browser (CORS): those registered, no others.

preflight of a registered page -> what it may ask; its request -> the doors, without cookies ->
the answer, which it may read. Credentials of a browser are never let through, and every request
still brings a token, which must be of that very app.
Source: WHATWG Fetch, 3.2 (CORS protocol); SMART App Launch 2.2.0, "CORS support" (restated)
"""

from __future__ import annotations

from garrod.core.errors import AccessDenied
from garrod.entry.guard import FHIR, SMART, SOCKET, Guard
from garrod.entry.hardening.headers import (
    BODY,
    HEAD,
    App,
    Message,
    Pairs,
    Receive,
    Scope,
    Send,
)

ASKS = b"access-control-request-method"
METHODS = b"GET, HEAD, POST, PUT, PATCH, DELETE"
HEADERS = (
    b"Authorization, Content-Type, Accept, If-Match, If-None-Match, If-Modified-Since, "
    b"If-None-Exist, Prefer"
)
SHOWN = (
    b"ETag, Location, Content-Location, Last-Modified, WWW-Authenticate, Retry-After, X-Progress, "
    b"Expires, X-Garrod-Policy, X-Garrod-Codes"
)
KEPT = b"600"  # Not clinical: seconds that a browser remembers a preflight
VARY = (b"vary", b"Origin")


class Shared:
    """The doors, and what pages of registered apps may read of them."""

    def __init__(self, doors: App, guard: Guard) -> None:
        self.doors, self.guard = doors, guard

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        path = scope.get("path", "")
        is_fhir = path == FHIR or path.startswith(f"{FHIR}/")
        if scope["type"] != "http" or not is_fhir or path == SOCKET or not self.guard.origins:
            return await self.doors(scope, receive, send)
        headers = {k.decode("latin-1"): v.decode("latin-1") for k, v in scope["headers"]}
        origin = headers.get("origin", "")
        if origin not in self.guard.origins:
            return await self.doors(scope, receive, _adding(send, [VARY]))
        allowed = [(b"access-control-allow-origin", origin.encode("latin-1")), VARY]
        if scope["method"] == "OPTIONS" and ASKS in dict(scope["headers"]):
            return await self._preflight(scope, receive, send, allowed)
        bare = [pair for pair in scope["headers"] if pair[0] != b"cookie"]
        shown = [*allowed, (b"access-control-expose-headers", SHOWN)]
        return await self.doors({**scope, "headers": bare}, receive, _adding(send, shown))

    async def _preflight(self, scope: Scope, receive: Receive, send: Send, told: Pairs) -> None:
        """Say what a page may ask; the doors refuse where this server is not addressed rightly."""
        headers = {k.decode("latin-1"): v.decode("latin-1") for k, v in scope["headers"]}
        try:
            self.guard.admit(SMART, headers)  # nobody asks: a preflight brings no token
        except AccessDenied:
            return await self.doors(scope, receive, send)
        told = [
            *told,
            (b"access-control-allow-methods", METHODS),
            (b"access-control-allow-headers", HEADERS),
            (b"access-control-max-age", KEPT),
            (b"content-length", b"0"),
        ]
        await send({"type": HEAD, "status": 204, "headers": told})
        return await send({"type": BODY, "body": b""})


def _adding(send: Send, more: Pairs) -> Send:
    """Return what sends an answer with more headers."""

    async def sent(message: Message) -> None:
        if message["type"] == HEAD:
            message["headers"] = [*message.get("headers", ()), *more]
        await send(message)

    return sent
