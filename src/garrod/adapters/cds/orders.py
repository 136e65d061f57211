"""Draft orders of a call as medicine lines, each answered, and why one could not be read.

Bundle of drafts -> Draft (line, reference, why not) · how many are no medicines at all
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from garrod.adapters.cds.model import Call, Draft
from garrod.adapters.fhir.bundle import Own
from garrod.adapters.fhir.json import Resource, many, one, text
from garrod.adapters.fhir.medicine import NOT_PROPOSED, line_of
from garrod.core.medicine import ANY_LINE, MedicineLine

READ = "MedicationRequest"
REPEATED = "medication-refill"  # the hook each of whose orders is a repeat of what is taken
FORMER = ("MedicationOrder", "MedicationPrescription")  # of DSTU2, and before it
OTHER_VERSION = "it is written in another version of FHIR: send R4"
OTHER_PERSON = "it is for another person than the one the call is about"
NOT_GIVEN = "it says that the medicine is not to be given, or is over"
NAMELESS = "it names no medicine"
NOT_FOUND = "it could not be read where it is kept"


@dataclass(frozen=True, slots=True)
class Drafts:
    """The medicine drafts of a call, and how many other orders it held."""

    drafts: tuple[Draft, ...]
    others: int = 0


def drafts_of(call: Call, patients: frozenset[str], beside: Iterable[Resource] = ()) -> Drafts:
    """Return the drafts of a call. `patients` are the references that mean the person.

    `beside` are resources that a draft may refer to (its Medication, its reason).
    """
    inside = [r for e in many(call.orders, "entry") if (r := one(e, "resource"))]
    own = Own(patients, tuple(("", r) for r in (*inside, *beside)))
    found, others = [], 0
    for resource in inside:
        kind = text(resource, "resourceType")
        if kind == READ:
            found.append(_draft(resource, own, is_repeat=call.hook == REPEATED))
        elif kind in FORMER:
            found.append(Draft(_named(resource), _reference(resource), OTHER_VERSION))
        elif kind != "Medication":
            others += 1
    return Drafts(tuple(found), others)


def is_selected(draft: Draft, call: Call) -> bool:
    """Return whether a draft is asked about; the others only count among what is taken."""
    if not call.selected:
        return True
    return draft.reference in call.selected or draft.reference.partition("/")[2] in call.selected


def lost(reference: str) -> Draft:
    """Return the draft of an order that nobody could give."""
    return Draft(MedicineLine(reference), reference, NOT_FOUND)


def _draft(resource: Resource, own: Own, *, is_repeat: bool) -> Draft:
    line = line_of(resource, own)
    reference = _reference(resource)
    renews = (*line.renews, ANY_LINE) if is_repeat else line.renews
    line = replace(line, reference=reference, renews=renews)
    if not own.is_own(resource):
        return Draft(line, reference, OTHER_PERSON)
    if text(resource, "status") in NOT_PROPOSED or resource.get("doNotPerform") is True:
        return Draft(line, reference, NOT_GIVEN)
    if not line.text.strip() and not any(c.code or c.display for c in line.codings):
        return Draft(line, reference, NAMELESS)
    if text(resource, "status") in ("draft", ""):
        line = replace(line, started=None)
    return Draft(line, reference)


def _named(resource: Resource) -> MedicineLine:
    return MedicineLine(text(one(resource, "medicationCodeableConcept"), "text"))


def _reference(resource: Resource) -> str:
    id = text(resource, "id")
    return f"{text(resource, 'resourceType')}/{id}" if id else ""
