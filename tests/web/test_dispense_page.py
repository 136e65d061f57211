"""The counter in a real browser: what a pharmacist sees, does once, and may take back."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests.making.server import TOKEN, Server
from tests.web.conftest import Opened
from tests.web.test_prescribe_page import check, held, person, put, takes

pytestmark = [pytest.mark.browser, pytest.mark.slow]
Json = dict[str, Any]
ATC, LOINC = "http://www.whocc.no/atc", "http://loinc.org"
WARFARIN, IBUPROFEN, AMOXICILLIN = "B01AA03", "M01AE01", "J01CA04"
SHOTS = os.environ.get("GARROD_SHOTS", "")
HOSTILE = "<script>document.title='broken'</script>" + "W" * 300 + "\u202eright to left"


def shot(page: Any, name: str) -> None:
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"), full_page=True)


def prescribed(clinic: Server, patient: str, words: str, atc: str = "", **more: Any) -> str:
    """Return the id of a new prescription."""
    id = f"rx-{uuid4().hex[:10]}"
    coding = [{"system": ATC, "code": atc, "display": words}] if atc else []
    put(
        clinic,
        {
            "resourceType": "MedicationRequest",
            "id": id,
            "status": "active",
            "intent": "order",
            "subject": {"reference": f"Patient/{patient}"},
            "medicationCodeableConcept": {**({"coding": coding} if coding else {}), "text": words},
            "authoredOn": "2026-11-20",
            "dosageInstruction": [{"text": "one tablet once a day"}],
            **more,
        },
    )
    return id


def allergic(clinic: Server, patient: str) -> None:
    put(
        clinic,
        {
            "resourceType": "AllergyIntolerance",
            "id": f"{patient}-a",
            "patient": {"reference": f"Patient/{patient}"},
            "type": "allergy",
            "criticality": "high",
            "clinicalStatus": {
                "coding": [
                    {
                        "system": "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical",
                        "code": "active",
                    }
                ]
            },
            "code": {"coding": [{"system": ATC, "code": "J01CE01"}], "text": "Benzylpenicillin"},
            "reaction": [{"manifestation": [{"text": "Anaphylaxis"}], "severity": "severe"}],
        },
    )


def box(page: Any, words: str) -> None:
    """Open what is folded under some words."""
    page.locator("summary").filter(has_text=words).first.click()


@pytest.fixture
def counter(clinic: Server) -> str:
    """Return somebody with warfarin, ibuprofen, an INR and a medicine on hold."""
    patient = person(clinic)
    prescribed(clinic, patient, "Warfarin 3 mg tablets", WARFARIN, reasonCode=[{"text": "AF"}])
    prescribed(clinic, patient, "Ibuprofen 400 mg tablets", IBUPROFEN)
    prescribed(clinic, patient, "Aspirin 75 mg tablets", "B01AC06", status="on-hold")
    put(
        clinic,
        {
            "resourceType": "Observation",
            "id": f"{patient}-inr",
            "status": "final",
            "code": {"coding": [{"system": LOINC, "code": "6301-6"}], "text": "INR"},
            "subject": {"reference": f"Patient/{patient}"},
            "effectiveDateTime": "2026-11-02",
            "valueQuantity": {"value": 2.4, "unit": "1", "code": "1",
                              "system": "http://unitsofmeasure.org"},
        },
    )  # fmt: skip
    return patient


@pytest.mark.parametrize("width", [1280, 390])
def test_every_state_is_accessible_and_fits(
    signed_in: Opened, clinic: Server, counter: str, width: int
) -> None:
    page = signed_in(f"/patients/{counter}/dispense", width=width)
    said = page.locator("main").inner_text()
    assert "AF" in said
    assert "2 November 2026" in said
    assert "On hold" in said
    assert "No warning is on record" in said
    check(page)
    shot(page, f"dispense-{width}")
    page.goto(f"{clinic.base}/patients/{counter}/dispense?easy=1")
    assert "One tablet once a day" in page.locator("main").inner_text()
    check(page)
    shot(page, f"easy-{width}")
    page.goto(f"{clinic.base}/patients/{person(clinic)}/dispense")
    assert "no prescription here that is open" in page.locator("main").inner_text()
    check(page)
    page.get_by_role("button", name="Add and check it").click()
    assert "Write the name" in page.get_by_role("alert").inner_text()
    check(page)


@pytest.mark.parametrize("script", [True, False])
def test_prescription_is_dispensed_once_and_taken_back(
    signed_in: Opened, clinic: Server, script: bool
) -> None:
    patient = person(clinic)
    rx = prescribed(clinic, patient, "Paracetamol 500 mg tablets", "N02BE01")
    page = signed_in(f"/patients/{patient}/dispense", script=script)
    page.get_by_role("button", name="Dispense Paracetamol").click()
    assert "Dispensed" in page.get_by_role("status").inner_text()
    page.go_back()
    page.reload()
    assert page.get_by_role("button", name="Dispense Paracetamol").count() == 0
    assert "dispense it once more" in page.locator("main").inner_text()
    (supply,) = held(clinic, "MedicationDispense", patient)
    assert supply["authorizingPrescription"] == [{"reference": f"MedicationRequest/{rx}"}]
    assert supply["status"] == "completed"
    page.get_by_role("button", name="Undo").click()
    assert "Taken back" in page.get_by_role("status").inner_text()
    (supply,) = held(clinic, "MedicationDispense", patient)
    assert supply["status"] == "entered-in-error"


def test_form_that_is_sent_twice_is_one_supply(signed_in: Opened, clinic: Server) -> None:
    patient = person(clinic)
    prescribed(clinic, patient, "Paracetamol 500 mg tablets", "N02BE01")
    page = signed_in(f"/patients/{patient}/dispense")
    there = "form[id^=form-rx] [name]"
    named = page.locator(there).evaluate_all("all => all.map(one => [one.name, one.value])")
    fields = {**dict(named), "do": "dispense"}
    for _ in range(2):
        answer = page.request.post(
            page.url, form=fields, headers={"Origin": clinic.base}, max_redirects=0
        )
        assert answer.status == 303, answer.text()
    assert len(held(clinic, "MedicationDispense", patient)) == 1


def test_warning_asks_for_a_reason_and_keeps_it(
    signed_in: Opened, clinic: Server, counter: str
) -> None:
    page = signed_in(f"/patients/{counter}/dispense")
    name = page.get_by_role("heading", name="Ibuprofen 400 mg")
    part = page.locator("article").filter(has=name)
    part.locator("summary").filter(has_text="all the same").click()
    part.get_by_label("Anything to add").first.fill("spoke with the daughter")
    part.get_by_role("button", name="Overrule and dispense").click()
    assert "Choose why" in page.get_by_role("alert").inner_text()
    assert part.get_by_label("Anything to add").first.input_value() == "spoke with the daughter"
    check(page)
    shot(page, "dispense-refused")
    part.get_by_text("Will monitor").click()
    if (second := part.get_by_label("Second person who agrees")).count():
        second.fill("Sam the second")
    part.get_by_role("button", name="Overrule and dispense").click()
    assert "Dispensed" in page.get_by_role("status").inner_text()
    issues = [i for i in held(clinic, "DetectedIssue", counter) if i["status"] == "final"]
    assert "spoke with the daughter" in issues[-1]["mitigation"][-1]["action"]["text"]
    assert [t for t in held(clinic, "Task", counter) if t["status"] == "requested"]


def test_hard_stop_takes_two(signed_in: Opened, clinic: Server) -> None:
    patient = person(clinic)
    allergic(clinic, patient)
    prescribed(clinic, patient, "Amoxicillin 500 mg capsules", AMOXICILLIN)
    page = signed_in(f"/patients/{patient}/dispense")
    assert page.get_by_role("button", name="Dispense Amoxicillin", exact=True).count() == 0
    box(page, "all the same")
    page.get_by_text("Benefit outweighs").click()
    page.get_by_role("button", name="Overrule and dispense").click()
    assert "second person" in page.get_by_role("alert").inner_text()
    assert held(clinic, "MedicationDispense", patient) == []
    check(page)
    shot(page, "dispense-stop")


def test_what_changed_meanwhile_is_shown_and_nothing_is_written(
    signed_in: Opened, clinic: Server
) -> None:
    patient = person(clinic)
    prescribed(clinic, patient, "Ibuprofen 400 mg tablets", IBUPROFEN)
    page = signed_in(f"/patients/{patient}/dispense")
    takes(clinic, patient, "Warfarin 3 mg tablets", WARFARIN)
    with page.expect_navigation() as answer:
        page.get_by_role("button", name="Dispense Ibuprofen").click()
    assert answer.value.status == 412
    told = page.get_by_role("alert").inner_text()
    assert "has changed" in told
    assert "New on the list: Warfarin" in told
    assert held(clinic, "MedicationDispense", patient) == []
    check(page)
    shot(page, "dispense-changed")


def test_order_that_was_stopped_meanwhile_is_not_dispensed(
    signed_in: Opened, clinic: Server
) -> None:
    patient = person(clinic)
    rx = prescribed(clinic, patient, "Paracetamol 500 mg tablets", "N02BE01")
    page = signed_in(f"/patients/{patient}/dispense")
    order = clinic.ask("GET", f"/fhir/MedicationRequest/{rx}").json()
    put(clinic, {**order, "status": "stopped"})
    page.get_by_role("button", name="Dispense Paracetamol").click()
    assert "not open any more" in page.get_by_role("alert").inner_text()
    assert held(clinic, "MedicationDispense", patient) == []


def test_order_without_a_dose_is_not_dispensed(signed_in: Opened, clinic: Server) -> None:
    patient = person(clinic)
    prescribed(clinic, patient, "Paracetamol", "N02BE01", dosageInstruction=[{"sequence": 1}])
    page = signed_in(f"/patients/{patient}/dispense")
    assert "No dose is written" in page.locator("main").inner_text()
    assert page.get_by_role("button", name="Dispense Paracetamol").count() == 0


def test_bought_medicine_is_checked_with_the_others_and_taken_off(
    signed_in: Opened, clinic: Server
) -> None:
    patient = person(clinic)
    takes(clinic, patient, "Warfarin 3 mg tablets", WARFARIN)
    page = signed_in(f"/patients/{patient}/dispense")
    page.get_by_label("Medicine, herb or supplement").fill("ibuprofen")
    page.get_by_label("How it is taken").fill("two when it hurts")
    page.get_by_role("button", name="Add and check it").click()
    bought = page.locator("#bought")
    assert "Ibuprofen" in bought.inner_text()
    assert bought.locator(".card.warn, .card.stop").count() == 1
    lines = held(clinic, "MedicationStatement", patient)
    (told,) = [s for s in lines if s["id"].startswith("counter-")]
    assert told["medicationCodeableConcept"]["coding"]
    check(page)
    shot(page, "dispense-bought")
    page.get_by_role("button", name="Take it off").click()
    assert page.locator("#bought h3").count() == 0
    assert "Ibuprofen" not in page.locator(".taken").inner_text()
    assert "ibuprofen" not in page.locator(".taken").inner_text()


def test_unknown_herb_is_never_clear(signed_in: Opened, clinic: Server) -> None:
    page = signed_in(f"/patients/{person(clinic)}/dispense")
    page.get_by_label("Medicine, herb or supplement").fill("Wundermittel")
    page.get_by_role("button", name="Add and check it").click()
    assert "Not fully checked" in page.locator("#bought").inner_text()
    assert page.locator("#bought .card.clear").count() == 0


def test_question_outlives_a_session_that_ended(signed_in: Opened, clinic: Server) -> None:
    patient = person(clinic)
    prescribed(clinic, patient, "Paracetamol 500 mg tablets", "N02BE01")
    page = signed_in(f"/patients/{patient}/dispense")
    box(page, "Ask the prescriber")
    page.get_by_label("Your question").fill("Is this twice a day?")
    page.context.clear_cookies()
    page.get_by_role("button", name="Send the question").click()
    page.get_by_label("Token of this server").fill(TOKEN)
    page.locator("main").get_by_role("button", name="Sign in").click()
    assert page.get_by_label("Your question").input_value() == "Is this twice a day?"
    page.get_by_role("button", name="Send the question").click()
    assert "is with the prescriber" in page.get_by_role("status").inner_text()
    (task,) = held(clinic, "Task", patient)
    assert task["description"] == "Is this twice a day?"


def test_hostile_words_stay_words(signed_in: Opened, clinic: Server) -> None:
    patient = person(clinic, name=HOSTILE)
    prescribed(clinic, patient, HOSTILE, reasonCode=[{"text": HOSTILE}],
               dosageInstruction=[{"text": HOSTILE}])  # fmt: skip
    page = signed_in(f"/patients/{patient}/dispense", width=390)
    box(page, "Ask the prescriber")
    page.get_by_label("Your question").fill(HOSTILE[:200])
    page.get_by_role("button", name="Send the question").click()
    assert "broken" not in page.title()
    check(page)
    page.goto(f"{clinic.base}/patients/{patient}/dispense?easy=1")
    assert "broken" not in page.title()
    check(page)
