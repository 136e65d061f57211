"""Who calls a hook: a client known beforehand, by a token that it signed for this very address.

JWT -> checked header, key of the client's own set, signature, claims, never seen before -> Client
Source: CDS Hooks 2.0, https://cds-hooks.hl7.org/2.0/#trusting-cds-clients; RFC 7515, 7517, 7519;
RFC 8725 (JSON Web Token best current practices)
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

import orjson
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet, RSAKey

from garrod.core.errors import AccessDenied, GarrodError, InputError

ALGORITHMS = ("ES384", "RS384", "ES256", "RS256")  # the first two are those that CDS Hooks names
LONGEST = 16_000  # Not clinical: characters of a token
LEEWAY = 60  # Not clinical: seconds that two clocks may differ
LIFETIME = 3600  # Not clinical: seconds that a token may live
KEPT = 600  # Not clinical: seconds that a client's keys are believed
PAUSE = 30  # Not clinical: seconds between two askings for a key that is not there
LEAST_BITS = 2048  # RFC 7518, 3.3
FARTHEST = 1e12  # Not clinical: seconds; what lies behind it is no time


class Unknown(AccessDenied):
    """Nobody is known by the token sent."""

    default_code = "ACC002"


@dataclass(frozen=True, slots=True)
class Client:
    """A client that may call: the issuer of its tokens, and where its keys are.

    `keys` are the keys themselves, where they were handed over; `reads_record` says that it may
    ask the record kept here as this server's own user does.
    """

    iss: str
    jku: str = ""
    keys: Mapping[str, Any] = field(default_factory=dict)
    reads_record: bool = False


@dataclass(frozen=True, slots=True)
class Caller:
    """Who called: the client, and the organisation it named, or ""."""

    client: Client
    tenant: str = ""


class Fetch(Protocol):
    """Gets the key set at an address that the keeper listed."""

    async def __call__(self, url: str) -> Any:
        """Return the JSON there.  Raises: OutsideError."""
        ...


class Clients:
    """Knows the clients of a site, their keys for a while, and the tokens already used."""

    def __init__(
        self, clients: Iterable[Client], fetch: Fetch, clock: Callable[[], datetime]
    ) -> None:
        self._by_issuer = {client.iss: client for client in clients}
        self._fetch = fetch
        self._clock = clock
        self._used: dict[tuple[str, str], float] = {}
        self._tidied = 0.0
        self._keys: dict[str, tuple[float, KeySet]] = {}

    async def caller(self, token: str, address: str) -> Caller:
        """Return who signed a token for an address.

        Raises: Unknown ACC002 (whatever is wrong with it), OutsideError (its keys do not come).
        """
        if not token or len(token) > LONGEST:
            raise _refused("it is no token")
        header, claims = _unproved(token)
        client = self._by_issuer.get(str(claims.get("iss")))
        if client is None:
            raise _refused("its issuer is not known here")
        if header.get("alg") not in ALGORITHMS:
            raise _refused(f"it must be signed by one of {', '.join(ALGORITHMS)}")
        if header.get("jku", client.jku) != client.jku:
            raise _refused("its jku is not the one agreed on")
        proved = await self._proved(token, client, header)
        self._check(client, proved, address)
        tenant = proved.get("tenant")
        return Caller(client, tenant[:200] if isinstance(tenant, str) else "")

    async def _proved(
        self, token: str, client: Client, header: Mapping[str, Any]
    ) -> dict[str, Any]:
        keys = await self._keys_of(client, str(header.get("kid", "")))
        try:
            return dict(jwt.decode(token, keys, algorithms=list(ALGORITHMS)).claims)
        except (JoseError, ValueError, TypeError, KeyError):
            raise _refused("its signature is not that of the client") from None

    async def _keys_of(self, client: Client, kid: str) -> KeySet:
        """Return the client's keys; asked for again where a key is not among them."""
        now = self._clock().timestamp()
        since, keys = self._keys.get(client.iss, (0.0, KeySet([])))
        is_there = kid in {key.kid for key in keys.keys}
        if (now - since < KEPT and is_there) or now - since < PAUSE:
            return keys
        sent = client.keys or await self._fetch(client.jku)
        keys = key_set(sent)
        self._keys[client.iss] = (now, keys)
        return keys

    def _check(self, client: Client, claims: Mapping[str, Any], address: str) -> None:
        """Raise Unknown where a token is for another address, not of now, or was used before."""
        meant = claims.get("aud")
        named = meant if isinstance(meant, list) else [meant]
        if address not in named:
            raise _refused("it is not for this address (aud)")
        now, exp, iat = self._clock().timestamp(), _time(claims, "exp"), _time(claims, "iat")
        if exp is None or iat is None or exp < now - LEEWAY or iat > now + LEEWAY:
            raise _refused("it is not of now (exp, iat)")
        if exp > now + LIFETIME:
            raise _refused(f"it lives longer than {LIFETIME} s (exp)")
        nonce = claims.get("jti")
        if not isinstance(nonce, str) or not 1 <= len(nonce) <= 300:
            raise _refused("it has no nonce (jti)")
        self._use(client.iss, nonce, exp, now)

    def _use(self, iss: str, nonce: str, exp: float, now: float) -> None:
        if now >= self._tidied + LEEWAY:
            self._used = {key: end for key, end in self._used.items() if end >= now - LEEWAY}
            self._tidied = now
        if (iss, nonce) in self._used:
            raise _refused("it was used before (jti)")
        self._used[iss, nonce] = exp


def key_set(sent: Any) -> KeySet:
    """Return the public keys of a JWK Set that signatures may be checked by; others are left out.

    Raises: Unknown ACC002 where it is no JWK Set.
    """
    listed = sent.get("keys") if isinstance(sent, dict) else None
    if not isinstance(listed, list):
        raise _refused("the client's keys are no JWK Set")
    return KeySet([key for one in listed if (key := _public(one)) is not None])


def _public(sent: Any) -> ECKey | RSAKey | None:
    """Return a key that signatures may be checked by, or None."""
    if not isinstance(sent, dict) or not isinstance(sent.get("kid"), str):
        return None
    if sent.get("use", "sig") != "sig":
        return None
    plain = {k: v for k, v in sent.items() if k not in PRIVATE}
    try:
        if sent.get("kty") == "EC":
            return ECKey.import_key(plain)
        is_long = sent.get("kty") == "RSA" and _bits(sent.get("n")) >= LEAST_BITS
        return RSAKey.import_key(plain) if is_long else None
    except (JoseError, ValueError, TypeError, KeyError):
        return None


def _bits(modulus: Any) -> int:
    """Return the length of an RSA modulus, which is written as base64url."""
    if not isinstance(modulus, str):
        return 0
    written = modulus.rstrip("=").encode()
    plain = base64.urlsafe_b64decode(written + b"=" * (-len(written) % 4))
    return int.from_bytes(plain).bit_length()


PRIVATE = frozenset(("d", "p", "q", "dp", "dq", "qi", "oth", "key_ops"))


def clients_in(body: bytes) -> tuple[Client, ...]:
    """Return the clients of a settings file.  Raises: InputError CDS006."""
    try:
        listed = orjson.loads(body)["clients"]
        found = tuple(
            Client(
                str(one["iss"]),
                str(one.get("jku", "")),
                one.get("jwks", {}),
                one.get("reads_record") is True,
            )
            for one in listed
        )
    except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError):
        found = ()
    if not found or any(not c.iss or not (c.jku or c.keys) for c in found):
        raise InputError(
            'the file of GARROD_CDS_CLIENTS must be {"clients": [{"iss": …, "jku": … or "jwks": '
            "{…}}]}: each client with the issuer of its tokens, and its keys or their address.",
            code="CDS006",
        )
    return found


def _unproved(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return header and claims as they were sent: to find the client by, and for nothing else."""
    try:
        found = jws.extract_compact(token.encode("ascii"))
        claims = orjson.loads(found.payload)
        header = dict(found.protected)
    except (JoseError, GarrodError, ValueError, TypeError, KeyError):
        raise _refused("it cannot be read") from None
    if not isinstance(claims, dict):
        raise _refused("it cannot be read")
    return header, claims


def _time(claims: Mapping[str, Any], name: str) -> float | None:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if abs(value) < FARTHEST else None


def _refused(why: str) -> Unknown:
    return Unknown(f"the token of this call is not accepted: {why}.")
