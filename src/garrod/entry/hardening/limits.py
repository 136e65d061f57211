"""How much one asker may ask, and how large and slow a request may be, as the environment says.

GARROD_RATE           requests a second and at once, of whoever is known: "1000/2000", or "off"
GARROD_RATE_UNKNOWN   the same of one address, before it is known who asks: "100/400"
GARROD_RATE_FAILED    refused sign-ins and tokens of one address: "2/100"
GARROD_HEAD_SECONDS   until the head of a request is whole: "15"
GARROD_BODY_SECONDS   between two parts of its body: "30"
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from garrod.core.errors import InputError

OFF = "off"
# Not clinical: bytes of a request's head and of its question, and parameters of a question
LARGEST_HEAD, LONGEST_QUESTION, MOST_PARAMETERS = 65_536, 16_384, 500
LONGEST_WAIT = 3600.0  # Not clinical: seconds that a setting may say


@dataclass(frozen=True, slots=True)
class Rate:
    """So many a second in the long run, and so many at once."""

    each_second: float
    at_once: float


@dataclass(frozen=True, slots=True)
class Limits:
    """What may be asked. A rate of None: no limit."""

    known: Rate | None = Rate(1000, 2000)
    unknown: Rate | None = Rate(100, 400)
    failed: Rate | None = Rate(2, 100)
    head_seconds: float = 15.0
    body_seconds: float = 30.0


def limits_of(environment: Mapping[str, str]) -> Limits:
    """Return the limits that an environment names.  Raises: InputError LIM001."""
    usual = Limits()
    return Limits(
        _rate(environment, "GARROD_RATE", usual.known),
        _rate(environment, "GARROD_RATE_UNKNOWN", usual.unknown),
        _rate(environment, "GARROD_RATE_FAILED", usual.failed),
        _seconds(environment, "GARROD_HEAD_SECONDS", usual.head_seconds),
        _seconds(environment, "GARROD_BODY_SECONDS", usual.body_seconds),
    )


def _rate(environment: Mapping[str, str], name: str, usual: Rate | None) -> Rate | None:
    said = environment.get(name, "").strip()
    if not said:
        return usual
    if said.lower() == OFF:
        return None
    each, _, at_once = said.partition("/")
    found = Rate(_number(each), _number(at_once))
    if not (found.each_second > 0 and found.at_once >= 1):
        raise InputError(
            f'{name} says how many a second and how many at once, as in "100/400", or "off".',
            code="LIM001",
        )
    return found


def _seconds(environment: Mapping[str, str], name: str, usual: float) -> float:
    said = environment.get(name, "").strip()
    found = _number(said) if said else usual
    if not 0 < found <= LONGEST_WAIT:
        raise InputError(f"{name} is a number of seconds, at most 3600.", code="LIM001")
    return found


def _number(said: str) -> float:
    """Return a number, or -1 where it is none."""
    try:
        found = float(said)
    except ValueError:
        return -1.0
    return found if math.isfinite(found) else -1.0
