"""A server that believes the tokens of a real OpenID provider, and people in its record."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx2 as httpx
import pytest

from tests.making.provider import Provider, provider
from tests.making.server import Server, free_port, server

MINE = {
    "resourceType": "Patient",
    "id": "p1",
    "name": [{"family": "Testperson"}],
    "generalPractitioner": [{"reference": "Practitioner/ann"}],
}
OTHER = {"resourceType": "Patient", "id": "p2", "name": [{"family": "Otherperson"}]}
ANN = {"resourceType": "Practitioner", "id": "ann", "name": [{"family": "Doctor"}]}


@dataclass(frozen=True)
class Site:
    """A provider, a server that believes its tokens, and the tokens of one practitioner."""

    provider: Provider
    server: Server
    tokens: dict[str, Any]

    def get(self, path: str, token: str) -> httpx.Response:
        """Return the answer to whoever brings a token, or none."""
        return self._asked("GET", path, token)

    def head(self, path: str, token: str) -> httpx.Response:
        """Return the head of the answer."""
        return self._asked("HEAD", path, token)

    def post(self, path: str, token: str, body: Any) -> httpx.Response:
        """Return the answer to what was sent."""
        return self._asked("POST", path, token, json=body)

    def _asked(self, method: str, path: str, token: str, **more: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        with httpx.Client(timeout=30) as client:
            return client.request(method, f"{self.server.base}{path}", headers=headers, **more)


@pytest.fixture(scope="module")
def signed_in_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    port = free_port()
    audience = f"http://127.0.0.1:{port}/fhir"
    with provider(audience) as issuer:
        settings = {"GARROD_ISSUER": issuer.issuer, "GARROD_AUDIENCE": audience}
        folder = tmp_path_factory.mktemp("signed-in") / "data"
        with server(folder, port=port, settings=settings) as running:
            for resource in (ANN, MINE, OTHER):
                url = f"/fhir/{resource['resourceType']}/{resource['id']}"
                assert running.ask("PUT", url, json=resource).status_code == 201
            answer = issuer.swapped(*issuer.code("openid fhirUser offline_access user/*.rs"))
            assert answer.status_code == 200, answer.text
            yield Site(issuer, running, answer.json())
