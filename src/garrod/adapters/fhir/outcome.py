"""Says what is wrong as FHIR says it: an OperationOutcome, from issues or from an error of ours.

Texts name what was expected and where; they never repeat a value that somebody sent, and no NHS
number even where somebody wrote one for an id: what is answered to a mistake is often logged.
Source: HL7 FHIR R4 4.0.1, OperationOutcome; value set issue-type.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import orjson

from garrod.adapters.fhir.validate.issue import Issue, Severity
from garrod.core.errors import (
    AccessDenied,
    ConflictError,
    FhirError,
    GarrodError,
    InputError,
    InternalFault,
    KnowledgeError,
    OutsideError,
)
from garrod.core.identifiers import is_mod11

FINE = Issue(Severity.INFORMATION, "informational", "", "no fault found")
CODES: tuple[tuple[type[GarrodError], str], ...] = (  # the nearest kind first
    (AccessDenied, "forbidden"),
    (ConflictError, "conflict"),
    (OutsideError, "transient"),
    (KnowledgeError, "not-supported"),
    (FhirError, "structure"),
    (InputError, "invalid"),
)
FAULT = "exception"
TYPES = {  # of errors that say more than their kind does
    "ACC002": "login",
    "ACC006": "login",  # not lately enough
    "REC001": "not-found",
    "REC002": "deleted",
    "REC004": "multiple-matches",
    "API002": "not-supported",
    "API003": "not-supported",
    "API006": "not-supported",
    "API007": "too-long",
    "CDS007": "not-found",
    "CDS010": "not-found",
    "API008": "not-supported",
    "FHR104": "too-long",
}
OUR_FAULT = "something went wrong on this side; it was noted under this code"
HIDDEN = b"(a number)"
_NUMBER = re.compile(rb"(?<![\dA-Za-z])\d{3}[ -]?\d{3}[ -]?\d{4}(?![\dA-Za-z])")
SYSTEM = "https://garrod.example/fhir/errors"  # of our own codes: docs/reference/errors.md


def outcome(issues: Iterable[Issue]) -> bytes:
    """Return an OperationOutcome of the issues; of one that nothing was found where there are none.

    Each has severity, FHIR's code, text (in details), rule (as diagnostics) and path (expression).
    """
    return _written([_of(issue) for issue in issues] or [_of(FINE)])


def outcome_of(error: GarrodError) -> bytes:
    """Return an OperationOutcome of an error of ours: its code and its sentence.

    The sentence of an internal fault is not shown: it was written for nobody outside.
    """
    is_ours = isinstance(error, InternalFault) or type(error) is GarrodError
    by_kind = next((code for kind, code in CODES if isinstance(error, kind)), FAULT)
    code = TYPES.get(error.code, by_kind)
    details = {
        "coding": [{"system": SYSTEM, "code": error.code}],
        "text": OUR_FAULT if is_ours else error.message,
    }
    severity = "fatal" if is_ours else Severity.ERROR.value
    return _written(
        [{"severity": severity, "code": code, "details": details, "diagnostics": error.code}]
    )


def _of(issue: Issue) -> dict[str, Any]:
    said: dict[str, Any] = {
        "severity": issue.severity.value,
        "code": issue.code,
        "details": {"text": issue.message},
        "diagnostics": f"rule {issue.rule}" + (f" of {issue.profile}" if issue.profile else ""),
    }
    return {**said, "expression": [issue.path]} if issue.path else said


def _written(issues: list[dict[str, Any]]) -> bytes:
    return _NUMBER.sub(_shown, orjson.dumps({"resourceType": "OperationOutcome", "issue": issues}))


def _shown(number: re.Match[bytes]) -> bytes:
    """Return a number as it is told: one that can be a person's NHS number is not."""
    digits = re.sub(rb"\D", b"", number[0]).decode()
    return HIDDEN if is_mod11(digits) else number[0]
