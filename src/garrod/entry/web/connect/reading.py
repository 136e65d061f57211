"""Reads a message that was pasted: what it is, what it holds, and what is wrong with it.

text -> HL7 v2 | FHIR as JSON, XML or NDJSON -> Found; stored only where a taker is given
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import orjson

from garrod.adapters.fhir.ingest.intake import Intake
from garrod.adapters.fhir.ingest.sources import Source
from garrod.adapters.fhir.ingest.take import Taker
from garrod.adapters.fhir.ingest.wrap import ACTS
from garrod.adapters.fhir.json import Resource, many, one, text
from garrod.adapters.fhir.rest.checked import CheckedCodec, InvalidResource
from garrod.adapters.fhir.xml.format import XmlFormat
from garrod.adapters.hl7v2.er7 import BEGINNING
from garrod.adapters.hl7v2.reports import Report, read_reports
from garrod.core.errors import GarrodError
from garrod.entry.web.connect.results import held, notes_of

HL7, XML, LINES, JSON = "hl7", "xml", "lines", "json"
Wrong = tuple[str, str, str]  # where, what, the error's code


@dataclass(slots=True)
class Found:
    """What was read. `kinds`: resources by their type; `results`: those of HL7 v2 `reports`."""

    form: str
    kinds: Counter[str] = field(default_factory=Counter)
    results: list[tuple[str, str]] = field(default_factory=list)
    reports: list[Report] = field(default_factory=list)
    wrong: list[Wrong] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    acts: bool = False  # a transaction or batch: orders to a server, and no message
    stored: int = 0
    known: int = 0


def form_of(message: str) -> str:
    """Return what a message is written in, by its beginning."""
    if BEGINNING.match(message):
        return HL7
    if message.startswith("<"):
        return XML
    lines = [line for line in message.splitlines() if line.strip()]
    is_lines = len(lines) > 1 and all(_parsed(line.encode()) for line in lines)
    return LINES if is_lines else JSON


async def read_message(
    message: str, codec: CheckedCodec, xml: XmlFormat, taker: Taker | None
) -> Found:
    """Return what a message holds and what is wrong with it; stored where there is a taker."""
    found = Found(form_of(message))
    if found.form == HL7:
        _read_hl7(message, found)
        return found
    _count(message, xml, found)
    if found.acts:
        return found
    intake = Intake(codec.checker, xml, taker)
    async for told in intake.run(_sources(message, found.form)):
        found.stored += len(told.taken.written)
        found.known += told.taken.known
        found.notes += told.taken.notes
        if told.fault is not None:
            place = f"{told.place}, {told.entry}" if told.entry else told.place
            found.wrong += _wrong(place, told.fault)
    return found


def _read_hl7(message: str, found: Found) -> None:
    try:
        found.reports = read_reports(message)
    except GarrodError as error:
        found.wrong += _wrong("", error)
        return
    for number, report in enumerate(found.reports, 1):
        place = f"Message {number}: " if len(found.reports) > 1 else ""
        found.wrong += [
            (f"{place}{fault.where}", fault.words, f"HL7 {fault.code}") for fault in report.faults
        ]
    right = [report for report in found.reports if not report.faults]
    found.results += held(right)
    found.notes += notes_of(right)


def _sources(message: str, form: str) -> Iterator[Source]:
    if form == LINES:
        for number, line in enumerate(message.splitlines(), 1):
            if line.strip():
                yield Source(f"line {number}", line.strip().encode(), is_line=True)
        return
    yield Source("the message", message.encode(), is_xml=form == XML)


def _count(message: str, xml: XmlFormat, found: Found) -> None:
    for source in _sources(message, found.form):
        try:
            body = xml.from_xml(source.body, is_strict=False) if source.is_xml else source.body
        except GarrodError:
            continue  # told by the intake
        resource = _parsed(body)
        inner = [one(entry, "resource") for entry in many(resource, "entry")]
        kinds = [text(r, "resourceType") for r in (inner or [resource])]
        found.kinds.update(kind for kind in kinds if kind)
        found.acts = found.acts or _asks(resource)


def _asks(message: object) -> bool:
    """Return whether a transaction or batch stands in a message, however deep."""
    left = [message]
    while left:
        now = left.pop()
        if isinstance(now, dict):
            if now.get("resourceType") == "Bundle" and now.get("type") in ACTS:
                return True
            left += now.values()
        elif isinstance(now, list):
            left += now
    return False


def _parsed(body: bytes) -> Resource:
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}


def _wrong(place: str, fault: GarrodError) -> Iterator[Wrong]:
    if isinstance(fault, InvalidResource):
        for issue in fault.issues:
            yield f"{place}: {issue.path}" if place else issue.path, issue.message, fault.code
        return
    yield place, fault.message, fault.code
