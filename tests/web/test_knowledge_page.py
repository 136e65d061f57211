"""Knowledge packs in a real browser, wide and narrow: lowered stops, hostile words, refusals."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from garrod.entry.demo_packs import PACK, VERSION, propose
from tests.acceptance.test_knowledge_pages import EVIL, LOWER, lowering, served, signed
from tests.making.server import Server
from tests.web.test_dispense_page import shot
from tests.web.test_prescribe_page import check

pytestmark = [pytest.mark.browser, pytest.mark.slow]
As = Callable[..., Any]
SAFETY = "Clinical safety officer"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("knowledge-page") / "site"
    folder.mkdir()
    propose(folder)
    signed(folder, lowering(folder), "maker")
    with served(folder.parent, folder) as made:
        yield made


def main(page: Any) -> str:
    return str(page.locator("main").inner_text())


@pytest.mark.parametrize("width", [1280, 390])
def test_lowered_hard_stops_stand_out_and_are_agreed_to_by_name(acting: As, width: int) -> None:
    page = acting(SAFETY, f"/knowledge/{LOWER}", width=width)
    box = page.get_by_role("region", name="Hard stops lowered")
    assert "abacavir" in box.inner_text()
    assert "would be lowered if this took force" in box.inner_text()
    assert EVIL in page.get_by_role("heading", level=1).inner_text()
    check(page)
    shot(page, f"knowledge-lowered-{width}")
    page.get_by_label("Why").fill("too short")
    page.get_by_role("button", name="Approve it").click()
    problem = page.get_by_role("alert")
    assert "Nothing was changed" in problem.inner_text()
    assert page.get_by_label("Why").input_value() == "too short"
    check(page)
    shot(page, f"knowledge-refused-{width}")
    problem.get_by_role("link", name="Say that you agree").click()
    page.wait_for_url("**#agree")


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("role", ["Pharmacist", "Prescriber", "Governance officer"])
def test_every_place_of_the_room_is_read_by_anybody(acting: As, role: str, width: int) -> None:
    page = acting(role, "/knowledge", width=width)
    assert "Proposed" in main(page)
    is_asked = role != "Prescriber"
    assert page.get_by_role("heading", name="Waits for you").count() == is_asked
    assert page.locator(".fold:last-of-type table").is_hidden()  # what waits comes first
    shot(page, f"knowledge-list-{role.lower().replace(' ', '-')}-{width}")
    check(page)
    for pack in (f"{PACK}@{VERSION}", "policy-england@2026.11.0"):
        page.goto(page.url.partition("/knowledge")[0] + f"/knowledge/{pack}")
        assert page.locator("h1").count() == 1
        check(page)
    shot(page, f"knowledge-shipped-{width}")


def test_approval_needs_no_script(acting: As) -> None:
    page = acting(SAFETY, f"/knowledge/{PACK}@{VERSION}", script=False)
    page.get_by_role("button", name="Approve it").click()
    assert "You have approved this content" in main(page)
    assert "Waits for 1 of 2 approvals" in main(page)
