"""The CDS Hooks door as an ASGI application: who calls, what they ask, what is answered.

bytes -> admitted -> discovery, call or feedback -> JSON; every fault as an OperationOutcome
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import orjson
import structlog

from garrod.adapters.cds.catalogue import Service, discovery, service_of
from garrod.adapters.cds.clients import Clients, Unknown
from garrod.adapters.cds.fetch import Reader
from garrod.adapters.fhir.outcome import outcome_of
from garrod.adapters.identity.model import Unauthorised
from garrod.care.govern.access import Actor
from garrod.care.govern.audit import current
from garrod.core.errors import (
    AccessDenied,
    GarrodError,
    InputError,
    InternalFault,
    OutsideError,
)
from garrod.entry.bodies import body_of
from garrod.entry.consult import Consult
from garrod.entry.governing import flags
from garrod.entry.guard import Guard, challenge
from garrod.entry.hooks.answering import answered
from garrod.entry.hooks.desk import Settings
from garrod.entry.hooks.keeping import Desk
from garrod.entry.hooks.telling import told

LOG = structlog.get_logger()
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
PREFIX = "/cds-services"
STATUS = {"CDS010": 404, "CDS007": 404, "ACC002": 401, "API007": 413, "API008": 415}
PAGE = "/openapi.json"


@dataclass(frozen=True, slots=True)
class Told:
    """What is sent back."""

    status: int
    body: bytes = b""
    allow: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


class HooksDoor:
    """Serves /cds-services. `consult` gives the moment of prescribing while the server runs."""

    def __init__(
        self,
        consult: Callable[[], Consult],
        guard: Guard,
        settings: Settings,
        clients: Clients,
        reader: Reader,
    ) -> None:
        self.consult = consult
        self.guard = guard
        self.settings = settings
        self.clients = clients
        self.reader = reader

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        headers = {k.decode("latin-1"): v.decode("latin-1") for k, v in scope["headers"]}
        try:
            answer = await self._answer(scope, headers, receive)
        except GarrodError as error:
            answer = Told(status_of(error), outcome_of(error), "", challenge(error))
        except Exception as error:
            LOG.error("CDS100 unforeseen fault", kind=type(error).__name__)
            answer = Told(500, outcome_of(InternalFault("something went wrong here.")))
        await self._send(send, answer, headers)

    async def _answer(self, scope: Scope, headers: Mapping[str, str], receive: Receive) -> Told:
        method, path = scope["method"], scope["path"].rstrip("/")
        steps = path.removeprefix(PREFIX).strip("/").split("/")
        self._check_from(headers)
        allowed = _allowed(steps)
        if method == "OPTIONS":
            return Told(204, b"", f"{allowed}, OPTIONS")
        if method != allowed and (method, allowed) != ("HEAD", "GET"):
            raise InputError(f"that address is asked by {allowed}, not {method}.", code="API006")
        actor = await self._admitted(scope, headers)
        if steps == [""]:
            return Told(200, orjson.dumps(discovery()))
        service = service_of(steps[0])
        body = await body_of(receive, headers)
        return await self._asked(scope, headers, (actor, service, steps, body))

    async def _asked(
        self,
        scope: Scope,
        headers: Mapping[str, str],
        asked: tuple[Actor, Service, list[str], bytes],
    ) -> Told:
        actor, service, steps, body = asked
        base = self._base(scope, headers)
        desk = Desk(self.consult(), self.reader, self.settings, actor, f"{base}{PAGE}", base)
        act = told(desk, service.id, body) if len(steps) == 2 else answered(desk, service, body)
        status, said = await act
        return Told(status, said, headers=flags(desk.consult.record, actor))

    async def _admitted(self, scope: Scope, headers: Mapping[str, str]) -> Actor:
        """Return who calls: by a token of this server or its issuer, or one that a client signed.

        Raises: Unauthorised ACC002.
        """
        scheme, _, token = headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or token.count(".") != 2:
            return await self._of_this_site(scope, headers)
        if self.guard.is_of_issuer(token.strip()):
            return await self._of_this_site(scope, headers)
        address = f"{self._base(scope, headers)}{scope['path'].rstrip('/')}"
        try:
            caller = await self.clients.caller(token.strip(), address)
        except OutsideError:
            raise Unknown("the keys of this client cannot be had now: try again.") from None
        role = "system" if caller.client.reads_record else "cds-client"
        iss, tenant = caller.client.iss, caller.tenant
        client = Actor(iss, role=role, organisation=tenant, client=iss)
        current().acted(client)
        return client

    async def _of_this_site(self, scope: Scope, headers: Mapping[str, str]) -> Actor:
        """Return who asks by a token of this server or its issuer, by this server's own name.

        Raises: Unauthorised ACC002, OutsideError IDP001.
        """
        if host_of(f"//{headers.get('host', '')}") not in self.guard.hosts:
            raise Unauthorised("this server asks for a token that the client has signed.")
        asked = {name: value for name, value in headers.items() if name != "origin"}
        return await self.guard.admitted(scope["path"], asked)

    def _check_from(self, headers: Mapping[str, str]) -> None:
        """Raise AccessDenied ACC003 for a name or a page that is not this server's business."""
        host = host_of(f"//{headers.get('host', '')}")
        if host not in self.guard.hosts and host != host_of(self.settings.base):
            raise AccessDenied(
                "this server is not addressed by that name (GARROD_CDS_BASE).", code="ACC003"
            )
        origin = headers.get("origin", "")
        if origin and not self._is_listed(origin):
            raise AccessDenied(
                "a page from there may not ask here (GARROD_CDS_ORIGINS).", code="ACC003"
            )

    def _is_listed(self, origin: str) -> bool:
        return host_of(origin) in self.guard.hosts or origin.lower() in self.settings.origins

    def _base(self, scope: Scope, headers: Mapping[str, str]) -> str:
        if self.settings.base:
            return self.settings.base
        return f"{scope.get('scheme', 'http')}://{headers.get('host', 'localhost')}"

    async def _send(self, send: Send, answer: Told, headers: Mapping[str, str]) -> None:
        told = {
            "cache-control": "no-store",
            "content-length": str(len(answer.body)),
            "x-content-type-options": "nosniff",
            **({"content-type": "application/json; charset=utf-8"} if answer.body else {}),
            **({"allow": answer.allow} if answer.allow else {}),
            **answer.headers,
            **({"retry-after": "1"} if answer.status == 503 else {}),
            **self._cross(headers, answer),
        }
        raw = [(k.encode(), v.encode("latin-1")) for k, v in told.items()]
        await send({"type": "http.response.start", "status": answer.status, "headers": raw})
        await send({"type": "http.response.body", "body": answer.body})

    def _cross(self, headers: Mapping[str, str], answer: Told) -> dict[str, str]:
        """Return what lets a listed page of a browser read the answer."""
        origin = headers.get("origin", "")
        if not origin or not self._is_listed(origin):
            return {}
        told = {"access-control-allow-origin": origin, "vary": "Origin"}
        if answer.allow:
            told["access-control-allow-methods"] = answer.allow
            told["access-control-allow-headers"] = "Authorization, Content-Type"
            told["access-control-max-age"] = "600"
        return told


def _allowed(steps: list[str]) -> str:
    """Return the method of an address.  Raises: InputError REC001 (there is nothing)."""
    if steps == [""]:
        return "GET"
    if len(steps) == 1 or (len(steps) == 2 and steps[1] == "feedback"):
        return "POST"
    raise InputError("there is nothing at that address.", code="REC001")


def status_of(error: GarrodError) -> int:
    """Return the status of a fault."""
    if error.code in STATUS:
        return STATUS[error.code]
    if error.code == "REC001":
        return 404
    if error.code == "API006":
        return 405
    if isinstance(error, AccessDenied):
        return 403
    if isinstance(error, OutsideError):
        return 503
    return 400 if isinstance(error, InputError) else 500


def host_of(address: str) -> str:
    """Return the host of an address, or ""."""
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""
