"""Signing in: with the server's token, or by the link that was printed, once.

What was typed before a session ended is kept in the form, and stands there again afterwards.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from starlette.responses import Response

from garrod.entry.web.pages import page, see
from garrod.entry.web.seals import COOKIE, Seals

OWN = frozenset(("csrf", "token", "user", "list", "once", "next", "key", "checked", "do", "card"))
WRONG = "That is not this server's token"
USED = "That link has been used or is too old: sign in with the token"


def signed_in(seals: Seals, method: str, fields: Mapping[str, str]) -> Response:
    """Return a session for who brings the token or an unused link; else the form again."""
    to = _address(fields)
    once = fields.get("once", "")
    if once and seals.opens(once):
        return _begun(seals, to)
    if method == "POST" and seals.knows(fields.get("token", "")):
        return _begun(seals, to)
    wrong = USED if once else WRONG if method == "POST" else ""
    return _form(fields, fields.get("next", "/"), wrong=wrong, status=403 if wrong else 200)


def asked_to_sign_in(path: str, method: str, fields: Mapping[str, str]) -> Response:
    """Return the form, with what was typed where a form met a session that is over."""
    return _form(fields, path, is_over=method == "POST", status=403)


def signed_out() -> Response:
    """Return to the form, the session let go."""
    answer = see("/sign-in")
    answer.delete_cookie(COOKIE, path="/")
    return answer


def _form(
    fields: Mapping[str, str], to: str, *, wrong: str = "", is_over: bool = False, status: int
) -> Response:
    kept = [(k, v) for k, v in fields.items() if k not in OWN and v]
    return page(
        "signin/page.jinja", status=status, kept=kept, to=to, wrong=wrong, is_over=is_over, csrf=""
    )


def _begun(seals: Seals, to: str) -> Response:
    answer = see(to)
    answer.set_cookie(COOKIE, seals.begun(), httponly=True, samesite="strict", path="/")
    return answer


def _address(fields: Mapping[str, str]) -> str:
    """Return where to go on, never anywhere else than here."""
    path = fields.get("next", "/")
    if not path.startswith("/") or path.startswith(("//", "/\\")):
        path = "/"
    kept = {k: v for k, v in fields.items() if k not in OWN and v}
    return f"{path}?{urlencode(kept)}" if kept else path
