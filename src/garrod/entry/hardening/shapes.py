"""How large and how slow a request may be: its head, its question, and the coming of its body.

Source: RFC 9110, 15.5.9 (408), 15.5.15 (414); RFC 6585, 5 (431); OWASP API4:2023
"""

from __future__ import annotations

import asyncio

from garrod.adapters.fhir.outcome import outcome_of
from garrod.core.errors import InputError
from garrod.entry.hardening.headers import BODY, HEAD, App, Message, Receive, Scope, Send
from garrod.entry.hardening.limits import LARGEST_HEAD, LONGEST_QUESTION, MOST_PARAMETERS, Limits
from garrod.entry.hardening.rates import REFUSED, refuse

STATUS = {"LIM003": 431, "LIM004": 414, "LIM005": 400, "LIM006": 408}
WITH_BODY = frozenset(("POST", "PUT", "PATCH"))


class Shaped:
    """The doors, for requests of a size that is read, in a time that is waited for."""

    def __init__(self, app: App, limits: Limits) -> None:
        self.app, self.limits = app, limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "lifespan":
            return await self.app(scope, receive, send)
        if REFUSED in scope:
            return await refuse(scope, send, scope[REFUSED])
        fault = fault_of(scope)
        if fault is not None:
            return await _tell(scope, send, fault)
        if scope.get("method") not in WITH_BODY:
            return await self.app(scope, receive, send)
        body = _Coming(receive, send, self.limits.body_seconds)
        return await self.app(scope, body.receive, body.send)


class _Coming:
    """The body of a request, which must not be waited for too long."""

    def __init__(self, receive: Receive, send: Send, seconds: float) -> None:
        self._receive, self._send, self._seconds = receive, send, seconds
        self._is_whole = self._is_late = False

    async def receive(self) -> Message:
        """Return the next part; that nobody is there any more where it is not sent in time."""
        if self._is_whole:
            return await self._receive()
        try:
            async with asyncio.timeout(self._seconds):
                message = await self._receive()
        except TimeoutError:
            self._is_late = True
            return {"type": "http.disconnect"}
        self._is_whole = not message.get("more_body", False)
        return message

    async def send(self, message: Message) -> None:
        """Send the answer; where the body was late, that is what is told."""
        if self._is_late and message["type"] == HEAD:
            headers = [*message.get("headers", ()), (b"connection", b"close")]
            message = {**message, "status": 408, "headers": headers}
        await self._send(message)


def fault_of(scope: Scope) -> InputError | None:
    """Return what is too large about a request's head, or None."""
    size = 0
    for name, value in scope["headers"]:
        size += len(name) + len(value)
    if size > LARGEST_HEAD:
        return InputError(f"the head has more than {LARGEST_HEAD:,} bytes.", code="LIM003")
    question = scope.get("query_string", b"")
    if len(question) + len(scope.get("raw_path", b"")) > LONGEST_QUESTION:
        return InputError(
            f"the address has more than {LONGEST_QUESTION:,} characters: send a long search by "
            "POST to _search.",
            code="LIM004",
        )
    if question.count(b"&") >= MOST_PARAMETERS:
        return InputError(f"a question has at most {MOST_PARAMETERS} parameters.", code="LIM005")
    return None


async def _tell(scope: Scope, send: Send, fault: InputError) -> None:
    if scope["type"] == "websocket":
        return await send({"type": "websocket.close", "code": 1009})
    body = outcome_of(fault)
    headers = [
        (b"content-type", b"application/fhir+json; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
    ]
    await send({"type": HEAD, "status": STATUS[fault.code], "headers": headers})
    return await send({"type": BODY, "body": b"" if scope.get("method") == "HEAD" else body})
