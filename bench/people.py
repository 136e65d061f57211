"""How long a person of the record takes to be told: read anew (cold), unchanged (warm).

    python -m bench.people [--url sqlite:////disk/bench.db] [--people 200] [--medicines 20]

Each person has so many medicines on the list, four results of each of ten measures, six conditions
and a genotype; every one is a prescription whose line the list made. Warm: asked for again, nothing
having changed. Written between: another person is written to before each question. Milliseconds.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from garrod.adapters.fhir.lines.codec import FhirLines
from garrod.adapters.fhir.lines.merging import FhirMerges
from garrod.adapters.fhir.record.codec import FhirCodec
from garrod.adapters.store import open_store
from garrod.care.govern.access import LOCAL, LocalAccess
from garrod.care.record.ports import Store, Tx
from garrod.care.record.reactions import Following
from garrod.care.record.service import Record
from garrod.entry.housing import DrugsPack, clock, new_id
from garrod.entry.snapshots import people_of
from garrod.entry.wire import Services

LOINC = "http://loinc.org"
MEDICINES = (
    *("Amlodipine 5 mg tablets", "Ramipril 5 mg capsules", "Bisoprolol 2.5 mg tablets"),
    *("Simvastatin 40 mg tablets", "Aspirin 75 mg tablets", "Omeprazole 20 mg capsules"),
    *("Metformin 500 mg tablets", "Gliclazide 80 mg tablets", "Furosemide 40 mg tablets"),
    *("Spironolactone 25 mg tablets", "Levothyroxine 50 microgram tablets"),
    *("Sertraline 50 mg tablets", "Mirtazapine 15 mg tablets", "Allopurinol 100 mg tablets"),
    *("Paracetamol 500 mg tablets", "Codeine 15 mg tablets", "Folic acid 5 mg tablets"),
    *("Alendronic acid 70 mg tablets", "Donepezil 10 mg tablets", "Tamsulosin 400 microgram"),
)
MEASURES = ("2160-0", "33914-3", "2823-3", "2951-2", "29463-7", "8302-2", "718-7", "777-3")
MEASURES = (*MEASURES, "1742-6", "4548-4")
CONDITIONS = ("Hypertension", "Type 2 diabetes", "Gout", "Depression", "Asthma", "Osteoporosis")
Figures = dict[str, float]


def resources(number: int, medicines: int) -> list[dict[str, Any]]:
    """Return the resources of one invented person."""
    who, ids = f"b{number}", iter(range(10_000))
    found: list[dict[str, Any]] = [
        {"resourceType": "MedicationRequest", "status": "active", "intent": "order"}
        | {"medicationCodeableConcept": {"text": MEDICINES[n % len(MEDICINES)]}}
        | {"dosageInstruction": [{"text": "Take one tablet once a day"}]}
        | {"authoredOn": "2025-04-01"}
        for n in range(medicines)
    ]
    found += [
        {"resourceType": "Observation", "status": "final", "effectiveDateTime": f"202{y}-03-04"}
        | {"code": {"coding": [{"system": LOINC, "code": code}], "text": "a measure"}}
        | {"valueQuantity": {"value": 80 + y, "unit": "umol/L", "code": "umol/L"}}
        for code in MEASURES
        for y in range(3, 7)
    ]
    found += [{"resourceType": "Condition", "code": {"text": words}} for words in CONDITIONS]
    found.append(_genotype())
    for resource in found:
        resource |= {"id": f"{who}-{next(ids)}", "subject": {"reference": f"Patient/{who}"}}
    patient = {"resourceType": "Patient", "id": who, "gender": "female", "birthDate": "1948-02-03"}
    return [patient, *found]


def _genotype() -> dict[str, Any]:
    gene = {"coding": [{"system": "http://www.genenames.org", "display": "CYP2C19"}]}
    studied = {"coding": [{"system": LOINC, "code": "48018-6"}]}
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": LOINC, "code": "84413-4"}]},
        "valueCodeableConcept": {"text": "*1/*2"},
        "component": [{"code": studied, "valueCodeableConcept": gene}],
    }


async def measure(store: Store, people: int, medicines: int) -> Figures:
    """Return the milliseconds of each way to ask."""
    services = Services()
    codec = FhirCodec(services.shelf)
    follow = Following(codec, FhirLines(), FhirMerges(), new_id=new_id, formulary=DrugsPack())
    record = Record(store, codec, LocalAccess(), new_id, reactions=(follow,))
    for number in range(people):
        await _written(record, codec, resources(number, medicines))
    told = people_of(record, services)
    await told.of(LOCAL, "b0")  # packs are read, and the end of the outbox is found
    names = [f"b{n}" for n in range(1, people)]
    cold = [await _timed(lambda w=w: told.of(LOCAL, w)) for w in names]
    warm = [await _timed(lambda w=w: told.of(LOCAL, w)) for w in names]
    between = []
    for who in names:
        await _written(record, codec, resources(0, 1)[:1])
        between.append(await _timed(lambda w=who: told.of(LOCAL, w)))
    person = await told.person(LOCAL, names[0])
    assert len(person.medicines) == medicines, len(person.medicines)
    figures = {"medicines": float(medicines), "results": float(len(person.results))}
    for name, times in (("cold", cold), ("warm", warm), ("written between", between)):
        figures[f"{name} median"] = round(statistics.median(times), 3)
        figures[f"{name} p99"] = round(sorted(times)[int(len(times) * 0.99)], 3)
    return figures


async def _written(record: Record, codec: FhirCodec, found: list[dict[str, Any]]) -> None:
    drafts = [
        codec.drafted(json.dumps(r).encode(), kind=r["resourceType"], id=r["id"]) for r in found
    ]

    async def work(tx: Tx) -> None:
        written = [await tx.put(draft, method="PUT") for draft in drafts]
        await record.react(tx, written)

    await record.store.transact(work)


async def _timed(act: Callable[[], Awaitable[object]]) -> float:
    began = time.perf_counter()
    await act()
    return (time.perf_counter() - began) * 1000


async def _main(url: str, people: int, medicines: int) -> None:
    store = await open_store(url, clock=clock)
    try:
        print(json.dumps(await measure(store, people, medicines)))
    finally:
        await store.close()


if __name__ == "__main__":
    given = argparse.ArgumentParser()
    given.add_argument("--url", default="")
    given.add_argument("--people", type=int, default=200)
    given.add_argument("--medicines", type=int, default=20)
    asked = given.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        address = asked.url or f"sqlite:///{Path(folder) / 'bench.db'}"
        asyncio.run(_main(address, asked.people, asked.medicines))
