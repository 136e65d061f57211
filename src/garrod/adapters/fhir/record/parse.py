"""Reads a resource from bytes, strictly: what is read is what was sent, or it is refused.

bytes -> dict with exact decimals; no key twice, no broken text, neither too deep nor too large
Source: RFC 8259 (JSON); HL7 FHIR R4 (4.0.1), https://hl7.org/fhir/R4/json.html
"""

from __future__ import annotations

import json
import re
from decimal import Decimal, DecimalException
from typing import Any, NoReturn

import msgspec

from garrod.adapters.fhir.json import LARGEST, Resource
from garrod.core.errors import FhirError

DEEPEST = 100  # Not clinical: levels of nesting; the deepest official example has 16
_DECODER = msgspec.json.Decoder(float_hook=Decimal)
_ENCODER = msgspec.json.Encoder(decimal_format="number")
_STRING = rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
_TOKEN = re.compile(_STRING + rb"|[{}\[\]:]", re.DOTALL)
_HIDDEN_QUOTE = b"\\u0022"
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F][0-9a-fA-F]{2}")
_EXPECTED = {
    "Expecting property name": "expected a member name in double quotes",
    "Illegal trailing comma": "expected another member behind the comma, or no comma",
    "Expecting ':'": "expected a colon behind the member name",
    "Expecting ','": "expected a comma, or the bracket that closes",
    "Expecting value": "expected a value",
    "Unterminated string": "the text that begins here is never closed",
    "Invalid control character": "a line break or control character stands in a text; write it as "
    "an escape, such as \\n",
    "Invalid \\escape": "there is no such escape; write a backslash as \\\\",
    "Invalid \\uXXXX": "expected four hexadecimal digits behind \\u",
    "Extra data": "expected the end here; one resource is sent at a time",
}


def parse(body: bytes, *, largest: int = LARGEST) -> Resource:
    """Return the resource that the bytes are, numbers with a point or exponent as Decimal.

    Raises: FhirError FHR100 (not JSON), FHR101 (not UTF-8), FHR102 (a key twice), FHR103 (too
    deep), FHR104 (too large), FHR105 (no resource).
    """
    if len(body) > largest:
        raise FhirError(
            f"{len(body):,} bytes were sent, and {largest:,} are read at most: send less at once.",
            code="FHR104",
        )
    try:
        found = _DECODER.decode(body)
    except (RecursionError, ValueError, DecimalException) as error:  # msgspec's own are ValueErrors
        _refuse(body, error)
    if not isinstance(found, dict) or not isinstance(found.get("resourceType"), str):
        raise FhirError(
            "no FHIR resource was sent: expected an object with a text as resourceType.",
            code="FHR105",
        )
    _check_depth(found, body)
    _check_keys(found, body)
    return found


def parse_kept(body: bytes) -> Resource:
    """Return a resource of the record: it was read strictly when it came, and is not judged again.

    Raises: FhirError FHR105 (no resource).
    """
    try:
        found = _DECODER.decode(body)
    except (RecursionError, ValueError, DecimalException):
        found = None
    if not isinstance(found, dict):
        raise FhirError("what is kept here is no FHIR resource.", code="FHR105")
    return found


def place_of(body: bytes, at: int) -> str:
    """Return an offset in bytes as "line 3, column 14", counted in characters from 1."""
    before = body[:at].decode("utf-8", "replace")
    return f"line {before.count(chr(10)) + 1}, column {len(before) - before.rfind(chr(10))}"


def _check_depth(found: Resource, body: bytes) -> None:
    if body.count(b"{") + body.count(b"[") <= DEEPEST:
        return
    level: list[Any] = [found]
    for _ in range(DEEPEST):
        level = [
            inner
            for outer in level
            for inner in (outer.values() if type(outer) is dict else outer)
            if type(inner) is dict or type(inner) is list
        ]
        if not level:
            return
    raise _too_deep()


def _too_deep() -> FhirError:
    return FhirError(
        f"objects and lists lie more than {DEEPEST} deep in one another: no resource needs that.",
        code="FHR103",
    )


def _check_keys(found: Resource, body: bytes) -> None:
    """Raise FhirError FHR102 where an object has a key twice.

    The parser keeps the last of two. So what it kept is written again: where no key was lost, as
    many quotes are there as in the bytes. Quotes within texts are written the same way on both
    sides, but for one rare escape; with that, and where the counts differ, every key is looked at.
    """
    if _HIDDEN_QUOTE not in body and body.count(b'"') == _written(found).count(b'"'):
        return
    twice = _first_twice(body)
    if twice is not None:
        name, at = twice
        raise FhirError(
            f"{place_of(body, at)}: the key {name!r} is there twice in one object; expected once.",
            code="FHR102",
        )


def _written(found: Resource) -> bytes:
    try:
        return _ENCODER.encode(found)
    except (OverflowError, ValueError):  # a whole number beyond 64 bits
        return b""


def _first_twice(body: bytes) -> tuple[str, int] | None:
    """Return the first key that an object has twice, and where; None where there is none."""
    stack: list[set[bytes | str]] = []
    last: re.Match[bytes] | None = None
    for token in _TOKEN.finditer(body):
        sign = body[token.start() : token.start() + 1]
        if sign == b'"':
            last = token
        elif sign in b"{[":
            stack.append(set())
        elif sign in b"}]":
            stack.pop()
        elif last is not None:
            key: str = json.loads(last[0])
            if key in stack[-1]:
                return key, last.start()
            stack[-1].add(key)
    return None


def _refuse(body: bytes, error: Exception) -> NoReturn:
    """Raise the FhirError that says where the bytes stop being JSON, and what was expected."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as bad:
        raise FhirError(
            f"{place_of(body, bad.start)}: byte {body[bad.start]:#04x} is no UTF-8; send the "
            "resource as UTF-8.",
            code="FHR101",
        ) from error
    if isinstance(error, RecursionError):
        raise _too_deep() from error
    if not text.strip("\ufeff \t\r\n"):
        raise FhirError(
            "nothing was sent: expected a FHIR resource as JSON.", code="FHR100"
        ) from error
    at, expected = _complaint(text, error)
    place = place_of(body, len(text[:at].encode()))
    raise FhirError(
        f"the resource stops being JSON at {place}: {expected}.", code="FHR100"
    ) from error


def _complaint(text: str, error: Exception) -> tuple[int, str]:
    """Return where a text stops being JSON (in characters), and what was expected there."""
    if text.startswith("\ufeff"):
        return 0, "a byte order mark stands before the resource; expected '{'"
    try:
        json.loads(text, parse_constant=_no_constant)
    except json.JSONDecodeError as told:
        said = next((v for k, v in _EXPECTED.items() if told.msg.startswith(k)), told.msg)
        return told.pos, said
    except _ConstantError as told:
        name = str(told)
        return text.find(name), f"{name} is no JSON number; expected digits, or no such member"
    except (ValueError, RecursionError):
        return 0, "a number has more digits than can be read"
    lone = _SURROGATE.search(text)
    if lone:
        return lone.start(), "half a character is written as an escape; expected both halves"
    return 0, "a number is larger or finer than can be read"


class _ConstantError(Exception):
    """NaN or Infinity, which Python would read and JSON does not know."""


def _no_constant(name: str) -> NoReturn:
    raise _ConstantError(name)
