"""Medicines and reconciliation in a real browser: read, acted on, decided, handed over."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.making.server import Server, server
from tests.web.conftest import Opened
from tests.web.test_prescribe_page import check, person, takes

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SHOTS = os.environ.get("GARROD_SHOTS", "")
HOSTILE = "<script>alert(1)</script> \u05d0\u05d1 " + "Wundermittel" * 20


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with server(tmp_path_factory.mktemp("medicines") / "data", demo=True) as made:
        yield made


def shot(page: Any, name: str) -> None:
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"), full_page=True)


def told(page: Any) -> str:
    return str(page.locator("main").inner_text())


def someone(clinic: Server, *medicines: str, name: str = "Mina Example-Synthetic") -> str:
    id = person(clinic, name=name)
    for words in medicines:
        takes(clinic, id, words)
    return id


def box(page: Any, summary: str) -> Any:
    found = page.locator("details.box").filter(has=page.locator("summary", has_text=summary))
    if not found.evaluate("e => e.open"):
        found.locator("summary").click()
    return found


@pytest.mark.parametrize("width", [1280, 390])
def test_line_is_begun_held_resumed_stopped_and_taken_back(
    clinic: Server, signed_in: Opened, width: int
) -> None:
    id = someone(clinic, "Ramipril 5 mg capsules")
    page = signed_in(f"/patients/{id}/medicines", width=width)
    check_all(page, f"list-{width}")
    assert "Ramipril" in told(page)
    assert "sources have told us lately" in told(page)
    page.get_by_role("link", name="Start a medicine").click()
    check_all(page, f"start-{width}")
    page.get_by_role("button", name="Put it on the list").click()
    assert "Write which medicine begins" in told(page)
    page.get_by_label("Medicine").fill("Amlodipine 5 mg tablets")
    page.get_by_label("How it is taken").fill("5 mg once a day")
    page.get_by_role("button", name="Put it on the list").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Amlodipine 5 mg tablets"
    assert "Put on the list, " in told(page)
    check_all(page, f"line-{width}")
    held = box(page, "Put it on hold")
    held.get_by_label("Acute illness").check()
    held.get_by_role("button", name="Put it on hold").click()
    assert "Say until which day" in told(page)
    held = box(page, "Put it on hold")
    assert held.get_by_label("Acute illness").is_checked()
    held.get_by_label("Or until what has happened").fill("they drink again")
    check_all(page, f"held-wrong-{width}")
    held.get_by_role("button", name="Put it on hold").click()
    assert "On hold: Acute illness; until they drink again" in told(page)
    page.get_by_role("button", name="Resume it").click()
    stop = box(page, "Stop it")
    stop.get_by_label("Side effect").check()
    stop.get_by_role("button", name="Stop it").click()
    assert "Stopped on" in told(page)
    check_all(page, f"stopped-{width}")
    page.get_by_role("button", name="Undo").click()
    assert "taken back" in told(page)
    assert page.locator(".state").first.inner_text() == "Taken"


def test_late_write_shows_the_difference_and_keeps_what_was_typed(
    clinic: Server, signed_in: Opened
) -> None:
    id = someone(clinic, "Ramipril 5 mg capsules")
    one = signed_in(f"/patients/{id}/medicines")
    one.get_by_role("link", name="Ramipril").click()
    two = signed_in(one.url.removeprefix(clinic.base))
    change = box(two, "Change how")
    change.get_by_label("How it is to be taken").fill("10 mg once a day")
    change.get_by_label("Not enough effect").check()
    change.get_by_role("button", name="Change it").click()
    change = box(one, "Change how")
    change.get_by_label("How it is to be taken").fill("2.5 mg once a day")
    change.get_by_label("Side effect").check()
    with one.expect_navigation() as answer:
        change.get_by_role("button", name="Change it").click()
    assert answer.value.status == 412
    assert "Changed by both, differently: decide" in told(one)
    assert one.get_by_label("How it is to be taken").input_value() == "2.5 mg once a day"
    check_all(one, "late")
    box(one, "Change how").get_by_role("button", name="Change it").click()
    assert "2.5 mg once a day" in told(one)


@pytest.mark.parametrize("width", [1280, 390])
def test_whole_list_is_confirmed_after_it_is_said_what_goes(
    clinic: Server, signed_in: Opened, width: int
) -> None:
    id = someone(clinic, "Ramipril 5 mg capsules", "Digoxin 125 microgram tablets")
    page = signed_in(f"/patients/{id}/medicines/confirm", width=width)
    check_all(page, f"confirm-{width}")
    row = page.get_by_role("group", name="Digoxin")
    row.get_by_label("Stop", exact=True).check()
    page.get_by_role("button", name="Go on").click()
    assert "Choose why Digoxin" in told(page)
    row.get_by_role("combobox").select_option("harm")
    page.get_by_role("button", name="Go on").click()
    assert "Digoxin 125 microgram tablets: stops (Side effect)" in told(page)
    check_all(page, f"confirm-last-{width}")
    page.get_by_role("button", name="Confirm the list").click()
    assert "The whole list was last confirmed by" in told(page)
    assert "1 taken, on hold or to begin" in told(page)


def test_list_of_another_day_is_marked_and_a_bad_day_is_refused(
    clinic: Server, signed_in: Opened
) -> None:
    id = someone(clinic, "Ramipril 5 mg capsules")
    page = signed_in(f"/patients/{id}/medicines?known=2020-01-01")
    assert "Not the list of now" in told(page)
    assert "No medicine stands on this list" in told(page)
    check_all(page, "past")
    page.goto(f"{clinic.base}/patients/{id}/medicines?true=2999-01-01")
    assert "That day cannot be shown" in told(page)
    check_all(page, "bad-day")


def test_hostile_words_stay_words(clinic: Server, signed_in: Opened) -> None:
    id = someone(clinic, HOSTILE, name=HOSTILE[:120])
    for path in ("", "/confirm"):
        page = signed_in(f"/patients/{id}/medicines{path}", width=390)
        assert "<script>alert(1)" in told(page)
        check_all(page, f"hostile{path.strip('/')}")


def check_all(page: Any, name: str) -> None:
    shot(page, name)
    check(page)


PRACTICE = "Amlodipine 10 mg tablets - 10 mg once a day\nDigoxin 125 microgram tablets - once a day"
WARD = "Ramipril 5 mg capsules - 5 mg once a day\nDigoxin 125 mg tablets - once a day"


def choose(page: Any, name: str, option: str, **fields: str) -> None:
    row = page.locator("section.row-box").filter(has=page.get_by_role("heading", name=name))
    row.get_by_role("radio", name=option).check()
    for label, words in fields.items():
        row.get_by_label({"why": "Why", "how": "If it changes", "until": "If on hold"}[label]).fill(
            words
        )


@pytest.mark.parametrize("width", [1280, 390])
def test_lists_are_reconciled_row_by_row_and_the_gp_sees_what_changed(
    clinic: Server, signed_in: Opened, width: int
) -> None:
    id = someone(clinic, "Ramipril 5 mg capsules", "Amlodipine 5 mg tablets")
    page = signed_in(f"/patients/{id}/reconcile?setting=hospital", width=width)
    check_all(page, f"reconcile-{width}")
    page.get_by_role("button", name="Put them side by side").click()
    assert "Choose at what it is done" in told(page)
    page.get_by_label("GP list or referral letter").fill(PRACTICE)
    page.get_by_label("Ward chart").fill(WARD)
    page.get_by_label("What the person says").fill("St John's wort - one a day")
    page.get_by_label("Discharge").check()
    page.get_by_role("button", name="Put them side by side").click()
    assert "4 not decided yet" in told(page)
    assert "the same number stands there with two units" in told(page).casefold()
    check_all(page, f"sheet-{width}")
    choose(page, "Ramipril", "Continue as This record has it")
    choose(page, "Amlodipine", "Change")
    page.get_by_role("button", name="Keep these decisions").click()
    assert "write why" in told(page)
    choose(page, "Amlodipine", "Change", why="ankles swell", how="2.5 mg once a day")
    choose(page, "Digoxin", "Continue as GP list or referral letter has it")
    check_all(page, f"sheet-wrong-{width}")
    page.get_by_role("button", name="Keep these decisions").click()
    assert "look twice, and write why that list is right" in told(page)
    choose(page, "Digoxin", "Continue as GP list", why="the ward chart has a slip: micrograms")
    page.get_by_role("button", name="Keep these decisions").click()
    assert "1 not decided yet" in told(page)
    page.get_by_label("Hand the changes over to").select_option("gp")
    page.get_by_role("button", name="Close it").click()
    assert "Closed. 1 were not decided" in told(page)
    check_all(page, f"closed-{width}")
    page = signed_in(f"/patients/{id}/reconcile?setting=gp", width=width)
    assert "ankles swell" in told(page)
    assert "the ward chart has a slip" in told(page)
    check_all(page, f"handed-{width}")
    page.get_by_role("button", name="I have seen these changes").click()
    assert "Seen by" in told(page)
    page.goto(f"{clinic.base}/patients/{id}/medicines")
    assert "2.5 mg once a day" in told(page)
    assert "Nobody decided at discharge: St John's wort" in told(page)


def test_list_that_changed_meanwhile_is_not_closed_but_begun_anew(
    clinic: Server, signed_in: Opened
) -> None:
    id = someone(clinic, "Ramipril 5 mg capsules")
    page = signed_in(f"/patients/{id}/reconcile")
    page.get_by_label("Ward chart").fill("Ramipril 10 mg capsules - one a day")
    page.get_by_label("Transfer").check()
    page.get_by_role("button", name="Put them side by side").click()
    takes(clinic, id, "Bisoprolol 2.5 mg tablets")
    choose(page, "Ramipril", "Stop", why="cough")
    with page.expect_navigation() as answer:
        page.get_by_role("button", name="Close it").click()
    assert answer.value.status == 412
    check_all(page, "sheet-late")
    page.get_by_role("button", name="Begin anew").click()
    assert "Bisoprolol" in told(page)
    assert page.get_by_role("group", name="Ramipril").get_by_label("Stop").is_checked()
    row = page.locator("section.row-box").filter(has=page.get_by_role("heading", name="Ramipril"))
    assert row.get_by_label("Why").input_value() == "cough"
    assert "2 not decided yet" in told(page)


def test_role_that_is_signed_in_acts_for_its_own_setting(demo: Server, chromium: Any) -> None:
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    there = "/patients/demo-1/medicines?setting=hospital"
    page.goto(f"{demo.base}/sign-in/start?as=pharmacist&next=/patients")
    page.goto(f"{demo.base}{there}")
    assert page.get_by_label("You act for").count() == 0
    page.get_by_role("link", name="Start a medicine").click()
    page.get_by_label("Medicine").fill("Hypromellose 0.3% eye drops")
    page.get_by_role("button", name="Put it on the list").click()
    assert "Community pharmacy" in told(page)
    assert "Femi Example-Synthetic" in told(page)
    check_all(page, "pharmacist-line")
    page.goto(f"{demo.base}/patients/demo-1/reconcile")
    page.get_by_label("What the person says").fill("St John's wort - one a day")
    page.get_by_label("Admission").check()
    page.get_by_role("button", name="Put them side by side").click()
    choose(page, "St John's wort", "Stop", why="clashes with what she takes")
    page.get_by_label("Hand the changes over to").select_option("gp")
    page.get_by_role("button", name="Close it").click()
    assert "Closed." in told(page)
    context.close()
    context = chromium.new_context()
    page = context.new_page()
    page.goto(f"{demo.base}/sign-in/start?as=prescriber&next=/patients/demo-1/reconcile")
    page.get_by_role("button", name="I have seen these changes").click()
    assert "Seen by Dr Priya Example-Synthetic" in told(page)
    context.close()
