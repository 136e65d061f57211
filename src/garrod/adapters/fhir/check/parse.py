"""Reads JSON strictly: exact decimals, and no name twice in one object.

A name written twice is seen without a slow parser: a JSON text has as many colons as its own
re-encoding, unless something was dropped. Only then are the names looked for.
"""

from __future__ import annotations

import json
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec

from garrod.adapters.fhir.check.faults import Fault

_DECODE = msgspec.json.Decoder(float_hook=Decimal).decode
_ENCODE = msgspec.json.Encoder().encode
MARK = b"\xef\xbb\xbf"  # Not clinical: what some editors write before UTF-8 text
ESCAPED = b"\\u003"  # the start of an escaped colon, which the count would miss


def parse(content: bytes) -> tuple[Any, list[Fault]]:
    """Return the JSON value with its decimals exact, and the faults of the text itself."""
    try:
        value = _DECODE(content)
    except RecursionError:
        return None, [Fault("deep", "the JSON is nested too deeply")]
    except (msgspec.DecodeError, UnicodeDecodeError, InvalidOperation, ValueError) as error:
        return None, [Fault("json", f"this is not JSON: {_said(error)}")]
    is_sure = ESCAPED not in content and _ENCODE(value).count(b":") == content.count(b":")
    return value, [] if is_sure else _twice(content)


def _said(error: Exception) -> str:
    """Return what a parser says, without the text that it could not read."""
    told = str(error) if isinstance(error, msgspec.DecodeError) else type(error).__name__
    return told.removeprefix("JSON is malformed: ")


class _Object(dict[str, Any]):
    """An object that remembers the names that it had more than once."""

    twice: tuple[str, ...] = ()


def _read(pairs: list[tuple[str, Any]]) -> _Object:
    made = _Object(pairs)
    if len(made) < len(pairs):
        names = [name for name, _ in pairs]
        made.twice = tuple(dict.fromkeys(n for n in names if names.count(n) > 1))
    return made


def _twice(content: bytes) -> list[Fault]:
    """Return a fault for each name that an object has more than once."""
    found: list[Fault] = []
    value = json.loads(content, object_pairs_hook=_read)
    waiting: list[tuple[Any, tuple[str | int, ...]]] = [(value, ())]
    while waiting:
        here, steps = waiting.pop()
        if isinstance(here, _Object):
            for name in here.twice:
                fault = Fault("duplicate", "this name stands more than once in one object")
                found.append(fault.at(name, *reversed(steps)))
            waiting += [(item, (*steps, name)) for name, item in here.items()]
        elif isinstance(here, list):
            waiting += [(item, (*steps, number)) for number, item in enumerate(here)]
    return found
