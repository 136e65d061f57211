"""A file of HL7 v2 that is imported: each message taken in by itself, and what came of it told.

bytes -> text, by the character set that it names -> messages -> Told, in their order
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

from garrod.adapters.fhir.ingest.intake import Told
from garrod.adapters.fhir.ingest.sources import Source
from garrod.adapters.fhir.ingest.take import REFUSED, Taker
from garrod.adapters.hl7v2.codes import CHARSETS
from garrod.adapters.hl7v2.er7 import BEGINNING, messages
from garrod.adapters.hl7v2.reports import FILE, Report, read_reports
from garrod.adapters.hl7v2.taking import take_report
from garrod.core.errors import GarrodError, OutsideCallError

BEGUN = 200  # Not clinical: bytes by which it is known what a file is


def is_message(source: Source) -> bool:
    """Return whether something that was sent is HL7 v2."""
    begun = source.body[:BEGUN].decode("utf-8", errors="replace")
    return not source.is_line and not source.is_xml and bool(BEGINNING.match(begun))


async def imported(taker: Taker | None, source: Source) -> AsyncIterator[Told]:
    """Yield what came of each message of a file; without a taker they are checked alone."""
    try:
        reports = read_reports(_text(source.body))
    except GarrodError as error:
        yield Told(source.place, fault=error)
        return
    for number, report in enumerate(reports, 1):
        entry = f"message {number}" if len(reports) > 1 else ""
        faults = list(_faults(report))
        for where, fault in faults:
            yield Told(source.place, entry=f"{entry}: {where}" if entry else where, fault=fault)
        if faults:
            continue
        if taker is None:
            yield Told(source.place, entry=entry)
            continue
        try:
            came = await take_report(taker, report)
        except REFUSED as error:
            yield Told(source.place, entry=entry, fault=error)
            continue
        if came.is_known:
            came.taken.known += 1
        if came.why:
            came.taken.notes.append(f"{came.why}: it waits for a human, on Connect")
        yield Told(source.place, came.taken, entry=entry)


def _faults(report: Report) -> Iterator[tuple[str, OutsideCallError]]:
    for fault in report.faults:
        yield fault.where, OutsideCallError(f"{fault.words}.", code="OUT003")


def _text(body: bytes) -> str:
    """Return a text, as UTF-8 or by the character set that its first header names (MSH-18).

    Raises: OutsideCallError OUT003 where it is in neither.
    """
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        first = next((m.header for m in messages(body.decode("latin-1"), FILE)), None)
    encoding = CHARSETS.get(first.text(18).upper() if first else "", "utf-8")
    try:
        return body.decode(encoding)
    except UnicodeDecodeError as error:
        raise OutsideCallError(
            "MSH on line 1 names a character set (MSH-18) that the bytes are not in, or that is "
            "not known; send it as UTF-8",
            code="OUT003",
        ) from error
