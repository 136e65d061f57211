"""Asks the site's issuer: its metadata, its keys, its token and introspection endpoints.

Only where the gate lets it; no answer leads elsewhere, and none is longer than agreed.
Source: OWASP, Server-Side Request Forgery Prevention; RFC 8414, 3 (metadata); OpenID Connect
Discovery 1.0, 4
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from functools import cached_property
from typing import Any

import httpx2 as httpx
import orjson

from garrod.adapters.subscriptions.gate import Gate, Target
from garrod.core.errors import GarrodError, OutsideError

SECONDS = 5.0  # Not clinical: what one question may take, connecting included
LARGEST = 1_000_000  # Not clinical: bytes of one answer
DISCOVERY = "/.well-known/openid-configuration"


class Unreached(OutsideError):
    """The issuer gave no answer that can be used; `status` is its own, or 0."""

    default_code = "IDP001"

    def __init__(self, why: str, *, status: int = 0, told: Any = None) -> None:
        super().__init__(f"the site's sign-in service {why}: ask again later.")
        self.status = status
        self.told = told


class Outside:
    """Asks by GET and by form, for JSON."""

    def __init__(self, gate: Gate, seconds: float = SECONDS) -> None:
        self.gate = gate
        self.seconds = seconds

    @cached_property
    def _client(self) -> httpx.AsyncClient:
        """What asks, made when it first does: it reads a list of certificates, which takes time."""
        return httpx.AsyncClient(follow_redirects=False, trust_env=False)

    async def get(self, url: str, *, token: str = "") -> dict[str, Any]:
        """Return the JSON object at an address.  Raises: Unreached IDP001."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return await self._asked("GET", url, headers, None)

    async def post(
        self, url: str, form: Mapping[str, str], *, basic: tuple[str, str] | None = None
    ) -> dict[str, Any]:
        """Return the JSON object that a form is answered with.

        Raises: Unreached IDP001 (`told` is what a refusal said).
        """
        return await self._asked("POST", url, {}, (dict(form), basic))

    async def _asked(
        self,
        method: str,
        url: str,
        headers: dict[str, str],
        sent: tuple[dict[str, str], tuple[str, str] | None] | None,
    ) -> dict[str, Any]:
        try:
            target = await self.gate.target(url)
        except GarrodError as error:
            raise Unreached(f"is not one that this server may ask ({error.code})") from None
        more: dict[str, Any] = {}
        if sent is not None:
            more["data"] = sent[0]
            if sent[1]:
                more["auth"] = httpx.BasicAuth(*sent[1])
        try:
            async with asyncio.timeout(self.seconds):
                return await self._read(method, target, headers, more)
        except (TimeoutError, httpx.TimeoutException):
            raise Unreached(f"did not answer within {self.seconds:g} s") from None
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            raise Unreached(f"cannot be reached ({type(error).__name__})") from None

    async def _read(
        self, method: str, target: Target, headers: dict[str, str], more: dict[str, Any]
    ) -> dict[str, Any]:
        headers = {"Host": target.host, "Accept": "application/json", **headers}
        asking = self._client.stream(
            method, target.url, headers=headers, extensions={"sni_hostname": target.name}, **more
        )
        async with asking as answer:
            body = bytearray()
            async for part in answer.aiter_bytes():
                body += part
                if len(body) > LARGEST:
                    raise Unreached(f"sent more than {LARGEST:,} bytes")
        try:
            told = orjson.loads(bytes(body))
        except orjson.JSONDecodeError:
            told = None
        if answer.status_code != 200:
            raise Unreached(f"answered {answer.status_code}", status=answer.status_code, told=told)
        if not isinstance(told, dict):
            raise Unreached("answered with what is no JSON object")
        return told

    async def close(self) -> None:
        """Let go of connections."""
        if "_client" in self.__dict__:
            await self._client.aclose()
