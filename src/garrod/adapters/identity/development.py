"""DEVELOPMENT ONLY: an issuer that lets anybody on this machine be anybody of the demo.

It speaks what a site's issuer speaks (code with PKCE, ID token, refresh, metadata, keys), so that
the demo and the tests go the way that people go; it asks for no password, and every token says so.
Source: RFC 6749, 7636, 9068, 9700; OpenID Connect Core 1.0
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey

from garrod.core.errors import InputError

MARK = "DEVELOPMENT"
CLINIC = "garrod-clinic"  # what our own web calls itself here
LIFE, ID_LIFE, CODE_LIFE, ASK_LIFE, REFRESH_LIFE = 600, 300, 60, 600, 43_200  # Not clinical: s
MOST = 1000  # Not clinical: asks, codes and refresh tokens at once
NEAR = ("127.0.0.1", "localhost", "::1")
_CLIENT = re.compile(r"[A-Za-z0-9._-]{1,64}")
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")


@dataclass(frozen=True, slots=True)
class Persona:
    """Somebody made up, whom one may be."""

    id: str
    name: str
    role: str
    does: str
    user: str
    patient: str = ""
    purpose: str = ""
    setting: str = ""  # of care, where it is not what the role has as a rule


@dataclass(frozen=True, slots=True)
class Asked:
    """What a client asked for."""

    client: str
    redirect: str
    scope: tuple[str, ...]
    challenge: str
    state: str = ""
    nonce: str = ""


@dataclass(frozen=True, slots=True)
class _Given:
    """What was given for a choice: for whom, since when; its family ends as one."""

    asked: Asked
    persona: Persona
    at: int
    until: int
    family: str


class AskRefused(Exception):
    """An ask is sent back to its client with an error; `address` is where."""

    def __init__(self, address: str) -> None:
        super().__init__(address)
        self.address = address


class Fault(Exception):
    """The token endpoint refuses; `error` is the word of RFC 6749, 5.2."""

    def __init__(self, error: str) -> None:
        super().__init__(error)
        self.error = error


@cache
def personas() -> dict[str, Persona]:
    """Return whom one may be, by id."""
    body = files("garrod.adapters.identity").joinpath("development.toml").read_text("utf-8")
    return {one["id"]: Persona(**one) for one in tomllib.loads(body)["persona"]}


@cache
def organisation() -> str:
    """Return the organisation of the personas who work."""
    body = files("garrod.adapters.identity").joinpath("development.toml").read_text("utf-8")
    return str(tomllib.loads(body)["organisation"])


class Development:
    """The issuer. Its key lives as long as the server does.

    `new` returns a word that nobody can guess, from so many bytes.
    """

    def __init__(
        self, iss: str, audience: str, clock: Callable[[], datetime], new: Callable[[int], str]
    ) -> None:
        self.iss = iss
        self._audience = audience
        self._clock = clock
        self._new = new
        self._key = ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256"}, auto_kid=True)
        self._asks: dict[str, tuple[Asked, int]] = {}
        self._tickets: dict[str, tuple[str, int]] = {}
        self._codes: dict[str, _Given] = {}
        self._refresh: dict[str, _Given] = {}
        self._spent: dict[str, tuple[str, int]] = {}  # what was used: its family, and until when

    def metadata(self) -> dict[str, Any]:
        """Return what clients are told."""
        return {
            "issuer": self.iss,
            "authorization_endpoint": f"{self.iss}/authorize",
            "token_endpoint": f"{self.iss}/token",
            "jwks_uri": f"{self.iss}/keys",
            "end_session_endpoint": f"{self.iss}/end",
            "response_types_supported": ["code"],
            "grant_types_supported": ["authorization_code", "refresh_token"],
            "code_challenge_methods_supported": ["S256"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["ES256"],
            "token_endpoint_auth_methods_supported": ["none"],
            "scopes_supported": ["openid", "profile", "fhirUser", "offline_access"],
            "authorization_response_iss_parameter_supported": True,
            "environment": MARK,
        }

    def keys(self) -> dict[str, Any]:
        """Return the public keys."""
        return {"keys": [self._key.as_dict(private=False)]}

    def asked(self, fields: Mapping[str, str]) -> str:
        """Return the id of a new ask.

        Raises: InputError IDP010 (client or address: nobody is sent anywhere), AskRefused.
        """
        client, redirect = fields.get("client_id", ""), fields.get("redirect_uri", "")
        if not _CLIENT.fullmatch(client) or not is_near(redirect):
            raise InputError(
                "the client or its address is not one of this machine: expected client_id, and a "
                "redirect_uri of http://127.0.0.1 or http://localhost.",
                code="IDP010",
            )
        state = fields.get("state", "")
        challenge = fields.get("code_challenge", "")
        error = ""
        if fields.get("response_type") != "code":
            error = "unsupported_response_type"
        elif fields.get("code_challenge_method") != "S256" or not _CHALLENGE.fullmatch(challenge):
            error = "invalid_request"
        elif fields.get("prompt") == "none":
            error = "login_required"
        if error:
            raise AskRefused(self._back(redirect, {"error": error, "state": state}))
        scope = tuple(dict.fromkeys(fields.get("scope", "").split()))
        asked = Asked(client, redirect, scope, challenge, state, fields.get("nonce", ""))
        id = self._new(24)
        _keep(self._asks, id, (asked, self._now() + ASK_LIFE))
        return id

    def chosen(self, ask: str, persona: str) -> str:
        """Return where to send the browser, with a code.  Raises: InputError IDP010."""
        asked, until = self._asks.pop(ask, (None, 0))
        found = personas().get(persona)
        now = self._now()
        if asked is None or until < now or found is None:
            raise InputError(
                "this choice is over or was made before: begin again at the page that sent you.",
                code="IDP010",
            )
        code, family = self._new(32), self._new(16)
        _keep(self._codes, code, _Given(asked, found, now, now + CODE_LIFE, family))
        return self._back(asked.redirect, {"code": code, "state": asked.state})

    def ticket(self, persona: str) -> str:
        """Return what lets one browser in as a persona, once, without being asked who it is."""
        ticket = self._new(24)
        _keep(self._tickets, ticket, (persona, self._now() + CODE_LIFE))
        return ticket

    def welcomed(self, ticket: str) -> str:
        """Return whose a ticket is, which is used up; "" where it is nobody's."""
        persona, until = self._tickets.pop(ticket, ("", 0))
        return persona if until >= self._now() else ""

    def token(self, form: Mapping[str, str]) -> dict[str, Any]:
        """Return the tokens for a code or a refresh token.  Raises: Fault."""
        kind = form.get("grant_type")
        if kind == "authorization_code":
            return self._given(self._by_code(form))
        if kind == "refresh_token":
            return self._given(self._by_refresh(form))
        raise Fault("unsupported_grant_type")

    def _by_code(self, form: Mapping[str, str]) -> _Given:
        code, verifier = form.get("code", ""), form.get("code_verifier", "")
        given = self._taken(self._codes, code)
        digest = hashlib.sha256(verifier.encode()).digest()
        shown = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        is_own = given.asked.client == form.get("client_id")
        is_own = is_own and given.asked.redirect == form.get("redirect_uri")
        is_shown = hmac.compare_digest(shown, given.asked.challenge)
        if not is_own or not is_shown or not _VERIFIER.fullmatch(verifier):
            raise Fault("invalid_grant")
        return given

    def _by_refresh(self, form: Mapping[str, str]) -> _Given:
        given = self._taken(self._refresh, form.get("refresh_token", ""))
        if given.asked.client != form.get("client_id"):
            raise Fault("invalid_grant")
        return given

    def _taken(self, kept: dict[str, _Given], name: str) -> _Given:
        """Use something up; what is used twice ends all that came of it."""
        given, now = kept.pop(name, None), self._now()
        if given is None:
            family, _ = self._spent.get(name, ("", 0))
            self._refresh = {k: g for k, g in self._refresh.items() if g.family != family}
            raise Fault("invalid_grant")
        _keep(self._spent, name, (given.family, now + REFRESH_LIFE))
        if given.until < now:
            raise Fault("invalid_grant")
        return given

    def _given(self, given: _Given) -> dict[str, Any]:
        asked, persona, now = given.asked, given.persona, self._now()
        claims = _claims_of(persona)
        access = {
            **claims,
            "aud": self._audience,
            "client_id": asked.client,
            "scope": " ".join(asked.scope),
            "jti": self._new(16),
            "exp": now + LIFE,
            "auth_time": given.at,
        }
        told = {
            "access_token": self._signed(access, "at+jwt"),
            "token_type": "Bearer",
            "expires_in": LIFE,
            "scope": access["scope"],
            "environment": MARK,
        }
        if persona.patient:
            told["patient"] = persona.patient
        if "openid" in asked.scope:
            own = {**claims, "aud": asked.client, "exp": now + ID_LIFE, "auth_time": given.at}
            own |= {"nonce": asked.nonce} if asked.nonce else {}
            told["id_token"] = self._signed(own, "JWT")
        if "offline_access" in asked.scope:
            refresh = self._new(32)
            until = given.at + REFRESH_LIFE
            _keep(self._refresh, refresh, _Given(asked, persona, given.at, until, given.family))
            told["refresh_token"] = refresh
        return told

    def _signed(self, claims: Mapping[str, Any], typ: str) -> str:
        header = {"alg": "ES256", "typ": typ, "kid": self._key.kid}
        said = {"iss": self.iss, "iat": self._now(), "environment": MARK, **claims}
        return jwt.encode(header, said, self._key, algorithms=["ES256"])

    def _back(self, redirect: str, told: Mapping[str, str]) -> str:
        said = {k: v for k, v in told.items() if v} | {"iss": self.iss}
        return f"{redirect}{'&' if '?' in redirect else '?'}{urlencode(said)}"

    def _now(self) -> int:
        return int(self._clock().timestamp())


def _claims_of(persona: Persona) -> dict[str, Any]:
    works = persona.role not in ("patient", "proxy")
    said = {
        "sub": f"development-{persona.id}",
        "name": f"{persona.name} ({MARK})",
        "fhirUser": persona.user,
        "role": persona.role,
        "organisation": organisation() if works else "",
        "patient": persona.patient,
        "purpose_of_use": persona.purpose,
        "setting": persona.setting,
    }
    return {name: value for name, value in said.items() if value}


def is_near(address: str) -> bool:
    """Return whether an address is one of this machine, without a fragment."""
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return False
    is_plain = address.isascii() and address.isprintable() and " " not in address
    is_plain = is_plain and not parts.fragment and "@" not in parts.netloc and "\\" not in address
    return is_plain and parts.scheme == "http" and host in NEAR


def _keep(kept: dict[str, Any], name: str, value: Any) -> None:
    while len(kept) >= MOST:
        del kept[next(iter(kept))]
    kept[name] = value
