"""The server of the demo: the record's doors, and the report of its story's person.

Started by its name, as `asgi` is: garrod demo.
"""

from __future__ import annotations

from collections.abc import Callable

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from garrod.core.errors import AccessDenied
from garrod.entry.asgi import AUDIT, ENVIRONMENT, guard
from garrod.entry.asgi import doors as record
from garrod.entry.demo_pages import STORY_PATH, story_page
from garrod.entry.guard import Guard
from garrod.entry.hardening.mounting import hardened
from garrod.entry.web.pages import HEADERS

OPEN = "/health"  # what the guard lets anybody ask who asks this machine by its own name
REPORT = {  # the report is one file, whose style stands in it
    **HEADERS,
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:",
}
Page = tuple[Callable[[], bytes], dict[str, str]]  # what makes a page, and its headers


class DemoDoors:
    """Answers the report, and sends all else to the record's doors."""

    def __init__(self, record: ASGIApp, guard: Guard, pages: dict[str, Page]) -> None:
        self._record, self._guard, self._pages = record, guard, pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        page = self._pages.get(scope.get("path", "")) if scope["type"] == "http" else None
        if page is None or scope["method"] not in ("GET", "HEAD"):
            await self._record(scope, receive, send)
            return
        answer: Response
        try:
            self._guard.admit(OPEN, Request(scope).headers)
            body = await run_in_threadpool(page[0])
            answer = Response(body, media_type="text/html", headers=page[1])
        except AccessDenied as refused:
            answer = PlainTextResponse(refused.message, status_code=403)
        await answer(scope, receive, send)


_doors = DemoDoors(record, guard, {STORY_PATH: (story_page, REPORT)})
app = hardened(_doors, AUDIT, guard, ENVIRONMENT)
