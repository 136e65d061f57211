"""The Prescribe page in a real browser: the moments, what is written of them, and what goes wrong.

Each test writes for its own person, so that none depends on another.
"""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

import pytest

from tests.making.server import Server
from tests.web.conftest import Opened

pytestmark = [pytest.mark.browser, pytest.mark.slow]
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
STATES = {
    "found": "demo-1/prescribe?q=clopid",
    "meant": "demo-1/prescribe?q=clopidogrle",
    "nothing": "demo-1/prescribe?q=zzzzzz",
    "warning": "demo-1/prescribe?drug=clopidogrel",
    "advice": "demo-2/prescribe?drug=clopidogrel",
    "changed-gene": "demo-3/prescribe?drug=codeine",
    "dose": "demo-4/prescribe?drug=capecitabine",
    "stop": "demo-6/prescribe?drug=amoxicillin",
    "kidneys": "demo-7/prescribe?drug=metformin",
    "clear": "demo-7/prescribe?drug=paracetamol",
    "unknown": "demo-1/prescribe?drug=wundermittel",
}
Json = dict[str, Any]


def person(clinic: Server, **more: Any) -> str:
    """Return the id of a new person, with resources that belong to them."""
    id = f"web-{uuid4().hex[:12]}"
    name = more.pop("name", "Made Up-Synthetic")
    body = {"resourceType": "Patient", "id": id, "gender": "female", "birthDate": "1960-02-01"}
    put(clinic, {**body, "name": [{"text": name}]})
    return id


def put(clinic: Server, resource: Json) -> None:
    answer = clinic.ask("PUT", f"/fhir/{resource['resourceType']}/{resource['id']}", json=resource)
    assert answer.status_code in (200, 201), answer.text


def takes(clinic: Server, patient: str, words: str, atc: str = "") -> None:
    coding = [{"system": "http://www.whocc.no/atc", "code": atc}] if atc else []
    put(
        clinic,
        {
            "resourceType": "MedicationStatement",
            "id": f"{patient}-{uuid4().hex[:6]}",
            "status": "active",
            "subject": {"reference": f"Patient/{patient}"},
            "medicationCodeableConcept": {**({"coding": coding} if coding else {}), "text": words},
        },
    )


def held(clinic: Server, kind: str, patient: str) -> list[Json]:
    answer = clinic.ask("GET", f"/fhir/{kind}?patient={patient}&_count=100")
    return [entry["resource"] for entry in answer.json().get("entry", [])]


def deeds(issue: Json) -> list[str]:
    return [
        part["valueCode"]
        for event in issue["extension"]
        for part in event["extension"]
        if part["url"] == "deed"
    ]


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("state", STATES)
def test_every_state_is_accessible_and_fits(signed_in: Opened, state: str, width: int) -> None:
    page = signed_in(f"/patients/{STATES[state]}", width=width)
    check(page)


@pytest.mark.parametrize("width", [1280, 390])
def test_pages_around_it_are_accessible_and_fit(
    signed_in: Opened, clinic: Server, width: int
) -> None:
    page = signed_in("/patients", width=width)
    check(page)
    page.goto(f"{clinic.base}/patients/{person(clinic)}/prescribe?drug=paracetamol")
    open_dose(page)
    page.get_by_label("Dose", exact=True).fill("much")
    page.get_by_role("button", name="Sign Paracetamol").click()
    assert "Write the dose as a number" in page.get_by_role("alert").inner_text()
    check(page)
    page.get_by_label("Dose", exact=True).fill("")
    page.get_by_role("button", name="Sign Paracetamol").click()
    assert page.get_by_role("alert").get_by_role("link").all_inner_texts() == ["Write the dose"]
    page.get_by_label("Dose", exact=True).fill("1000")
    page.get_by_role("button", name="Sign Paracetamol").click()
    assert "has changed" in page.get_by_role("alert").inner_text()  # that order was not checked
    page.get_by_role("button", name="Sign Paracetamol").click()
    check(page)
    page.get_by_role("button", name="Undo").click()
    check(page)
    page.goto(f"{clinic.base}/patients/nobody/prescribe")
    check(page)
    page.context.clear_cookies()
    page.goto(f"{clinic.base}/patients")
    check(page)


def open_dose(page: Any) -> None:
    """Open the directions, which are folded where the usual dose fills them."""
    page.get_by_text("Dose and reason").click()


def dosed(page: Any, amount: str, times: str = "1", route: str = "oral") -> None:
    """Choose a dose, how often and how it is given, and let the order be checked with it."""
    if not page.get_by_label("Dose", exact=True).is_visible():
        open_dose(page)
    page.get_by_label("Dose", exact=True).fill(amount)
    page.get_by_label("How often").select_option(times)
    page.get_by_label("How it is given").select_option(route)
    page.get_by_role("button", name="Check again with this").click()


def check(page: Any) -> None:
    """Let axe judge a page with everything open, and see that nothing is wider than it."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="e2e extra")
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    options = {"resultTypes": ["violations"], "runOnly": {"type": "tag", "values": STANDARDS}}
    results = axe.Axe().run(page, options=options).response
    found = [(v["id"], [n["target"] for n in v["nodes"]]) for v in results["violations"]]
    assert found == []
    assert len(results["passes"]) > 15
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide == page.viewport_size["width"]


def test_alternative_is_two_clicks_with_nothing_typed(signed_in: Opened, clinic: Server) -> None:
    page = signed_in("/patients/demo-1/prescribe?drug=clopidogrel")
    assert "CYP2C19 poor metaboliser" in page.get_by_role("heading", level=2).first.inner_text()
    page.get_by_role("link", name="Prescribe ticagrelor instead").click()
    page.get_by_role("button", name="Sign Ticagrelor").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Signed: Ticagrelor"
    (order,) = held(clinic, "MedicationRequest", "demo-1")
    assert (order["status"], order["intent"]) == ("active", "order")
    (issue,) = [i for i in held(clinic, "DetectedIssue", "demo-1") if i["status"] == "final"]
    assert issue["code"]["text"] == "Clopidogrel"
    assert deeds(issue)[-1] == "accepted"
    assert {"reference": f"MedicationRequest/{order['id']}"} in issue["implicated"]


def test_proof_leads_down_to_the_line_of_the_file(signed_in: Opened) -> None:
    page = signed_in("/patients/demo-1/prescribe?drug=clopidogrel")
    page.locator("summary").filter(has_text="The whole proof").first.click()
    chain = page.locator(".chain").first.inner_text()
    assert "*2/*2" in chain
    assert "pgx-guidance" in chain


def test_untested_gene_is_said_and_its_test_is_one_click(signed_in: Opened, clinic: Server) -> None:
    patient = person(clinic)
    page = signed_in(f"/patients/{patient}/prescribe?drug=clopidogrel")
    assert "not the same as normal" in page.locator(".person").inner_text()
    assert "CYP2C19: Not tested" in page.locator(".gaps").inner_text()
    page.get_by_role("button", name="Ask for the test: CYP2C19 test").click()
    (order,) = held(clinic, "ServiceRequest", patient)
    assert (order["status"], order["intent"]) == ("active", "order")
    page.get_by_role("link", name="Go on with clopidogrel").click()
    dosed(page, "75")
    page.get_by_role("button", name="Sign Clopidogrel").click()
    assert len(held(clinic, "MedicationRequest", patient)) == 1


def test_overruling_takes_a_reason_and_makes_its_task(signed_in: Opened, clinic: Server) -> None:
    page = signed_in("/patients/demo-4/prescribe?drug=capecitabine")
    dosed(page, "1500", "2")
    page.get_by_role("button", name="Overrule and sign").click()
    assert page.get_by_role("alert").get_by_role("link").inner_text().startswith("Choose why")
    assert held(clinic, "MedicationRequest", "demo-4") == []
    page.get_by_label("Will monitor").check()
    page.get_by_role("button", name="Overrule and sign").click()
    assert "Monitoring team" in page.locator("main").inner_text()
    # Who follows the record may have raised tasks of its own meanwhile: the order changes advice.
    tasks = held(clinic, "Task", "demo-4")
    (task,) = [found for found in tasks if found["id"].startswith("follow-up-")]
    assert task["owner"]["display"] == "Monitoring team"
    (issue,) = held(clinic, "DetectedIssue", "demo-4")
    assert deeds(issue)[-1] == "overridden"
    seconds = [
        part["valueDecimal"]
        for event in issue["extension"]
        for part in event["extension"]
        if part["url"] == "seconds"
    ]
    assert len(seconds) == 1
    assert 0 <= seconds[0] < 600


def test_hard_stop_takes_a_second_person(signed_in: Opened, clinic: Server) -> None:
    page = signed_in("/patients/demo-6/prescribe?drug=amoxicillin")
    assert page.locator(".tier").inner_text() == "Hard stop"
    dosed(page, "500", "3")
    page.get_by_label("Benefit outweighs the risk").check()
    page.get_by_role("button", name="Overrule and sign").click()
    assert "second person" in page.get_by_role("alert").inner_text()
    assert held(clinic, "MedicationRequest", "demo-6") == []
    assert page.get_by_label("Benefit outweighs the risk").is_checked()
    page.get_by_label("Second person who agrees").fill("Dr Other")
    page.get_by_role("button", name="Overrule and sign").click()
    assert len(held(clinic, "MedicationRequest", "demo-6")) == 1
    (issue,) = held(clinic, "DetectedIssue", "demo-6")
    assert "Dr Other" in issue["mitigation"][0]["action"]["text"]


def test_paroxetine_and_kidneys_speak(signed_in: Opened) -> None:
    page = signed_in("/patients/demo-3/prescribe?drug=codeine")
    assert "behaves as poor" in page.locator("#headline").inner_text()
    page.goto(page.url.replace("demo-3", "demo-7").replace("codeine", "metformin"))
    assert "metformin" in page.locator("#headline").inner_text()
    assert "mL/min" in page.locator(".facts").inner_text()
    page.goto(page.url.replace("demo-7", "demo-5").replace("metformin", "ibuprofen"))
    assert "warfarin" in page.locator("#headline").inner_text()


def test_form_sent_twice_is_one_order(signed_in: Opened, clinic: Server) -> None:
    patient = person(clinic)
    page = signed_in(f"/patients/{patient}/prescribe?drug=paracetamol", script=False)
    form = {
        e.get_attribute("name"): e.input_value()
        for e in page.locator("form.order input, form.order textarea, form.order select").all()
    }
    here = page.url.partition("?")[0]
    for _ in range(2):
        answer = page.request.post(
            here, form={**form, "do": "sign"}, headers={"Origin": clinic.base}
        )
        assert "Signed: Paracetamol" in answer.text()
    assert len(held(clinic, "MedicationRequest", patient)) == 1


def test_back_and_sign_again_is_one_order(signed_in: Opened, clinic: Server) -> None:
    patient = person(clinic)
    page = signed_in(f"/patients/{patient}/prescribe?q=paracet", script=False)
    page.get_by_role("link", name="Paracetamol", exact=True).click()
    page.get_by_role("button", name="Sign Paracetamol").click()
    page.wait_for_load_state("load")
    page.go_back()
    again = page.get_by_role("button", name="Sign Paracetamol")
    if again.count():  # where the browser kept the page; else it is asked for, and says so itself
        again.click()
    assert "Signed: Paracetamol" in page.locator("main").inner_text()
    assert len(held(clinic, "MedicationRequest", patient)) == 1


@pytest.mark.parametrize("script", [True, False])
def test_back_after_a_refused_form_is_a_page(
    signed_in: Opened, clinic: Server, script: bool
) -> None:
    patient = person(clinic)
    page = signed_in(f"/patients/{patient}/prescribe?drug=paracetamol&amount=much", script=script)
    page.get_by_role("button", name="Sign Paracetamol").click()
    assert "Write the dose as a number" in page.get_by_role("alert").inner_text()
    page.reload()
    assert page.get_by_label("Dose", exact=True).input_value() == "much"
    dosed(page, "1000", "4")
    page.get_by_role("button", name="Sign Paracetamol").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Signed: Paracetamol"
    for _ in range(3):
        page.go_back()
        assert page.get_by_role("heading", level=1).is_visible()
    assert len(held(clinic, "MedicationRequest", patient)) == 1


ORDERS = {
    "salbutamol": (
        {"amount": "2", "strength": "100 micrograms a puff"},
        {"unit": "{puff}", "times": "2", "route": "inhaled"},
        "2 puffs by inhalation twice a day",
    ),
    "timolol": (
        {"amount": "1", "strength": "0.5%"},
        {"unit": "{drop}", "times": "2", "route": "ocular", "site": "both eyes"},
        "1 drop into both eyes twice a day",
    ),
    "hydrocortisone": (
        {"strength": "1%"},
        {"unit": "{application}", "times": "1", "route": "topical", "note": "thinly"},
        "apply on the skin once a day, thinly",
    ),
    "nicotine": (
        {"amount": "1", "strength": "21 mg in 24 hours"},
        {"unit": "{patch}", "times": "morning", "route": "transdermal"},
        "1 patch through the skin in the morning",
    ),
}  # fmt: skip


@pytest.mark.parametrize("drug", ORDERS)
def test_what_is_counted_is_ordered_and_read_back_in_words(
    signed_in: Opened, clinic: Server, drug: str
) -> None:
    typed, chosen, words = ORDERS[drug]
    patient = person(clinic)
    page = signed_in(f"/patients/{patient}/prescribe?drug={drug}", width=390)
    if not page.get_by_label("Dose", exact=True).is_visible():
        open_dose(page)
    for field, text in typed.items():
        page.locator(f"#{field}").fill(text)
    for field, code in chosen.items():
        page.locator(f"#{field}").select_option(code)
    page.get_by_role("button", name="Check again with this").click()
    assert words.lower() in page.locator(".directions").inner_text().lower()
    check(page)
    page.get_by_role("button", name=re.compile("^Sign (?!out)")).click()
    assert words.lower() in page.locator("main").inner_text().lower()
    (order,) = held(clinic, "MedicationRequest", patient)
    assert order["dosageInstruction"][0]["text"] == words
    for path in ("medicines", "dispense", "dispense?easy=1"):
        page.goto(f"{clinic.base}/patients/{patient}/{path}")
        assert words.lower() in page.locator("main").inner_text().lower(), path


def test_undo_takes_it_back(signed_in: Opened, clinic: Server) -> None:
    patient = person(clinic)
    page = signed_in(f"/patients/{patient}/prescribe?drug=paracetamol")
    page.get_by_role("button", name="Sign Paracetamol").click()
    assert "Paracetamol" in page.locator(".taken").inner_text()
    page.get_by_role("button", name="Undo").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Taken back: Paracetamol"
    (order,) = held(clinic, "MedicationRequest", patient)
    assert order["status"] == "entered-in-error"
    assert "Paracetamol" not in page.locator(".taken").inner_text()


def test_list_that_changed_meanwhile_is_shown_before_anything_is_signed(
    signed_in: Opened, clinic: Server
) -> None:
    patient = person(clinic)
    page = signed_in(f"/patients/{patient}/prescribe?drug=ibuprofen")
    dosed(page, "400", "3")
    takes(clinic, patient, "Warfarin 3 mg tablets", "B01AA03")
    page.get_by_role("button", name="Sign Ibuprofen").click()
    said = page.get_by_role("alert").inner_text()
    assert "Nothing was signed yet" in said
    assert "New on the list: Warfarin 3 mg tablets" in said
    assert "warfarin" in page.locator("#headline").inner_text()
    assert held(clinic, "MedicationRequest", patient) == []


def test_dose_that_was_changed_is_checked_before_it_is_signed(
    signed_in: Opened, clinic: Server
) -> None:
    patient = person(clinic)
    page = signed_in(f"/patients/{patient}/prescribe?drug=paracetamol")
    open_dose(page)
    page.get_by_label("Dose", exact=True).fill("500")
    page.get_by_label("How often").select_option("4")
    page.get_by_role("button", name="Sign Paracetamol").click()
    assert "Nothing was signed yet" in page.get_by_role("alert").inner_text()
    page.get_by_role("button", name="Sign Paracetamol").click()
    (order,) = held(clinic, "MedicationRequest", patient)
    assert order["dosageInstruction"][0]["text"] == "500 mg four times a day by mouth"


def test_session_that_ended_keeps_what_was_typed(signed_in: Opened, clinic: Server) -> None:
    patient = person(clinic)
    page = signed_in(f"/patients/{patient}/prescribe?drug=paracetamol")
    open_dose(page)
    page.get_by_label("What it is for").fill("Sore <knee>")
    page.context.clear_cookies()
    page.get_by_role("button", name="Sign Paracetamol").click()
    assert "What you typed is kept" in page.locator("main").inner_text()
    assert held(clinic, "MedicationRequest", patient) == []
    page.get_by_label("Token of this server").fill("token-of-the-tests")
    page.locator("main").get_by_role("button", name="Sign in").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Paracetamol"
    assert page.get_by_label("What it is for").input_value() == "Sore <knee>"
    for heading in ("Prescribe", "Paracetamol"):  # the page that asked to sign in; the first form
        page.go_back()
        assert page.get_by_role("heading", level=1).inner_text() == heading


def test_hostile_text_stays_text(signed_in: Opened, clinic: Server) -> None:
    evil = "<script>document.title='taken'</script><img src=x onerror=alert(1)>"
    patient = person(clinic, name=evil)
    takes(clinic, patient, evil)
    page = signed_in(f"/patients/{patient}/prescribe")
    page.on("dialog", lambda _: pytest.fail("a script ran"))
    page.goto(f"{page.url}?drug=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E")
    assert page.locator(".who").inner_text() == evil
    assert page.locator("main img").count() == 0
    assert page.title().startswith("Prescribe")
    page.goto(
        f"{clinic.base}/patients/{patient}/prescribe?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E"
    )
    assert "taken" not in page.title()
    assert page.locator("main script").count() == 0


def test_search_finds_brands_and_misspellings_without_a_script(signed_in: Opened) -> None:
    page = signed_in("/patients/demo-2/prescribe", script=False)
    page.get_by_role("searchbox", name="Medicine").fill("plavi")
    page.get_by_role("button", name="Find").click()
    assert page.get_by_role("link", name="Clopidogrel Plavix").count() == 1
    page.get_by_role("searchbox", name="Medicine").fill("clopidogrle")
    page.get_by_role("searchbox", name="Medicine").press("Enter")
    page.get_by_role("link", name="Clopidogrel", exact=True).click()
    assert page.get_by_role("heading", level=1).inner_text() == "Clopidogrel"


def test_matches_appear_while_typing(signed_in: Opened) -> None:
    page = signed_in("/patients/demo-2/prescribe")
    page.get_by_role("searchbox", name="Medicine").press_sequentially("ticag")
    page.get_by_role("link", name="Ticagrelor").wait_for()
    assert page.url.endswith("/prescribe")


def test_keyboard_alone_reaches_skip_link_and_signs(signed_in: Opened, clinic: Server) -> None:
    patient = person(clinic)
    page = signed_in(f"/patients/{patient}/prescribe?drug=paracetamol")
    page.wait_for_load_state("load")
    page.bring_to_front()  # a key that comes before the page is active goes to nobody
    page.locator("body").press("Tab")
    page.wait_for_function("document.activeElement.className === 'skip'")
    page.get_by_role("button", name="Sign Paracetamol").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/signed/**")
    assert len(held(clinic, "MedicationRequest", patient)) == 1
