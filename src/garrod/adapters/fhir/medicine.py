"""Medicine lines: what a MedicationRequest or MedicationStatement names, and what it is for.

Route and daily dose are read in `directions`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

from garrod.adapters.fhir.bundle import Own
from garrod.adapters.fhir.dates import latest_date
from garrod.adapters.fhir.directions import directions_of
from garrod.adapters.fhir.json import (
    Resource,
    codings,
    many,
    meanings,
    one,
    read_resource,
    text,
    words_of,
)
from garrod.core.errors import FhirError
from garrod.core.medicine import Coding, MedicineLine

__all__ = ["latest_date", "line_of", "read_order"]

# Not clinical: how directions say that a medicine is taken when it is needed, and not else.
_AS_NEEDED = re.compile(
    r"\b(?:prn|p\.r\.n|sos|(?:when|as|if) (?:required|needed|necessary))(?![\w])", re.IGNORECASE
)
LISTED = ("MedicationRequest", "MedicationStatement")
FOLLOWED = ("priorPrescription", "basedOn", "derivedFrom")
NOT_PROPOSED = ("cancelled", "completed", "entered-in-error", "stopped")


def line_of(resource: Resource, own: Own) -> MedicineLine:
    """Return the medicine line of a MedicationRequest or MedicationStatement."""
    words, codes = _named(resource, own)
    directions = directions_of(resource, words)
    return MedicineLine(
        text=words,
        codings=codes,
        reasons=tuple(_reasons(resource, own)),
        started=started_of(resource),
        reference=f"{text(resource, 'resourceType')}/{text(resource, 'id')}",
        route=directions.route,
        daily_mg=directions.daily_mg,
        weekly_mg=directions.weekly_mg,
        is_as_needed=_is_as_needed(resource, words),
        renews=tuple(dict.fromkeys(_renews(resource, own))),
    )


def _renews(resource: Resource, own: Own) -> Iterator[str]:
    """Yield what a line or order goes on with: requests and statements, the treatment's own ids.

    Source: HL7 FHIR R4 (4.0.1), MedicationRequest.priorPrescription and basedOn (unchecked);
    an identifier counts where its system is stated.
    """
    for name in FOLLOWED:
        for pointer in (*many(resource, name), one(resource, name)):
            reference = text(pointer, "reference")
            named = (own.referred(resource, reference, kind) for kind in LISTED)
            found = next((r for r in named if text(r, "id")), None)
            if found is not None and not reference.startswith("#"):
                yield f"{text(found, 'resourceType')}/{text(found, 'id')}"
                continue
            tail = reference.partition("/_history/")[0].split("/")[-2:]
            if tail[0] in LISTED:
                yield "/".join(tail)
    for identifier in many(resource, "identifier"):
        if text(identifier, "system") and text(identifier, "value"):
            yield f"{text(identifier, 'system')}|{text(identifier, 'value')}"


def started_of(resource: Resource) -> date | None:
    """Return since when a medicine is taken, or was asked for; None where that is not known."""
    written = (
        text(resource, "authoredOn")
        or text(one(resource, "effectivePeriod"), "start")
        or text(resource, "effectiveDateTime")
    )
    return latest_date(written[:10])


def _is_as_needed(resource: Resource, name: str) -> bool:
    """Return whether every one of the directions leaves it to the person when to take it."""
    given = [*many(resource, "dosageInstruction"), *many(resource, "dosage")]
    if not given:
        return bool(_AS_NEEDED.search(name))
    return all(
        dosage.get("asNeededBoolean") is True
        or "asNeededCodeableConcept" in dosage
        or bool(_AS_NEEDED.search(text(dosage, "text") or text(dosage, "patientInstruction")))
        for dosage in given
    )


def _named(resource: Resource, own: Own) -> tuple[str, tuple[Coding, ...]]:
    """Return the words and codes of the medicine; its ingredients', where it has none itself."""
    concept = one(resource, "medicationCodeableConcept")
    if not concept:
        pointer = one(resource, "medicationReference")
        medication = own.referred(resource, text(pointer, "reference"), "Medication")
        concept = one(medication, "code")
        if not words_of(concept) and not codings(concept):
            parts = [one(i, "itemCodeableConcept") for i in many(medication, "ingredient")]
            words = ", ".join(w for part in parts if (w := words_of(part)))
            found = tuple(c for part in parts for c in codings(part))
            return words or text(pointer, "display"), found
    return words_of(concept), codings(concept)


def _reasons(resource: Resource, own: Own) -> Iterator[Coding]:
    for concept in many(resource, "reasonCode"):
        yield from meanings(concept)
    for pointer in many(resource, "reasonReference"):
        condition = own.referred(resource, text(pointer, "reference"), "Condition")
        yield from meanings(one(condition, "code") or {"text": text(pointer, "display")})


def read_order(path: Path, own: Own) -> MedicineLine:
    """Return the medicine of a draft order.  Raises: FhirError FHR001, FHR002, FHR005-FHR007."""
    order = read_resource(path, wanted=("MedicationRequest",))
    if not own.is_own(order):
        raise FhirError(
            f"{path}: the order's subject is not the patient of the bundle; "
            "check that both are of the same person",
            code="FHR006",
        )
    status = text(order, "status")
    if status in NOT_PROPOSED or order.get("doNotPerform") is True:
        said = "says not to give the medicine" if status not in NOT_PROPOSED else f"is {status}"
        raise FhirError(
            f"{path}: the order {said}; a draft or active order is expected", code="FHR007"
        )
    line = line_of(order, own)
    if not line.text and not line.codings:
        raise FhirError(
            f"{path}: names no medicine (medicationCodeableConcept with text or coding)",
            code="FHR005",
        )
    return replace(line, started=None) if status in ("draft", "") else line
