"""The server over HTTP: durable creates, reads by id, a person's medication list, p99 of each.

    python -m bench.server [--people N]      starts a server of its own on a temporary folder

Reference in the same run: one commit after another on the same disk (a row, synced), and reading
the same bytes from a server that does nothing else. Client and server share the machine's cores.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from bisect import bisect_right
from collections.abc import Awaitable, Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

TOKEN = "token-of-the-bench"
PORT = int(os.environ.get("BENCH_PORT", "8931"))
EDGES = (1, 2, 3, 5, 7, 10, 15, 20, 30, 50, 100)  # ms, of the histogram of times
HEAD = (
    f"Host: 127.0.0.1:{PORT}\r\nAuthorization: Bearer {TOKEN}\r\n"
    "Content-Type: application/fhir+json\r\nAccept: application/fhir+json\r\n"
)
PATIENT = '{"resourceType":"Patient","gender":"female","birthDate":"1950-02-03"}'
REQUEST = (
    '{"resourceType":"MedicationRequest","status":"active","intent":"order",'
    '"medicationCodeableConcept":{"coding":[{"system":"http://www.whocc.no/atc","code":"N02BE01"}],'
    '"text":"paracetamol 500 mg tablets"},"subject":{"reference":"Patient/%s"},'
    '"authoredOn":"2026-03-03","dosageInstruction":[{"text":"2 tablets four times a day"}]}'
)


OBSERVATION = (
    '{"resourceType":"Observation","status":"final","code":{"coding":[{"system":"http://loinc.org",'
    '"code":"29463-7"}]},"subject":{"reference":"Patient/%s"},"effectiveDateTime":"2026-03-03",'
    '"valueQuantity":{"value":70.50,"unit":"kg","system":"http://unitsofmeasure.org","code":"kg"}}'
)
DRUGS = ("ramipril", "amlodipine", "simvastatin", "metformin", "omeprazole", "sertraline",
         "bisoprolol", "furosemide")  # fmt: skip


class Client:
    """One kept connection that asks and waits, as plainly as can be: the client must be cheap."""

    def __init__(self) -> None:
        self.reader: asyncio.StreamReader
        self.writer: asyncio.StreamWriter

    async def open(self) -> Client:
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", PORT)
        return self

    async def ask(self, method: str, path: str, body: str = "") -> tuple[int, bytes]:
        """Send one request; return status and body."""
        length = f"Content-Length: {len(body)}\r\n" if body else ""
        self.writer.write(f"{method} {path} HTTP/1.1\r\n{HEAD}{length}\r\n{body}".encode())
        head = await self.reader.readuntil(b"\r\n\r\n")
        status = int(head[9:12])
        size = 0
        for line in head.split(b"\r\n"):
            if line.lower().startswith(b"content-length:"):
                size = int(line[15:])
        return status, await self.reader.readexactly(size) if size else b""


Act = Callable[[Client, int], Awaitable[None]]


async def hammered(act: Act, clients: int, seconds: float) -> dict[str, Any]:
    """Return acts a second and their times, of some clients asking at once.

    `within_ms`: how many took no longer than so many milliseconds, and longer than the one before.
    """
    opened = [await Client().open() for _ in range(clients)]
    times: list[float] = []
    until = time.perf_counter() + seconds

    async def one(client: Client, number: int) -> None:
        turn = number
        while time.perf_counter() < until:
            began = time.perf_counter()
            await act(client, turn)
            times.append(time.perf_counter() - began)
            turn += clients

    began = time.perf_counter()
    await asyncio.gather(*(one(c, n) for n, c in enumerate(opened)))
    took = time.perf_counter() - began
    times.sort()
    return {
        "count": len(times),
        "per_second": len(times) / took,
        "p50_ms": statistics.median(times) * 1000,
        "p99_ms": times[int(len(times) * 0.99)] * 1000,
        "within_ms": histogram(times),
    }


def histogram(times: list[float]) -> dict[str, int]:
    """Return how many of sorted times (seconds) lie below each edge, and above the one before."""
    below = [0, *(bisect_right(times, edge / 1000) for edge in EDGES), len(times)]
    names = [*map(str, EDGES), "more"]
    return {n: high - low for n, (low, high) in zip(names, pairwise(below), strict=True)}


def single_commits(folder: Path, seconds: float = 3) -> float:
    """Return how many rows a second one connection commits durably, one by one."""
    connection = sqlite3.connect(folder / "floor.db", isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE t (a INTEGER PRIMARY KEY, b BLOB)")
    count, until = 0, time.perf_counter() + seconds
    while time.perf_counter() < until:
        connection.execute("INSERT INTO t (b) VALUES (?)", (REQUEST.encode(),))
        count += 1
    connection.close()
    return count / seconds


class Acts:
    """What clients do: each writes or reads once."""

    def __init__(self, people: list[str], listed: list[str]) -> None:
        self.people, self.listed = people, listed
        self.made: list[str] = []

    def _person(self, turn: int) -> str:
        return self.people[turn % len(self.people)]

    async def _write(self, client: Client, path: str, body: str) -> bytes:
        status, told = await client.ask("POST", path, body)
        assert status in (200, 201), told
        return told

    async def _read(self, client: Client, path: str) -> None:
        status, told = await client.ask("GET", path)
        assert status == 200, told

    async def observe(self, client: Client, turn: int) -> None:
        """Write one observation."""
        told = await self._write(client, "/fhir/Observation", OBSERVATION % self._person(turn))
        self.made.append(json.loads(told)["id"])

    async def prescribe(self, client: Client, turn: int) -> None:
        """Write a prescription: three resources, for the list and its line follow."""
        await self._write(client, "/fhir/MedicationRequest", REQUEST % self._person(turn))

    async def transact(self, client: Client, turn: int) -> None:
        """Write two observations in one transaction."""
        inner = OBSERVATION % self._person(turn)
        entry = f'{{"resource":{inner},"request":{{"method":"POST","url":"Observation"}}}}'
        body = f'{{"resourceType":"Bundle","type":"transaction","entry":[{entry},{entry}]}}'
        await self._write(client, "/fhir", body)

    async def read(self, client: Client, turn: int) -> None:
        """Read a resource by id."""
        await self._read(client, f"/fhir/Observation/{self.made[turn % len(self.made)]}")

    async def search(self, client: Client, turn: int) -> None:
        """Find the active prescriptions of a person with eight."""
        person = self.listed[turn % len(self.listed)]
        await self._read(client, f"/fhir/MedicationRequest?patient={person}&status=active")

    async def whole_list(self, client: Client, turn: int) -> None:
        """Read the medication list of a person with eight lines."""
        person = self.listed[turn % len(self.listed)]
        await self._read(client, f"/fhir/Patient/{person}/$medication-list")


async def measured(folder: Path, seconds: float = 5) -> dict[str, object]:
    """Return every figure of a server that runs already."""
    first = await Client().open()
    asked = [await first.ask("POST", "/fhir/Patient", PATIENT) for _ in range(200)]
    people = [str(json.loads(body)["id"]) for _, body in asked]
    acts = Acts(people, [await _listed_person(first) for _ in range(50)])
    return {
        "floor: single commits a second": single_commits(folder),
        "create, 32 clients": await hammered(acts.observe, 32, seconds),
        "create, 1 client": await hammered(acts.observe, 1, seconds / 2),
        "transaction of 2, 32 clients": await hammered(acts.transact, 32, seconds),
        "prescription and its list, 32 clients": await hammered(acts.prescribe, 32, seconds),
        "read by id, 16 clients": await hammered(acts.read, 16, seconds),
        "search: active prescriptions, 8 clients": await hammered(acts.search, 8, seconds),
        "$medication-list, 8 clients": await hammered(acts.whole_list, 8, seconds),
    }


async def _listed_person(client: Client) -> str:
    """Make a person with eight medicines, and return the id."""
    person = str(json.loads((await client.ask("POST", "/fhir/Patient", PATIENT))[1])["id"])
    for drug in DRUGS:
        body = (REQUEST % person).replace("paracetamol", drug)
        status, told = await client.ask("POST", "/fhir/MedicationRequest", body)
        assert status == 201, told
    return person


def wait_for_server(seconds: float = 60) -> None:
    """Return when the server takes connections.  Raises: OSError where it does not."""
    until = time.monotonic() + seconds
    while True:
        try:
            socket.create_connection(("127.0.0.1", PORT)).close()
            return
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


def main() -> None:
    """Start a server, measure, and print JSON."""
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_DIR")) as name:
        folder = Path(name)
        command = [str(Path(sys.executable).with_name("garrod")), "serve", "--port", str(PORT)]
        environment = {**os.environ, "GARROD_DEV_TOKEN": TOKEN, "GARROD_DATA": str(folder / "data")}
        with subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL) as process:
            try:
                wait_for_server()
                print(json.dumps(asyncio.run(measured(folder)), indent=1))
            finally:
                process.terminate()


if __name__ == "__main__":
    main()
