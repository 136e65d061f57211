"""An entry's bytes and back, fast: the same bytes as `care.govern.audit` makes."""

from __future__ import annotations

import json
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
    try:
        told = orjson.loads(line)
    except orjson.JSONDecodeError:
        told = json.loads(line)  # half a character, escaped
    people = told.get("patients", ())
    return line, tuple(_plain(patient) for patient in people), is_glass(told)


def _plain(text: str) -> str:
    """Return a text that SQLite takes."""
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode("utf-8")
