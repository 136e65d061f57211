"""Prescribe in a real Chromium: how long from choosing a medicine until its card is on the screen.

    python -m bench.prescribe [--folder FOLDER] [--choices 120] [--remember]

Without a folder it starts the demo on an empty one, and prescribes for the people of its moments;
`--folder` names a record that is filled already (see bench.web --keep), where people with twenty
medicines are written first. One choice is: the medicine is looked for, a link is clicked, and the
card, or that nothing was found against it, is drawn; the browser's own clock tells both. Prints
JSON: times (p50, p95, most) of choices with a card and without. Browser and server share the
machine's processors.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import itertools
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from subprocess import Popen
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

from bench.decide import stored, written
from bench.scale import serving
from bench.server import PORT, TOKEN
from garrod.entry.demo_moments import MOMENTS

P95_MS = 300.0  # Source: the issue of the clinic
BASE = f"http://127.0.0.1:{PORT}"
HISTORY = Path(__file__).parent / "history.csv"
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run")
DRUGS = ("clopidogrel", "codeine", "ibuprofen", "simvastatin", "paracetamol", "amoxicillin")
PEOPLE = 20
Pairs = Sequence[tuple[str, str]]
# A click is stamped where it happens; the next page stamps when its card has been drawn.
CLOCK = """
const now = () => performance.timeOrigin + performance.now();
addEventListener("pointerdown", () => sessionStorage.setItem("chosen", now()), true);
addEventListener("DOMContentLoaded", () => {
  if (!document.querySelector(".card")) return;
  const told = () => { document.documentElement.dataset.shown = now(); };
  requestAnimationFrame(() => setTimeout(told, 0));
});
"""


TOOK = """() =>
  Number(document.documentElement.dataset.shown) - Number(sessionStorage.getItem("chosen"))
"""


@contextmanager
def demo() -> Iterator[None]:
    """Run the demo on an empty folder."""
    settings = {**os.environ, "GARROD_DEV_TOKEN": TOKEN}
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_DIR")) as name:
        garrod = Path(sys.executable).with_name("garrod")
        command = [str(garrod), "serve", "--demo", "--port", str(PORT), "--data", name]
        with Popen(command, env=settings, stdout=-3, stderr=-3) as server:
            try:
                _wait(server)
                yield
            finally:
                server.terminate()


def _wait(server: Popen[bytes]) -> None:
    for _ in range(600):
        if server.poll() is not None:
            raise SystemExit("the demo did not start")
        try:
            with urlopen(f"{BASE}/health", timeout=5) as answer:
                if answer.status == 200:
                    return
        except (URLError, OSError):
            time.sleep(0.2)
    raise SystemExit("the demo did not come up")


def measured(pairs: Pairs, choices: int) -> dict[str, Any]:
    """Return the times of choices, one after another, for (person, medicine) in turn."""
    from playwright.sync_api import sync_playwright

    path = shutil.which("chromium") or shutil.which("chromium-browser")
    times: dict[str, list[float]] = {"with a card": [], "without": []}
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=path, args=list(FLAGS))
        page = browser.new_page()
        page.add_init_script(CLOCK)
        page.goto(f"{BASE}/sign-in")
        page.get_by_label("Token of this server").fill(TOKEN)
        page.locator("main").get_by_role("button", name="Sign in").click()
        for person, drug in itertools.islice(itertools.cycle(pairs), choices):
            page.goto(f"{BASE}/patients/{person}/prescribe?q={drug}")
            page.locator("#found a").first.click()
            page.locator("html[data-shown]").wait_for(state="attached")
            took = page.evaluate(TOOK)
            is_card = page.locator(".card .part").count() > 0
            times["with a card" if is_card else "without"].append(took)
        browser.close()
    every = [took for some in times.values() for took in some]
    parts = {name: _figures(some) for name, some in times.items() if some}
    found = _figures(every)
    return {**found, **parts, "met": found["p95_ms"] <= P95_MS}


def _figures(times: list[float]) -> dict[str, Any]:
    found = sorted(times)
    p50, p95 = (found[int(len(found) * share)] for share in (0.5, 0.95))
    named = {"p50_ms": p50, "p95_ms": p95, "most_ms": found[-1]}
    return {"count": len(found), **{name: round(took, 1) for name, took in named.items()}}


def main() -> None:
    """Serve, choose, and print JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", default="", help="a record that is filled; none: the demo")
    parser.add_argument("--choices", type=int, default=120)
    parser.add_argument("--remember", action="store_true", help="add to bench/history.csv")
    given = parser.parse_args()
    os.environ |= {"GARROD_RATE": "off", "GARROD_RATE_UNKNOWN": "off"}
    how: dict[str, Any] = {"of": "the demo"}
    if given.folder:
        how = {"stored": stored(Path(given.folder) / "record.db")}
        people = [f"twenty{number:04}" for number in range(PEOPLE)]
        with serving(Path(given.folder), ""):
            asyncio.run(written(people))
            found = measured(tuple(itertools.product(people, DRUGS)), given.choices)
    else:
        with demo():
            found = measured([(one.id, one.drug) for one in MOMENTS], given.choices)
    told = {**how, "load": os.getloadavg()[0], **found}
    print(json.dumps(told, indent=1))
    if given.remember:
        machine, today = f"{os.cpu_count()} processors", datetime.now(UTC).date().isoformat()
        count = how.get("stored", {}).get("people", 0)
        figure = f"from choosing to card, p95{f' at {count:,} people' if count else ', demo'}"
        with HISTORY.open("a", newline="", encoding="utf-8") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow((today, machine, figure, told["p95_ms"], "ms", "", ""))


if __name__ == "__main__":
    main()
