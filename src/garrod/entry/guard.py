"""Who is at the door: the bearer token of the local user, and requests that come from elsewhere.

Until the trust room stands there is one user: whoever holds the token of this machine's server.
Source: the project's design; RFC 6750 (bearer tokens)
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

from garrod.care.govern.access import LOCAL, Actor
from garrod.core.errors import AccessDenied

OPEN = frozenset(("/health", "/fhir/metadata", "/openapi.json", "/metrics"))


class Unauthorised(AccessDenied):
    """Nobody is known by what was sent."""

    default_code = "ACC002"


@dataclass(frozen=True, slots=True)
class Guard:
    """Knows the token, and the names under which this server may be addressed."""

    token: str
    hosts: frozenset[str]

    def admit(self, path: str, headers: Mapping[str, str]) -> Actor:
        """Return who asks.  Raises: Unauthorised ACC002, AccessDenied ACC003 (host or origin)."""
        self._check_origin(headers)
        if path in OPEN:
            return LOCAL
        scheme, _, given = headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not hmac.compare_digest(
            given.strip().encode(), self.token.encode()
        ):
            raise Unauthorised(
                "this server asks for its token: send it as 'Authorization: Bearer TOKEN' (it was "
                "printed when the server first started, or is GARROD_DEV_TOKEN)."
            )
        return LOCAL

    def _check_origin(self, headers: Mapping[str, str]) -> None:
        host = _name(f"//{headers.get('host', '')}")
        if host not in self.hosts:
            raise AccessDenied(
                "this server is not addressed by that name: use 127.0.0.1 or localhost.",
                code="ACC003",
            )
        origin = headers.get("origin", "")
        if origin and origin != "null" and _name(origin) not in self.hosts:
            raise AccessDenied("a page from elsewhere may not ask here.", code="ACC003")


@lru_cache(maxsize=256)
def _name(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""
