"""Medicines and reconciliation without a script, by the keyboard, live, and asked back about."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.making.server import Server, server
from tests.web.conftest import Opened
from tests.web.test_medicines_page import HOSTILE, check_all, choose, someone, told
from tests.web.test_prescribe_page import held, takes

pytestmark = [pytest.mark.browser, pytest.mark.slow]
ADA = "/patients/demo-1/reconcile"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with server(tmp_path_factory.mktemp("reconcile") / "data", demo=True) as made:
        yield made


@pytest.fixture
def acting(chromium: Any, site: Server) -> Iterator[Any]:
    """Yield what opens an address as somebody of the demo, by its id."""
    contexts = []

    def opened(whom: str, path: str, *, width: int = 1280) -> Any:
        context = chromium.new_context(viewport={"width": width, "height": 900})
        contexts.append(context)
        page = context.new_page()
        page.goto(f"{site.base}/sign-in/start?as={whom}&next={path}")
        page.wait_for_url(f"{site.base}{path}")
        return page

    yield opened
    for context in contexts:
        context.close()


def test_line_is_begun_changed_and_stopped_without_a_script(
    clinic: Server, signed_in: Opened
) -> None:
    id = someone(clinic, "Ramipril 5 mg capsules")
    page = signed_in(f"/patients/{id}/medicines", script=False)
    assert "Load the page again to see what came since" in told(page)
    page.get_by_role("link", name="Start a medicine").click()
    page.get_by_label("Medicine").fill("Amlodipine 5 mg tablets")
    page.get_by_label("How it is taken").fill("5 mg once a day")
    page.get_by_role("button", name="Put it on the list").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Amlodipine 5 mg tablets"
    page.locator("summary", has_text="Change how").click()  # a fold needs no script
    page.get_by_label("How it is to be taken").fill("10 mg once a day")
    page.get_by_label("Not enough effect").check()
    page.get_by_role("button", name="Change it").click()
    assert "10 mg once a day" in told(page)
    page.locator("summary", has_text="Stop it").click()
    stop = page.locator("details.box").filter(has=page.get_by_role("button", name="Stop it"))
    stop.get_by_label("Side effect").check()
    stop.get_by_role("button", name="Stop it").click()
    assert "Stopped on" in told(page)


def test_whole_list_is_confirmed_without_a_script(clinic: Server, signed_in: Opened) -> None:
    id = someone(clinic, "Ramipril 5 mg capsules", "Digoxin 125 microgram tablets")
    page = signed_in(f"/patients/{id}/medicines/confirm", script=False)
    page.get_by_role("group", name="Digoxin").get_by_label("Stop", exact=True).check()
    page.get_by_role("group", name="Digoxin").get_by_role("combobox").select_option("harm")
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("button", name="Confirm the list").click()
    assert "1 taken, on hold or to begin" in told(page)


def test_lists_are_reconciled_handed_over_and_asked_about_without_a_script(
    clinic: Server, signed_in: Opened
) -> None:
    id = someone(clinic, "Ramipril 5 mg capsules")
    ward = signed_in(f"/patients/{id}/reconcile?setting=hospital", script=False)
    ward.get_by_label("Ward chart").fill("Ramipril 10 mg capsules - one a day")
    ward.get_by_label("Discharge").check()
    ward.get_by_role("button", name="Put them side by side").click()
    choose(ward, "Ramipril", "Change", why="ankles swell", how="2.5 mg once a day")
    ward.get_by_role("button", name="Keep these decisions").click()
    ward.get_by_label("Hand the changes over to").select_option("gp")
    ward.get_by_role("button", name="Close it").click()
    assert "Closed." in told(ward)
    practice = signed_in(f"/patients/{id}/reconcile?setting=gp", script=False)
    practice.locator("summary", has_text="ask back").click()
    practice.get_by_label("What is not clear").fill("For how long?")
    practice.get_by_role("button", name="Send the question back").click()
    assert "Question: For how long?" in told(practice)
    ward.goto(f"{clinic.base}/patients/{id}/reconcile?setting=hospital")
    ward.get_by_label("Your answer").fill("For four weeks")
    ward.get_by_role("button", name="Send the answer").click()
    assert "Answer: For four weeks" in told(ward)


def test_decisions_are_made_by_the_keyboard_alone(clinic: Server, signed_in: Opened) -> None:
    id = someone(clinic, "Ramipril 5 mg capsules")
    page = signed_in(f"/patients/{id}/reconcile")
    page.get_by_role("group", name="At what").get_by_role("radio").first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert page.get_by_label("Discharge").is_checked()  # chips go by arrows, as radios do
    page.keyboard.press("ArrowLeft")
    assert page.get_by_label("Transfer").is_checked()
    page.get_by_label("Ward chart").focus()
    page.keyboard.type("Ramipril 10 mg capsules - one a day")
    page.get_by_role("button", name="Put them side by side").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/reconcile/*")
    page.get_by_role("group", name="What is decided").get_by_role("radio").first.focus()
    page.keyboard.press("Space")
    chosen = "() => document.activeElement.parentElement.innerText.trim()"
    found = [page.evaluate(chosen)]
    for _ in range(4):
        page.keyboard.press("ArrowDown")
        found.append(page.evaluate(chosen))
    assert found == [
        "Continue as This record has it", "Continue as Ward chart has it",
        "Change", "Stop", "Hold",
    ]  # fmt: skip
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Tab")  # out of the chips as a whole, to why
    page.keyboard.type("cough")
    assert page.evaluate("document.activeElement.name").startswith("why-")
    page.keyboard.press("Enter")  # as the first button does: decisions are kept, nothing is closed
    page.get_by_text("Every medicine is decided. Nothing is written until you close it.").wait_for()
    page.locator(".state.on").first.wait_for()


@pytest.mark.parametrize("path", ["medicines", "reconcile"])
def test_open_page_says_that_the_record_has_changed(
    clinic: Server, signed_in: Opened, path: str
) -> None:
    id = someone(clinic, "Ramipril 5 mg capsules")
    page = signed_in(f"/patients/{id}/{path}")
    page.locator(".live.is-live").wait_for()
    assert page.locator("[data-show]").is_hidden()
    takes(clinic, id, "Bisoprolol 2.5 mg tablets")
    page.get_by_role("link", name="Changed since you opened this: look again").wait_for()
    check_all(page, f"live-{path}")
    page.get_by_role("link", name="Changed since you opened this: look again").click()
    page.wait_for_load_state("load")
    assert path == "reconcile" or "Bisoprolol" in told(page)
    assert page.locator("[data-show]").is_hidden()


@pytest.mark.parametrize("width", [1280, 390])
def test_handover_is_queried_by_the_gp_and_answered_on_the_ward(
    acting: Any, site: Server, width: int
) -> None:
    """Workflow 2: the hospital pharmacist sends changes, and the GP accepts or queries them."""
    who = "demo-5" if width == 1280 else "demo-7"
    there = f"/patients/{who}/reconcile"
    ward = acting("hospital-pharmacist", there, width=width)
    ward.get_by_label("What the person says").fill("St John's wort - one a day")
    ward.get_by_label("Discharge").check()
    ward.get_by_role("button", name="Put them side by side").click()
    assert "Hospital" in told(ward)
    choose(ward, "St John's wort", "Stop", why="clashes with what they take")
    ward.get_by_role("button", name="Close it").click()
    assert "Closed." in told(ward)
    practice = acting("prescriber", there, width=width)
    practice.locator("summary", has_text="ask back").first.click()
    practice.get_by_role("button", name="Send the question back").first.click()
    assert "Write what is not clear" in told(practice)
    check_all(practice, f"query-wrong-{width}")
    practice.get_by_label("What is not clear").first.fill(f"Since when? {HOSTILE}")
    practice.get_by_role("button", name="Send the question back").first.click()
    assert "Question: Since when?" in told(practice)
    assert "Dr Priya Example-Synthetic" in told(practice)
    assert "Not answered yet" in told(practice)
    check_all(practice, f"query-{width}")
    (task,) = [t for t in held(site, "Task", who) if "handed over" in t["code"].get("text", "")]
    assert task["owner"] == {"reference": "Practitioner/demo-hospital-pharmacist"}
    today = acting("hospital-pharmacist", "/today", width=width)
    assert "Question about medicines that were handed over" in told(today)
    two = acting("hospital-pharmacist", there, width=width)
    ward.goto(f"{site.base}{there}")
    check_all(ward, f"answer-{width}")
    ward.get_by_label("Your answer").fill("Since the day before admission")
    ward.get_by_role("button", name="Send the answer").click()
    assert "Answer: Since the day before admission" in told(ward)
    assert "Hanna Example-Synthetic" in told(ward)
    two.get_by_label("Your answer").fill("Something else")
    with two.expect_navigation() as answered:
        two.get_by_role("button", name="Send the answer").click()
    assert answered.value.status == 412
    assert "Somebody has answered it meanwhile" in told(two)
    check_all(two, f"answered-{width}")
    practice.goto(f"{site.base}{there}")
    assert "Answer: Since the day before admission" in told(practice)
    practice.get_by_role("button", name="I have seen these changes").first.click()
    assert "Seen by Dr Priya Example-Synthetic" in told(practice)
    check_all(practice, f"answered-gp-{width}")


def test_question_sent_twice_is_one_and_a_stranger_asks_nothing(acting: Any, site: Server) -> None:
    there = "/patients/demo-3/reconcile"
    ward = acting("hospital-pharmacist", there)
    ward.get_by_label("What the person says").fill("St John's wort - one a day")
    ward.get_by_label("Discharge").check()
    ward.get_by_role("button", name="Put them side by side").click()
    ward.get_by_role("button", name="Close it").click()
    practice = acting("prescriber", there)
    practice.locator("summary", has_text="ask back").click()
    form = {
        e.get_attribute("name"): e.input_value()
        for e in practice.locator("form", has=practice.locator("[value=query]")).locator(
            "input, textarea"
        ).all()
    }  # fmt: skip
    sent = {**form, "words": "What is it for?", "do": "query"}
    for _ in range(2):
        answer = practice.request.post(
            f"{site.base}{there}", form=sent, headers={"Origin": site.base}
        )
        assert answer.text().count("What is it for?") >= 1
    tasks = [t for t in held(site, "Task", "demo-3") if t["id"].startswith("query-")]
    assert len(tasks) == 1
    old = {**sent, "key": "1.x.y", "words": "Another one"}
    answer = practice.request.post(f"{site.base}{there}", form=old, headers={"Origin": site.base})
    assert "open for too long" in answer.text()
    assert "Another one" in answer.text()
    csrf = ward.locator("input[name=csrf]").first.input_value()
    mine = {**sent, "csrf": csrf, "words": "I ask myself"}
    answer = ward.request.post(f"{site.base}{there}", form=mine, headers={"Origin": site.base})
    assert answer.status == 400
    csrf = acting("patient", "/patients/demo-1").locator("input[name=csrf]").first.input_value()
    elsewhere = {**sent, "csrf": csrf}
    answer = acting("patient", "/patients/demo-1").request.post(
        f"{site.base}{there}", form=elsewhere, headers={"Origin": site.base}
    )
    assert answer.status in (403, 404)
