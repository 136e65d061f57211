"""Whole workflows through the demo's sign-in, one click a person: who does what, and who sees it.

1 the GP, 3 the community pharmacist, 10 the integrator (see the issue of the clinic).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.making.server import Server
from tests.web.test_dispense_page import shot
from tests.web.test_prescribe_page import check, held

pytestmark = [pytest.mark.browser, pytest.mark.slow]
As = Callable[..., Any]


def main(page: Any) -> str:
    return str(page.locator("main").inner_text())


def typed(page: Any, name: str) -> None:
    """Find a medicine by its name, as a prescriber does."""
    page.get_by_label("Medicine", exact=True).fill(name)
    page.get_by_role("button", name="Find").click()
    page.locator("#found a").first.click()


def dosed(page: Any, amount: str, use: str) -> None:
    """Fill in a dose and what it is for, and check the order again."""
    if not page.get_by_label("Dose", exact=True).is_visible():
        page.get_by_text("Dose and reason").click()
    page.get_by_label("Dose", exact=True).fill(amount)
    page.get_by_label("How often").select_option("1")
    page.get_by_label("How it is given").select_option("oral")
    if use:
        page.get_by_label("What it is for").fill(use)
    page.get_by_role("button", name="Check again with this").click()


COUNTING = """
const bump = (kind) => sessionStorage.setItem(kind, +(sessionStorage.getItem(kind) || 0) + 1);
addEventListener("pointerdown", (event) => event.isTrusted && bump("clicks"), true);
addEventListener("keydown", (event) => event.isTrusted && bump("keys"), true);
"""  # what a person really does with mouse and keys, over all pages of a tab


def counted(page: Any) -> tuple[int, int]:
    """Return how many clicks and keys there were in a tab since it counts."""
    kinds = ("clicks", "keys")
    clicks, keys = (page.evaluate("k => +(sessionStorage.getItem(k) || 0)", k) for k in kinds)
    return clicks, keys


def test_gp_takes_the_better_option_and_the_pharmacy_sees_it(in_demo: As, demo: Server) -> None:
    """Workflow 1: person, freshness, drug, card, accept, sign; the pharmacy sees the order."""
    page = in_demo("prescriber", "/patients/demo-1/prescribe")
    assert "This record, read" in page.locator(".sources").inner_text()
    typed(page, "clopid")
    assert "CYP2C19 poor metaboliser" in page.locator(".card h2").first.inner_text()
    check(page)
    shot(page, "w1-card")
    page.context.add_init_script(COUNTING)
    page.reload()
    assert counted(page) == (0, 0)
    for role, name in (("link", "Prescribe ticagrelor instead"), ("button", "Sign Ticagrelor")):
        page.get_by_role(role, name=name).click()
        page.wait_for_load_state("load")
    assert counted(page) == (2, 0)  # after choosing the drug: two clicks, and nothing typed
    (order,) = [o for o in held(demo, "MedicationRequest", "demo-1") if "icagrelor" in str(o)]
    first, lasting = order["dosageInstruction"]
    assert (first["text"], lasting["text"]) == (
        "180 mg once, to begin with",
        "90 mg twice a day by mouth",
    )
    assert page.get_by_role("heading", level=1).inner_text() == "Signed: Ticagrelor"
    (issue,) = [i for i in held(demo, "DetectedIssue", "demo-1") if i["status"] == "final"]
    assert issue["code"]["text"] == "Clopidogrel"
    pharmacy = in_demo("pharmacist", "/patients/demo-1/dispense")
    order = pharmacy.locator("article").filter(
        has=pharmacy.get_by_role("heading", name="Ticagrelor")
    )
    assert "Dr Priya Example-Synthetic" in order.inner_text()
    assert "CYP2C19" in order.inner_text()  # the advice that was followed stands with it
    assert "Followed" in order.inner_text()
    check(pharmacy)
    shot(pharmacy, "w1-pharmacy")


def test_gp_overrules_by_a_chip_and_the_task_is_made(in_demo: As, demo: Server) -> None:
    """Workflow 1, overruled: a chip, nothing typed, makes a task with an owner and a day."""
    page = in_demo("prescriber", "/patients/demo-3/prescribe")
    typed(page, "codeine")
    assert "behaves as poor metaboliser" in page.locator(".card h2").first.inner_text()
    dosed(page, "30", "")
    if not page.get_by_text("Will monitor").is_visible():
        page.locator("details.over > summary").click()
    page.context.add_init_script(COUNTING)
    page.evaluate(f"() => {{{COUNTING}}}")
    page.get_by_text("Will monitor").click()
    page.get_by_role("button", name="Overrule and sign Codeine").click()
    page.wait_for_load_state("load")
    assert counted(page) == (2, 0)  # a chip, and the button
    follows = page.get_by_role("heading", name="What follows").locator("xpath=following::ul[1]")
    assert "No task was made" not in follows.inner_text()
    assert ", by " in follows.inner_text()
    assert [t for t in held(demo, "Task", "demo-3") if t["status"] == "requested"]
    pharmacy = in_demo("pharmacist", "/patients/demo-3/dispense")
    said = main(pharmacy)
    assert "Overruled: Will monitor" in said
    assert "30 mg once a day by mouth" in said


@pytest.mark.parametrize("width", [1280, 390])
def test_pharmacist_sees_why_checks_asks_and_gives(in_demo: As, demo: Server, width: int) -> None:
    """Workflow 3: why, values, gene; check, bought, taken, stopped, suggestion; the easy sheet."""
    who = "demo-7" if width == 1280 else "demo-2"  # each run has a person of its own
    gp = in_demo("prescriber", f"/patients/{who}/prescribe?drug=paracetamol")
    dosed(gp, "1000", "sore knees")
    gp.get_by_role("button", name="Sign Paracetamol").click()
    assert "Signed" in gp.get_by_role("heading", level=1).inner_text()
    page = in_demo("pharmacist", f"/patients/{who}/dispense", width=width)
    order = page.locator("article").filter(has=page.get_by_role("heading", name="Paracetamol"))
    said = order.inner_text()
    assert "Sore knees" in said or "sore knees" in said
    assert "1000 mg once a day" in said
    assert "Values" in said
    assert "Genes" in said
    check(page)
    page.get_by_role("button", name="Dispense Paracetamol").click()
    assert "Dispensed" in page.get_by_role("status").inner_text()
    page.get_by_label("Medicine, herb or supplement").fill("ibuprofen")
    page.get_by_role("button", name="Add and check it").click()
    assert "Ibuprofen" in page.locator("#bought").inner_text()
    order.locator("summary").filter(has_text="How they take it").click()
    order.get_by_text("Misses a dose now and then").click()
    order.get_by_role("button", name="Write down how it is taken").click()
    assert "Misses a dose now and then" in order.locator("dl").first.inner_text()
    order.locator("summary").filter(has_text="How they take it").click()
    order.get_by_text("It did not help").click()
    order.get_by_role("button", name="Suggest to stop it").click()
    assert "stays as it is until they decide" in page.get_by_role("status").inner_text()
    order.locator("summary").filter(has_text="Ask the prescriber").click()
    order.get_by_label("Your question").fill("Shall we try a gel?")
    order.get_by_role("button", name="Send the question").click()
    check(page)
    shot(page, f"w3-counter-{width}")
    (supply,) = held(demo, "MedicationDispense", who)
    assert supply["performer"] == [{"actor": {"reference": "Practitioner/demo-pharmacist"}}]
    tasks = [t for t in held(demo, "Task", who) if t["id"].startswith("counter-")]
    assert {t["intent"] for t in tasks} == {"proposal", "order"}
    for task in tasks:
        assert task["owner"] == {"reference": "Practitioner/demo-prescriber"}
        assert task["restriction"]["period"]["end"]
    requests = held(demo, "MedicationRequest", who)
    assert [r["status"] for r in requests if "aracetamol" in str(r)] == ["active"]
    page.get_by_role("link", name="Easy sheet").click()
    assert "1000 mg once a day" in main(page)
    check(page)
    shot(page, f"w3-easy-{width}")


def test_what_is_hidden_from_a_role_is_hidden_here_too(in_demo: As, demo: Server) -> None:
    page = in_demo("analyst", "/patients")
    for tail in ("dispense", "documents", "documents/DiagnosticReport/x"):
        assert page.goto(f"{demo.base}/patients/demo-1/{tail}").status in (403, 404), tail
    check(page)
    patient = in_demo("patient", "/patients/demo-1/documents")
    assert patient.get_by_role("heading", level=1).inner_text() == "Documents"
    assert patient.goto(f"{demo.base}/patients/demo-2/documents").status in (403, 404)
    nurse = in_demo("nurse", "/patients/demo-1/documents")
    assert nurse.get_by_role("heading", level=1).inner_text() == "Documents"


def test_nurse_looks_and_is_shown_no_way_to_sign(in_demo: As, demo: Server) -> None:
    page = in_demo("nurse", "/patients/demo-3/prescribe?drug=codeine")
    assert "behaves as poor metaboliser" in page.locator(".card h2").first.inner_text()
    assert "Only somebody who may prescribe can sign it" in main(page)
    assert page.locator("form.order button[value=sign]").count() == 0
    check(page)
    form = {
        e.get_attribute("name"): e.input_value()
        for e in page.locator("form.order input, form.order textarea, form.order select").all()
    }
    there = page.url.partition("?")[0]
    before = len(held(demo, "MedicationRequest", "demo-3"))
    form |= {"amount": "30", "times": "4", "route": "oral", "do": "sign"}
    answer = page.request.post(there, form=form, headers={"Origin": demo.base})
    assert answer.status == 403
    assert len(held(demo, "MedicationRequest", "demo-3")) == before


@pytest.mark.parametrize("role", ["nurse", "prescriber", "geneticist", "patient"])
def test_nobody_but_a_pharmacist_dispenses(in_demo: As, demo: Server, role: str) -> None:
    gp = in_demo("prescriber", "/patients/demo-1/prescribe?drug=paracetamol")
    dosed(gp, "500", "headache")
    gp.get_by_role("button", name="Sign Paracetamol").click()
    counter = in_demo("pharmacist", "/patients/demo-1/dispense")
    form = {
        e.get_attribute("name"): e.input_value()
        for e in counter.locator("article").first.locator("form.order [name]").all()
        if e.get_attribute("name") in ("key", "rx", "checked", "list")
    }
    page = in_demo(role, "/patients/demo-1/dispense")
    assert "Only a pharmacist writes that it was dispensed" in main(page)
    assert page.locator("button[value=dispense]").count() == 0
    check(page)
    csrf = page.locator("input[name=csrf]").first.input_value()
    there = f"{demo.base}/patients/demo-1/dispense"
    sent = {**form, "csrf": csrf, "do": "dispense"}
    answer = page.request.post(there, form=sent, headers={"Origin": demo.base})
    assert answer.status == 403
    assert held(demo, "MedicationDispense", "demo-1") == []


def test_progress_is_each_persons_own(in_demo: As, demo: Server) -> None:
    page = in_demo("prescriber", "/learn/1")
    page.get_by_text("Prescribe another medicine").click()
    page.get_by_role("button", name="See what the engine says").click()
    page.goto(f"{demo.base}/learn")
    assert "1 of 5" in main(page)
    assert "0 of 5" in main(in_demo("nurse", "/learn"))
