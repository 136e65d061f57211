"""GET /events: what changes, as it changes, by Server-Sent Events.

/events?patient=ID&topics=medication-list-changed, resumed by Last-Event-ID (header or parameter):
in the order of commits, at least once, each event only to whom it may be told.
Source: WHATWG HTML, "Server-sent events", https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial

from fastapi import Request
from fastapi.responses import Response
from starlette.types import Receive, Scope, Send

from garrod.care.govern.access import Access, Actor, Deed, Deny, demand
from garrod.care.record.ports import Event
from garrod.care.record.subscriptions import Topic, topic_named, topics_of
from garrod.core.errors import GarrodError, InputError, OutsideError
from garrod.entry.api.events_feed import Feed, newest
from garrod.entry.api.faults import answer_of, unforeseen
from garrod.entry.api.rooms import Rooms
from garrod.entry.governing import POLICY, flags
from garrod.entry.guard import Guard

HEARTBEAT = 15.0  # seconds without an event until a sign of life
STALL = 20.0  # seconds that a client may take to read what waits for it
FAREWELL = 10.0  # seconds that it then has to hear that it was cut off
MOST = 2000  # listeners at once
RESUME = "last-event-id"
KNOWN = ("patient", "topics", "Last-Event-ID")
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


async def _everything(_: Actor, __: Event) -> bool:
    return True


Tells = Callable[[Actor, Event], Awaitable[bool]]  # may an actor be told of an event now?


class Stalled(Exception):
    """A client does not read."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What one listener wants to hear, and from where."""

    actor: Actor
    after: int
    patient: str = ""
    topics: frozenset[Topic] = frozenset()

    def has(self, event: Event, access: Access) -> bool:
        """Return whether an event was asked for, and may be told."""
        if self.patient and self.patient not in event.patients:
            return False
        if self.topics and self.topics.isdisjoint(topics_of(event)):
            return False
        verdict = access.decide(self.actor, Deed.LISTEN, event.kind, patients=event.patients)
        return not isinstance(verdict, Deny)


@dataclass(frozen=True, slots=True)
class Pace:
    """How long what may take, in seconds."""

    heartbeat: float = HEARTBEAT
    stall: float = STALL
    farewell: float = FAREWELL


USUAL = Pace()


class EventsDoor:
    """Answers GET /events."""

    def __init__(self, rooms: Callable[[], Rooms], feed: Callable[[], Feed], guard: Guard) -> None:
        self.rooms = rooms
        self.feed = feed
        self.guard = guard

    async def answer(self, request: Request) -> Response:
        """Return the stream, or a fault as an OperationOutcome."""
        try:
            actor = await self.guard.admitted(request.url.path, request.headers)
            rooms, feed = self.rooms(), self.feed()
            if feed.listeners >= MOST:
                raise OutsideError("too many listen already: try again later.", code="API013")
            wanted = await wanted_by(request, actor, rooms, feed)
            flag = partial(flags, rooms.record, actor)
            if request.method == "HEAD":
                head = {**HEADERS, **flag()}
                return Response(headers=head, media_type=EventStream.media_type)
            stream = EventStream(feed, wanted, rooms.record.access, tells=rooms.record.tells)
            stream.holds = partial(self.guard.still_admits, dict(request.headers))
            stream.flag(flag)
            return stream
        except GarrodError as error:
            found = answer_of(error)
        except Exception as error:  # told without its words, like any fault of ours
            found = answer_of(unforeseen(error))
        headers = dict(found.headers)
        return Response(found.body, found.status, headers, media_type="application/fhir+json")


async def wanted_by(request: Request, actor: Actor, rooms: Rooms, feed: Feed) -> Wanted:
    """Return what a request asks to hear.

    Raises: AccessDenied, InputError API004 (parameter), API011 (place), REC001 (no such patient).
    """
    given = request.query_params
    unknown = sorted(name for name in given if name.lower() not in (*KNOWN[:2], RESUME))
    if unknown or len(given.multi_items()) > len(given):
        named = (*unknown, "the same twice")[0]
        raise InputError(
            f"/events knows {', '.join(KNOWN)}, each once: not {named[:40]!r}.", code="API004"
        )
    patient = given.get("patient", "").removeprefix("Patient/")
    who = (patient,) if patient else ()
    demand(rooms.record.access, actor, Deed.LISTEN, "Patient" if patient else "", patients=who)
    seen = rooms.record.seen_by(actor)
    if "patient" in given and await seen.read("Patient", patient) is None:
        raise InputError("there is no such patient here: is the id right?", code="REC001")
    names = [name for name in given.get("topics", "").split(",") if name]
    place = next((v for k, v in given.items() if k.lower() == RESUME), "")
    return Wanted(
        actor,
        await _place(request.headers.get(RESUME, "") or place, feed),
        patient,
        frozenset(topic_named(name) for name in names),
    )


async def _place(text: str, feed: Feed) -> int:
    if not text:
        return feed.position
    if not text.isascii() or not text.isdecimal() or len(text) > 18:
        raise InputError("Last-Event-ID is the number of an event seen before.", code="API011")
    place = int(text)
    if place > feed.position and place > await newest(feed.store):
        raise InputError(
            "Last-Event-ID is a number that this record has not reached: it may have been put back "
            "to an earlier state. Read anew, and listen without it.",
            code="API011",
        )
    return place


async def _always() -> bool:
    return True


Flags = Callable[[], Mapping[str, str]]  # the header of a policy that is stale, while it is


class EventStream(Response):
    """The body that does not end. Each listener goes at its own pace, and keeps nothing waiting."""

    media_type = "text/event-stream"

    def __init__(
        self,
        feed: Feed,
        wanted: Wanted,
        access: Access,
        pace: Pace = USUAL,
        *,
        tells: Tells = _everything,
    ) -> None:
        super().__init__(headers=HEADERS)
        del self.headers["content-length"]
        self.feed = feed
        self.wanted = wanted
        self.access = access
        self.pace = pace
        self.tells = tells
        self.holds: Callable[[], Awaitable[bool]] = _always  # whether its token has not ended
        self.position = wanted.after
        self._flags: Flags = dict
        self._flagged: Mapping[str, str] = {}  # what was told last

    def flag(self, flags: Flags) -> None:
        """Say in the head, and when that changes, whether the last known policy decides."""
        self._flags, self._flagged = flags, flags()
        self.headers.update(self._flagged)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send events until the client goes, is too slow, or the server ends."""
        start = {"type": "http.response.start", "status": 200, "headers": self.raw_headers}
        await send(start)
        with self.feed.listening() as flag:
            gone = asyncio.create_task(_gone(receive, flag))
            try:
                await self._tell(send, flag, gone)
            except Stalled:
                await self._cut_off(send)
            finally:
                gone.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await gone

    async def _tell(self, send: Send, flag: asyncio.Event, gone: asyncio.Task[None]) -> None:
        await self._say(send, b"retry: 2000\nid: %d\n: listening\n\n" % self.position)
        while not gone.done():
            flag.clear()
            try:
                some = await self.feed.after(self.position)
            except GarrodError as error:  # the client asks again, from where it was
                return await self._end(send, error.code)
            if not await self.holds():
                return await self._end(send, "the token has ended: ask again with another")
            await self._tell_of_policy(send)
            if some:
                await self._show(send, [s.frame for s in some if await self._is_wanted(s.event)])
                self.position = some[-1].event.sequence
            elif self.feed.is_ending:
                return await self._end(send, "the server ends")
            else:
                await self._wait(send, flag)
        return None

    async def _tell_of_policy(self, send: Send) -> None:
        """Say that the policy has become stale, or is so no longer. The event has no number."""
        now = self._flags()
        if now != self._flagged:
            self._flagged = now
            word = now.get(POLICY, "current").encode()
            await self._say(send, b'event: policy\ndata: {"policy":"%s"}\n\n' % word)

    async def _is_wanted(self, event: Event) -> bool:
        """Return whether an event was asked for, and may be told now: not when one began."""
        if not self.wanted.has(event, self.access):
            return False
        return await self.tells(self.wanted.actor, event)

    async def _show(self, send: Send, frames: list[bytes]) -> None:
        if frames:
            await self._say(send, b"".join(frames))

    async def _wait(self, send: Send, flag: asyncio.Event) -> None:
        try:
            async with asyncio.timeout(self.pace.heartbeat):
                await flag.wait()
        except TimeoutError:
            await self._say(send, b"id: %d\n: heartbeat\n\n" % self.position)

    async def _say(self, send: Send, chunk: bytes) -> None:
        """Send a chunk.  Raises: Stalled where what was sent before is not read."""
        try:
            async with asyncio.timeout(self.pace.stall):
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
        except TimeoutError:
            raise Stalled from None

    async def _end(self, send: Send, why: str) -> None:
        last = b'event: ending\ndata: {"reason":"%s"}\n\n' % why.encode()
        await send({"type": "http.response.body", "body": last, "more_body": False})

    async def _cut_off(self, send: Send) -> None:
        """Say that the client was too slow, if it will still hear it; it may resume."""
        last = b'event: cut-off\ndata: {"reason":"too slow: resume by Last-Event-ID"}\n\n'
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self.pace.farewell):
                await send({"type": "http.response.body", "body": last, "more_body": False})


async def _gone(receive: Receive, flag: asyncio.Event) -> None:
    """Return when the client has gone, and wake whoever sends."""
    while (await receive())["type"] != "http.disconnect":
        continue
    flag.set()
