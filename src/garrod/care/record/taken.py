"""A write by a condition never lands on what the condition does not name.

Source: HL7 FHIR R4 (4.0.1), https://hl7.org/fhir/R4/http.html#cond-update; that the id of something
else is refused is what R5 says there.
"""

from __future__ import annotations

from garrod.care.record.ports import Tx
from garrod.core.errors import ConflictError


class Taken(ConflictError):
    """A condition names nothing, and the id of the body is that of something else."""

    default_code = "REC009"


async def check_free(tx: Tx, kind: str, id: str, written: str) -> None:
    """Raise Taken REC009 where an id is that of something; "" is free."""
    held = await tx.read(kind, id) if id else None
    if held is not None and not held.is_deleted:
        raise Taken(
            f"{written!r} names no {kind} here, and {kind}/{id} is another one: write it by its "
            "id, or leave the id out."
        )
