"""What a prescriber writes becomes an order, or is refused in words; nothing is made up."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from garrod.adapters.fhir.draft import NO_DOSE
from garrod.adapters.fhir.lines.dosage import differ
from garrod.adapters.fhir.lines.dosage_reading import dose_of
from garrod.care.record.medication.dose import Regimen
from garrod.care.record.medication.dose_words import words_of
from garrod.core.advice import OptionDose
from garrod.core.evidence import Evidence
from garrod.core.quantity import read_unit
from garrod.entry.web.prescribe.dosing import APPLY, PIECES, TIMES, UNITS, WAYS
from garrod.entry.web.prescribe.form import (
    Form,
    directions_of,
    faults_of,
    form_of,
    lacking,
    mark_of,
    order_of,
    with_dose,
)
from garrod.entry.web.prescribe.looking import line_of
from garrod.entry.web.prescribe.searching import matches_of, suggested
from garrod.knowledge.medicines import Medicines, load_medicines
from tests.unit.world.small_world import shelf


@pytest.fixture(scope="module")
def medicines() -> Medicines:
    return load_medicines(shelf())


@pytest.mark.parametrize(
    ("form", "words"),
    [
        (Form("x"), NO_DOSE),
        (Form("x", amount="75", times="1"), "75 mg once a day"),
        (Form("x", amount="0,5", unit="ug", times="2"), "0.5 micrograms twice a day"),
        (Form("x", amount="5", times="3", days="1"), "5 mg three times a day for 1 day"),
        (Form("x", amount="1000", days="7"), "1000 mg for 7 days"),
        (Form("x", amount="-1", times="1"), NO_DOSE),
        (Form("x", amount="70", times="w"), "70 mg once a week"),
        (Form("x", first="180", amount="90", times="2"), "180 mg once, then 90 mg twice a day"),
        (Form("x", first="180"), NO_DOSE),
        (Form("x", amount="1000", times="4n"), "1000 mg up to four times a day when needed"),
        (Form("x", amount="0", times="1"), NO_DOSE),
    ],
)  # fmt: skip
def test_directions_are_said_as_written(form: Form, words: str) -> None:
    assert directions_of(form) == words


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(("amount", v) for v in ("abc", "1e9", "٣", "-1", "0", "1/2", "9999999")),
        ("first", "0"),
        *(("route", v) for v in ("by mouth", "oral ", "x")),
        *(("times", v) for v in ("9", "x", "²", "0")),
        *(("days", v) for v in ("0", "-1", "3651", "1.5", "x", "²")),
        ("unit", "stone"),
    ],
)
def test_what_cannot_be_read_is_told_by_its_field(field: str, value: str) -> None:
    (fault,) = faults_of(form_of({"drug": "x", field: value}))
    assert fault[0] == field


@pytest.mark.parametrize(
    ("form", "missing"),
    [
        (Form("x"), ["amount", "times", "route"]),
        (Form("x", first="180"), ["amount", "times", "route"]),
        (Form("x", amount="75"), ["times", "route"]),
        (Form("x", amount="75", times="1"), ["route"]),
        (Form("x", times="1", route="oral"), ["amount"]),
        (Form("x", amount="75", times="1", route="oral"), []),
    ],
)
def test_what_no_order_is_signed_without_is_named(form: Form, missing: list[str]) -> None:
    assert [field for field, _ in lacking(form)] == missing


@pytest.mark.parametrize("route", WAYS)
def test_every_way_reads_back_as_its_route(route: str) -> None:
    order = order_of(Form("x", amount="5", times="2", route=route), None, "p")
    read = dose_of(order["dosageInstruction"])
    assert isinstance(read, Regimen)
    assert [step.route for stage in read.stages for step in stage] == [route]


def counted(amount: str, piece: str, times: str, route: str, **more: str) -> Form:
    return Form("x", amount=amount, unit=f"{{{piece}}}", times=times, route=route, **more)


COUNTED = {
    "inhaler": (
        counted("2", "puff", "2", "inhaled"),
        "2 puffs by inhalation twice a day",
        "2 puffs by inhalation, twice a day",
    ),
    "inhaler when needed": (
        counted("2", "puff", "h4n", "inhaled", note="with a spacer"),
        "2 puffs by inhalation every 4 hours when needed, with a spacer",
        "2 puffs by inhalation, every 4 hours, when required, (note: with a spacer)",
    ),
    "eye drops": (
        counted("1", "drop", "night", "ocular", site="both eyes", days="28"),
        "1 drop into both eyes at night for 28 days",
        "1 drop into the eye, to both eyes, at night, for 28 days",
    ),
    "ear drops": (
        counted("3", "drop", "h6", "otic", site="left ear"),
        "3 drops into the left ear every 6 hours",
        "3 drops into the ear, to the left ear, every 6 hours",
    ),
    "nasal spray": (
        counted("2", "spray", "1", "nasal", site="each nostril"),
        "2 sprays into each nostril once a day",
        "2 sprays into the nose, to each nostril, once a day",
    ),
    "cream": (
        counted("", "application", "2", "topical", site="affected area", note="thinly"),
        "apply to the affected area twice a day, thinly",
        "Apply 1 application to the skin, to the affected area, twice a day, (note: thinly)",
    ),
    "ointment for the eye": (
        counted("", "application", "5", "ocular"),
        "apply into the eye five times a day",
        "Apply 1 application into the eye, 5 times a day",
    ),
    "by the fingertip": (
        counted("2", "fingertip_unit", "1", "topical", days="7"),
        "2 fingertip units on the skin once a day for 7 days",
        "2 fingertip units to the skin, once a day, for 7 days",
    ),
    "patch of three days": (
        counted("1", "patch", "d3", "transdermal"),
        "1 patch through the skin every 3 days",
        "1 patch through the skin, every 3 days",
    ),
    "patch twice a week": (
        counted("1", "patch", "2w", "transdermal"),
        "1 patch through the skin twice a week",
        "1 patch through the skin, twice a week",
    ),
    "suppository": (
        counted("1", "suppository", "morning", "rectal"),
        "1 suppository into the rectum in the morning",
        "1 suppository rectally, in the morning",
    ),
    "pessary": (
        counted("1", "pessary", "night", "vaginal"),
        "1 pessary into the vagina at night",
        "1 pessary vaginally, at night",
    ),
    "depot": (
        Form("x", amount="150", times="w12", route="intramuscular"),
        "150 mg every 12 weeks into a muscle",
        "150 mg intramuscularly, every 12 weeks",
    ),
}


@pytest.mark.parametrize("case", COUNTED)
def test_what_is_counted_is_said_and_read_back_as_the_record_says_it(case: str) -> None:
    form, said, read = COUNTED[case]
    order = order_of(form, None, "p")
    (dosage,) = order["dosageInstruction"]
    assert (directions_of(form), dosage["text"], faults_of(form)) == (said, said, ())
    dose = dose_of([dosage])
    assert dose is not None
    assert words_of(dose) == read
    line = line_of(order, "p")
    assert (line.daily_mg, line.weekly_mg, line.route) == (None, None, form.route)


@pytest.mark.parametrize("times", TIMES)
@pytest.mark.parametrize("unit", ["mg", "{puff}", "{drop}"])
def test_every_how_often_reads_back_by_its_words_as_by_its_structure(times: str, unit: str) -> None:
    form = Form("x", amount="2", unit=unit, times=times, route="oral")
    (dosage,) = order_of(form, None, "p")["dosageInstruction"]
    dose = dose_of([dosage])
    assert dose is not None
    is_said_otherwise = times == "w" or (times.endswith("n") and not times.startswith("h"))
    assert differ(dosage["text"], dose) == is_said_otherwise  # "up to"; every 7 days


@pytest.mark.parametrize("unit", PIECES)
@pytest.mark.parametrize("route", WAYS)
def test_unit_and_way_that_do_not_go_together_are_told(unit: str, route: str) -> None:
    faults = [field for field, _ in faults_of(Form("x", amount="1", unit=unit, route=route))]
    assert faults == ([] if route in PIECES[unit].routes else ["unit"])


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"site": "left eye", "route": "otic"}, "site"),
        ({"site": "left knee"}, "site"),
        ({"note": "thinly", "route": "oral"}, "note"),
        ({"note": "<b>"}, "note"),
        ({"strength": "x" * 61}, "strength"),
    ],
)
def test_place_and_manner_that_do_not_fit_are_told(more: dict[str, str], field: str) -> None:
    assert [f for f, _ in faults_of(Form("x", **more))] == [field]


@pytest.mark.parametrize("unit", UNITS)
def test_every_unit_is_ucum_that_the_house_reads(unit: str) -> None:
    assert read_unit(unit)
    assert all(33 <= ord(c) <= 126 for c in unit)  # UCUM 2.4.4: no blanks in an annotation


def test_strength_of_what_is_counted_is_asked_for_and_stands_in_the_name() -> None:
    form = counted("2", "puff", "2", "inhaled")
    assert [field for field, _ in lacking(form)] == ["strength"]
    assert lacking(Form("x", unit=APPLY, times="2", route="topical")) == ()
    named = order_of(replace(form, strength="100 micrograms a puff"), None, "p")
    assert named["medicationCodeableConcept"]["text"] == "x 100 micrograms a puff"
    quantity = named["dosageInstruction"][0]["doseAndRate"][0]["doseQuantity"]
    assert (quantity["value"], quantity["unit"], quantity["code"]) == (2, "puff", "{puff}")
    assert line_of(named, "p").daily_mg is None


def test_usual_dose_in_mg_does_not_overwrite_a_unit_that_is_counted() -> None:
    form = Form("x", unit="{patch}", route="")
    assert with_dose(form, oral()) == form


def test_usual_dose_by_another_route_is_not_proposed() -> None:
    assert with_dose(Form("x", route="intravenous"), oral()) == Form("x", route="intravenous")
    assert with_dose(Form("x", route="oral"), oral()).amount == "70"


def test_nothing_written_is_no_fault() -> None:
    assert faults_of(Form("x")) == ()


def test_usual_dose_fills_what_is_empty_alone() -> None:
    dose = OptionDose(
        "75 mg", "tablet", "oral", Decimal(75), "mg", 1, 28, Evidence("s", "1", "l", "", "", "")
    )
    assert directions_of(with_dose(Form("x"), dose)) == "75 mg once a day by mouth for 28 days"
    assert with_dose(Form("x", amount="150"), dose) == Form("x", amount="150")
    assert with_dose(Form("x"), None) == Form("x")


def oral() -> OptionDose:
    evidence = Evidence("s", "1", "l", "", "", "")
    return OptionDose("w", "tablet", "oral", Decimal(70), "mg", 1, 0, evidence)


def usual(**more: Any) -> Form:
    """Return a form filled by a usual dose."""
    return with_dose(Form("x"), replace(oral(), **more))


def test_usual_dose_of_a_week_a_first_one_and_one_when_needed_are_filled_as_such() -> None:
    week = line_of(order_of(usual(every_days=7), None, "p"), "p")
    assert (week.daily_mg, week.weekly_mg) == (None, Decimal(70))
    first = order_of(usual(first=Decimal(140), times_a_day=2, days=365), None, "p")
    assert [d["text"] for d in first["dosageInstruction"]] == [
        "140 mg once, to begin with",
        "70 mg twice a day by mouth",
    ]
    assert "dispenseRequest" not in first
    assert line_of(first, "p").daily_mg == 140
    needed = line_of(order_of(usual(times_a_day=4, is_as_needed=True), None, "p"), "p")
    assert (needed.daily_mg, needed.is_as_needed) == (None, True)


@pytest.mark.parametrize("more", [{"every_days": 2}, {"every_days": 7, "times_a_day": 2},
                                  {"times_a_day": 6, "is_as_needed": True}])  # fmt: skip
def test_usual_dose_that_the_page_cannot_say_is_not_filled(more: dict[str, Any]) -> None:
    assert usual(**more) == Form("x")


def test_order_reads_back_as_the_daily_dose(medicines: Medicines) -> None:
    form = Form("codeine", amount="30", times="4", days="3", indication="Pain")
    order = order_of(form, medicines.by_id("codeine"), "p")
    line = line_of(order, "p")
    assert line.daily_mg == 120
    assert [r.display for r in line.reasons] == ["Pain"]
    assert line.text == "Codeine"


def test_words_that_name_nothing_stay_words() -> None:
    order = order_of(Form("wundermittel"), None, "p")
    assert order["medicationCodeableConcept"] == {"text": "wundermittel"}


def test_mark_tells_orders_and_lists_apart() -> None:
    first = mark_of(Form("a"), ("x", "y"))
    assert first == mark_of(Form("a"), ("y", "x"))
    assert len({first, mark_of(Form("a"), ("x",)), mark_of(Form("a", amount="1"), ("x", "y"))}) == 3


def test_search_puts_the_name_before_what_only_begins_so(medicines: Medicines) -> None:
    found = matches_of(medicines, "codeine")
    assert found[0].drug == "codeine"
    (plavix,) = matches_of(medicines, "PLAVIX")
    assert (plavix.drug, plavix.found) == ("clopidogrel", "Plavix")
    assert matches_of(medicines, "c") == ()
    assert len(matches_of(medicines, "ca")) == 12
    assert matches_of(medicines, "<script>") == ()


def test_misspelling_is_offered(medicines: Medicines) -> None:
    assert "clopidogrel" in {m.drug for m in suggested(medicines, "clopidogrle")}


@pytest.mark.parametrize(
    ("more", "fields"),
    [
        ({"amount": "0.5", "unit": "{puff}", "route": "inhaled"}, ["amount"]),
        ({"amount": "1.5", "unit": "{patch}", "route": "transdermal"}, ["amount"]),
        ({"amount": "0.5", "unit": "{fingertip_unit}", "route": "topical"}, []),
        ({"first": "2", "amount": "1", "unit": "{drop}", "route": "ocular"}, ["first"]),
        ({"first": "180", "amount": "90", "unit": "mg"}, []),
    ],
)
def test_what_is_counted_is_whole_and_begins_with_no_other_dose(
    more: dict[str, str], fields: list[str]
) -> None:
    assert [field for field, _ in faults_of(Form("x", **more))] == fields
