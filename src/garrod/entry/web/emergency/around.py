"""Says what stands around a page for who is signed in: open records, and the ways they have."""

from __future__ import annotations

import re

import orjson

from garrod.adapters.fhir.emergency import GlassPapers
from garrod.care.govern.access import Deed
from garrod.care.govern.emergency import Glass
from garrod.care.record.breaking import Breaking
from garrod.entry.web.asked import Visit
from garrod.entry.web.framing import Frame, Link, Opened
from garrod.entry.web.people.page import row_of

AUDIT = "AuditEvent"
EMERGENCY, WORDS = "/emergency", "Emergency access"
_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")


def breaking(visit: Visit) -> Breaking:
    """Return who opens and closes records for who is signed in."""
    record = visit.consult.record
    return Breaking(record, GlassPapers(record.codec), visit.consult.clock)


async def frame_of(visit: Visit) -> Frame:
    """Return what stands around each page of a visit."""
    room = breaking(visit)
    opened = [await _opened(visit, glass) for glass in await room.held(visit.actor)]
    links = [Link(EMERGENCY + await _about(visit), WORDS)] if room.may(visit.actor) else []
    return Frame(visit.csrf, tuple(opened), (*links, *_history(visit)))


def sees_all_history(visit: Visit) -> bool:
    """Return whether somebody may read everybody's access history."""
    gate = visit.consult.record.gate
    if gate is None or gate.is_open(visit.actor):
        return True
    return gate.may_reach_all(visit.actor, Deed.READ, AUDIT)


def _history(visit: Visit) -> tuple[Link, ...]:
    """Return the way to the access history: to one's own, or to everybody's."""
    actor = visit.actor
    kind, _, id = actor.id.partition("/")
    own = id if kind == "Patient" else actor.patient
    if actor.role == "patient" and own:
        return (Link(f"/patients/{own}/access", "Who saw my record"),)
    if actor.role == "proxy" and own:
        return (Link(f"/patients/{own}/access", "Who saw the record"),)
    if not sees_all_history(visit):
        return ()
    return (Link("/access", "Access history"), Link("/review", "Unexplained access"))


async def _about(visit: Visit) -> str:
    """Return the question by which the form knows the person whose page this is.

    Only of somebody who is seen here: what else stands in a path may be a name or a number.
    """
    if visit.path[0] != "patients" or len(visit.path) < 3 or not _ID.fullmatch(visit.path[1]):
        return ""
    found = await visit.consult.record.seen_by(visit.actor).read("Patient", visit.path[1])
    return f"?patient={found.id}" if found is not None and not found.is_deleted else ""


async def _opened(visit: Visit, glass: Glass) -> Opened:
    record = visit.consult.record
    found = await record.seen_by(visit.actor).read("Patient", glass.patient)
    is_there = found is not None and not found.is_deleted
    name = row_of(orjson.loads(found.body), found.id).name if found and is_there else glass.patient
    left = glass.end - visit.consult.clock()
    return Opened(glass.id, glass.patient, name, left.total_seconds())
