"""Who comes back from the site's issuer is who it says, in answer to what this browser asked."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import replace
from secrets import token_urlsafe
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlsplit

import pytest

from garrod.adapters.identity.claims import reading_of
from garrod.adapters.identity.keys import Keys
from garrod.adapters.identity.model import Issuer, TokenRefused
from garrod.adapters.identity.outside import Outside, Unreached
from garrod.adapters.identity.signing_in import Ask, Person, SigningIn
from garrod.adapters.subscriptions.gate import Gate
from tests.making.issuer import NOW, STRANGER, SmallIssuer, small_issuer
from tests.making.provider import challenge_of

T = TypeVar("T")
SECONDS = int(NOW.timestamp())
BACK = "https://garrod.example/sign-in/back"


class Client:
    """A client of a real issuer, with a clock that is set."""

    def __init__(self, issuer: SmallIssuer, secret: str = "") -> None:
        self.now = NOW
        self.issuer = issuer
        gate = Gate(frozenset(("loopback",)))
        known = Issuer(issuer.base, frozenset(("api",)), client="clinic", secret=secret, gate=gate)
        self.outside = Outside(gate)
        self.runner = asyncio.Runner()
        keys = Keys(known, self.outside, lambda: self.now)
        self.service = SigningIn(keys, reading_of(), lambda: self.now, token_urlsafe)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    def ask(self, max_age: int = -1) -> tuple[dict[str, str], Ask]:
        """Return what the issuer is asked, and what the browser carries."""
        address, ask = self.run(self.service.sent(BACK, "/patients", max_age=max_age))
        return {k: v[0] for k, v in parse_qs(urlsplit(address).query).items()}, ask

    def back(self, ask: Ask, token: str = "", **more: str) -> Person:
        """Return who comes back with a token."""
        if token:
            self.issuer.answers["/token"] = {"access_token": "a", "id_token": token}
        fields = {"state": ask.state, "code": "c", **more}
        return self.run(self.service.returned(ask, fields))

    def token(self, ask: Ask, algorithm: str = "ES256", **more: Any) -> str:
        usual = {"aud": "clinic", "nonce": ask.nonce, "auth_time": SECONDS - 10}
        header = more.pop("header", {"typ": "JWT"})
        return self.issuer.token(algorithm, header=header, **(usual | more))


@pytest.fixture
def issuer() -> Iterator[SmallIssuer]:
    with small_issuer() as running:
        yield running


@pytest.fixture
def clients(issuer: SmallIssuer) -> Iterator[Callable[..., Client]]:
    made: list[Client] = []

    def make(secret: str = "") -> Client:
        made.append(Client(issuer, secret))
        return made[-1]

    yield make
    for client in made:
        client.run(client.outside.close())
        client.runner.close()


@pytest.fixture
def client(clients: Callable[..., Client]) -> Client:
    return clients()


def test_ask_has_state_nonce_and_a_challenge_of_what_stays_here(client: Client) -> None:
    asked, ask = client.ask()
    assert asked["code_challenge"] == challenge_of(ask.verifier)
    assert asked["code_challenge_method"] == "S256"
    assert (asked["state"], asked["nonce"]) == (ask.state, ask.nonce)
    assert ask.verifier not in str(asked)
    assert "max_age" not in asked
    again, _ = client.ask(max_age=300)
    assert (again["max_age"], again["prompt"]) == ("300", "login")
    assert len({ask.state, ask.nonce, ask.verifier}) == 3


@pytest.mark.parametrize("algorithm", ["RS256", "PS256", "ES256", "ES384", "EdDSA"])
def test_who_comes_back_is_in_and_not_limited_by_scopes(client: Client, algorithm: str) -> None:
    _, ask = client.ask()
    token = client.token(ask, algorithm, fhirUser="Practitioner/x", role="nurse", name="Nora")
    found = client.back(ask, token)
    assert (found.actor.id, found.actor.role, found.name) == ("Practitioner/x", "nurse", "Nora")
    assert found.actor.scopes is None
    assert found.actor.shown == SECONDS - 10
    (form,) = client.issuer.forms
    assert (form["code"], form["code_verifier"]) == ("c", ask.verifier)


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"nonce": "other"}, "nonce"),
        ({"nonce": None}, "nonce"),
        ({"aud": "other"}, "aud"),
        ({"aud": ["clinic", "other"]}, "azp"),
        ({"azp": "other"}, "azp"),
        ({"iss": "https://elsewhere.example"}, "iss"),
        ({"exp": SECONDS - 61}, "exp"),
        ({"iat": SECONDS + 61}, "not valid yet"),
        ({"auth_time": "now"}, "auth_time"),
        ({"auth_time": True}, "auth_time"),
        ({"key": STRANGER}, "signature"),
        ({"header": {"kid": "made-up"}}, "signature"),
        ({"header": {"alg": "none"}}, "alg"),
        ({"header": {"alg": "HS256"}}, "alg"),
        ({"header": {"jku": "https://evil.example"}}, "own key"),
    ],
)
def test_id_token_that_is_not_the_answer_is_refused(
    client: Client, more: dict[str, Any], why: str
) -> None:
    _, ask = client.ask()
    with pytest.raises(TokenRefused, match=why):
        client.back(ask, client.token(ask, **more))


def test_several_audiences_are_fine_where_this_client_is_the_one_authorised(
    client: Client,
) -> None:
    _, ask = client.ask()
    assert client.back(ask, client.token(ask, aud=["clinic", "other"], azp="clinic")).actor.shown


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"state": "other"}, "state"),
        ({"state": ""}, "state"),
        ({"iss": "https://elsewhere.example"}, "iss"),
        ({"code": ""}, "not completed"),
    ],
)
def test_answer_to_something_else_is_refused_before_the_issuer_is_asked(
    client: Client, fields: dict[str, str], why: str
) -> None:
    _, ask = client.ask()
    with pytest.raises(TokenRefused, match=why):
        client.back(ask, **fields)
    assert client.issuer.forms == []


def test_answer_is_taken_once(client: Client) -> None:
    _, ask = client.ask()
    token = client.token(ask)
    client.back(ask, token)
    with pytest.raises(TokenRefused, match="used before"):
        client.back(ask, token)


def test_fresh_sign_in_is_shown_to_be_one(client: Client) -> None:
    for auth_time in (SECONDS - 361, None):
        _, ask = client.ask(max_age=300)
        with pytest.raises(TokenRefused, match="auth_time"):
            client.back(ask, client.token(ask, auth_time=auth_time))
    _, ask = client.ask(max_age=300)
    assert client.back(ask, client.token(ask, auth_time=SECONDS - 300)).actor.shown


def test_code_that_the_issuer_does_not_take_is_refused_and_a_fault_is_a_fault(
    client: Client,
) -> None:
    for status, expected in ((400, TokenRefused), (401, TokenRefused), (500, Unreached)):
        _, ask = client.ask()
        client.issuer.answers["/token"] = status
        with pytest.raises(expected):
            client.back(ask)


def test_client_with_a_secret_shows_it(clients: Callable[..., Client]) -> None:
    client = clients(secret="s")
    _, ask = client.ask()
    assert client.back(ask, client.token(ask)).actor.client == "clinic"


def test_user_information_adds_what_the_id_token_leaves_out(client: Client) -> None:
    base = client.issuer.base
    told = client.issuer.answers["/.well-known/openid-configuration"]
    told["userinfo_endpoint"] = f"{base}/userinfo"
    job = {"person_roleid": "1", "role_code": "S8000:G8000:R8001", "org_code": "RBA"}
    client.issuer.answers["/userinfo"] = {"sub": "u1", "nhsid_nrbac_roles": [job]}
    _, ask = client.ask()
    found = client.back(ask, client.token(ask, selected_roleid="1"))
    assert (found.actor.role, found.actor.organisation) == ("nurse", "RBA")
    client.issuer.answers["/userinfo"] = {"sub": "somebody-else", "role": "prescriber"}
    _, ask = client.ask()
    with pytest.raises(TokenRefused, match="sub"):
        client.back(ask, client.token(ask))
    client.issuer.answers["/userinfo"] = 403
    _, ask = client.ask()
    assert client.back(ask, client.token(ask)).actor.role == ""
    client.issuer.answers["/userinfo"] = 500
    _, ask = client.ask()
    with pytest.raises(Unreached):
        client.back(ask, client.token(ask))


def test_ask_of_another_browser_is_another(client: Client) -> None:
    _, mine = client.ask()
    _, theirs = client.ask()
    with pytest.raises(TokenRefused, match="nonce"):
        client.back(replace(mine), client.token(theirs))
