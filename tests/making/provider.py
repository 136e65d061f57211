"""A real OpenID provider (npm oidc-provider) on loopback, and the flows of its clients."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import secrets
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx2 as httpx
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

HERE = Path(__file__).parents[1] / "oidc"
BACK = "http://127.0.0.1:9/back"  # nobody listens there: the answer is read off the redirect
ROBOT = ECKey.generate_key("P-384", {"kid": "robot-key", "use": "sig", "alg": "ES384"})
APP, BACKEND, WEB = "app", "backend", "clinic"
PRACTITIONER, PATIENT = "ann", "pat"
ACCOUNTS: dict[str, dict[str, Any]] = {
    PRACTITIONER: {"fhirUser": "Practitioner/ann", "role": "prescriber", "ods_code": "RBA"},
    PATIENT: {"fhirUser": "Patient/p1", "patient": "p1"},
}
SCOPES = (
    "user/*.rs", "user/Patient.rs", "user/*.cruds", "patient/*.rs",
    "patient/Observation.rs?category=laboratory", "system/*.rs", "system/Observation.rs",
)  # fmt: skip


@dataclass
class Provider:
    """Where it is, and a browser that keeps its cookies."""

    issuer: str
    audience: str
    browser: httpx.Client = field(repr=False)

    def code(
        self, scope: str, *, hint: str = PRACTITIONER, client: str = APP, **more: str
    ) -> tuple[str, str]:
        """Return a code and the verifier that it was asked with, as a browser gets them."""
        verifier = secrets.token_urlsafe(48)
        self.browser.cookies.clear()  # whoever signed in before has gone
        question = {
            "client_id": client,
            "response_type": "code",
            "redirect_uri": BACK,
            "scope": scope,
            "state": secrets.token_urlsafe(16),
            "login_hint": hint,
            "prompt": "login" if "offline_access" not in scope else "login consent",
            "code_challenge": challenge_of(verifier),
            "code_challenge_method": "S256",
            "resource": self.audience,
            **more,
        }
        url = f"{self.issuer}/auth?{urlencode(question)}"
        for _ in range(8):
            answer = self.browser.get(url)
            assert answer.status_code in (302, 303), answer.text
            url = str(httpx.URL(url).join(answer.headers["location"]))
            if url.startswith(BACK):
                told = {k: v[0] for k, v in parse_qs(urlsplit(url).query).items()}
                assert told.get("state") == question["state"], told
                return told["code"], verifier
        raise AssertionError(f"no code after all these redirects: {url}")

    def swapped(
        self, code: str, verifier: str, *, client: str = APP, **more: str
    ) -> httpx.Response:
        """Return the answer to a code."""
        form = {
            "grant_type": "authorization_code",
            "client_id": client,
            "code": code,
            "code_verifier": verifier,
            "redirect_uri": BACK,
            "resource": self.audience,
            **more,
        }
        return self.browser.post(f"{self.issuer}/token", data=form)

    def refreshed(self, token: str) -> httpx.Response:
        """Return the answer to a refresh token."""
        form = {"grant_type": "refresh_token", "client_id": APP, "refresh_token": token}
        return self.browser.post(f"{self.issuer}/token", data=form)

    def ended(self, browser: httpx.Client, *, everywhere: bool = True) -> None:
        """Sign out there, by a browser that signed in there; whoever is to hear of it does."""
        page = browser.get(f"{self.issuer}/session/end")
        xsrf = re.search(r'name="xsrf" value="(\w+)"', page.text)
        assert xsrf is not None, page.text
        form = {"xsrf": xsrf[1], **({"logout": "yes"} if everywhere else {})}
        answer = browser.post(f"{self.issuer}/session/end/confirm", data=form)
        assert answer.status_code == 303, answer.text

    def asserted(self, **more: Any) -> httpx.Response:
        """Return the answer to a backend that shows who it is by its key."""
        now = int(time.time())
        claims = {
            "iss": BACKEND,
            "sub": BACKEND,
            "aud": f"{self.issuer}/token",
            "exp": now + 60,
            "iat": now,
            "jti": secrets.token_urlsafe(16),
            **more,
        }
        said = jwt.encode({"alg": "ES384", "kid": ROBOT.kid}, claims, ROBOT, algorithms=["ES384"])
        form = {
            "grant_type": "client_credentials",
            "scope": "system/Observation.rs",
            "resource": self.audience,
            "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            "client_assertion": said,
        }
        return self.browser.post(f"{self.issuer}/token", data=form)


def challenge_of(verifier: str) -> str:
    """Return the S256 challenge of a verifier."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _clients(back: str) -> list[dict[str, Any]]:
    public = {
        "application_type": "native",
        "token_endpoint_auth_method": "none",
        "response_types": ["code"],
        "grant_types": ["authorization_code", "refresh_token"],
    }
    robot = {
        "client_id": BACKEND,
        "grant_types": ["client_credentials"],
        "response_types": [],
        "redirect_uris": [],
        "token_endpoint_auth_method": "private_key_jwt",
        "token_endpoint_auth_signing_alg": "ES384",
        "jwks": {"keys": [ROBOT.as_dict(private=False)]},
    }
    clinic = {
        "client_id": WEB,
        "redirect_uris": [back],
        "post_logout_redirect_uris": [back],
        "backchannel_logout_uri": back.replace("/back", "/back-channel"),
        "backchannel_logout_session_required": True,
    }
    return [{**public, "client_id": APP, "redirect_uris": [BACK]}, {**public, **clinic}, robot]


@contextmanager
def provider(
    audience: str, *, back: str = BACK, life: int = 300, **more: Any
) -> Iterator[Provider]:
    """Run a provider until the block ends; skip where node or its packages are not there."""
    node = shutil.which("node")
    if node is None or not (HERE / "node_modules" / "oidc-provider").is_dir():
        pytest.skip("no node, or `npm ci` was not run in tests/oidc: make test does it")
    given: Mapping[str, Any] = {
        "audience": audience,
        "accounts": ACCOUNTS,
        "clients": _clients(back),
        "scopes": SCOPES,
        "life": life,
        **more,
    }
    process = subprocess.Popen(
        [node, "provider.mjs", json.dumps(given)],
        cwd=HERE,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        assert line, "the provider did not start"
        with httpx.Client(timeout=30, follow_redirects=False) as browser:
            yield Provider(json.loads(line)["issuer"], audience, browser)
    finally:
        process.stdin.close()
        process.wait(10)
        process.stdout.close()
