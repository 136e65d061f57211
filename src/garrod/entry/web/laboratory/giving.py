"""Gives out a report that was authorised: as FHIR, as PDF and as HL7 v2, of one object.

drop -> the report and its results as the record has them -> Bundle | Report -> PDF | ORU^R01
What was withdrawn since is given out in none of them but FHIR, where it says so itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from importlib.util import find_spec
from typing import Any

import orjson
from starlette.responses import Response

from garrod import __version__
from garrod.adapters.fhir.genomics import USABLE
from garrod.adapters.fhir.genomics_finding import finding_in
from garrod.adapters.fhir.json import Resource, many, one, text
from garrod.adapters.fhir.record.parse import parse_kept
from garrod.adapters.fhir.rest.patch import written
from garrod.adapters.hl7v2.writing import Sent, written_report
from garrod.adapters.report.model import Report
from garrod.adapters.report.pdf import render_pdf
from garrod.adapters.vcf.record import shown
from garrod.care.govern.audit import current
from garrod.core.errors import InputError
from garrod.core.finding import GeneFinding
from garrod.core.person import Person
from garrod.core.resource import Version
from garrod.entry.web.asked import Visit
from garrod.entry.web.headers import HEADERS
from garrod.entry.web.laboratory.keeping import Drop
from garrod.entry.web.laboratory.reading import called
from garrod.entry.web.summary.words import day_words

FHIR, PDF, HL7 = "fhir", "pdf", "hl7"
FORMS = {
    FHIR: ("application/fhir+json", "json"),
    PDF: ("application/pdf", "pdf"),
    HL7: ("x-application/hl7-v2+er7", "hl7"),
}
NAMES = {
    FHIR: "FHIR R4 (Genomics Reporting), JSON",
    PDF: "PDF, for paper and for who reads no other",
    HL7: "HL7 v2 (ORU^R01)",
}
REPORT, REQUEST = "DiagnosticReport", "ServiceRequest"
NOT_THERE = "there is no authorised report of this file that you may see."
GONE = ("entered-in-error", "cancelled")


@dataclass(frozen=True, slots=True)
class Authorised:
    """A report as the record has it: the report, its results, and whose it is."""

    report: Version
    results: tuple[Version, ...]
    patient: Version

    @property
    def said(self) -> Resource:
        """Return the report itself."""
        return parse_kept(self.report.body)

    def demand_whole(self) -> None:
        """Raise InputError REC001 where a result was withdrawn, or is not there for who asks.

        A message that says nothing of it would leave it standing at whoever had an earlier one.
        """
        listed = {text(r, "reference") for r in many(self.said, "result")}
        here = {f"{v.kind}/{v.id}" for v in self.results}
        states = {text(orjson.loads(version.body), "status") for version in self.results}
        if listed - here or "entered-in-error" in states:
            raise InputError(
                "a result of this report was withdrawn, or may not be seen by you: as HL7 v2 it is "
                "not given out, since who had it before would keep it. Take the FHIR form.",
                code="REC001",
            )

    def findings(self) -> tuple[GeneFinding, ...]:
        """Return the findings that stand."""
        read = (orjson.loads(version.body) for version in self.results)
        stand = (r for r in read if text(r, "status") in (*USABLE, "cancelled"))
        return tuple(found for r in stand if (found := finding_in(r)) is not None)


def forms(id: str) -> tuple[tuple[str, str], ...]:
    """Return where each form of a drop's report is, and what it is called: PDF needs an extra."""
    here = [form for form in FORMS if form != PDF or find_spec("typst") is not None]
    return tuple((f"/laboratory/{id}/{form}", NAMES[form]) for form in here)


async def given(visit: Visit, drop: Drop, person: Person, form: str) -> Response:
    """Answer an authorised report in one form.

    Raises: AccessDenied, InputError REC001 (none is there, or no such form), INP031.
    """
    if form not in FORMS or visit.method == "POST":
        raise InputError("there is no such page.", code="REC001")
    found = await _authorised(visit, drop)
    current().did(f"give out result as {form}")
    if form == FHIR:
        body = bundle_of(found, f"{visit.base}/fhir")
    elif form == HL7:
        found.demand_whole()
        numbers = await _numbers(visit, found.said)
        body = written_report(sent_of(found, drop, person, numbers)).encode()
    else:
        calls = await called(visit, drop)  # for the build alone: results are the record's
        made = report_of(found, drop, person, str(calls.assembly.value))
        ahead = visit.consult.services.ahead(
            replace(person, findings=made.findings), today=visit.consult.clock().date()
        )
        body = await asyncio.to_thread(render_pdf, replace(made, next=ahead))
    kind, ending = FORMS[form]
    name = f"report-{drop.id[:8]}.{ending}"  # nothing of the person stands in it
    said = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(body, media_type=kind, headers={**HEADERS, **said})


async def _authorised(visit: Visit, drop: Drop) -> Authorised:
    """Return the report as who asks may see it.  Raises: InputError REC001."""
    seen = visit.consult.record.seen_by(visit.actor)
    every = [
        version
        for id, kind in sorted(drop.written.items())
        if (version := await seen.read(kind, id)) is not None and not version.is_deleted
    ]
    reports = [v for v in every if v.kind == REPORT]
    patient = await seen.read("Patient", drop.patient)
    if drop.state != "authorised" or len(reports) != 1 or patient is None:
        raise InputError(NOT_THERE, code="REC001")
    found = Authorised(reports[0], tuple(v for v in every if v.kind != REPORT), patient)
    if text(found.said, "status") in GONE:
        raise InputError("this report was withdrawn, and is not given out.", code="REC001")
    return found


async def _numbers(visit: Visit, report: Resource) -> tuple[str, ...]:
    """Return the numbers of the requests that a report answers."""
    seen, found = visit.consult.record.seen_by(visit.actor), []
    for pointer in many(report, "basedOn"):
        kind, _, id = text(pointer, "reference").partition("/")
        version = await seen.read(kind, id) if kind == REQUEST else None
        if version is not None and not version.is_deleted:
            numbers = (text(i, "value") for i in many(parse_kept(version.body), "identifier"))
            found.append(next((n for n in numbers if n), id))
    return tuple(found)


def bundle_of(found: Authorised, base: str) -> bytes:
    """Return a report with its results and person as a Bundle: what the record has of them."""
    entries: list[dict[str, Any]] = []
    for version in (found.report, *found.results, found.patient):
        resource = {**parse_kept(version.body), "id": version.id}
        entries.append({"fullUrl": f"{base}/{version.kind}/{version.id}", "resource": resource})
    return written({"resourceType": "Bundle", "type": "collection", "entry": entries})


def report_of(found: Authorised, drop: Drop, person: Person, assembly: str) -> Report:
    """Return a report as it is laid out for paper."""
    findings = found.findings()
    born = text(parse_kept(found.patient.body), "birthDate")
    marks = (
        f"born {day_words(born)}" if born else "",
        f"sample {shown(drop.sample)}",
        "Synthetic person" if person.is_synthetic else "",
    )
    return Report(
        title="Pharmacogenomic report",
        sample=person.name or "No name recorded",
        assembly=assembly,
        source=drop.name,
        source_sha256=drop.sha256,
        made_on=date.fromisoformat(text(found.said, "effectiveDateTime")[:10]),
        software=f"garrod {__version__}",
        subject_note=", ".join(mark for mark in marks if mark),
        findings=findings,
        packs=tuple(sorted({pack for f in findings for pack in f.packs})),
        warnings=(*drop.warnings, *_notes(found.said)),
    )


def sent_of(found: Authorised, drop: Drop, person: Person, numbers: tuple[str, ...] = ()) -> Sent:
    """Return a report as it is sent as HL7 v2."""
    said = found.said
    return Sent(
        number=drop.id,
        version=str(found.report.number),
        issued=text(said, "issued"),
        id=drop.patient,
        patient=parse_kept(found.patient.body),
        findings=found.findings(),
        remarks=tuple(_notes(said)),
        orders=numbers,
        is_amended=text(said, "status") in ("amended", "corrected"),
        is_synthetic=person.is_synthetic,
    )


def _notes(report: Resource) -> Iterator[str]:
    """Yield what the report says in notes of its own."""
    for extension in many(report, "extension"):
        if words := text(one(extension, "valueAnnotation"), "text"):
            yield words
