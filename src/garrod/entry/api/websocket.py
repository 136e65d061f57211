"""/fhir/ws: notifications of subscriptions by websocket.

Connected -> "bind-with-token TOKEN" -> a handshake for each subscription -> its notifications
Source: HL7 Subscriptions R5 Backport IG 1.1.0, channels, restated;
https://hl7.org/fhir/uv/subscriptions-backport/STU1.1/channels.html
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

import structlog
from starlette.websockets import WebSocket, WebSocketDisconnect

from garrod.adapters.fhir.record.parse import parse
from garrod.adapters.subscriptions.hook import Undelivered
from garrod.care.govern.access import Actor
from garrod.care.govern.audit import current
from garrod.care.record.subscriptions import Channel, Status, Subscription
from garrod.core.errors import GarrodError
from garrod.entry.api.rooms import Rooms
from garrod.entry.api.subscribing import KIND, Subscribers
from garrod.entry.api.subscribing_telling import Teller
from garrod.entry.api.subscribing_writing import subscribers_of
from garrod.entry.guard import Guard

LOG = structlog.get_logger()
BIND = "bind-with-token"
OPEN_PATH = "/fhir/metadata"  # asked without a token: here the message that follows carries one
MOST = 100  # Not clinical: subscriptions of one connection
REFUSED, BAD, FAULT = 1008, 1007, 1011  # RFC 6455, section 7.4.1
BIND_WITHIN, SEND_WITHIN = 30.0, 20.0  # seconds


class SocketDoor:
    """Serves websockets."""

    def __init__(self, rooms: Callable[[], Rooms], guard: Guard) -> None:
        self.rooms = rooms
        self.guard = guard

    async def serve(self, socket: WebSocket) -> None:
        """Serve one connection until it ends."""
        try:
            self.guard.admit(OPEN_PATH, socket.headers)  # host and origin
            subscribers = subscribers_of(self.rooms())
        except GarrodError:
            await socket.close(REFUSED)
            return
        await socket.accept()
        connection = Connection(socket, subscribers)
        try:
            await connection.serve()
        except WebSocketDisconnect:
            pass
        except Exception as error:  # told by its kind alone, like any fault of ours
            LOG.error("SUB101 a websocket failed", kind=type(error).__name__)
            await connection.close(FAULT, "a fault on this side")
        finally:
            await connection.end()


class Connection:
    """One connection and the subscriptions bound to it."""

    def __init__(self, socket: WebSocket, subscribers: Subscribers) -> None:
        self.socket = socket
        self.subscribers = subscribers
        self._tasks: dict[str, asyncio.Task[None]] = {}

    async def serve(self) -> None:
        """Take messages until the other side goes."""
        while True:
            first = not self._tasks
            try:
                async with asyncio.timeout(BIND_WITHIN if first else None):
                    message = await self.socket.receive_text()
            except (TimeoutError, KeyError):  # nothing bound, or bytes
                return await self.close(BAD, f"expected '{BIND} TOKEN'")
            word, _, token = message.partition(" ")
            clock = self.subscribers.telling.clock
            bound = self.subscribers.tokens.known(token.strip(), clock())
            if word != BIND:
                return await self.close(BAD, f"expected '{BIND} TOKEN'")
            if bound is None or len(self._tasks) + len(bound.ids) > MOST:
                return await self.close(REFUSED, "that token is unknown or over: ask for another")
            current().acted(bound.actor)
            for id in bound.ids:
                self._bind(id, bound.actor)

    def _bind(self, id: str, actor: Actor) -> None:
        task = self._tasks.get(id)
        if task is None or task.done():
            self._tasks[id] = asyncio.create_task(self._tell(id, actor), name=f"garrod-ws-{id}")

    async def _tell(self, id: str, actor: Actor) -> None:
        """Tell of one subscription; what is not sent is told at the next connection."""
        try:
            while (teller := await self._teller(id, actor)) is not None:
                await teller.shake()
                telling = asyncio.create_task(teller.run())
                if not await self._changed(teller.subscription, telling):
                    return
        except GarrodError as error:
            await self.close(REFUSED, error.code)

    async def _teller(self, id: str, actor: Actor) -> Teller | None:
        """Return who tells, while the subscription stands and is the actor's."""
        telling = self.subscribers.telling
        version = await telling.record.store.read(KIND, id)
        place = await telling.ledger.place(id)
        if version is None or version.is_deleted or place is None or not place.owner.is_as(actor):
            return None
        subscription = self.subscribers.read(version)
        if subscription.channel is not Channel.SOCKET or _is_over(version.body):
            return None
        return Teller(telling, subscription, place, self._send)

    async def _changed(self, now: Subscription, telling: asyncio.Task[None]) -> bool:
        """Return True once somebody changed the subscription, False once telling has ended."""
        feed = self.subscribers.telling.feed
        place = feed.position
        try:
            with feed.listening() as flag:
                while not telling.done():
                    flag.clear()
                    for one in await feed.after(place):
                        place = one.event.sequence
                        if one.event.kind == KIND and await self._is_other(now, one.event.id):
                            return True
                    waiting = asyncio.create_task(flag.wait())
                    await asyncio.wait({waiting, telling}, return_when=asyncio.FIRST_COMPLETED)
                    waiting.cancel()
            await telling
            return False
        finally:
            telling.cancel()
            with contextlib.suppress(asyncio.CancelledError, GarrodError):
                await telling

    async def _is_other(self, now: Subscription, id: str) -> bool:
        """Return whether a subscription of an id is this one and asks for something else now."""
        if id != now.id:
            return False
        version = await self.subscribers.telling.record.store.read(KIND, id)
        if version is None or version.is_deleted or _is_over(version.body):
            return True
        return self.subscribers.read(version) != now

    async def _send(self, body: bytes) -> None:
        try:
            async with asyncio.timeout(SEND_WITHIN):
                await self.socket.send_text(body.decode())
        except (TimeoutError, RuntimeError, WebSocketDisconnect, OSError):
            raise Undelivered("the websocket has gone or is not read.") from None

    async def close(self, code: int, why: str) -> None:
        """Close from this side."""
        with contextlib.suppress(RuntimeError, WebSocketDisconnect, OSError):
            await self.socket.close(code, why)

    async def end(self) -> None:
        """Let go of what was bound."""
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)


def _is_over(body: bytes) -> bool:
    return parse(body).get("status") in (Status.OFF, Status.ERROR)
