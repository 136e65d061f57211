"""Who calls is known by a token they signed for this address, now, once; nobody else is."""

import asyncio
import base64
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from joserfc import jwt
from joserfc.jwk import ECKey, Key, RSAKey

from garrod.adapters.cds.clients import Caller, Client, Clients, Unknown, clients_in
from garrod.core.errors import InputError, OutsideError

NOW = datetime(2026, 3, 3, 9, tzinfo=UTC)
ISS, JKU = "https://ehr.example/", "https://ehr.example/jwks.json"
AUD = "https://cds.example/cds-services/garrod-order-sign"
ELLIPTIC = ECKey.generate_key("P-384", {"kid": "e", "use": "sig"})
SMALLER = ECKey.generate_key("P-256", {"kid": "s"})
RSA = RSAKey.generate_key(2048, {"kid": "r"})
WEAK = rsa.generate_private_key(public_exponent=65537, key_size=1024)
WEAK_KEY = {
    "kty": "RSA",
    "kid": "w",
    "n": base64.urlsafe_b64encode(WEAK.public_key().public_numbers().n.to_bytes(128, "big"))
    .rstrip(b"=")
    .decode(),
    "e": "AQAB",
}
KEYS = {"keys": [*(k.as_dict(private=False) for k in (ELLIPTIC, SMALLER, RSA)), WEAK_KEY]}


def text_of(said: bytes) -> str:
    """Return bytes as base64url without padding."""
    return base64.urlsafe_b64encode(said).rstrip(b"=").decode()


class Site:
    """A site with one client, a clock that is set, and a count of how often keys were asked."""

    def __init__(self, client: Client | None = None, keys: Any = None) -> None:
        self.now = NOW
        self.asked: list[str] = []
        self.keys = KEYS if keys is None else keys
        self.clients = Clients((client or Client(ISS, JKU),), self._fetch, lambda: self.now)

    async def _fetch(self, url: str) -> Any:
        self.asked.append(url)
        if isinstance(self.keys, Exception):
            raise self.keys
        return self.keys

    def caller(self, token: str, address: str = AUD) -> Caller:
        return asyncio.run(self.clients.caller(token, address))


def claims(**more: Any) -> dict[str, Any]:
    at = int(NOW.timestamp())
    return {"iss": ISS, "aud": AUD, "exp": at + 300, "iat": at, "jti": "n1", **more}


def signed(
    key: Key = ELLIPTIC, alg: str = "ES384", *, header: dict[str, Any] | None = None, **more: Any
) -> str:
    named = {"alg": alg, "kid": key.kid, "typ": "JWT", "jku": JKU, **(header or {})}
    head = {k: v for k, v in named.items() if v is not None}
    wanted = {k: v for k, v in claims(**more).items() if v is not None}
    return jwt.encode(head, wanted, key, algorithms=[alg])


def by_weak_key() -> str:
    """Return a token signed by a key that is too short."""
    head = {"alg": "RS384", "kid": "w", "jku": JKU}
    parts = ".".join(text_of(json.dumps(part).encode()) for part in (head, claims()))
    mark = WEAK.sign(parts.encode(), padding.PKCS1v15(), hashes.SHA384())
    return f"{parts}.{text_of(mark)}"


@pytest.mark.parametrize(
    ("key", "alg"),
    [(ELLIPTIC, "ES384"), (SMALLER, "ES256"), (RSA, "RS384"), (RSA, "RS256")],
)
def test_client_is_known_by_its_signature(key: Key, alg: str) -> None:
    found = Site().caller(signed(key, alg, tenant="Trust 1"))
    assert found.client.iss == ISS
    assert found.tenant == "Trust 1"


def test_address_may_stand_among_others() -> None:
    assert Site().caller(signed(aud=["https://other.example", AUD])).client.iss == ISS


BAD = [
    "",
    "a.b.c",
    "x" * 20_000,
    signed(iss="https://stranger.example/"),
    signed(aud="https://cds.example/cds-services"),
    signed(aud=None),
    signed(exp=int(NOW.timestamp()) - 120),
    signed(exp=int(NOW.timestamp()) + 90_000),
    signed(exp=None),
    signed(exp="soon"),
    signed(iat=int(NOW.timestamp()) + 600),
    signed(iat=True),
    signed(jti=None),
    signed(jti=""),
    signed(header={"jku": "https://evil.example/jwks.json"}),
    signed(header={"kid": "unknown"}),
    signed(RSA, "RS512"),
    by_weak_key(),
    signed(ECKey.generate_key("P-384", {"kid": "e"})),
]


@pytest.mark.parametrize("number", range(len(BAD)))
def test_any_other_token_is_nobodys(number: int) -> None:
    with pytest.raises(Unknown):
        Site().caller(BAD[number])


def by_hand(alg: str, kid: str, mark: bytes) -> str:
    """Return a token that no library would make."""
    head = {"alg": alg, "kid": kid, "typ": "JWT", "jku": JKU}
    parts = ".".join(text_of(json.dumps(part).encode()) for part in (head, claims()))
    return f"{parts}.{text_of(mark)}"


def test_token_without_signature_or_by_a_shared_key_is_nobodys() -> None:
    public = RSA.as_pem(private=False)
    unsigned = by_hand("HS384", "r", b"").rpartition(".")[0]
    shared = hmac.new(public, unsigned.encode(), "sha384").digest()
    for token in (by_hand("none", "e", b""), by_hand("HS384", "r", shared)):
        with pytest.raises(Unknown, match="signed by one of"):
            Site().caller(token)


def test_signature_of_another_kind_of_key_is_refused() -> None:
    for alg, kid in (("RS384", "e"), ("ES384", "r"), ("ES384", "s")):
        with pytest.raises(Unknown, match="signature"):
            Site().caller(by_hand(alg, kid, b"x" * 96))


def test_token_is_good_once() -> None:
    site = Site()
    token = signed()
    site.caller(token)
    with pytest.raises(Unknown, match="used before"):
        site.caller(token)
    site.now += timedelta(seconds=200)
    with pytest.raises(Unknown, match="used before"):
        site.caller(token)
    assert site.caller(signed(jti="n2")).client.iss == ISS


def test_used_nonces_are_forgotten_once_their_tokens_are_dead() -> None:
    site = Site()
    site.caller(signed())
    site.now += timedelta(hours=2)
    at = int(site.now.timestamp())
    site.caller(signed(jti="n3", iat=at, exp=at + 60))
    assert len(site.clients._used) == 1


def test_keys_are_kept_for_a_while_and_asked_again_for_a_new_one() -> None:
    site = Site()
    for n in range(3):
        site.caller(signed(jti=f"a{n}"))
    assert site.asked == [JKU]
    rotated = ECKey.generate_key("P-384", {"kid": "new"})
    site.keys = {"keys": [rotated.as_dict(private=False)]}
    with pytest.raises(Unknown):
        site.caller(signed(rotated, jti="b1"))
    assert site.asked == [JKU], "not asked at every token with an unknown key"
    site.now += timedelta(seconds=40)
    site.caller(signed(rotated, jti="b2"))
    assert site.asked == [JKU, JKU]
    site.now += timedelta(seconds=700)
    at = int(site.now.timestamp())
    site.caller(signed(rotated, jti="b3", iat=at, exp=at + 60))
    assert len(site.asked) == 3


def test_keys_handed_over_are_not_fetched() -> None:
    site = Site(Client(ISS, keys=KEYS))
    assert site.caller(signed(header={"jku": None})).client.iss == ISS
    assert site.asked == []


def test_keys_that_do_not_come_are_the_other_sides_fault() -> None:
    with pytest.raises(OutsideError):
        Site(keys=OutsideError("no")).caller(signed())


@pytest.mark.parametrize(
    "keys",
    [
        [],
        {"keys": 1},
        {"keys": [1, {"kid": 7}, {"kid": "e", "kty": "oct", "k": "eA"}]},
        {"keys": [{**ELLIPTIC.as_dict(private=False), "use": "enc"}]},
        {"keys": [{**ELLIPTIC.as_dict(private=False), "x": "?"}]},
    ],
)
def test_key_set_without_the_key_lets_nobody_in(keys: Any) -> None:
    with pytest.raises(Unknown):
        Site(keys=keys).caller(signed())


def test_clients_are_read_from_a_file() -> None:
    listed = [{"iss": ISS, "jku": JKU, "reads_record": True}, {"iss": "https://b", "jwks": KEYS}]
    first, second = clients_in(json.dumps({"clients": listed}).encode())
    assert first.reads_record
    assert not second.reads_record
    assert second.keys == KEYS


@pytest.mark.parametrize(
    "body", [b"", b"[]", b'{"clients": []}', b'{"clients": [{"iss": "x"}]}', b'{"clients": [1]}']
)
def test_file_without_clients_is_refused(body: bytes) -> None:
    with pytest.raises(InputError) as refused:
        clients_in(body)
    assert refused.value.code == "CDS006"
