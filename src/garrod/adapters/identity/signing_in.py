"""An OpenID client: sends somebody to the site's issuer, and reads who came back.

ask -> address with state, nonce and challenge -> code -> ID token, proved -> Person
Source: OpenID Connect Core 1.0, 3.1; RFC 7636 (PKCE), RFC 9207 (iss), RFC 9700 (security practices)
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from garrod.adapters.identity.claims import Reading
from garrod.adapters.identity.keys import Keys
from garrod.adapters.identity.model import Login, TokenRefused
from garrod.adapters.identity.once import Once, Used
from garrod.adapters.identity.outside import Unreached
from garrod.adapters.identity.tokens import (
    check_audience,
    check_times,
    proved_claims,
)
from garrod.care.govern.access import Actor

SCOPE = "openid profile fhirUser"
KEPT = 600  # Not clinical: seconds that somebody may take to sign in
Claims = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Ask:
    """What a browser carries while somebody signs in elsewhere."""

    state: str
    nonce: str
    verifier: str
    back: str  # where the issuer sends them
    to: str  # where they then go on
    max_age: int = -1  # seconds since they last showed who they are; -1: no matter


@dataclass(frozen=True, slots=True)
class Person:
    """Who came back; when they showed who they are, the actor says."""

    actor: Actor
    name: str
    id_token: str
    login: Login  # by which the issuer says later that it is over


class SigningIn:
    """The client of one issuer. `new` returns a word that nobody can guess, from so many bytes.

    `used` remembers answers that were taken; this process alone does where there is none.
    """

    def __init__(
        self,
        keys: Keys,
        reading: Reading,
        clock: Callable[[], datetime],
        new: Callable[[int], str],
        *,
        scope: str = SCOPE,
        used: Used | None = None,
    ) -> None:
        self.keys = keys
        self.issuer = keys.issuer
        self._reading = reading
        self._clock = clock
        self._new = new
        self._scope = scope
        self._used = used or Once()

    async def sent(
        self, back: str, to: str, *, max_age: int = -1, ticket: str = ""
    ) -> tuple[str, Ask]:
        """Return the address to send somebody to, and what their browser is to carry.

        `ticket` is for the development issuer alone. Raises: Unreached IDP001.
        """
        ask = Ask(
            self._new(24),
            self._new(24),
            self._new(48),
            back,
            to,
            max_age,
        )
        told = await self.keys.told()
        digest = hashlib.sha256(ask.verifier.encode()).digest()
        question = {
            "response_type": "code",
            "client_id": self.issuer.client,
            "redirect_uri": back,
            "scope": self._scope,
            "state": ask.state,
            "nonce": ask.nonce,
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        if max_age >= 0:
            question |= {"max_age": str(max_age), "prompt": "login"}
        question |= {"ticket": ticket} if ticket else {}
        start = str(told.get("authorization_endpoint", ""))
        return f"{start}{'&' if '?' in start else '?'}{urlencode(question)}", ask

    async def returned(self, ask: Ask, fields: Mapping[str, str]) -> Person:
        """Return who came back with a code.

        Raises: TokenRefused ACC002 (state, code or ID token is not right), Unreached IDP001.
        """
        now = self._clock().timestamp()
        if not hmac.compare_digest(fields.get("state", "").encode(), ask.state.encode()):
            raise TokenRefused("the answer is not to what this browser asked (state)")
        if not self._used.use(ask.state, now + KEPT, now):
            raise TokenRefused("this answer was used before")
        if fields.get("iss", self.issuer.iss) != self.issuer.iss:
            raise TokenRefused("another issuer answers (iss)")
        if not fields.get("code"):
            raise TokenRefused("the sign-in was not completed")
        told = await self.keys.told()
        answer = await self._swapped(told, fields["code"], ask)
        token = str(answer.get("id_token", ""))
        claims = await proved_claims(self.keys, token)
        self._check(claims, ask, now)
        login = Login(_word(claims, "sid"), _word(claims, "sub"))
        claims = await self._more(told, claims, str(answer.get("access_token", "")))
        actor = replace(self._reading.actor(claims), scopes=None, client=self.issuer.client)
        name = claims.get("name")
        return Person(actor, name[:100] if isinstance(name, str) else "", token, login)

    async def _swapped(self, told: Claims, code: str, ask: Ask) -> dict[str, Any]:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": ask.back,
            "client_id": self.issuer.client,
            "code_verifier": ask.verifier,
        }
        basic = (self.issuer.client, self.issuer.secret) if self.issuer.secret else None
        try:
            endpoint = str(told.get("token_endpoint", ""))
            return await self.keys.outside.post(endpoint, form, basic=basic)
        except Unreached as error:
            if error.status in (400, 401):
                raise TokenRefused("the issuer does not take the code") from None
            raise

    def _check(self, claims: Claims, ask: Ask, now: float) -> None:
        """Raise TokenRefused where an ID token is not the answer to what was asked."""
        if claims.get("iss") != self.issuer.iss:
            raise TokenRefused("its issuer is not this site's (iss)")
        check_audience(claims, frozenset((self.issuer.client,)))
        named = claims.get("aud")
        is_several = isinstance(named, list) and len(named) > 1
        if claims.get("azp", None if is_several else self.issuer.client) != self.issuer.client:
            raise TokenRefused("it is for another client (azp)")
        check_times(claims, now)
        if not hmac.compare_digest(str(claims.get("nonce", "")).encode(), ask.nonce.encode()):
            raise TokenRefused("it is not the answer to this sign-in (nonce)")
        shown = claims.get("auth_time")
        is_time = isinstance(shown, int | float) and not isinstance(shown, bool)
        if shown is not None and not is_time:
            raise TokenRefused("it tells no time (auth_time)")
        if ask.max_age >= 0 and (shown is None or now - shown > ask.max_age + 60):
            raise TokenRefused("the sign-in is too long ago (auth_time)")

    async def _more(self, told: Claims, claims: Claims, access: str) -> Claims:
        """Return the claims, with those of the user-info page where there is one."""
        endpoint = told.get("userinfo_endpoint")
        if not endpoint or not access:
            return claims
        try:
            more = await self.keys.outside.get(str(endpoint), token=access)
        except Unreached as error:
            if error.status in (400, 401, 403):
                return claims  # the access token is for something else alone
            raise
        if more.get("sub") != claims.get("sub"):
            raise TokenRefused("its user information is of somebody else (sub)")
        return {**more, **claims}


def _word(claims: Claims, name: str) -> str:
    said = claims.get(name)
    return said if isinstance(said, str) else ""
