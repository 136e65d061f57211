"""The FHIR door in this process under the decision point, asked with tokens of a site's issuer."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from garrod.adapters.fhir.features import FeatureReader
from garrod.adapters.fhir.standing import FhirMeaning
from garrod.adapters.store import open_store
from garrod.adapters.terminology.service import Terminology
from garrod.care.govern.policy import Policing
from garrod.care.record.gate import Gate
from garrod.care.record.service import Record
from garrod.entry.api.door import FhirDoor
from garrod.entry.api.operations import OPERATIONS
from garrod.entry.api.operations.bulk_jobs import Exports
from garrod.entry.api.rooms import Rooms
from garrod.entry.api.routes import answer
from garrod.entry.api.watch import Watch
from garrod.entry.consult import Consult
from garrod.entry.governing import GovernedAccess
from garrod.entry.guard import Guard
from garrod.entry.identity import identity_of
from garrod.entry.snapshots import people_of
from garrod.entry.wire import Services
from tests.making.doors import BASE, HOST, TOKEN, Door, Told, codec, services
from tests.making.governed import Seconds, labels, policing
from tests.making.issuer import KEYS, SmallIssuer

NOW = datetime(2026, 3, 3, 9, tzinfo=UTC)
ISSUER = SmallIssuer("https://issuer.example")
EVERYTHING = "user/*.cruds patient/*.cruds"


@dataclass
class SignedDoor(Door):
    """A door; `seconds` is the gate's clock, moved on by each request as real time would."""

    gate: Gate
    record: Record
    rooms: Rooms
    seconds: Seconds = field(default_factory=Seconds)

    def by(self, token: str, method: str, path: str, body: Any = b"", **headers: str) -> Told:
        """Send a request with a token of the issuer; "" is the local user's."""
        named = {k.replace("_", "-"): v for k, v in headers.items()}
        named |= {"authorization": f"Bearer {token or TOKEN}"}
        return self.ask(method, path, body, named)

    def load(self, *resources: dict[str, Any]) -> None:
        """Store resources as the local user."""
        for resource in resources:
            told = self.ask("PUT", f"{resource['resourceType']}/{resource['id']}", resource)
            assert told.status in (200, 201), told.body


def token(user: str, role: str = "prescriber", **claims: Any) -> str:
    """Return an access token of the issuer for somebody."""
    scope = claims.pop("scope", EVERYTHING)
    return ISSUER.token(aud=BASE, fhirUser=user or None, role=role or None, scope=scope, **claims)


def clock() -> datetime:
    """Return the one moment at which all of these tests happen."""
    return NOW


@contextmanager
def signed_door(
    folder: Path,
    *,
    police: Policing | None = None,
    url: str = "sqlite:///:memory:",
    at: datetime | None = None,
) -> Iterator[SignedDoor]:
    """Open a door over a store of its own until the block ends; `at`: when all is written."""
    keys = folder / "jwks.json"
    keys.write_text(json.dumps({"keys": [k.as_dict(private=False) for k in KEYS.values()]}))
    named = {"GARROD_ISSUER": ISSUER.base, "GARROD_AUDIENCE": BASE, "GARROD_JWKS": str(keys)}
    identity = identity_of(named, clock)
    assert identity is not None
    guard = Guard(TOKEN, frozenset((HOST,)), identity.verifier)
    ids = (f"new-{n}" for n in itertools.count(1))
    ticks = (at or NOW + timedelta(seconds=n - 86_400) for n in itertools.count())
    seconds = Seconds()
    meaning = FhirMeaning(codec(), FeatureReader(labels()), services().shelf)
    gate = Gate(police or policing(), meaning, clock=clock, seconds=seconds)
    with asyncio.Runner() as runner:
        store = runner.run(open_store(url, clock=lambda: next(ticks)))
        try:
            access = GovernedAccess(gate.policing)
            record = Record(store, codec(), access, lambda: next(ids), gate=gate)
            terms = Terminology(Services().shelf)
            rooms = Rooms(record, codec(), OPERATIONS, services(), None, answer, terminology=terms)
            people = people_of(record, services())
            consult = Consult(record, services(), clock, people=people)
            exports = Exports(folder, record, codec(), clock)
            rooms = replace(rooms, people=people, consult=consult, exports=exports)
            door = FhirDoor(lambda: rooms, guard, Watch())
            yield SignedDoor(door, runner, gate, record, rooms, seconds)
        finally:
            runner.run(store.close())
