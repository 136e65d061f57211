"""The answer to a message, as its sender reads it: ACK^R01, and the same in words. Pure.

Source: HL7 v2.5.1, 2.9.2 (original mode), MSA, ERR, tables 0008, 0357 and 0516.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from garrod.adapters.fhir.ingest.wrap import digest_of
from garrod.adapters.hl7v2.er7 import Segment, escaped, line_of
from garrod.adapters.hl7v2.reports import EVENT_CODE, TRAINING, TYPE, Fault, Report

ACCEPTED, ERROR, REJECTED = "AA", "AE", "AR"
WORDS = {
    ACCEPTED: "Accepted (AA)",
    ERROR: "Refused for what it says (AE)",
    REJECTED: "Refused for what it is (AR)",
}
OWN = "GARROD"
_REJECTING = frozenset((TYPE, EVENT_CODE, TRAINING))


def code_of(faults: Sequence[Fault]) -> str:
    """Return how a message with these faults is answered (MSA-1)."""
    if any(fault.code in _REJECTING for fault in faults):
        return REJECTED
    return ERROR if faults else ACCEPTED


def acknowledged(
    report: Report, at: datetime, *, faults: Sequence[Fault] = (), hints: Sequence[Fault] = ()
) -> str:
    """Return the ACK of a message; hints are told beside an acceptance, as warnings.

    The number of the answer follows from that of the message: sent again, it is answered alike.
    """
    header = report.header
    number = digest_of(f"ack {report.sender[0]} {report.number}".encode())[:20]
    lines = [
        line_of("MSH", "^~\\&", _raw(header, 5) or OWN, _raw(header, 6), _raw(header, 3),
              _raw(header, 4), at.strftime("%Y%m%d%H%M%S%z"), "", "ACK^R01^ACK", number,
              _raw(header, 11) or "P", _raw(header, 12) or "2.5.1"),
        line_of("MSA", code_of(faults), escaped(report.number)),
    ]  # fmt: skip
    lines += [_err(fault, "E") for fault in faults]
    lines += [_err(hint, "W") for hint in hints]
    return "\r".join(lines) + "\r"


def _err(fault: Fault, severity: str) -> str:
    place = "^".join(part for part in (fault.segment, "1", str(fault.field or "")) if part)
    words = f"{fault.where}: {fault.words}"
    return line_of("ERR", "", place if fault.segment else "", fault.code, severity, "", "", "",
                 escaped(words))  # fmt: skip


def _raw(segment: Segment, number: int) -> str:
    """Return the first component of a field, written with the signs of the answer."""
    return escaped(segment.text(number))
