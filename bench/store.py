"""Measures a store: durable creates beside the disk's own rate, reads, searches at a million.

    python -m bench.store [--url sqlite:////disk/bench.db] [--resources 1000000]

Prints one JSON object. Durable rates say more of the disk than of us: compare `creates_per_s` with
`single_commits_per_s` of the same disk in the same minute.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

from garrod.adapters.store import open_store
from garrod.care.record.ports import Store, Tx
from garrod.care.record.query import (
    Criterion,
    OfPatients,
    ParamType,
    Query,
    Reference,
    Sort,
    Token,
)
from garrod.core.resource import (
    DateRow,
    Draft,
    ReferenceRow,
    Rows,
    Splice,
    StringRow,
    TokenRow,
)

CLIENTS = 32
EACH = 50  # resources of a patient
KINDS = ("MedicationRequest", "MedicationStatement", "Observation", "Condition", "Encounter")
STATUSES = ("active", "active", "stopped", "completed")
BODY = json.dumps({"resourceType": "MedicationRequest", "text": "x" * 1400}).encode()
DAY = 86_400_000_000
Call = Callable[[int], Awaitable[object]]
Figures = dict[str, float | int | str]


def resource(number: int) -> Draft:
    """Return one resource of a patient who has fifty, rows and size much like a real one's."""
    patient, kind = f"p{number // EACH}", KINDS[number % len(KINDS)]
    tokens = (
        TokenRow("status", "http://hl7.org/fhir/status", STATUSES[number // 5 % 4]),
        TokenRow("code", "http://snomed.info/sct", f"{number * 7919 % 4000}", "some words of it"),
        TokenRow("identifier", "https://example.org/id", f"{number:012}"),
        TokenRow("intent", "http://hl7.org/fhir/intent", "order"),
    )
    references = (
        ReferenceRow("subject", "Patient", patient),
        ReferenceRow("requester", "Practitioner", f"d{number % 3000}"),
    )
    day = number * 31 % 4000 * DAY
    strings = (StringRow("note", f"note {number % 977}", f"Note {number % 977}"),)
    rows = Rows(tokens, strings, (DateRow("date", day, day + DAY),), references)
    return Draft(kind, f"r{number}", BODY, Splice(1), rows, (patient,))


def medicines(patient: str) -> Query:
    """Return the search for a patient's active medicines."""
    status = Criterion("status", ParamType.TOKEN, (Token(None, "active"),))
    return Query((KINDS[0],), (OfPatients(frozenset({patient})), status))


def newest(patient: str) -> Query:
    """Return the search for a patient's observations by subject, the newest first."""
    subject = Criterion("subject", ParamType.REFERENCE, (Reference("Patient", patient),))
    return Query((KINDS[2],), (subject,), (Sort("date", ParamType.DATE, is_descending=True),), 10)


def identified(number: int) -> Query:
    """Return the search for one resource by its identifier."""
    token = Token("https://example.org/id", f"{number:012}")
    kind = KINDS[number % len(KINDS)]
    return Query((kind,), (Criterion("identifier", ParamType.TOKEN, (token,)),))


async def create(store: Store, number: int, how_many: int = 1) -> None:
    """Write some resources in one transaction."""

    async def work(tx: Tx) -> None:
        for n in range(how_many):
            await tx.put(resource(number + n), method="POST", expected=0)

    await store.transact(work)


async def load(store: Store, resources: int) -> float:
    """Write many resources, a thousand to a transaction; return how many each second."""
    began = time.perf_counter()
    for first in range(0, resources, 1000):
        await create(store, first, 1000)
    return resources / (time.perf_counter() - began)


async def timed(name: str, call: Call, *, calls: int, clients: int = 1) -> Figures:
    """Return calls per second, and how long each took (ms) at the median and the 99th centile."""
    waited: list[float] = []
    numbers = iter(range(calls))

    async def client() -> None:
        for number in numbers:
            began = time.perf_counter()
            await call(number)
            waited.append((time.perf_counter() - began) * 1000)

    began, used = time.perf_counter(), time.process_time()
    await asyncio.gather(*[client() for _ in range(clients)])
    spent, used = time.perf_counter() - began, time.process_time() - used
    cuts = statistics.quantiles(waited, n=100)
    return {
        f"{name}_per_s": round(calls / spent),
        f"{name}_per_cpu_s": round(calls / used) if used else 0,
        f"{name}_p50_ms": round(cuts[49], 3),
        f"{name}_p99_ms": round(cuts[98], 3),
    }


def single_commits(folder: Path, calls: int = 300) -> Figures:
    """Return how many commits of one small row the disk makes durable each second."""
    path = folder / "single.db"
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE t (a INTEGER PRIMARY KEY, b BLOB)")
    began = time.perf_counter()
    for _ in range(calls):
        connection.execute("INSERT INTO t (b) VALUES (?)", (BODY,))
    rate = calls / (time.perf_counter() - began)
    connection.close()
    path.unlink()
    return {"single_commits_per_s": round(rate)}


async def measure(url: str, resources: int, folder: Path) -> Figures:
    """Return all figures of a store that is empty, or was filled by an earlier run."""
    store = await open_store(url, clock=lambda: datetime.now(UTC))
    chance = random.Random(7)
    figures: Figures = {"url": url.split(":")[0], "resources": resources}
    try:
        if await store.read(KINDS[0], "r0") is None:
            figures["loaded_per_s"] = round(await load(store, resources))
        figures |= await writing(store, folder)
        figures |= await reading(store, resources, chance)
    finally:
        await store.close()
    return figures


async def writing(store: Store, folder: Path) -> Figures:
    """Return the figures of durable writing."""
    base = 10**9 + int(time.time()) * 10**5  # ids of no other run
    figures = single_commits(folder)
    one, many = 3000, 2000
    figures |= await timed("creates", lambda n: create(store, base + n), calls=one, clients=CLIENTS)
    figures |= await timed("lone_creates", lambda n: create(store, base + one + n), calls=300)
    base += 10**4
    figures |= await timed(
        "transactions_of_3", lambda n: create(store, base + 3 * n, 3), calls=many, clients=CLIENTS
    )
    return figures


async def reading(store: Store, resources: int, chance: random.Random) -> Figures:
    """Return the figures of reads and searches."""
    patients = resources // EACH
    numbers = [chance.randrange(resources) for _ in range(5000)]
    figures = await timed(
        "reads", lambda n: store.read(KINDS[numbers[n] % 5], f"r{numbers[n]}"), calls=5000
    )
    searches = {
        "medicines": lambda n: store.search(medicines(f"p{numbers[n] % patients}")),
        "newest": lambda n: store.search(newest(f"p{numbers[n] % patients}")),
        "identified": lambda n: store.search(identified(numbers[n])),
    }
    for name, call in searches.items():
        figures |= await timed(name, call, calls=3000, clients=4)
    status = Criterion("status", ParamType.TOKEN, (Token(None, "active"),))
    figures |= await timed("active", lambda _: store.search(Query(KINDS[:1], (status,))), calls=50)
    return figures


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", default="")
    parser.add_argument("--resources", type=int, default=1_000_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="garrod-bench-") as folder:
        url = given.url or f"sqlite:///{folder}/record.db"
        beside = Path(folder)
        if url.startswith("sqlite:///"):
            beside = Path(url.removeprefix("sqlite:///")).parent
        figures = asyncio.run(measure(url, given.resources, beside))
        if (file := beside / "record.db").exists():
            figures["bytes_per_resource"] = round(file.stat().st_size / given.resources)
    print(json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()
