"""Takes a laboratory's messages in, one after another, each answered as its sender reads it.

reports -> taken in, known, waiting or refused -> Outcome with the ACK · what waits -> again, or by
hand for somebody whom a human has chosen
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

import orjson

from garrod.adapters.fhir.cards_memory import OPEN
from garrod.adapters.fhir.ingest.take import REFUSED, Taker
from garrod.adapters.fhir.lines.names import CODES
from garrod.adapters.fhir.record.parse import parse_kept
from garrod.adapters.fhir.rest.checked import CheckedCodec, InvalidResource
from garrod.adapters.hl7v2.acknowledging import acknowledged, code_of
from garrod.adapters.hl7v2.reports import TRAINING, Fault, Report, read_reports
from garrod.adapters.hl7v2.taking import Came, OtherContent, OtherOwner, take_report
from garrod.adapters.hl7v2.waiting import WHOSE, text_of
from garrod.core.errors import GarrodError, InputError, InternalFault
from garrod.entry.web.asked import Visit
from garrod.entry.web.connect.results import (
    Compared,
    Outcome,
    Waiting,
    compared_of,
    outcome_words,
    title_of,
    waiting_of,
)

MOST = 50  # Not clinical: messages that wait and are shown
DUPLICATE, UNKNOWN_KEY, INTERNAL = "205", "204", "207"  # Source: HL7 v2.5.1, table 0357
_FIELD = re.compile(r"PID-(\d+)")
_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")


def taker_of(visit: Visit) -> Taker:
    """Return who stores, for somebody who may act for the house.  Raises: AccessDenied."""
    record = visit.consult.record
    record.demand_house(visit.actor, "Patient")
    if not isinstance(record.codec, CheckedCodec):
        raise InternalFault("this server checks no messages.")
    return Taker(record, record.codec, visit.actor, visit.consult.clock())


async def take_messages(visit: Visit, reports: Sequence[Report]) -> list[Outcome]:
    """Take messages in, each by itself, and return what came of each.  Raises: AccessDenied."""
    taker = taker_of(visit)
    return [await _taken(taker, report) for report in reports]


async def _taken(taker: Taker, report: Report, patient: str = "") -> Outcome:
    faults = list(report.faults)
    if report.is_training and not faults:
        words = "it is for training or tests: send it as P (production)"
        faults = [Fault("MSH", report.header.line, 11, words, TRAINING)]
    came = None
    if not faults:
        try:
            came = await take_report(taker, report, patient=patient)
        except REFUSED as error:
            faults = list(_faults(error, report))
    return _outcome(report, taker.now, came, faults)


def refused(visit: Visit, reports: Sequence[Report]) -> list[Outcome]:
    """Return how messages with faults are answered, whoever tries them: nothing is taken in."""
    now = visit.consult.clock()
    return [_outcome(report, now, None, report.faults) for report in reports if report.faults]


def _outcome(report: Report, now: datetime, came: Came | None, faults: list[Fault]) -> Outcome:
    hints = []
    notes = [f"{fault.where}: {fault.words}" for fault in faults]
    words = "Nothing of it was kept"
    if came is not None:
        words = outcome_words(len(came.taken.written), came.why, is_known=came.is_known)
        notes += came.taken.notes
        if came.why and report.person is not None:
            field = _FIELD.search(came.why)
            hints = [Fault("PID", report.person.line, int(field[1]) if field else 0, came.why)]
    return Outcome(
        title_of(report, code_of(faults)),
        words,
        tuple(notes),
        acknowledged(report, now, faults=faults, hints=hints).replace("\r", "\n"),
        bool(faults),
    )


def _faults(error: GarrodError, report: Report) -> Iterator[Fault]:
    """Yield why the record refused a message, by segment and field."""
    if isinstance(error, InvalidResource):
        for issue in error.issues:
            yield Fault("", 0, 0, f"{issue.path}: {issue.message}")
    elif isinstance(error, OtherContent):
        words = error.message.removeprefix("MSH-10: ")
        yield Fault("MSH", report.header.line, 10, words, DUPLICATE)
    elif isinstance(error, OtherOwner):
        line = report.orders[0].segment.line
        yield Fault("OBR", line, 3, error.message.removeprefix("OBR-3: "), UNKNOWN_KEY)
    else:
        yield Fault("", 0, 0, error.message, INTERNAL)


async def waiting(visit: Visit) -> list[Waiting]:
    """Return the messages that wait for somebody to say whose they are."""
    record = visit.consult.record
    states = ",".join(sorted(OPEN))
    query = record.codec.sought(f"Task?code={CODES}|{WHOSE}&status={states}")
    page, _ = await record.search(visit.actor, replace(query, count=MOST))
    return [waiting_of({**orjson.loads(v.body), "id": v.id}) for v in page.versions]


async def again(visit: Visit, bundle: str, patient: str = "") -> list[Outcome]:
    """Take in a message that was kept: as the record is now, or for whom a human has chosen.

    Raises: AccessDenied, InputError REC001.
    """
    taker = taker_of(visit)
    return [await _taken(taker, await _kept(visit, bundle), patient)]


async def compared(visit: Visit, bundle: str, patient: str) -> Compared:
    """Return a message's person beside the one who was chosen.  Raises: InputError REC001."""
    report = await _kept(visit, bundle)
    version = await visit.consult.record.seen_by(visit.actor).read("Patient", patient)
    if version is None or version.is_deleted or report.person is None:
        raise InputError("there is no such person.", code="REC001")
    return compared_of(bundle, parse_kept(version.body), patient, report.person)


async def _kept(visit: Visit, bundle: str) -> Report:
    found = None
    if _ID.fullmatch(bundle):
        found = await visit.consult.record.seen_by(visit.actor).read("Bundle", bundle)
    message = "" if found is None or found.is_deleted else text_of(parse_kept(found.body))
    if not message:
        raise InputError("there is no such message.", code="REC001")
    return read_reports(message)[0]
