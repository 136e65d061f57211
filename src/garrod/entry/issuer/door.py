"""/issuer: the development issuer over HTTP, for this machine alone.

/.well-known/openid-configuration, /keys, /authorize -> choice of a persona -> /choose -> code;
/token -> tokens; /end
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from functools import cache
from ipaddress import ip_address
from typing import Any
from urllib.parse import parse_qsl

import orjson
import structlog
from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from garrod.adapters.identity.development import AskRefused, Development, Fault, personas
from garrod.core.errors import AccessDenied, GarrodError, InputError, InternalFault
from garrod.entry.bodies import body_of
from garrod.entry.guard import Guard

LOG = structlog.get_logger()
PREFIX = "/issuer"
HEALTH = "/health"  # what the guard lets anybody ask who asks this machine by its own name
FORM = "application/x-www-form-urlencoded"
MOST = 50  # Not clinical: fields of a question
NEAR = "http://127.0.0.1:* http://localhost:*"
PAGE = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        f"default-src 'self'; base-uri 'none'; form-action 'self' {NEAR}; frame-ancestors 'none'; "
        "object-src 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
}
PLAIN = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
Scope = MutableMapping[str, Any]
App = Callable[[Scope, Any, Any], Awaitable[None]]


class IssuerDoor:
    """Answers for /issuer."""

    def __init__(self, issuer: Development, guard: Guard) -> None:
        self.issuer, self.guard = issuer, guard

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        """Answer one request."""
        request = Request(scope, receive)
        try:
            answer = await self._answer(request, receive)
        except GarrodError as error:
            answer = _page("This cannot be done", error.message, status=_status_of(error))
        except Exception as error:
            LOG.error("IDP100 unforeseen fault", kind=type(error).__name__)
            told = InternalFault("something went wrong here.")
            answer = _page("This cannot be done", told.message, status=500)
        await answer(scope, receive, send)

    async def _answer(self, request: Request, receive: Any) -> Response:
        self._check_near(request)
        step = request.url.path.removeprefix(PREFIX)
        if request.method in ("GET", "HEAD"):
            return self._got(step, _fields(request.url.query))
        if request.method != "POST" or step not in ("/choose", "/token"):
            raise InputError("there is no such page.", code="REC001")
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
            raise InputError("a form is sent as a browser sends it.")
        body = await body_of(receive, request.headers)
        fields = _fields(body.decode("utf-8", "replace"))
        if step == "/choose":
            address = self.issuer.chosen(fields.get("ask", ""), fields.get("persona", ""))
            return RedirectResponse(address, status_code=303, headers=PAGE)
        try:
            return _json(self.issuer.token(fields))
        except Fault as fault:
            return _json({"error": fault.error, "environment": "DEVELOPMENT"}, status=400)

    def _got(self, step: str, fields: Mapping[str, str]) -> Response:
        if step == "/.well-known/openid-configuration":
            return _json(self.issuer.metadata())
        if step == "/keys":
            return _json(self.issuer.keys())
        if step == "/end":
            return _page("You are signed out", "The development issuer remembers nobody anyway.")
        if step != "/authorize":
            raise InputError("there is no such page.", code="REC001")
        try:
            ask = self.issuer.asked(fields)
        except AskRefused as refused:
            return RedirectResponse(refused.address, status_code=303, headers=PAGE)
        if persona := self.issuer.welcomed(fields.get("ticket", "")):
            address = self.issuer.chosen(ask, persona)
            return RedirectResponse(address, status_code=303, headers=PAGE)
        return _page("Who are you?", ask=ask, client=fields.get("client_id", ""))

    def _check_near(self, request: Request) -> None:
        """Raise AccessDenied ACC003 for whoever is not on this machine."""
        self.guard.admit(HEALTH, request.headers)
        where = request.client.host if request.client else ""
        try:
            is_near = ip_address(where).is_loopback
        except ValueError:
            is_near = False
        if not is_near or self.guard.is_public:
            raise AccessDenied("the development issuer is for this machine alone.", code="ACC003")


class Issuing:
    """Sends what is for /issuer to its door, and all else, the lifespan too, to the rest."""

    def __init__(self, rest: App, door: IssuerDoor) -> None:
        self.rest, self.door = rest, door

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        """Answer one request."""
        is_ours = scope["type"] == "http" and scope.get("path", "").startswith(f"{PREFIX}/")
        await (self.door if is_ours else self.rest)(scope, receive, send)


def _fields(text: str) -> dict[str, str]:
    """Return fields, the first of each name.  Raises: InputError API004 where they are too many."""
    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=MOST)
    except ValueError as error:
        raise InputError("the question has too many fields.", code="API004") from error
    found: dict[str, str] = {}
    for name, value in pairs:
        found.setdefault(name, value)
    return found


def _json(told: Mapping[str, Any], *, status: int = 200) -> Response:
    return Response(orjson.dumps(told), status, PLAIN, media_type="application/json")


def _page(
    heading: str, words: str = "", *, ask: str = "", client: str = "", status: int = 200
) -> Response:
    people = list(personas().values()) if ask else []
    text = (
        _environment()
        .get_template("choose.jinja")
        .render(heading=heading, words=words, people=people, ask=ask, client=client)
    )
    return HTMLResponse(text, status_code=status, headers=PAGE)


def _status_of(error: GarrodError) -> int:
    if error.code == "REC001":
        return 404
    return 403 if isinstance(error, AccessDenied) else 400


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("garrod.entry.issuer", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
