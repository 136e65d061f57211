"""What is taken, and what was: one line a therapy, ended when the record says or lets one tell."""

from datetime import date
from typing import Any

import pytest

from garrod.adapters.fhir.lines.names import HISTORY, LINE
from tests.making.persons import person_of, request, statement

FOUR_WEEKS = {"expectedSupplyDuration": {"value": 28, "code": "d"}}
BOUNDS = [{"timing": {"repeat": {"boundsPeriod": {"end": "2026-02-14"}}}}]


def line(id: str, state: str, **more: Any) -> dict[str, Any]:
    mark = {"url": LINE, "extension": [{"url": "state", "valueCode": state}]}
    status = {"active": "active", "draft": "intended"}.get(state, "stopped")
    return statement(id, extension=[mark], status=status, **more)


def dispensed(id: str, of: str, day: str, **more: Any) -> dict[str, Any]:
    given = request(id, **more)
    return {
        **given,
        "resourceType": "MedicationDispense",
        "status": "completed",
        "whenHandedOver": day,
        "authorizingPrescription": [{"reference": of}] if of else [],
    }


@pytest.mark.parametrize(
    ("more", "ended"),
    [
        ({"status": "stopped"}, date(2026, 1, 10)),
        ({"status": "completed", "dispenseRequest": FOUR_WEEKS}, date(2026, 2, 7)),
        ({"status": "completed", "dosageInstruction": BOUNDS}, date(2026, 2, 14)),
        (
            {
                "status": "stopped",
                "dosageInstruction": BOUNDS,
                "meta": {"lastUpdated": "2026-01-20T09:00:00Z"},
            },
            date(2026, 1, 20),
        ),
        (
            {
                "status": "completed",
                "dosageInstruction": BOUNDS,
                "meta": {"lastUpdated": "2026-01-20T09:00:00Z"},
            },
            date(2026, 2, 14),
        ),
        (
            {
                "status": "stopped",
                "extension": [
                    {"url": "https://other/extension"},
                    {
                        "url": "https://fhir.nhs.uk/Extension-MedicationStatusReason-1",
                        "extension": [
                            {"url": "statusReason", "valueString": "a rash"},
                            {"url": "statusChangeDate", "valueDateTime": "2026-01-15"},
                        ],
                    },
                ],
            },
            date(2026, 1, 15),
        ),
    ],
)
def test_prescription_that_ended_is_past_with_the_day_that_can_be_told(
    more: dict[str, Any], ended: date
) -> None:
    person = person_of(request(authoredOn="2026-01-10", **more))
    assert person.medicines == ()
    assert [(x.text, x.ended) for x in person.past] == [("Codeine 15 mg tablets", ended)]


def test_status_reason_without_a_date_tells_no_end() -> None:
    reason = {"url": "https://fhir.nhs.uk/MedicationStatusReason", "extension": []}
    person = person_of(request(status="stopped", extension=[reason], authoredOn="2026-01-10"))
    assert [x.ended for x in person.past] == [date(2026, 1, 10)]


def test_statement_ends_with_its_period() -> None:
    period = {"start": "2025-01-01", "end": "2026-03-02"}
    (past,) = person_of(statement(status="completed", effectivePeriod=period)).past
    assert (past.started, past.ended) == (date(2025, 1, 1), date(2026, 3, 2))


def test_last_supply_tells_how_long_it_was_taken() -> None:
    days = {"value": 14, "unit": "days"}
    person = person_of(
        request(status="completed", authoredOn="2026-01-01"),
        dispensed("d1", "MedicationRequest/r1", "2026-01-02", daysSupply=days),
        dispensed("d2", "MedicationRequest/r1", "2026-02-02", daysSupply=days),
        dispensed("d3", "MedicationRequest/r1", "", daysSupply=days),
        dispensed("d4", "MedicationRequest/other", "2026-05-02", daysSupply=days),
    )
    assert [x.ended for x in person.past] == [date(2026, 2, 16)]


@pytest.mark.parametrize("days", [{"value": 9999, "code": "d"}, {"value": "x", "code": "d"}, {}])
def test_length_of_supply_that_cannot_be_meant_adds_nothing(days: dict[str, Any]) -> None:
    person = person_of(
        request(status="completed"),
        dispensed("d1", "MedicationRequest/r1", "2026-01-02", daysSupply=days),
    )
    assert [x.ended for x in person.past] == [date(2026, 1, 2)]


def test_cancelled_prescription_is_past_only_where_some_was_supplied() -> None:
    cancelled = request(status="cancelled", authoredOn="2026-01-10", dispenseRequest=FOUR_WEEKS)
    assert person_of(cancelled).past == ()
    supply = dispensed("d1", "MedicationRequest/r1", "2026-01-11")
    assert [x.ended for x in person_of(cancelled, supply).past] == [date(2026, 1, 11)]


@pytest.mark.parametrize(("status", "is_held"), [("active", False), ("on-hold", True)])
def test_what_is_on_hold_is_marked_so(status: str, is_held: bool) -> None:
    (line,) = person_of(request(status=status)).medicines
    assert line.is_held is is_held


@pytest.mark.parametrize(
    "more",
    [
        {"status": "entered-in-error"},
        {"status": "draft"},
        {"status": "completed", "doNotPerform": True},
    ],
)
def test_what_was_never_taken_is_neither_current_nor_past(more: dict[str, Any]) -> None:
    person = person_of(request(**more))
    assert (person.medicines, person.past) == ((), ())


@pytest.mark.parametrize(
    ("state", "is_taken", "is_past"),
    [
        ("active", True, False),
        ("on-hold", True, False),
        ("future-dated", True, False),
        ("draft", False, False),
        ("stopped", False, True),
        ("completed", False, True),
        ("entered-in-error", False, False),
    ],
)
def test_state_of_a_line_of_the_list_decides(state: str, is_taken: bool, is_past: bool) -> None:
    person = person_of(line("l1", state, dateAsserted="2026-04-03T10:00:00Z"))
    assert (len(person.medicines), len(person.past)) == (int(is_taken), int(is_past))
    assert [x.ended for x in person.past] == [date(2026, 4, 3)] * is_past
    assert all(line.is_held is (state == "on-hold") for line in person.medicines)


@pytest.mark.parametrize("state", ["active", "stopped"])
def test_line_speaks_for_what_it_follows_even_when_it_has_ended(state: str) -> None:
    person = person_of(
        request("r1"),
        statement("told"),
        request("r2", "Ramipril 5 mg capsules"),
        line(
            "l1",
            state,
            basedOn=[{"reference": "MedicationRequest/r1/_history/2"}],
            derivedFrom=[{"reference": "https://ehr/MedicationStatement/told"}],
        ),
    )
    lines = [x.reference for x in (*person.medicines, *person.past)]
    assert sorted(lines) == ["MedicationRequest/r2", "MedicationStatement/l1"]


def step(act: str, recorded: str, effective: str) -> dict[str, Any]:
    parts = [
        {"url": "act", "valueCode": act},
        {"url": "effective", "valueInstant": effective},
        {"url": "recorded", "valueInstant": recorded},
    ]
    return {"url": "step", "extension": parts}


@pytest.mark.parametrize(
    ("steps", "ended"),
    [
        ([("begin", "T9", "T1"), ("stop", "T9", "T9")], date(2025, 11, 2)),  # known too late
        ([("begin", "T9", "T1"), ("stop", "T9", "T8")], date(2026, 4, 3)),  # its end was told
        ([("begin", "T1", "T1"), ("stop", "T9", "T9")], date(2026, 4, 3)),  # stopped here
        ([("begin", "T9", "T1")], date(2026, 4, 3)),
    ],
)
def test_line_that_was_closed_when_it_came_to_be_known_ended_with_its_prescription(
    steps: list[tuple[str, str, str]], ended: date
) -> None:
    history = {"url": HISTORY, "extension": [step(*s) for s in steps]}
    mine = line("l1", "stopped", basedOn=[{"reference": "MedicationRequest/r1"}])
    mine["extension"].append(history)
    mine["effectivePeriod"] = {"end": "2026-04-03"}
    person = person_of(request(status="stopped", authoredOn="2025-11-02"), mine)
    assert [x.ended for x in person.past] == [ended]
    lone = {**mine, "basedOn": [{"reference": "CarePlan/1"}, {"reference": "MedicationRequest/9"}]}
    assert [x.ended for x in person_of(lone).past] == [date(2026, 4, 3)]


def test_superseded_line_is_left_to_the_one_that_supersedes_it() -> None:
    old = line("l1", "stopped")
    old["extension"][0]["extension"].append({"url": "supersededBy", "valueString": "l2"})
    person = person_of(old, line("l2", "active"))
    assert [x.reference for x in person.medicines] == ["MedicationStatement/l2"]
    assert person.past == ()


def test_statement_speaks_for_its_request_and_a_plan_for_its_issues() -> None:
    """As GP Connect sends a repeat: statement, authorisation (plan), and each issue (order)."""
    issue = {"basedOn": [{"reference": "MedicationRequest/plan"}], "status": "completed"}
    person = person_of(
        statement("s1", basedOn=[{"reference": "MedicationRequest/plan"}]),
        request("plan", intent="plan"),
        request("i1", **issue),
        request("i2", **issue),
    )
    assert [x.reference for x in person.medicines] == ["MedicationStatement/s1"]
    assert person.past == ()


def test_statement_that_ended_does_not_silence_a_request_that_goes_on() -> None:
    person = person_of(
        statement("s1", status="stopped", basedOn=[{"reference": "MedicationRequest/r1"}]),
        request("r1"),
        request("r2", basedOn=[{"reference": "MedicationRequest/r0"}]),
        request("r0", status="completed"),
    )
    assert {x.reference for x in person.medicines} == {
        "MedicationRequest/r1",
        "MedicationRequest/r2",
    }


def test_saying_that_no_medicine_is_known_is_no_medicine() -> None:
    absent = "http://hl7.org/fhir/uv/ips/CodeSystem/absent-unknown-uv-ips"
    coded = {"coding": [{"system": absent, "code": "no-medication-info"}]}
    assert person_of(statement(medicationCodeableConcept=coded)).medicines == ()


@pytest.mark.parametrize(
    ("more", "is_needed"),
    [
        ({"dosageInstruction": [{"asNeededBoolean": True}]}, True),
        ({"dosageInstruction": [{"asNeededCodeableConcept": {"text": "pain"}}]}, True),
        ({"dosageInstruction": [{"text": "One tablet when required"}]}, True),
        ({"dosageInstruction": [{"patientInstruction": "1 tab p.r.n."}]}, True),
        ({"dosageInstruction": [{"text": "One tablet daily"}]}, False),
        ({"dosageInstruction": [{"text": "1 daily"}, {"text": "and 1 prn"}]}, False),
        ({}, False),
        ({"medicationCodeableConcept": {"text": "codeine 15 mg as needed"}}, True),
    ],
)
def test_as_needed_is_read_of_structure_and_words(more: dict[str, Any], is_needed: bool) -> None:
    (taken,) = person_of(request(**more)).medicines
    assert taken.is_as_needed is is_needed


def test_supplies_are_said_to_be_unread_only_where_nothing_else_names_them() -> None:
    ordered = dispensed("d1", "MedicationRequest/r1", "2026-01-02")
    lone = dispensed("d2", "", "2026-01-02")
    assert person_of(request(), ordered).notes == ()
    assert "1 dispensed or given medicines were not read" in person_of(request(), lone).notes[0]
    mine = line("l1", "active", derivedFrom=[{"reference": "MedicationDispense/d2"}])
    assert person_of(mine, lone).notes == ()
