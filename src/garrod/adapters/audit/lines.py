"""An entry's bytes and back, fast: the same bytes as `care.govern.audit` makes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import orjson

from garrod.adapters.audit.log import Body
from garrod.care.govern.audit import Said, is_glass, told_of, written

AT, WHO = "(at)", "(who)"  # where the time and the one named stand in what is remembered
PEOPLE = b'"patients":["(who)"]'


def line_of(at: str, event: str, said: Said, people: Sequence[str]) -> bytes:
    """Return the canonical bytes of an entry."""
    if len(people) == 1 and _is_plain(people[0]):  # as most are
        start, after, end = _around(event, said, has_people=True)
        return b"%s%s%s%s%s" % (start, at.encode(), after, people[0].encode(), end)
    if not people:
        start, after, end = _around(event, said, has_people=False)
        return b"%s%s%s" % (start, at.encode(), after)
    return _dumped(told_of(at, event, said, people))


@lru_cache(maxsize=4096)
def _around(event: str, said: Said, *, has_people: bool) -> tuple[bytes, bytes, bytes]:
    """Return the bytes of an entry around its time and the one whom it names."""
    whole = _dumped(told_of(AT, event, said, (WHO,) if has_people else ()))
    start, _, rest = whole.partition(AT.encode())
    if not has_people:
        return start, rest, b""
    before, after = PEOPLE.split(WHO.encode())
    middle, _, end = rest.partition(PEOPLE)  # unlike words, which cannot hold a bare quotation mark
    return start, middle + before, after + end


def _is_plain(id: str) -> bool:
    """Return whether an id stands in JSON as it is."""
    return id.isascii() and id.replace("-", "").replace(".", "").isalnum()


def _dumped(told: dict[str, Any]) -> bytes:
    try:
        line = orjson.dumps(told)
    except orjson.JSONEncodeError:  # half a character
        return written(told)
    return line if line.isascii() else written(told)


def body_of(line: bytes) -> Body:
    """Return what the log needs of an entry's canonical bytes."""
    told = read_of(line)
    return line, people_of(told), is_glass(told)


def read_of(line: bytes) -> Any:
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
