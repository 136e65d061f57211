"""A write that came second: refused, with what others changed and what it would have changed."""

from __future__ import annotations

from garrod.adapters.fhir.outcome import outcome
from garrod.adapters.fhir.rest.difference import difference
from garrod.adapters.fhir.validate.issue import Issue, Severity
from garrod.care.record.ports import View
from garrod.core.errors import VersionConflict
from garrod.core.resource import Version
from garrod.entry.api.conditions import headers_of
from garrod.entry.api.exchange import Answer, Asked
from garrod.entry.api.rooms import Rooms


async def refused(rooms: Rooms, asked: Asked, error: VersionConflict, mine: bytes) -> Answer:
    """Return 412 with the difference between the base, what is there now, and the write."""
    first = Issue(Severity.ERROR, "conflict", "", error.message)
    seen = rooms.record.seen_by(asked.actor)
    now = await seen.read(error.kind, error.id)
    if now is None or now.is_deleted:
        return Answer(412, outcome((first,)))
    issues = [first, *await _told(seen, error, now, mine)]
    return Answer(412, outcome(issues), headers_of(now))


async def _told(seen: View, error: VersionConflict, now: Version, mine: bytes) -> list[Issue]:
    base = await _base(seen, error)
    found = difference(base.body if base else b"", now.body, mine)
    both = set(found.both)
    told = [
        Issue(Severity.INFORMATION, "theirs", path, f"changed since version {error.expected}")
        for path in found.theirs
        if path not in both
    ]
    told += [
        Issue(Severity.INFORMATION, "mine", path, "this write would change it")
        for path in found.mine
        if path not in both
    ]
    told += [
        Issue(Severity.WARNING, "both", path, "changed on both sides: somebody has to decide")
        for path in found.both
    ]
    return told


async def _base(seen: View, error: VersionConflict) -> Version | None:
    if not error.expected:
        return None
    found = await seen.read_version(error.kind, error.id, error.expected)
    return None if found is None or found.is_deleted else found
