"""The moment of prescribing over HTTP: order-sign of people with twenty medicines, at a fixed rate.

    python -m bench.decide [--resources 1000000] [--people-stored 100000] [--keep FOLDER]
                           [--rate 100] [--seconds 30]

Fills a record as bench.scale does (`--keep` fills once), starts the real server over it, and writes
people into it who take twenty medicines and have results, allergies and genes. Then sends draft
orders to /cds-services/garrod-order-sign: the first of a server that has just begun; the first of
each person; then at a fixed rate, whether or not earlier ones were answered, so that waiting counts
as time. Each order is of another medicine or another prescriber, so that nothing is "told before".
Beside it, in the same run and at the same rate, the person is read by id: the door with nothing to
decide. Prints JSON. Client and server share the machine's processors.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sqlite3
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from bench.decide_people import ORDERS, bundle_of, draft_of
from bench.scale import filled, serving, used
from bench.server import HEAD, Client, histogram

SERVICE = "/cds-services/garrod-order-sign"
JSON_HEAD = HEAD.replace("application/fhir+json", "application/json")
PEOPLE = 150
LANES = 48  # connections; a free one takes the next order
WARM_UP = 300  # orders before those that count
P50_MS, P99_MS = 15.0, 60.0


class Hooked(Client):
    """A connection that calls hooks."""

    async def call(self, body: str) -> tuple[int, dict[str, Any]]:
        """Return status and answer of order-sign."""
        sent = body.encode()
        head = f"POST {SERVICE} HTTP/1.1\r\n{JSON_HEAD}Content-Length: {len(sent)}\r\n\r\n"
        self.writer.write(head.encode() + sent)
        got = await self.reader.readuntil(b"\r\n\r\n")
        size = next(
            int(line[15:])
            for line in got.split(b"\r\n")
            if line.lower().startswith(b"content-length:")
        )
        return int(got[9:12]), json.loads(await self.reader.readexactly(size))


class Tally:
    """What orders were answered with: no answer may be missing, none a fault."""

    def __init__(self) -> None:
        self.answers: Counter[str] = Counter()
        self.cards = 0

    def add(self, status: int, told: dict[str, Any]) -> None:
        """Count an answer.  Raises: AssertionError where an order was not answered."""
        assert status == 200, told
        (one,) = told["extension"]["health.garrod.answer"]["orders"]
        self.answers[one["answer"]] += 1
        self.cards += len(told["cards"])


async def written(people: Sequence[str]) -> None:
    """Give people of the record twenty medicines, results, allergies and genes."""
    client = await Client().open()
    for number, person in enumerate(people):
        status, told = await client.ask("POST", "/fhir", json.dumps(bundle_of(person, number)))
        assert status == 200, told


def stored(path: Path) -> dict[str, int]:
    """Return how many people and resources a record holds."""
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as record:
        ((people,),) = record.execute("SELECT count(*) FROM head WHERE kind = 'Patient'")
        ((resources,),) = record.execute("SELECT count(*) FROM head")
    return {"people": people, "resources": resources}


async def asked(people: Sequence[str], orders: range, tally: Tally) -> list[float]:
    """Return the times of orders sent one after another."""
    client, times = Hooked(), []
    await client.open()
    for number in orders:
        body = draft_of(people[number % len(people)], number)
        began = time.perf_counter()
        told = await client.call(body)
        times.append(time.perf_counter() - began)
        tally.add(*told)
    return times


async def at_rate(
    people: Sequence[str], orders: range, rate: float, tally: Tally | None
) -> list[float]:
    """Return the times of orders sent at a rate, each from when it was due; reads without tally."""
    lanes: asyncio.Queue[Hooked] = asyncio.Queue()
    for _ in range(LANES):
        lane = Hooked()
        await lane.open()
        lanes.put_nowait(lane)
    times: list[float] = []
    begin = time.perf_counter() + 0.2

    async def one(number: int, due: float) -> None:
        person = people[number % len(people)]
        body = draft_of(person, number) if tally is not None else ""
        await asyncio.sleep(due - time.perf_counter())
        lane = await lanes.get()
        if tally is None:
            status, _ = await lane.ask("GET", f"/fhir/Patient/{person}")
            told: dict[str, Any] = {}
        else:
            status, told = await lane.call(body)
        times.append(time.perf_counter() - due)
        lanes.put_nowait(lane)
        assert status == 200, told
        if tally is not None:
            tally.add(status, told)

    await asyncio.gather(*(one(n, begin + i / rate) for i, n in enumerate(orders)))
    return times


def figures(times: list[float]) -> dict[str, Any]:
    """Return what times (seconds) come to."""
    found = sorted(times)
    return {
        "count": len(found),
        "p50_ms": round(statistics.median(found) * 1000, 2),
        "p95_ms": round(found[int(len(found) * 0.95)] * 1000, 2),
        "p99_ms": round(found[int(len(found) * 0.99)] * 1000, 2),
        "most_ms": round(found[-1] * 1000, 2),
        "within_ms": histogram(found),
    }


async def measured(people: list[str], rate: float, seconds: float, server: int) -> dict[str, Any]:
    """Return every figure of a server that has just begun."""
    tally, found = Tally(), {}
    await written(people)
    found["first order of the server"] = figures(await asked(people, range(1), tally))
    cold = await asked(people, range(1, len(people)), tally)
    found["first order of each person, one after another"] = figures(cold)
    count, start = int(rate * seconds), len(people)
    warm = range(start, start + WARM_UP)
    found["one after another, warm"] = figures(await asked(people, warm, tally))
    lasting = range(warm.stop, warm.stop + count)
    for name, kept in ((f"order-sign, {rate:g}/s", tally), (f"read by id, {rate:g}/s", None)):
        before, began = used(server), time.perf_counter()
        told = figures(await at_rate(people, lasting, rate, kept))
        told["per_second"] = round(count / (time.perf_counter() - began), 1)
        told["server_cpu_ms_each"] = round((used(server) - before) * 1000 / count, 2)
        told["load"] = os.getloadavg()[0]
        found[name] = told
    found["answers"] = dict(tally.answers) | {"cards": tally.cards}
    return found


def main() -> None:
    """Fill, serve, measure, and print JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--resources", type=int, default=1_000_000)
    parser.add_argument(
        "--people-stored", type=int, default=0, help="at least; they have the fewer resources each"
    )
    parser.add_argument("--keep", default="", help="a folder to fill once and use again")
    parser.add_argument("--people", type=int, default=PEOPLE, help="with twenty medicines")
    parser.add_argument("--rate", type=float, default=100)
    parser.add_argument("--seconds", type=float, default=30)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_DIR")) as name:
        folder = Path(given.keep or name)
        folder.mkdir(parents=True, exist_ok=True)
        _, filling = filled(folder, "", given.resources, given.people_stored)
        how: dict[str, Any] = {"stored": stored(folder / "record.db"), **filling}
        people = [f"twenty{number:04}" for number in range(given.people)]
        with serving(folder, "") as server:
            told = asyncio.run(measured(people, given.rate, given.seconds, server))
    told["orders"] = len(ORDERS)
    print(json.dumps({**how, **told}, indent=1))


if __name__ == "__main__":
    main()
