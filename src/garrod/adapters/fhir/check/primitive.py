"""Compiles a primitive type into a check of its JSON: kind, form, range and calendar.

The quick tests at the head of each check hold for most values; where one does not, the regular
expression of the type decides.  Source: HL7 FHIR R4 4.0.1, datatypes, by the pack fhir-r4.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from garrod.adapters.fhir.check.faults import Check, Fault, Found, Run, kind_of_json

LONGEST = 1024 * 1024  # characters of a string. Source: FHIR R4, datatypes, string
LARGEST, SMALLEST = 2**31 - 1, -(2**31)  # of an integer. Source: FHIR R4, datatypes, integer
LONGEST_ID = 64  # Source: FHIR R4, datatypes, id
NO_TEXT = "no text in it"
EXAMPLES = {
    "date": "a date such as 2026, 2026-11 or 2026-11-28",
    "dateTime": "a date, or a date and time with seconds and zone, as 2026-11-28T09:30:00Z",
    "instant": "a date and time with seconds and zone, as 2026-11-28T09:30:00.000Z",
    "time": "a time such as 09:30:00",
    "id": "1 to 64 letters, digits, hyphens or points",
    "code": "a code: no space before, behind, or twice",
    "uri": "a URI without spaces",
    "url": "a URL without spaces",
    "canonical": "a canonical URL without spaces",
    "oid": "urn:oid: and an OID",
    "uuid": "urn:uuid: and a UUID in small letters",
    "positiveInt": "a whole number from 1 on",
    "unsignedInt": "a whole number from 0 on",
    "integer": "a whole number of 32 bits",
    "decimal": "a number",
    "boolean": "true or false",
    "base64Binary": "base64",
}
DAYS = ("date", "dateTime", "instant")
TOKENS = ("uri", "url", "canonical")
TEXTS = ("string", "markdown")
WHOLE = {"integer": SMALLEST, "unsignedInt": 0, "positiveInt": 1}
SURE_DAY = re.compile(r"\d{4}(?:-\d\d(?:-(?:[01]\d|2[0-8])(?:T.*)?)?)?")


def primitive(kind: str, shape: str) -> Check:
    """Return the check of a primitive type with that regular expression."""
    if kind in TEXTS:
        return _text(kind)
    if kind in TOKENS or kind == "code":
        return _token(kind, re.compile(shape))
    if kind in DAYS:
        return _day(kind, re.compile(shape))
    if kind in WHOLE:
        return _whole(kind, WHOLE[kind])
    if kind == "boolean":
        return _boolean
    if kind == "decimal":
        return _decimal
    if kind == "base64Binary":
        return _base64
    return _shaped(kind, re.compile(shape))


def wrong(kind: str, value: Any) -> list[Fault]:
    """Return the fault of a value that is not what its type asks."""
    expected = EXAMPLES.get(kind, f"a {kind}")
    if value == "" and isinstance(value, str):
        rule = "empty-text" if kind in TEXTS else "empty"
        return [Fault(rule, f"an empty {kind} stands here: leave it out")]
    if isinstance(value, str) and kind not in ("boolean", "decimal", *WHOLE):
        return [Fault("value", f"this is not {expected}")]
    if value is None:
        return [Fault("null", f"{expected} was expected, null found")]
    fits = isinstance(value, int | Decimal | float) and kind in ("decimal", *WHOLE)
    rule = "value" if fits and not isinstance(value, bool) else "type"
    return [Fault(rule, f"{expected} was expected, {kind_of_json(value)} found")]


def _text(kind: str) -> Check:
    def check(value: Any, run: Run) -> Found:
        if type(value) is str and value.isprintable() and len(value) < LONGEST and value.strip():
            return None
        return slow(value)

    def slow(value: Any) -> Found:
        if type(value) is not str or not value:
            return wrong(kind, value)
        if not value.strip():
            return [Fault("empty-text", f"a {kind} with {NO_TEXT}: leave it out")]
        if len(value) > LONGEST:
            return [Fault("too-long", f"a {kind} has at most {LONGEST} characters")]
        if any(c < " " and c not in "\t\r\n" for c in value):
            return [Fault("value", f"a {kind} has no control characters but tab and line ends")]
        return None

    return check


def _token(kind: str, shape: re.Pattern[str]) -> Check:
    fits = shape.fullmatch

    def check(value: Any, run: Run) -> Found:
        if type(value) is str and value and value.isprintable() and " " not in value:
            return None
        if type(value) is not str or not value or not fits(value):
            return wrong(kind, value)
        return None

    return check


def _day(kind: str, shape: re.Pattern[str]) -> Check:
    fits, is_sure = shape.fullmatch, SURE_DAY.fullmatch

    def check(value: Any, run: Run) -> Found:
        if type(value) is not str or not fits(value):
            return wrong(kind, value)
        if is_sure(value) or _is_of_calendar(value):
            return None
        return [Fault("value", "there is no such day in the calendar")]

    return check


def _is_of_calendar(value: str) -> bool:
    try:
        date(int(value[:4]), int(value[5:7]), int(value[8:10]))
    except ValueError:
        return False
    return True


def _whole(kind: str, least: int) -> Check:
    def check(value: Any, run: Run) -> Found:
        return None if type(value) is int and least <= value <= LARGEST else wrong(kind, value)

    return check


def _boolean(value: Any, run: Run) -> Found:
    return None if value is True or value is False else wrong("boolean", value)


def _decimal(value: Any, run: Run) -> Found:
    return None if type(value) in NUMBERS else wrong("decimal", value)


NUMBERS = (Decimal, int, float)


def _base64(value: Any, run: Run) -> Found:
    if type(value) is not str or not value.strip():
        return wrong("base64Binary", value)
    try:
        base64.b64decode("".join(value.split()), validate=True)
    except (binascii.Error, ValueError):
        return wrong("base64Binary", value)
    return None


def _shaped(kind: str, shape: re.Pattern[str]) -> Check:
    fits: Callable[[str], Any] = shape.fullmatch

    def check(value: Any, run: Run) -> Found:
        return None if type(value) is str and fits(value) else wrong(kind, value)

    return check
