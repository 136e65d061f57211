"""One click makes one anybody of the demo, through the real flow, and each sees what is theirs."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from garrod.adapters.identity.development import personas
from garrod.entry.web.people.tour import BEGINS
from tests.making.server import free_port
from tests.web.test_prescribe_page import check

pytestmark = [pytest.mark.browser, pytest.mark.slow]
EVERYBODY = frozenset(("prescriber", "pharmacist", "nurse", "laboratory-scientist", "geneticist"))
ADA = frozenset((*EVERYBODY, "patient", "proxy"))


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Run the demo as a user does; yield its address."""
    folder, port = tmp_path_factory.mktemp("demo"), free_port()
    garrod = Path(sys.executable).with_name("garrod")
    command = [str(garrod), "demo", "--no-browser", "--port", str(port)]
    environment = {**os.environ, "GARROD_DATA": str(folder / "data")}
    base, err = f"http://127.0.0.1:{port}", folder / "err"
    with err.open("wb") as said:
        process = subprocess.Popen(command, env=environment, stdout=said, stderr=said)
        try:
            for _ in range(1200):  # two hundred people are stored first
                assert process.poll() is None, err.read_text()
                if "signed in once by this link" in err.read_text():
                    break
                time.sleep(0.1)
            yield base
        finally:
            process.terminate()
            process.wait(20)


@pytest.fixture
def page(chromium: Any) -> Iterator[Any]:
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


def test_demo_says_whom_one_may_be_on_small_screens_too(demo: str, chromium: Any) -> None:
    for width in (390, 1280):
        context = chromium.new_context(viewport={"width": width, "height": 900})
        page = context.new_page()
        page.goto(f"{demo}/")
        check(page)
        assert page.locator('.moments a[href^="/sign-in/start?as="]').count() == len(personas())
        context.close()


@pytest.mark.parametrize("persona", personas().values(), ids=lambda one: one.id)
def test_one_click_signs_in_as_anybody(demo: str, page: Any, persona: Any) -> None:
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{demo}/")
    page.get_by_role("link", name=re.compile(f": {persona.name}")).click()
    page.wait_for_url(f"{demo}{BEGINS.get(persona.id, '/patients')}")
    (authorize,) = [url for url in asked if "/issuer/authorize" in url]
    assert "code_challenge_method=S256" in authorize
    assert [url for url in asked if "/sign-in/back?code=" in url]
    assert page.get_by_role("button", name="Sign out").is_visible()
    said = page.locator(".self").inner_text()
    assert persona.name in said
    assert said.endswith(persona.role.replace("-", " "))
    people = page.get_by_role("navigation", name="Main").get_by_role("link", name="People")
    assert people.count() == (persona.role in EVERYBODY)  # a way only where it leads to somebody
    page.goto(f"{demo}/patients")
    rows = page.locator("table.list tbody th").count()
    assert (rows > 20) == (persona.role in EVERYBODY)
    if persona.role not in EVERYBODY:
        assert rows == (1 if persona.role in ADA else 0)
    status = page.goto(f"{demo}/patients/demo-1/prescribe").status
    assert status == (200 if persona.role in ADA else 404)


def test_link_of_another_site_chooses_nobody(demo: str, page: Any) -> None:
    there = "http://elsewhere.example"
    link = f'<a href="{demo}/sign-in/start?as=prescriber&next=/patients">go</a>'
    page.route(f"{there}/**", lambda route: route.fulfill(body=link, content_type="text/html"))
    page.goto(f"{there}/")
    page.get_by_role("link", name="go").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Who are you?"
