"""What each alert says, doses that are proposed or chosen, and what no order is signed without."""

from __future__ import annotations

import pytest

from tests.making.server import Server
from tests.web.conftest import Opened
from tests.web.test_prescribe_page import STATES, check, deeds, dosed, held, person, takes

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_list_that_changed_is_shown_with_what_is_still_to_be_chosen(
    signed_in: Opened, clinic: Server
) -> None:
    patient = person(clinic)
    page = signed_in(f"/patients/{patient}/prescribe?drug=codeine")
    takes(clinic, patient, "Warfarin 3 mg tablets", "B01AA03")
    page.get_by_label("What it is for").fill("Pain")
    page.get_by_role("button", name="Sign Codeine").click()
    said = page.get_by_role("alert").inner_text()
    assert "Write the dose" in said
    assert "New on the list: Warfarin 3 mg tablets" in said
    assert page.get_by_label("What it is for").input_value() == "Pain"


@pytest.mark.parametrize("width", [1280, 390])
def test_nothing_is_signed_without_dose_times_and_route(
    signed_in: Opened, clinic: Server, width: int
) -> None:
    patient = person(clinic)
    page = signed_in(f"/patients/{patient}/prescribe?drug=codeine", width=width)
    assert "no usual dose with a source" in page.locator("details.box").first.inner_text()
    page.get_by_label("What it is for").fill("Sore <knee>")
    page.get_by_label("How often").select_option("4")
    page.get_by_role("button", name="Sign Codeine").click()
    links = page.get_by_role("alert").get_by_role("link")
    assert links.all_inner_texts() == ["Write the dose", "Choose how it is given, such as by mouth"]
    assert page.get_by_label("Dose", exact=True).get_attribute("aria-invalid") == "true"
    assert page.get_by_label("What it is for").input_value() == "Sore <knee>"
    assert page.get_by_label("How often").input_value() == "4"
    links.first.click()
    page.wait_for_function("document.activeElement.id === 'amount'")
    check(page)
    dosed(page, "30", "4")
    page.get_by_role("button", name="Sign Codeine").click()
    (order,) = held(clinic, "MedicationRequest", patient)
    (direction,) = order["dosageInstruction"]
    assert direction["text"] == "30 mg four times a day by mouth"
    assert direction["route"]["coding"][0]["code"] == "26643006"
    assert order["reasonCode"] == [{"text": "Sore <knee>"}]


def test_alternative_proposes_its_usual_dose_with_its_source_or_none(signed_in: Opened) -> None:
    page = signed_in("/patients/demo-1/prescribe?drug=clopidogrel")
    page.get_by_role("link", name="Prescribe ticagrelor instead").click()
    fields = {name: page.get_by_label(name).input_value()
              for name in ("First dose", "How often", "How it is given")}  # fmt: skip
    assert fields == {"First dose": "180", "How often": "2", "How it is given": "oral"}
    assert page.get_by_label("Dose", exact=True).input_value() == "90"
    assert "the usual dose is proposed" in page.locator("details.box").first.inner_text()
    assert "Source: EMA product information" in page.locator("details.box").first.inner_text()
    page.go_back()
    page.get_by_role("link", name="Prescribe prasugrel instead").click()
    assert page.get_by_label("Dose", exact=True).is_visible()  # the builder stands open
    assert page.get_by_label("Dose", exact=True).input_value() == ""
    page.get_by_role("button", name="Sign Prasugrel").click()
    assert "Write the dose" in page.get_by_role("alert").inner_text()


ALERTS = ("warning", "advice", "changed-gene", "dose", "stop", "kidneys", "unknown")


@pytest.mark.parametrize("state", ALERTS)
def test_every_alert_says_what_why_how_sure_what_to_do_and_how_to_overrule(
    signed_in: Opened, state: str
) -> None:
    page = signed_in(f"/patients/{STATES[state]}")
    card = page.locator(".card")
    assert card.locator(".tier").inner_text().strip()
    assert card.locator("#headline").inner_text().strip()
    parts = card.locator(".part").all() or [card]
    for part in parts:
        said = dict(zip(part.locator("dt").all_inner_texts(), part.locator("dd").all_inner_texts(),
                        strict=True))  # fmt: skip
        assert said["Why"].strip(), said
        assert said["How sure"].strip(), said
        assert said.get("What to do") or part.locator(".do").inner_text().strip()
    last = card.locator("dl").last
    assert "could not be assessed" in last.inner_text()
    assert page.locator(".gaps li").count() > 0
    way = last.locator("dd").last
    if page.locator("#reasons").count():
        way.get_by_role("link").click()  # it opens what is folded and leads there
        assert page.locator("#reasons").is_visible()
    else:
        assert "can be signed as it is" in way.inner_text()
        assert page.locator("form.order button[value=sign]").is_visible()


def test_card_says_why_in_short_with_its_source(signed_in: Opened) -> None:
    page = signed_in("/patients/demo-1/prescribe?drug=clopidogrel")
    page.locator("summary").filter(has_text="In short: why").click()
    note = page.locator(".just-now").first
    assert "CYP2C19 is an enzyme of the liver" in note.inner_text()
    assert "Source: CPIC guideline" in note.inner_text()
    page.locator(".just-now").get_by_role("link", name="Learn more").first.click()
    assert page.url.endswith("/learn")


def test_overruling_takes_the_keyboard_alone(signed_in: Opened, clinic: Server) -> None:
    patient = person(clinic)
    takes(clinic, patient, "Warfarin 3 mg tablets", "B01AA03")
    page = signed_in(f"/patients/{patient}/prescribe?drug=ibuprofen&amount=400&times=3&route=oral")
    page.locator("details.over > summary").focus()
    if not page.locator("details.over").evaluate("e => e.open"):
        page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.name") == "reason"
    first = page.evaluate("document.activeElement.value")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    assert page.locator("[name=reason]:checked").input_value() == first
    page.keyboard.press("Tab")
    if page.evaluate("document.activeElement.name") == "second":
        page.keyboard.type("Dr Other")
        page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.name") == "words"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/signed/**")
    (issue,) = held(clinic, "DetectedIssue", patient)
    assert deeds(issue)[-1] == "overridden"


def test_session_that_ended_keeps_dose_route_reason_and_second_person(
    signed_in: Opened, clinic: Server
) -> None:
    page = signed_in("/patients/demo-6/prescribe?drug=amoxicillin")
    dosed(page, "250", "3", "intravenous")
    if not page.locator("#reasons").is_visible():
        page.locator("details.over > summary").click()
    page.get_by_label("Will monitor").check()
    page.get_by_label("Second person who agrees").fill("Dr <Other>")
    page.context.clear_cookies()
    page.get_by_role("button", name="Overrule and sign").click()
    page.get_by_label("Token of this server").fill("token-of-the-tests")
    page.locator("main").get_by_role("button", name="Sign in").click()
    assert page.get_by_label("Dose", exact=True).input_value() == "250"
    assert page.get_by_label("How it is given").input_value() == "intravenous"
    assert page.get_by_label("Will monitor").is_checked()
    assert page.get_by_label("Second person who agrees").input_value() == "Dr <Other>"
