"""Signing in with a real browser, at the development issuer: what a browser allows and shows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.making.server import Server, server
from tests.web.test_prescribe_page import check

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def developed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with server(tmp_path_factory.mktemp("dev") / "d", settings={"GARROD_DEV_ISSUER": "1"}) as made:
        yield made


@pytest.fixture
def page(chromium: Any) -> Iterator[Any]:
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_prescriber_signs_in_and_out(developed: Server, page: Any, host: str) -> None:
    base = developed.base.replace("127.0.0.1", host)
    page.goto(f"{base}/safety?words=build")
    check(page)
    page.get_by_role("link", name="Sign in at").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Who are you?"
    assert page.get_by_text("DEVELOPMENT only").is_visible()
    check(page)
    page.get_by_role("button", name="Prescriber").click()
    page.wait_for_url(f"{base}/safety?words=build")
    page.get_by_role("button", name="Sign out").click()
    assert page.get_by_role("heading", level=1).inner_text() == "You are signed out here"
    check(page)
    page.get_by_role("link", name="sign out of it too").click()
    assert page.get_by_role("heading", level=1).inner_text() == "You are signed out"
    page.goto(f"{base}/patients")
    assert page.get_by_role("heading", level=1).inner_text() == "Sign in"


def test_choice_fits_a_small_screen_and_needs_no_script(developed: Server, chromium: Any) -> None:
    context = chromium.new_context(
        viewport={"width": 320, "height": 700}, java_script_enabled=False
    )
    page = context.new_page()
    page.goto(f"{developed.base}/sign-in/start?next=/patients")
    page.get_by_role("button", name="Nurse").click()
    page.wait_for_url(f"{developed.base}/patients")
    context.close()
