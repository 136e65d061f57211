"""The keys of an issuer: fetched when first needed, renewed while it answers, else kept a while.

Source: RFC 7517 (JWK); RFC 8037 (OKP); RFC 8414 (metadata); RFC 7518, 3.3 (length of RSA keys)
"""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import orjson
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey

from garrod.adapters.identity.model import Issuer
from garrod.adapters.identity.outside import DISCOVERY, Outside, Unreached

KEPT = 600  # Not clinical: seconds that keys are believed without a look
STALE = 86_400  # Not clinical: seconds that they are believed while the issuer cannot be reached
PAUSE = 30  # Not clinical: seconds between two looks for what was not there, or did not come
RETRY = 1  # Not clinical: the same, while there are no keys at all
LEAST_BITS = 2048
PRIVATE = frozenset(("d", "p", "q", "dp", "dq", "qi", "oth", "key_ops"))
FITS = {  # which algorithms a key may be used with
    "RSA": frozenset(("RS256", "RS384", "PS256", "PS384")),
    "P-256": frozenset(("ES256",)),
    "P-384": frozenset(("ES384",)),
    "Ed25519": frozenset(("EdDSA", "Ed25519")),
}
Key = RSAKey | ECKey | OKPKey


class Keys:
    """Knows an issuer's metadata and keys. `at_hand` never waits; `renew` does."""

    def __init__(self, issuer: Issuer, outside: Outside, clock: Callable[[], datetime]) -> None:
        self.issuer = issuer
        self.outside = outside
        self.metadata: Mapping[str, Any] = {}
        self.generation = 0  # how often the keys became others
        self._clock = clock
        self._keys: dict[tuple[str, str], Key] = {}
        self._sent: Any = None
        self._since = self._tried = self._asked = float("-inf")
        self._lock = asyncio.Lock()

    def at_hand(self, kid: str, algorithm: str) -> Key | None:
        """Return a key of an id for an algorithm; without an id, the only one there is for it."""
        if kid:
            return self._keys.get((kid, algorithm))
        fitting = {id(key): key for (_, name), key in self._keys.items() if name == algorithm}
        return next(iter(fitting.values())) if len(fitting) == 1 else None

    def is_fresh(self) -> bool:
        """Return whether the keys need no look; while the issuer is away, none until a pause."""
        now = self._now()
        return now - self._since < KEPT or (self.is_known() and now - self._tried < PAUSE)

    def is_known(self) -> bool:
        """Return whether there are keys that may still be believed."""
        return self._now() - self._since < STALE

    def may_look(self) -> bool:
        """Return whether the last look is long enough ago for another."""
        return self._now() - self._tried >= (PAUSE if self.is_known() else RETRY)

    async def renew(self) -> None:
        """Ask for the keys again, at most once a pause; what is had is kept where they do not come.

        Raises: Unreached IDP001 where there are none, or none that may still be believed.
        """
        async with self._lock:
            if self.may_look():
                self._tried = self._now()
                try:
                    await self._fetch()
                except Unreached:
                    if not self.is_known():
                        self._keys = {}
                        raise
        if not self.is_known():
            raise Unreached("cannot be reached")

    async def told(self) -> Mapping[str, Any]:
        """Return the issuer's metadata.  Raises: Unreached IDP001."""
        if self.metadata:
            return self.metadata
        async with self._lock:
            if not self.metadata:
                if self._now() - self._asked < RETRY:
                    raise Unreached("cannot be reached")
                self._asked = self._now()
                await self._discover()
        return self.metadata

    async def _discover(self) -> None:
        told = await self.outside.get(discovery_of(self.issuer))
        self.metadata = checked(told, self.issuer)

    async def _fetch(self) -> None:
        named = self.issuer.keys
        if named and not named.startswith(("https://", "http://")):
            sent = _in_file(Path(named))
        else:
            if not named:
                await self._discover()
                named = str(self.metadata.get("jwks_uri", ""))
            sent = await self.outside.get(named)
        found = keys_in(sent)
        if not found:
            raise Unreached("has no keys that can be used")
        if sent != self._sent:
            self._keys, self._sent, self.generation = found, sent, self.generation + 1
        self._since = self._now()

    def _now(self) -> float:
        return self._clock().timestamp()


def discovery_of(issuer: Issuer) -> str:
    """Return the address of an issuer's metadata."""
    return issuer.iss.rstrip("/") + DISCOVERY


def checked(told: Mapping[str, Any], issuer: Issuer) -> Mapping[str, Any]:
    """Return metadata that is the issuer's own, each endpoint on its scheme.

    Raises: Unreached IDP001.  Source: RFC 8414, 3.3
    """
    if told.get("issuer") != issuer.iss:
        raise Unreached("names another issuer in its metadata")
    for name, value in told.items():
        if name.endswith(("_endpoint", "_uri")) and not _is_as_safe(value, issuer.iss):
            raise Unreached(f"names an address that is not https ({name})")
    return told


def _is_as_safe(value: Any, iss: str) -> bool:
    if not isinstance(value, str):
        return False
    try:
        scheme = urlsplit(value).scheme
    except ValueError:
        return False
    return scheme == "https" or scheme == urlsplit(iss).scheme


def keys_in(sent: Any) -> dict[tuple[str, str], Key]:
    """Return the public keys of a JWK Set by id and algorithm; those that cannot serve left out.

    Of two keys with one id and use the first counts.
    """
    listed = sent.get("keys") if isinstance(sent, dict) else None
    found: dict[tuple[str, str], Key] = {}
    for one in listed if isinstance(listed, list) else ():
        key = _public(one)
        if key is None:
            continue
        named = one.get("alg")
        for algorithm in FITS.get(str(one.get("crv", "RSA")), frozenset()):
            if named in (None, algorithm):
                found.setdefault((str(one.get("kid", "")), algorithm), key)
    return found


def _public(sent: Any) -> Key | None:
    """Return a key that signatures may be checked by, or None."""
    if not isinstance(sent, dict) or sent.get("use", "sig") != "sig":
        return None
    operations = sent.get("key_ops")
    if isinstance(operations, list) and "verify" not in operations:
        return None
    plain = {k: v for k, v in sent.items() if k not in PRIVATE}
    try:
        if sent.get("kty") == "EC" and sent.get("crv") in ("P-256", "P-384"):
            return ECKey.import_key(plain)
        if sent.get("kty") == "OKP" and sent.get("crv") == "Ed25519":
            return OKPKey.import_key(plain)
        if sent.get("kty") == "RSA" and "crv" not in sent and _bits(sent.get("n")) >= LEAST_BITS:
            return RSAKey.import_key(plain)
    except (JoseError, ValueError, TypeError, KeyError):
        return None
    return None


def _bits(modulus: Any) -> int:
    """Return the length of an RSA modulus, which is written as base64url."""
    if not isinstance(modulus, str):
        return 0
    written = modulus.rstrip("=").encode()
    plain = base64.urlsafe_b64decode(written + b"=" * (-len(written) % 4))
    return int.from_bytes(plain).bit_length()


def _in_file(path: Path) -> Any:
    try:
        return orjson.loads(path.read_bytes())
    except (OSError, orjson.JSONDecodeError) as error:
        raise Unreached(
            f"has no file of keys that can be read (GARROD_JWKS, {type(error).__name__})"
        ) from None
