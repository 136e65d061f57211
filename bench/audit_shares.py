"""How much of a server's throughput is left with trust around its doors: rates, audit, headers.

Two servers run side by side, the whole one and its doors alone, and are asked in turn by 16
clients; taken are the best burst of each and the least processor time of a request.
python -m bench.audit shares
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx2 as httpx

TOKEN = "bench"
CLIENTS, SECONDS, TURNS, PEOPLE, RESULTS = 16, 2.0, 5, 300, 3
NAMES = {"with trust": "app", "doors alone": "doors"}
Asked = tuple[str, str, bytes]  # method, path, body


@dataclass
class Side:
    """A server, its people, and what was measured of it."""

    process: subprocess.Popen[bytes]
    port: int
    people: list[str] = field(default_factory=list)
    rates: list[float] = field(default_factory=list)
    costs: list[float] = field(default_factory=list)
    slowest: list[float] = field(default_factory=list)

    def processor(self) -> float:
        """Return the seconds of processor time that the server itself has used."""
        told = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")


def shares(told: Callable[..., None]) -> None:
    """Tell rates, cost and share of each kind of request."""
    with ExitStack() as stack:
        sides = {name: stack.enter_context(_served(door)) for name, door in NAMES.items()}
        for side in sides.values():
            _fill(side)
        time.sleep(15)  # what was written is looked at once more
        for kind in ("read", "search", "medication list", "create"):
            _measure(kind, list(sides.values()))
            for name, side in sides.items():
                told(f"{kind}s a second, {name}", max(side.rates), p99_ms=min(side.slowest))
                told(f"processor time of a {kind}, {name}, us", min(side.costs))
            whole, doors = sides["with trust"], sides["doors alone"]
            told(
                f"share of {kind}s that trust leaves",
                max(whole.rates) / max(doors.rates),
                by_processor_time=round(min(doors.costs) / min(whole.costs), 3),
            )


def _measure(kind: str, sides: list[Side]) -> None:
    for side in sides:
        side.rates, side.costs, side.slowest = [], [], []
    for turn in range(TURNS):
        for side in sides if turn % 2 else sides[::-1]:
            before = side.processor()
            rate, count, took = asyncio.run(_burst(side, kind))
            side.rates.append(rate)
            side.costs.append((side.processor() - before) / count * 1e6)
            side.slowest.append(round(sorted(took)[int(len(took) * 0.99)] * 1000, 1))


async def _burst(side: Side, kind: str) -> tuple[float, int, list[float]]:
    until, took = time.perf_counter() + SECONDS, []

    async def keep_on(lane: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", side.port)
        number = lane
        while (began := time.perf_counter()) < until:
            writer.write(_request(side, _asked(kind, side.people[number % PEOPLE])))
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            assert head.startswith((b"http/1.1 200", b"http/1.1 201")), head
            await reader.readexactly(int(head.partition(b"content-length: ")[2].split()[0]))
            took.append(time.perf_counter() - began)
            number += CLIENTS
        writer.close()

    began = time.perf_counter()
    await asyncio.gather(*(keep_on(lane) for lane in range(CLIENTS)))
    return len(took) / (time.perf_counter() - began), len(took), took


def _asked(kind: str, person: str) -> Asked:
    if kind == "read":
        return "GET", f"/fhir/Patient/{person}", b""
    if kind == "search":
        return "GET", f"/fhir/Observation?patient={person}", b""
    if kind == "medication list":
        return "GET", f"/fhir/Patient/{person}/$medication-list", b""
    return "POST", "/fhir/Observation", _result(person, 50)


def _request(side: Side, asked: Asked) -> bytes:
    method, path, body = asked
    head = (
        f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{side.port}\r\nAuthorization: Bearer {TOKEN}"
        f"\r\nContent-Type: application/fhir+json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def _result(person: str, value: int) -> bytes:
    return json.dumps(
        {
            "resourceType": "Observation",
            "status": "final",
            "code": {"coding": [{"system": "http://loinc.org", "code": "4548-4"}]},
            "subject": {"reference": f"Patient/{person}"},
            "valueQuantity": {"value": value, "unit": "mmol/mol"},
        }
    ).encode()


def _fill(side: Side) -> None:
    base = f"http://127.0.0.1:{side.port}/fhir"
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/fhir+json"}
    with httpx.Client(headers=headers, timeout=30) as client:
        for _ in range(PEOPLE):
            made = client.post(f"{base}/Patient", content=b'{"resourceType":"Patient"}')
            side.people.append(str(made.json()["id"]))
            for value in range(RESULTS):
                client.post(f"{base}/Observation", content=_result(side.people[-1], value))


@contextmanager
def _served(door: str) -> Iterator[Side]:
    """Run a server of the doors, with trust or alone."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [
        sys.executable, "-m", "uvicorn", f"bench.audit_doors:{door}", "--port", str(port),
        "--http", "garrod.entry.hardening.protocol:GuardedProtocol", "--log-level", "warning",
        "--no-access-log",
    ]  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "GARROD_DEV_TOKEN": TOKEN, "GARROD_DATA": folder}
        process = subprocess.Popen(command, env=environment)
        try:
            _await(port)
            yield Side(process, port)
        finally:
            process.terminate()
            process.wait(30)


def _await(port: int) -> None:
    for _ in range(600):
        try:
            if httpx.get(f"http://127.0.0.1:{port}/health").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise SystemExit("the server did not start")
