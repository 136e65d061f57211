"""The summary of a person in a real browser: what matters, one timeline, and that it is live."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from garrod.entry.demo_clinic import team_of
from tests.making.server import Server, server
from tests.web.test_emergency_page import person, put, shot, told
from tests.web.test_prescribe_page import check

pytestmark = [pytest.mark.browser, pytest.mark.slow]
As = Callable[..., Any]
HOSTILE = '<script>document.title="owned"</script><img src=x onerror="document.title=1">'
LONG = "Acetylsalicylicacidextraordinarilylongname" * 6
RIGHT = "\u202eشركة دواء\u202c"
WORLD = "https://garrod.example/world"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    settings = {"GARROD_DEV_ISSUER": "1"}
    with server(tmp_path_factory.mktemp("summary") / "d", settings=settings) as made:
        name = [{"text": "Dr Priya Example-Synthetic"}]
        put(made, {"resourceType": "Practitioner", "id": "demo-prescriber", "name": name})
        clinic = {"resourceType": "Organization", "id": "demo-clinic", "name": "Demo clinic"}
        put(made, clinic)
        for patient, words in (("sum-1", "Ada Example-Synthetic"), ("sum-2", HOSTILE)):
            put(made, person(patient, words))
            put(made, team_of(patient))
        for resource in rich("sum-1"):
            put(made, resource)
        for resource in hostile("sum-2"):
            put(made, resource)
        yield made


def of(kind: str, id: str, patient: str, source: str = "", **more: Any) -> dict[str, Any]:
    meta = {"meta": {"source": f"{WORLD}/{source}"}} if source else {}
    own = {"reference": f"Patient/{patient}"}
    field = "patient" if kind in ("AllergyIntolerance", "DetectedIssue") else "subject"
    return {"resourceType": kind, "id": f"{patient}-{id}", field: own, **meta, **more}


def measured(id: str, patient: str, day: str, number: float, **more: Any) -> dict[str, Any]:
    value = {"value": number, "unit": "umol/L", "system": "http://unitsofmeasure.org",
             "code": "umol/L"}  # fmt: skip
    code = {"coding": [{"system": "http://loinc.org", "code": "14682-9"}], "text": "Creatinine"}
    return of("Observation", id, patient, "laboratory", status="final", code=code,
              effectiveDateTime=day, valueQuantity=value, **more)  # fmt: skip


def rich(patient: str) -> Iterator[dict[str, Any]]:
    drug = {"coding": [{"system": "http://www.whocc.no/atc", "code": "B01AC04"}],
            "text": "Clopidogrel 75 mg tablets"}  # fmt: skip
    active = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/condition-clinical",
                          "code": "active"}]}  # fmt: skip
    system = "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical"
    allergic = {"coding": [{"system": system, "code": "active"}]}
    ambulatory = {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"}
    yield of("Condition", "c", patient, "practice", clinicalStatus=active,
             code={"text": "Acute coronary syndrome"}, onsetDateTime="2026-09-01")  # fmt: skip
    yield of("AllergyIntolerance", "a", patient, "practice", code={"text": "Penicillin"},
             clinicalStatus=allergic, criticality="high", recordedDate="2001-05-04",
             reaction=[{"manifestation": [{"text": "Anaphylaxis"}]}])  # fmt: skip
    yield of("MedicationRequest", "r", patient, "hospital", status="active", intent="order",
             medicationCodeableConcept=drug, authoredOn="2026-09-02",
             requester={"reference": "Practitioner/demo-prescriber"},
             dosageInstruction=[{"text": "one each day"}])  # fmt: skip
    yield of("MedicationDispense", "d", patient, "pharmacy", status="completed",
             medicationCodeableConcept=drug, whenHandedOver="2026-09-03")  # fmt: skip
    yield measured("o1", patient, "2026-03-03", 88)
    high = [{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/"
                         "v3-ObservationInterpretation", "code": "H"}]}]  # fmt: skip
    yield measured("o2", patient, "2026-11-02", 210, interpretation=high)
    yield measured("o3", patient, "2026-11-02", 200)
    for number in range(25):
        yield of("Encounter", f"e{number}", patient, "practice", status="finished",
                 **{"class": ambulatory},
                 period={"start": f"2025-{number % 12 + 1:02}-{number + 1:02}"})  # fmt: skip
    codes = {"system": "https://garrod.health/fhir/record-code", "code": "monitor"}
    owner = {"identifier": {"system": "https://garrod.health/fhir/owner", "value": "monitoring"},
             "display": "Monitoring team"}  # fmt: skip
    yield {
        "resourceType": "Task", "id": f"{patient}-t", "status": "requested", "intent": "order",
        "code": {"coding": [codes], "text": "Repeat the creatinine"}, "owner": owner,
        "for": {"reference": f"Patient/{patient}"}, "authoredOn": "2026-11-03",
        "restriction": {"period": {"end": "2026-11-10"}},
    }  # fmt: skip


def hostile(patient: str) -> Iterator[dict[str, Any]]:
    yield of("Condition", "c", patient, code={"text": HOSTILE})
    yield of("MedicationRequest", "r", patient, status="active", intent="order",
             medicationCodeableConcept={"text": LONG}, authoredOn="2026-09-02",
             requester={"display": RIGHT})  # fmt: skip
    yield of("Observation", "o", patient, status="final", code={"text": RIGHT},
             effectiveDateTime="2026-09-02", valueString=HOSTILE)  # fmt: skip


@pytest.mark.parametrize("width", [1280, 390])
def test_summary_says_what_matters_and_what_is_not_known(acting: As, width: int) -> None:
    page = acting("Prescriber", "/patients/sum-1", width=width)
    page.get_by_text("Live: a change").wait_for()
    said = told(page)
    for words in (
        "Acute coronary syndrome", "Penicillin", "Anaphylaxis", "Clopidogrel 75 mg tablets",
        "210 µmol/L", "up from", "high, says the laboratory", "Repeat the creatinine", "overdue by",
        "not the same as normal", "last heard from", "Community pharmacy",
    ):  # fmt: skip
        assert words.casefold() in said.casefold(), words
    check(page)
    shot(page, f"summary-{width}")


def test_timeline_is_filtered_and_paged_without_scripts(acting: As) -> None:
    page = acting("Pharmacist", "/patients/sum-1", script=False)
    assert "Load the page again" in told(page)
    assert page.locator(".event").count() == 20
    page.get_by_role("link", name="Older").click()
    assert page.locator(".event").count() > 5
    page.get_by_label("Setting", exact=True).select_option(label="Community pharmacy")
    page.get_by_role("button", name="Show these").click()
    assert page.locator(".event").all_inner_texts()[0].startswith("Community pharmacy")
    assert page.locator(".event").count() == 1
    page.get_by_role("link", name="Show all").click()
    page.get_by_label("Kind", exact=True).select_option(label="Results and tests")
    page.get_by_role("button", name="Show these").click()
    assert "2 results" in told(page)
    page.get_by_label("Setting", exact=True).select_option(label="Community pharmacy")
    page.get_by_role("button", name="Show these").click()
    assert "Nothing is recorded that fits" in told(page)


@pytest.mark.parametrize("width", [1280, 390])
def test_hostile_text_is_text(acting: As, width: int) -> None:
    page = acting("Prescriber", "/patients/sum-2", width=width)
    assert page.title().startswith("Summary")
    assert HOSTILE in page.locator("#problems ~ ul").inner_text()
    assert page.locator("main img").count() == 0
    assert "Nothing from here" in page.locator(".missing").first.inner_text()
    check(page)
    shot(page, f"hostile-{width}")


def test_change_by_another_shows_within_a_second_and_moves_nothing(
    acting: As, site: Server
) -> None:
    page = acting("Prescriber", "/patients/sum-1")
    page.get_by_text("Live: a change").wait_for()
    show = page.get_by_role("link", name="This record has changed: show")
    for number in (150, 151, 152):  # a machine that is busy may be late; not each time
        page.get_by_label("Setting", exact=True).focus()
        put(site, measured("late", "sum-1", "2026-11-20", number))
        began = time.monotonic()
        show.wait_for()
        took = time.monotonic() - began
        if took <= 1.0:
            break
        show.click()
        page.get_by_text("Live: a change").wait_for()
    assert took <= 1.0
    assert page.evaluate("document.activeElement.id") == "setting"
    assert f"{number} µmol/L" not in told(page)
    check(page)
    shot(page, "changed")
    show.click()
    page.get_by_text(f"{number} µmol/L").first.wait_for()
    assert page.get_by_role("link", name="This record has changed: show").count() == 0


def test_change_of_another_person_does_not_show(acting: As, site: Server) -> None:
    page = acting("Prescriber", "/patients/sum-1")
    page.get_by_text("Live: a change").wait_for()
    put(site, of("Condition", "other", "sum-2", code={"text": "Cough"}))
    page.wait_for_timeout(1500)
    assert page.get_by_role("link", name="This record has changed: show").count() == 0


def test_stream_that_is_cut_is_marked_within_five_seconds_and_comes_back(
    acting: As, site: Server
) -> None:
    page = acting("Prescriber", "/patients/sum-1")
    page.get_by_text("Live: a change").wait_for()
    for _ in range(3):
        site.process.send_signal(signal.SIGSTOP)  # as a cable that is cut: nobody says goodbye
        began = time.monotonic()
        try:
            page.get_by_text("Not live since").wait_for()
            took = time.monotonic() - began
            check(page)
            shot(page, "stale")
        finally:
            site.process.send_signal(signal.SIGCONT)
        page.get_by_text("Live: a change").wait_for()
        if took <= 5:
            break
    assert took <= 5


def test_stream_ends_when_the_session_does(acting: As, site: Server) -> None:
    page = acting("Prescriber", "/patients/sum-1")
    page.get_by_text("Live: a change").wait_for()
    other = page.context.new_page()
    other.goto(f"{site.base}/patients")
    other.get_by_role("button", name="Sign out").first.click()
    other.close()
    page.get_by_text("You are signed out here").wait_for(timeout=10_000)


def test_stream_ends_when_the_right_does(acting: As, site: Server) -> None:
    put(site, person("sum-3", "Short Time-Synthetic"))
    put(site, team_of("sum-3"))
    page = acting("Prescriber", "/patients/sum-3")
    page.get_by_text("Live: a change").wait_for()
    put(site, {**team_of("sum-3"), "status": "inactive"})
    page.get_by_text("You may not see this record any more").wait_for(timeout=15_000)
    assert page.get_by_role("link", name="This record has changed: show").count() == 0


def test_who_has_no_part_in_the_care_sees_neither_page_nor_stream(acting: As, site: Server) -> None:
    put(site, person("sum-9", "Somebody Else-Synthetic"))
    page = acting("Prescriber", "/patients/sum-9")
    assert "That did not work" in told(page)
    answer = page.request.get(f"{site.base}/patients/sum-9/live")
    assert answer.status == 404
    page = acting("Analyst", "/patients/sum-1")
    assert "That did not work" in told(page)
    assert page.request.get(f"{site.base}/patients/sum-1/live").status in (403, 404)
