"""A logout token ends a sign-in only where the issuer made it, for here, for that, and once."""

import asyncio
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest

from garrod.adapters.identity.keys import Keys
from garrod.adapters.identity.logging_out import EVENT, LoggingOut
from garrod.adapters.identity.model import Issuer, Login, TokenRefused
from garrod.adapters.identity.outside import Outside, Unreached
from garrod.adapters.identity.sessions import SessionStore
from garrod.adapters.subscriptions.gate import Gate
from tests.making.issuer import KEYS, NOW, STRANGER, SmallIssuer

SECONDS = int(NOW.timestamp())
ISSUER = SmallIssuer("https://issuer.example")
Read = Callable[[str], Login]


def logout(algorithm: str = "ES256", **more: Any) -> str:
    """Return a logout token; a claim of None is left out."""
    usual: dict[str, Any] = dict.fromkeys(("client_id", "scope", "auth_time"))
    usual |= {"aud": "clinic", "sid": "s1", "exp": SECONDS + 120, "events": {EVENT: {}}}
    header = {"typ": "logout+jwt", **more.pop("header", {})}
    return ISSUER.token(algorithm, header=header, **(usual | more))


@pytest.fixture
def clock() -> list[datetime]:
    return [NOW]


@pytest.fixture
def read(tmp_path: Path, clock: list[datetime]) -> Iterator[Read]:
    """Return what reads a token, once; the keys stand in a file."""
    keys = tmp_path / "jwks.json"
    keys.write_bytes(orjson.dumps({"keys": [k.as_dict(private=False) for k in KEYS.values()]}))
    issuer = Issuer(ISSUER.base, frozenset(("api",)), keys=str(keys), client="clinic")
    with asyncio.Runner() as runner:
        outside = Outside(Gate())
        known = Keys(issuer, outside, lambda: clock[0])
        reader = LoggingOut(known, lambda: clock[0], SessionStore())
        yield lambda token: runner.run(reader.proved(token))
        runner.run(outside.close())


@pytest.mark.parametrize(
    ("claims", "login"),
    [
        ({}, Login("s1", "u1")),
        ({"sub": None}, Login("s1")),
        ({"sid": None}, Login("", "u1")),
        ({"aud": ["clinic", "other"]}, Login("s1", "u1")),
        ({"header": {"typ": "JWT"}}, Login("s1", "u1")),
        ({"header": {"typ": "application/logout+jwt"}}, Login("s1", "u1")),
        ({"events": {EVENT: {}, "urn:another": {}}}, Login("s1", "u1")),
        ({"exp": SECONDS - 30}, Login("s1", "u1")),  # clocks differ
    ],
)
def test_token_of_the_issuer_is_taken(read: Read, claims: dict[str, Any], login: Login) -> None:
    assert read(logout(**claims)) == login


@pytest.mark.parametrize("algorithm", KEYS)
def test_every_key_of_the_issuer_counts(read: Read, algorithm: str) -> None:
    assert read(logout(algorithm)) == Login("s1", "u1")


@pytest.mark.parametrize(
    ("claims", "why"),
    [
        ({"iss": "https://evil.example"}, "iss"),
        ({"iss": None}, "iss"),
        ({"aud": "other"}, "aud"),
        ({"aud": "api"}, "aud"),  # for whom access tokens are
        ({"aud": None}, "aud"),
        ({"exp": None}, "exp"),
        ({"exp": SECONDS - 61}, "exp"),
        ({"exp": SECONDS + 90_000}, "exp"),
        ({"iat": None}, "iat"),
        ({"iat": SECONDS + 61}, "iat"),
        ({"iat": "now"}, "iat"),
        ({"jti": None}, "jti"),
        ({"jti": ""}, "jti"),
        ({"jti": 7}, "jti"),
        ({"events": None}, "events"),
        ({"events": {}}, "events"),
        ({"events": [EVENT]}, "events"),
        ({"events": {EVENT: True}}, "events"),
        ({"events": {EVENT + "s": {}}}, "events"),
        ({"nonce": "n"}, "nonce"),
        ({"nonce": ""}, "nonce"),
        ({"sid": None, "sub": None}, "sid, sub"),
        ({"sid": "", "sub": ""}, "sid, sub"),
        ({"sid": {"$ne": ""}}, "sid"),
        ({"sub": ["u1"]}, "sub"),
        ({"header": {"typ": "at+jwt"}}, "typ"),
        ({"header": {"alg": "none"}}, "alg"),
        ({"header": {"alg": "HS256"}}, "alg"),
        ({"header": {"jwk": {}}}, "key"),
        ({"header": {"crit": ["x"]}}, "crit"),
        ({"header": {"kid": "unknown"}}, "signature"),
        ({"key": STRANGER}, "signature"),
    ],
)
def test_any_other_token_is_refused(read: Read, claims: dict[str, Any], why: str) -> None:
    with pytest.raises(TokenRefused, match=why):
        read(logout(**claims))
    assert read(logout()) == Login("s1", "u1")  # what was refused has used nothing up


def test_each_token_counts_once(read: Read, clock: list[datetime]) -> None:
    assert read(logout(jti="a"))
    with pytest.raises(TokenRefused, match="used before"):
        read(logout(jti="a"))
    assert read(logout(jti="b"))
    clock[0] += timedelta(seconds=170)  # within the minute by which clocks may differ
    with pytest.raises(TokenRefused, match="used before"):
        read(logout(jti="a"))


@pytest.mark.parametrize("token", ["", "x", "a.b", "a.b.c", "e30.e30.AAAA", "x" * 20_000])
def test_what_is_no_token_is_refused(read: Read, token: str) -> None:
    with pytest.raises(TokenRefused):
        read(token)


def test_every_changed_byte_is_refused(read: Read) -> None:
    token = logout()
    for place in range(0, len(token), 7):
        other = "A" if token[place] != "A" else "B"
        with pytest.raises(TokenRefused):
            read(token[:place] + other + token[place + 1 :])


def test_without_the_issuers_keys_nobody_is_believed() -> None:
    async def check() -> None:
        issuer = Issuer("https://issuer.example", frozenset(), keys="absent.json", client="clinic")
        outside = Outside(Gate())
        reader = LoggingOut(Keys(issuer, outside, lambda: NOW), lambda: NOW, SessionStore())
        try:
            with pytest.raises(Unreached):
                await reader.proved(logout())
        finally:
            await outside.close()

    asyncio.run(check())
