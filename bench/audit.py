"""How fast the audit is: appends, proofs in a large log, and reads with it and without.

python -m bench.audit appends                 -> entries a second, by how many wait at once
python -m bench.audit proofs --entries 10000000 [--keep DIR] -> a log of that size, and proofs in it
python -m bench.audit reads                   -> reads a second of a server, audited and not
Each prints one line of JSON a figure. The server without the audit is the same doors without their
outermost layer.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import httpx2 as httpx
import numpy as np

from bench.events import HEADERS, TOKEN
from garrod.adapters.audit.around import Around
from garrod.adapters.audit.connect import opened_to_read
from garrod.adapters.audit.log import Log
from garrod.adapters.audit.reading import Reading
from garrod.adapters.audit.store import AuditLog
from garrod.adapters.audit.tiles import Tiles
from garrod.adapters.audit.verify import verified
from garrod.care.govern.audit import AuditEntry, canonical

AT = "2026-11-28T10:00:00.123456+00:00"
ENTRY = AuditEntry(
    at=AT,
    who="Practitioner/4f1c2d3e-aaaa-bbbb-cccc-1234567890ab",
    role="prescriber",
    organisation="RJ1",
    purpose="TREAT",
    deed="read",
    route="GET /fhir/Observation/{id}",
    kinds=("Observation",),
    patients=("7d9f0a52-1111-2222-3333-abcdefabcdef",),
    outcome="permitted",
    status=200,
    count=1,
)
AROUND = Around(lambda: AT, os.urandom, time.monotonic, lambda event, code: print(event, code))
WAITING = (1, 16, 64, 256)
SECONDS, GROUP, PROOFS = 3.0, 20_000, 2000
LARGE, PEOPLE = 10_000_000, 100_000  # entries of the large log, and people in it


async def appends(folder: Path) -> None:
    """Print how many entries a second are durable, by how many wait at once."""
    log = AuditLog(folder / "audit.db", folder / "audit.key", AROUND)
    for waiting in WAITING:
        count, began = 0, time.perf_counter()

        async def keep_on(until: float) -> int:
            done = 0
            while time.perf_counter() < until:
                await log.append(ENTRY)
                done += 1
            return done

        count = sum(await asyncio.gather(*(keep_on(began + SECONDS) for _ in range(waiting))))
        told("appends a second", count / (time.perf_counter() - began), waiting=waiting)
    await log.close()


def proofs(folder: Path, entries: int) -> None:
    """Print how long proofs take in a log of a size, and how fast it is verified."""
    path = folder / "audit.db"
    log = Log(path, folder / "audit.key", AROUND)
    began, first = time.perf_counter(), log.seal.size
    while log.seal.size < entries:
        at = log.seal.size
        some = range(at, min(at + GROUP, entries))
        log.append([_filled(number) for number in some])
    told("entries filled a second", (entries - first) / (time.perf_counter() - began))
    log.append((), is_head=True)
    log.close()
    told("bytes an entry", path.stat().st_size / entries)
    _tiled(path, entries)
    for state in ("nothing of it in memory", "in memory"):
        if state != "in memory":
            _forgotten(path)
        _proved(path, entries, state)
    began = time.perf_counter()
    found = verified(path)
    told("entries verified a second", found.entries / (time.perf_counter() - began))
    if found.flaw is not None:
        raise SystemExit(found.flaw.words)


def _tiled(path: Path, entries: int) -> None:
    """Add the tiles that are lacking, as whoever seals does while the log grows."""
    with closing(opened_to_read(path)) as connection:
        tiles = Tiles(path, lambda text, values: connection.execute(text, values).fetchall())
        tiles.grow(0)
        began, first = time.perf_counter(), tiles.entries
        tiles.grow(entries)
        told("entries tiled a second", (tiles.entries - first) / (time.perf_counter() - began))


def _forgotten(path: Path) -> None:
    """Let the kernel forget what it holds of the files, so that the disk is read."""
    for name in (path.name, f"{path.name}-tiles", f"{path.name}-tops"):
        handle = os.open(path.with_name(name), os.O_RDONLY)
        os.fsync(handle)
        os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(handle)


def _proved(path: Path, entries: int, state: str) -> None:
    chance, reading = np.random.default_rng(7), Reading(path)
    places = [int(p) for p in chance.integers(0, entries, PROOFS)]
    sizes = [int(s) for s in chance.integers(1, entries, PROOFS)]
    for name, asked in (
        ("proof of inclusion, ms", lambda n: reading.inclusion(places[n])),
        ("proof of consistency, ms", lambda n: reading.consistency(sizes[n])),
        ("a person's newest 100 entries, ms", lambda n: reading.of_person(f"p{n:06}", None, 100)),
    ):
        took, spent = list[float](), list[float]()
        for number in range(PROOFS):
            began, before = time.perf_counter(), time.thread_time()
            asked(number)
            took.append((time.perf_counter() - began) * 1000)
            spent.append((time.thread_time() - before) * 1000)
        p99, busy = (sorted(some)[int(PROOFS * 0.99)] for some in (took, spent))
        told(name, statistics.median(took), p99=p99, first=took[0], processor_p99=busy, state=state)
    reading.close()


def reads(folder: Path) -> None:
    """Print how many reads a second a server answers, with the audit and without, in turn."""
    for waiting in (1, 8, 32):
        rates: dict[str, list[float]] = {"audited": [], "doors": []}
        for number in range(3):
            for name, found in rates.items():
                with _served(folder / f"{waiting}-{number}-{name}", name) as port:
                    found.append(asyncio.run(_read(port, waiting)))
        with_it, without = (statistics.median(rates[name]) for name in ("audited", "doors"))
        told("reads a second with the audit", with_it, waiting=waiting)
        told("reads a second without", without, waiting=waiting)
        told("share of reads that the audit leaves", with_it / without, waiting=waiting)


def told(name: str, value: float, **more: float | str) -> None:
    """Print a figure."""
    more = {key: x if isinstance(x, str) else round(x, 4) for key, x in more.items()}
    print(json.dumps({"figure": name, "value": round(value, 4)} | more), flush=True)


def _filled(number: int) -> tuple[bytes, tuple[str, ...], bool]:
    patient = f"p{number // (LARGE // PEOPLE):06}"
    return BODY.replace(ENTRY.patients[0].encode(), patient.encode()), (patient,), False


BODY = canonical(ENTRY)


async def _read(port: int, waiting: int) -> float:
    base = f"http://127.0.0.1:{port}/fhir/Patient"
    made = httpx.post(base, content=b'{"resourceType":"Patient"}', headers=HEADERS)
    head = f"GET /fhir/Patient/{made.json()['id']} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
    asked = f"{head}Authorization: Bearer {TOKEN}\r\n\r\n".encode()
    until = time.perf_counter() + SECONDS

    async def keep_on() -> int:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        done = 0
        while time.perf_counter() < until:
            writer.write(asked)
            answer = (await reader.readuntil(b"\r\n\r\n")).lower()
            assert answer.startswith(b"http/1.1 200"), answer
            await reader.readexactly(int(answer.partition(b"content-length: ")[2].split()[0]))
            done += 1
        writer.close()
        return done

    return sum(await asyncio.gather(*(keep_on() for _ in range(waiting)))) / SECONDS


@contextmanager
def _served(folder: Path, name: str) -> Iterator[int]:
    """Run a server of the doors, audited or alone; yield the port."""
    folder.mkdir(parents=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [
        sys.executable, "-m", "uvicorn", f"bench.audit_doors:{name}", "--port", str(port),
        "--http", "garrod.entry.corked:CorkedProtocol", "--log-level", "warning", "--no-access-log",
    ]  # fmt: skip
    environment = {**os.environ, "GARROD_DEV_TOKEN": TOKEN, "GARROD_DATA": str(folder)}
    process = subprocess.Popen(command, env=environment)
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


def main() -> None:
    """Measure what the command names."""
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=("appends", "proofs", "reads"))
    parser.add_argument("--entries", type=int, default=LARGE)
    parser.add_argument("--keep", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        place = given.keep or Path(folder)
        place.mkdir(parents=True, exist_ok=True)
        if given.what == "appends":
            asyncio.run(appends(place))
        elif given.what == "proofs":
            proofs(place, given.entries)
        else:
            reads(place)


if __name__ == "__main__":
    main()
