"""The application: FHIR at /fhir, events, health, counts, and a page that describes it all."""

from __future__ import annotations

import gc
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import (
    AbstractAsyncContextManager,
    AsyncExitStack,
    asynccontextmanager,
    contextmanager,
)
from dataclasses import replace
from typing import Any

import orjson
from fastapi import FastAPI, Request
from fastapi.responses import Response
from starlette.datastructures import Headers
from starlette.routing import WebSocketRoute
from starlette.types import ASGIApp

from garrod import __version__
from garrod.core.errors import AccessDenied, OutsideError
from garrod.entry.api.advice import PATH, AdviceDoor
from garrod.entry.api.auditing import AuditDoor
from garrod.entry.api.door import PREFIX, FhirDoor, Receive, Scope, Send
from garrod.entry.api.events import EventsDoor
from garrod.entry.api.events_feed import Feed, counted
from garrod.entry.api.faults import answer_of
from garrod.entry.api.openapi import described
from garrod.entry.api.rooms import Rooms
from garrod.entry.api.watch import Watch
from garrod.entry.api.websocket import SocketDoor
from garrod.entry.ending import ended_at_signal
from garrod.entry.guard import OPEN, Guard

Opened = Callable[[], AbstractAsyncContextManager[Rooms]]
Keeping = Callable[[Rooms, Feed], AbstractAsyncContextManager[Any]]
YOUNG = 10_000  # Not clinical: new objects after which the youngest are gone through


class House:
    """The rooms while the server runs."""

    def __init__(self) -> None:
        self.rooms: Rooms | None = None
        self.news: Feed | None = None

    def ask(self) -> Rooms:
        """Return the rooms.  Raises: OutsideError API010 while the server starts or ends."""
        if self.rooms is None:
            raise _not_open()
        return self.rooms

    def feed(self) -> Feed:
        """Return the feed of events.  Raises: OutsideError API010, as `ask`."""
        if self.news is None:
            raise _not_open()
        return self.news


def _not_open() -> OutsideError:
    return OutsideError("the server is starting or ending: ask again in a moment.", code="API010")


class Doors:
    """Sends what is for /fhir straight to its door, and all else to the pages around it."""

    def __init__(self, fhir: FhirDoor, pages: FastAPI, guard: Guard) -> None:
        self.fhir = fhir
        self.pages = pages
        self.guard = guard

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        path = scope.get("path", "")
        if scope["type"] == "http" and (path == PREFIX or path.startswith(f"{PREFIX}/")):
            await self.fhir(scope, receive, send)
            return
        answer: ASGIApp = self.pages
        if scope["type"] == "http" and path in OPEN:
            try:
                self.guard.addressed(Headers(scope=scope))
            except AccessDenied as error:
                told = answer_of(error)
                answer = Response(told.body, told.status, media_type="application/fhir+json")
        await answer(scope, receive, send)


def make_app(opened: Opened, guard: Guard, keeping: Keeping | None = None) -> Doors:
    """Return the application; the rooms are opened when it starts, and closed when it ends.

    `keeping` keeps the subscriptions meanwhile.
    """
    house, watch = House(), Watch()

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            rooms = await stack.enter_async_context(opened())
            feed = await stack.enter_async_context(Feed(rooms.record.store).running())
            if keeping is not None:
                kept = await stack.enter_async_context(keeping(rooms, feed))
                rooms = replace(rooms, subscribers=kept)
            house.rooms, house.news = rooms, feed
            try:
                with ended_at_signal(feed.end), _spared():
                    yield
            finally:
                house.rooms = house.news = None

    app = FastAPI(
        title="Garrod", version=__version__, lifespan=lifespan, docs_url=None, redoc_url=None
    )
    _add_pages(app, house, watch)
    events = EventsDoor(house.ask, house.feed, guard)
    counted(watch.registry, lambda: house.news)
    advice = AdviceDoor(house.ask, guard, watch)
    for path, told in AuditDoor(house.ask, guard).routes().items():
        app.add_route(path, told, methods=["GET"], include_in_schema=False)
    app.add_route(PATH, advice.answer, methods=["POST"], include_in_schema=False)
    app.add_route("/events", events.answer, methods=["GET"], include_in_schema=False)
    app.router.routes.append(WebSocketRoute(f"{PREFIX}/ws", SocketDoor(house.ask, guard).serve))
    app.openapi = lambda: _described(app.version, house.rooms)  # type: ignore[method-assign]
    return Doors(FhirDoor(house.ask, guard, watch), app, guard)


@contextmanager
def _spared() -> Iterator[None]:
    """Spare the collector what stays: it went through all knowledge again and again, and paused."""
    before = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, *before[1:])
    gc.enable()  # whoever started the server may have put it off until now
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


def _described(version: str, rooms: Rooms | None) -> dict[str, Any]:
    if rooms is None:
        return described(version)
    return described(version, rooms.codec.kinds, rooms.operations.values())


def _add_pages(app: FastAPI, house: House, watch: Watch) -> None:
    async def health(_: Request) -> Response:
        rooms = house.ask()
        await rooms.record.store.events(0, 1)
        told = {"status": "ok"} | ({"review": rooms.reviews.told()} if rooms.reviews else {})
        return Response(orjson.dumps(told), media_type="application/json")

    async def metrics(_: Request) -> Response:
        return Response(watch.page(), media_type="text/plain; version=0.0.4")

    pages: dict[str, Callable[[Request], Awaitable[Response]]] = {
        "/health": health,
        "/metrics": metrics,
    }
    for path, page in pages.items():
        app.add_route(path, page, methods=["GET"], include_in_schema=False)
