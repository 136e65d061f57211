"""The cases in a real browser: choose, see what the engine says, and find one's progress again."""

from __future__ import annotations

import pytest

from tests.making.server import Server
from tests.web.conftest import Opened
from tests.web.test_dispense_page import shot
from tests.web.test_prescribe_page import check

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.mark.parametrize("width", [1280, 390])
def test_case_is_chosen_told_and_kept(signed_in: Opened, clinic: Server, width: int) -> None:
    page = signed_in("/learn", width=width)
    check(page)
    page.get_by_role("link", name="A stent").click()
    check(page)
    page.get_by_role("button", name="See what the engine says").click()
    assert "Choose what you would do" in page.get_by_role("alert").inner_text()
    check(page)
    page.get_by_text("Prescribe it as it stands").click()
    page.get_by_role("button", name="See what the engine says").click()
    assert "The engine says otherwise" in page.locator("#told").inner_text()
    page.get_by_role("radio", name="Prescribe another medicine").check()
    page.get_by_role("button", name="Choose again").click()
    told = page.locator("#told").inner_text()
    assert "what the engine says, too" in told
    assert "Source:" in told
    check(page)
    shot(page, f"learn-case-{width}")
    page.get_by_role("link", name="The next case").click()
    assert page.url == f"{clinic.base}/learn/2"
    page.goto(f"{clinic.base}/learn")
    assert "1 of 5 cases done" in page.locator("main").inner_text()
    check(page)
    shot(page, f"learn-{width}")
    page.get_by_role("button", name="Begin anew").click()
    assert "0 of 5 cases done" in page.locator("main").inner_text()


def test_cases_work_without_scripts(signed_in: Opened) -> None:
    page = signed_in("/learn/5", script=False)
    page.get_by_text("Prescribe it as it stands").click()
    page.get_by_role("button", name="See what the engine says").click()
    assert "what the engine says, too" in page.locator("#told").inner_text()
    page.get_by_role("link", name="See how you did").click()
    page.get_by_role("button", name="Begin anew").click()


def test_case_that_is_none_is_said_so(signed_in: Opened, clinic: Server) -> None:
    page = signed_in("/learn")
    for path in ("/learn/9", "/learn/1/2"):
        assert page.goto(f"{clinic.base}{path}").status == 404
    check(page)
