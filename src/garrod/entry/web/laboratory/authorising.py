"""Writes what a file says into the record, once somebody has authorised it: all of it, or nothing.

findings -> genomics bundle -> resources under ids of the drop's own -> one transaction
The ids follow from the drop: sent twice it is written once, and read anew it is the next version.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson

from garrod import __version__
from garrod.adapters.fhir.genomics_out.bundle import Told, bundle_of
from garrod.adapters.fhir.genomics_stated import replaced_by, with_replaced
from garrod.adapters.vcf.record import shown
from garrod.care.record.together import Write, write_together
from garrod.core.errors import VersionConflict
from garrod.core.finding import GeneFinding
from garrod.core.person import Person
from garrod.entry.web.asked import Visit
from garrod.entry.web.laboratory.calling import Calls
from garrod.entry.web.laboratory.earlier import NONE, Choices, corrections
from garrod.entry.web.laboratory.keeping import Drop

FhirJson = dict[str, Any]
SOFTWARE = f"garrod {__version__}"
REPORT, REQUEST, ERROR = "DiagnosticReport", "ServiceRequest", "entered-in-error"
DESPITE = "Authorised though a check said stop"
LEFT_OUT = frozenset(("Patient", "Device"))  # who it is, is known; what read it, is named in words


@dataclass(frozen=True, slots=True)
class Result:
    """What is to be written of a drop; `made_on`: the day of its results, ISO 8601.

    `despite`: why it was authorised though a check said stop; `answers`: the ids of the requests
    that it answers, of which nothing is awaited then.
    """

    drop: Drop
    person: Person
    calls: Calls
    made_on: str
    despite: str = ""
    answers: tuple[str, ...] = ()
    earlier: Choices = NONE  # what becomes of earlier results that differ
    remarks: tuple[str, ...] = ()  # what the report says of them

    @property
    def findings(self) -> tuple[GeneFinding, ...]:
        """Return the findings."""
        return self.calls.findings


def resources_of(result: Result, by: str, at: str, *, again: bool = False) -> list[FhirJson]:
    """Return the report and its observations, with references as the record has them.

    `by` authorised it at a time; `again`: there was a report of the same file before.
    """
    drop = result.drop
    packs = ", ".join(sorted({p for f in result.findings for p in f.packs}))
    told = Told(
        seed=f"laboratory {drop.id}",
        made_on=date.fromisoformat(result.made_on),
        software=SOFTWARE,
        person=result.person,
        findings=result.findings,
        remarks=(
            *(f"Warning: {w}" for w in drop.warnings),
            f"Read from {drop.name} ({result.calls.assembly}), sample {shown(drop.sample)}, "
            f"sha256 {drop.sha256}",
            f"Packs: {packs}",
            *(
                (f"Authorised though a check said stop: {result.despite}",)
                if result.despite
                else ()
            ),
            *result.remarks,
        ),
    )
    made = bundle_of(told)
    text = orjson.dumps(made).decode()
    for entry in made["entry"]:
        kind, id = entry["resource"]["resourceType"], entry["resource"]["id"]
        there = f"Patient/{drop.patient}" if kind == "Patient" else f"{kind}/{id}"
        text = text.replace(f'"{entry["fullUrl"]}"', f'"{there}"')
    found = [entry["resource"] for entry in orjson.loads(text)["entry"]]
    if result.answers:
        report = next(r for r in found if r["resourceType"] == REPORT)
        report["basedOn"] = [{"reference": f"{REQUEST}/{id}"} for id in result.answers]
    return [
        _finished(resource, by, at, again=again)
        for resource in found
        if resource["resourceType"] not in LEFT_OUT
    ]


def _finished(resource: FhirJson, by: str, at: str, *, again: bool) -> FhirJson:
    if "device" in resource:
        resource["device"] = {"display": SOFTWARE}
    if resource["resourceType"] == REPORT:
        who = {"reference": by} if "/" in by else {"display": "This machine’s own user"}
        more = {"issued": at, "performer": [who], "resultsInterpreter": [who]}
        return {**resource, **more, "status": "amended" if again else "final"}
    if again and resource["status"] == "final":
        return {**resource, "status": "amended"}
    return resource


async def write_result(visit: Visit, result: Result) -> Mapping[str, str]:
    """Return the kinds of what the record has of a drop then, by id; written once.

    Raises: AccessDenied, FhirError, VersionConflict CON002.
    """
    drop, at = result.drop, visit.consult.clock().isoformat(timespec="seconds")
    made = resources_of(result, visit.actor.id, at, again=bool(drop.written))
    kinds = {r["id"]: r["resourceType"] for r in made}
    corrected = await corrections(visit, drop.patient, result.earlier, made)
    writes = [*await _writes(visit, made), *await _withdrawn(visit, drop.written, kinds)]
    writes += corrected
    writes += await _answered(visit, result.answers)
    try:
        if writes:
            await write_together(visit.consult.record, visit.actor, writes)
    except VersionConflict:
        report = next(r for r in made if r["resourceType"] == REPORT)
        there = await visit.consult.record.seen_by(visit.actor).read(REPORT, report["id"])
        if drop.written or there is None:
            raise
    return {**drop.written, **kinds}


async def _writes(visit: Visit, made: Sequence[FhirJson]) -> list[Write]:
    seen = visit.consult.record.seen_by(visit.actor)
    writes = []
    for resource in made:
        kind, id = resource["resourceType"], resource["id"]
        before = await seen.read(kind, id)
        said = orjson.loads(before.body) if before is not None else {}
        resource = with_replaced(resource, replaced_by(said))
        if before is not None and _is_same(said, resource):
            continue
        number = before.number if before is not None else 0
        writes.append(Write(kind, id, orjson.dumps(resource), number))
    return writes


async def _answered(visit: Visit, requests: Sequence[str]) -> list[Write]:
    """Return the requests that are answered, as they are then."""
    seen = visit.consult.record.seen_by(visit.actor)
    writes = []
    for id in requests:
        before = await seen.read(REQUEST, id)
        if before is None or before.is_deleted:
            continue
        body = {**orjson.loads(before.body), "id": id}
        if body.get("status") == "active":
            done = orjson.dumps({**body, "status": "completed"})
            writes.append(Write(REQUEST, id, done, before.number))
    return writes


def _is_same(before: FhirJson, now: FhirJson) -> bool:
    """Return whether two say the same, whoever says it and when, first or again."""
    aside = ("id", "meta", "issued", "performer", "resultsInterpreter", "status")
    stood = before.get("status") != ERROR
    return stood and all(before.get(k) == now.get(k) for k in {*before, *now} - {*aside})


async def _withdrawn(
    visit: Visit, written: Mapping[str, str], kinds: Mapping[str, str]
) -> list[Write]:
    """Return what was written before and is not said any more, marked as an error."""
    seen = visit.consult.record.seen_by(visit.actor)
    writes = []
    for id, kind in written.items():
        before = await seen.read(kind, id) if id not in kinds else None
        if before is None or before.is_deleted:
            continue
        body = {**orjson.loads(before.body), "id": id}
        if body.get("status") != ERROR:
            gone = {**body, "status": ERROR}
            writes.append(Write(kind, id, orjson.dumps(gone), before.number))
    return writes
