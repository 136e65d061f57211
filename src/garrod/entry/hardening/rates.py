"""How often one asker may ask: whoever is known by who they are, all others by their address.

request -> known asker's bucket, or the address's -> the doors -> who it was -> the buckets again

A credential that was let in is remembered (as a hash) with its owner. Who is not known yet spends
what their address has, and gets it back when they turn out to be somebody; a refused token or
sign-in (401) takes from a smaller bucket of the address, and an empty one shuts out whoever is not
known there, so that tokens cannot be tried at will while those who work there work on.
This machine's own user is not limited.
Source: RFC 6585, 4 (429); OWASP API4:2023, API2:2023
"""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable

from garrod.adapters.fhir.outcome import outcome_of
from garrod.care.govern.access import LOCAL, Actor
from garrod.care.govern.audit import SCOPE, Trail
from garrod.core.errors import AccessDenied
from garrod.entry.hardening.buckets import MOST, Buckets
from garrod.entry.hardening.headers import BODY, HEAD, App, Message, Receive, Scope, Send
from garrod.entry.hardening.limits import Limits, Rate

REFUSED = "garrod.refused"  # where a scope holds what it is refused for
FREE = frozenset(("/health", "/metrics"))  # asked by machines that watch; nobody's data
FILES = "/static/"
WRONG = 401
CREDENTIALS = (b"authorization", b"cookie")
Asker = tuple[int, str, str]  # the hash of a credential, whose it is, an address
NOBODY = ("", "nobody")
EACH = 60.0  # Not clinical: seconds in which one refusal of an asker is audited


class TooMany(AccessDenied):
    """More was asked than one asker may; `seconds` until more may be."""

    default_code = "LIM002"

    def __init__(self, seconds: float) -> None:
        self.seconds = max(1, math.ceil(seconds))
        super().__init__(
            f"too much was asked at once from where you are: ask again in {self.seconds} s."
        )


class Limited:
    """The doors, for each asker as often as they may."""

    def __init__(
        self, app: App, limits: Limits, ticking: Callable[[], float], *, own: str = ""
    ) -> None:
        """`own`: the token of this machine's user, who is known before they ask."""
        self.app = app
        self._now = ticking
        self._known = _buckets(limits.known)
        self._unknown = _buckets(limits.unknown)
        self._failed = _buckets(limits.failed)
        self._owners: OrderedDict[int, str] = OrderedDict()  # of credentials that were let in
        if own:
            self._owners[hash((f"Bearer {own}".encode(),))] = LOCAL.id
        self._told: OrderedDict[str, float] = OrderedDict()  # when a refusal was last audited

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        path = scope.get("path", "")
        if scope["type"] == "lifespan" or path in FREE or path.startswith(FILES):
            return await self.app(scope, receive, send)
        asker = self.asker(scope)
        wait = self.has_to_wait(asker)
        if wait:
            return await self._refuse(scope, receive, send, (asker[1] or asker[2], TooMany(wait)))
        self.take(asker)

        async def heard(message: Message) -> None:
            if message["type"] in (HEAD, "websocket.accept"):
                self.learn(asker, scope.get(SCOPE), message.get("status"))
            await send(message)

        return await self.app(scope, receive, heard)

    def asker(self, scope: Scope) -> Asker:
        """Return who asks, as far as that is known before it is looked into."""
        credential = credential_of(scope)
        owner = self._owners.get(credential, "") if credential else ""
        return credential, owner, address_of(scope)

    def has_to_wait(self, asker: Asker) -> float:
        """Return for how many seconds whoever asks must wait; 0: not at all."""
        _, owner, address = asker
        if owner == LOCAL.id:
            return 0.0
        now = self._now()
        if owner:
            return self._known.wait(owner, now) if self._known else 0.0
        failed = self._failed.wait(address, now) if self._failed else 0.0
        return failed or (self._unknown.wait(address, now) if self._unknown else 0.0)

    def take(self, asker: Asker) -> None:
        """Take one from whoever asks."""
        _, owner, address = asker
        if owner == LOCAL.id:
            return
        buckets, name = (self._known, owner) if owner else (self._unknown, address)
        if buckets:
            buckets.spend(name, self._now())

    def learn(self, asker: Asker, trail: Trail | None, status: int | None) -> None:
        """Learn from the head of an answer who asked, and whether they were refused."""
        credential, owner, address = asker
        if owner == LOCAL.id and status != WRONG:
            return
        now, actor = self._now(), trail.actor if trail is not None else None
        if status == WRONG and (actor is None or actor.id in NOBODY):
            self._owners.pop(credential, None)
            if self._failed and credential:
                self._failed.spend(address, now)
            return
        if owner or actor is None or actor.id in NOBODY:
            return
        found, has_more = owner_of(actor), True
        if self._known and found != LOCAL.id:
            has_more = not self._known.take(found, now)
        if self._unknown and has_more:  # who asks with new tokens each time has one bucket as well
            self._unknown.spend(address, now, many=-1)
        if credential:
            self._owners[credential] = found
            if len(self._owners) > MOST:
                self._owners.popitem(last=False)

    async def _refuse(
        self, scope: Scope, receive: Receive, send: Send, why: tuple[str, TooMany]
    ) -> None:
        """Refuse a request; the first of each minute goes as far as the audit."""
        asker, error = why
        now = self._now()
        if now - self._told.get(asker, -EACH) >= EACH:
            self._told[asker] = now
            self._told.move_to_end(asker)
            if len(self._told) > MOST:
                self._told.popitem(last=False)
            scope[REFUSED] = error
            return await self.app(scope, receive, send)
        return await refuse(scope, send, error)


async def refuse(scope: Scope, send: Send, error: TooMany) -> None:
    """Answer that more was asked than may be."""
    if scope["type"] == "websocket":
        return await send({"type": "websocket.close", "code": 1013})
    body = outcome_of(error).replace(b'"code":"forbidden"', b'"code":"throttled"')
    headers = [
        (b"content-type", b"application/fhir+json; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        (b"retry-after", str(error.seconds).encode()),
    ]
    await send({"type": HEAD, "status": 429, "headers": headers})
    return await send({"type": BODY, "body": b"" if scope.get("method") == "HEAD" else body})


def credential_of(scope: Scope) -> int:
    """Return a hash, of this process alone, of what shows who asks; 0 where nothing does."""
    found = tuple([v for k, v in scope["headers"] if k in CREDENTIALS])
    return hash(found) if found else 0


def address_of(scope: Scope) -> str:
    """Return from where a request came; a network of IPv6 (/64) counts as one asker."""
    host = str((scope.get("client") or ("",))[0])
    if ":" not in host or host.startswith("::"):
        return host
    return ":".join(host.partition("%")[0].split("::")[0].split(":")[:4])


def owner_of(actor: Actor) -> str:
    """Return under what name an actor's requests are counted."""
    return LOCAL.id if actor == LOCAL else f"{actor.client} {actor.id}"


def _buckets(rate: Rate | None) -> Buckets | None:
    return Buckets(rate) if rate else None
