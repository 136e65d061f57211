"""What apps are told of signing in is the authorisation server's own, and nothing unsafe."""

from garrod.adapters.identity.model import Issuer
from garrod.adapters.identity.smart import CAPABILITIES, SCOPES, configuration, security

ISSUER = Issuer("https://id.example", frozenset(("api",)))
TOLD = {
    "issuer": "https://id.example",
    "authorization_endpoint": "https://id.example/auth",
    "token_endpoint": "https://id.example/token",
    "grant_types_supported": ["authorization_code", "password", "implicit", "client_credentials"],
    "scopes_supported": ["openid", "hospital"],
    "code_challenge_methods_supported": ["plain", "S256"],
    "secret_of_the_site": "x",
}


def test_configuration_passes_on_endpoints_and_leaves_out_what_is_not_safe() -> None:
    told = configuration(ISSUER, TOLD)
    assert told["token_endpoint"] == "https://id.example/token"
    assert told["grant_types_supported"] == ["authorization_code", "client_credentials"]
    assert told["code_challenge_methods_supported"] == ["S256"]
    assert told["response_types_supported"] == ["code"]
    assert set(told["scopes_supported"]) == {*SCOPES, "hospital"}
    assert told["capabilities"] == list(CAPABILITIES)
    assert "secret_of_the_site" not in told


def test_configuration_without_metadata_still_names_the_issuer() -> None:
    told = configuration(ISSUER, {})
    assert told["issuer"] == "https://id.example"
    assert "token_endpoint" not in told
    assert told["grant_types_supported"] == ["authorization_code"]


def test_statement_names_smart_only_where_somebody_signs_in() -> None:
    assert "service" not in security(None)
    assert security({})["service"][0]["coding"][0]["code"] == "SMART-on-FHIR"
    assert "extension" not in security({})
    (uris,) = security(TOLD)["extension"]
    assert {one["url"] for one in uris["extension"]} == {"authorize", "token"}
