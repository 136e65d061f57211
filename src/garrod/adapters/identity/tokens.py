"""Who brings a bearer token: verified once, remembered by its hash until it ends.

token -> header -> key of the issuer -> signature -> claims -> Actor
Source: RFC 7519 (JWT), RFC 8725 (best current practices), RFC 9068 (access tokens), RFC 7662
(introspection), RFC 9449, 7.1 (a token bound to a key is no bearer token)
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from joserfc.errors import JoseError
from joserfc.jws import JWSRegistry

from garrod.adapters.identity.keys import Key, Keys
from garrod.adapters.identity.model import (
    ALGORITHMS,
    FARTHEST,
    LEEWAY,
    LIFETIME,
    LONGEST,
    Issuer,
    TokenRefused,
)
from garrod.care.govern.access import Actor

MOST = 20_000  # Not clinical: tokens remembered at once
ASKED_AGAIN = 30  # Not clinical: seconds that an answer about an opaque token is believed
TYPES = ("", "jwt", "at+jwt")  # of a token that lets in; an ID token or a logout token does not
OWN_KEYS = ("jku", "x5u", "jwk", "x5c")  # keys that a token brings itself are never believed
OTHER_KINDS = frozenset(("id", "refresh", "offline", "logout"))  # what one issuer calls the others
_PART = re.compile(r"[A-Za-z0-9_-]+")
Claims = Mapping[str, Any]


class NotAtHand(Exception):
    """Whether a token is good can only be said after a look outside."""


@dataclass(frozen=True, slots=True)
class _Kept:
    actor: Actor
    until: float
    generation: int | None  # of the keys that proved it; None: the issuer was asked


@dataclass(frozen=True, slots=True)
class Parts:
    """A token taken apart, nothing of it proved."""

    header: Claims
    claims: Claims
    signed: bytes
    signature: bytes


class Verifier:
    """Says who brings a token. `known` never waits; `look` asks the issuer where it must.

    `reading` makes an actor of proved claims.
    """

    def __init__(
        self, keys: Keys, reading: Callable[[Claims], Actor], clock: Callable[[], datetime]
    ) -> None:
        self.keys = keys
        self.issuer: Issuer = keys.issuer
        self._reading = reading
        self._clock = clock
        self._kept: dict[bytes, _Kept] = {}

    def known(self, token: str) -> Actor:
        """Return who brings a token.  Raises: TokenRefused ACC002, NotAtHand."""
        if not token or len(token) > LONGEST:
            raise TokenRefused("it is no token")
        digest = hashlib.sha256(token.encode()).digest()
        kept = self._kept.get(digest)
        now = self._clock().timestamp()
        if kept is not None and now < kept.until and self._is_current(kept.generation):
            return kept.actor
        if token.count(".") != 2:
            if self.issuer.is_opaque:
                raise NotAtHand
            raise TokenRefused("it is no JSON Web Token")
        claims = self._proved(parts_of(token))
        ends = self._check(claims, now)
        return self._keep(digest, self._actor(claims, digest), ends, self.keys.generation)

    async def look(self, token: str) -> Actor:
        """Return who brings a token, after a look outside.

        Raises: TokenRefused ACC002, Unreached IDP001 (neither it nor its keys are known).
        """
        if token.count(".") != 2:
            return await self._asked(token)
        await self.keys.renew()
        try:
            return self.known(token)
        except NotAtHand:
            raise TokenRefused("its key is not one of the issuer's (kid)") from None

    def _proved(self, parts: Parts) -> Claims:
        """Return the claims of a token that the issuer signed.

        Raises: TokenRefused ACC002, NotAtHand where the key may be a new one.
        """
        algorithm = checked_header(parts.header)
        if parts.claims.get("iss") != self.issuer.iss:
            raise TokenRefused("its issuer is not this site's (iss)")
        key = self.keys.at_hand(str(parts.header.get("kid", "")), algorithm)
        if not self.keys.is_fresh() or (key is None and self.keys.may_look()):
            raise NotAtHand
        if key is None:
            raise TokenRefused("its key is not one of the issuer's (kid)")
        if not is_signed(parts, algorithm, key):
            raise TokenRefused("its signature is not the issuer's")
        return parts.claims

    def _check(self, claims: Claims, now: float) -> float:
        """Return when a token ends.  Raises: TokenRefused where it is not for here and now."""
        check_audience(claims, self.issuer.audiences)
        if "cnf" in claims:
            raise TokenRefused("it is bound to a key (cnf), and was sent as if it were not")
        if "at_hash" in claims or str(claims.get("typ", "")).lower() in OTHER_KINDS:
            raise TokenRefused("it says who somebody is, and is no access token")
        return check_times(claims, now)

    def _actor(self, claims: Claims, digest: bytes) -> Actor:
        named = claims.get("jti") or claims.get("sid")
        session = str(named)[:200] if named else digest.hex()[:32]
        return self._reading({**claims, "jti": session})

    def _is_current(self, generation: int | None) -> bool:
        if generation is None:
            return True
        return generation == self.keys.generation and self.keys.is_fresh()

    def _keep(self, digest: bytes, actor: Actor, ends: float, generation: int | None) -> Actor:
        while len(self._kept) >= MOST:
            del self._kept[next(iter(self._kept))]
        self._kept[digest] = _Kept(actor, ends + LEEWAY, generation)
        return actor

    async def _asked(self, token: str) -> Actor:
        """Return who brings an opaque token, as the issuer says.

        Raises: TokenRefused ACC002, Unreached IDP001.
        """
        told = await self.keys.told()
        claims = await self.keys.outside.post(
            str(told.get("introspection_endpoint", "")),
            {"token": token, "token_type_hint": "access_token"},
            basic=(self.issuer.client, self.issuer.secret),
        )
        if claims.get("active") is not True:
            raise TokenRefused("the issuer does not know it, or it is over")
        if claims.get("iss", self.issuer.iss) != self.issuer.iss:
            raise TokenRefused("its issuer is not this site's (iss)")
        now = self._clock().timestamp()
        ends = self._check(claims, now)
        digest = hashlib.sha256(token.encode()).digest()
        until = min(ends, now + ASKED_AGAIN - LEEWAY)
        return self._keep(digest, self._actor(claims, digest), until, None)


def parts_of(token: str) -> Parts:
    """Return a token taken apart, nothing proved.  Raises: TokenRefused ACC002."""
    written = token.split(".")
    if len(written) != 3 or not all(_PART.fullmatch(part) for part in written):
        raise TokenRefused("it cannot be read")
    head, body, seal = written
    try:
        header, claims = orjson.loads(_plain(head)), orjson.loads(_plain(body))
        signature = _plain(seal)
    except ValueError:
        raise TokenRefused("it cannot be read") from None
    if not isinstance(header, dict) or not isinstance(claims, dict):
        raise TokenRefused("it cannot be read")
    return Parts(header, claims, f"{head}.{body}".encode(), signature)


async def proved_claims(
    keys: Keys, token: str, *, types: Collection[str] = TYPES
) -> Mapping[str, Any]:
    """Return the claims of a token that the issuer signed, its keys looked at again where needed.

    Raises: TokenRefused ACC002, Unreached IDP001.
    """
    parts = parts_of(token)
    algorithm = checked_header(parts.header, types)
    kid = str(parts.header.get("kid", ""))
    key = keys.at_hand(kid, algorithm)
    if key is None or not keys.is_fresh():
        await keys.renew()
        key = keys.at_hand(kid, algorithm)
    if key is None or not is_signed(parts, algorithm, key):
        raise TokenRefused("its signature is not the issuer's")
    return parts.claims


def checked_header(header: Claims, types: Collection[str] = TYPES) -> str:
    """Return the algorithm of a header.  Raises: TokenRefused ACC002."""
    algorithm = header.get("alg")
    if algorithm not in ALGORITHMS:
        raise TokenRefused(f"it must be signed by one of {', '.join(ALGORITHMS)} (alg)")
    if any(name in header for name in OWN_KEYS):
        raise TokenRefused("it brings its own key")
    if "crit" in header or "b64" in header:
        raise TokenRefused("it asks for what is not understood here (crit)")
    if str(header.get("typ", "")).lower().removeprefix("application/") not in types:
        raise TokenRefused("it is a token for something else (typ)")
    return str(algorithm)


def is_signed(parts: Parts, algorithm: str, key: Key) -> bool:
    """Return whether a key made the signature of a token."""
    model = JWSRegistry.algorithms[algorithm]
    try:
        model.check_key(key)
        return bool(model.verify(parts.signed, parts.signature, key))
    except (JoseError, ValueError, TypeError):
        return False


def check_audience(claims: Claims, wanted: frozenset[str]) -> None:
    """Raise TokenRefused where a token is for somebody else."""
    meant = claims.get("aud")
    named = meant if isinstance(meant, list) else [meant]
    if not any(isinstance(one, str) and one in wanted for one in named):
        raise TokenRefused("it is not for this server (aud)")


def check_times(claims: Claims, now: float) -> float:
    """Return when a token ends.  Raises: TokenRefused where it is over, or not yet."""
    exp, iat, nbf = (_time(claims, name) for name in ("exp", "iat", "nbf"))
    if exp is None:
        raise TokenRefused("it does not say when it ends (exp)")
    if exp <= now - LEEWAY:
        raise TokenRefused("it is over (exp)")
    if max(iat or 0, nbf or 0) > now + LEEWAY:
        raise TokenRefused("it is not valid yet (iat, nbf)")
    if exp > now + LIFETIME + LEEWAY:
        raise TokenRefused(f"it lives longer than {LIFETIME // 3600} hours (exp)")
    return exp


def _time(claims: Claims, name: str) -> float | None:
    value = claims.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > FARTHEST:
        raise TokenRefused(f"it tells no time ({name})")
    return float(value)


def _plain(written: str) -> bytes:
    return base64.b64decode(written + "=" * (-len(written) % 4), altchars=b"-_", validate=True)
