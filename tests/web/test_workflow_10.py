"""New knowledge, from reading what it changes to whose list it stands on, through the demo's door.

The clinical safety officer reads and approves, the pharmacist approves and puts it in force, the
prescriber's next card names it, and who is affected stands on Today; then it is rolled back.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from garrod.entry.demo_packs import PACK, VERSION
from tests.making.server import Server
from tests.web.test_dispense_page import shot
from tests.web.test_prescribe_page import check

pytestmark = [pytest.mark.browser, pytest.mark.slow]
As = Callable[..., Any]
NEW, PLACE = f"{PACK}@{VERSION}", f"/knowledge/{PACK}@{VERSION}"
SAFETY, OFFICER = "clinical-safety-officer", "governance-officer"


def main(page: Any) -> str:
    return str(page.locator("main").inner_text())


def worked_out(page: Any, words: str) -> None:
    """Look again until it is worked out who is affected."""
    for _ in range(100):
        if words in main(page):
            return
        page.wait_for_timeout(300)
        page.goto(page.url.partition("?")[0].partition("#")[0])
    raise AssertionError(main(page))


def test_new_knowledge_is_read_approved_by_two_and_changes_the_next_decision(
    in_demo: As, demo: Server
) -> None:
    safety = in_demo(SAFETY, "/knowledge")
    check(safety)
    safety.get_by_role("link", name="made-up proposal").click()
    said = main(safety)
    assert "Waits for 2 of 2 approvals" in said
    assert "No hard stop is lowered." in said
    assert "Metformin: monitor" in said
    assert "age at least 65 or eGFR below 60" in said
    check(safety)
    shot(safety, "knowledge-proposed-1280")
    safety.get_by_role("button", name="Work out who would be affected").click()
    worked_out(safety, "Advice would change for")
    (count,) = re.findall(r"Advice would change for (\d+) people", main(safety))
    assert int(count) >= 3
    assert "No names are shown" in main(safety)
    assert "Hana" not in main(safety)
    safety.get_by_role("button", name="Approve it").click()
    assert "You have approved this content. The second approval is another" in main(safety)
    assert "Clinical safety officer (clinical)".casefold() in main(safety).casefold()
    assert safety.get_by_role("button", name="Approve it").count() == 0
    check(safety)
    for _ in range(2):
        refused(safety, demo)
    assert "Waits for 1 of 2 approvals" in main(safety)
    pharmacist = in_demo("pharmacist", PLACE)
    assert "Hana Example-Synthetic" in main(pharmacist)
    pharmacist.get_by_role("button", name="Approve it").click()
    assert "Approved, not in force" in main(pharmacist)
    assert NEW not in proof(in_demo, demo)
    pharmacist.get_by_role("button", name="Put it in force").click()
    assert "It is in force in this server" in main(pharmacist)
    assert NEW in proof(in_demo, demo)
    worked_out(pharmacist, f"Advice changed for {count} people")
    assert f"{count} tasks were raised" in main(pharmacist)
    check(pharmacist)
    shot(pharmacist, "knowledge-in-force-1280")
    today = in_demo("prescriber", "/today")
    rows = today.locator("tr, li").filter(has_text="Arrange monitoring that is advised now")
    assert rows.filter(has_text="Hana Example-Synthetic").count() >= 1
    rolled_back(in_demo, demo)


def refused(page: Any, demo: Server) -> None:
    """Send the form again as the same person, as somebody who knows how."""
    page.goto(f"{demo.base}{PLACE}")
    csrf = page.locator('input[name="csrf"]').first.input_value()
    told = {"csrf": csrf, "do": "approve", "sha256": sums(demo), "seen": "99"}
    answer = page.request.post(
        f"{demo.base}{PLACE}", form=told, headers={"Origin": demo.base}, max_redirects=0
    )
    assert answer.status == 409
    assert "You have approved this content" in answer.text()


def sums(demo: Server) -> str:
    """Return the sum of the proposed pack, as its site has it."""
    from garrod.adapters.packs.site import site_pack

    return site_pack(demo.folder / "demo-packs", NEW).content.sha256


def proof(in_demo: As, demo: Server) -> str:
    """Return all that the prescriber's card on metformin says, its proof opened."""
    page = in_demo("prescriber", "/patients/demo-7/prescribe?drug=metformin")
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    return main(page)


def rolled_back(in_demo: As, demo: Server) -> None:
    officer = in_demo(OFFICER, PLACE, width=390)
    officer.get_by_role("button", name="Roll it back").click()
    assert "Say why, in 10 characters or more" in main(officer)
    check(officer)
    officer.get_by_label("Why").fill("It was only tried for the tour.")
    officer.get_by_role("button", name="Roll it back").click()
    assert "It is not in force" in main(officer)
    assert NEW not in proof(in_demo, demo)
    officer.goto(f"{demo.base}/knowledge")
    assert "was rolled back" in main(officer)
    assert "It was only tried for the tour." in main(officer)
    check(officer)
    shot(officer, "knowledge-history-390")
