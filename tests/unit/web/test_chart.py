"""A chart is drawn of enough values over days, and says in words what it shows."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from garrod.entry.web.chart import MOST, chart_of

FIRST = date(2026, 1, 1)


def series(*values: str, days: int = 10) -> list[tuple[date, Decimal]]:
    return [(FIRST + timedelta(days * n), Decimal(v)) for n, v in enumerate(values)]


def test_line_goes_from_the_oldest_to_the_newest_by_days() -> None:
    points = [*series("50", "70"), (FIRST + timedelta(40), Decimal(60))]
    chart = chart_of(points, "mL/min", "1 January 2026")
    assert chart is not None
    assert chart.points == "4.0,28.0 32.0,4.0 116.0,16.0"
    assert (chart.x, chart.y) == ("116.0", "16.0")
    assert chart.words == "Chart: 3 values since 1 January 2026, from 50 to 70 mL/min"


def test_values_that_stay_are_a_level_line() -> None:
    chart = chart_of(series("1.2", "1.2", "1.2"), "", "1 January 2026")
    assert chart is not None
    assert {place.split(",")[1] for place in chart.points.split()} == {"16.0"}
    assert chart.words == "Chart: 3 values since 1 January 2026, all 1.2"


@pytest.mark.parametrize("values", [(), ("1",), ("1", "2")])
def test_few_values_are_no_chart(values: tuple[str, ...]) -> None:
    assert chart_of(series(*values), "", "") is None


def test_values_of_one_day_are_no_chart() -> None:
    assert chart_of(series("1", "2", "3", days=0), "", "") is None


def test_many_values_are_cut_to_the_newest() -> None:
    chart = chart_of(series(*map(str, range(100))), "", "then")
    assert chart is not None
    assert len(chart.points.split()) == MOST
    assert "from 76 to 99" in chart.words
