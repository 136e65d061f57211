"""The issuer of a site as the keeper named it, and what may be wrong with a token."""

from __future__ import annotations

from dataclasses import dataclass, field

from garrod.adapters.subscriptions.gate import Gate
from garrod.core.errors import AccessDenied

ALGORITHMS = ("RS256", "RS384", "PS256", "PS384", "ES256", "ES384", "EdDSA", "Ed25519")
LEEWAY = 60  # Not clinical: seconds that two clocks may differ
LONGEST = 16_000  # Not clinical: characters of a token
LIFETIME = 86_400  # Not clinical: seconds that a token may live
FARTHEST = 1e12  # Not clinical: seconds; what lies behind it is no time


class Unauthorised(AccessDenied):
    """Nobody is known by what was sent. `error` is the word of RFC 6750 for it, or ""."""

    default_code = "ACC002"

    def __init__(self, message: str, *, error: str = "", code: str | None = None) -> None:
        super().__init__(message, code=code)
        self.error = error


class TokenRefused(Unauthorised):
    """A token was sent, and is not accepted."""

    def __init__(self, why: str) -> None:
        super().__init__(f"this token is not accepted: {why}.", error="invalid_token")


@dataclass(frozen=True, slots=True)
class Login:
    """A sign-in as its issuer names it: its session there, and who they are there; "": unsaid."""

    sid: str = ""
    sub: str = ""


@dataclass(frozen=True, slots=True)
class Issuer:
    """Whose tokens are believed, and for whom those must be made.

    `keys` is the address of the JWK Set, or the path of a file, where it is not asked of the
    issuer's own metadata. `client` and `secret` are what this server asks the issuer by.
    """

    iss: str
    audiences: frozenset[str]
    keys: str = ""
    client: str = ""
    secret: str = field(default="", repr=False)
    is_opaque: bool = False  # whether tokens that are no JWT are asked about (introspection)
    gate: Gate = field(default_factory=Gate)
