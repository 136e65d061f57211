"""Who is at the door: this machine's own user by its token, or whoever the site's issuer signed in.

Source: the project's design; RFC 6750 (bearer tokens)
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from urllib.parse import urlsplit

from garrod.adapters.identity.model import Unauthorised
from garrod.adapters.identity.tokens import NotAtHand, Verifier, parts_of
from garrod.care.govern.access import LOCAL, Actor
from garrod.care.govern.audit import current
from garrod.care.govern.scopes import InsufficientScope
from garrod.care.govern.stepping import SignInAgain
from garrod.core.errors import AccessDenied, GarrodError

SMART = "/fhir/.well-known/smart-configuration"
FHIR, SOCKET = "/fhir", "/fhir/ws"
OPEN = frozenset(("/health", "/fhir/metadata", SMART, "/openapi.json", "/metrics"))
LOOPBACK = frozenset(("127.0.0.1", "localhost", "::1"))
FORWARDED = frozenset((
    "x-forwarded-for", "x-forwarded-host", "forwarded", "via", "x-real-ip",
))  # fmt: skip
NOBODY = Actor("nobody")  # who asks for what is open to everybody


@dataclass(frozen=True, slots=True)
class Guard:
    """Knows the token, the names under which this server may be addressed, and who is signed in.

    `is_public`: the server listens on more than this machine, and has no user of its own.
    `origins`: pages elsewhere that may ask for FHIR from a browser, and the apps that they are of.
    """

    token: str
    hosts: frozenset[str]
    verifier: Verifier | None = None
    is_public: bool = False
    origins: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def admit(self, path: str, headers: Mapping[str, str]) -> Actor:
        """Return who asks, without waiting for anything.

        Raises: Unauthorised ACC002, AccessDenied ACC003 (host or origin), NotAtHand (ask
        `admitted`).
        """
        actor = self._admit(path, headers)
        current().acted(actor)
        return actor

    def _admit(self, path: str, headers: Mapping[str, str]) -> Actor:
        apps = self._apps(path, headers)
        if path in OPEN:
            return NOBODY
        token = bearer(headers)
        if apps is None and self._is_own(token, headers):
            return LOCAL
        if self.verifier is None:
            raise Unauthorised(
                "this server asks for its token: send it as 'Authorization: Bearer TOKEN' (it was "
                "printed when the server first started, or is GARROD_DEV_TOKEN).",
                error="invalid_token" if token else "",
            )
        if not token:
            raise Unauthorised(
                "this server asks for an access token of the site's sign-in service: send it as "
                "'Authorization: Bearer TOKEN'."
            )
        return _of_app(self.verifier.known(token), apps)

    def addressed(self, headers: Mapping[str, str]) -> None:
        """Return where this server is asked by a name of its own, by no page from elsewhere.

        One for all the world is asked by whatever watches it, under whatever name.
        Raises: AccessDenied ACC003.
        """
        if not self.is_public:
            self._apps("", headers)

    async def admitted(self, path: str, headers: Mapping[str, str]) -> Actor:
        """Return who asks; where that is not known here yet, the issuer is asked.

        Raises: Unauthorised ACC002, AccessDenied ACC003, OutsideError IDP001 (it does not answer).
        """
        try:
            return self.admit(path, headers)
        except NotAtHand:
            assert self.verifier is not None
            actor = await self.verifier.look(bearer(headers))
            current().acted(actor)
            return _of_app(actor, self._apps(path, headers))

    async def still_admits(self, headers: Mapping[str, str]) -> bool:
        """Return whether what a long answer was asked with holds: its token may have ended."""
        try:
            try:
                self._admit("", headers)
            except NotAtHand:
                assert self.verifier is not None
                await self.verifier.look(bearer(headers))
        except GarrodError:
            return False
        return True

    def is_of_issuer(self, token: str) -> bool:
        """Return whether a token says that the site's issuer made it; nothing of it is proved."""
        if self.verifier is None:
            return False
        try:
            return parts_of(token).claims.get("iss") == self.verifier.issuer.iss
        except Unauthorised:
            return False

    def _is_own(self, token: str, headers: Mapping[str, str]) -> bool:
        """Return whether this machine's own user asks, from this machine."""
        if self.is_public or not hmac.compare_digest(token.encode(), self.token.encode()):
            return False
        is_near = _name(f"//{headers.get('host', '')}") in LOOPBACK
        return is_near and FORWARDED.isdisjoint(headers)

    def _apps(self, path: str, headers: Mapping[str, str]) -> frozenset[str] | None:
        """Return the apps that the page that asks is of; None: it is this server's own, or no page.

        Raises: AccessDenied ACC003 for another host, or a page that may not ask here.
        """
        host = _name(f"//{headers.get('host', '')}")
        if host not in self.hosts:
            raise AccessDenied(
                "this server is not addressed by that name: use 127.0.0.1 or localhost.",
                code="ACC003",
            )
        origin = headers.get("origin", "")
        is_hidden = origin == "null" and path in OPEN  # a form of ours may hide where it stood
        if not origin or is_hidden or _name(origin) in self.hosts:
            return None
        is_fhir = path == FHIR or path.startswith(f"{FHIR}/")
        if origin in self.origins and is_fhir and path != SOCKET:
            return self.origins[origin]
        raise AccessDenied("a page from elsewhere may not ask here.", code="ACC003")


def _of_app(actor: Actor, apps: frozenset[str] | None) -> Actor:
    """Return who asks.  Raises: AccessDenied ACC003 where the page is of another app."""
    if apps is not None and actor.client not in apps:
        raise AccessDenied("this token is of another app than the page.", code="ACC003")
    return actor


def bearer(headers: Mapping[str, str]) -> str:
    """Return the bearer token of a request, or ""."""
    scheme, _, given = headers.get("authorization", "").partition(" ")
    return given.strip() if scheme.lower() == "bearer" else ""


def challenge(error: GarrodError) -> dict[str, str]:
    """Return the header by which a refusal says what is asked for; none where it is another fault.

    Source: RFC 6750, 3; RFC 9470, 3 (sign in again)
    """
    said = ['Bearer realm="garrod"']
    if isinstance(error, InsufficientScope):
        said += ['error="insufficient_scope"', f'scope="{_plain(error.scope)}"']
    elif isinstance(error, SignInAgain):
        said += ['error="insufficient_user_authentication"', f'max_age="{error.seconds}"']
        said += [f'acr_values="{_plain(" ".join(error.levels))}"'] if error.levels else []
    elif isinstance(error, Unauthorised):
        said += [f'error="{error.error}"'] if error.error else []
    elif error.code != "ACC002":
        return {}
    if len(said) > 1:
        said.append(f'error_description="{_plain(error.message)}"')
    return {"WWW-Authenticate": ", ".join(said)}


def _plain(text: str) -> str:
    """Return a text as the parameters of a challenge may hold it."""
    return "".join(c if " " <= c <= "~" and c not in '"\\' else " " for c in text)[:300]


@lru_cache(maxsize=256)
def _name(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""
