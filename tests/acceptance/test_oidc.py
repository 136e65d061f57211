"""Signing in at a real OpenID provider, and reading the record with the tokens it gave."""

from __future__ import annotations

import base64
import json
import time
from typing import Any

import httpx2 as httpx
import pytest

from tests.making.provider import PATIENT, provider
from tests.making.server import free_port, server
from tests.making.signed_in import Site, signed_in_site

pytestmark = pytest.mark.slow
site = signed_in_site


def written(part: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


def said(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    head, body, _ = token.split(".")
    plain = [json.loads(base64.urlsafe_b64decode(part + "==")) for part in (head, body)]
    return plain[0], plain[1]


def is_known(answer: httpx.Response) -> bool:
    """Return whether the server knows who asked, whatever they may see."""
    return answer.status_code in (200, 403, 404) and 'error="invalid' not in str(answer.headers)


def refused(answer: httpx.Response) -> str:
    """Return the challenge of an answer that refuses a token in the standard way."""
    assert answer.status_code == 401
    outcome = answer.json()
    assert outcome["resourceType"] == "OperationOutcome"
    assert outcome["issue"][0]["code"] == "login"
    assert "Testperson" not in answer.text
    return answer.headers["www-authenticate"]


def test_practitioner_patient_and_backend_are_known_by_their_tokens(site: Site) -> None:
    assert is_known(site.get("/fhir/Practitioner/ann", site.tokens["access_token"]))
    code = site.provider.code("openid fhirUser patient/*.rs", hint=PATIENT)
    token = site.provider.swapped(*code).json()["access_token"]
    assert is_known(site.get("/fhir/Patient/p1", token))
    robot = site.provider.asserted().json()["access_token"]
    assert is_known(site.get("/fhir/Observation?_count=1", robot))


def test_refreshed_token_reads_on(site: Site) -> None:
    answer = site.provider.refreshed(site.tokens["refresh_token"])
    assert answer.status_code == 200, answer.text
    assert is_known(site.get("/fhir/Practitioner/ann", answer.json()["access_token"]))


def test_expired_assertion_and_replayed_code_give_no_token(site: Site) -> None:
    assert site.provider.asserted(exp=1).status_code in (400, 401)
    code = site.provider.code("openid user/*.rs")
    assert site.provider.swapped(*code).status_code == 200
    assert site.provider.swapped(*code).json()["error"] == "invalid_grant"


def test_code_without_its_verifier_gives_no_token(site: Site) -> None:
    code, _ = site.provider.code("openid user/*.rs")
    assert site.provider.swapped(code, "x" * 43).json()["error"] == "invalid_grant"


def test_no_token_is_asked_for_one(site: Site) -> None:
    assert refused(site.get("/fhir/Patient/p1", "")) == 'Bearer realm="garrod"'


def test_id_token_is_no_access_token(site: Site) -> None:
    challenge = refused(site.get("/fhir/Patient/p1", site.tokens["id_token"]))
    assert 'error="invalid_token"' in challenge


def test_tampered_and_unsigned_tokens_are_refused(site: Site) -> None:
    head, body, seal = site.tokens["access_token"].split(".")
    header, claims = said(site.tokens["access_token"])
    more = written({**claims, "scope": "user/*.cruds", "role": "governance-officer"})
    none = written({**header, "alg": "none"})
    shared = written({**header, "alg": "HS256"})
    own = written({**header, "jku": "https://evil.example/keys"})
    tokens = (
        f"{head}.{more}.{seal}", f"{none}.{body}.", f"{none}.{body}.{seal}",
        f"{shared}.{body}.{seal}", f"{own}.{body}.{seal}", f"{head}.{body}.{seal[:-4]}AAAA",
        f"{head}.{body}", "rubbish", f"{head}.{body}.{seal}.{seal}",
    )  # fmt: skip
    for token in tokens:
        assert 'error="invalid_token"' in refused(site.get("/fhir/Patient/p1", token)), token


def test_token_for_another_server_is_refused(site: Site) -> None:
    code = site.provider.code("openid user/*.rs", resource="https://elsewhere.example/fhir")
    form = {"resource": "https://elsewhere.example/fhir"}
    answer = site.provider.swapped(*code, **form)
    assert answer.status_code == 200, answer.text
    challenge = refused(site.get("/fhir/Patient/p1", answer.json()["access_token"]))
    assert "(aud)" in challenge


def test_apps_are_told_where_to_sign_in(site: Site) -> None:
    told = site.get("/fhir/.well-known/smart-configuration", "").json()
    assert told["issuer"] == site.provider.issuer
    assert told["authorization_endpoint"] == f"{site.provider.issuer}/auth"
    assert told["token_endpoint"] == f"{site.provider.issuer}/token"
    assert told["code_challenge_methods_supported"] == ["S256"]
    assert {"client-confidential-asymmetric", "permission-v2"} <= set(told["capabilities"])
    security = site.get("/fhir/metadata", "").json()["rest"][0]["security"]
    assert security["service"][0]["coding"][0]["code"] == "SMART-on-FHIR"
    uris = {e["url"]: e["valueUri"] for e in security["extension"][0]["extension"]}
    assert uris["token"] == f"{site.provider.issuer}/token"


def test_expired_token_is_refused(tmp_path: Any) -> None:
    """The provider's clock is an hour behind, so that its tokens are over when they are made."""
    port = free_port()
    audience = f"http://127.0.0.1:{port}/fhir"
    with provider(audience, shift=-3600) as issuer:
        early = int(time.time()) - 3600
        answer = issuer.asserted(exp=early + 60, iat=early)
        assert answer.status_code == 200, answer.text
        settings = {"GARROD_ISSUER": issuer.issuer, "GARROD_AUDIENCE": audience}
        with server(tmp_path / "data", port=port, settings=settings) as running:
            token = answer.json()["access_token"]
            site = Site(issuer, running, {})
            assert "(exp)" in refused(site.get("/fhir/Observation", token))
