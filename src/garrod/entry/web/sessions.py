"""Who a session is of: this machine's own user, or somebody whom the site's issuer signed in.

cookie -> seal, end -> SignedIn; what is known of a person stays here, the browser has an id alone
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from garrod.care.govern.access import LOCAL, Actor
from garrod.entry.web.seals import ABSOLUTE, Seals, Session

COOKIE = "garrod_session"
HOST_COOKIE = f"__Host-{COOKIE}"  # where TLS is spoken: bound to this host, and sent on TLS alone
MOST = 50_000  # Not clinical: people signed in at once
OURS, THEIRS = "l", "p"  # how ids of sessions begin: of this machine's user, of other people


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who is signed in; when they showed who they are, the actor says."""

    actor: Actor
    name: str = ""
    hint: str = ""  # the ID token, to sign out there as well


@dataclass(frozen=True, slots=True)
class Present:
    """A session that holds, and who it is of."""

    session: Session
    who: SignedIn


class Sessions:
    """Begins, knows and ends sessions."""

    def __init__(self, seals: Seals, clock: Callable[[], datetime], *, is_tls: bool) -> None:
        self.seals = seals
        self.cookie = HOST_COOKIE if is_tls else COOKIE
        self.is_tls = is_tls
        self._clock = clock
        self._people: dict[str, tuple[SignedIn, float]] = {}
        self._ended: dict[str, float] = {}

    def begin(self, who: SignedIn | None = None) -> str:
        """Return the cookie of a new session; of this machine's own user where nobody is named."""
        self._tidy()
        if who is None:
            return self.seals.begun(OURS + secrets.token_hex(16))
        id = THEIRS + secrets.token_hex(16)
        own = replace(who, actor=replace(who.actor, session=id))
        self._people[id] = (own, self._end())
        return self.seals.begun(id)

    def present(self, cookie: str) -> Present | None:
        """Return who a cookie is of; None where it is not ours, over, or was signed out."""
        session = self.seals.session(cookie)
        if session is None or session.id in self._ended:
            return None
        if session.id.startswith(OURS):
            return Present(session, SignedIn(LOCAL))
        found = self._people.get(session.id)
        return Present(session, found[0]) if found else None

    def end(self, session: Session) -> None:
        """End a session: a copy of its cookie is of no use any more."""
        self._people.pop(session.id, None)
        self._ended[session.id] = self._end()

    def _end(self) -> float:
        return self._clock().timestamp() + ABSOLUTE.total_seconds()

    def _tidy(self) -> None:
        now = self._clock().timestamp()
        self._ended = {id: end for id, end in self._ended.items() if end > now}
        self._people = {id: kept for id, kept in self._people.items() if kept[1] > now}
        while len(self._people) >= MOST:
            del self._people[next(iter(self._people))]
