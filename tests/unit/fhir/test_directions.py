"""Route and daily total of a FHIR medicine: from its structure, or its words, or not at all."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from garrod.adapters.fhir.bundle import Own
from garrod.adapters.fhir.directions import ROUTES, directions_of
from garrod.adapters.fhir.medicine import line_of, read_order
from garrod.core import dosage
from garrod.core.identifiers import is_verhoeff
from tests.unit.fhir.test_person import medicine

MG = {"value": 75, "unit": "mg", "code": "mg"}
DAILY = {"repeat": {"frequency": 1, "period": 1, "periodUnit": "d"}}


def structured(dose: dict[str, Any], timing: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"timing": timing, "doseAndRate": [{"doseQuantity": dose}], **more}


def total(*given: dict[str, Any], name: str = "clopidogrel") -> Decimal | None:
    return directions_of({"dosageInstruction": list(given)}, name).daily_mg


def repeat(**fields: Any) -> dict[str, Any]:
    return {"repeat": fields}


@pytest.mark.parametrize(
    ("timing", "times"),
    [
        (DAILY, 1),
        (repeat(frequency=2, period=1, periodUnit="d"), 2),
        (repeat(period=8, periodUnit="h"), 3),
        (repeat(frequency=1, period=12, periodUnit="h"), 2),
        (repeat(frequency=2, period=1, periodUnit="d", when=["MORN", "NIGHT"]), 2),
        (repeat(when=["MORN", "NIGHT"]), 2),
        (repeat(timeOfDay=["08:00:00", "14:00:00", "20:00:00"]), 3),
        ({"code": {"coding": [{"code": "TID"}]}}, 3),
        ({"code": {"coding": [{"code": "QD"}, {"code": "AM"}]}}, 1),
    ],
)
def test_total_is_the_dose_times_how_often_a_day(timing: dict[str, Any], times: int) -> None:
    assert total(structured(MG, timing)) == 75 * times


@pytest.mark.parametrize(
    "timing",
    [
        repeat(frequency=1, period=1, periodUnit="wk"),
        repeat(frequency=1, period=2, periodUnit="d"),
        repeat(frequency=1, period=5, periodUnit="h"),  # no whole number of times
        repeat(frequency=1, frequencyMax=2, period=1, periodUnit="d"),
        repeat(frequency=1, period=1, periodUnit="d", dayOfWeek=["mon"]),
        repeat(frequency=1, period=1, periodUnit="d", when=["MORN", "NIGHT"]),
        repeat(when=["MORN"], timeOfDay=["08:00:00"]),
        repeat(when=[]),
        repeat(frequency="often", period=1, periodUnit="d"),
        repeat(frequency=1, period=0, periodUnit="d"),
        repeat(frequency=2),
        {"event": ["2026-11-25"]},
        {"code": {"coding": [{"code": "TID"}, {"code": "BID"}]}},
        {"code": {"text": "now and then"}},
    ],
)
def test_timing_that_gives_no_fixed_number_of_times_a_day_gives_no_total(
    timing: dict[str, Any],
) -> None:
    assert total(structured(MG, timing)) is None


@pytest.mark.parametrize(
    ("dose", "read"),
    [
        ({"value": 0.5, "unit": "g", "code": "g"}, "500"),
        ({"value": 100, "unit": "micrograms", "code": "ug"}, "0.1"),
        ({"value": 75, "unit": "mg"}, "75"),
        ({"value": 2, "unit": "tablet"}, "150"),
        ({"value": 1, "code": "{tablet}"}, "75"),
        ({"value": 1, "unit": "Tablet(s)", "code": "428673006"}, "75"),
        ({"value": 5, "unit": "mL", "code": "mL"}, None),
        ({"value": 1, "unit": "puff"}, None),
        ({"value": 0, "unit": "mg"}, None),
        ({"value": 75, "unit": "mg", "comparator": "<"}, None),
        ({"value": "NaN", "unit": "mg"}, None),
        ({"unit": "mg"}, None),
        ({}, None),
    ],
)
def test_dose_is_a_mass_or_tablets_of_the_strength_in_the_name(
    dose: dict[str, Any], read: str | None
) -> None:
    found = total(structured(dose, DAILY), name="clopidogrel 75 mg tablets")
    assert found == (None if read is None else Decimal(read))


def test_tablets_of_a_medicine_without_a_strength_give_no_total() -> None:
    assert total(structured({"value": 1, "unit": "tablet"}, DAILY)) is None


@pytest.mark.parametrize(
    "more",
    [
        {"asNeededBoolean": True},
        {"asNeededCodeableConcept": {"text": "pain"}},
        {"text": "when required"},
        {"text": "150 mg once daily"},
        {"doseAndRate": [{"doseQuantity": MG}, {"doseQuantity": MG}]},
        {"doseAndRate": [{"doseQuantity": MG, "rateQuantity": {"value": 1}}]},
        {"doseAndRate": [{"doseRange": {"low": MG, "high": MG}}]},
    ],
)
def test_total_that_is_not_beyond_doubt_is_not_read(more: dict[str, Any]) -> None:
    assert total({**structured(MG, DAILY), **more}) is None


def test_words_are_read_where_there_is_no_structure() -> None:
    assert total({"text": "75 mg once daily"}) == 75
    assert total({"text": "one tablet once daily"}, name="clopidogrel 75 mg tablets") == 75
    assert total({"patientInstruction": "one tablet twice a day"}, name="x 5 mg tablets") == 10
    assert total({"text": "75 mg once daily", "timing": DAILY}) == 75
    assert total({**structured(MG, DAILY), "text": "75 mg od"}) == 75
    assert total(structured(MG, DAILY), structured(MG, DAILY)) is None
    assert directions_of({}, "clopidogrel 75 mg od").daily_mg == 75


@pytest.mark.parametrize("route", sorted(ROUTES))
def test_route_is_read_by_every_code_of_it(route: str) -> None:
    assert route in dosage.ROUTES
    for code in ROUTES[route]:
        given = {"dosage": [{"route": {"coding": [{"code": code}]}}]}
        assert directions_of(given, "x").route == route
        if code.isdigit() and not code.startswith("200"):
            assert is_verhoeff(code)


@pytest.mark.parametrize(
    ("given", "route"),
    [
        ([{"route": {"text": "Intravenous"}}], "intravenous"),
        ([{"text": "10 mg by mouth daily"}], "oral"),
        ([{"text": "daily"}], "oral"),  # the form in the name tells it
        ([{"route": {"coding": [{"code": "PO"}, {"code": "IV"}]}}], ""),
        ([{"route": {"coding": [{"code": "PO"}]}}, {"route": {"coding": [{"code": "IV"}]}}], ""),
        ([{"route": {"coding": [{"code": "PO"}]}}, {"text": "then daily"}], "oral"),
    ],
)
def test_route_is_read_from_code_words_or_form(given: list[dict[str, Any]], route: str) -> None:
    assert directions_of({"dosageInstruction": given}, "x 10 mg tablets").route == route


def test_line_and_draft_order_keep_route_and_total(tmp_path: Path) -> None:
    oral = {"coding": [{"code": "26643006"}]}
    given = {"dosageInstruction": [{**structured(MG, DAILY), "route": oral}]}
    line = line_of(medicine("clopidogrel", **given), Own())
    assert (line.route, line.daily_mg) == ("oral", 75)
    order = {**medicine("clopidogrel", **given), "resourceType": "MedicationRequest"}
    path = tmp_path / "order.json"
    path.write_text(json.dumps({**order, "status": "draft", "authoredOn": "2026-11-25"}))
    read = read_order(path, Own(frozenset(("Patient/p1",))))
    assert (read.route, read.daily_mg, read.started) == ("oral", 75, None)


WEEKLY = {"frequency": 1, "period": 1, "periodUnit": "wk"}


def week(*given: dict[str, Any], name: str = "methotrexate") -> Decimal | None:
    return directions_of({"dosageInstruction": list(given)}, name).weekly_mg


@pytest.mark.parametrize(
    "timing",
    [
        repeat(**WEEKLY),
        repeat(frequency=1, period=7, periodUnit="d"),
        repeat(**WEEKLY, dayOfWeek=["mon"]),
    ],
)
def test_total_of_a_week_is_that_of_its_one_dose(timing: dict[str, Any]) -> None:
    assert week(structured(MG, timing)) == 75
    assert total(structured(MG, timing)) is None
    assert week(structured(MG, timing, text="75 mg once a week")) == 75
    assert week({"text": "six tablets every Monday"}, name="methotrexate 2.5 mg tablets") == 15


@pytest.mark.parametrize(
    "given",
    [
        structured(MG, repeat(**WEEKLY, dayOfWeek=["mon", "fri"])),
        structured(MG, repeat(**WEEKLY, dayOfWeek="mon")),
        structured(MG, repeat(**{**WEEKLY, "frequency": 2})),
        structured(MG, repeat(**WEEKLY, frequencyMax=2)),
        structured(MG, repeat(frequency=1, period=2, periodUnit="wk")),
        structured(MG, repeat(when=["MORN"])),
        structured(MG, DAILY),
        structured(MG, repeat(**WEEKLY), asNeededBoolean=True),
        structured(MG, repeat(**WEEKLY), text="80 mg once a week"),
        structured(MG, DAILY, text="75 mg once a week"),
        {"text": "75 mg daily"},
    ],
)
def test_total_of_a_week_that_is_not_beyond_doubt_is_not_read(given: dict[str, Any]) -> None:
    assert week(given) is None


def test_what_is_taken_once_to_begin_with_is_in_no_total() -> None:
    first = structured({**MG, "value": 180}, repeat(count=1), text="180 mg once")
    assert total(first, structured(MG, DAILY)) == 75
    assert total(first) is None
    assert total(structured(MG, DAILY), structured(MG, DAILY)) is None
    assert total(first, first) is None
