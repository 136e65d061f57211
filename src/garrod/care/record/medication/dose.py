"""A dose as values: how much, how often, by which route, for how long; each thing in one way only.

Step (one instruction) -> stages (one after the other, for tapering) -> Regimen; a dose that follows
the INR is a VariableByInr. What can be said in two ways ("once a day at night") is said in one:
`timing_of` makes it so, and a value that is not so is refused.
Source: fields after HL7 FHIR R4 Dosage and Timing, https://hl7.org/fhir/R4/dosage.html; restated.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import time
from decimal import Decimal
from enum import StrEnum

from garrod.care.record.medication.dose_tables import METHODS, UNITS
from garrod.core.dosage import ROUTES
from garrod.core.errors import InputError

_FREE_TEXT = re.compile(r"[^\s()«»](?:[^()«»\r\n\t]*[^\s()«»])?")


class PeriodUnit(StrEnum):
    """A unit of time, by its UCUM code."""

    MINUTE = "min"
    HOUR = "h"
    DAY = "d"
    WEEK = "wk"
    MONTH = "mo"
    YEAR = "a"


class Weekday(StrEnum):
    """A day of the week, by FHIR's code."""

    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"


class When(StrEnum):
    """A moment of the day, by FHIR's code; the order is that of the day."""

    WAKE = "WAKE"
    MORNING = "MORN"
    BEFORE_BREAKFAST = "ACM"
    WITH_BREAKFAST = "CM"
    AFTER_BREAKFAST = "PCM"
    NOON = "NOON"
    BEFORE_LUNCH = "ACD"
    WITH_LUNCH = "CD"
    AFTER_LUNCH = "PCD"
    AFTERNOON = "AFT"
    BEFORE_DINNER = "ACV"
    WITH_DINNER = "CV"
    AFTER_DINNER = "PCV"
    EVENING = "EVE"
    NIGHT = "NIGHT"
    BEDTIME = "HS"
    BEFORE_FOOD = "AC"  # these three relate a dose to food, and are no moments of their own
    WITH_FOOD = "C"
    AFTER_FOOD = "PC"


FOOD = (When.BEFORE_FOOD, When.WITH_FOOD, When.AFTER_FOOD)
_ORDER = {w: place for place, w in enumerate(When)}
_DAYS = {d: place for place, d in enumerate(Weekday)}


def _refuse(is_wrong: bool, what: str) -> None:
    if is_wrong:
        raise InputError(f"a dose is not one that can be given: {what}.", code="REC101")


def _check_text(what: str, text: str) -> None:
    _refuse(
        bool(text) and (not _FREE_TEXT.fullmatch(text) or "  " in text),
        f"{what} {text!r} must be one line without brackets and without blanks around it",
    )


@dataclass(frozen=True, slots=True)
class Amount:
    """How much at a time: a number, or a range, of a unit of dose_tables.UNITS; "": not stated."""

    low: Decimal
    unit: str = ""
    high: Decimal | None = None

    def __post_init__(self) -> None:
        _refuse(not self.low.is_finite() or self.low <= 0, f"the amount {self.low} is not above 0")
        is_range = self.high is None or (self.high.is_finite() and self.high > self.low)
        _refuse(not is_range, f"{self.high} is not more than {self.low}, where a range begins")
        known = self.unit == "" or self.unit in UNITS
        _refuse(not known, f"unit {self.unit!r} is not one of {', '.join(UNITS)}")


@dataclass(frozen=True, slots=True)
class Every:
    """How often: `times` (None with `times_max`: up to so many) in each period.

    `period_max` makes the period a range ("every 4 to 6 hours") and needs times 1.
    """

    times: int | None = 1
    period: int = 1
    unit: PeriodUnit = PeriodUnit.DAY
    times_max: int | None = None
    period_max: int | None = None

    def __post_init__(self) -> None:
        least = self.times or 0
        _refuse(self.period < 1, f"a period of {self.period} is not a period")
        _refuse(self.times is not None and self.times < 1, f"{self.times} times is not often")
        _refuse(self.times is None and self.times_max is None, "how many times is not said")
        too_few = self.times_max is not None and self.times_max <= least
        _refuse(too_few, f"at most {self.times_max} times is not more than {least}")
        if self.period_max is not None:
            _refuse(self.period_max <= self.period, "the longest period is not the longer one")
            _refuse(self.times != 1 or self.times_max is not None, "a range of times and periods")

    @property
    def is_daily(self) -> bool:
        """Return whether it counts times in each single day."""
        return self.period == 1 and self.period_max is None and self.unit is PeriodUnit.DAY


@dataclass(frozen=True, slots=True)
class Timing:
    """When: how often, at which moments or clock times, on which days. Empty: not said.

    Moments and clock times already say how often in a day, so no daily count stands beside them;
    days already say how often in a week. `offset_minutes` goes with a single meal in `when`.
    Raises: InputError REC101 for what `timing_of` would have made otherwise.
    """

    every: Every | None = None
    when: tuple[When, ...] = ()
    at: tuple[time, ...] = ()
    days: tuple[Weekday, ...] = ()
    offset_minutes: int | None = None

    def __post_init__(self) -> None:
        for given, wanted in (
            (self.when, tuple(sorted(set(self.when), key=_ORDER.__getitem__))),
            (self.days, tuple(sorted(set(self.days), key=_DAYS.__getitem__))),
            (self.at, tuple(sorted(set(self.at)))),
        ):
            _refuse(given != wanted, "moments are not in the order of the day, each once")
        _refuse(bool(self.moments and self.at), "moments of the day and clock times together")
        _refuse(any(t.second or t.microsecond for t in self.at), "clock times finer than minutes")
        _refuse(len(self.days) == len(Weekday), "all seven days, which is every day")
        _refuse(_is_said_twice(self), "how often is said twice, or in two ways")
        if self.offset_minutes is not None:
            meals = [w for w in self.when if w.value.startswith(("AC", "PC"))]
            _refuse(self.offset_minutes < 1, "an offset of less than a minute")
            _refuse(
                len(meals) != 1 or len(self.when) != 1, "an offset needs one meal, before/after"
            )

    @property
    def moments(self) -> tuple[When, ...]:
        """Return the moments of the day, without relations to food in general."""
        return tuple(w for w in self.when if w not in FOOD)


def _is_said_twice(timing: Timing) -> bool:
    every, places = timing.every, len(timing.moments) + len(timing.at)
    if every is None:
        return False
    if places and (every.is_daily or every.unit in (PeriodUnit.MINUTE, PeriodUnit.HOUR)):
        return True
    if timing.days and every.unit is PeriodUnit.WEEK:
        return every.period == 1 or every.times != len(timing.days)
    if timing.days and every.is_daily:
        return every == Every()
    return bool(timing.days) and every.unit not in (PeriodUnit.MINUTE, PeriodUnit.HOUR)


NO_TIMING = Timing()


def timing_of(
    *,
    every: Every | None = None,
    when: Iterable[When] = (),
    at: Iterable[time] = (),
    days: Iterable[Weekday] = (),
    offset_minutes: int | None = None,
) -> Timing:
    """Return the one timing that says this: sorted, and how often said once only.

    "Once a day at night" is "at night"; "twice a week on Monday and Friday" is "on Monday and
    Friday".  Raises: InputError REC101 where the parts contradict each other.
    """
    moments = tuple(sorted(set(when), key=_ORDER.__getitem__))
    clock, named = tuple(sorted(set(at))), tuple(sorted(set(days), key=_DAYS.__getitem__))
    if len(named) == len(Weekday):
        named, every = (), every or Every()
    places = len([w for w in moments if w not in FOOD]) + len(clock)
    if every is not None and every.times_max is None:
        is_counted = every.is_daily and places and every.times == places
        is_each_day = every == Every() and named
        is_each_week = named and every == Every(len(named), 1, PeriodUnit.WEEK)
        if is_counted or is_each_day or is_each_week:
            every = None
    return Timing(every, moments, clock, named, offset_minutes)


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time."""

    number: int
    unit: PeriodUnit

    def __post_init__(self) -> None:
        _refuse(self.number < 1, f"a length of {self.number}")


@dataclass(frozen=True, slots=True)
class Limit:
    """The most that may be taken within a length of time."""

    amount: Amount
    within: Span

    def __post_init__(self) -> None:
        _refuse(self.amount.high is not None, "a limit that is a range")


@dataclass(frozen=True, slots=True)
class Step:
    """One instruction. Route of core.dosage.ROUTES or "", method of dose_tables.METHODS or "".

    `needed_for` goes with `is_as_needed`; `doses_in_all` 1 is a single dose. `notes` are further
    words for the person, kept as they are and never reasoned over.
    """

    amount: Amount | None = None
    timing: Timing = NO_TIMING
    method: str = ""
    route: str = ""
    site: str = ""
    is_as_needed: bool = False
    needed_for: str = ""
    limit: Limit | None = None
    duration: Span | None = None
    doses_in_all: int | None = None
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _refuse(self.route not in ("", *ROUTES), f"route {self.route!r} is not known")
        _refuse(self.method not in ("", *METHODS), f"method {self.method!r} is not known")
        _refuse(bool(self.needed_for) and not self.is_as_needed, "a need, but not as needed")
        _refuse(self.doses_in_all is not None and self.doses_in_all < 1, "no dose in all")
        for what, text in (("site", self.site), ("need", self.needed_for)):
            _check_text(what, text)
        for note in self.notes:
            _refuse(not note, "an empty note")
            _check_text("note", note)
        says = self.amount or self.timing != NO_TIMING or self.is_as_needed or self.doses_in_all
        _refuse(not says, "neither how much nor when is said")

    @property
    def has_end(self) -> bool:
        """Return whether it says when it is over."""
        return self.duration is not None or self.doses_in_all is not None


@dataclass(frozen=True, slots=True)
class Regimen:
    """Stages one after the other; the steps of one stage hold together. Only the last is open."""

    stages: tuple[tuple[Step, ...], ...]

    def __post_init__(self) -> None:
        _refuse(not self.stages or not all(self.stages), "a regimen or a stage without a step")
        ends = all(step.has_end for stage in self.stages[:-1] for step in stage)
        _refuse(not ends, "a step before the last stage does not say when it is over")


@dataclass(frozen=True, slots=True)
class VariableByInr:
    """A dose that follows the INR: its target, and the plan of a week from Monday to Sunday.

    In the plan None is a day without a dose; an empty plan: not known here.
    """

    target_low: Decimal
    target_high: Decimal
    plan: tuple[Amount | None, ...] = ()
    route: str = ""
    moment: When | None = None

    def __post_init__(self) -> None:
        finite = self.target_low.is_finite() and self.target_high.is_finite()
        _refuse(not finite or not 0 < self.target_low < self.target_high, "no range of INR")
        _refuse(len(self.plan) not in (0, len(Weekday)), "a plan that is not of seven days")
        _refuse(any(a and (a.high or not a.unit) for a in self.plan), "a plan with open amounts")
        _refuse(bool(self.plan) and not any(self.plan), "a plan without any dose")
        _refuse(self.route not in ("", *ROUTES), f"route {self.route!r} is not known")


Dose = Regimen | VariableByInr


def single(step: Step) -> Regimen:
    """Return the regimen of one instruction."""
    return Regimen(((step,),))
