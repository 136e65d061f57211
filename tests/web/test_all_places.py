"""Every place of the clinic, as each of the demo's people, on a wide and on a narrow screen.

The places are read off the atlas, so that a new room is looked at without a word here. Each page is
asked for once and judged at both widths; where two people see the very same page, axe judges it
once. GARROD_SHOTS names a folder for pictures: what is looked at by eye.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest

from garrod.adapters.identity.development import personas
from garrod.entry.web.atlas import ABOUT, PLACES
from tests.making.server import TOKEN, Server, server
from tests.web.test_prescribe_page import STANDARDS

pytestmark = [pytest.mark.browser, pytest.mark.slow]
WIDTHS = (1280, 390)
PERSON = "demo-1"
STREAMS = {"live"}  # no pages: what one hears there is tested with the room
SHOTS = os.environ.get("GARROD_SHOTS", "")
# What is another at each answer, or in each run, though the page is the same
_PASSING = re.compile(r"[0-9a-f]{24,}|\b\d[\d:.,–-]*\b|[A-Za-z0-9_-]{40,}")


def addresses() -> list[str]:
    """Return the address of each place, each once."""
    alone = [f"/{place.first}" for place in PLACES]
    about = [
        f"/patients/{PERSON}{'/' if p.tail else ''}{p.tail}" for p in ABOUT if p.tail not in STREAMS
    ]
    return list(dict.fromkeys([*alone, *about]))


@dataclass
class Judged:
    """What was looked at in a run, over all people."""

    pages: set[tuple[str, int]] = field(default_factory=set)
    looked: int = 0


@pytest.fixture(scope="module")
def judged() -> Judged:
    return Judged()


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with server(tmp_path_factory.mktemp("places") / "data", demo=True) as made:
        yield made


@pytest.fixture(scope="module")
def axe() -> str:
    found = pytest.importorskip("axe_playwright_python", reason="e2e extra")
    return (Path(found.__file__).parent / "axe.min.js").read_text(encoding="utf-8")


@pytest.mark.parametrize("persona", [*personas(), "nobody"])
def test_every_place_can_be_looked_at(
    demo: Server, chromium: Any, axe: str, judged: Judged, persona: str
) -> None:
    context = chromium.new_context(viewport={"width": WIDTHS[0], "height": 900})
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(_told(page, message)))
    page.on("pageerror", lambda error: said.append(f"{page.url}: {error}"))
    if persona != "nobody":
        page.goto(f"{demo.base}/sign-in/start?as={persona}&next=/patients")
        assert page.get_by_role("button", name="Sign out").is_visible()
    faults, asked = [], addresses()
    for address in asked:
        found = page.goto(f"{demo.base}{address}")
        faults += [f"{address}: {fault}" for fault in _faults(page, found.status)]
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            faults += [f"{address} at {width}: {x}" for x in _narrow(page, width)]
            faults += [f"{address} at {width}: {x}" for x in _axe(page, axe, judged, width)]
            judged.looked += 1
            if SHOTS:
                name = address.strip("/").replace("/", "-") or "first"
                page.screenshot(path=f"{SHOTS}/{name}-{persona}-{width}.png", full_page=True)
        page.set_viewport_size({"width": WIDTHS[0], "height": 900})
    context.close()
    faults += [words for words in said if words]
    assert not faults, "\n".join(faults)


def test_what_is_no_page_is_a_stream(demo: Server) -> None:
    with httpx.Client(base_url=demo.base) as client:
        token = {"token": TOKEN}
        assert client.post("/sign-in", data=token).status_code == 303
        for tail in STREAMS & {place.tail for place in ABOUT}:
            with client.stream("GET", f"/patients/{PERSON}/{tail}") as answer:
                assert answer.headers["content-type"].startswith("text/event-stream")


def test_none_was_left_out(judged: Judged) -> None:
    """Whoever runs this file whole has seen all of it."""
    every = len(addresses()) * len(WIDTHS) * (len(personas()) + 1)
    if judged.looked % (len(addresses()) * len(WIDTHS)) or judged.looked == 0:
        pytest.skip("only some of the people above were run")
    assert judged.looked <= every
    assert len(judged.pages) > len(WIDTHS) * 5


def _told(page: Any, message: Any) -> str:
    """Return what the console says that is wrong; a refusal is answered as a page, and is none."""
    if message.type not in ("error", "warning"):
        return ""
    where = str(message.location.get("url", ""))
    is_answer = message.text.startswith("Failed to load resource") and where == page.url
    return "" if is_answer else f"{page.url}: console: {message.text}"


def _faults(page: Any, status: int) -> Iterator[str]:
    if status >= 500:
        yield f"answered {status}"
    if (count := page.locator("h1").count()) != 1:
        yield f"{count} first headings"
    if not page.title().strip(" –"):
        yield "no title"
    if page.locator("main").count() != 1:
        yield "no main part, or several"
    if (found := page.locator("[style], [onclick], [onsubmit], style").count()) != 0:
        yield f"{found} inline styles or handlers"


def _narrow(page: Any, width: int) -> Iterator[str]:
    """Yield what is wider than the screen, everything that folds opened."""
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    wide = page.evaluate("document.documentElement.scrollWidth")
    if wide > width:
        yield f"{wide} pixels wide: {page.evaluate(WIDEST)}"


WIDEST = """() => [...document.querySelectorAll('body *')]
  .filter(e => e.getBoundingClientRect().right > innerWidth + 1)
  .slice(0, 3).map(e => e.outerHTML.slice(0, 120)).join(' | ')"""


def _axe(page: Any, script: str, judged: Judged, width: int) -> Iterator[str]:
    """Yield what axe finds in a page that it has not judged at this width."""
    body = _PASSING.sub("", page.evaluate("document.body.outerHTML"))
    if (body, width) in judged.pages:
        return
    judged.pages.add((body, width))
    page.evaluate(script)
    options = {"resultTypes": ["violations"], "runOnly": {"type": "tag", "values": STANDARDS}}
    told = page.evaluate("options => axe.run(document, options)", options)
    for found in told["violations"]:
        nodes = [node["html"][:160] for node in found["nodes"][:3]]
        yield f"axe: {found['id']} ({found['impact']}): {nodes}"
