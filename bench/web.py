"""The clinic's pages over HTTP: how long the server takes for each, and what each weighs.

    python -m bench.web [--keep FOLDER] [--resources 1000000] [--people-stored 100000] [--remember]

Fills a record as bench.decide does (`--keep` fills once, or uses what bench.decide filled), starts
the real server over it, and writes people into it who take twenty medicines. Then signs in as a
browser does and asks for each place of the atlas: first all places of one person after another,
then each place for all people. Prints JSON: times (p50, p95), what the server's processor spent on
each, how many times the reference (a style sheet of the same server, in the same run), bytes as
they travel (gzip), of the page alone (warm: its files are kept for a year) and with all its files
(cold); and how long a write takes to be told to a page that is open. Client and server share the
machine's processors: `load` says who else did.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import gzip
import json
import os
import re
import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from bench.decide import stored, written
from bench.scale import filled, serving, used
from bench.server import OBSERVATION, PORT, TOKEN, Client
from garrod.entry.web.atlas import ABOUT, PLACES

PEOPLE = 60  # with twenty medicines; each is asked for by each page
CHANGES = 20  # writes that an open page is told of
REFERENCE = "/static/garrod.css"  # the same server, with nothing to read or to decide
HISTORY = Path(__file__).parent / "history.csv"
TOLD_S = 1.0  # until an open page of another says that something has changed
P95_MS, COLD_BYTES, WARM_BYTES = 80.0, 400_000, 60_000
HEAD = f"Host: 127.0.0.1:{PORT}\r\nAccept-Encoding: gzip\r\nAccept: text/html\r\n"
STATES = ("prescribe?q=clopid", "prescribe?drug=clopidogrel", "prescribe?drug=codeine")
STREAMS = {"live"}  # no pages
_FILE = re.compile(rb'(?:href|src)="(/static/[^"]+)"')


@dataclass
class Answer:
    """What came back: status, body as it travelled, and the body unpacked."""

    status: int
    headers: dict[str, str]
    travelled: int
    body: bytes


@dataclass
class Tally:
    """What a page's answers came to."""

    first: list[float] = field(default_factory=list)
    again: list[float] = field(default_factory=list)
    spent: float = 0.0  # seconds of the server's processor, of those asked for again
    statuses: set[int] = field(default_factory=set)
    warm: int = 0
    files: set[str] = field(default_factory=set)


class Browser(Client):
    """A connection that carries a session, as a browser does."""

    cookie = ""

    async def get(self, path: str, form: str = "") -> Answer:
        """Return an answer; a form is sent by POST."""
        kind = "Content-Type: application/x-www-form-urlencoded\r\n" if form else ""
        more = f"{kind}Content-Length: {len(form)}\r\n" if form else ""
        cookie = f"Cookie: {self.cookie}\r\n" if self.cookie else ""
        method = "POST" if form else "GET"
        self.writer.write(f"{method} {path} HTTP/1.1\r\n{HEAD}{cookie}{more}\r\n{form}".encode())
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        lines = (line.partition(":") for line in head.split("\r\n")[1:])
        headers = {name.lower(): value.strip() for name, _, value in lines if name}
        sent = await self.reader.readexactly(int(headers.get("content-length", "0")))
        is_packed = headers.get("content-encoding") == "gzip"
        body = gzip.decompress(sent) if is_packed else sent
        return Answer(int(head[9:12]), headers, len(sent), body)

    async def page(self, path: str) -> Answer:
        """Return the page that an address leads to."""
        for _ in range(4):
            found = await self.get(path)
            if found.status != 303:
                return found
            path = found.headers["location"]
        raise SystemExit(f"{path} leads in a circle")

    async def sign_in(self) -> None:
        """Begin a session of this machine's own user."""
        found = await self.get("/sign-in", urlencode({"token": TOKEN}))
        assert found.status == 303, found.body
        self.cookie = found.headers["set-cookie"].partition(";")[0]


def addresses(person: str) -> dict[str, str]:
    """Return the places, by what they are called: those alone, and those about a person."""
    found = {f"/{place.first}": f"/{place.first}" for place in PLACES}
    tails = [*(place.tail for place in ABOUT if place.tail not in STREAMS), *STATES]
    for tail in tails:
        end = f"/{tail}" if tail else ""
        found[f"/patients/{{id}}{end}"] = f"/patients/{person}{end}"
    return found


async def measured(people: Sequence[str], server: int) -> dict[str, Any]:
    """Return the figures of each page of a server that runs already."""
    await written(people)
    browser = Browser()
    await browser.open()
    await browser.sign_in()
    pages: dict[str, Tally] = {name: Tally() for name in (REFERENCE, *addresses(people[0]))}
    for person in people:
        for name, address in addresses(person).items():
            pages[name].first.append(await _timed(browser, address, pages[name]))
    for name, tally in pages.items():
        before = used(server)
        for person in people:
            address = addresses(person).get(name, name)
            tally.again.append(await _timed(browser, address, tally))
        tally.spent = (used(server) - before) / len(people)
    weights = await _weights(browser, {file for page in pages.values() for file in page.files})
    least = _p95(pages[REFERENCE].again)
    found = {name: _figures(tally, weights, least) for name, tally in pages.items()}
    return {"pages": found, "told_s": await told_after(browser, people[0])}


async def _timed(browser: Browser, address: str, tally: Tally) -> float:
    began = time.perf_counter()
    found = await browser.page(address)
    took = time.perf_counter() - began
    tally.statuses.add(found.status)
    tally.warm = max(tally.warm, found.travelled)
    tally.files |= {path.decode() for path in _FILE.findall(found.body)}
    return took


async def told_after(browser: Browser, person: str) -> dict[str, float]:
    """Return how long after a write was sent the stream of an open page told of it: seconds."""
    stream, client, times = Browser(), await Client().open(), []
    await stream.open()
    stream.writer.write(
        f"GET /patients/{person}/live HTTP/1.1\r\n{HEAD}Cookie: {browser.cookie}\r\n\r\n".encode()
    )
    await asyncio.wait_for(stream.reader.readuntil(b"\r\n\r\n"), 10)
    for _ in range(CHANGES):
        await _quiet(stream.reader)
        began = time.perf_counter()
        status, told = await client.ask("POST", "/fhir/Observation", OBSERVATION % person)
        assert status == 201, told
        while b"event: changed" not in await asyncio.wait_for(stream.reader.read(65_536), 10):
            pass
        times.append(time.perf_counter() - began)
    times.sort()
    return {"p50": round(statistics.median(times), 4), "most": round(times[-1], 4)}


async def _quiet(reader: asyncio.StreamReader) -> None:
    """Read what has come until nothing more does."""
    try:
        while True:
            await asyncio.wait_for(reader.read(65_536), 0.3)
    except TimeoutError:
        return


async def _weights(browser: Browser, files: set[str]) -> dict[str, int]:
    return {file: (await browser.get(file)).travelled for file in files}


def _p95(times: Sequence[float]) -> float:
    return sorted(times)[int(len(times) * 0.95)]


def _figures(tally: Tally, weights: dict[str, int], least: float) -> dict[str, Any]:
    cold = tally.warm + sum(weights[file] for file in tally.files)
    found: dict[str, Any] = {"statuses": sorted(tally.statuses)}
    for name, times in (("first", tally.first), ("again", tally.again)):
        if times:
            found[f"{name} p50_ms"] = round(statistics.median(times) * 1000, 1)
            found[f"{name} p95_ms"] = round(_p95(times) * 1000, 1)
    p95 = _p95([*tally.first, *tally.again])
    met = p95 * 1000 <= P95_MS and cold <= COLD_BYTES and tally.warm <= WARM_BYTES
    how = {"p95_ms": round(p95 * 1000, 1), "reference_ms": round(least * 1000, 2)}
    how |= {"ratio": round(p95 / least, 1), "server_cpu_ms": round(tally.spent * 1000, 1)}
    return {**found, **how, "warm": tally.warm, "cold": cold, "met": met}


def remember(told: dict[str, Any]) -> None:
    """Add the figures to the history, as the other benches do."""
    machine, today = f"{os.cpu_count()} processors", datetime.now(UTC).date().isoformat()
    with HISTORY.open("a", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        for name, found in told["pages"].items():
            if name != REFERENCE:
                figure = f"page {name}, p95 at {told['stored']['people']:,} people"
                row = (found["p95_ms"], "ms", found["reference_ms"], found["ratio"])
                writer.writerow((today, machine, figure, *row))
        last = ("an open page is told of a write, median", told["told_s"]["p50"], "s", "", "")
        writer.writerow((today, machine, *last))


def main() -> None:
    """Fill, serve, measure, and print JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--resources", type=int, default=1_000_000)
    parser.add_argument("--people-stored", type=int, default=100_000)
    parser.add_argument("--keep", default="", help="a folder to fill once and use again")
    parser.add_argument("--people", type=int, default=PEOPLE, help="with twenty medicines")
    parser.add_argument("--remember", action="store_true", help="add to bench/history.csv")
    given = parser.parse_args()
    os.environ |= {"GARROD_RATE": "off", "GARROD_RATE_UNKNOWN": "off"}
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_DIR")) as name:
        folder = Path(given.keep or name)
        folder.mkdir(parents=True, exist_ok=True)
        _, filling = filled(folder, "", given.resources, given.people_stored)
        how: dict[str, Any] = {"stored": stored(folder / "record.db"), **filling}
        people = [f"twenty{number:04}" for number in range(given.people)]
        with serving(folder, "") as server:
            told = asyncio.run(measured(people, server))
    told = {**how, "load": os.getloadavg()[0], **told}
    told["told in time"] = told["told_s"]["most"] <= TOLD_S
    print(json.dumps(told, indent=1))
    if given.remember:
        remember(told)


if __name__ == "__main__":
    main()
