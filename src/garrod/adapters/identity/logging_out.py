"""What an issuer says when somebody has signed out there: the logout token, proved once.

logout token -> header, signature, issuer, audience, times, event, no nonce -> Login, once
Source: OpenID Connect Back-Channel Logout 1.0, 2.4 (the token), 2.6 (what is looked at)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from garrod.adapters.identity.keys import Keys
from garrod.adapters.identity.model import LEEWAY, LONGEST, Login, TokenRefused
from garrod.adapters.identity.once import Used
from garrod.adapters.identity.tokens import check_audience, check_times, proved_claims

EVENT = "http://schemas.openid.net/event/backchannel-logout"
TYPES = ("", "jwt", "logout+jwt")


class LoggingOut:
    """Reads the logout tokens of one issuer. `used` remembers which were taken."""

    def __init__(self, keys: Keys, clock: Callable[[], datetime], used: Used) -> None:
        self.keys = keys
        self._clock, self._used = clock, used

    async def proved(self, token: str) -> Login:
        """Return the sign-in that a token says to be over; no token is taken twice.

        Raises: TokenRefused ACC002, Unreached IDP001 (its keys are not known).
        """
        if not token or len(token) > LONGEST:
            raise TokenRefused("it is no token (logout_token)")
        claims = await proved_claims(self.keys, token, types=TYPES)
        issuer, now = self.keys.issuer, self._clock().timestamp()
        if claims.get("iss") != issuer.iss:
            raise TokenRefused("its issuer is not this site's (iss)")
        check_audience(claims, frozenset((issuer.client,)))
        ends = check_times(claims, now)
        if claims.get("iat") is None:
            raise TokenRefused("it does not say when it was made (iat)")
        _check_event(claims)
        login = Login(_word(claims, "sid"), _word(claims, "sub"))
        if not login.sid and not login.sub:
            raise TokenRefused("it says neither which sign-in nor who is over (sid, sub)")
        named = _word(claims, "jti")
        if not named:
            raise TokenRefused("it has no name of its own (jti)")
        if not self._used.use(f"logout {named}", ends + LEEWAY, now):
            raise TokenRefused("it was used before (jti)")
        return login


def _check_event(claims: Mapping[str, Any]) -> None:
    """Raise TokenRefused where a token does not say that a sign-in is over."""
    events = claims.get("events")
    if not isinstance(events, dict) or not isinstance(events.get(EVENT), dict):
        raise TokenRefused("it does not say that a sign-in is over (events)")
    if "nonce" in claims:
        raise TokenRefused("it answers a sign-in, and ends none (nonce)")


def _word(claims: Mapping[str, Any], name: str) -> str:
    """Return a claim that is a text.  Raises: TokenRefused where it is something else."""
    said = claims.get(name, "")
    if not isinstance(said, str):
        raise TokenRefused(f"it names nobody that can be read ({name})")
    return said
