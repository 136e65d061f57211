"""What a value sought finds in a value stored, by the letter of R4: our own second reading.

It shares nothing with the server under test: it reads what Medplum's FHIRPath engine found in a
resource (type and value), not our index, and compares exactly, not in floating point.
Source: HL7 FHIR R4 (4.0.1), https://hl7.org/fhir/R4/search.html (3.1.1.4.5 to 3.1.1.4.12)
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

from validation.differential.asking import Value

UCUM = "http://unitsofmeasure.org"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
ENDLESS = Fraction(10) ** 40
TENTH = Fraction(1, 10)
NAME = ("text", "family", "given", "prefix", "suffix")
ADDRESS = ("text", "line", "city", "district", "state", "postalCode", "country")
# How many of the smallest unit of its sort a unit is. Source: https://ucum.org/ucum
UNITS = {
    "kg": ("g", 10**9), "g": ("g", 10**6), "mg": ("g", 1000), "ug": ("g", 1),
    "mmol/L": ("mol/L", 1000), "umol/L": ("mol/L", 1), "mol/L": ("mol/L", 10**6),
    "m": ("m", 100), "cm": ("m", 1),
}  # fmt: skip
_DATE = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,6}))?)?(Z|[+-]\d\d:\d\d)?)?)?)?"
)


@dataclass(frozen=True, slots=True)
class Interval:
    """From low to high; whether the ends themselves belong to it."""

    low: Fraction
    high: Fraction
    has_low: bool = True
    has_high: bool = True


def instants(text: str) -> tuple[Fraction, Fraction]:
    """Return the span of a date or time, in microseconds, its end not within it."""
    found = _DATE.fullmatch(text)
    assert found is not None, text
    year, month, day, hour, minute, second, part, zone = found.groups()
    start = datetime(int(year), int(month or 1), int(day or 1), tzinfo=UTC)
    if month is None:
        end = start.replace(year=start.year + 1)
    elif day is None:
        end = (start + timedelta(days=32)).replace(day=1)
    elif hour is None:
        end = start + timedelta(days=1)
    else:
        start += timedelta(hours=int(hour), minutes=int(minute), seconds=int(second or 0))
        if zone and zone != "Z":
            away = timedelta(hours=int(zone[1:3]), minutes=int(zone[4:]))
            start += away if zone[0] == "-" else -away
        end = start + (timedelta(seconds=1) if second else timedelta(minutes=1))
        if part:
            start += timedelta(microseconds=int(part.ljust(6, "0")))
            end = start + MICROSECOND * 10 ** (6 - len(part))
    return Fraction((start - EPOCH) // MICROSECOND), Fraction((end - EPOCH) // MICROSECOND)


def times(value: Any) -> tuple[Fraction, Fraction] | None:
    """Return the outer limits of a date, Period or Timing; None where it has none."""
    if isinstance(value, str):
        return instants(value)
    if "start" in value or "end" in value:
        low = instants(value["start"])[0] if "start" in value else -ENDLESS
        return low, instants(value["end"])[1] if "end" in value else ENDLESS
    spans = [instants(event) for event in value.get("event", ())]
    bounds = value.get("repeat", {}).get("boundsPeriod")
    spans += [span for span in [times(bounds) if bounds else None] if span]
    return (min(s[0] for s in spans), max(s[1] for s in spans)) if spans else None


def in_time(stored: Any, sought: Value, now: datetime) -> bool:
    """Return whether a stored date, Period or Timing fits a date sought."""
    span = times(stored)
    if span is None:
        return False
    (low, high), (first, last) = span, instants(sought.text)
    within = first <= low and high <= last
    if sought.prefix == "ap":
        wider = abs(Fraction((now - EPOCH) // MICROSECOND) - first) * TENTH
        return low < last + wider and high > first - wider
    return {
        "": within, "eq": within, "ne": not within, "gt": high > last, "lt": low < first,
        "ge": within or high > last, "le": within or low < first,
        "sa": low >= last, "eb": high <= first,
    }[sought.prefix]  # fmt: skip


def half_step(text: str) -> Fraction:
    """Return half of the last digit written; of 1e2 as R4 prints it: [95, 105)."""
    digits, _, power = text.lower().partition("e")
    places = len(digits.partition(".")[2])
    exponent = int(power or 0) - places
    return Fraction(1, 2) * Fraction(10) ** (exponent - 1 if exponent > 0 else exponent)


def in_measure(stored: Interval, sought: Value, times_: Fraction = Fraction(1)) -> bool:
    """Return whether a stored number fits a number sought, taken so many times."""
    value = Fraction(sought.text)
    half = half_step(sought.text)
    if sought.prefix == "ap":
        half = max(half, abs(value) * TENTH)
    first, exact, last = ((value - half) * times_, value * times_, (value + half) * times_)
    low, high = stored.low, stored.high
    within = first <= low and (high < last or (high == last and not stored.has_high))
    above = high > exact
    below = low < exact
    return {
        "": within, "eq": within, "ne": not within, "gt": above, "lt": below,
        "ge": above or (high == exact and stored.has_high),
        "le": below or (low == exact and stored.has_low),
        "sa": low > exact or (low == exact and not stored.has_low),
        "eb": high < exact or (high == exact and not stored.has_high),
        "ap": low < last and high >= first,
    }[sought.prefix]  # fmt: skip


def interval(value: Any) -> Interval | None:
    """Return a number, Quantity or Range as an interval; None where it has no number."""
    if isinstance(value, int | float):
        return Interval(Fraction(str(value)), Fraction(str(value)))
    if "low" in value or "high" in value:
        ends = [value.get(end, {}).get("value") for end in ("low", "high")]
        low, high = (None if end is None else Fraction(str(end)) for end in ends)
        return Interval(-ENDLESS if low is None else low, ENDLESS if high is None else high)
    if "value" not in value:
        return None
    number = Fraction(str(value["value"]))
    sign = value.get("comparator", "")
    if sign.startswith("<"):
        return Interval(-ENDLESS, number, has_high=sign == "<=")
    if sign.startswith(">"):
        return Interval(number, ENDLESS, has_low=sign == ">=")
    return Interval(number, number)


def measured(value: Any, sought: Value) -> bool:
    """Return whether a stored quantity fits one sought, in its unit or one like it."""
    found = interval(value)
    if found is None:
        return False
    told = value.get("low") or value.get("high") or value if isinstance(value, dict) else {}
    system, code = told.get("system", ""), told.get("code", "")
    if "currency" in told:
        system, code = "urn:iso:std:iso:4217", told["currency"]
    if sought.unit is None:
        return in_measure(found, sought)
    if not sought.system:
        return sought.unit in (code, told.get("unit")) and in_measure(found, sought)
    if system != sought.system:
        return False
    if code == sought.unit or not sought.unit:
        return in_measure(found, sought)
    mine, other = UNITS.get(sought.unit), UNITS.get(code)
    if system != UCUM or mine is None or other is None or mine[0] != other[0]:
        return False
    return in_measure(found, sought, Fraction(mine[1], other[1]))


def plain(text: str) -> str:
    """Return words without case, accents, or more than one space between them."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(c for c in apart if not unicodedata.combining(c)).casefold().split())


def words_in(kind: str, value: Any) -> Iterator[str]:
    """Yield the strings that a string parameter covers."""
    if isinstance(value, str):
        yield value
        return
    for name in {"HumanName": NAME, "Address": ADDRESS}.get(kind, ()):
        inner = value.get(name, [])
        yield from [inner] if isinstance(inner, str) else inner


def worded(text: str, sought: str, modifier: str = "") -> bool:
    """Return whether stored words fit words sought."""
    if modifier == "exact":
        return text == sought
    own, other = plain(text), plain(sought)
    return other in own if modifier == "contains" else own.startswith(other)


def codes_in(kind: str, value: Any) -> Iterator[tuple[str | None, str | None]]:
    """Yield system and code of what a token parameter finds."""
    match kind:
        case "CodeableConcept":
            for coding in value.get("coding", ()):
                yield coding.get("system"), coding.get("code")
        case "Coding":
            yield value.get("system"), value.get("code")
        case "Identifier":
            yield value.get("system"), value.get("value")
        case "ContactPoint":
            yield None, value.get("value")
        case "boolean":
            yield None, str(value).lower()
        case _:
            yield None, str(value)


def coded(kind: str, value: Any, sought: Value) -> bool:
    """Return whether a stored code fits one sought; only what is a string is so without case."""
    for system, code in codes_in(kind, value):
        same = code == sought.text
        if kind == "string" and code is not None:
            same = code.casefold() == sought.text.casefold()
        if sought.system is None:
            fits = same
        elif sought.system == "":
            fits = same and not system
        else:
            fits = system == sought.system and (same or not sought.text)
        if fits:
            return True
    return False


def texts_of(kind: str, value: Any) -> Iterator[str]:
    """Yield the words beside a code, that :text searches."""
    if kind == "CodeableConcept":
        yield from filter(
            None, (value.get("text"), *(c.get("display") for c in value.get("coding", ())))
        )
    if kind == "Coding" and value.get("display"):
        yield value["display"]
    if kind == "Identifier" and value.get("type", {}).get("text"):
        yield value["type"]["text"]
