"""The kidneys' clearance: the published formulae, and when it is not told."""

import math
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from garrod.science.safety.renal import ckd_epi, ckd_epi_2021, cockcroft_gault, rising
from tests.making.safety import answer, person, result, subject


def with_creatinine(value: str = "100", **fields: object):  # type: ignore[no-untyped-def]
    """Return a person with one creatinine in µmol/L."""
    who = person(results=(result("14682-9", value, "umol/L"),), **fields)
    return subject(who)


@pytest.mark.parametrize(
    ("sex", "age", "umol", "expected"),
    [  # worked by hand from the formula of PMID 34554658
        ("female", 70, 100, 142 * (100 / 88.4 / 0.7) ** -1.2 * 0.9938**70 * 1.012),
        ("male", 40, 70, 142 * (70 / 88.4 / 0.9) ** -0.302 * 0.9938**40),
    ],
)
def test_ckd_epi_is_the_published_formula(sex: str, age: int, umol: float, expected: float) -> None:
    assert math.isclose(ckd_epi_2021(umol, age, sex), expected, rel_tol=1e-12)


@given(
    age=st.integers(18, 110),
    weight=st.integers(30, 200),
    umol=st.integers(20, 1500),
    sex=st.sampled_from(("male", "female")),
)
def test_cockcroft_gault_agrees_with_its_first_form(
    age: int, weight: int, umol: int, sex: str
) -> None:
    """The paper's own form: (140 − age) · kg / (72 · mg/dL), women 0.85 of it (PMID 1244564)."""
    who = with_creatinine(
        str(umol), sex=sex, birth_date=date(2026 - age, 1, 1), weight_kg=Decimal(weight)
    )
    mg = umol / 88.4
    plain = (140 - age) * weight / (72 * mg) * (0.85 if sex == "female" else 1)
    found = cockcroft_gault(who).value
    assert found is not None
    # 1.23 and 1.04 are rounded, so the two forms differ by up to 0.4 %
    assert abs(float(found) - plain) <= 0.006 * plain + 0.05


def test_inputs_and_weight_are_named() -> None:
    found = cockcroft_gault(with_creatinine(weight_kg=Decimal(60)))
    assert found.inputs == (
        "age 70",
        "female",
        "actual weight 60 kg",
        "creatinine 100 µmol/L of 2026-05-01",
    )
    assert found.refs == ("Observation/14682-9",)


def test_weight_of_years_ago_is_no_weight() -> None:
    who = with_creatinine(weight_kg=Decimal(60), weight_seen=date(2024, 1, 1))
    assert cockcroft_gault(who).missing == ("weight",)


def test_measured_weight_outranks_an_undated_one() -> None:
    both = (result("14682-9", "100", "umol/L"), result("29463-7", "80", "kg"))
    found = cockcroft_gault(subject(person(results=both, weight_kg=Decimal(60))))
    assert found.inputs[2] == "actual weight 80 kg"


def test_build_that_misleads_is_said() -> None:
    found = cockcroft_gault(with_creatinine(weight_kg=Decimal(140), height_cm=Decimal(160)))
    assert found.cautions == (
        "body mass index 55: actual weight may mislead, judge with ideal weight",
    )
    usual = cockcroft_gault(with_creatinine(weight_kg=Decimal(60), height_cm=Decimal(160)))
    assert usual.cautions == ()


def test_everything_that_is_missing_is_named() -> None:
    who = subject(person(sex="", birth_date=None))
    assert cockcroft_gault(who).missing == ("creatinine", "sex", "age", "weight")
    assert ckd_epi(who).missing == ("creatinine", "sex", "age")


def test_reported_rate_is_taken_unless_creatinine_is_newer() -> None:
    rate = result("33914-3", "55", "mL/min/{1.73_m2}")
    newer = result("14682-9", "100", "umol/L", seen=date(2026, 5, 20))
    assert ckd_epi(subject(person(results=(rate,)))).method == "reported eGFR"
    assert ckd_epi(subject(person(results=(rate, newer)))).method == "CKD-EPI 2021"
    undated = replace(newer, seen=None)
    assert ckd_epi(subject(person(results=(rate, undated)))).method == "reported eGFR"


def test_rise_is_by_half_within_a_week() -> None:
    def of(*values: tuple[str, int]) -> tuple[str, ...]:
        found = tuple(result("14682-9", v, "umol/L", seen=date(2026, 5, d)) for v, d in values)
        return rising(subject(person(results=found)))

    assert of(("100", 1)) == ()
    assert of(("100", 1), ("149", 5)) == ()
    assert of(("100", 1), ("150", 20)) == ()
    assert "from 100 to 150 µmol/L within 4 days" in of(("100", 1), ("150", 5))[0]


def test_what_a_formula_lacks_is_said_in_words() -> None:
    child = with_creatinine("50", birth_date=date(2016, 1, 1), weight_kg=Decimal(30))
    (missing,) = answer("measure crcl < 30", child).missing
    assert "missing: an adult (the formula was not made for children)" in missing.text
    (missing,) = answer("measure crcl < 30", with_creatinine()).missing
    assert missing.text == "creatinine clearance cannot be told (missing: body weight)"
    nobody = with_creatinine(sex="", birth_date=None)
    assert ckd_epi(nobody).cautions == ()


@given(
    age=st.integers(18, 100),
    weight=st.integers(30, 200),
    umol=st.integers(20, 1000),
    more=st.integers(1, 500),
    sex=st.sampled_from(("male", "female")),
)
def test_more_creatinine_or_age_is_never_more_clearance(
    age: int, weight: int, umol: int, more: int, sex: str
) -> None:
    def told(creatinine: int, years: int) -> tuple[Decimal, Decimal]:
        born = date(2026 - years, 1, 1)
        who = with_creatinine(str(creatinine), sex=sex, birth_date=born, weight_kg=Decimal(weight))
        found = (cockcroft_gault(who).value, ckd_epi(who).value)
        assert found[0] is not None
        assert found[1] is not None
        return found[0], found[1]

    usual = told(umol, age)
    assert all(a >= b for a, b in zip(usual, told(umol + more, age), strict=True))
    assert all(a >= b for a, b in zip(usual, told(umol, age + 10), strict=True))


@given(tenths=st.integers(3, 200))
def test_clearance_is_the_same_in_either_unit(tenths: int) -> None:
    in_mg = Decimal(tenths) / 10
    who = person(
        results=(result("14682-9", str(in_mg), "mg/dL"),), weight_kg=Decimal(70), sex="male"
    )
    told = cockcroft_gault(subject(who)).value
    plain = (140 - 70) * 70 / (72 * float(in_mg))
    assert told is not None
    assert abs(float(told) - plain) <= 0.006 * plain + 0.05


def test_creatinine_without_a_unit_that_is_known_is_refused() -> None:
    who = person(results=(result("14682-9", "100", "1"),), weight_kg=Decimal(70))
    found = cockcroft_gault(subject(who))
    assert found.value is None
    assert "its unit '1' is not one of umol/L" in found.cautions[0]
