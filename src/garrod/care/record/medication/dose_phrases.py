"""The phrases of directions: a pattern for each, and what it says of a dose.

A phrase is tried at one place of the text, the more telling ones first. Text is in lower case.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import time
from decimal import Decimal

from garrod.care.record.medication.dose import (
    Amount,
    Every,
    Limit,
    PeriodUnit,
    Span,
    Weekday,
    When,
)
from garrod.care.record.medication.dose_tables import (
    DAY_NAMES,
    METHOD_SPELLINGS,
    METHODS,
    NUMBERS,
    REASONS,
    ROUTE_WORDS,
    SITES,
    UNITS,
)
from garrod.care.record.medication.dose_words import UNSTATED, WHEN_WORDS

_DIGITS = r"\d+(?:\.\d+)?"
_COUNT = rf"(?:{'|'.join(NUMBERS)})"
NUMBER = rf"(?:{_DIGITS}|{_COUNT} and a half|half|{_COUNT})"
_WHOLE = rf"(?:\d+|{_COUNT})"
_TO = r"(?: ?- ?| to | or )"
_A_DAY = r"(?:daily|(?:a|per|every|each) day|/ ?day)"
_RATE = r"(?:a|per|each) day|/ ?day"  # "40 mg a day" may be given in parts
_PER = rf"(?:{_A_DAY}|(?:a|an|per|every|each|/) ?(?:minute|hour|week|month|year)|weekly|monthly)"
_LENGTHS = {
    "min": PeriodUnit.MINUTE,
    "h": PeriodUnit.HOUR,
    "d": PeriodUnit.DAY,
    "w": PeriodUnit.WEEK,
    "mo": PeriodUnit.MONTH,
    "y": PeriodUnit.YEAR,
}
_LENGTH = r"(?:minutes?|mins?|hours?|hrs?|days?|weeks?|months?|years?)"


def _unit_spellings() -> dict[str, str]:
    found = {}
    for unit, (plural, others) in UNITS.items():
        for spelling in (re.escape(unit.lower()), re.escape(plural.lower()), *others):
            found[spelling] = unit
    return found


_UNITS = _unit_spellings()
UNIT = rf"(?:{'|'.join(sorted(_UNITS, key=len, reverse=True))})(?![\w/²])"


def number_in(text: str) -> Decimal:
    """Return the number that digits or words stand for."""
    if text[0].isdecimal():
        return Decimal(text)
    if text == "half":
        return Decimal("0.5")
    count = Decimal(NUMBERS.index(text.split(" ", 1)[0]) + 1)
    return count + Decimal("0.5") if text.endswith(" and a half") else count


def _unit_in(text: str) -> str:
    return next(unit for spelling, unit in _UNITS.items() if re.fullmatch(spelling, text))


def length_unit(text: str) -> PeriodUnit:
    """Return the unit of time that a word names."""
    text = text.strip(" /")
    return next(u for start, u in _LENGTHS.items() if text.startswith(start))


@dataclass(frozen=True, slots=True)
class Said:
    """What a phrase says: a field of a step, and its value."""

    field: str
    value: object


Reader = Callable[[re.Match[str]], tuple[Said, ...]]
_Phrase = tuple[str, Reader]


def _always(*said: Said) -> Reader:
    return lambda _: said


def amount_of(low: str, high: str | None, unit: str | None) -> Amount:
    """Return an amount of its parts as they stand in a text.  Raises: InputError REC101."""
    name = _unit_in(unit) if unit and not unit.startswith("of the product") else ""
    return Amount(number_in(low), name, number_in(high) if high else None)


_UNSTATED = re.escape(re.sub(r"[()]", "", UNSTATED))  # brackets are put aside before
AMOUNT = (
    rf"(?P<low>{NUMBER})(?:{_TO}(?P<high>{NUMBER}))?"
    rf"(?:(?:(?<=half)(?: of)? an?)? ?(?P<unit>{UNIT}|{_UNSTATED}))"
)
# A bare number is an amount only where no other number and no word of time stands behind it.
_BARE = (
    rf"(?P<low>{NUMBER})(?:{_TO}(?P<high>{NUMBER}))?"
    rf"(?= (?!times?\b|x\b|minutes?|mins?|hour|hrs?|weekly|monthly|yearly|fortnight|half)|,|$)"
)


def _amount(match: re.Match[str]) -> tuple[Said, ...]:
    return (Said("amount", amount_of(match["low"], match["high"], match["unit"])),)


def _bare(match: re.Match[str]) -> tuple[Said, ...]:
    return (Said("amount", amount_of(match["low"], match["high"], None)),)


def _spoonfuls(match: re.Match[str]) -> tuple[Said, ...]:
    size = Decimal(match["size"])
    return (Said("amount", Amount(number_in(match["low"]) * size, "mL")),)


def _amounts() -> Iterator[_Phrase]:
    yield rf"(?P<low>{NUMBER}) (?:x )?(?P<size>2\.5|5|10) ?ml spoonfuls?\b", _spoonfuls
    yield AMOUNT, _amount


def _every(times: str | None, most: str | None, per: str) -> Every:
    names = {"daily": "d", "weekly": "w", "monthly": "mo"}
    word = names.get(per) or re.sub(r"^(?:an?|per|every|each|/) ?", "", per)
    low = _times(times) if times else None
    return Every(low, 1, length_unit(word), _times(most) if most else None)


def _times(text: str) -> int:
    return {"once": 1, "twice": 2, "thrice": 3}.get(text) or int(number_in(text))


def _frequencies() -> Iterator[_Phrase]:
    each = rf"(?:every|each) (?P<n>{_WHOLE})(?:{_TO}(?P<max>{_WHOLE}))? (?P<unit>{_LENGTH})\b"
    times = rf"(?P<times>once|twice|thrice|{_WHOLE})(?:(?:{_TO}| or )(?P<most>twice|{_WHOLE}))?"
    several = rf"{times} ?(?:(?<=ce)|(?<=ce )|times?|x)"
    yield (
        rf"(?P<upto>up to )?{several} {each}",
        lambda m: (Said("every", _times_every(m)),),
    )
    yield (
        rf"(?P<upto>up to )?{several} ?(?P<per>{_PER})(?!\w)",
        lambda m: (
            Said(
                "every",
                _every(None, m["most"] or m["times"], m["per"])
                if m["upto"]
                else _every(m["times"], m["most"], m["per"]),
            ),
        ),
    )
    yield each, lambda m: (Said("every", _times_every(m)),)
    yield (
        rf"(?P<n>{_WHOLE})(?:{_TO}(?P<max>{_WHOLE}))?(?: |-)?(?P<unit>hour)ly\b",
        lambda m: (Said("every", _times_every(m)),),
    )
    yield r"q ?(?P<n>\d+) ?(?P<unit>h)\b", lambda m: (Said("every", _times_every(m)),)
    for pattern, every in _FIXED:
        yield rf"(?:{pattern})(?!\w)", _always(Said("every", every))
    yield rf"(?:{_RATE})(?!\w)", _always(Said("every", Every()), Said("is_rate", True))


def _times_every(match: re.Match[str]) -> Every:
    found = match.groupdict()
    low, most = found.get("times"), found.get("most")
    if found.get("upto"):
        low, most = None, most or low
    return Every(
        _times(low) if low else (None if most else 1),
        int(number_in(match["n"])),
        length_unit(match["unit"]),
        _times(most) if most else None,
        int(number_in(found["max"])) if found.get("max") else None,
    )


_FIXED = (
    (rf"bd|b\.d\.|bid|b\.i\.d\.|twice {_A_DAY}", Every(2)),
    (r"tds|t\.d\.s\.|tid|t\.i\.d\.", Every(3)),
    (r"qds|q\.d\.s\.|qid|q\.i\.d\.", Every(4)),
    (r"on alternate days|alternate days|every other day", Every(1, 2)),
    (r"every fortnight|once a fortnight|fortnightly", Every(1, 2, PeriodUnit.WEEK)),
    (r"every hour|hourly", Every(1, 1, PeriodUnit.HOUR)),
    (r"every minute", Every(1, 1, PeriodUnit.MINUTE)),
    (r"every week|once weekly|weekly", Every(1, 1, PeriodUnit.WEEK)),
    (r"every month|once monthly|monthly", Every(1, 1, PeriodUnit.MONTH)),
    (r"every year|once yearly|yearly", Every(1, 1, PeriodUnit.YEAR)),
    (r"od|o\.d\.|daily|every day", Every()),
)
_MEALS = {"breakfast": "M", "lunch": "D", "dinner": "V", "evening meal": "V"}
_FOOD = r"(?:food|meals?)"
_MOMENTS = (
    (r"(?:in the |each |every )?mornings?|mane|om", When.MORNING),
    (r"(?:in the |each |every )?afternoons?", When.AFTERNOON),
    (r"(?:in the |each |every )?evenings?", When.EVENING),
    (r"(?:at |each |every )?night|nocte", When.NIGHT),
    (r"at bedtime|before bed", When.BEDTIME),
    (r"at (?:noon|midday|12 noon)", When.NOON),
    (r"on waking", When.WAKE),
    (rf"before {_FOOD}", When.BEFORE_FOOD),
    (rf"after {_FOOD}", When.AFTER_FOOD),
    (rf"with {_FOOD}", When.WITH_FOOD),
)


def _meal(match: re.Match[str]) -> tuple[Said, ...]:
    starts = {"before": "AC", "with": "C", "after": "PC"}
    code = starts[match["how"]] + _MEALS.get(match["meal"], "")
    said = [Said("when", When(code))]
    if offset := match.groupdict().get("offset"):
        size = 60 if "hour" in offset else 1
        word = offset.split(" hour")[0].split(" min")[0]
        words = {"half an": Decimal("0.5"), "an": Decimal(1), "a": Decimal(1)}
        minutes = (words.get(word) or number_in(word)) * size
        said.append(Said("offset_minutes", int(minutes)))
    return tuple(said)


def _whens() -> Iterator[_Phrase]:
    offset = rf"(?P<offset>half an hour|an hour|{_WHOLE} (?:minutes?|mins?|hours?))"
    meal = rf"(?P<meal>{'|'.join(_MEALS)}|food|meals?)\b"
    yield rf"{offset} (?P<how>before|after) {meal}", _meal
    yield (
        rf"(?:with (?:or|and) after|after or with) {_FOOD}\b",
        _always(Said("when", When.WITH_FOOD), Said("when", When.AFTER_FOOD)),
    )
    yield rf"(?P<how>before|with|after) (?P<meal>{'|'.join(_MEALS)})\b", _meal
    for pattern, moment in _MOMENTS:
        yield rf"(?:{pattern})(?!\w)", _always(Said("when", moment))


_CLOCK = r"(?:\d{1,2}[:.]\d\d(?: ?[ap]m)?|\d{1,2} ?[ap]m)"
_DAY = "|".join(f"{name}s?|{name[:3]}" for name in DAY_NAMES)


def _clocks(match: re.Match[str]) -> tuple[Said, ...]:
    return tuple(Said("at", clock_in(text)) for text in re.findall(_CLOCK, match[0]))


def clock_in(text: str) -> time:
    """Return a clock time.  Raises: ValueError for none, and for noon or midnight as 12 am/pm."""
    hour, _, minute = re.sub(r" ?[ap]m", "", text).replace(".", ":").partition(":")
    number = int(hour)
    if text.endswith("m"):
        if not 1 <= number <= 11:
            raise ValueError("12 am and 12 pm are read in two ways")
        number += 12 if text.endswith("pm") else 0
    return time(number, int(minute or 0))


def _named_days(match: re.Match[str]) -> tuple[Said, ...]:
    return tuple(Said("days", Weekday(d[:3])) for d in re.findall(_DAY, match[0]))


def _days() -> Iterator[_Phrase]:
    more = r"(?:, ?| and |, and )"
    yield rf"at {_CLOCK}(?:{more}(?:at )?{_CLOCK})*(?!\w)", _clocks
    day = rf"(?:{_DAY})\b"
    yield rf"(?:on |every |each )?{day}(?:{more}{day})*(?: of (?:each|every) week)?", _named_days


def _limit(match: re.Match[str]) -> tuple[Said, ...]:
    amount = amount_of(match["low"], match["high"], match["unit"])
    number = int(number_in(match["n"])) if match["n"] else 1
    return (Said("limit", Limit(amount, Span(number, length_unit(match["span"])))),)


def _rest() -> Iterator[_Phrase]:
    most = (
        r"(?:(?:up )?to a max(?:imum)? of|up to|max(?:imum)?(?: of)?|no more than|not more than"
        r"|do not (?:take|use|exceed) more than)"
    )
    within = rf"(?:in any|in|per|a|every|within|each|/) ?(?:(?P<n>{_WHOLE}) )?(?P<span>{_LENGTH})\b"
    yield rf"{most} {AMOUNT} {within}", _limit
    need = r"(?:when|as|if) (?:required|needed|necessary)|prn|p\.r\.n\."
    reasons = "|".join(sorted(REASONS, key=len, reverse=True))
    yield (
        rf"(?:{need})(?: for (?P<why>{reasons}))?(?!\w)",
        lambda m: (
            Said("is_as_needed", True),
            *((Said("needed_for", m["why"]),) if m["why"] else ()),
        ),
    )
    yield (
        rf"(?:for|x) (?P<n>{_WHOLE}) (?P<unit>{_LENGTH})\b",
        lambda m: (Said("duration", Span(int(number_in(m["n"])), length_unit(m["unit"]))),),
    )
    yield (
        rf"for (?P<n>{_WHOLE}) doses in all\b",
        lambda m: (Said("doses_in_all", int(number_in(m["n"]))),),
    )
    yield r"(?:stat|as a single dose|once only)(?!\w)", _always(Said("doses_in_all", 1))
    sites = "|".join(sorted(SITES, key=len, reverse=True))
    yield rf"(?:(?:to|in|into) (?:the )?)?(?P<site>{sites})\b", lambda m: (Said("site", m["site"]),)


def _ways() -> Iterator[_Phrase]:
    these = r"(?: (?:these|this|the) (?:tablets?|capsules?|medicine)\b)?"
    for method, (verb, passive) in METHODS.items():
        yield rf"(?:{passive}|{verb}{these})(?!\w)", _always(Said("method", method))
    for spelling, method in METHOD_SPELLINGS.items():
        yield rf"{spelling}\b", _always(Said("method", method))
    for route, (written, others) in ROUTE_WORDS.items():
        words = "|".join((re.escape(written), *others))
        yield rf"(?:{words})(?: route)?(?!\w)", _always(Said("route", route))


def _bares() -> Iterator[_Phrase]:
    yield _BARE, _bare


PHRASES: tuple[tuple[re.Pattern[str], Reader], ...] = tuple(
    (re.compile(pattern), reader)
    for source in (_rest, _frequencies, _amounts, _whens, _days, _ways, _bares)
    for pattern, reader in source()
)

assert set(WHEN_WORDS) == set(When)
