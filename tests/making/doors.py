"""The FHIR door in this process: the handlers that a server has, over a store that is not kept."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from garrod.adapters.fhir.features import FeatureReader
from garrod.adapters.fhir.rest.checked import CheckedCodec
from garrod.adapters.fhir.standing import FhirMeaning
from garrod.adapters.fhir.xml import XmlFormat
from garrod.adapters.store import open_store
from garrod.adapters.terminology.service import Terminology
from garrod.care.record.gate import Gate
from garrod.care.record.service import Record
from garrod.entry.api.door import FhirDoor
from garrod.entry.api.operations import OPERATIONS
from garrod.entry.api.rooms import Rooms
from garrod.entry.api.routes import answer
from garrod.entry.api.watch import Watch
from garrod.entry.consult import Consult
from garrod.entry.governing import GovernedAccess
from garrod.entry.guard import Guard
from garrod.entry.snapshots import people_of
from garrod.entry.wire import Services
from tests.making.governed import labels, policing

TOKEN = "token-of-the-tests"
HOST = "localhost"
BASE = f"http://{HOST}/fhir"
BEGIN = datetime(2026, 3, 3, 9, tzinfo=UTC)


@dataclass(frozen=True)
class Told:
    """An answer, as it left the door."""

    status: int
    headers: dict[str, str]
    body: bytes = field(repr=False)

    @property
    def json(self) -> Any:
        """Return the body; a test fails here where it is no JSON."""
        return json.loads(self.body)


@dataclass
class Door:
    """Asks the door, one request after the other, in a loop of its own."""

    fhir: FhirDoor
    runner: asyncio.Runner

    def ask(
        self,
        method: str,
        path: str,
        body: Any = b"",
        headers: dict[str, str] | None = None,
    ) -> Told:
        """Send a request; what is no bytes goes as JSON. `path` is under /fhir, with its query."""
        sent = body if isinstance(body, bytes) else json.dumps(body).encode()
        place, _, question = path.partition("?")
        given = {
            "host": HOST,
            "authorization": f"Bearer {TOKEN}",
            "content-type": "application/fhir+json",
            **{name.lower(): value for name, value in (headers or {}).items()},
        }
        scope = {
            "type": "http",
            "method": method,
            "path": f"/fhir/{place}" if place else "/fhir",
            "query_string": question.encode(),
            "headers": [(k.encode("latin-1"), v.encode("latin-1")) for k, v in given.items()],
        }
        return self.runner.run(self._asked(scope, sent))

    async def _asked(self, scope: dict[str, Any], sent: bytes) -> Told:
        said: list[Any] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": sent, "more_body": False}

        async def send(message: Any) -> None:
            said.append(message)

        await self.fhir(scope, receive, send)
        headers = {k.decode("latin-1"): v.decode("latin-1") for k, v in said[0]["headers"]}
        return Told(said[0]["status"], headers, said[1]["body"])


@cache
def codec() -> CheckedCodec:
    """Return the codec of a server, made once: it holds no state of a record."""
    return CheckedCodec(Services().shelf, BASE, clock=lambda: BEGIN)


@cache
def services() -> Services:
    """Return the services of a server, made once: they hold no state of a record."""
    return Services()


def ticking() -> Callable[[], datetime]:
    """Return a clock that goes on by a second whenever it is asked."""
    seconds = itertools.count()
    return lambda: BEGIN + timedelta(seconds=next(seconds))


@contextmanager
def door(url: str = "sqlite:///:memory:") -> Iterator[Door]:
    """Open a door over a store of its own until the block ends."""
    ids = (f"new-{n}" for n in itertools.count(1))
    with asyncio.Runner() as runner:
        store = runner.run(open_store(url, clock=ticking()))
        try:
            meaning = FhirMeaning(codec(), FeatureReader(labels()), services().shelf)
            gate = Gate(policing(), meaning, clock=ticking(), seconds=itertools.count().__next__)
            access = GovernedAccess(gate.policing)
            record = Record(store, codec(), access, lambda: next(ids), gate=gate)
            terms = Terminology(Services().shelf)
            rooms = Rooms(
                record, codec(), OPERATIONS, services(), _xml(), answer, terminology=terms
            )
            people = people_of(record, services())
            consult = Consult(record, services(), ticking(), people=people)
            rooms = replace(rooms, people=people, consult=consult)
            yield Door(FhirDoor(lambda: rooms, Guard(TOKEN, frozenset((HOST,))), Watch()), runner)
        finally:
            runner.run(store.close())


@cache
def _xml() -> XmlFormat:
    return XmlFormat(Services().shelf)
