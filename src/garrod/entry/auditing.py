"""The outermost layer of the server: each request leaves one entry before its answer leaves.

request -> Trail -> the doors -> head of the answer held -> entry durable -> answer

What is given after that (a stream) leaves further entries, each before what it speaks of. Where
the audit cannot be written, nothing is given out: 503. Health, counts and static files hold
nobody's data, and leave no entry.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import ExitStack, suppress
from typing import Any

import structlog

from garrod.adapters.fhir.outcome import outcome_of
from garrod.care.govern.audit import (
    SCOPE,
    follow,
    unfollow,
)
from garrod.core.errors import GarrodError, OutsideError
from garrod.entry.audit_answers import Answered, people_in
from garrod.entry.audit_keeping import Audit
from garrod.entry.audit_routes import WRITES
from garrod.entry.notary import COMMAND

LOG = structlog.get_logger()
Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
Leaves = Callable[[Message], None]
UNHEARD = frozenset(("/health", "/metrics"))
FILES = "/static/"
GONE, FAULT, OPENED, CLOSED = 499, 500, 101, 403  # statuses of what ended without one
HEAD, BODY = "http.response.start", "http.response.body"
ADDRESSES = (b"location", b"content-location")
STARTS = ("websocket.accept", "websocket.close")


class Audited:
    """The doors, with an entry for each request."""

    def __init__(self, app: App, audit: Audit) -> None:
        self.app, self.audit = app, audit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "lifespan":
            await self._live(scope, receive, send)
        elif scope["type"] == "http" and is_nobodys(scope["path"]):
            await self.app(scope, receive, send)
        else:
            await Followed(self.audit, scope, send).run(self.app, receive)

    async def _live(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hold the log open while the server lives."""
        shared = ExitStack()
        try:
            log = self.audit.log = self.audit.opening()
            log.start(COMMAND)
            shared.enter_context(self.audit.underway.shared())
        except GarrodError as error:
            self.audit.log = None
            await receive()
            told = {"type": "lifespan.startup.failed", "message": error.message}
            return await send(told)
        try:
            await self.app(scope, receive, send)
        finally:
            log, self.audit.log = self.audit.log, None
            shared.close()
            await log.close()
        return None


class Followed:
    """One request on its way, and its answer."""

    def __init__(
        self, audit: Audit, scope: Scope, send: Send, leaves: Leaves | None = None
    ) -> None:
        """`leaves`: is told the head of an answer as it leaves, and may add to it."""
        self.audit, self.scope, self._send, self._leaves = audit, scope, send, leaves
        self.trail = audit.trail_of(scope)
        self._head: Message | None = None  # held until the first part of the body is known
        self._answered: Answered | None = None
        self.is_refused = False  # by us, since the audit could not be written

    async def run(self, app: App, receive: Receive) -> None:
        """Let the doors answer, and see to it that an entry is left."""
        self.scope[SCOPE] = self.trail
        if self.scope.get("method") not in WRITES:
            return await self._run(app, receive)
        with self.audit.underway.during():
            return await self._run(app, receive)

    async def _run(self, app: App, receive: Receive) -> None:
        status = GONE
        try:
            if self.scope.get("method") in WRITES:
                await self._check()
            if not self.is_refused:
                before = follow(self.trail)
                try:
                    await app(self.scope, receive, self.send)
                finally:
                    unfollow(before)
        except BaseException:
            status = FAULT
            raise
        finally:
            if self.trail.written < 0 and not self.is_refused:
                await self._left(status)

    async def send(self, message: Message) -> None:
        """Send a part of the answer, once what it gives is written down."""
        if self.is_refused:
            return None
        if message["type"] == HEAD and self._head is None and self.trail.written < 0:
            self._head = message
            return None
        head, self._head = self._head, None
        try:
            if head is not None and message["type"] == BODY:
                self._look_at(head, message)
                if not self.audit.write_now(self.trail, head["status"]):
                    await self.audit.write(self.trail, head["status"])
            else:
                await self._written(message)
        except GarrodError as error:
            return await self._refuse(error, HEAD if head else message["type"])
        if head is not None:
            if self._leaves is not None:
                self._leaves(head)
            await self._send(head)
        elif self._leaves is not None and message["type"] == HEAD:
            self._leaves(message)
        await self._send(message)
        return None

    async def _written(self, message: Message) -> None:
        """Write down what a further part of an answer gives.  Raises: OutsideError."""
        if self._answered is not None and message["type"] == BODY:
            self._answered.part(message.get("body", b""), is_last=not message.get("more_body"))
        elif message["type"] == "websocket.accept":
            self._answered = Answered("json", self.trail)
        elif message["type"] == "websocket.send" and self._answered is not None:
            self._answered.part((message.get("text") or "").encode(), is_last=True)
        if self.trail.written < 0 and message["type"] in STARTS:
            await self.audit.write(self.trail, _status(message))
        elif self.trail.is_new:
            await self.audit.write(self.trail, 200)

    def _look_at(self, head: Message, message: Message) -> None:
        """Look at the beginning of an answer; what went wrong gives nothing."""
        if head["status"] >= 400:
            return
        media = b""
        for name, value in head.get("headers", ()):
            told = name.lower()
            if told == b"content-type":
                media = value
            elif told in ADDRESSES:
                self.trail.gave((), people_in(value), 0)
        answered = Answered(media.decode("latin-1"), self.trail)
        is_last = not message.get("more_body")
        answered.part(message.get("body", b""), is_last=is_last)
        self._answered = None if is_last else answered

    async def _check(self) -> None:
        try:
            await self.audit.check()
        except GarrodError as error:
            await self._refuse(error, HEAD)

    async def _left(self, status: int) -> None:
        """Write the entry of a request that ended without an answer."""
        try:
            await self.audit.write(self.trail, status)
        except GarrodError as error:
            _say(error)

    async def _refuse(self, error: GarrodError, type: str) -> None:
        """Answer that nothing is given out; a stream that has begun is broken off."""
        self.is_refused = True
        _say(error)
        if type.startswith("websocket"):
            return await self._send({"type": "websocket.close", "code": 1011})
        if type != HEAD:
            raise error
        body = outcome_of(
            OutsideError(
                "the audit cannot be written, so nothing is given out; what was asked to be "
                "written may have been: look before you ask again.",
                code="AUD010",
            )
        )
        headers = [
            (b"content-type", b"application/fhir+json; charset=utf-8"),
            (b"content-length", str(len(body)).encode()),
            (b"cache-control", b"no-store"),
            (b"retry-after", b"5"),
        ]
        head = {"type": HEAD, "status": 503, "headers": headers}
        if self._leaves is not None:
            self._leaves(head)
        await self._send(head)
        return await self._send({"type": BODY, "body": body})


def _say(error: GarrodError) -> None:
    """Tell the server's own log; a disk that takes no audit may take no log either."""
    with suppress(OSError):
        LOG.error("AUD103 a request left no entry", code=error.code)


def is_nobodys(path: str) -> bool:
    """Return whether what stands at a path is nobody's data."""
    return path in UNHEARD or path.startswith(FILES)


def _status(message: Message) -> int:
    if message["type"] == "websocket.accept":
        return OPENED
    return int(message["status"]) if "status" in message else CLOSED
