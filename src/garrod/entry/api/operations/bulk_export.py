"""$export: everything, or everything about people, as NDJSON, written while the caller waits not.

GET [base]/$export or [base]/Patient/$export with Prefer: respond-async -> 202, Content-Location
GET [base]/$export-status?job=... -> 202 while it runs, then 200 with the files · DELETE ends it
GET [base]/$export-file?job=...&name=... -> NDJSON
Source: HL7 FHIR Bulk Data Access 2.0.0, https://hl7.org/fhir/uv/bulkdata/
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from urllib.parse import parse_qsl

import orjson

from garrod.adapters.fhir.ingest.outgoing import Choice, kinds_of, lines
from garrod.adapters.fhir.record.splice import instant
from garrod.care.govern.access import Deed, demand
from garrod.core.errors import InputError
from garrod.entry.api.exchange import Answer, Asked
from garrod.entry.api.operations import bulk_jobs
from garrod.entry.api.rooms import Rooms
from garrod.entry.housing import clock

NDJSON = "application/fhir+ndjson"
FORMATS = frozenset((NDJSON, "application/ndjson", "ndjson"))
KNOWN = frozenset(("_type", "_since", "_outputFormat"))


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
    choice = _choice(rooms, named, of_people=of_people)
    for kind in choice.kinds:
        demand(rooms.record.access, asked.actor, Deed.EXPORT, kind)

    def of(kind: str) -> AsyncIterator[bytes]:
        return lines(rooms.record, asked.actor, choice, kind)

    url = f"{asked.base}/{'/'.join(asked.path)}" + (f"?{asked.question}" if asked.question else "")
    job = bulk_jobs.begin(rooms.record, asked.actor, url, clock(), work=(choice.kinds, of))
    where = f"{asked.base}/$export-status?job={job.id}"
    told = rooms.outcome_saying(f"the export began; ask {where}")
    return Answer(202, told, {"Content-Location": where})


async def status(rooms: Rooms, asked: Asked) -> Answer:
    """Return how far an export is; where it is done, its files. DELETE ends it."""
    named = dict(parse_qsl(asked.question))
    job = bulk_jobs.job_of(rooms.record, asked.actor, named.get("job", ""))
    if asked.method == "DELETE":
        bulk_jobs.end(rooms.record, job)
        return Answer(202, rooms.outcome_saying("the export was ended, its files are gone"))
    if not job.is_done:
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
    return Answer(200, orjson.dumps(manifest), media_type="application/json")


async def file(rooms: Rooms, asked: Asked) -> Answer:
    """Return one file of an export."""
    named = dict(parse_qsl(asked.question))
    job = bulk_jobs.job_of(rooms.record, asked.actor, named.get("job", ""))
    return Answer(200, job.path(named.get("name", "")).read_bytes(), media_type=NDJSON)


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


def _choice(rooms: Rooms, named: dict[str, str], *, of_people: bool) -> Choice:
    wanted = [kind for kind in named.get("_type", "").split(",") if kind]
    kinds = kinds_of(wanted, rooms.codec.kinds)
    if of_people:
        facts = rooms.codec.facts
        kinds = tuple(k for k in kinds if k == "Patient" or facts.compartment(k))
    since = _since(named.get("_since", ""))
    return Choice(kinds, since=since, of_people_by=rooms.codec if of_people else None)


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
