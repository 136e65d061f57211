"""Properties of exposure: bounds enclose the middle; less activity never means less exposure."""

from hypothesis import given
from hypothesis import strategies as st

from garrod.science.pgx.exposure import MOST, Range, exposure_ratio, ratio_of

PARTS = st.floats(0, 0.5)


@st.composite
def ranges(draw: st.DrawFn, top: float) -> Range:
    return Range(*sorted(draw(st.lists(st.floats(0, top), min_size=3, max_size=3))))


@given(st.lists(st.tuples(ranges(0.5), ranges(5.0)), min_size=1, max_size=2))
def test_middle_lies_within_the_bounds(parts: list[tuple[Range, Range]]) -> None:
    found = ratio_of(parts)
    assert found.least - 1e-9 <= found.middle <= found.most + 1e-9
    assert found.least > 0
    assert found.most <= MOST


@given(PARTS, PARTS, st.floats(0, 5), st.floats(0, 5), st.floats(0, 5))
def test_less_activity_never_lowers_exposure(
    one: float, other: float, left: float, less: float, beside: float
) -> None:
    low, high = sorted((left, less))
    assert exposure_ratio([(one, low), (other, beside)]) >= exposure_ratio(
        [(one, high), (other, beside)]
    )


@given(st.lists(PARTS, max_size=2))
def test_whole_activity_changes_nothing(parts: list[float]) -> None:
    assert abs(exposure_ratio([(part, 1.0) for part in parts]) - 1.0) < 1e-9
