"""The clinic's pages over HTTP: how long the server takes for each, and what each weighs.

    python -m bench.web [--keep FOLDER] [--resources 1000000] [--people-stored 100000]

Fills a record as bench.decide does (`--keep` fills once, or uses what bench.decide filled), starts
the real server over it, and writes people into it who take twenty medicines. Then signs in as a
browser does and asks for each place of the atlas, one page after another: the first time for each
person, and again. Prints JSON: times (p50, p95), bytes as they travel (gzip), of the page alone
(warm: its files are kept for a year) and with all its files (cold). Client and server share the
machine's processors.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import json
import os
import re
import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from bench.decide import stored, written
from bench.scale import filled, serving
from bench.server import PORT, TOKEN, Client
from garrod.entry.web.atlas import ABOUT, PLACES

PEOPLE = 60  # with twenty medicines; each is asked for by each page
ROUNDS = 2  # the first of each person, and again
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


async def measured(people: Sequence[str]) -> dict[str, Any]:
    """Return the figures of each page of a server that runs already."""
    await written(people)
    browser = Browser()
    await browser.open()
    await browser.sign_in()
    pages: dict[str, Tally] = {}
    for turn in range(ROUNDS):
        for person in people:
            for name, address in addresses(person).items():
                began = time.perf_counter()
                found = await browser.page(address)
                took = time.perf_counter() - began
                tally = pages.setdefault(name, Tally())
                (tally.again if turn else tally.first).append(took)
                tally.statuses.add(found.status)
                tally.warm = max(tally.warm, found.travelled)
                tally.files |= {path.decode() for path in _FILE.findall(found.body)}
    weights = await _weights(browser, {file for page in pages.values() for file in page.files})
    return {name: _figures(tally, weights) for name, tally in pages.items()}


async def _weights(browser: Browser, files: set[str]) -> dict[str, int]:
    return {file: (await browser.get(file)).travelled for file in files}


def _figures(tally: Tally, weights: dict[str, int]) -> dict[str, Any]:
    both = [*tally.first, *tally.again]
    cold = tally.warm + sum(weights[file] for file in tally.files)
    found: dict[str, Any] = {"statuses": sorted(tally.statuses), "count": len(both)}
    for name, times in (("first", tally.first), ("again", tally.again)):
        found[f"{name} p50_ms"] = round(statistics.median(times) * 1000, 1)
        found[f"{name} p95_ms"] = round(sorted(times)[int(len(times) * 0.95)] * 1000, 1)
    p95 = sorted(both)[int(len(both) * 0.95)] * 1000
    met = p95 <= P95_MS and cold <= COLD_BYTES and tally.warm <= WARM_BYTES
    return {**found, "p95_ms": round(p95, 1), "warm": tally.warm, "cold": cold, "met": met}


def main() -> None:
    """Fill, serve, measure, and print JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--resources", type=int, default=1_000_000)
    parser.add_argument("--people-stored", type=int, default=100_000)
    parser.add_argument("--keep", default="", help="a folder to fill once and use again")
    parser.add_argument("--people", type=int, default=PEOPLE, help="with twenty medicines")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_DIR")) as name:
        folder = Path(given.keep or name)
        folder.mkdir(parents=True, exist_ok=True)
        _, filling = filled(folder, "", given.resources, given.people_stored)
        how: dict[str, Any] = {"stored": stored(folder / "record.db"), **filling}
        people = [f"twenty{number:04}" for number in range(given.people)]
        with serving(folder, ""):
            pages = asyncio.run(measured(people))
    how["load"] = os.getloadavg()[0]
    print(json.dumps({**how, "pages": pages}, indent=1))


if __name__ == "__main__":
    main()
