"""Tokens by which a websocket shows for whom it listens: short-lived, kept in memory alone."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from garrod.care.govern.access import Actor

LIFE = timedelta(minutes=10)
MOST = 10_000  # tokens at once


@dataclass(frozen=True, slots=True)
class Bound:
    """Whose a token is, and for which subscriptions."""

    actor: Actor
    ids: tuple[str, ...]


class Tokens:
    """Gives and knows tokens."""

    def __init__(self) -> None:
        self._given: dict[str, tuple[Bound, datetime]] = {}

    def give(self, bound: Bound, now: datetime) -> tuple[str, datetime]:
        """Return a new token, and when it ends."""
        self._given = {t: kept for t, kept in self._given.items() if kept[1] > now}
        while len(self._given) >= MOST:
            del self._given[next(iter(self._given))]
        token, until = secrets.token_urlsafe(32), now + LIFE
        self._given[token] = (bound, until)
        return token, until

    def known(self, token: str, now: datetime) -> Bound | None:
        """Return what a token stands for; None where it is unknown or over."""
        bound, until = self._given.get(token, (None, now))
        return bound if until > now else None
