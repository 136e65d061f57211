"""How the CDS Hooks door stands beside the others: by its path, open while the rooms are."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from garrod.adapters.cds.clients import Clients
from garrod.adapters.cds.fetch import Reader
from garrod.adapters.cds.model import Ehr
from garrod.adapters.subscriptions.gate import Gate
from garrod.core.errors import OutsideError
from garrod.entry.consult import Consult
from garrod.entry.hooks.desk import Settings
from garrod.entry.hooks.door import PREFIX, HooksDoor, host_of

Scope = MutableMapping[str, Any]
App = Callable[[Scope, Any, Any], Awaitable[None]]


class Opening:
    """The moment of prescribing while the server runs."""

    def __init__(self) -> None:
        self._consult: Consult | None = None

    @contextmanager
    def open(self, consult: Consult) -> Iterator[None]:
        """Hold it until the block ends."""
        self._consult = consult
        try:
            yield
        finally:
            self._consult = None

    def ask(self) -> Consult:
        """Return it.  Raises: OutsideError API010 while the server starts or ends."""
        if self._consult is None:
            raise OutsideError(
                "the server is starting or ending: ask again in a moment.", code="API010"
            )
        return self._consult


class Mounted:
    """Sends what is for /cds-services to its door, and all else, the lifespan too, to the rest."""

    def __init__(self, rest: App, hooks: HooksDoor) -> None:
        self.rest = rest
        self.hooks = hooks

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        """Answer one request."""
        path = scope.get("path", "")
        if scope["type"] == "http" and (path == PREFIX or path.startswith(f"{PREFIX}/")):
            await self.hooks(scope, receive, send)
        else:
            await self.rest(scope, receive, send)


def clients_of(settings: Settings, clock: Callable[[], datetime]) -> Clients:
    """Return the clients of a site; their keys are fetched from the addresses it listed alone."""
    hosts = {host_of(c.jku) for c in settings.clients if c.jku}
    gate = Gate(frozenset(hosts | ({"loopback"} & settings.gate.hosts)))
    reader = Reader(gate, settings.seconds)

    async def fetch(url: str) -> Any:
        return await reader.get(Ehr(url), url)

    return Clients(settings.clients, fetch, clock)
