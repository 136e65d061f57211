"""Who a session is of: this machine's own user, or somebody whom the site's issuer signed in.

cookie -> seal, end -> store -> SignedIn; the browser has an id alone
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from garrod.adapters.identity.model import Login
from garrod.adapters.identity.sessions import SessionStore
from garrod.care.govern.access import LOCAL, Actor, actor_told, told_actor
from garrod.entry.web.seals import ABSOLUTE, IDLE, Seals, Session

COOKIE = "garrod_session"
HOST_COOKIE = f"__Host-{COOKIE}"  # where TLS is spoken: bound to this host, and sent on TLS alone
OURS, THEIRS = "l", "p"  # how ids of sessions begin: of this machine's user, of other people


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who is signed in; when they showed who they are, the actor says."""

    actor: Actor
    name: str = ""
    hint: str = ""  # the ID token, to sign out there as well
    login: Login | None = None  # as its issuer names the sign-in; told when the session begins


@dataclass(frozen=True, slots=True)
class Living(Session):
    """A session that can be asked whether it still holds, by an answer that goes on for long."""

    holds: Callable[[], bool] = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Present:
    """A session that holds, and who it is of."""

    session: Session
    who: SignedIn


class Sessions:
    """Begins, knows and ends sessions. Every method may raise OutsideError IDP011 (the store)."""

    def __init__(
        self,
        seals: Seals,
        clock: Callable[[], datetime],
        *,
        is_tls: bool,
        store: SessionStore | None = None,
    ) -> None:
        self.seals = seals
        self.cookie = HOST_COOKIE if is_tls else COOKIE
        self.is_tls = is_tls
        self.store = store or SessionStore()
        self._clock = clock

    def begin(self, who: SignedIn | None = None, *, former: Present | None = None) -> str:
        """Return the cookie of a new session; of this machine's own user where nobody is named.

        `former` ends: an id from before somebody signed in is never theirs.
        """
        if former is not None:
            self.end(former.session)
        if who is None:
            return self.seals.begun(OURS + secrets.token_hex(16))
        id = THEIRS + secrets.token_hex(16)
        own = replace(who, actor=replace(who.actor, session=id))
        told, now = _told(own), self._now()
        self.store.keep(id, own.actor.id, told, self._end(), now, login=own.login)
        return self.seals.begun(id)

    def present(self, cookie: str) -> Present | None:
        """Return who a cookie is of; None where it is not ours, over, or was signed out."""
        found = self.seals.session(cookie)
        if found is None:
            return None
        session = Living(
            found.id, found.began, found.used, lambda: self.present(cookie) is not None
        )
        if session.id.startswith(OURS):
            is_over = self.store.has_ended(session.id, LOCAL.id, session.began)
            return None if is_over else Present(session, SignedIn(LOCAL))
        held = self.store.held(session.id, self._now())
        return Present(session, _read(held)) if held is not None else None

    def end(self, session: Session) -> None:
        """End a session: a copy of its cookie is of no use any more."""
        self.store.end(session.id, self._end())

    def end_all(self, who: str) -> None:
        """End every session that somebody has begun, in every browser."""
        self.store.end_all(who, self._now(), self._end())

    def end_login(self, login: Login) -> int:
        """End the sessions that began with a sign-in at the site's service; return how many."""
        return self.store.end_login(login)

    def count(self, who: str) -> int:
        """Return how many sessions somebody has; this machine's own user's are not counted."""
        return self.store.count(who, self._now())

    def use(self, name: str) -> bool:
        """Use something up, here and in other workers; return whether it was not used before."""
        return self.store.use(name, self._end(), self._now())

    def put_aside(self, session: Session, said: bytes, key: str = "") -> str:
        """Return the key under which something is kept for a session; "": it is too large."""
        named, now = key or secrets.token_urlsafe(18), self._now()
        until = now + IDLE.total_seconds()
        return named if self.store.put_aside(session.id, named, said, until, now) else ""

    def aside(self, session: Session, key: str) -> bytes | None:
        """Return what is kept for a session under a key; None where there is none (any more)."""
        return self.store.aside(session.id, key, self._now())

    def drop_aside(self, session: Session, key: str) -> None:
        """Let go of what is kept for a session under a key."""
        self.store.drop_aside(session.id, key)

    def _now(self) -> float:
        return self._clock().timestamp()

    def _end(self) -> float:
        return self._now() + ABSOLUTE.total_seconds() + 1  # the cookie's own end comes first


def _told(who: SignedIn) -> bytes:
    actor = who.actor
    shown = {"shown": actor.shown, "level": actor.level, "name": who.name, "hint": who.hint}
    return json.dumps({"actor": told_actor(actor), **shown}).encode()


def _read(body: bytes) -> SignedIn:
    told = json.loads(body)
    actor = actor_told(told["actor"])
    actor = replace(actor, shown=int(told["shown"]), level=str(told["level"]))
    return SignedIn(actor, str(told["name"]), str(told["hint"]))
