"""The worklist in a real browser: by role, done, handed over, taken back, and in two windows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from garrod.entry.demo_clinic import team_of
from tests.making.server import Server, server
from tests.web.test_emergency_page import person, put, shot, told
from tests.web.test_prescribe_page import check
from tests.web.test_summary_page import HOSTILE, LONG, As

pytestmark = [pytest.mark.browser, pytest.mark.slow]
ROOT = "https://garrod.health/fhir"
SOON, LATER, LAST = (
    (datetime.now(UTC) + timedelta(days)).date().isoformat() for days in (25, 31, 37)
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    settings = {"GARROD_DEV_ISSUER": "1"}
    with server(tmp_path_factory.mktemp("today") / "d", settings=settings) as made:
        name = [{"text": "Dr Priya Example-Synthetic"}]
        put(made, {"resourceType": "Practitioner", "id": "demo-prescriber", "name": name})
        clinic = {"resourceType": "Organization", "id": "demo-clinic", "name": "Demo clinic"}
        put(made, clinic)
        put(made, person("day-1", "Ada Example-Synthetic"))
        put(made, team_of("day-1"))
        put(made, person("day-9", "Somebody Else-Synthetic"))
        put(made, task("late", "monitor", "monitoring", "2026-11-02"))
        put(made, task("hard", "monitor", "monitoring", SOON, priority="urgent",
                       focus={"reference": "DetectedIssue/card-1"}))  # fmt: skip
        put(made, task("query", "pharmacist-review", "pharmacist", LATER))
        put(made, task("lab", "check-result", "laboratory", LATER))
        put(made, task("odd", "check-result", "laboratory", LATER,
                       description=f"{HOSTILE} {LONG}"))  # fmt: skip
        put(made, task("hidden", "monitor", "monitoring", "2026-11-02", patient="day-9"))
        for number in range(60):
            put(made, task(f"many{number}", "advice-changed", "pharmacist", LAST))
        asked = {"code": {"text": "CYP2C19 genotype"}, "authoredOn": "2026-11-05"}
        own = {"subject": {"reference": "Patient/day-1"}, "intent": "order", "status": "active"}
        put(made, {"resourceType": "ServiceRequest", "id": "asked", **own, **asked})
        yield made


def task(id: str, code: str, owner: str, due: str, **more: Any) -> dict[str, Any]:
    patient = more.pop("patient", "day-1")
    return {
        "resourceType": "Task",
        "id": f"task-{id}",
        "status": "requested",
        "intent": "order",
        "code": {"coding": [{"system": f"{ROOT}/record-code", "code": code}], "text": f"Do {id}"},
        "for": {"reference": f"Patient/{patient}"},
        "owner": {"identifier": {"system": f"{ROOT}/owner", "value": owner}},
        "restriction": {"period": {"end": due}},
        **more,
    }


def heads(page: Any) -> list[str]:
    first = "all => all.map(one => one.childNodes[0].textContent.trim())"
    found: list[str] = page.locator("h2").evaluate_all(first)
    return found


def sent(page: Any, do: str, words: str = "", to: str = "") -> None:
    page.get_by_text(do, exact=True).click()
    if to:
        page.get_by_label("Who it goes to").select_option(label=to)
    page.get_by_label("What was done, or why").fill(words)
    page.get_by_role("button", name="Keep this").click()


@pytest.mark.parametrize("width", [1280, 390])
def test_prescriber_sees_what_is_due_and_nobody_elses(acting: As, width: int) -> None:
    page = acting("Prescriber", "/today", width=width)
    assert heads(page) == ["Hard stops that were overruled", "Monitoring"]
    assert "Do late" in told(page)
    assert "Overdue" in told(page)
    assert "Do hidden" not in told(page)
    check(page)
    shot(page, f"today-{width}")
    page.locator(".whose").get_by_role("link", name="Everybody").click()
    assert "Do query" in told(page)
    assert "Do hidden" not in told(page)
    check(page)


@pytest.mark.parametrize("width", [1280, 390])
def test_laboratory_sees_tests_without_a_result(acting: As, width: int) -> None:
    page = acting("Laboratory scientist", "/today", width=width)
    assert heads(page)[0].startswith("Tests asked for, without a result")
    assert "CYP2C19 genotype" in told(page)
    assert HOSTILE in told(page)
    check(page)
    shot(page, f"laboratory-{width}")


def test_long_section_is_paged_without_scripts(acting: As) -> None:
    page = acting("Pharmacist", "/today", script=False)
    page.get_by_role("link", name="All 60").click()
    assert page.locator("tbody tr").count() == 50
    page.get_by_role("link", name="Next").click()
    assert page.locator("tbody tr").count() == 10
    page.get_by_role("link", name="All of today").click()
    assert "Do query" in told(page)


@pytest.mark.parametrize("width", [1280, 390])
def test_task_is_done_and_taken_back(acting: As, site: Server, width: int) -> None:
    put(site, task("once", "monitor", "monitoring", "2026-11-03"))
    page = acting("Prescriber", "/today", width=width)
    page.get_by_role("link", name="Do once").click()
    check(page)
    shot(page, f"task-{width}")
    page.get_by_role("button", name="Keep this").click()
    alert = page.get_by_role("alert")
    assert "Choose what becomes of it" in alert.inner_text()
    check(page)
    sent(page, "Done", "bloods were taken")
    assert "Done: bloods were taken" in told(page)
    assert "Dr Priya Example-Synthetic" in told(page)
    check(page)
    shot(page, f"done-{width}")
    page.get_by_role("button", name="Undo").click()
    assert page.get_by_role("button", name="Keep this").is_visible()
    held = site.ask("GET", "/fhir/Task/task-once").json()
    assert held["status"] == "requested"


def test_form_sent_twice_is_done_once(acting: As, site: Server) -> None:
    put(site, task("twice", "monitor", "monitoring", "2026-11-03"))
    page = acting("Nurse", "/today/task-twice")
    hidden = {n: page.locator(f"main [name={n}]").input_value() for n in ("csrf", "version")}
    form = {**hidden, "do": "done", "words": "measured"}
    for _ in range(2):
        answer = page.request.post(page.url, form=form)
        assert answer.status == 200
        assert "Done: measured" in answer.text()
    held = site.ask("GET", "/fhir/Task/task-twice").json()
    assert (held["meta"]["versionId"], len(held["note"])) == ("2", 1)
    answer = page.request.post(page.url, form={**form, "words": "something else"})
    assert answer.status == 412


@pytest.mark.parametrize("width", [1280, 390])
def test_two_windows_show_the_difference_and_keep_what_was_typed(
    acting: As, site: Server, width: int
) -> None:
    id = f"both{width}"
    put(site, task(id, "monitor", "monitoring", "2026-11-03"))
    page = acting("Nurse", f"/today/task-{id}", width=width)
    other = acting("Prescriber", f"/today/task-{id}")
    sent(other, "Hand over", "needs a dose check", "Pharmacist")
    sent(page, "Not needed any more", "she moved away")
    said = page.get_by_role("alert").inner_text()
    assert "it has changed since you saw it" in said
    assert "Monitoring team" in said
    assert "Pharmacist" in said
    assert page.get_by_label("What was done, or why").input_value() == "she moved away"
    check(page)
    shot(page, f"conflict-{width}")
    page.get_by_role("button", name="Keep this").click()
    assert "Not needed any more: she moved away" in told(page)


def test_hand_over_without_a_reason_is_refused_and_nothing_typed_is_lost(
    acting: As, site: Server
) -> None:
    put(site, task("why", "monitor", "monitoring", "2026-11-03"))
    page = acting("Prescriber", "/today/task-why")
    sent(page, "Hand over", "no", "Laboratory")
    alert = page.get_by_role("alert")
    alert.get_by_role("link", name="Say why").click()
    page.wait_for_function("document.activeElement.id === 'words'")
    assert page.get_by_label("Who it goes to").input_value() == "laboratory"
    check(page)


def test_task_of_somebody_else_is_not_there(acting: As) -> None:
    page = acting("Prescriber", "/today/task-hidden")
    assert "That did not work" in told(page)
    assert "Do hidden" not in told(page)


def test_governance_sees_emergencies_to_judge(acting: As) -> None:
    page = acting("Prescriber", "/emergency")
    page.get_by_label("NHS number or record id").fill("day-9")
    page.get_by_label("Why you need it now").fill("collapsed at the bus stop")
    page.get_by_role("button", name="Open the record").click()
    page.get_by_role("button", name="End it now").click()
    officer = acting("Governance officer", "/today")
    assert heads(officer) == ["Emergencies to judge"]
    check(officer)
    shot(officer, "governance")
    officer.locator("tbody tr").first.get_by_role("link").first.click()
    assert "Was there an emergency?" in told(officer)


def test_person_goes_to_their_own_pages(acting: As, site: Server) -> None:
    page = acting("Patient", "/patients")
    assert page.get_by_role("link", name="Today").count() == 0
    page.goto(f"{site.base}/today")
    assert page.url == f"{site.base}/mine"


def test_way_here_is_marked(acting: As) -> None:
    page = acting("Prescriber", "/today")
    assert page.get_by_role("link", name="Today").get_attribute("aria-current") == "page"
