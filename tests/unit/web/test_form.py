"""What a prescriber writes becomes an order, or is refused in words; nothing is made up."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from garrod.adapters.fhir.draft import NO_DOSE
from garrod.adapters.fhir.lines.dosage_reading import dose_of
from garrod.care.record.medication.dose import Regimen
from garrod.core.advice import OptionDose
from garrod.core.evidence import Evidence
from garrod.entry.web.prescribe.form import (
    WAYS,
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
                                  {"times_a_day": 1, "is_as_needed": True}])  # fmt: skip
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
