"""The development issuer: what was asked is answered once, to this machine, and says what it is."""

from datetime import UTC, datetime, timedelta
from secrets import token_urlsafe
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from garrod.adapters.identity.claims import ROLES
from garrod.adapters.identity.development import (
    ASK_LIFE,
    CODE_LIFE,
    MARK,
    AskRefused,
    Development,
    Fault,
    personas,
)
from garrod.core.errors import InputError
from tests.making.provider import challenge_of

VERIFIER = "v" * 50
ASK = {
    "client_id": "app",
    "redirect_uri": "http://127.0.0.1:9/back",
    "response_type": "code",
    "scope": "openid offline_access user/*.rs",
    "state": "s",
    "nonce": "n",
    "code_challenge": challenge_of(VERIFIER),
    "code_challenge_method": "S256",
}
SWAP = {
    "grant_type": "authorization_code",
    "client_id": "app",
    "redirect_uri": ASK["redirect_uri"],
    "code_verifier": VERIFIER,
}


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 28, 9, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def issuer(clock: Clock) -> Development:
    return Development(
        "http://127.0.0.1:8000/issuer", "http://127.0.0.1:8000/fhir", clock, token_urlsafe
    )


def code_of(issuer: Development, persona: str = "prescriber", **more: str) -> str:
    back = issuer.chosen(issuer.asked({**ASK, **more}), persona)
    told = parse_qs(urlsplit(back).query)
    assert (told["state"], told["iss"]) == (["s"], [issuer.iss])
    return told["code"][0]


def tokens_of(issuer: Development, persona: str = "prescriber", **more: str) -> dict[str, Any]:
    return issuer.token({**SWAP, "code": code_of(issuer, persona, **more)})


def claims_in(issuer: Development, token: str) -> dict[str, Any]:
    keys = KeySet.import_key_set(issuer.keys())  # type: ignore[arg-type]
    return dict(jwt.decode(token, keys, algorithms=["ES256"]).claims)


def test_there_is_somebody_of_each_role_and_every_token_says_what_it_is(
    issuer: Development,
) -> None:
    assert {one.role for one in personas().values()} == ROLES
    for id, persona in personas().items():
        told = tokens_of(issuer, id)
        assert told["environment"] == MARK
        for name in ("access_token", "id_token"):
            claims = claims_in(issuer, told[name])
            assert (claims["environment"], claims["role"]) == (MARK, persona.role)
            assert MARK in claims["name"]
        assert claims_in(issuer, told["id_token"])["nonce"] == "n"
        assert "d" not in issuer.keys()["keys"][0]


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/back", "http://evil.example", "http://127.0.0.1@evil.example/",
        "http://127.0.0.1.evil.example/", "http://localhost\\@evil.example/", "", "/back",
        "http://127.0.0.1:9/back#x", "https://127.0.0.1/back", "http://[x", "http://127.0.0.1:x/",
    ],
)  # fmt: skip
def test_nobody_is_sent_to_another_machine(issuer: Development, address: str) -> None:
    with pytest.raises(InputError) as caught:
        issuer.asked({**ASK, "redirect_uri": address})
    assert caught.value.code == "IDP010"


@pytest.mark.parametrize(
    ("more", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge": ""}, "invalid_request"),
        ({"prompt": "none"}, "login_required"),
    ],
)
def test_ask_that_is_not_safe_goes_back_with_an_error(
    issuer: Development, more: dict[str, str], error: str
) -> None:
    with pytest.raises(AskRefused) as caught:
        issuer.asked({**ASK, **more})
    told = parse_qs(urlsplit(caught.value.address).query)
    assert (told["error"], told["state"]) == ([error], ["s"])
    assert caught.value.address.startswith(ASK["redirect_uri"])


def test_choice_is_made_once_in_time_of_somebody_there_is(
    issuer: Development, clock: Clock
) -> None:
    ask = issuer.asked(ASK)
    issuer.chosen(ask, "nurse")
    late = issuer.asked(ASK)
    for said, persona in ((ask, "nurse"), ("made-up", "nurse"), (issuer.asked(ASK), "king")):
        with pytest.raises(InputError):
            issuer.chosen(said, persona)
    clock.now += timedelta(seconds=ASK_LIFE + 1)
    with pytest.raises(InputError):
        issuer.chosen(late, "nurse")


@pytest.mark.parametrize(
    "more",
    [
        {"code_verifier": "w" * 50}, {"code_verifier": ""}, {"client_id": "other"},
        {"redirect_uri": "http://127.0.0.1:9/other"}, {"code": "made-up"},
    ],
)  # fmt: skip
def test_code_is_for_who_asked_for_it(issuer: Development, more: dict[str, str]) -> None:
    with pytest.raises(Fault, match="invalid_grant"):
        issuer.token({**SWAP, "code": code_of(issuer), **more})


def test_code_ends_soon_and_used_twice_ends_what_came_of_it(
    issuer: Development, clock: Clock
) -> None:
    code = code_of(issuer)
    told = issuer.token({**SWAP, "code": code})
    with pytest.raises(Fault):
        issuer.token({**SWAP, "code": code})
    again = {"grant_type": "refresh_token", "client_id": "app"}
    with pytest.raises(Fault):
        issuer.token({**again, "refresh_token": told["refresh_token"]})
    late = code_of(issuer)
    clock.now += timedelta(seconds=CODE_LIFE + 1)
    with pytest.raises(Fault):
        issuer.token({**SWAP, "code": late})


def test_refresh_goes_on_and_used_twice_ends(issuer: Development) -> None:
    again = {"grant_type": "refresh_token", "client_id": "app"}
    first = tokens_of(issuer)["refresh_token"]
    second = issuer.token({**again, "refresh_token": first})["refresh_token"]
    assert second != first
    with pytest.raises(Fault):
        issuer.token({**again, "refresh_token": first})
    with pytest.raises(Fault):
        issuer.token({**again, "refresh_token": second})
    assert "refresh_token" not in tokens_of(issuer, scope="openid")
    with pytest.raises(Fault):
        issuer.token(
            {**again, "client_id": "x", "refresh_token": tokens_of(issuer)["refresh_token"]}
        )


def test_other_grants_are_not_given(issuer: Development) -> None:
    with pytest.raises(Fault, match="unsupported_grant_type"):
        issuer.token({"grant_type": "password"})


def test_much_that_is_asked_does_not_grow_for_ever(issuer: Development) -> None:
    first = issuer.asked(ASK)
    for _ in range(1000):
        issuer.asked(ASK)
    with pytest.raises(InputError):
        issuer.chosen(first, "nurse")


def test_ticket_lets_in_once_and_not_for_long(issuer: Development, clock: Clock) -> None:
    ticket = issuer.ticket("prescriber")
    assert issuer.welcomed(ticket) == "prescriber"
    assert issuer.welcomed(ticket) == issuer.welcomed("") == ""
    late = issuer.ticket("prescriber")
    clock.now += timedelta(seconds=CODE_LIFE + 1)
    assert issuer.welcomed(late) == ""
