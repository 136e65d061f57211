"""Whether the JSON of a primitive is what its type asks: a boolean, a number, a date's shape."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from garrod.adapters.fhir.validate.definitions import SYSTEM_TYPE, Definitions
from garrod.adapters.fhir.validate.issue import Issue, Severity

WHOLE = ("integer", "positiveInt", "unsignedInt")
FULL_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
DATES = ("date", "dateTime", "instant")


def misshapen(definitions: Definitions, code: str, value: Any, path: str) -> Iterator[Issue]:
    """Yield what is wrong with a primitive; one of an extension alone has no value to check."""
    if isinstance(value, dict):
        if set(value) - {"id", "extension"} or not value:
            yield _wrong(path, f"a {code} was expected, not an object")
        return
    if not _is_json_of(code, value):
        yield _wrong(path, f"this is not a {code}")
        return
    if value == "":
        yield _wrong(path, f"an empty {code} stands here: leave it out")
        return
    written = ("true" if value else "false") if isinstance(value, bool) else str(value)
    shape = "" if code.startswith(SYSTEM_TYPE) else definitions.shape(code)
    if shape and not _compiled(shape).fullmatch(written):
        yield _wrong(path, f"this is not a {code}")
    elif code in DATES and not _is_day(written):
        yield _wrong(path, "there is no such day in the calendar")


def _is_json_of(code: str, value: Any) -> bool:
    if code == "boolean":
        return isinstance(value, bool)
    if code in WHOLE:
        return isinstance(value, int) and not isinstance(value, bool)
    if code == "decimal":
        return isinstance(value, int | float | Decimal) and not isinstance(value, bool)
    return isinstance(value, str)


def _is_day(written: str) -> bool:
    match = FULL_DATE.match(written)
    if not match:
        return True
    try:
        date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return False
    return True


@cache
def _compiled(shape: str) -> re.Pattern[str]:
    return re.compile(shape)


def _wrong(path: str, message: str) -> Issue:
    return Issue(Severity.ERROR, "value", path, message)
