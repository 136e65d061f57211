"""A dose in English, in words that `dose_reading` reads back to the very same dose.

Dose -> "Take 1 tablet by mouth twice a day, after food, for 5 days; then ..."
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from garrod.care.record.medication.dose import (
    FOOD,
    Amount,
    Dose,
    Every,
    Limit,
    PeriodUnit,
    Regimen,
    Span,
    Step,
    Timing,
    VariableByInr,
    Weekday,
    When,
)
from garrod.care.record.medication.dose_tables import (
    DAY_NAMES,
    MEASURES,
    METHODS,
    REASONS,
    ROUTE_WORDS,
    SITES,
    UNITS,
)

UNSTATED = "of the product (unit not stated)"
_HALF = Decimal("0.5")
STAGES, TOGETHER = "; then ", "; and "
PERIODS = {
    PeriodUnit.MINUTE: "minute",
    PeriodUnit.HOUR: "hour",
    PeriodUnit.DAY: "day",
    PeriodUnit.WEEK: "week",
    PeriodUnit.MONTH: "month",
    PeriodUnit.YEAR: "year",
}
WHEN_WORDS = {
    When.WAKE: "on waking",
    When.MORNING: "in the morning",
    When.BEFORE_BREAKFAST: "before breakfast",
    When.WITH_BREAKFAST: "with breakfast",
    When.AFTER_BREAKFAST: "after breakfast",
    When.NOON: "at noon",
    When.BEFORE_LUNCH: "before lunch",
    When.WITH_LUNCH: "with lunch",
    When.AFTER_LUNCH: "after lunch",
    When.AFTERNOON: "in the afternoon",
    When.BEFORE_DINNER: "before dinner",
    When.WITH_DINNER: "with dinner",
    When.AFTER_DINNER: "after dinner",
    When.EVENING: "in the evening",
    When.NIGHT: "at night",
    When.BEDTIME: "at bedtime",
    When.BEFORE_FOOD: "before food",
    When.WITH_FOOD: "with food",
    When.AFTER_FOOD: "after food",
}
DAYS = dict(zip(Weekday, (name.capitalize() for name in DAY_NAMES), strict=True))


def words_of(dose: Dose) -> str:
    """Return a dose in English words, which `read_words` reads back to the same dose."""
    if isinstance(dose, VariableByInr):
        return _variable(dose)
    stages = (TOGETHER.join(map(_step, stage)) for stage in dose.stages)
    said = STAGES.join(stages)
    return said[0].upper() + said[1:]


def plain(number: Decimal) -> str:
    """Return a number without an exponent and without trailing zeros."""
    return f"{number.normalize():f}"


def amount_words(amount: Amount) -> str:
    """Return an amount in words: "1 tablet", "1 to 2 tablets", "5 mL"."""
    number = plain(amount.low) + (f" to {plain(amount.high)}" if amount.high is not None else "")
    if not amount.unit:
        return f"{number} {UNSTATED}"
    if amount.low == _HALF and amount.high is None and amount.unit not in MEASURES:
        return f"half {'an' if amount.unit[0] in 'aei' else 'a'} {amount.unit}"
    is_one = amount.low == 1 and amount.high is None
    return f"{number} {amount.unit if is_one else UNITS[amount.unit][0]}"


def _step(step: Step) -> str:
    head = [METHODS[step.method][0]] if step.method else []
    head += [amount_words(step.amount)] if step.amount else []
    head += [ROUTE_WORDS[step.route][0]] if step.route else []
    parts = [" ".join(head)] if head else []
    if step.site:
        parts.append(_site(step.site))
    parts += _timing(step.timing)
    if step.is_as_needed:
        parts.append("when required" + (_reason(step.needed_for) if step.needed_for else ""))
    if step.limit:
        parts.append(_limit(step.limit))
    if step.duration:
        parts.append(f"for {_span(step.duration)}")
    if step.doses_in_all:
        many = step.doses_in_all > 1
        parts.append(f"for {step.doses_in_all} doses in all" if many else "as a single dose")
    parts += [f"(note: {note})" for note in step.notes]
    return ", ".join(parts)


def _site(site: str) -> str:
    if site not in SITES:
        return f"(site: {site})"
    return f"to {site}" if site.startswith(("both", "each")) else f"to the {site}"


def _reason(reason: str) -> str:
    return f" for {reason}" if reason in REASONS else f" (for: {reason})"


def _limit(limit: Limit) -> str:
    return f"up to {amount_words(limit.amount)} in {_span(limit.within)}"


def _span(span: Span) -> str:
    return f"{span.number} {PERIODS[span.unit]}{'s' if span.number > 1 else ''}"


def _timing(timing: Timing) -> list[str]:
    parts = [_every(timing.every)] if timing.every else []
    if timing.offset_minutes is not None:
        minutes = Span(timing.offset_minutes, PeriodUnit.MINUTE)
        parts.append(f"{_span(minutes)} {WHEN_WORDS[timing.when[0]]}")
    else:
        parts += _moments(timing.when)
    if timing.at:
        parts.append(f"at {_series(f'{t:%H:%M}' for t in timing.at)}")
    if timing.days:
        parts.append(f"on {_series(DAYS[d] for d in timing.days)}")
    return parts


def _moments(when: tuple[When, ...]) -> list[str]:
    """Return moments of the day as one phrase, and how the dose stands to food as another."""
    day = [WHEN_WORDS[w] for w in when if w not in FOOD]
    food = [w for w in when if w in FOOD]
    said = [_series(day)] if day else []
    if When.WITH_FOOD in food and When.AFTER_FOOD in food:
        said.append("with or after food")
        food = [w for w in food if w is When.BEFORE_FOOD]
    return [*said, *(WHEN_WORDS[w] for w in food)]


def _series(words: Iterable[str]) -> str:
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last


def _every(every: Every) -> str:
    name = PERIODS[every.unit]
    is_one_period = every.period == 1 and every.period_max is None
    is_clock = every.unit in (PeriodUnit.HOUR, PeriodUnit.MINUTE)
    is_once = every.times == 1 and every.times_max is None
    if is_once and (is_clock or not is_one_period):
        return f"every {_length(every)}"
    article = "an" if every.unit is PeriodUnit.HOUR else "a"
    within = f"{article} {name}" if is_one_period else f"every {_length(every)}"
    return f"{_times(every)} {within}"


def _length(every: Every) -> str:
    name = PERIODS[every.unit]
    if every.period_max is not None:
        return f"{every.period} to {every.period_max} {name}s"
    return name if every.period == 1 else f"{every.period} {name}s"


def _times(every: Every) -> str:
    if every.times is None:
        return f"up to {every.times_max} times"
    if every.times_max is not None:
        return f"{every.times} to {every.times_max} times"
    return {1: "once", 2: "twice"}.get(every.times, f"{every.times} times")


def _variable(dose: VariableByInr) -> str:
    target = f"target {plain(dose.target_low)} to {plain(dose.target_high)}"
    head = [f"Varies by INR, {target}"]
    head += [ROUTE_WORDS[dose.route][0]] if dose.route else []
    head += [WHEN_WORDS[dose.moment]] if dose.moment else []
    days = (
        f"{DAYS[day]} {amount_words(amount) if amount else 'none'}"
        for day, amount in zip(Weekday, dose.plan, strict=True)
    )
    plan = ", ".join(days) if dose.plan else "current plan not known"
    return f"{', '.join(head)}; {plan}"


def words_of_steps(dose: Regimen) -> tuple[str, ...]:
    """Return each step of a regimen in words, in order: for a list of lines."""
    return tuple(_step(step) for stage in dose.stages for step in stage)
