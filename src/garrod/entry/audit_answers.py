"""Whom an answer speaks of, found in its bytes as they leave: no door has to remember to say it.

bytes of an answer, part by part -> types of resources, logical ids of people, how many resources

Found are references to people (Patient/ID, /patients/ID), the patients of events, and in NDJSON
the people themselves. It is rather one too many than one too few: what refers to a person of
another server under the same words is taken for a person of this one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

import orjson

from garrod.care.govern.audit import Trail

TEXT = ("json", "xml", "html", "text/event-stream", "text/plain")
LONGEST = 64  # Source: FHIR R4, datatypes, id: characters at most
TAIL = 120  # bytes that are looked at again with the next part
_ID = re.compile(rb"[A-Za-z0-9.\-]{1,64}")
_KIND = re.compile(rb'\s*:\s*"([A-Za-z]{1,50})"')
_EVENT = re.compile(rb'"patients":\[([^\]]*)\]')
NDJSON = "application/fhir+ndjson"
BUNDLE, PATIENT = "Bundle", "Patient"
TYPE, BACKSLASH, ESCAPED = b'"resourceType"', b"\\", b"\\/"
SPECIAL = ("html", "event-stream", "ndjson")


class Answered:
    """Looks through one answer. `media` is its content type."""

    def __init__(self, media: str, trail: Trail) -> None:
        self._media, self._trail = media, trail
        self._is_text, self._is_special = _sort_of(media)
        self._left = b""  # of the part before, since an id may be cut in two

    def part(self, body: bytes, *, is_last: bool) -> None:
        """Look through the next bytes of the answer."""
        if not self._is_text or not body:
            return
        whole = self._left + body if self._left else body
        if BACKSLASH in whole and ESCAPED in whole:
            whole = whole.replace(ESCAPED, b"/")
        parts = whole.split(TYPE)
        kinds = _kinds(parts)
        people = _people(whole, b"Patient/", is_last=is_last)
        if self._is_special:
            people |= self._others(whole, body, kinds, is_last=is_last)
        count = body.count(TYPE) if self._left else len(parts) - 1
        if BUNDLE in kinds:
            kinds.remove(BUNDLE)
            count -= 1
        self._trail.gave(kinds, people, max(count, 0))
        self._left = b"" if is_last else self._kept(whole)

    def _others(self, whole: bytes, body: bytes, kinds: set[str], *, is_last: bool) -> set[str]:
        """Return the people whom a page, events or lines name in their own ways."""
        if "html" in self._media:
            return _people(whole, b"/patients/", is_last=is_last)
        if "event-stream" in self._media:
            return _of_events(body)
        return _ids_in(whole.splitlines()) if PATIENT in kinds else set()

    def _kept(self, whole: bytes) -> bytes:
        """Return what is looked at again with the next part: a line, or where an id may be cut."""
        return whole.rpartition(b"\n")[2] if "ndjson" in self._media else whole[-TAIL:]


def look_through(trail: Trail, media: str, body: bytes) -> None:
    """Tell a trail of whom a whole document speaks."""
    Answered(media, trail).part(body, is_last=True)


def people_in(address: bytes) -> set[str]:
    """Return the people in the address of something that was written."""
    return _people(address, b"Patient/")


@lru_cache(maxsize=256)
def _sort_of(media: str) -> tuple[bool, bool]:
    """Return whether a type of content is text, and whether it names people in ways of its own."""
    return any(part in media for part in TEXT), any(part in media for part in SPECIAL)


def _people(body: bytes, before: bytes, *, is_last: bool = True) -> set[str]:
    _, *parts = body.split(before)
    if not parts:
        return set()
    if not is_last and _ID.fullmatch(parts[-1]):
        parts.pop()  # it may go on in the next part
    matches = (_ID.match(part) for part in {part[: LONGEST + 1] for part in parts})
    return {match[0].decode("ascii") for match in matches if match}


def _kinds(parts: list[bytes]) -> set[str]:
    """Return the types of what was cut at the names of its types."""
    found = {part[:LONGEST].partition(b",")[0] for part in parts[1:]}
    matches = (_KIND.match(part) for part in found)
    return {match[1].decode("ascii") for match in matches if match}


def _of_events(body: bytes) -> set[str]:
    return {
        id.strip(b'" ').decode("ascii", "replace")
        for some in _EVENT.findall(body)
        for id in some.split(b",")
        if id.strip()
    }


def _ids_in(lines: Iterable[bytes]) -> set[str]:
    found = set()
    for line in lines:
        try:
            told = orjson.loads(line)
        except orjson.JSONDecodeError:
            continue
        if isinstance(told, dict) and told.get("resourceType") == PATIENT:
            found.add(str(told.get("id", ""))[:LONGEST])
    return found - {""}
