"""Reads at scale over HTTP: a person's medicines in a record of a million resources.

    python -m bench.scale [--resources 1000000] [--url postgresql://...] [--keep FOLDER]

Fills a new record (see bench.filling), starts the real server over it, and asks, of people drawn at
random who have eight medicines each: their active prescriptions by search, their medication list,
and the person by id; with 8, 16 and 32 clients. With `--writes` also durable creates, transactions
and prescriptions of 32 clients. Prints one JSON object with rates, p50, p99, how many answers took
how long, and what each cost the server. Client and server share the machine's processors; the
client is a process of its own. `--keep` fills once and measures the same record the next time.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.filling import fill_postgres, fill_sqlite
from bench.server import PORT, TOKEN, Act, Acts, Client, hammered

CLIENTS = (8, 16, 32)
WRITERS = 32
ASKED = 2000  # people
LINES = 8


class Reads:
    """What clients ask of people drawn at random."""

    def __init__(self, people: list[str]) -> None:
        self.people = people

    async def _found(self, client: Client, path: str, marks: bytes, count: int) -> None:
        status, told = await client.ask("GET", path)
        assert status == 200, told
        assert told.count(marks) == count, told

    async def active(self, client: Client, turn: int) -> None:
        """Find a person's active prescriptions."""
        person = self.people[turn % len(self.people)]
        path = f"/fhir/MedicationRequest?patient={person}&status=active"
        await self._found(client, path, b'"mode":"match"', LINES)

    async def whole_list(self, client: Client, turn: int) -> None:
        """Read a person's medication list."""
        path = f"/fhir/Patient/{self.people[turn % len(self.people)]}/$medication-list"
        await self._found(client, path, b'"mode":"include"', LINES)

    async def one(self, client: Client, turn: int) -> None:
        """Read a person by id."""
        person = self.people[turn % len(self.people)]
        await self._found(client, f"/fhir/Patient/{person}", b'"resourceType":"Patient"', 1)


@contextmanager
def serving(folder: Path, url: str) -> Iterator[int]:
    """Run the real server over a record; yield the number of its process."""
    command = [str(Path(sys.executable).with_name("garrod")), "serve", "--port", str(PORT)]
    settings = {"GARROD_DEV_TOKEN": TOKEN, "GARROD_DATA": str(folder)}
    if url:
        settings["GARROD_DATABASE"] = url
    environment = {**os.environ, **settings}
    with (
        tempfile.TemporaryFile("w+") as said,
        subprocess.Popen(command, env=environment, stderr=said) as it,
    ):
        try:
            if not asyncio.run(_is_up(it)):
                said.seek(0)
                raise SystemExit(f"the server did not come up; it said: {said.read()[-2000:]}")
            yield it.pid
        finally:
            it.terminate()


async def _is_up(process: subprocess.Popen[bytes]) -> bool:
    """Return whether a server answers within a minute; False at once where it has ended."""
    for _ in range(300):
        if process.poll() is not None:
            return False
        try:
            if (await (await Client().open()).ask("GET", "/health"))[0] == 200:
                return True
        except OSError:
            pass
        await asyncio.sleep(0.2)
    return False


def used(process: int) -> float:
    """Return the seconds of processor that a process has used."""
    parts = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(parts[11]) + int(parts[12])) / os.sysconf("SC_CLK_TCK")


async def measured(
    people: list[str], seconds: float, server: int, *, writes: bool
) -> dict[str, Any]:
    """Return every figure of a server that runs already."""
    acts, writing = Reads(people), Acts(people, people)
    named: list[tuple[str, Act, int]] = []
    for clients in CLIENTS:
        named.append(("search: active prescriptions", acts.active, clients))
        named.append(("$medication-list, eight lines", acts.whole_list, clients))
        named.append(("read by id", acts.one, clients))
    if writes:
        named.append(("create", writing.observe, WRITERS))
        named.append(("transaction of 2", writing.transact, WRITERS))
        named.append(("prescription and its list", writing.prescribe, WRITERS))
    found: dict[str, Any] = {}
    for name, act, clients in named:
        before = used(server)
        told = await hammered(act, clients, seconds)
        told["server_cpu_ms_each"] = (used(server) - before) * 1000 / told["count"]
        told["load"] = os.getloadavg()[0]
        found[f"{name}, {clients} clients"] = told
    return found


def filled(
    folder: Path, url: str, resources: int, least: int = 0
) -> tuple[list[str], dict[str, float]]:
    """Return the people of a record that is there, or of one filled now; and how it was filled.

    `least`: so many people at least, who then have the fewer resources each.
    """
    names = folder / "people.json"
    if names.exists():
        return json.loads(names.read_text()), {}
    began = time.perf_counter()
    if url:
        people = fill_postgres(url, resources, least)
    else:
        people = fill_sqlite(folder / "record.db", resources, least)
    names.write_text(json.dumps(people))
    told = {"filled_per_s": resources / (time.perf_counter() - began)}
    if not url:
        told["bytes_per_resource"] = (folder / "record.db").stat().st_size / resources
    return people, told


def main() -> None:
    """Fill, serve, measure, and print JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--resources", type=int, default=1_000_000)
    parser.add_argument("--url", default="", help="an empty PostgreSQL database; else SQLite")
    parser.add_argument("--keep", default="", help="a folder to fill once and use again")
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--writes", action="store_true", help="write as well; the record grows")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_DIR")) as name:
        folder = Path(given.keep or name)
        folder.mkdir(parents=True, exist_ok=True)
        people, figures = filled(folder, given.url, given.resources)
        asked = random.Random(7).sample(people, min(ASKED, len(people)))
        with serving(folder, given.url) as server:
            told = asyncio.run(measured(asked, given.seconds, server, writes=given.writes))
    print(json.dumps({"resources": given.resources, **figures, **told}, indent=1))


if __name__ == "__main__":
    main()
