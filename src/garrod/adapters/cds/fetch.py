"""Reads what was not prefetched from the caller's FHIR server, with the token it lent.

Only from servers that the keeper listed, only below the address that was given, in a given time;
no answer leads elsewhere, and the token goes nowhere else.
Source: CDS Hooks 2.0, https://cds-hooks.hl7.org/2.0/#fhir-resource-access; OWASP, Server-Side
Request Forgery Prevention
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx2 as httpx
import orjson

from garrod.adapters.cds.catalogue import address_of
from garrod.adapters.cds.model import Ehr
from garrod.adapters.cds.prefetch import Had
from garrod.adapters.fhir.json import Resource, text
from garrod.adapters.subscriptions.gate import Gate
from garrod.core.errors import GarrodError, OutsideError

SECONDS = 2.0  # Not clinical: what a clinician waits at most; CDS Hooks asks for half a second
MOST_PAGES = 20  # Not clinical: pages of one search
LARGEST = 20_000_000  # Not clinical: bytes of one answer
SETTING = "GARROD_EHR"
NOT_THERE = (404, 410)


class Unreached(OutsideError):
    """The caller's FHIR server gave no answer that can be used."""

    default_code = "CDS020"


@dataclass(frozen=True, slots=True)
class Reached:
    """What is there now, and what to say of the asking, in words."""

    had: Had
    notes: tuple[str, ...] = ()


class Reader:
    """Asks FHIR servers that the gate lets through, in a time that all questions share."""

    def __init__(self, gate: Gate, seconds: float = SECONDS) -> None:
        self.gate = gate
        self.seconds = seconds

    @cached_property
    def _client(self) -> httpx.AsyncClient:
        """What asks, made when it first does: it reads a list of certificates, which takes time."""
        return httpx.AsyncClient(follow_redirects=False, trust_env=False)

    async def completed(self, had: Had, ehr: Ehr, patient: str) -> Reached:
        """Return what was had with what the server tells of the rest; never raises for it.

        What does not come in time, or cannot be read, counts as failed.
        """
        asked = [(key, f"{ehr.base.rstrip('/')}/{address_of(key, patient)}") for key in had.missing]
        asked += had.pages
        deadline = asyncio.get_running_loop().time() + self.seconds
        told = await asyncio.gather(*(self._every(ehr, url, deadline) for _, url in asked))
        notes: list[str] = []
        for (key, _), (values, why) in zip(asked, told, strict=True):
            for value in values:
                had = had.with_more(key, value)
            if why:
                had = had.without(key)
                notes.append(f"{key}: {why}")
        return Reached(had, tuple(dict.fromkeys(notes)))

    async def resource(self, ehr: Ehr, reference: str) -> Resource | None:
        """Return one resource, or None where it cannot be had."""
        deadline = asyncio.get_running_loop().time() + self.seconds
        values, _ = await self._every(ehr, f"{ehr.base.rstrip('/')}/{reference}", deadline)
        return values[0] if values and isinstance(values[0], dict) else None

    async def _every(self, ehr: Ehr, url: str, deadline: float) -> tuple[list[Any], str]:
        """Return an answer and its further pages, and why the rest is missing ("": it is not)."""
        found: list[Any] = []
        try:
            async with asyncio.timeout_at(deadline):
                for _ in range(MOST_PAGES):
                    value = await self.get(ehr, url)
                    found.append(value)
                    following = _next_of(value)
                    if not following:
                        return found, ""
                    url = urljoin(url, following)
            return found, f"it has more than {MOST_PAGES} pages"
        except TimeoutError:
            return found, f"the caller's server did not answer within {self.seconds:g} s"
        except GarrodError as error:
            return found, error.message

    async def get(self, ehr: Ehr, url: str) -> Any:
        """Return the JSON at an address of the server; None where there is nothing.

        Raises: Unreached CDS020.
        """
        if not is_below(ehr.base, url):
            raise Unreached("an answer led to another server, which is not asked")
        try:
            target = await self.gate.target(url)
        except GarrodError:
            raise Unreached(
                f"the caller's server is not one that this server may ask ({SETTING})"
            ) from None
        headers = {"Host": target.host, "Accept": "application/fhir+json"}
        if ehr.token:
            headers["Authorization"] = f"Bearer {ehr.token}"
        return await self._read(target.url, target.name, headers)

    async def _read(self, url: str, name: str, headers: dict[str, str]) -> Any:
        try:
            async with self._client.stream(
                "GET",
                url,
                headers=headers,
                extensions={"sni_hostname": name},
                timeout=self.seconds,
            ) as answer:
                if answer.status_code in NOT_THERE:
                    return None
                if answer.status_code != 200:
                    raise Unreached(f"the caller's server answered {answer.status_code}")
                return orjson.loads(await _whole(answer))
        except httpx.TimeoutException:
            raise TimeoutError from None
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            raise Unreached(
                f"the caller's server cannot be reached ({type(error).__name__})"
            ) from None
        except orjson.JSONDecodeError:
            raise Unreached("the caller's server answered with what is no JSON") from None

    async def close(self) -> None:
        """Let go of connections."""
        if "_client" in self.__dict__:
            await self._client.aclose()


def is_below(base: str, url: str) -> bool:
    """Return whether an address belongs to a FHIR server: same scheme, host and port, below it."""
    try:
        one, other = urlsplit(base), urlsplit(url)
        same = (one.scheme, one.hostname, one.port) == (other.scheme, other.hostname, other.port)
    except ValueError:
        return False
    path = one.path.rstrip("/")
    is_plain = "/.." not in other.path and "\\" not in other.path and "%2e" not in url.lower()
    return same and is_plain and (other.path == path or other.path.startswith(f"{path}/"))


async def _whole(answer: httpx.Response) -> bytes:
    found = bytearray()
    async for part in answer.aiter_bytes():
        found += part
        if len(found) > LARGEST:
            raise Unreached(f"the caller's server sent more than {LARGEST:,} bytes")
    return bytes(found)


def _next_of(value: Any) -> str:
    links = value.get("link") if isinstance(value, dict) else None
    for link in links if isinstance(links, list) else ():
        if isinstance(link, dict) and text(link, "relation") == "next":
            return text(link, "url")
    return ""
