"""Sends each request to the door that it is for; what is nowhere is said in words to who reads.

request -> web door, or all else (FHIR, hooks, health) -> answer
"""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

from starlette.datastructures import Headers

from garrod.core.errors import InputError
from garrod.entry.web.atlas import FIRST
from garrod.entry.web.door import App, Scope, WebDoor, fault
from garrod.entry.web.framing import EMPTY, frame


class Clinic:
    """Sends what is for a browser to the web door, and all else, the lifespan too, to the rest."""

    def __init__(self, rest: App, web: WebDoor) -> None:
        self.rest, self.web = rest, web

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        """Answer one request."""
        first = scope.get("path", "").strip("/").partition("/")[0]
        is_ours = scope["type"] == "http" and first in FIRST
        if is_ours or not _is_browsers(scope):
            await (self.web if is_ours else self.rest)(scope, receive, send)
        else:
            await self._to_read(scope, receive, send)

    async def _to_read(self, scope: Scope, receive: Any, send: Any) -> None:
        """Answer one request of the rest by somebody who reads: a mistyped address is a page."""
        is_missing = False

        async def sent(message: MutableMapping[str, Any]) -> None:
            nonlocal is_missing
            is_missing = is_missing or _is_nowhere(message)
            if not is_missing:
                await send(message)

        await self.rest(scope, receive, sent)
        if is_missing:
            frame(EMPTY)
            await fault(InputError("there is no such page."), 404)(scope, receive, send)


def _is_browsers(scope: Scope) -> bool:
    """Return whether somebody asks for a page to read."""
    is_read = scope["type"] == "http" and scope.get("method") in ("GET", "HEAD")
    return is_read and "text/html" in Headers(scope=scope).get("accept", "")


def _is_nowhere(message: MutableMapping[str, Any]) -> bool:
    """Return whether an answer begins that says, for programs alone, that nothing is there."""
    if message["type"] != "http.response.start" or message["status"] != 404:
        return False
    return Headers(raw=message.get("headers", [])).get("content-type", "") == "application/json"
