"""The web door: who is signed in, which page is asked for, and what went wrong in plain words.

request -> guard (host, origin) -> session -> page; a form needs its session's token
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import unquote

import structlog
from starlette.requests import Request
from starlette.responses import Response

from garrod.care.govern.audit import current
from garrod.care.govern.stepping import SignInAgain
from garrod.core.errors import AccessDenied, GarrodError, InputError, OutsideError
from garrod.entry.bodies import body_of
from garrod.entry.consult import Consult
from garrod.entry.guard import Guard
from garrod.entry.web.asked import Visit, fields_of
from garrod.entry.web.pages import page, static
from garrod.entry.web.people.page import people_page
from garrod.entry.web.prescribe.page import prescribe_page
from garrod.entry.web.sessions import Present
from garrod.entry.web.signin.page import SignIn

LOG = structlog.get_logger()
Scope = MutableMapping[str, Any]
App = Callable[[Scope, Any, Any], Awaitable[None]]
OPEN = "/health"  # what the guard lets anybody ask who asks this machine by its own name
FIRST = frozenset(("", "patients", "sign-in", "sign-out", "static"))
STATUS = {"REC001": 404, "REC002": 410, "ACC003": 403, "API007": 413, "API010": 503, "IDP001": 503}
FORM = "application/x-www-form-urlencoded"


class WebDoor:
    """Answers a browser."""

    def __init__(self, consult: Callable[[], Consult], guard: Guard, sign_in: SignIn) -> None:
        self.consult, self.guard, self.sign_in = consult, guard, sign_in
        self.sessions = sign_in.sessions

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        """Answer one request."""
        request = Request(scope, receive)
        try:
            answer = await self._answer(request, receive)
        except GarrodError as error:
            answer = fault(error)
        except Exception as error:
            LOG.error("WEB100 unforeseen fault", kind=type(error).__name__)
            answer = fault(OutsideError("something went wrong here; nothing was signed."), 500)
        await answer(scope, receive, send)

    async def _answer(self, request: Request, receive: Any) -> Response:
        self.guard.admit(OPEN, request.headers)
        steps = tuple(unquote(s) for s in request.url.path.strip("/").split("/"))
        if steps[0] == "static":
            return static(steps[-1]) or fault(InputError("there is no such file."), 404)
        fields = await _fields(request, receive)
        if steps[0] == "sign-in":
            return await self.sign_in.answer(request, steps[1:], fields)
        present = self.sessions.present(request.cookies.get(self.sessions.cookie, ""))
        if present is None:
            return self.sign_in.asked(request.url.path, request.method, fields)
        current().acted(present.who.actor)
        csrf = fields.get("csrf", "")
        if request.method == "POST" and not self.sessions.seals.is_own(present.session, csrf):
            raise AccessDenied("this form is not one of your session: open the page again.")
        if steps == ("sign-out",) and request.method == "POST":
            return await self.sign_in.out(present)
        try:
            return await self._page(request, steps, fields, present)
        except SignInAgain as error:
            return self.sign_in.again(request.url.path, fields, error)

    async def _page(
        self, request: Request, steps: tuple[str, ...], fields: dict[str, str], present: Present
    ) -> Response:
        visit = Visit(
            request.method,
            steps,
            fields,
            present.session,
            self.sessions.seals,
            self.consult(),
            f"{request.url.scheme}://{request.headers.get('host', '')}",
            present.who.actor,
            lambda act: self.consult().record.demand_fresh(present.who.actor, act),
        )
        if steps == ("",) or steps == ("patients",):
            answer = await people_page(visit)
        elif steps[0] == "patients" and len(steps) >= 3 and steps[2] == "prescribe":
            answer = await prescribe_page(visit, steps[1])
        else:
            answer = fault(InputError("there is no such page."), 404)
        self.sign_in.carry(answer, self.sessions.seals.renewed(present.session))
        return answer


class Clinic:
    """Sends what is for a browser to the web door, and all else, the lifespan too, to the rest."""

    def __init__(self, rest: App, web: WebDoor) -> None:
        self.rest, self.web = rest, web

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        """Answer one request."""
        first = scope.get("path", "").strip("/").partition("/")[0]
        is_ours = scope["type"] == "http" and first in FIRST
        await (self.web if is_ours else self.rest)(scope, receive, send)


def fault(error: GarrodError, status: int = 0) -> Response:
    """Return a page that says what went wrong and what to do."""
    code = status or STATUS.get(error.code, 403 if isinstance(error, AccessDenied) else 400)
    return page("fault.jinja", status=code, words=error.message, code=error.code, csrf="")


async def _fields(request: Request, receive: Any) -> dict[str, str]:
    if request.method in ("GET", "HEAD"):
        return fields_of(request.url.query)
    if request.method != "POST":
        raise InputError("a page is asked for (GET), or a form is sent (POST).")
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
        raise InputError("a form is sent as a browser sends it.")
    body = await body_of(receive, request.headers)
    return fields_of(body.decode("utf-8", "replace"))
