"""Signing in: at the site's own service, with this server's token, or by the link printed once.

GET  /sign-in          the choice; ?once= opens a session by the printed link
POST /sign-in          the server's token; /sign-in/everywhere ends one's other sessions
POST /sign-in/back-channel  that service says that somebody has signed out there (`ended`)
GET  /sign-in/start    to the site's sign-in service; /sign-in/back from there
What was typed before a session ended is kept in the form, and stands there again afterwards.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Literal
from urllib.parse import urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from garrod.adapters.identity.logging_out import LoggingOut
from garrod.adapters.identity.model import TokenRefused
from garrod.adapters.identity.outside import Unreached
from garrod.adapters.identity.signing_in import KEPT, Ask, SigningIn
from garrod.care.govern.access import LOCAL
from garrod.care.govern.audit import current
from garrod.care.govern.stepping import FRESH, SignInAgain
from garrod.core.errors import AccessDenied, GarrodError, InputError
from garrod.entry.guard import LOOPBACK
from garrod.entry.web.pages import HEADERS, page, see
from garrod.entry.web.sessions import Present, Sessions, SignedIn
from garrod.entry.web.signin.ended import BACK_CHANNEL, TOKEN, ended

OWN = frozenset(
    ("csrf", "token", "user", "list", "once", "next", "key", "checked", "do", "card", "as", "typed")
)
FIRST = "prescriber"  # who opens the printed link of a demo
WRONG = "That is not this server's token"
USED = "That link has been used or is too old: sign in with the token"
CARRIED = "garrod_signing"  # the cookie of somebody who is signing in elsewhere
BACK = "/sign-in/back"
EVERYWHERE = "everywhere"  # the page that ends all sessions of somebody
LIFE = timedelta(seconds=KEPT)


@dataclass(frozen=True, slots=True)
class SignIn:
    """Lets people in. `service` None: nobody but this machine's own user signs in.

    `base` is this server's address as others know it; `has_token`: its own token lets in, too.
    `ticket`: the printed link signs in as somebody of the demo, at its development issuer, and so
    does /sign-in/start?as=… of a page of ours. `logging_out`: reads what the service says of who
    signed out there.
    """

    sessions: Sessions
    service: SigningIn | None = None
    base: str = ""
    has_token: bool = True
    ticket: Callable[[str], str] | None = None
    logging_out: LoggingOut | None = None

    async def answer(
        self, request: Request, steps: tuple[str, ...], fields: Mapping[str, str]
    ) -> Response:
        """Answer a page of signing in.  Raises: Unreached IDP001, InputError REC001."""
        if steps == ():
            return await self._own(request, fields)
        if steps == (EVERYWHERE,) and request.method == "POST":
            return self._everywhere(fields)
        if steps == (BACK_CHANNEL,) and request.method == "POST" and self.logging_out is not None:
            return await ended(self.logging_out, self.sessions, fields.get(TOKEN, ""))
        if self.service is None or request.method != "GET" or steps not in (("start",), ("back",)):
            raise InputError("there is no such page.", code="REC001")
        if steps == ("start",):
            ticket = self._chosen(request, fields.get("as", ""))
            return await self._start(self.service, request, fields, ticket=ticket)
        return await self._back(self.service, request, fields)

    def asked(
        self, path: str, method: str, fields: Mapping[str, str], *, is_lost: bool = False
    ) -> Response:
        """Return the form, with what was typed where a form met a session that is over.

        `is_lost`: what was typed is not in it, and the form says so.
        """
        return self._form(fields, path, is_over=method == "POST", is_lost=is_lost, status=403)

    def again(self, path: str, fields: Mapping[str, str], why: SignInAgain) -> Response:
        """Return a page that asks for another sign-in, and leads back to what was typed."""
        return self._form(fields, path, wrong=why.message, is_again=True, status=403)

    async def out(self, present: Present) -> Response:
        """Return a page that says that the session has ended, and how to end it elsewhere too."""
        self.sessions.end(present.session)
        answer = see("/sign-in")
        if self.service is not None and present.who.actor != LOCAL:
            elsewhere = await self._elsewhere(present)
            answer = self._out_page(elsewhere, present.who.actor.id)
        answer.delete_cookie(
            self.sessions.cookie, path="/", secure=self.sessions.is_tls, httponly=True
        )
        return answer

    def _out_page(self, elsewhere: str = "", who: str = "") -> Response:
        """Return the page after signing out; `who` may end their other sessions there."""
        others = self.sessions.count(who) if who else 0
        sealed = self.sessions.seals.sealed(EVERYWHERE, {"who": who}, LIFE) if others else ""
        return page(
            "signin/out.jinja",
            csrf="",
            place="here" if who else "everywhere",
            elsewhere=elsewhere,
            others=others,
            who=sealed,
        )

    def _everywhere(self, fields: Mapping[str, str]) -> Response:
        """End all sessions of whom a sealed value names: they had it when they signed out."""
        said = self.sessions.seals.opened(EVERYWHERE, fields.get("who", ""))
        if said is None:
            raise AccessDenied("this page is too old: sign in, and out again.", code="ACC003")
        self.sessions.end_all(said["who"])
        return self._out_page()

    def carry(self, answer: Response, cookie: str) -> None:
        """Put a session's cookie into an answer.

        It goes along when another site leads here: the site's sign-in service does. Every form
        has its own token besides.
        """
        site: Literal["strict", "lax"] = "strict" if self.service is None else "lax"
        secure = self.sessions.is_tls
        answer.set_cookie(
            self.sessions.cookie, cookie, httponly=True, samesite=site, path="/", secure=secure
        )

    async def _own(self, request: Request, fields: Mapping[str, str]) -> Response:
        """Return a session for who brings the token or an unused link; else the form again."""
        once, seals, method = fields.get("once", ""), self.sessions.seals, request.method
        is_known = method == "POST" and self.has_token and seals.knows(fields.get("token", ""))
        is_opened = not is_known and bool(once) and self.has_token and seals.opens(once)
        is_opened = is_opened and self.sessions.use(f"link {once}")  # by no other worker either
        if is_opened and self.service is not None and self.ticket is not None:
            return await self._start(self.service, request, fields, ticket=self.ticket(FIRST))
        if is_known or is_opened:
            answer = see(_address(fields))
            self.carry(answer, self.sessions.begin(former=self._former(request)))
            return answer
        wrong = USED if once else WRONG if method == "POST" else ""
        return self._form(
            fields, fields.get("next", "/"), wrong=wrong, status=403 if wrong else 200
        )

    def _chosen(self, request: Request, persona: str) -> str:
        """Return the ticket of whom a page of ours lets one be by a click; "": they are asked."""
        is_ours = request.headers.get("sec-fetch-site", "none") in ("same-origin", "none")
        return self.ticket(persona) if persona and is_ours and self.ticket is not None else ""

    async def _start(
        self,
        service: SigningIn,
        request: Request,
        fields: Mapping[str, str],
        *,
        ticket: str = "",
    ) -> Response:
        max_age = int(FRESH.total_seconds()) if fields.get("again") else -1
        back, to = f"{self._base_of(request)}{BACK}", _address(fields)
        address, ask = await service.sent(back, to, max_age=max_age, ticket=ticket)
        carried = {k: str(v) for k, v in asdict(ask).items()}
        answer = RedirectResponse(address, status_code=303, headers=HEADERS)
        answer.set_cookie(
            CARRIED,
            self.sessions.seals.sealed(CARRIED, carried, LIFE),
            max_age=KEPT,
            httponly=True,
            samesite="lax",
            path="/sign-in",
            secure=self.sessions.is_tls,
        )
        return answer

    async def _back(
        self, service: SigningIn, request: Request, fields: Mapping[str, str]
    ) -> Response:
        said = self.sessions.seals.opened(CARRIED, request.cookies.get(CARRIED, ""))
        try:
            if said is None:
                raise TokenRefused("this browser has not asked for it, or too long ago")
            ask = Ask(**{**said, "max_age": int(said["max_age"])})  # type: ignore[arg-type]
            person = await service.returned(ask, fields)
        except (TokenRefused, Unreached) as error:
            return self._not_signed_in(error)
        current().acted(person.actor)
        answer = see(ask.to)
        who = SignedIn(person.actor, person.name, person.id_token, person.login)
        self.carry(answer, self.sessions.begin(who, former=self._former(request)))
        answer.delete_cookie(CARRIED, path="/sign-in")
        return answer

    def _former(self, request: Request) -> Present | None:
        """Return whose session the browser had before."""
        return self.sessions.present(request.cookies.get(self.sessions.cookie, ""))

    def _not_signed_in(self, error: GarrodError) -> Response:
        status = 503 if isinstance(error, Unreached) else 403
        answer = self._form({}, "/", wrong=error.message, status=status)
        answer.delete_cookie(CARRIED, path="/sign-in")
        return answer

    async def _elsewhere(self, present: Present) -> str:
        """Return where the sign-in service's own session is ended, or ""."""
        assert self.service is not None
        try:
            told = await self.service.keys.told()
        except Unreached:
            return ""
        end = str(told.get("end_session_endpoint", ""))
        more = {"id_token_hint": present.who.hint, "client_id": self.service.issuer.client}
        return f"{end}?{urlencode(more)}" if end else ""

    def _base_of(self, request: Request) -> str:
        """Return this server's address; where that is this machine, the one that was asked by."""
        asked = request.headers.get("host", "")
        is_near = (urlsplit(self.base).hostname or "") in LOOPBACK
        if is_near and (urlsplit(f"//{asked}").hostname or "") in LOOPBACK:
            return f"{request.url.scheme}://{asked}"
        return self.base

    def _form(
        self,
        fields: Mapping[str, str],
        to: str,
        *,
        wrong: str = "",
        is_over: bool = False,
        is_lost: bool = False,
        is_again: bool = False,
        status: int,
    ) -> Response:
        kept = [(k, v) for k, v in fields.items() if k not in OWN and v]
        more = [("next", to), *kept, *([("again", "1")] if is_again else [])]
        return page(
            "signin/page.jinja",
            status=status,
            kept=kept,
            to=to,
            wrong=wrong,
            is_over=is_over,
            is_lost=is_lost,
            csrf="",
            start=f"/sign-in/start?{urlencode(more)}" if self.service else "",
            service=urlsplit(self.service.issuer.iss).hostname if self.service else "",
            has_token=self.has_token and not is_again,
        )


def _address(fields: Mapping[str, str]) -> str:
    """Return where to go on, never anywhere else than here."""
    path = fields.get("next", "/")
    if not path.startswith("/") or path.startswith(("//", "/\\")):
        path = "/"
    kept = {k: v for k, v in fields.items() if k not in OWN | {"again"} and v}
    return f"{path}?{urlencode(kept)}" if kept else path
