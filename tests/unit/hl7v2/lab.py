"""Messages of a made-up laboratory about a made-up person, and a record to take them into."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

from garrod.adapters.fhir.ingest.take import Taker
from garrod.adapters.fhir.rest.checked import CheckedCodec
from garrod.adapters.hl7v2.reports import read_reports
from garrod.adapters.hl7v2.taking import Came, take_report
from garrod.adapters.packs.load import load_shelf
from garrod.adapters.store import open_store
from garrod.care.govern.access import LOCAL, LocalAccess
from garrod.care.record.query import Query
from garrod.care.record.service import Record

Json = dict[str, Any]
NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
CODEC = CheckedCodec(load_shelf(), is_strict=False)
NUMBER = "9449305552"
PATIENT: Json = {
    "resourceType": "Patient",
    "id": "syn-1",
    "identifier": [{"system": "https://fhir.nhs.uk/Id/nhs-number", "value": NUMBER}],
    "name": [{"family": "Synthetic", "given": ["Ada", "B"]}],
    "birthDate": "1980-02-03",
    "gender": "female",
}
PID = f"PID|1||{NUMBER[:3]} {NUMBER[3:6]} {NUMBER[6:]}^^^NHS^NH||Synthetic^Ada||19800203|F"
K = "2823-3^Potassium^LN"


def message(
    *segments: str,
    number: str = "M1",
    time: str = "20261128100000+0000",
    pid: str = PID,
    order: str = "P1|F1",
    status: str = "F",
    mode: str = "P",
) -> str:
    """Return a message with the segments behind its order."""
    head = rf"MSH|^~\&|LIS|SYNLAB|GARROD|GP|{time}||ORU^R01^ORU_R01|{number}|{mode}|2.5.1"
    asked = f"OBR|1|{order}|U1^Urea and electrolytes^L|||20261127090000"
    obr = f"{asked}|||||||||||||||{time}||CH|{status}"
    return "\r".join((head, *((pid,) if pid else ()), obr, *segments)) + "\r"


def obx(what: str, value: str, *, unit: str = "", status: str = "F", kind: str = "NM",
        sub: str = "", between: str = "", flag: str = "") -> str:  # fmt: skip
    """Return an OBX."""
    return f"OBX|1|{kind}|{what}|{sub}|{value}|{unit}|{between}|{flag}|||{status}"


class Desk:
    """A record with one person."""

    def __init__(self, record: Record) -> None:
        self.taker = Taker(record, CODEC, LOCAL, NOW)

    async def put(self, resource: Json) -> None:
        """Write a resource as it is."""
        draft = CODEC.drafted(
            json.dumps(resource).encode(), kind=resource["resourceType"], id=resource["id"]
        )
        await self.taker.record.store.transact(lambda tx: tx.put(draft, method="PUT"))

    async def send(self, text: str, *, patient: str = "") -> Came:
        """Take in the one message of a text."""
        (report,) = read_reports(text)
        return await take_report(self.taker, report, patient=patient)

    async def all(self, kind: str) -> list[Json]:
        """Return the newest of a kind."""
        page = await self.taker.record.store.search(Query((kind,), count=200))
        return [{**json.loads(v.body), "id": v.id} for v in page.versions]

    async def only(self, kind: str) -> Json:
        """Return the one of a kind."""
        (found,) = await self.all(kind)
        return found

    async def said(self) -> list[tuple[str, str, object]]:
        """Return what observations say: name, status, value."""
        found = []
        for one in await self.all("Observation"):
            value = one.get("valueQuantity", {}).get("value", one.get("valueString"))
            found.append((one["code"]["text"], one["status"], value))
        return sorted(found, key=str)


def at_desk(work: Callable[[Desk], Awaitable[None]]) -> None:
    """Do a piece of work with a record of its own, which knows the person."""

    async def run() -> None:
        store = await open_store("sqlite:///:memory:", clock=lambda: NOW)
        try:
            ids = (f"new-{n}" for n in range(1000))
            desk = Desk(Record(store, CODEC, LocalAccess(), ids.__next__))
            await desk.put(PATIENT)
            await work(desk)
        finally:
            await store.close()

    asyncio.run(run())
