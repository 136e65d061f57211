"""Every place of the clinic, as each of the demo's people, on a wide and on a narrow screen.

The places are read off the atlas, so that a new room is looked at without a word here. Each page is
asked for as each of them and its text judged; a browser opens it, and axe judges it at both widths,
where its build (tags, classes, attributes) is one that nobody before had. GARROD_SHOTS names a
folder for pictures of what was opened: what is looked at by eye.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
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
NOBODY = "nobody"
REPEATED = frozenset(("tr", "td", "th", "li", "option", "dt", "dd"))


def addresses() -> list[str]:
    """Return the address of each place, each once."""
    alone = [f"/{place.first}" for place in PLACES]
    about = [
        f"/patients/{PERSON}{'/' if p.tail else ''}{p.tail}" for p in ABOUT if p.tail not in STREAMS
    ]
    return list(dict.fromkeys([*alone, *about]))


class Built(HTMLParser):
    """How a page is built: what stands in what, without its words; and what it must have."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.main: list[str] = []
        self.around: list[str] = []
        self.inline: list[str] = []
        self.counts = {"h1": 0, "main": 0, "title": 0}
        self.ids: list[str] = []
        self.title = ""
        self.within: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        self.counts[tag] = self.counts.get(tag, 0) + 1
        self.ids += [told["id"] or ""] if "id" in told else []
        if tag == "style" or {"style", "onclick", "onsubmit"} & told.keys():
            self.inline.append(self.get_starttag_text() or tag)
        said = " ".join(sorted(f"{k}={v}" if k in ("class", "type", "role") else k
                               for k, v in told.items()))  # fmt: skip
        place = self.main if "main" in self.within or tag == "main" else self.around
        line = f"{tag} {said}"
        if tag not in REPEATED or line not in place:
            place.append(line)
        if tag in ("main", "title"):
            self.within.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self.within:
            self.within.remove(tag)

    def handle_data(self, data: str) -> None:
        self.title += data.strip() if "title" in self.within else ""

    def faults(self) -> Iterator[str]:
        """Yield what every page must have, and has not."""
        if self.counts["h1"] != 1:
            yield f"{self.counts['h1']} first headings"
        if not self.title.strip(" –").removesuffix("– Garrod").strip():
            yield "no title"
        if self.counts["main"] != 1:
            yield "no main part, or several"
        yield from (f"id {id} twice" for id in {x for x in self.ids if self.ids.count(x) > 1})
        yield from (f"inline: {found[:120]}" for found in self.inline)


@dataclass
class Judged:
    """What was looked at in a run, over all people."""

    builds: set[tuple[str, ...]] = field(default_factory=set)
    asked: int = 0
    opened: int = 0

    def is_new(self, built: Built) -> bool:
        """Return whether a page has a main part, or what stands around one, that nobody had."""
        parts = {("main", *built.main), ("around", *sorted(set(built.around)))}
        new = parts - self.builds
        self.builds |= parts
        return bool(new)


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


@pytest.fixture(scope="module")
def opener(chromium: Any, axe: str) -> Iterator[Opener]:
    made = Opener(chromium.new_context(viewport={"width": WIDTHS[0], "height": 900}), axe)
    yield made
    made.context.close()


class Opener:
    """A window that opens a page as somebody, and says what is wrong with it."""

    def __init__(self, context: Any, axe: str) -> None:
        self.context, self.axe = context, axe
        self.page = context.new_page()
        self.said: list[str] = []
        self.page.on("console", lambda message: self.said.append(_told(self.page, message)))
        self.page.on("pageerror", lambda error: self.said.append(f"{error}"))

    def be(self, client: httpx.Client, base: str) -> None:
        """Take over a session."""
        self.context.clear_cookies()
        held = [{"name": c.name, "value": c.value or "", "url": base} for c in client.cookies.jar]
        if held:
            self.context.add_cookies(held)

    def faults(self, address: str, name: str) -> Iterator[str]:
        """Yield what is wrong with a page at each width, everything that folds opened.

        Of brothers that are built alike (rows, cards), axe judges three. Colours are the same at
        each width, so their contrast is judged once.
        """
        self.said.clear()
        self.page.set_viewport_size({"width": WIDTHS[0], "height": 900})
        self.page.goto(address)
        self.page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        self.page.evaluate(self.axe)
        for width in WIDTHS:
            self.page.set_viewport_size({"width": width, "height": 900})
            if (wide := self.page.evaluate("document.documentElement.scrollWidth")) > width:
                yield f"at {width}: {wide} pixels wide: {self.page.evaluate(WIDEST)}"
            if SHOTS:
                self.page.screenshot(path=f"{SHOTS}/{name}-{width}.png", full_page=True)
        self.page.evaluate(THINNED)
        for width in reversed(WIDTHS):
            self.page.set_viewport_size({"width": width, "height": 900})
            told = self.page.evaluate(JUDGE, [STANDARDS, width == WIDTHS[0]])
            yield from (f"at {width}: axe: {one}" for one in told)
        yield from (words for words in self.said if words)


WIDEST = """() => [...document.querySelectorAll('body *')]
  .filter(e => e.getBoundingClientRect().right > innerWidth + 1)
  .slice(0, 3).map(e => e.outerHTML.slice(0, 120)).join(' | ')"""
THINNED = """() => {
  const thin = e => {
    const seen = {};
    for (const child of [...e.children]) {
      const built = thin(child), named = child.id || child.querySelector('[id]');
      seen[built] = (seen[built] || 0) + 1;
      if (seen[built] > 3 && !named) child.remove();
    }
    return `${e.localName} ${e.getAttribute('class')} ${e.getAttributeNames()}`
      + `(${Object.keys(seen)})`;
  };
  thin(document.body);
}"""
JUDGE = """async ([tags, withColours]) => (await axe.run(document, {
    resultTypes: ['violations'], preload: false, runOnly: {type: 'tag', values: tags},
    rules: {'color-contrast': {enabled: withColours}},
  })).violations.map(v => `${v.id} (${v.impact}): `
    + v.nodes.slice(0, 3).map(n => n.html.slice(0, 160)).join(' | '))"""


@pytest.mark.parametrize("persona", [*personas(), NOBODY])
def test_every_place_can_be_looked_at(
    demo: Server, opener: Opener, judged: Judged, persona: str
) -> None:
    faults: list[str] = []
    with httpx.Client(base_url=demo.base, follow_redirects=True, timeout=60) as client:
        if persona != NOBODY:
            first = client.get(f"/sign-in/start?as={persona}&next=/patients")
            assert ">Sign out<" in first.text
        opener.be(client, demo.base)
        for address in addresses():
            answer = client.get(address)
            judged.asked += 1
            built = Built(answer.text)
            found = [f"answered {answer.status_code}"] if answer.status_code >= 500 else []
            found += built.faults()
            if judged.is_new(built):
                judged.opened += 1
                name = f"{address.strip('/').replace('/', '-') or 'first'}-{persona}"
                found += opener.faults(f"{demo.base}{address}", name)
            faults += [f"{address}: {fault}" for fault in found]
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
    every = len(addresses()) * (len(personas()) + 1)
    if judged.asked != every:
        pytest.skip("only some of the people above were run")
    print(f"{judged.asked} pages asked for, {judged.opened} opened in a browser")
    assert judged.opened > len(addresses())


def test_pages_that_differ_in_words_alone_are_built_alike() -> None:
    rows = "<main><h1>{}</h1><table><tr><td>1</td></tr>{}</table></main>"
    one = Built(rows.format("A", ""))
    assert one.main == Built(rows.format("B", "<tr><td>2</td></tr>")).main
    assert one.main != Built(rows.format("B", "<tr><td class='loud'>2</td></tr>")).main
    assert list(Built("<title></title><main></main>").faults()) == ["0 first headings", "no title"]
    assert list(Built("<title>A – Garrod</title><main><h1 style='x'>").faults()) == [
        "inline: <h1 style='x'>"
    ]


def _told(page: Any, message: Any) -> str:
    """Return what the console says that is wrong; a refusal is answered as a page, and is none."""
    if message.type not in ("error", "warning"):
        return ""
    where = str(message.location.get("url", ""))
    is_answer = message.text.startswith("Failed to load resource") and where == page.url
    return "" if is_answer else f"console: {message.text}"
