"""Versions of one resource after another: bytes, numbers, times, head and event of each."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator

from garrod.adapters.store.flaw import Flaw, Part
from garrod.adapters.store.proving import Seen
from garrod.adapters.store.verify_search import Recomputed
from garrod.adapters.store.writing import DELETE, OWN_TOPIC


class Walk:
    """Goes through versions by key and number, and remembers the last one only."""

    def __init__(self) -> None:
        self._last: Seen | None = None
        self._people: tuple[str, ...] = ()

    def of(self, seen: Seen, made: Recomputed) -> Iterator[Flaw]:
        """Yield the flaws of the next version."""
        before = self._last
        if before is not None and before.key != seen.key:
            yield from self.end()
            before = None
        people = (*made.people, *(self._people if before else ()))
        self._last, self._people = seen, made.people
        if seen.stand is None:
            yield Flaw(seen.kind, "?", seen.number, f"under key {seen.key} belongs to no resource")
            return
        yield from (self._flaw(seen, what) for what in _alone(seen, made))
        yield from (self._flaw(seen, what) for what in _behind(seen, before))
        yield from (self._flaw(seen, what, Part.OUTBOX) for what in _told(seen, people))

    def end(self) -> Iterator[Flaw]:
        """Yield the flaws that are seen when no further version of a resource comes."""
        last = self._last
        if last is None or last.stand is None:
            return
        stand, is_deleted = last.stand, last.method == DELETE
        of = (last.number, last.sequence, last.at, is_deleted)
        if of != (stand.number, stand.sequence, stand.at, bool(stand.is_deleted)):
            yield self._flaw(last, "is the newest version, and is not the one that is read")

    def _flaw(self, seen: Seen, what: str, part: Part = Part.BYTES) -> Flaw:
        stand = seen.stand
        kind, id = (stand.kind, stand.id) if stand else (seen.kind, "?")
        return Flaw(kind, id, seen.number, what, part, seen.key)


def _alone(seen: Seen, made: Recomputed) -> Iterator[str]:
    if seen.method == DELETE:
        if seen.body or seen.sha256 or seen.splice:
            yield "is a deletion, and has a body"
    elif hashlib.sha256(seen.body).digest() != seen.sha256:
        yield "has other bytes than were hashed when it was written"
    if made.flaw:
        yield made.flaw
    if seen.stand and seen.kind != seen.stand.kind:
        yield f"is kept as a {seen.kind}"


def _behind(seen: Seen, before: Seen | None) -> Iterator[str]:
    if before is None:
        if seen.number != 1:
            yield "is the first there is, and is not number 1"
        return
    if seen.number != before.number + 1:
        yield f"follows number {before.number}"
    if seen.sequence <= before.sequence or seen.at < before.at:
        yield f"was written before number {before.number}"


def _told(seen: Seen, people: tuple[str, ...]) -> Iterator[str]:
    """Yield what is wrong with the event of a version; `people`: whose record it changed."""
    if seen.event is None:
        yield f"has no event {seen.sequence} that tells of it"
        return
    at, topic, *of, patients = seen.event
    stand = seen.stand
    if stand and (topic, *of) != (OWN_TOPIC, stand.kind, stand.id, seen.number):
        yield f"has an event {seen.sequence} that tells of something else"
    elif at != seen.at:
        yield f"has an event {seen.sequence} of another time"
    missing = sorted(set(people) - set(json.loads(patients)))
    if missing:
        named = ", ".join(f"Patient/{who}" for who in missing)
        yield f"changed the record of {named}, to whom event {seen.sequence} does not belong"
