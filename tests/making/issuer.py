"""A small issuer on loopback: real HTTP, real keys; its clock and what it answers are set."""

from __future__ import annotations

import json
import os
import threading
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

from joserfc.jwk import ECKey, Key, OKPKey, RSAKey
from joserfc.jws import JWSRegistry

AUDIENCE = "https://garrod.example/fhir"
NOW = datetime(2026, 3, 3, 9, tzinfo=UTC)
KEYS: dict[str, Key] = {
    "RS256": RSAKey.generate_key(2048, {"kid": "r"}),
    "PS256": RSAKey.generate_key(2048, {"kid": "p", "alg": "PS256"}),
    "ES256": ECKey.generate_key("P-256", {"kid": "e"}),
    "ES384": ECKey.generate_key("P-384", {"kid": "f"}),
    "EdDSA": OKPKey.generate_key("Ed25519", {"kid": "o"}),
}
STRANGER = ECKey.generate_key("P-256", {"kid": "e"})


@dataclass
class SmallIssuer:
    """Where it is, what it answers by path, and which paths were asked."""

    base: str = ""
    answers: dict[str, Any] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    forms: list[dict[str, str]] = field(default_factory=list)

    def offer(self, *names: str) -> None:
        """Offer the keys of these algorithms alone."""
        self.answers["/keys"] = {"keys": [KEYS[name].as_dict(private=False) for name in names]}

    def token(
        self,
        algorithm: str = "ES256",
        *,
        key: Key | None = None,
        header: Mapping[str, Any] | None = None,
        **claims: Any,
    ) -> str:
        """Return an access token; a claim of None is left out."""
        now = int(NOW.timestamp())
        usual = {
            "iss": self.base,
            "aud": AUDIENCE,
            "sub": "u1",
            "exp": now + 600,
            "iat": now,
            "jti": "j1",
            "client_id": "app",
            "scope": "user/*.rs",
            "auth_time": now - 60,
        }
        claims_now(usual | claims)
        said = {k: v for k, v in (usual | claims).items() if v is not None}
        own = key or KEYS[algorithm]
        head = {"alg": algorithm, "kid": own.kid, "typ": "at+jwt", **(header or {})}
        signed = f"{_written(head)}.{_written(said)}"
        seal = JWSRegistry.algorithms[algorithm].sign(signed.encode(), own)
        return f"{signed}.{urlsafe_b64encode(seal).rstrip(b'=').decode()}"


def claims_now(claims: Mapping[str, Any]) -> None:
    """Refuse a sign-in of just now outside a test: its five minutes end before its turn comes."""
    said = claims["auth_time"]
    running = "PYTEST_CURRENT_TEST" in os.environ or "PYTEST_VERSION" not in os.environ
    if isinstance(said, int) and abs(time.time() - said) < 3600 and not running:
        raise AssertionError("a token signed in just now is made while tests are collected")


def _written(part: Mapping[str, Any]) -> str:
    return urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


@contextmanager
def small_issuer() -> Iterator[SmallIssuer]:
    """Run one until the block ends."""
    told = SmallIssuer()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.answer()

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", "0"))).decode()
            told.forms.append({k: v[0] for k, v in parse_qs(body).items()})
            self.answer()

        def answer(self) -> None:
            told.asked.append(self.path)
            found = told.answers.get(self.path)
            status = found if isinstance(found, int) else 200 if found is not None else 404
            body = found if isinstance(found, bytes) else json.dumps(found).encode()
            self.send_response(status)
            if status in (301, 302):
                self.send_header("location", f"{told.base}/elsewhere")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    running = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    told.base = f"http://127.0.0.1:{running.server_port}"
    told.answers["/.well-known/openid-configuration"] = {
        "issuer": told.base,
        "jwks_uri": f"{told.base}/keys",
        "authorization_endpoint": f"{told.base}/auth",
        "token_endpoint": f"{told.base}/token",
        "introspection_endpoint": f"{told.base}/introspect",
    }
    told.offer(*KEYS)
    thread = threading.Thread(target=running.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield told
    finally:
        running.shutdown()
        running.server_close()
        thread.join()
