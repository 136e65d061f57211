"""A token of the site's issuer lets in for as long as it says; nothing else does."""

import asyncio
import base64
import hmac
import json
from collections.abc import Callable, Coroutine, Iterator
from datetime import timedelta
from typing import Any, TypeVar

import pytest
from cryptography.hazmat.primitives import serialization

from garrod.adapters.identity.claims import reading_of
from garrod.adapters.identity.keys import KEPT, PAUSE, RETRY, STALE, Keys, checked, keys_in
from garrod.adapters.identity.model import LEEWAY, LIFETIME, Issuer, TokenRefused
from garrod.adapters.identity.outside import Outside, Unreached
from garrod.adapters.identity.tokens import NotAtHand, Verifier
from garrod.adapters.subscriptions.gate import Gate
from garrod.care.govern.access import Actor
from tests.making.issuer import AUDIENCE, KEYS, NOW, STRANGER, SmallIssuer, small_issuer

T = TypeVar("T")
SECONDS = int(NOW.timestamp())


class Site:
    """A server's verifier over a real issuer, and a clock that is set."""

    def __init__(self, issuer: SmallIssuer, **more: Any) -> None:
        self.now = NOW
        self.issuer = issuer
        known = Issuer(
            issuer.base, frozenset((AUDIENCE,)), gate=Gate(frozenset(("loopback",))), **more
        )
        self.runner = asyncio.Runner()
        self.outside = Outside(known.gate)
        self.keys = Keys(known, self.outside, lambda: self.now)
        self.verifier = Verifier(self.keys, reading_of().actor, lambda: self.now)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    def actor(self, token: str) -> Actor:
        """Return who brings a token, as the guard asks."""
        try:
            return self.verifier.known(token)
        except NotAtHand:
            return self.run(self.verifier.look(token))

    def later(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def close(self) -> None:
        self.run(self.outside.close())
        self.runner.close()


@pytest.fixture
def issuer() -> Iterator[SmallIssuer]:
    with small_issuer() as running:
        yield running


@pytest.fixture
def sites(issuer: SmallIssuer) -> Iterator[Callable[..., Site]]:
    """Yield what makes a site of the issuer; each is closed at the end."""
    made: list[Site] = []

    def make(**more: Any) -> Site:
        made.append(Site(issuer, **more))
        return made[-1]

    yield make
    for site in made:
        site.close()


@pytest.fixture
def site(sites: Callable[..., Site]) -> Site:
    return sites()


def written(part: Any) -> str:
    said = part if isinstance(part, bytes) else json.dumps(part).encode()
    return base64.urlsafe_b64encode(said).rstrip(b"=").decode()


@pytest.mark.parametrize("algorithm", list(KEYS))
def test_token_of_each_algorithm_lets_in(site: Site, algorithm: str) -> None:
    found = site.actor(site.issuer.token(algorithm, fhirUser="Practitioner/x", role="pharmacist"))
    assert (found.id, found.role, found.client) == ("Practitioner/x", "pharmacist", "app")
    assert found.scopes == frozenset(("user/*.rs",))
    assert found.session == "j1"


def test_keys_are_asked_once_and_a_known_token_waits_for_nothing(site: Site) -> None:
    token = site.issuer.token()
    with pytest.raises(NotAtHand):
        site.verifier.known(token)
    assert site.actor(token) == site.verifier.known(token)
    site.verifier.known(site.issuer.token("RS256"))  # another token, by keys that are at hand
    assert site.issuer.asked == ["/.well-known/openid-configuration", "/keys"]


@pytest.mark.parametrize(
    ("claims", "why"),
    [
        ({"iss": "https://elsewhere.example"}, "iss"),
        ({"iss": None}, "iss"),
        ({"aud": "https://elsewhere.example"}, "aud"),
        ({"aud": None}, "aud"),
        ({"aud": []}, "aud"),
        ({"aud": [7, {}]}, "aud"),
        ({"exp": SECONDS - LEEWAY}, "over"),
        ({"exp": None}, "exp"),
        ({"exp": "soon"}, "no time"),
        ({"exp": True}, "no time"),
        ({"exp": 10**15}, "no time"),
        ({"exp": SECONDS + LIFETIME + LEEWAY + 1}, "lives longer"),
        ({"nbf": SECONDS + LEEWAY + 1}, "not valid yet"),
        ({"iat": SECONDS + LEEWAY + 1}, "not valid yet"),
        ({"cnf": {"jkt": "x"}}, "cnf"),
        ({"at_hash": "x"}, "no access token"),
        ({"typ": "Refresh"}, "no access token"),
    ],
)
def test_claims_that_are_not_for_here_and_now_are_refused(
    site: Site, claims: dict[str, Any], why: str
) -> None:
    with pytest.raises(TokenRefused, match=why) as caught:
        site.actor(site.issuer.token(**claims))
    assert (caught.value.code, caught.value.error) == ("ACC002", "invalid_token")


@pytest.mark.parametrize(
    "claims",
    [
        {"exp": SECONDS - LEEWAY + 1},
        {"nbf": SECONDS + LEEWAY},
        {"iat": SECONDS + LEEWAY},
        {"aud": ["https://elsewhere.example", AUDIENCE]},
        {"exp": SECONDS + LIFETIME},
    ],
)
def test_clocks_may_differ_by_a_minute_and_a_token_may_be_for_several(
    site: Site, claims: dict[str, Any]
) -> None:
    assert site.actor(site.issuer.token(**claims)).session == "j1"


@pytest.mark.parametrize(
    ("header", "why"),
    [
        ({"jku": "https://evil.example/keys"}, "own key"),
        ({"x5u": "https://evil.example/cert"}, "own key"),
        ({"jwk": {"kty": "EC"}}, "own key"),
        ({"crit": ["exp"], "exp": 1}, "crit"),
        ({"typ": "logout+jwt"}, "typ"),
        ({"typ": "dpop+jwt"}, "typ"),
    ],
)
def test_header_that_asks_for_more_is_refused(site: Site, header: dict[str, Any], why: str) -> None:
    plain = site.issuer.token().split(".")
    head = json.loads(base64.urlsafe_b64decode(plain[0] + "=="))
    token = ".".join([written({**head, **header}), *plain[1:]])
    with pytest.raises(TokenRefused, match=why):
        site.actor(token)


def test_token_without_or_with_a_shared_secret_as_signature_is_refused(site: Site) -> None:
    site.actor(site.issuer.token())
    _, body, _ = site.issuer.token().split(".")
    for algorithm in ("none", "None", "NONE", "HS256", "HS512", "ES512", "", None, 7):
        said = f"{written({'alg': algorithm, 'kid': 'e'})}.{body}"
        with pytest.raises(TokenRefused, match=r"alg|read"):
            site.actor(f"{said}.")
        with pytest.raises(TokenRefused, match="alg"):
            site.actor(f"{said}.AAAA")
    public = KEYS["RS256"].public_key  # type: ignore[union-attr]
    pem = public.public_bytes(  # the classic confusion: a public key taken for a shared secret
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    said = f"{written({'alg': 'HS256', 'kid': 'r'})}.{body}"
    seal = written(hmac.digest(pem, said.encode(), "sha256"))
    with pytest.raises(TokenRefused, match="alg"):
        site.actor(f"{said}.{seal}")


def test_key_of_one_kind_is_not_taken_for_another(site: Site) -> None:
    site.actor(site.issuer.token())
    plain = site.issuer.token("RS256").split(".")
    for algorithm in ("PS256", "ES256", "EdDSA"):
        token = ".".join([written({"alg": algorithm, "kid": "r"}), *plain[1:]])
        with pytest.raises(TokenRefused, match=r"kid|signature"):
            site.actor(token)


def test_every_changed_byte_of_a_token_is_refused(site: Site) -> None:
    token = site.issuer.token()
    site.actor(token)
    for place in range(0, len(token), 7):
        other = "A" if token[place] != "A" else "B"
        with pytest.raises(TokenRefused):
            site.actor(token[:place] + other + token[place + 1 :])


def test_strangers_signature_under_a_known_id_is_refused(site: Site) -> None:
    with pytest.raises(TokenRefused, match="signature"):
        site.actor(site.issuer.token(key=STRANGER))


@pytest.mark.parametrize(
    "token", ["", "x", "a.b", "a.b.c", "....", "é.é.é", "e30.e30.e30", "W10.W10.AAAA", "A" * 20000]
)
def test_what_is_no_token_is_refused_without_asking_anybody(site: Site, token: str) -> None:
    with pytest.raises(TokenRefused):
        site.actor(token)
    assert site.issuer.asked == []


def test_foreign_issuer_makes_nobody_ask(site: Site) -> None:
    with pytest.raises(TokenRefused):
        site.verifier.known(site.issuer.token(iss="https://elsewhere.example"))
    assert site.issuer.asked == []


def test_new_key_is_found_by_one_look_and_unknown_ids_do_not_make_more(site: Site) -> None:
    site.issuer.offer("RS256")
    site.actor(site.issuer.token("RS256"))
    site.issuer.offer("RS256", "ES256")
    with pytest.raises(TokenRefused, match="kid"):
        site.actor(site.issuer.token("ES256"))  # looked just now
    site.later(PAUSE)
    assert site.actor(site.issuer.token("ES256")).session == "j1"
    looks = len(site.issuer.asked)
    for number in range(20):
        with pytest.raises(TokenRefused, match="kid"):
            site.actor(site.issuer.token("ES256", header={"kid": f"made-up-{number}"}))
    assert len(site.issuer.asked) == looks


def test_withdrawn_key_lets_in_nobody_once_keys_were_looked_at_again(site: Site) -> None:
    token = site.issuer.token("RS256", exp=SECONDS + 7200)
    site.actor(token)
    site.issuer.offer("ES256")
    site.later(KEPT - 1)
    site.verifier.known(token)
    site.later(1)
    with pytest.raises(TokenRefused, match="kid"):
        site.actor(token)


def test_keys_serve_on_while_the_issuer_is_away_but_not_for_ever(site: Site) -> None:
    token = site.issuer.token(exp=SECONDS + LIFETIME)
    site.actor(token)
    site.issuer.answers.clear()
    site.later(KEPT)
    assert site.actor(token).session == "j1"
    looks = len(site.issuer.asked)
    assert site.verifier.known(token).session == "j1"  # no look, and no wait, until a pause
    assert site.actor(site.issuer.token("RS256", exp=SECONDS + 7200)).session == "j1"
    assert len(site.issuer.asked) == looks
    site.later(STALE - KEPT)
    with pytest.raises(Unreached):
        site.actor(token)
    with pytest.raises(Unreached):
        site.actor(token)


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("/.well-known/openid-configuration", {"issuer": "https://elsewhere.example"}),
        ("/.well-known/openid-configuration", b"<html>"),
        ("/.well-known/openid-configuration", 302),
        ("/.well-known/openid-configuration", 500),
        ("/keys", []),
        ("/keys", {"keys": "none"}),
        ("/keys", {"keys": []}),
        ("/keys", {"keys": [{"kty": "oct", "k": "c2VjcmV0"}]}),
        ("/keys", b"x" * 1_000_001),
    ],
)
def test_issuer_that_cannot_be_understood_is_not_reached(
    site: Site, path: str, answer: Any
) -> None:
    site.issuer.answers[path] = answer
    with pytest.raises(Unreached):
        site.actor(site.issuer.token())
    assert "/elsewhere" not in site.issuer.asked


def test_metadata_cannot_lead_inside_the_network(site: Site) -> None:
    told = site.issuer.answers["/.well-known/openid-configuration"]
    told["jwks_uri"] = "http://169.254.169.254/latest/meta-data"
    with pytest.raises(Unreached, match="may ask"):
        site.actor(site.issuer.token())


def test_keys_of_a_file_need_no_network(
    issuer: SmallIssuer, sites: Callable[..., Site], tmp_path: Any
) -> None:
    path = tmp_path / "keys.json"
    path.write_text(json.dumps(issuer.answers["/keys"]))
    site = sites(keys=str(path))
    assert site.actor(issuer.token()).session == "j1"
    assert issuer.asked == []
    broken = sites(keys=str(tmp_path / "none.json"))
    with pytest.raises(Unreached, match="GARROD_JWKS"):
        broken.actor(issuer.token())


def test_opaque_token_is_asked_about_and_the_answer_believed_for_a_while(
    issuer: SmallIssuer, sites: Callable[..., Site]
) -> None:
    site = sites(client="garrod", secret="s", is_opaque=True)
    active = {
        "active": True,
        "iss": issuer.base,
        "aud": AUDIENCE,
        "exp": SECONDS + 600,
        "sub": "u1",
        "scope": "user/*.rs",
        "role": "nurse",
    }
    issuer.answers["/introspect"] = active
    assert site.actor("opaque").role == "nurse"
    assert site.verifier.known("opaque").role == "nurse"
    assert issuer.forms == [{"token": "opaque", "token_type_hint": "access_token"}]
    issuer.answers["/introspect"] = {"active": False}
    site.later(31)
    with pytest.raises(TokenRefused, match="over"):
        site.actor("opaque")
    for wrong in ({"aud": "other"}, {"iss": "other"}, {"exp": SECONDS - 600}, {"active": "true"}):
        issuer.answers["/introspect"] = {**active, **wrong}
        with pytest.raises(TokenRefused):
            site.actor("another")


def test_opaque_token_is_refused_where_nobody_is_asked(site: Site) -> None:
    with pytest.raises(TokenRefused, match="JSON Web Token"):
        site.actor("opaque")


def test_weak_private_and_foreign_keys_are_left_out() -> None:
    whole = KEYS["ES256"].as_dict(private=True)
    found = keys_in({"keys": [whole, {"kty": "EC", "crv": "P-256"}, 7, {**whole, "use": "enc"}]})
    assert list(found) == [("e", "ES256")]
    assert not found["e", "ES256"].is_private
    short = {"kty": "RSA", "kid": "w", "n": "AQAB", "e": "AQAB"}
    assert keys_in({"keys": [short, {**whole, "key_ops": ["sign"]}]}) == {}


def test_token_without_key_id_is_read_by_the_only_key_that_fits(site: Site) -> None:
    site.actor(site.issuer.token())
    assert site.actor(site.issuer.token("ES384", header={"kid": ""})).session == "j1"
    other = {**STRANGER.as_dict(private=False), "kid": "z"}
    site.issuer.answers["/keys"]["keys"].append(other)
    site.later(PAUSE)
    site.run(site.keys.renew())
    with pytest.raises(TokenRefused, match="kid"):  # either of two may have made it
        site.actor(site.issuer.token("ES256", header={"kid": ""}))


def test_keys_may_stand_at_an_address_of_their_own(
    issuer: SmallIssuer, sites: Callable[..., Site]
) -> None:
    site = sites(keys=f"{issuer.base}/keys")
    assert site.actor(issuer.token()).session == "j1"
    assert issuer.asked == ["/keys"]


@pytest.mark.parametrize("address", [7, "ftp://127.0.0.1/keys", "http://[x", "keys"])
def test_metadata_whose_addresses_are_none_is_not_believed(site: Site, address: Any) -> None:
    site.issuer.answers["/.well-known/openid-configuration"]["token_endpoint"] = address
    with pytest.raises(Unreached, match="token_endpoint"):
        site.actor(site.issuer.token())


def test_metadata_of_a_safe_issuer_names_safe_addresses_alone() -> None:
    known = Issuer("https://id.example", frozenset((AUDIENCE,)))
    told = {"issuer": "https://id.example", "jwks_uri": "http://id.example/keys"}
    with pytest.raises(Unreached, match="https"):
        checked(told, known)
    assert checked({**told, "jwks_uri": "https://id.example/keys"}, known)


def test_metadata_is_asked_for_once_and_not_at_once_again_while_the_issuer_is_away(
    site: Site,
) -> None:
    told = site.issuer.answers.pop("/.well-known/openid-configuration")
    for _ in range(3):
        with pytest.raises(Unreached):
            site.run(site.keys.told())
    assert len(site.issuer.asked) == 1
    site.issuer.answers["/.well-known/openid-configuration"] = told
    site.later(RETRY)
    for _ in range(3):
        assert site.run(site.keys.told())["issuer"] == site.issuer.base
    assert len(site.issuer.asked) == 2


def test_issuer_that_does_not_answer_in_time_or_at_all_is_not_reached(
    issuer: SmallIssuer, sites: Callable[..., Site]
) -> None:
    site = sites()
    site.outside.seconds = 0.0
    with pytest.raises(Unreached, match="within"):
        site.actor(issuer.token())
    gone = sites(keys="http://127.0.0.1:9/keys")
    with pytest.raises(Unreached, match="cannot be reached"):
        gone.actor(issuer.token())


def test_many_who_ask_at_once_wait_for_one_answer(site: Site) -> None:
    async def many() -> int:
        told = await asyncio.gather(*(site.keys.told() for _ in range(20)))
        await asyncio.gather(*(site.verifier.look(site.issuer.token()) for _ in range(20)))
        return len(told)

    assert site.run(many()) == 20
    paths = site.issuer.asked
    assert (paths.count("/keys"), len(paths)) == (1, 3)
