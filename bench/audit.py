"""How fast the audit is: keeping and sealing, proofs in a large log, and what trust leaves.

python -m bench.audit appends                 -> entries a second, by how many come at once
python -m bench.audit proofs [--entries N] [--keep DIR] -> a log of that size, and proofs in it
python -m bench.audit shares                  -> requests with trust, and of the doors alone
Each prints one line of JSON a figure.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import tempfile
import time
from contextlib import closing
from pathlib import Path

import numpy as np

from bench.audit_shares import shares
from garrod.adapters.audit.around import Around
from garrod.adapters.audit.connect import opened_to_read
from garrod.adapters.audit.log import Log
from garrod.adapters.audit.reading import Reading
from garrod.adapters.audit.store import AuditLog
from garrod.adapters.audit.tiles import Tiles
from garrod.adapters.audit.verify import verified
from garrod.care.govern.audit import AuditEntry, canonical
from garrod.entry.notary import COMMAND

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
    """Print how many entries a second are kept, and sealed, by how many come at once."""
    log = AuditLog(folder / "audit.db", folder / "audit.key", AROUND)
    log.start(COMMAND)
    for is_firm in (False, True):
        for waiting in WAITING:
            began = time.perf_counter()

            async def keep_on(until: float, *, is_firm: bool = is_firm) -> int:
                done = 0
                while time.perf_counter() < until:
                    await log.keep((BODY,), is_firm=is_firm)
                    done += 1
                    await asyncio.sleep(0)
                return done

            count = sum(await asyncio.gather(*(keep_on(began + SECONDS) for _ in range(waiting))))
            name = "on the disk" if is_firm else "kept"
            told(f"entries {name} a second", count / SECONDS, waiting=waiting)
            await log.settled()
            took = time.perf_counter() - began
            told(f"entries {name} and sealed a second", count / took, waiting=waiting)
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


def told(name: str, value: float, **more: float | str) -> None:
    """Print a figure."""
    more = {key: x if isinstance(x, str) else round(x, 4) for key, x in more.items()}
    print(json.dumps({"figure": name, "value": round(value, 4)} | more), flush=True)


def _filled(number: int) -> tuple[bytes, tuple[str, ...], bool]:
    patient = f"p{number // (LARGE // PEOPLE):06}"
    return BODY.replace(ENTRY.patients[0].encode(), patient.encode()), (patient,), False


BODY = canonical(ENTRY)


def main() -> None:
    """Measure what the command names."""
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=("appends", "proofs", "shares"))
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
            shares(told)


if __name__ == "__main__":
    main()
