"""The report in a real browser: accessible, readable on a phone, whole on paper."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from garrod.adapters.report.html import render_html
from tests.unit.report.synthetic import person

pytestmark = [pytest.mark.browser, pytest.mark.slow]

FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
WIDTHS = (1280, 320)  # 320 is also a 1280 px screen zoomed to 400 %
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Yield a real Chromium, or skip and say what is missing."""
    playwright = pytest.importorskip(
        "playwright.sync_api", reason="install the e2e extra to test in a browser"
    )
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        pytest.skip("no Chromium on this machine: apt-get install chromium")
    with playwright.sync_playwright() as play:
        opened = play.chromium.launch(executable_path=path, args=list(FLAGS))
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return where the made-up person's report lies."""
    file: Path = tmp_path_factory.mktemp("report") / "report.html"
    file.write_text(render_html(person()), encoding="utf-8")
    return file.as_uri()


@pytest.fixture(params=WIDTHS)
def page(request: pytest.FixtureRequest, browser: Any, address: str) -> Iterator[Any]:
    """Yield the report open at one width; anything said on the console fails the test."""
    context = browser.new_context(viewport={"width": request.param, "height": 900})
    opened = context.new_page()
    said: list[str] = []
    opened.on("console", lambda message: said.append(message.text))
    opened.goto(address)
    yield opened
    assert said == []
    context.close()


@pytest.mark.parametrize("opened", [False, True], ids=["closed", "open"])
def test_report_axe_finds_nothing(page: Any, opened: bool) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="e2e extra")
    if opened:
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    options = {"resultTypes": ["violations"], "runOnly": {"type": "tag", "values": STANDARDS}}
    results = axe.Axe().run(page, options=options).response
    found = [(v["id"], [n["target"] for n in v["nodes"]]) for v in results["violations"]]
    assert found == []
    assert len(results["passes"]) > 20


def test_report_does_not_scroll_sideways(page: Any) -> None:
    wide = page.evaluate(
        "[...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right"
        " > document.documentElement.clientWidth + 0.5).map(e => e.className || e.tagName)"
    )
    assert wide == []
    assert page.evaluate("document.documentElement.scrollWidth") == page.viewport_size["width"]


def test_report_first_screen_holds_the_answer(page: Any) -> None:
    heading = page.get_by_role("heading", name="2 of 5 medicines need a change").bounding_box()
    assert heading["y"] + heading["height"] < 900
    first = page.get_by_role("link", name="Clopidogrel 75 mg").bounding_box()
    assert first["y"] + first["height"] < 900


def test_report_keyboard_reaches_skip_link_first(page: Any) -> None:
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    page.wait_for_function("document.activeElement.id === 'main'")


def test_report_tables_keep_their_meaning_when_stacked(page: Any) -> None:
    assert page.get_by_role("table", name="Genes with a result").count() == 1
    assert page.get_by_role("rowheader", name="CYP2C19", exact=True).count() == 1
    assert page.get_by_role("columnheader", name="Phenotype").count() == 1


def test_report_style_is_applied_under_its_own_policy(page: Any) -> None:
    assert page.evaluate("getComputedStyle(document.querySelector('.top')).backgroundColor") == (
        "rgb(23, 56, 79)"
    )


def test_report_on_paper_shows_the_proof_chain_and_no_controls(page: Any) -> None:
    page.emulate_media(media="print")
    chain = page.locator(".print-only .chain").first
    assert chain.is_visible()
    assert "line 291" in chain.inner_text()
    assert not page.locator("summary").first.is_visible()
    assert not page.locator("nav").is_visible()


def test_report_on_paper_fits_the_width_of_a4(browser: Any, address: str) -> None:
    context = browser.new_context(viewport={"width": 695, "height": 1000})  # A4 less its margins
    page = context.new_page()
    page.emulate_media(media="print")
    page.goto(address)
    assert page.evaluate("document.documentElement.scrollWidth") == 695
    pdf = page.pdf(prefer_css_page_size=True, print_background=True)
    assert pdf.startswith(b"%PDF")
    assert 1 <= pdf.count(b"/Type /Page\n") <= 8
    context.close()
