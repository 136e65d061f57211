"""Every fault as HTTP tells it: one status, and an OperationOutcome that says what to do."""

from __future__ import annotations

from garrod.adapters.fhir.outcome import outcome, outcome_of
from garrod.adapters.fhir.record.refusal import BadSearch
from garrod.adapters.fhir.rest.checked import InvalidResource
from garrod.core.errors import (
    AccessDenied,
    ConflictError,
    GarrodError,
    InputError,
    InternalFault,
    KnowledgeError,
    OutsideError,
    VersionConflict,
)
from garrod.entry.api.exchange import Answer, NotAllowed
from garrod.entry.guard import challenge

STATUS_BY_CODE = {
    "REC001": 404,
    "REC002": 410,
    "REC003": 400,
    "REC004": 412,
    "REC008": 412,
    "ACC002": 401,
    "ACC003": 403,
    "ACC006": 401,  # RFC 9470, 3
    "API002": 415,
    "API008": 415,
    "API003": 406,
    "API006": 405,
    "API007": 413,
    "FHR104": 413,
    "FHR140": 422,  # valid JSON, and no valid resource
}
STATUS_BY_KIND: tuple[tuple[type[GarrodError], int], ...] = (
    (VersionConflict, 412),
    (ConflictError, 409),
    (AccessDenied, 403),
    (InputError, 400),
    (OutsideError, 503),
    (KnowledgeError, 500),
    (InternalFault, 500),
)


def status_of(error: GarrodError) -> int:
    """Return the status of a fault."""
    found = STATUS_BY_CODE.get(error.code)
    if found is not None:
        return found
    return next((status for kind, status in STATUS_BY_KIND if isinstance(error, kind)), 500)


def answer_of(error: GarrodError) -> Answer:
    """Return a fault as an answer."""
    status = status_of(error)
    headers = challenge(error)
    if isinstance(error, NotAllowed):
        headers["Allow"] = ", ".join(error.allowed)
    if status == 503:
        headers["Retry-After"] = "1"
    if isinstance(error, BadSearch | InvalidResource):
        return Answer(status, outcome(error.issues), headers)
    return Answer(status, outcome_of(error), headers)


def unforeseen(error: Exception) -> GarrodError:
    """Return what is told of a fault of ours: its kind, never its words, which may hold data."""
    return InternalFault(
        f"something went wrong here ({type(error).__name__}); nothing was stored by this request."
    )
