"""Any dose that can be given, for property tests."""

from datetime import time
from decimal import Decimal

from hypothesis import strategies as st

from garrod.care.record.medication.dose import (
    Amount,
    Every,
    Limit,
    PeriodUnit,
    Regimen,
    Span,
    Step,
    VariableByInr,
    Weekday,
    When,
    timing_of,
)
from garrod.care.record.medication.dose_tables import METHODS, REASONS, SITES, UNITS
from garrod.core.dosage import ROUTES
from garrod.core.errors import InputError

NUMBERS = st.decimals("0.001", "20000", places=3)
SPANS = st.builds(Span, st.integers(1, 90), st.sampled_from(PeriodUnit))
FREE = st.text(
    st.characters(exclude_characters="()\r\n\t«»", categories=("L", "N", "P")), min_size=1
)


@st.composite
def _amounts(draw: st.DrawFn, is_range: bool = True) -> Amount:
    low = draw(NUMBERS | st.integers(1, 12).map(Decimal) | st.just(Decimal("0.5")))
    high = low + draw(NUMBERS) if is_range and draw(st.booleans()) else None
    return Amount(low, draw(st.sampled_from(["", *UNITS])), high)


@st.composite
def _everies(draw: st.DrawFn) -> Every:
    unit, period = draw(st.sampled_from(PeriodUnit)), draw(st.integers(1, 12))
    if draw(st.booleans()):
        longest = draw(st.none() | st.integers(period + 1, 30))
        return Every(1, period, unit, None, longest)
    times = draw(st.none() | st.integers(1, 12))
    most = draw(
        st.integers((times or 0) + 1, 20) if times is None else st.none() | st.just(times + 2)
    )
    return Every(times, period, unit, most)


@st.composite
def _timings(draw: st.DrawFn) -> object:
    parts = {
        "every": draw(st.none() | _everies()),
        "when": draw(st.lists(st.sampled_from(When), max_size=3)),
        "at": draw(st.lists(st.times().map(lambda t: time(t.hour, t.minute)), max_size=3)),
        "days": draw(st.lists(st.sampled_from(Weekday), max_size=7)),
        "offset_minutes": draw(st.none() | st.integers(1, 180)),
    }
    chosen = draw(st.sets(st.sampled_from(sorted(parts)), max_size=3))
    try:
        return timing_of(**{name: parts[name] for name in chosen})
    except InputError:
        return timing_of(**{name: parts[name] for name in ["days"]})


@st.composite
def _steps(draw: st.DrawFn, has_end: bool = False) -> Step:
    is_needed = draw(st.booleans())
    return Step(
        amount=draw(_amounts()),
        timing=draw(_timings()),
        method=draw(st.sampled_from(["", *METHODS])),
        route=draw(st.sampled_from(["", *ROUTES])),
        site=draw(st.sampled_from(["", *SITES]) | FREE),
        is_as_needed=is_needed,
        needed_for=draw(st.sampled_from(["", *REASONS]) | FREE) if is_needed else "",
        limit=draw(st.none() | st.builds(Limit, _amounts(is_range=False), SPANS)),
        duration=draw(SPANS if has_end else st.none() | SPANS),
        doses_in_all=draw(st.none() | st.integers(1, 30)),
        notes=tuple(draw(st.lists(FREE, max_size=2))),
    )


REGIMENS = st.builds(
    lambda first, last: Regimen((*map(tuple, first), tuple(last))),
    st.lists(st.lists(_steps(has_end=True), min_size=1, max_size=2), max_size=3),
    st.lists(_steps(), min_size=1, max_size=2),
)
STEPS = _steps()
DAILY = st.none() | _amounts(is_range=False).filter(lambda a: a.unit)
PLANS = st.just(()) | st.lists(DAILY, min_size=7, max_size=7).filter(any).map(tuple)
VARIABLES = st.builds(
    lambda low, more, plan, route, moment: VariableByInr(low, low + more, plan, route, moment),
    NUMBERS,
    NUMBERS,
    PLANS,
    st.sampled_from(["", *ROUTES]),
    st.none() | st.sampled_from(When),
)
DOSES = REGIMENS | VARIABLES
