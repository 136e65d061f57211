"""Puts measured values beside the ones before them: facts alone, no judgement. Pure.

measures of all entries -> the newest of each thing, with how it moved
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from garrod.entry.web.chart import MOST, Chart, chart_of
from garrod.entry.web.summary.entries import Entry
from garrod.entry.web.summary.measured import Measure
from garrod.entry.web.summary.view import Result
from garrod.entry.web.summary.words import day_words

FIRST = "first value here"


def results_of(entries: Iterable[Entry]) -> tuple[Result, ...]:
    """Return the newest value of each thing measured, the newest first.

    `entries` are the newest first.
    """
    found: dict[str, list[Measure]] = {}
    for entry in entries:
        for measure in entry.measures:
            found.setdefault(measure.key, []).append(measure)
    return tuple(_result(values) for values in found.values())


def _result(values: list[Measure]) -> Result:
    newest = values[0]
    return Result(
        name=newest.name[:1].upper() + newest.name[1:],
        value=newest.words,
        trend=trend_words(newest, values[1] if len(values) > 1 else None),
        flag=f"{newest.flag}, says the laboratory" if newest.flag else "",
        day=day_words(newest.when),
        chart=_chart(values),
    )


def _chart(values: list[Measure]) -> Chart | None:
    """Return a chart of values in one unit, of known days; those that only bound are left out."""
    newest = values[0]
    points = [
        (day, one.value)
        for one in reversed(values)
        if one.unit == newest.unit and not one.comparator and (day := _day(one.when))
    ]
    since = day_words(points[-MOST:][0][0].isoformat()) if points else ""
    return chart_of(points, newest.unit, since)


def _day(written: str) -> date | None:
    try:
        return date.fromisoformat(written[:10])
    except ValueError:
        return None


def trend_words(newest: Measure, before: Measure | None) -> str:
    """Return how a value moved since the one before it."""
    if before is None:
        return FIRST
    then = f"{before.words} on {day_words(before.when)}"
    if before.unit != newest.unit:
        return f"before in another unit: {then}"
    if newest.comparator or before.comparator:
        return f"before: {then}"
    if newest.value == before.value:
        return f"the same as on {day_words(before.when)}"
    return f"{'up' if newest.value > before.value else 'down'} from {then}"
