"""What changes in one person's record, as it changes, for a page that is open (`live.js`).

Only that something changed is told, and of which kinds: what, the page itself shows when it is
loaded again. It ends when the session does, or the right to see the person.
Source: WHATWG HTML, "Server-sent events", https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterable

import orjson
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from garrod.care.record.ports import Event
from garrod.core.errors import GarrodError
from garrod.entry.web.asked import Visit
from garrod.entry.web.headers import HEADERS
from garrod.entry.web.news import News
from garrod.entry.web.sessions import Living

BEAT = 2.0  # Not clinical: seconds without a word until a sign of life
LOOK = 5.0  # Not clinical: seconds between two looks at the right to see the person
STALL = 10.0  # Not clinical: seconds that a browser may take to read what waits for it
SIGNED_OUT, NO_RIGHT, ENDS = "signed out", "no right", "the server ends"
RETRY = 1_000  # Not clinical: milliseconds until a browser asks again


class Live(Response):
    """The stream of one page. `after`: the number of the newest event that the page shows."""

    media_type = "text/event-stream"

    def __init__(self, visit: Visit, patient: str, news: News, *, after: int) -> None:
        super().__init__(headers={**HEADERS, "X-Accel-Buffering": "no"})
        del self.headers["content-length"]
        self.visit, self.patient, self.news = visit, patient, news
        self.position = after
        self._looked = 0.0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send what changes until the browser goes, may no longer hear it, or the server ends."""
        last = dict(scope["headers"]).get(b"last-event-id", b"").decode("latin-1")
        if last.isascii() and last.isdecimal() and len(last) < 18:
            self.position = max(self.position, int(last))
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        async with self.news.listening() as flag:
            gone = asyncio.create_task(_gone(receive, flag))
            try:
                await self._tell(send, flag, gone)
            finally:
                gone.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await gone

    async def _tell(self, send: Send, flag: asyncio.Event, gone: asyncio.Task[None]) -> None:
        if not self.position:
            self.position = await self.news.newest()
        self._looked = asyncio.get_running_loop().time()
        await self._say(send, "beat")
        while not gone.done():
            flag.clear()
            why = await self._ended()
            if why:
                return await self._say(send, "ending", {"why": why}, is_last=True)
            try:
                some = await self.news.after(self.position)
            except GarrodError:  # the browser asks again, from where it was
                return await self._say(send, "beat", is_last=True)
            mine = [event for event in some if await self._is_told(event)]
            if some:
                self.position = some[-1].sequence
            if mine:
                await self._say(send, "changed", self._said(mine))
            elif not some:
                await self._wait(send, flag)
        return None

    async def _is_told(self, event: Event) -> bool:
        if self.patient not in event.patients:
            return False
        return await self.visit.consult.record.tells(self.visit.actor, event)

    async def _ended(self) -> str:
        """Return why nothing more may be told, or ""."""
        if self.news.is_ending:
            return ENDS
        session = self.visit.session
        if isinstance(session, Living) and not session.holds():
            return SIGNED_OUT
        now = asyncio.get_running_loop().time()
        if now - self._looked > LOOK:
            self._looked = now
            if not await self.visit.consult.record.knows_of(self.visit.actor, self.patient):
                return NO_RIGHT
        return ""

    def _said(self, events: Iterable[Event]) -> dict[str, object]:
        kinds = sorted({event.kind for event in events})
        return {"patients": [self.patient], "kinds": kinds}

    async def _wait(self, send: Send, flag: asyncio.Event) -> None:
        try:
            async with asyncio.timeout(BEAT):
                await flag.wait()
        except TimeoutError:
            await self._say(send, "beat")

    async def _say(
        self,
        send: Send,
        name: str,
        told: dict[str, object] | None = None,
        *,
        is_last: bool = False,
    ) -> None:
        """Send an event.  Raises: TimeoutError where the browser reads nothing."""
        data = orjson.dumps(told or {}).decode()
        text = f"retry: {RETRY}\nid: {self.position}\nevent: {name}\ndata: {data}\n\n"
        part = {"type": "http.response.body", "body": text.encode(), "more_body": not is_last}
        async with asyncio.timeout(STALL):
            await send(part)


async def _gone(receive: Receive, flag: asyncio.Event) -> None:
    """Return when the browser has gone, and wake whoever sends."""
    while (await receive())["type"] != "http.disconnect":
        continue
    flag.set()
