"""POST, PUT, PATCH and DELETE of single resources, by id or by a condition."""

from __future__ import annotations

from collections.abc import Callable

from garrod.adapters.fhir.outcome import outcome
from garrod.adapters.fhir.record.parse import parse
from garrod.adapters.fhir.rest.patch import patched_by
from garrod.adapters.fhir.validate.issue import Issue, Severity
from garrod.adapters.terminology.writes import WARNED
from garrod.care.record.entries import Done
from garrod.core.errors import FhirError, InputError, VersionConflict
from garrod.core.resource import Version
from garrod.entry.api.conditions import expected_version, headers_of, is_unless_any
from garrod.entry.api.conflicts import refused
from garrod.entry.api.exchange import Answer, Asked
from garrod.entry.api.rooms import Rooms
from garrod.entry.api.tags import expected_at

NONE_YET = 0
CODES = "X-Garrod-Codes"  # how many codes a terminology that is loaded does not know


async def create(rooms: Rooms, asked: Asked) -> Answer:
    """Write a new resource, unless If-None-Exist names one that is there."""
    (kind,) = asked.path
    condition = asked.headers.get("if-none-exist", "").lstrip("?").removeprefix(f"{kind}?")
    unless = rooms.codec.sought(f"{kind}?{condition}") if condition else None
    done = await rooms.record.create(
        asked.actor, kind, asked.body, unless=unless, written=condition
    )
    return answered(rooms, asked, done)


async def update(rooms: Rooms, asked: Asked) -> Answer:
    """Write the next version of a resource, or its first under the caller's id."""
    kind, id = asked.path
    own = _id_in(asked.body)
    if own != id:
        raise FhirError(
            f"the url names {kind}/{id}, and the body has "
            + (f"the id {own[:64]!r}" if own else "no id")
            + ": write the same id in both.",
            code="FHR126",
        )
    unless = is_unless_any(asked.headers)
    expected = (
        NONE_YET if unless else await expected_at(rooms, asked.actor, asked.headers, kind, id)
    )
    try:
        done = await rooms.record.update(asked.actor, kind, id, asked.body, expected=expected)
    except VersionConflict as error:
        return await refused(rooms, asked, error, asked.body)
    return answered(rooms, asked, done)


async def update_where(rooms: Rooms, asked: Asked) -> Answer:
    """Write the one that the search of the url names, or a new one."""
    (kind,) = asked.path
    condition = _condition(asked, kind)
    done = await rooms.record.update_where(
        asked.actor,
        kind,
        asked.body,
        search=rooms.codec.sought(f"{kind}?{condition}"),
        written=condition,
        own_id=_id_in(asked.body),
        expected=expected_version(asked.headers),
    )
    return answered(rooms, asked, done)


async def patch(rooms: Rooms, asked: Asked) -> Answer:
    """Change a resource by JSON Patch or FHIRPath Patch."""
    kind, id = asked.path
    expected = await expected_at(rooms, asked.actor, asked.headers, kind, id)
    done = await rooms.record.patch(
        asked.actor, kind, id, _patch_of(rooms, asked), expected=expected
    )
    return answered(rooms, asked, done)


async def patch_where(rooms: Rooms, asked: Asked) -> Answer:
    """Change the one that the search of the url names."""
    (kind,) = asked.path
    condition = _condition(asked, kind)
    only = await rooms.record.only(
        asked.actor, rooms.codec.sought(f"{kind}?{condition}"), condition
    )
    expected = await expected_at(rooms, asked.actor, asked.headers, kind, only.id)
    done = await rooms.record.patch(
        asked.actor, kind, only.id, _patch_of(rooms, asked), expected=expected
    )
    return answered(rooms, asked, done)


async def delete(rooms: Rooms, asked: Asked) -> Answer:
    """Delete a resource; that there was none is no fault."""
    kind, id = asked.path
    expected = await expected_at(rooms, asked.actor, asked.headers, kind, id)
    gone = await rooms.record.delete(asked.actor, kind, id, expected=expected)
    return _gone(gone)


async def delete_where(rooms: Rooms, asked: Asked) -> Answer:
    """Delete the one that the search of the url names."""
    (kind,) = asked.path
    condition = _condition(asked, kind)
    gone = await rooms.record.delete_where(
        asked.actor,
        kind,
        search=rooms.codec.sought(f"{kind}?{condition}"),
        written=condition,
        expected=expected_version(asked.headers),
    )
    return _gone(gone)


def _gone(version: Version | None) -> Answer:
    return Answer(204, headers={"ETag": version.etag} if version else {})


def answered(rooms: Rooms, asked: Asked, done: Done) -> Answer:
    """Return what a write yields: status, where it stands, and the body that Prefer asks for."""
    version = done.version
    assert version is not None, "a write yields a version"
    place = f"{asked.base}/{version.kind}/{version.id}"
    headers = headers_of(version)
    if done.status == 201:
        headers["Location"] = f"{place}/_history/{version.number}"
    headers["Content-Location"] = f"{place}/_history/{version.number}"
    warned = WARNED.get()
    if warned:
        headers[CODES] = (
            f"{len(warned)} unknown or inactive; see $validate or return=OperationOutcome"
        )
    if asked.wishes.returns == "minimal":
        return Answer(done.status, headers=headers)
    if asked.wishes.returns == "OperationOutcome":
        told = done_to(version, done.status)
        body = outcome((*warned, _noted(told))) if warned else rooms.outcome_saying(told)
        return Answer(done.status, body, headers)
    return Answer(done.status, rooms.codec.served(version), headers)


def done_to(version: Version, status: int) -> str:
    """Return in words what a write did."""
    said = "created" if status == 201 else "stored"
    return f"{version.kind}/{version.id} version {version.number} {said}"


def _noted(text: str) -> Issue:
    return Issue(Severity.INFORMATION, "informational", "", text)


def _patch_of(rooms: Rooms, asked: Asked) -> Callable[[bytes], bytes]:
    return patched_by(asked.body, asked.headers.get("content-type", ""), rooms.codec.places)


def _condition(asked: Asked, kind: str) -> str:
    if not asked.question:
        raise InputError(
            f"{asked.method} of {kind} needs an id ({kind}/123) or a search ({kind}?identifier=…).",
            code="API005",
        )
    return asked.question


def _id_in(body: bytes) -> str:
    found = parse(body).get("id", "")
    return found if isinstance(found, str) else ""
