"""The web door: who is signed in, which page is asked for, and what went wrong in plain words.

request -> guard (host, origin) -> session -> page; a form needs its session's token
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import structlog
from starlette.requests import Request
from starlette.responses import Response

from garrod.care.govern.access import LOCAL
from garrod.care.govern.audit import current
from garrod.care.govern.stepping import SignInAgain
from garrod.core.errors import AccessDenied, GarrodError, InputError, OutsideError
from garrod.entry.bodies import body_of
from garrod.entry.consult import Consult
from garrod.entry.governing import flags
from garrod.entry.guard import Guard
from garrod.entry.web.aside import FIELD, put_aside, taken
from garrod.entry.web.asked import Sent, Visit, fields_of
from garrod.entry.web.atlas import place_of, ways, ways_about
from garrod.entry.web.emergency.around import EMERGENCY, frame_of
from garrod.entry.web.files import static
from garrod.entry.web.framing import EMPTY, SENT, frame, framed
from garrod.entry.web.news import news_of
from garrod.entry.web.packing import packed
from garrod.entry.web.pages import page
from garrod.entry.web.places import Place, PlaceAbout
from garrod.entry.web.sessions import Present
from garrod.entry.web.signin.page import SignIn
from garrod.entry.web.uploads import drained, form_sent, is_multipart

LOG = structlog.get_logger()
Scope = MutableMapping[str, Any]
App = Callable[[Scope, Any, Any], Awaitable[None]]
OPEN = "/health"  # what the guard lets anybody ask who asks this machine by its own name
STATUS = {
    "REC001": 404, "REC002": 410, "ACC003": 403, "API007": 413, "API010": 503, "IDP001": 503,
    "SNP002": 409,
}  # fmt: skip
FORM = "application/x-www-form-urlencoded"
OWN = frozenset(("patient", "proxy"))
Home = Callable[[Visit | None], Awaitable[Response]]  # None: nobody is signed in


class WebDoor:
    """Answers a browser."""

    def __init__(
        self,
        consult: Callable[[], Consult],
        guard: Guard,
        sign_in: SignIn,
        log: Callable[[], Any] = lambda: None,
        home: Home | None = None,
        *,
        data: Path | None = None,
    ) -> None:
        """`log` gives the audit log while it is open; `home`: a first page for anybody (a demo).

        `data` is the folder in which this server keeps its data.
        """
        self.consult, self.guard, self.sign_in, self.log = consult, guard, sign_in, log
        self.home, self.data = home, data
        self.sessions = sign_in.sessions

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        """Answer one request."""
        request = Request(scope, receive)
        frame(SENT if request.method == "POST" else EMPTY)
        try:
            answer = await self._answer(request, receive)
        except GarrodError as error:
            answer = fault(error)
        except Exception as error:
            LOG.error("WEB100 unforeseen fault", kind=type(error).__name__)
            answer = fault(OutsideError("something went wrong here; nothing was signed."), 500)
        await packed(answer, request.headers)(scope, receive, send)

    async def _answer(self, request: Request, receive: Any) -> Response:
        self.guard.admit(OPEN, request.headers)
        steps = tuple(unquote(s) for s in request.url.path.strip("/").split("/"))
        if steps[0] == "static":
            return _file(request, steps[-1])
        if is_multipart(request.method, request.headers):
            return await self._with_file(request, receive, steps)
        fields = await _fields(request, receive)
        try:
            if steps[0] == "sign-in":
                return await self.sign_in.answer(request, steps[1:], fields)
            return await self._signed_in(request, steps, fields)
        finally:
            if request.method == "POST" and steps[0] in ("sign-in", "sign-out"):
                self._wake()

    async def _with_file(self, request: Request, receive: Any, steps: tuple[str, ...]) -> Response:
        """Answer a form with a file: who sends it is known, and may, before any of it is kept."""
        place, present = place_of(steps), self._present(request)
        takes = place.takes if isinstance(place, Place) else None
        if takes is None:
            raise InputError("a form is sent as a browser sends it.")
        if present is None:
            await drained(receive)
            return self.sign_in.asked(request.url.path, request.method, {}, is_lost=True)
        current().acted(present.who.actor)

        async def admit(fields: dict[str, str]) -> Path:
            self._demand_own(fields, present)
            return await takes(self._visit(request, steps, fields, present))

        fields, file = await form_sent(receive, request.headers, admit)
        try:
            return await self._signed_in(request, steps, fields, file)
        finally:
            if file is not None:
                file.path.unlink(missing_ok=True)

    def _wake(self) -> None:
        """Let open streams look at once whether their session holds."""
        with suppress(GarrodError):  # there are none before the server has begun
            news_of(self.consult().record).wake()

    def _present(self, request: Request) -> Present | None:
        return self.sessions.present(request.cookies.get(self.sessions.cookie, ""))

    def _demand_own(self, fields: dict[str, str], present: Present) -> None:
        csrf = fields.get("csrf", "")
        if not self.sessions.seals.is_own(present.session, csrf):
            raise AccessDenied("this form is not one of your session: open the page again.")

    async def _signed_in(
        self,
        request: Request,
        steps: tuple[str, ...],
        fields: dict[str, str],
        file: Sent | None = None,
    ) -> Response:
        present = self._present(request)
        is_first = steps == ("",) and request.method != "POST"
        if present is None and self.home is not None and is_first:
            return await self.home(None)
        if present is None:
            kept, is_lost = _carried(steps, fields), request.method == "POST" and _loses(steps)
            return self.sign_in.asked(request.url.path, request.method, kept, is_lost=is_lost)
        current().acted(present.who.actor)
        if request.method == "POST":
            self._demand_own(fields, present)
        if steps == ("sign-out",) and request.method == "POST":
            return await self.sign_in.out(present)
        if request.method == "GET" and fields.get(FIELD):
            aside = taken(self.sessions, present.session, fields[FIELD], request.url.path)
            if aside.page:
                return self._renewed(aside.answer(), present)
            fields = aside.fields
        answer = await self._of_session(request, steps, fields, present, file)
        if request.method == "POST":
            answer = put_aside(self.sessions, present.session, request, fields, answer)
        return self._renewed(answer, present)

    def _renewed(self, answer: Response, present: Present) -> Response:
        """Return an answer that says that the session was used just now."""
        self.sign_in.carry(answer, self.sessions.seals.renewed(present.session))
        return answer

    async def _of_session(
        self,
        request: Request,
        steps: tuple[str, ...],
        fields: dict[str, str],
        present: Present,
        file: Sent | None,
    ) -> Response:
        try:
            visit = self._visit(request, steps, fields, present)
            return await self._page(replace(visit, file=file), present)
        except SignInAgain as error:
            return self.sign_in.again(request.url.path, _carried(steps, fields), error)

    def _visit(
        self, request: Request, steps: tuple[str, ...], fields: dict[str, str], present: Present
    ) -> Visit:
        return Visit(
            request.method,
            steps,
            fields,
            present.session,
            self.sessions.seals,
            self.consult(),
            f"{request.url.scheme}://{request.headers.get('host', '')}",
            present.who.actor,
            lambda act: self.consult().record.demand_fresh(present.who.actor, act),
            self.log,
            data=self.data,
        )

    async def _page(self, visit: Visit, present: Present) -> Response:
        flagged = partial(flags, visit.consult.record, visit.actor)
        around = await frame_of(visit)
        links = (*ways(visit.actor, visit.path), *around.links)
        about = ways_about(visit.actor, visit.path)
        has_tour = self.home is not None
        around = replace(around, links=links, about=about, has_tour=has_tour)
        around = replace(around, is_sent=visit.method == "POST")
        around = replace(around, who=_named(present), flags=flagged)
        around = replace(around, is_own=visit.actor.role in OWN)
        frame(around)
        try:
            answer = await self._routed(visit)
        except SignInAgain:
            raise
        except GarrodError as error:
            if error.code == "REC001":  # what stood in the address may be a name: no way repeats it
                frame(replace(around, about=()))
            answer = fault(error, emergency=_sought(visit, error))
        answer.headers.update(flagged())
        return answer

    async def _routed(self, visit: Visit) -> Response:
        """Return the page that is asked for.  Raises: GarrodError."""
        if visit.path == ("",) and self.home is not None:
            return await self.home(visit)
        place = place_of(visit.path)
        if isinstance(place, PlaceAbout):
            return await place.answer(visit, visit.path[1])
        if place is not None:
            return await place.answer(visit)
        return fault(InputError("there is no such page."), 404)


def _file(request: Request, name: str) -> Response:
    """Return a file that pages are laid out with, or a page that says that there is none."""
    version, head = request.query_params.get("v", ""), request.headers
    accepts, known = head.get("accept-encoding", ""), head.get("if-none-match", "")
    found = static(name, version, accepts=accepts, known=known)
    return found or fault(InputError("there is no such file."), 404)


def _named(present: Present) -> str:
    """Return in words who is signed in."""
    actor = present.who.actor
    if actor == LOCAL:
        return "this machine’s own user"
    role = actor.role.replace("-", " ") or "no role that is known here"
    return f"{present.who.name or actor.id}, {role}"


def _sought(visit: Visit, error: GarrodError) -> str:
    """Return the person whose record could be opened in an emergency where it was refused, or "".

    It is the same for a person who is not here: nobody learns from it who is.
    """
    is_persons = visit.path[0] == "patients" and len(visit.path) > 2
    may = any(link.to.startswith(EMERGENCY) for link in framed().links)
    return visit.path[1] if may and is_persons and error.code in ("REC001", "ACC001") else ""


def _carried(steps: tuple[str, ...], fields: dict[str, str]) -> dict[str, str]:
    """Return what of a form stands there again after a sign-in, by way of an address.

    A number or a reason that somebody typed does not: only the record id that they came with.
    """
    if not _loses(steps):
        return fields
    return {name: value for name, value in fields.items() if name == "patient"}


def _loses(steps: tuple[str, ...]) -> bool:
    """Return whether what is typed at a place may name somebody, so that no address carries it."""
    is_search = steps in (("patients",), ("",))
    return is_search or steps[0] in ("emergency", "access", "laboratory", "connect")


def fault(error: GarrodError, status: int = 0, *, emergency: str = "") -> Response:
    """Return a page that says what went wrong and what to do.

    `emergency`: whose record may be opened in an emergency instead; no address says it.
    """
    code = status or STATUS.get(error.code, 403 if isinstance(error, AccessDenied) else 400)
    told = {
        "words": error.message[:1].upper() + error.message[1:],
        "code": error.code,
        "emergency": emergency,
    }
    return page("fault.jinja", status=code, csrf=framed().csrf, **told)


async def _fields(request: Request, receive: Any) -> dict[str, str]:
    if request.method in ("GET", "HEAD"):
        return fields_of(request.url.query)
    if request.method != "POST":
        raise InputError("a page is asked for (GET), or a form is sent (POST).")
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
        raise InputError("a form is sent as a browser sends it.")
    body = await body_of(receive, request.headers)
    return fields_of(body.decode("utf-8", "replace"))
