"""Posts notifications: signed, without following where an answer points, in a given time.

The signature is HMAC-SHA256 over "TIME.BODY" with the subscription's own secret, in hex.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from collections.abc import Callable
from datetime import datetime
from functools import cached_property

import httpx2 as httpx

from garrod.adapters.subscriptions.gate import Gate
from garrod.care.record.subscriptions import Subscription
from garrod.core.errors import OutsideError

SIGNATURE, TIME = "X-Garrod-Signature", "X-Garrod-Timestamp"


class Undelivered(OutsideError):
    """An endpoint did not take a notification."""

    default_code = "SUB010"


def secret_of(key: bytes, id: str) -> str:
    """Return the secret of a subscription, made of the server's key."""
    return hmac.new(key, f"subscription/{id}".encode(), hashlib.sha256).hexdigest()


def signature_of(secret: str, time: str, body: bytes) -> str:
    """Return the signature of a notification."""
    signed = hmac.new(secret.encode(), f"{time}.".encode() + body, hashlib.sha256)
    return f"sha256={signed.hexdigest()}"


class Hook:
    """Posts to endpoints that the gate lets through."""

    def __init__(self, gate: Gate, key: bytes, clock: Callable[[], datetime]) -> None:
        self.gate = gate
        self.key = key
        self.clock = clock

    @cached_property
    def _client(self) -> httpx.AsyncClient:
        """What asks, made when it first does: it reads a list of certificates, which takes time."""
        return httpx.AsyncClient(follow_redirects=False, trust_env=False)

    async def post(self, subscription: Subscription, body: bytes) -> None:
        """Post a notification.  Raises: Undelivered SUB010, Refused SUB004."""
        target = await self.gate.target(subscription.endpoint)
        time = self.clock().isoformat(timespec="milliseconds")
        headers = {
            **dict(subscription.headers),
            "Host": target.host,
            "Content-Type": "application/fhir+json",
            TIME: time,
            SIGNATURE: signature_of(secret_of(self.key, subscription.id), time, body),
        }
        try:
            async with (
                asyncio.timeout(subscription.timeout),
                self._client.stream(
                    "POST",
                    target.url,
                    content=body,
                    headers=headers,
                    extensions={"sni_hostname": target.name},
                    timeout=subscription.timeout,
                ) as answer,
            ):
                status = answer.status_code
        except TimeoutError:
            raise Undelivered(f"no answer within {subscription.timeout} s.") from None
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            raise Undelivered(f"it cannot be reached ({type(error).__name__}).") from None
        if not 200 <= status < 300:
            raise Undelivered(f"it answered {status}; expected 200 to 299.")

    async def close(self) -> None:
        """Let go of connections."""
        if "_client" in self.__dict__:
            await self._client.aclose()
