"""How long until a change in one setting is seen in others: many listeners, one writer.

python -m bench.events --listeners 200 --changes 100 -> one line of JSON

Each change is a MedicationRequest sent to a real server; every listener of that person notes when
it has read the event. Times run from the sending of the request, so that they hold the check and
the durable commit too, and from the moment at which the writer has its answer.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2 as httpx

TOKEN = "token-of-the-bench"
HEADERS = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/fhir+json"}
TARGET = 250.0  # Not clinical: milliseconds at p95, issue 4 section 5
PAUSE = 0.05  # seconds between changes: twenty a second


class Listener:
    """One stream of /events; notes when each event was read."""

    def __init__(self) -> None:
        self.seen: dict[str, float] = {}
        self.ready = asyncio.Event()

    async def listen(self, port: int, patient: str) -> None:
        """Read until cancelled."""
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        asked = f"GET /events?patient={patient} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
        writer.write(f"{asked}Authorization: Bearer {TOKEN}\r\n\r\n".encode())
        try:
            while line := await reader.readline():
                if line.startswith(b": listening"):
                    self.ready.set()
                elif line.startswith(b"data: "):
                    self.seen[json.loads(line[6:])["id"]] = time.perf_counter()
        finally:
            writer.close()


@contextmanager
def served(folder: Path) -> Iterator[int]:
    """Run a server on a free port; yield the port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    garrod = str(Path(sys.executable).with_name("garrod"))
    command = [garrod, "serve", "--port", str(port), "--data", str(folder)]
    process = subprocess.Popen(command, env={**os.environ, "GARROD_DEV_TOKEN": TOKEN})
    try:
        for _ in range(600):
            try:
                if httpx.get(f"http://127.0.0.1:{port}/health").status_code == 200:
                    break
            except httpx.TransportError:
                time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait(30)


def order(patient: str) -> dict[str, Any]:
    """Return what is written at each change."""
    return {
        "resourceType": "MedicationRequest",
        "status": "active",
        "intent": "order",
        "medicationCodeableConcept": {"text": "a medicine"},
        "subject": {"reference": f"Patient/{patient}"},
    }


async def measured(port: int, listeners: int, changes: int) -> dict[str, Any]:
    """Return the times until events were read, and what the server counted."""
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", headers=HEADERS) as client:
        person = await client.post("/fhir/Patient", json={"resourceType": "Patient"})
        patient = person.json()["id"]
        crowd = [Listener() for _ in range(listeners)]
        tasks = [asyncio.create_task(one.listen(port, patient)) for one in crowd]
        await asyncio.gather(*(one.ready.wait() for one in crowd))
        before = await counts(client)
        sent, answered = {}, {}
        for _ in range(changes):
            began = time.perf_counter()
            answer = await client.post("/fhir/MedicationRequest", json=order(patient))
            id = answer.json()["id"]
            sent[id], answered[id] = began, time.perf_counter()
            await asyncio.sleep(PAUSE)
        await asyncio.sleep(2)
        after = await counts(client)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    seen = [(id, at) for one in crowd for id, at in one.seen.items() if id in sent]
    return {
        "listeners": listeners,
        "changes": changes,
        "expected": listeners * changes,
        "delivered": len(seen),
        "events": int(after["garrod_event_position"] - before["garrod_event_position"]),
        "encoded": int(after["garrod_events_encoded"] - before["garrod_events_encoded"]),
        "from_sent_ms": spread([at - sent[id] for id, at in seen]),
        "from_answered_ms": spread([max(at - answered[id], 0.0) for id, at in seen]),
        "target_p95_ms": TARGET,
    }


async def counts(client: httpx.AsyncClient) -> dict[str, float]:
    """Return what /metrics says of events."""
    page = (await client.get("/metrics")).text
    lines = [line.split() for line in page.splitlines() if line.startswith("garrod_event")]
    return {name: float(value) for name, value in lines}


def spread(seconds: Sequence[float]) -> dict[str, float]:
    """Return the median, p95, p99 and the largest, in milliseconds."""
    ordered = sorted(seconds) or [float("nan")]
    at = {name: ordered[min(int(len(ordered) * q), len(ordered) - 1)] for name, q in SHARES}
    return {name: round(value * 1000, 1) for name, value in at.items()}


SHARES = (("p50", 0.5), ("p95", 0.95), ("p99", 0.99), ("max", 1.0))


def main() -> None:
    """Measure, and print one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--listeners", type=int, default=200)
    parser.add_argument("--changes", type=int, default=100)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, served(Path(folder) / "data") as port:
        print(json.dumps(asyncio.run(measured(port, asked.listeners, asked.changes))))


if __name__ == "__main__":
    main()
