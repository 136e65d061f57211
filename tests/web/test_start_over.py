"""The demo started over by one click in a real browser: as new, the same address, all signed out.

`garrod demo` itself runs here, since it is the command that begins again.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest

from tests.making.server import TOKEN, free_port
from tests.web.test_prescribe_page import check

pytestmark = [pytest.mark.browser, pytest.mark.slow]
LONGEST = 120.0  # seconds that a busy machine may take to store two hundred people
NOTE = "Something that only this demo knows"


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[str]:
    """Yield the address of a demo that runs in an empty folder."""
    port = free_port()
    command = [str(Path(sys.executable).with_name("garrod")), "demo", "--no-browser"]
    environment = {**os.environ, "GARROD_DATA": str(tmp_path / "data"), "GARROD_DEV_TOKEN": TOKEN}
    environment.pop("GARROD_PACKS", None)
    base = f"http://127.0.0.1:{port}"
    with (tmp_path / "said").open("wb") as said:
        process = subprocess.Popen(
            [*command, "--port", str(port)], env=environment, stdout=said, stderr=said
        )
        try:
            ready(base, process)
            yield base
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(60)


def ready(base: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + LONGEST
    while time.monotonic() < until:
        assert process.poll() is None, "the demo ended"
        try:
            if httpx.get(f"{base}/health", timeout=LONGEST).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.2)
    raise AssertionError("the demo did not start")


def as_somebody(chromium: Any, base: str, role: str) -> Any:
    """Return a page of a new window of somebody, signed in by one click."""
    page = chromium.new_context(viewport={"width": 1280, "height": 900}).new_page()
    page.set_default_timeout(LONGEST * 1000)
    page.goto(f"{base}/")
    page.locator(f'a[href^="/sign-in/start?as={role}"]').first.click()
    page.wait_for_url(re.compile("/patients|/today|/review|/access"))
    return page


def fhir(base: str, method: str, path: str, **more: Any) -> httpx.Response:
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/fhir+json"}
    return httpx.request(method, f"{base}/fhir/{path}", headers=headers, timeout=LONGEST, **more)


def test_one_click_makes_the_demo_new_again(chromium: Any, demo: str) -> None:
    whole = {"resourceType": "Condition", "id": "only-now", "code": {"text": NOTE},
             "subject": {"reference": "Patient/demo-1"}}  # fmt: skip
    people = fhir(demo, "GET", "Patient?_summary=count").json()["total"]
    assert fhir(demo, "PUT", "Condition/only-now", json=whole).status_code == 201
    prescriber = as_somebody(chromium, demo, "prescriber")
    other = as_somebody(chromium, demo, "pharmacist")
    for page in (prescriber, other):
        page.goto(f"{demo}/patients/demo-1")
        assert NOTE in page.locator("main").inner_text()

    prescriber.goto(f"{demo}/")
    check(prescriber)
    prescriber.get_by_role("button", name="Start the demo over").click()
    prescriber.get_by_text("Whoever is signed in can start the demo over").wait_for()
    assert prescriber.url == f"{demo}/"
    check(prescriber)

    assert fhir(demo, "GET", "Condition/only-now").status_code == 404
    assert fhir(demo, "GET", "Condition/only-now/_history").status_code == 404
    assert fhir(demo, "GET", "Patient?_summary=count").json()["total"] == people
    for page in (prescriber, other):  # both are signed out, and nothing is shown to them
        page.goto(f"{demo}/patients/demo-1")
        assert page.locator(".person-banner, [aria-label='Person']").count() == 0
        assert page.get_by_role("heading", level=1).inner_text().startswith("Sign in")
    again = as_somebody(chromium, demo, "prescriber")
    again.goto(f"{demo}/patients/demo-1")
    said = again.locator("main").inner_text()
    assert "Summary" in said
    assert NOTE not in said
    check(again)
