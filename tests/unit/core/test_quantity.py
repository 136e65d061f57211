"""Amounts are exact; what cannot be combined or is not exact is refused, never rounded."""

from decimal import Decimal, localcontext

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from garrod.core.errors import UnitError
from garrod.core.quantity import Money, Quantity, read_unit

q = Quantity.of


@pytest.mark.parametrize(
    ("value", "unit", "to", "expected"),
    [
        ("75", "mg", "g", "0.075"),
        ("0.25", "mg", "ug", "250"),
        ("1", "d", "h", "24"),
        ("2", "wk", "d", "14"),
        ("0.9", "g/dL", "g/L", "9"),
        ("88", "umol/L", "mmol/L", "0.088"),
        ("5", "mg/kg/d", "ug/g/d", "5"),
        ("1500", "ng/mL", "mg/L", "1.5"),
        ("60", "mL/min/{1.73_m2}", "L/h", "3.6"),
        ("5000", "[iU]/mL", "k[iU]/mL", "5"),
        ("2", "{tablet}", "1", "2"),
        ("0.9", "%", "1", "0.009"),
        ("3", "mg.h/L", "ug.h/mL", "3"),
        ("1", "1/d", "1/wk", "7"),
    ],
)
def test_convert_between_units_of_one_kind_is_exact(
    value: str, unit: str, to: str, expected: str
) -> None:
    converted = q(value, unit).convert(to)
    assert (converted.value, converted.ucum) == (Decimal(expected), to)


def test_convert_without_a_finite_decimal_is_refused_unless_places_are_given() -> None:
    with pytest.raises(UnitError, match="no finite decimal is exact"):
        q("1", "min").convert("h")
    assert str(q("1", "min").convert("h", places=4)) == "0.0167 h"
    assert q("1250", "g").convert("kg", places=1).value == Decimal("1.2")  # halves to even
    assert q("1250", "mg").convert("mg", places=-2).value == Decimal("1.2E+3")


@pytest.mark.parametrize("other", [q("1", "mL"), q("1", "mmol"), q("1", "mg/mL"), q("1", "1")])
def test_quantities_of_different_kinds_are_not_combined(other: Quantity) -> None:
    one = q("1", "mg")
    for act in (lambda: one + other, lambda: one - other, lambda: one < other):
        with pytest.raises(UnitError, match="measure different things") as raised:
            act()
        assert raised.value.code == "UNT001"
    with pytest.raises(UnitError):
        one.convert(other.ucum)
    assert one != other


def test_sum_and_difference_keep_the_left_unit() -> None:
    assert str(q("1", "g") + q("250", "mg")) == "1.25 g"
    assert str(q("250", "mg") - q("1", "g")) == "-750 mg"


def test_equal_amounts_are_equal_and_hash_alike_whatever_the_unit() -> None:
    assert q("1", "g") == q("1000", "mg")
    assert len({q("1", "g"), q("1000.0", "mg")}) == 1
    assert q("1", "g") != "1 g"


def test_comparison_is_by_amount() -> None:
    assert q("900", "mg") < q("1", "g") <= q("1000", "mg")
    assert q("1", "h") > q("59", "min")
    assert max(q("1", "d"), q("25", "h")) == q("25", "h")


def test_dose_factor_scales_exactly() -> None:
    assert q("75", "mg").scaled_by(Decimal("0.5")) == q("37.5", "mg")


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity", "a lot"])
def test_value_that_is_no_finite_number_is_refused(value: str) -> None:
    with pytest.raises(UnitError, match="number"):
        q(value, "mg")
    with pytest.raises(UnitError):
        q("1", "mg").scaled_by(Decimal("NaN"))


@pytest.mark.parametrize("unit", ["mcg", "µg", "", "mg/", "mg//mL", "MG", "{tablet", "mo"])
def test_unit_that_is_not_known_is_refused_by_name(unit: str) -> None:
    with pytest.raises(UnitError, match="is not known"):
        q("1", unit)


def test_money_of_one_currency_and_year_is_added_and_compared() -> None:
    one, two = Money(Decimal("1.10"), "GBP", 2026), Money(Decimal("2.20"), "GBP", 2026)
    assert one + two == Money(Decimal("3.3"), "GBP", 2026)
    assert two - one == one
    assert one < two
    assert str(two) == "2.20 GBP (2026 prices)"


@pytest.mark.parametrize("other", [Money(Decimal(1), "EUR", 2026), Money(Decimal(1), "GBP", 2025)])
def test_money_of_another_currency_or_year_is_not_combined(other: Money) -> None:
    one = Money(Decimal(1), "GBP", 2026)
    for act in (lambda: one + other, lambda: one - other, lambda: one < other):
        with pytest.raises(UnitError, match="cannot be combined"):
            act()


def test_money_without_a_currency_or_a_number_is_refused() -> None:
    with pytest.raises(UnitError, match="three letters"):
        Money(Decimal(1), "£", 2026)
    with pytest.raises(UnitError, match="finite"):
        Money(Decimal("NaN"), "GBP", 2026)


decimals = st.decimals(allow_nan=False, allow_infinity=False, places=9, min_value=-(10**30))
KINDS = [
    ["kg", "g", "mg", "ug", "ng", "pg"],
    ["L", "dL", "mL", "uL"],
    ["mol", "mmol", "umol", "nmol", "pmol"],
    ["s", "min", "h", "d", "wk"],
    ["g/L", "mg/L", "ug/mL", "ng/mL", "mg/dL"],
    ["mmol/L", "umol/L", "nmol/L"],
]


@given(decimals, st.sampled_from(KINDS), st.data())
def test_conversion_there_and_back_gives_the_same_decimal(
    value: Decimal, kind: list[str], data: st.DataObject
) -> None:
    unit, to = data.draw(st.sampled_from(kind)), data.draw(st.sampled_from(kind))
    first = Quantity(value, unit)
    try:
        there = first.convert(to)
    except UnitError:  # seconds in weeks: no finite decimal, refused
        assume(False)
        raise
    assert there.convert(unit).value == value
    assert there == first


@given(decimals, decimals)
def test_sum_is_exact_past_the_precision_of_the_context(a: Decimal, b: Decimal) -> None:
    total = Quantity(a, "mg") + Quantity(b, "mg")
    with localcontext() as context:
        context.prec = 200
        assert total.value == a + b
    assert total - Quantity(b, "mg") == Quantity(a, "mg")


def test_unit_is_read_as_dimension_and_size() -> None:
    dimension, size = read_unit("mL/min")
    assert dimension == (("time", -1), ("volume", 1))
    assert size * 60 * 1000 == 1


@pytest.mark.parametrize(
    ("amount", "unit", "other", "expected"),
    [
        ("250", "10*9/L", "/nL", None),
        ("7.5", "10*9/L", "10*3/uL", "7.5"),
        ("4.5", "10*12/L", "10*6/uL", "4.5"),
        ("2.5", "m[IU]/L", "u[iU]/mL", "2.5"),
        ("0.45", "s", "ms", "450"),
        ("72", "/min", "{beats}/min", "72"),
        ("90", "fL", "uL", "0.00000009"),
        ("35", "U/L", "U/dL", "3.5"),
        ("120", "mm[Hg]", "cm", None),
    ],
)
def test_units_of_laboratory_and_bedside_convert(
    amount: str, unit: str, other: str, expected: str | None
) -> None:
    if expected is None:
        with pytest.raises(UnitError):
            Quantity.of(amount, unit).convert(other)
    else:
        assert Quantity.of(amount, unit).convert(other).value == Decimal(expected)
