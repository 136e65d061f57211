"""Finds members in the bytes of JSON that was parsed before: where each begins and ends.

No value is read or written again; what stands between two offsets is what was sent.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import NamedTuple

_STRING = rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
_SCALAR = re.compile(_STRING + rb"|[^\s,\]}]++", re.DOTALL)
_TO_BRACKET = re.compile(rb'(?:[^"{}\[\]]++|' + _STRING + rb")*+([{}\[\]])", re.DOTALL)
_KEY = re.compile(rb"[ \t\r\n,]*+(" + _STRING + rb")[ \t\r\n]*+:[ \t\r\n]*+", re.DOTALL)
_OPENING = frozenset(b"{[")


class Member(NamedTuple):
    """A member of an object: its name, and where it, its value and its end stand in the bytes."""

    name: str
    start: int
    value: int
    end: int


def members(body: bytes, at: int = 0) -> Iterator[Member]:
    """Yield the members of the object whose opening brace is the first at or behind an offset."""
    inside = body.index(b"{", at) + 1
    while (key := _KEY.match(body, inside)) is not None:
        end = end_of_value(body, key.end())
        yield Member(_text(key[1]), key.start(1), key.end(), end)
        inside = end


def end_of_value(body: bytes, at: int) -> int:
    """Return the offset behind the value that begins at an offset."""
    if body[at] not in _OPENING:
        scalar = _SCALAR.match(body, at)
        return scalar.end() if scalar else at
    depth = 0
    while (found := _TO_BRACKET.match(body, at)) is not None:
        at = found.end()
        depth += 1 if body[at - 1] in _OPENING else -1
        if not depth:
            break
    return at


def _text(token: bytes) -> str:
    """Return the text that a JSON string is."""
    return str(json.loads(token)) if b"\\" in token else token[1:-1].decode()
