"""What apps are told of where to sign in: the site's authorisation server, in SMART's words.

Source: SMART App Launch 2.2.0, conformance,
https://hl7.org/fhir/smart-app-launch/conformance.html (restated)
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from garrod.adapters.identity.model import Issuer

CAPABILITIES = (
    "launch-ehr",
    "launch-standalone",
    "authorize-post",
    "client-public",
    "client-confidential-asymmetric",
    "context-ehr-patient",
    "context-standalone-patient",
    "permission-offline",
    "permission-patient",
    "permission-user",
    "permission-v1",
    "permission-v2",
    "sso-openid-connect",
)
SCOPES = (
    "openid",
    "fhirUser",
    "launch",
    "launch/patient",
    "offline_access",
    "patient/*.cruds",
    "user/*.cruds",
    "system/*.cruds",
)
PASSED = (  # what the authorisation server says of itself, and is passed on as it stands
    "authorization_endpoint",
    "token_endpoint",
    "jwks_uri",
    "introspection_endpoint",
    "revocation_endpoint",
    "registration_endpoint",
    "end_session_endpoint",
    "token_endpoint_auth_methods_supported",
    "token_endpoint_auth_signing_alg_values_supported",
    "acr_values_supported",  # RFC 9470, 4: by which a client signs somebody in again
)
SERVICE = "http://terminology.hl7.org/CodeSystem/restful-security-service"
URIS = "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris"
ENDPOINTS = (
    ("authorize", "authorization_endpoint"),
    ("token", "token_endpoint"),
    ("register", "registration_endpoint"),
    ("revoke", "revocation_endpoint"),
    ("introspect", "introspection_endpoint"),
)


def configuration(issuer: Issuer, metadata: Mapping[str, Any]) -> dict[str, Any]:
    """Return the SMART configuration of a server whose tokens an issuer makes."""
    own = metadata.get("scopes_supported")
    scopes = [*SCOPES, *(s for s in own if s not in SCOPES)] if isinstance(own, list) else SCOPES
    grants = metadata.get("grant_types_supported")
    known = grants if isinstance(grants, list) else ["authorization_code"]
    return {
        "issuer": issuer.iss,
        **{name: metadata[name] for name in PASSED if name in metadata},
        "grant_types_supported": [
            g for g in known if g in ("authorization_code", "client_credentials", "refresh_token")
        ],
        "response_types_supported": ["code"],
        "scopes_supported": list(scopes),
        "code_challenge_methods_supported": ["S256"],
        "capabilities": list(CAPABILITIES),
    }


def security(metadata: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return `rest.security` of a CapabilityStatement; None: nobody but this machine signs in."""
    if metadata is None:
        return {"description": "A bearer token; this machine only."}
    named = [{"url": name, "valueUri": metadata[key]} for name, key in ENDPOINTS if key in metadata]
    return {
        **({"extension": [{"url": URIS, "extension": named}]} if named else {}),
        "service": [
            {
                "coding": [{"system": SERVICE, "code": "SMART-on-FHIR"}],
                "text": "OAuth2 with SMART on FHIR scopes",
            }
        ],
        "description": "Access tokens of the site's authorisation server, as bearer tokens.",
    }
