"""An entry's bytes and back, fast: the same bytes as `care.govern.audit` makes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import orjson

from garrod.adapters.audit.log import Body
from garrod.care.govern.audit import is_glass, written


def line_of(told: dict[str, Any]) -> bytes:
    """Return the canonical bytes of an entry's plain values, which are in their order."""
    try:
        line = orjson.dumps(told)
    except orjson.JSONEncodeError:  # half a character
        return written(told)
    return line if line.isascii() else written(told)


def body_of(line: bytes) -> Body:
    """Return what the log needs of an entry's canonical bytes."""
    told = told_of(line)
    return line, people_of(told), is_glass(told)


def told_of(line: bytes) -> Any:
    """Return an entry's plain values.  Raises: ValueError where it is no JSON."""
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError:
        return json.loads(line)  # half a character, escaped


def people_of(told: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the people whom an entry's plain values name, as a database takes text."""
    return tuple(
        name if name.isascii() else name.encode("utf-8", "backslashreplace").decode("utf-8")
        for name in told.get("patients", ())
    )
