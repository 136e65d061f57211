"""$export: everything, or everything about people, as NDJSON, written while the caller waits not.

GET [base]/$export or [base]/Patient/$export with Prefer: respond-async -> 202, Content-Location
GET [base]/$export-status?job=... -> 202 while it runs, then 200 with the files · DELETE ends it
A restart ends none: what runs goes on, and what is done can be fetched for a day.
GET [base]/$export-file?job=...&name=... -> NDJSON
Source: HL7 FHIR Bulk Data Access 2.0.0, https://hl7.org/fhir/uv/bulkdata/
"""

from __future__ import annotations

import asyncio
from datetime import datetime
from email.utils import format_datetime
from urllib.parse import parse_qsl

import orjson

from garrod.adapters.fhir.ingest.outgoing import kinds_of
from garrod.adapters.fhir.record.splice import instant
from garrod.care.govern.access import Deed, demand
from garrod.care.govern.stepping import Act
from garrod.core.errors import AccessDenied, InputError, OutsideError
from garrod.entry.api.exchange import Answer, Asked
from garrod.entry.api.operations.bulk_job import Wish
from garrod.entry.api.operations.bulk_jobs import Exports
from garrod.entry.api.operations.bulk_open import still_open
from garrod.entry.api.rooms import Rooms

NDJSON = "application/fhir+ndjson"
FORMATS = frozenset((NDJSON, "application/ndjson", "ndjson"))
KNOWN = frozenset(("_type", "_since", "_outputFormat"))
OWN = "own"  # the class of purposes of what people ask about themselves


async def export(rooms: Rooms, asked: Asked) -> Answer:
    """Start an export; return 202 and where its state can be asked."""
    if not asked.wishes.is_async:
        raise InputError(
            "$export answers later: send Prefer: respond-async, then ask the address in "
            "Content-Location.",
            code="API022",
        )
    named = _parameters(asked)
    of_people = asked.path[0] == "Patient"
    wish = _wish(rooms, named, of_people=of_people)
    for kind in wish.kinds:
        demand(rooms.record.access, asked.actor, Deed.EXPORT, kind)
    _check_is_for_all(rooms, asked, wish)
    rooms.record.demand_fresh(asked.actor, Act.EXPORT)
    url = f"{asked.base}/{'/'.join(asked.path)}" + (f"?{asked.question}" if asked.question else "")
    job = exports_of(rooms).begin(asked.actor, url, wish)
    where = f"{asked.base}/$export-status?job={job.id}"
    told = rooms.outcome_saying(f"the export began; ask {where}")
    return Answer(202, told, {"Content-Location": where})


async def status(rooms: Rooms, asked: Asked) -> Answer:
    """Return how far an export is; where it is done, its files. DELETE ends it."""
    named = dict(parse_qsl(asked.question))
    exports = exports_of(rooms)
    job = exports.job_of(asked.actor, named.get("job", ""))
    if asked.method == "DELETE":
        await exports.end(job)
        return Answer(202, rooms.outcome_saying("the export was ended, its files are gone"))
    expires = exports.expires(job)
    if expires is None:
        return Answer(202, headers={"X-Progress": job.told, "Retry-After": "1"})
    if job.error is not None:
        raise job.error
    base = f"{asked.base}/$export-file?job={job.id}&name="
    manifest = {
        "transactionTime": instant(job.at),
        "request": job.request,
        "requiresAccessToken": True,
        "output": [{"type": f.kind, "url": f"{base}{f.name}", "count": f.count} for f in job.files],
        "error": [],
    }
    headers = {"Expires": format_datetime(expires, usegmt=True)}
    return Answer(200, orjson.dumps(manifest), headers, media_type="application/json")


async def file(rooms: Rooms, asked: Asked) -> Answer:
    """Return one file of an export."""
    named = dict(parse_qsl(asked.question))
    job = exports_of(rooms).job_of(asked.actor, named.get("job", ""))
    name = named.get("name", "")
    try:
        body = await asyncio.to_thread(job.path(name).read_bytes)
        body = await still_open(rooms, asked.actor, body)
    except OSError as error:
        raise InputError(
            f"the file {name[:80]!r} of the export is gone ({error.strerror}): ask for the export "
            "again.",
            code="REC001",
        ) from error
    return Answer(200, body, media_type=NDJSON)


def _check_is_for_all(rooms: Rooms, asked: Asked, wish: Wish) -> None:
    """Let nobody take everybody's records away who may hand one person theirs.

    Raises: AccessDenied ACC001.
    """
    gate = rooms.record.gate
    if gate is None or gate.is_open(asked.actor):
        return
    if gate.policing.terms.purpose(asked.actor.purpose) != OWN:
        return
    if any(gate.may_reach_all(asked.actor, Deed.EXPORT, kind) for kind in wish.kinds):
        raise AccessDenied("a person's copy is asked for by itself: Patient/ID/$subject-access.")


def exports_of(rooms: Rooms) -> Exports:
    """Return who keeps the exports.  Raises: OutsideError API026 where nobody does."""
    if not isinstance(rooms.exports, Exports):
        raise OutsideError("exports are not kept by this server.", code="API026")
    return rooms.exports


def _parameters(asked: Asked) -> dict[str, str]:
    """Return what the url asks.  Raises: InputError API023 for what is not known there."""
    if asked.body.strip():
        raise InputError("$export is asked by GET, its parameters in the url.", code="API023")
    named = dict(parse_qsl(asked.question, keep_blank_values=True))
    strange = sorted(set(named) - KNOWN)
    if strange and not asked.wishes.is_lenient:
        raise InputError(
            f"$export has no parameter {strange[0][:40]!r}: expected {', '.join(sorted(KNOWN))}.",
            code="API023",
        )
    wanted = named.get("_outputFormat", NDJSON).replace(" ", "+")
    if wanted not in FORMATS:
        raise InputError(f"_outputFormat is {wanted[:40]!r}: expected {NDJSON}.", code="API023")
    return named


def _wish(rooms: Rooms, named: dict[str, str], *, of_people: bool) -> Wish:
    wanted = [kind for kind in named.get("_type", "").split(",") if kind]
    kinds = kinds_of(wanted, rooms.codec.kinds)
    if of_people:
        facts = rooms.codec.facts
        kinds = tuple(k for k in kinds if k == "Patient" or facts.compartment(k))
    return Wish(kinds, _since(named.get("_since", "")), of_people)


def _since(value: str) -> datetime | None:
    if not value:
        return None
    try:
        found = datetime.fromisoformat(value.replace(" ", "+"))
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise InputError(
            f"_since is {value[:40]!r}: expected an instant, as 2026-11-28T09:30:00Z.",
            code="API023",
        )
    return found
