"""Back and Reload after a form that was answered by a page: no form is sent a second time by them.

POST -> page -> kept beside the session, under a key -> 303 to the same place with the key
GET ?typed=key -> that very page, once; from then on the form as it is now, with what was typed
A page is shown again only as it is decided then: what somebody may no longer see is in no copy.
Who asks by a program, or by a browser that does not say that it goes to a page, has the answer as
it is (Source: W3C, Fetch Metadata Request Headers: Sec-Fetch-Mode).
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs, urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from garrod.core.errors import GarrodError
from garrod.entry.web.asked import LONG_FIELDS
from garrod.entry.web.headers import HEADERS
from garrod.entry.web.pages import see
from garrod.entry.web.seals import Session
from garrod.entry.web.sessions import Sessions

FIELD = "typed"  # of an address: the key
# What of a form is of no use a second time, or is nobody's to keep
NEVER = frozenset(("csrf", "token", "do", "card", "list", "checked", "seen", "version", FIELD))
SECRET = ("password", "passphrase", "secret", "token")


@dataclass(frozen=True, slots=True)
class Aside:
    """What is kept: the fields of a form, and its answer as long as nobody has seen it."""

    fields: dict[str, str]
    path: str = ""  # where the form stands: a key is of use there alone
    status: int = 0
    page: str = ""

    def answer(self) -> Response:
        """Return the page that answers the form."""
        return HTMLResponse(self.page, status_code=self.status, headers=HEADERS)


def kept_of(fields: Mapping[str, str]) -> dict[str, str]:
    """Return what of a form may stand in it again; `at` is the key that it was made with."""
    kept = {
        name: value
        for name, value in fields.items()
        if value and name not in NEVER and not any(part in name.casefold() for part in SECRET)
    }
    return {**kept, "at": kept["key"]} if "key" in kept else kept


def put_aside(
    sessions: Sessions,
    session: Session,
    request: Request,
    fields: Mapping[str, str],
    answer: Response,
) -> Response:
    """Return what answers a form: for a page, that it is to be got by its own address (303).

    A page that is too large to be kept is answered as it is; so it is where nothing can be kept,
    and where a whole message was pasted: it is said that none is kept.
    """
    if answer.status_code in (302, 303):
        _let_go(sessions, session, request)
        return answer
    goes = request.headers.get("sec-fetch-mode", "") == "navigate"
    is_whole = any(name in fields for name in LONG_FIELDS)
    if not goes or is_whole or not isinstance(answer, HTMLResponse):
        return answer
    text = bytes(answer.body).decode()
    try:
        key = sessions.put_aside(
            session, _told(Aside(kept_of(fields), request.url.path, answer.status_code, text))
        )
    except GarrodError:
        return answer
    return see(f"{request.url.path}?{urlencode({FIELD: key})}") if key else answer


def taken(sessions: Sessions, session: Session, key: str, path: str) -> Aside:
    """Return what is kept under a key, with the page of the answer the first time alone."""
    found = sessions.aside(session, key)
    if found is None:
        return Aside({})
    said = _read(found)
    if said.path != path:
        return Aside({})
    if said.page:
        sessions.put_aside(session, _told(Aside(said.fields, path)), key)
    return said


def _let_go(sessions: Sessions, session: Session, request: Request) -> None:
    """Let go of a form that was refused and has been sent now: nobody is to send it again."""
    asked = parse_qs(urlsplit(request.headers.get("referer", "")).query)
    for key in asked.get(FIELD, ())[:1]:
        sessions.drop_aside(session, key)


def _told(aside: Aside) -> bytes:
    said = {"fields": aside.fields, "path": aside.path, "status": aside.status, "page": aside.page}
    return zlib.compress(json.dumps(said).encode())


def _read(body: bytes) -> Aside:
    said = json.loads(zlib.decompress(body))
    return Aside(said["fields"], said["path"], said["status"], said["page"])
