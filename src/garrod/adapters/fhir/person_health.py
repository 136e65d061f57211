"""What a person has and had, and what they must not be given: conditions and allergies.

Source: HL7 FHIR R4 (4.0.1), Condition, Procedure and AllergyIntolerance.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from garrod.adapters.fhir.bundle import Own
from garrod.adapters.fhir.dates import first_date
from garrod.adapters.fhir.json import (
    Resource,
    codings,
    has_code,
    many,
    meanings,
    one,
    text,
    words_of,
)
from garrod.adapters.fhir.person_medicines import ABSENCES
from garrod.core.person import Allergy, Condition

DISPROVED = ("refuted", "entered-in-error")
NOT_DONE = ("not-done", "entered-in-error")
OVER = ("inactive", "remission", "resolved")
# "No known allergy" and its kinds, in SNOMED CT: they name nothing to be allergic to. Source: HL7
# International Patient Summary 2.0.0, value set of allergies; 716186003 as its examples have it,
# the others unchecked but for their check digits.
NONE_KNOWN = ("716186003", "409137002", "428607008", "429625007")
NO_INFORMATION = {"no-allergy-info": "allergies", "no-problem-info": "conditions"}


def conditions_of(own: Own) -> Iterator[Condition]:
    """Yield the conditions and procedures of a person that were not disproved, past ones too."""
    for resource in own.of("Condition", "Procedure"):
        concept = one(resource, "code")
        is_disproved = has_code(one(resource, "verificationStatus"), *DISPROVED)
        if is_disproved or text(resource, "status") in NOT_DONE or _absences(concept):
            continue
        yield Condition(
            words_of(concept),
            meanings(concept),
            since=_began(resource),
            is_active=_is_active(resource),
            reference=_reference(resource),
        )


def allergies_of(own: Own, notes: list[str]) -> Iterator[Allergy]:
    """Yield the allergies and intolerances that were not disproved; what has no words is noted."""
    for resource in own.of("AllergyIntolerance"):
        concept = one(resource, "code")
        if has_code(one(resource, "verificationStatus"), *DISPROVED):
            continue
        if _absences(concept) or has_code(concept, *NONE_KNOWN):
            continue
        if not words_of(concept) and not codings(concept):
            notes.append("an allergy without words or codes could not be read")
            continue
        yield _allergy(resource, concept)


def unknown_kinds(own: Own) -> frozenset[str]:
    """Return the kinds of facts of which a record says that nothing is known."""
    coded = (one(r, "code") for r in own.of("Condition", "AllergyIntolerance"))
    found = {NO_INFORMATION.get(code, "") for concept in coded for code in _absences(concept)}
    return frozenset(found - {""})


def _absences(concept: Resource) -> list[str]:
    return [c.code for c in codings(concept) if c.system in ABSENCES]


def _allergy(resource: Resource, concept: Resource) -> Allergy:
    kind, criticality = text(resource, "type"), text(resource, "criticality")
    verified = one(resource, "verificationStatus")
    is_said = bool(codings(verified))
    return Allergy(
        words_of(concept),
        codings(concept),
        kind=kind if kind in ("allergy", "intolerance") else "",
        criticality=criticality if criticality in ("high", "low") else "",
        is_confirmed=has_code(verified, "confirmed") if is_said else None,
        reactions=tuple(dict.fromkeys(_reactions(resource))),
        since=_began(resource),
        reference=_reference(resource),
        is_active=not has_code(one(resource, "clinicalStatus"), *OVER),
    )


def _reactions(resource: Resource) -> Iterator[str]:
    for reaction in many(resource, "reaction"):
        found = [w for m in many(reaction, "manifestation") if (w := words_of(m))]
        yield from found or filter(None, [text(reaction, "description")])


def _is_active(resource: Resource) -> bool:
    """Return whether a condition goes on: unless it says otherwise, it does."""
    status = one(resource, "clinicalStatus")
    if codings(status):
        return not has_code(status, *OVER)
    return not any(key.startswith("abatement") and key != "abatementBoolean" for key in resource)


def _began(resource: Resource) -> date | None:
    """Return when something began, or was done, or else when it was first written down."""
    stated = (
        text(resource, "onsetDateTime")
        or text(one(resource, "onsetPeriod"), "start")
        or text(resource, "performedDateTime")
        or text(one(resource, "performedPeriod"), "start")
        or text(resource, "recordedDate")
    )
    return first_date(stated[:10])


def _reference(resource: Resource) -> str:
    return f"{text(resource, 'resourceType')}/{text(resource, 'id')}"
