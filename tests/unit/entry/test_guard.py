"""The door: whose token, from where, and how a refusal is told."""

import asyncio
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from garrod.care.govern.access import LOCAL, Actor
from garrod.care.govern.scopes import InsufficientScope
from garrod.core.errors import AccessDenied, InputError, OutsideError
from garrod.entry.guard import NOBODY, OPEN, Guard, challenge
from garrod.entry.identity import (
    Identity,
    development_of,
    guard_of,
    identity_of,
    issuer_of,
    with_development,
)
from tests.making.issuer import AUDIENCE, NOW, SmallIssuer, small_issuer

TOKEN = "own-token"
NEAR = {"host": "127.0.0.1:8000"}
SITE = {"GARROD_ISSUER": "https://id.example", "GARROD_AUDIENCE": AUDIENCE}
PUBLIC = {"host": "garrod.example"}


@pytest.fixture
def issuer() -> Iterator[SmallIssuer]:
    with small_issuer() as running:
        yield running


@pytest.fixture
def identity(issuer: SmallIssuer) -> Identity:
    found = identity_of({"GARROD_ISSUER": issuer.base, "GARROD_AUDIENCE": AUDIENCE}, lambda: NOW)
    assert found is not None
    return found


def admitted(guard: Guard, headers: dict[str, str], path: str = "/fhir/Patient") -> Actor:
    return asyncio.run(guard.admitted(path, headers))


def sent(token: str, **more: str) -> dict[str, str]:
    return {**NEAR, "authorization": f"Bearer {token}", **more}


def test_own_token_is_this_machines_user_from_this_machine_alone(identity: Identity) -> None:
    guard = Guard(TOKEN, frozenset(("127.0.0.1", "garrod.example")), identity.verifier)
    assert admitted(guard, sent(TOKEN)) == LOCAL
    for away in (PUBLIC, {"x-forwarded-for": "203.0.113.1"}, {"forwarded": "for=203.0.113.1"}):
        with pytest.raises(AccessDenied) as caught:
            admitted(guard, sent(TOKEN, **away))
        assert caught.value.code == "ACC002"
    public = Guard(TOKEN, frozenset(("127.0.0.1",)), identity.verifier, is_public=True)
    with pytest.raises(AccessDenied):
        admitted(public, sent(TOKEN))


def test_token_of_the_issuer_is_its_bearer(issuer: SmallIssuer, identity: Identity) -> None:
    guard = guard_of(TOKEN, identity, {"GARROD_BASE": "https://garrod.example/fhir"})
    token = issuer.token(fhirUser="Practitioner/x", role="nurse")
    assert admitted(guard, sent(token)).id == "Practitioner/x"
    assert guard.admit("/fhir/Patient", sent(token, **PUBLIC)).role == "nurse"  # waits no more
    with pytest.raises(AccessDenied) as caught:
        admitted(guard, sent(issuer.token(aud="other")))
    assert 'error="invalid_token"' in challenge(caught.value)["WWW-Authenticate"]


def test_issuer_that_is_away_is_a_fault_that_passes(
    issuer: SmallIssuer, identity: Identity
) -> None:
    issuer.answers.clear()
    with pytest.raises(OutsideError) as caught:
        admitted(guard_of(TOKEN, identity, {}), sent(issuer.token()))
    assert (caught.value.code, challenge(caught.value)) == ("IDP001", {})


@pytest.mark.parametrize("path", sorted(OPEN))
def test_open_pages_know_nobody(path: str) -> None:
    assert Guard(TOKEN, frozenset(("127.0.0.1",))).admit(path, NEAR) == NOBODY


@pytest.mark.parametrize(
    "headers", [{"host": "evil.example"}, {}, {**NEAR, "origin": "https://evil.example"}]
)
def test_other_names_and_pages_are_refused_on_open_pages_too(headers: dict[str, str]) -> None:
    with pytest.raises(AccessDenied) as caught:
        Guard(TOKEN, frozenset(("127.0.0.1",))).admit("/health", headers)
    assert caught.value.code == "ACC003"
    with pytest.raises(AccessDenied):
        Guard(TOKEN, frozenset(("127.0.0.1",))).addressed(headers)
    Guard(TOKEN, frozenset(("127.0.0.1",))).addressed(NEAR)
    hidden = {**NEAR, "origin": "null"}
    assert Guard(TOKEN, frozenset(("127.0.0.1",))).admit("/health", hidden) == NOBODY
    with pytest.raises(AccessDenied):
        Guard(TOKEN, frozenset(("127.0.0.1",))).admit("/fhir/Patient", sent(TOKEN, origin="null"))
    Guard(TOKEN, frozenset(("127.0.0.1",)), is_public=True).addressed(headers)  # whatever watches


@pytest.mark.parametrize(
    ("authorization", "error"),
    [("", ""), ("Basic eDp5", ""), ("Bearer ", ""), ("Bearer x", 'error="invalid_token"')],
)
def test_refusal_asks_for_a_token_and_names_the_error_only_of_one_that_was_sent(
    authorization: str, error: str
) -> None:
    with pytest.raises(AccessDenied) as caught:
        Guard(TOKEN, frozenset(("127.0.0.1",))).admit(
            "/x", {**NEAR, "authorization": authorization}
        )
    said = challenge(caught.value)["WWW-Authenticate"]
    assert said.startswith('Bearer realm="garrod"')
    assert ("error=" in said) is bool(error)
    assert error in said


def test_insufficient_scope_names_the_scope_that_would_do() -> None:
    said = challenge(InsufficientScope('no "é" \\', scope="user/Observation.rs"))
    value = said["WWW-Authenticate"]
    assert 'error="insufficient_scope", scope="user/Observation.rs"' in value
    assert re.fullmatch(r"[ -~]+", value)
    assert challenge(AccessDenied("no.")) == {}


def test_without_issuer_nobody_signs_in_and_only_loopback_names_are_known() -> None:
    assert identity_of({"GARROD_BASE": "https://garrod.example/fhir"}, lambda: NOW) is None
    guard = guard_of(TOKEN, None, {"GARROD_BASE": "https://garrod.example/fhir"})
    assert "garrod.example" not in guard.hosts


def test_names_of_a_site_are_its_own(identity: Identity) -> None:
    guard = guard_of(
        TOKEN, identity, {"GARROD_BASE": "https://Garrod.example/fhir", "GARROD_HOSTS": "b.example"}
    )
    assert {"garrod.example", "b.example", "127.0.0.1"} <= guard.hosts


def test_issuer_is_read_from_the_environment(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("s3cret\n")
    found = issuer_of(
        {
            **SITE,
            "GARROD_JWKS": "https://keys.example/jwks",
            "GARROD_ISSUER_HOSTS": "api.example, .more.example",
            "GARROD_CLIENT_ID": "garrod",
            "GARROD_CLIENT_SECRET_FILE": str(secret),
            "GARROD_INTROSPECTION": "1",
        }
    )
    assert found is not None
    assert found.gate.hosts == {"id.example", "keys.example", "api.example", ".more.example"}
    assert (found.client, found.secret, found.is_opaque) == ("garrod", "s3cret", True)
    assert "s3cret" not in repr(found)
    plain = issuer_of({"GARROD_ISSUER": "https://id.example", "GARROD_BASE": AUDIENCE})
    assert plain is not None
    assert plain.audiences == {AUDIENCE}


@pytest.mark.parametrize(
    "environment",
    [
        {"GARROD_ISSUER": "https://id.example"},
        {**SITE, "GARROD_ISSUER": "http://id.example"},
        {**SITE, "GARROD_ISSUER": "id.example"},
        {**SITE, "GARROD_ISSUER": "https://[x"},
        {**SITE, "GARROD_ISSUER": "https://id.example/?tenant=1"},
        {**SITE, "GARROD_JWKS": "http://keys.example"},
        {**SITE, "GARROD_CLIENT_SECRET_FILE": "/none/such"},
    ],
)
def test_settings_that_cannot_be_kept_are_refused_at_once(environment: dict[str, str]) -> None:
    with pytest.raises(InputError) as caught:
        issuer_of(environment)
    assert caught.value.code == "IDP003"


def test_what_was_admitted_is_so_until_its_token_ends(issuer: SmallIssuer) -> None:
    now = [NOW]
    found = identity_of({"GARROD_ISSUER": issuer.base, "GARROD_AUDIENCE": AUDIENCE}, lambda: now[0])
    guard = guard_of(TOKEN, found, {})

    async def check() -> None:
        short = sent(issuer.token())  # ends after ten minutes
        long = sent(issuer.token(exp=int(NOW.timestamp()) + 7200))
        assert await guard.still_admits(short)
        now[0] += timedelta(seconds=661)
        assert not await guard.still_admits(short)
        assert await guard.still_admits(long)
        assert await guard.still_admits(sent(TOKEN))
        assert not await guard.still_admits(NEAR)

    asyncio.run(check())


NEAR_BASE = "http://127.0.0.1:8000/fhir"


@pytest.mark.parametrize("wanted", [{"GARROD_DEMO": "1"}, {"GARROD_DEV_ISSUER": "1"}])
def test_development_issuer_signs_in_where_it_is_wanted(wanted: dict[str, str]) -> None:
    found = with_development({**wanted, "GARROD_BASE": NEAR_BASE})
    assert found["GARROD_ISSUER"] == "http://127.0.0.1:8000/issuer"
    made = development_of(found, lambda: NOW)
    assert made is not None
    assert made.metadata()["issuer"] == found["GARROD_ISSUER"]
    issuer = issuer_of(found)
    assert issuer is not None
    assert (issuer.audiences, issuer.client) == ({NEAR_BASE}, "garrod-clinic")


@pytest.mark.parametrize(
    "environment",
    [
        {"GARROD_BASE": NEAR_BASE},
        {"GARROD_BASE": NEAR_BASE, "GARROD_DEV_ISSUER": "0"},
        {"GARROD_BASE": NEAR_BASE, "GARROD_DEV_ISSUER": "1", **SITE},
        {"GARROD_BASE": NEAR_BASE, "GARROD_DEMO": "1", **SITE},
        {"GARROD_BASE": NEAR_BASE, "GARROD_DEV_ISSUER": "1", "GARROD_PUBLIC": "1"},
        {"GARROD_BASE": "https://garrod.example/fhir", "GARROD_DEV_ISSUER": "1"},
        {"GARROD_DEV_ISSUER": "1"},
        {"GARROD_BASE": NEAR_BASE, "GARROD_ISSUER": "http://127.0.0.1:8000/issuer"},
    ],
)
def test_development_issuer_is_not_there_otherwise(environment: dict[str, str]) -> None:
    found = with_development(environment)
    assert found.get("GARROD_ISSUER") == environment.get("GARROD_ISSUER")
    assert development_of(found, lambda: NOW) is None
