"""The CDS Hooks door in this process, beside the FHIR door, over one store that is not kept."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from garrod.adapters.cds.clients import Clients
from garrod.adapters.cds.fetch import Reader
from garrod.adapters.subscriptions.gate import Gate
from garrod.entry.consult import Consult
from garrod.entry.guard import Guard
from garrod.entry.hooks.desk import Settings
from garrod.entry.hooks.door import HooksDoor
from tests.making.doors import BASE, BEGIN, HOST, TOKEN, Door, Told, door

CLOPIDOGREL = {
    "coding": [{"system": "http://www.whocc.no/atc", "code": "B01AC04"}],
    "text": "Clopidogrel 75 mg tablets",
}
SERVICE = "garrod-order-sign"


@dataclass
class Hooks:
    """Asks the CDS Hooks door, and the record behind it."""

    door: HooksDoor
    record: Door
    consult: Consult

    def ask(
        self, method: str, path: str, body: Any = b"", headers: dict[str, str] | None = None
    ) -> Told:
        """Send a request to /cds-services and what is below it."""
        sent = body if isinstance(body, bytes) else json.dumps(body).encode()
        given = {"host": HOST, "authorization": f"Bearer {TOKEN}", **(headers or {})}
        scope = {
            "type": "http",
            "method": method,
            "path": f"/cds-services{path}",
            "query_string": b"",
            "headers": [(k.encode("latin-1"), v.encode("latin-1")) for k, v in given.items()],
        }
        return self.record.runner.run(self.asked(scope, sent))

    async def asked(self, scope: dict[str, Any], sent: bytes) -> Told:
        """Send a request as ASGI has it."""
        said: list[Any] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": sent, "more_body": False}

        async def send(message: Any) -> None:
            said.append(message)

        await self.door(scope, receive, send)
        headers = {k.decode("latin-1"): v.decode("latin-1") for k, v in said[0]["headers"]}
        return Told(said[0]["status"], headers, said[1]["body"])

    def call(self, service: str = SERVICE, **more: Any) -> Told:
        """Call a service."""
        return self.ask("POST", f"/{service}", call(service, **more))


def call(service: str = SERVICE, *orders: Any, **more: Any) -> dict[str, Any]:
    """Return the body of a call about Patient/p1; `more` are fields, `context` is added to it."""
    context = {"userId": "Practitioner/1", "patientId": "p1", **more.pop("context", {})}
    if orders:
        context["draftOrders"] = drafts(*orders)
    return {
        "hook": service.removeprefix("garrod-"),
        "hookInstance": "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea",
        "context": context,
        **more,
    }


def drafts(*orders: Any) -> dict[str, Any]:
    """Return a Bundle of orders."""
    return {"resourceType": "Bundle", "entry": [{"resource": order} for order in orders]}


def order(id: str = "o1", medicine: Any = None, patient: str = "p1", **more: Any) -> dict[str, Any]:
    """Return a draft order."""
    named = {"text": medicine} if isinstance(medicine, str) else medicine or CLOPIDOGREL
    return {
        "resourceType": "MedicationRequest",
        "id": id,
        "status": "draft",
        "intent": "order",
        "subject": {"reference": f"Patient/{patient}"},
        "medicationCodeableConcept": named,
        **more,
    }


def person(id: str = "p1", number: str = "", **more: Any) -> dict[str, Any]:
    """Return a Patient, with an NHS number where one is given."""
    system = "https://fhir.nhs.uk/Id/nhs-number"
    named = {"identifier": [{"system": system, "value": number}]} if number else {}
    born = {"gender": "female", "birthDate": "1960-01-01"}
    return {"resourceType": "Patient", "id": id, **born, **named, **more}


def statement(id: str, words: str, patient: str = "p1", **more: Any) -> dict[str, Any]:
    """Return a medicine that a person takes."""
    return {
        "resourceType": "MedicationStatement",
        "id": id,
        "status": "active",
        "medicationCodeableConcept": {"text": words},
        "subject": {"reference": f"Patient/{patient}"},
        **more,
    }


@contextmanager
def hooks(settings: Settings | None = None, clients: Clients | None = None) -> Iterator[Hooks]:
    """Open both doors until the block ends."""
    given = settings or Settings(fhir=BASE, gate=Gate(frozenset(("loopback",))), seconds=4.0)
    with door() as record:
        consult = record.fhir.rooms().consult
        reader = Reader(given.gate, given.seconds)
        known = clients or Clients((), _no_keys, lambda: BEGIN)
        guard = Guard(TOKEN, frozenset((HOST,)))
        try:
            opened = HooksDoor(lambda: consult, guard, given, known, reader)
            yield Hooks(opened, record, consult)
        finally:
            record.runner.run(reader.close())


async def _no_keys(url: str) -> Any:
    raise AssertionError(f"no keys are fetched here: {url}")
