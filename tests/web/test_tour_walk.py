"""The tour, walked by somebody who has never seen it: each step, and what one is told to see there.

GARROD_SCREENSHOTS names a folder for the pictures of docs/validation/web: small, of made-up people.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from garrod.entry.web.people.tour import MORE, SCENES
from tests.making.pictures import smaller
from tests.making.server import Server, server

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SHOTS = os.environ.get("GARROD_SCREENSHOTS", "")
MOST = 80_000  # bytes of a picture that is kept
# The words of a step, and what one sees there; the name of a picture, and how wide it is
SEEN: tuple[tuple[str, tuple[str, ...], str, int], ...] = (
    ("Prescribe clopidogrel for Ada",
     ("Choose an alternative to clopidogrel", "More than 99 in 100", "Prescribe ticagrelor"),
     "prescribe", 1280),
    ("See what is known of her genes", ("CYP2C19", "Poor metaboliser", "Could not be told"),
     "genome", 1280),
    ("Prescribe clopidogrel for Bert", ("CYP2C19", "Not tested"), "not-tested", 390),
    ("Prescribe codeine for Cleo", ("CYP2D6 behaves as poor metaboliser",), "", 1280),
    ("See her list, and who changed what",
     ("On hold: Kidneys; until the creatinine is back", "Bisoprolol", "General Hospital"),
     "medicines", 1280),
    ("Prescribe Losec (omeprazole) for Hana",
     ("the same ingredient twice", "ON HOLD: not taken now"), "", 1280),
    ("Put another list beside hers", ("Community pharmacy", "What the person says"), "", 1280),
    ("Prescribe capecitabine for Dov",
     ("50 % of the usual dose", "1 of 83 positions was not read: rs75017182"), "dose", 390),
    ("See what was read, and what was not", ("1 of 83 positions was not read",), "", 1280),
    ("Prescribe simvastatin for Ivo", ("Restricted information", "Hard stop"), "restricted", 1280),
    ("As Ada, prove who looked at hers", ("Your browser has proved", "Dr Priya"), "access", 1280),
    ("Read what is proposed, and approve it",
     ("Waits for 2 of 2 approvals", "What it changes", "Metformin"), "knowledge", 1280),
    ("Walk through the hazards", ("H01",), "safety", 1280),
    ("The prescriber’s list", ("Gwen Example-Synthetic", "creatinine of 210"), "today", 1280),
    ("The pharmacy’s check", ("Hana Example-Synthetic", "On hold on the medication list"), "", 390),
    ("The laboratory’s queue", ("Laboratory",), "laboratory", 1280),
    ("Her medicines and genes in plain words", ("Simvastatin",), "mine", 390),
    ("Her wallet card", ("card",), "card", 390),
    ("Paste a message", ("Paste a message from another system",), "", 1280),
)  # fmt: skip

RAW = ("Duplicates, ", "Info: ", "{{", "undefined")  # of programs, not for people


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with server(tmp_path_factory.mktemp("tour") / "data", demo=True) as made:
        yield made


def test_every_step_shows_what_it_says(demo: Server, chromium: Any) -> None:
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    page, faults = context.new_page(), []
    page.goto(f"{demo.base}/")
    _kept(page, "tour", 1280)
    for words, told, name, width in SEEN:
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(f"{demo.base}/")
        page.get_by_role("link", name=words, exact=True).click()
        if "proved" in told[0]:
            page.get_by_text(told[0]).wait_for()
        said = page.locator("body").inner_text()
        faults += [f"{words}: not there: {part}" for part in told if part not in said]
        faults += [f"{words}: raw: {part}" for part in RAW if part in said]
        faults += [f"{words}: {page.url}" for _ in [0] if not page.url.startswith(demo.base)]
        if name:
            _kept(page, name, width)
    context.close()
    assert not faults, "\n".join(faults)


def test_emergency_of_the_tour_is_told_of(demo: Server, chromium: Any) -> None:
    context = chromium.new_context(viewport={"width": 390, "height": 900})
    page = context.new_page()
    page.goto(f"{demo.base}/")
    page.get_by_role("link", name="Open his record in an emergency").click()
    page.get_by_label("Why you need it now").fill("He is unconscious, and bleeds")
    page.get_by_role("button", name="Open the record").click()
    page.get_by_text("Open in an emergency:").wait_for()
    assert "Ritonavir" in page.locator("body").inner_text()
    _kept(page, "emergency", 390)
    page.goto(f"{demo.base}/")
    page.get_by_role("link", name="See who opened what, and judge it").click()
    assert "He is unconscious" in page.locator("main").inner_text()
    context.close()


def test_no_step_is_forgotten() -> None:
    steps = {step.words for scene in (*SCENES, *MORE) for step in scene.steps}
    assert {words for words, *_ in SEEN} <= steps
    first = {step.words for scene in SCENES for step in scene.steps}
    elsewhere = {
        "Read the report of her genome",  # tests/web/test_report_page.py
        "Open his record in an emergency", "See who opened what, and judge it",  # above
        "Approve it too, and put it in force", "See the next card rest on it",
        "See who is to be looked at again",  # tests/web/test_workflow_10.py
    }  # fmt: skip
    assert first - {words for words, *_ in SEEN} <= elsewhere


def _kept(page: Any, name: str, width: int) -> None:
    """Keep a picture of what is seen first, where one is asked for."""
    if not SHOTS:
        return
    clip = {"x": 0, "y": 0, "width": width, "height": 1000}
    page.mouse.move(0, 0)
    page.set_viewport_size({"width": width, "height": 1000})
    small = smaller(page.screenshot(clip=clip))
    assert len(small) <= MOST, (name, len(small))
    assert re.fullmatch(r"[a-z-]+", name)
    Path(SHOTS).mkdir(parents=True, exist_ok=True)
    Path(SHOTS, f"{name}.png").write_bytes(small)
