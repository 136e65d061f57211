"""What a whole list cannot change of a line: it must stand there as it was served, or not at all.

A field that was edited, misspelt, or is another person's is refused by name, never passed over.
"""

from __future__ import annotations

from garrod.adapters.fhir.json import Resource, one, text
from garrod.adapters.fhir.lines.statement import body_of
from garrod.adapters.fhir.record.parse import parse
from garrod.care.record.medication.line import Line
from garrod.core.errors import FhirError

# What the reading of a proposal looks at itself, and what says nothing of the therapy.
_READ = frozenset(
    (
        *("resourceType", "id", "meta", "text", "status", "statusReason", "note", "dosage"),
        *("medicationCodeableConcept", "reasonCode", "effectivePeriod"),
    )
)
_NEW = _READ | {"subject", "identifier", "informationSource", "category", "dateAsserted", "basedOn"}
_WHY = ("statusReason", "note")


def served(line: Line, patient: str) -> Resource:
    """Return a line as it is served, without `meta`."""
    return parse(body_of(line, patient))


def refuse_other(found: Resource, was: Resource) -> None:
    """Raise FhirError FHR153 for a field that a whole list cannot change, and that differs."""
    for name in found.keys() - _READ:
        if found[name] != was.get(name):
            raise FhirError(
                f"line {was['id']}: {name[:40]!r} is not what was served, and a whole list cannot "
                "change it: leave it as it was, or change the line by $line.",
                code="FHR153",
            )


def refuse_idle(found: Resource, was: Resource) -> None:
    """Raise FhirError FHR153 for a reason or a note of a line that is to stay as it is."""
    for name in _WHY:
        if name in found and found[name] != was.get(name):
            raise FhirError(
                f"line {was['id']} has a {name} of its own and stays as it is otherwise: say what "
                "is to change, or leave it out.",
                code="FHR153",
            )


def refuse_unread(found: Resource) -> None:
    """Raise FhirError FHR153 for a field of a new line that would be lost."""
    for name in sorted(found.keys() - _NEW):
        raise FhirError(
            f"a new line has a {name[:40]!r}, which would be lost: begin it by $line, or write it "
            "as a MedicationStatement of its own.",
            code="FHR153",
        )


def refuse_another(found: Resource, patient: str) -> None:
    """Raise FhirError FHR153 for a resource that is about somebody else."""
    said = text(one(found, "subject"), "reference")
    if "subject" in found and said != f"Patient/{patient}":
        raise FhirError(
            f"{text(found, 'resourceType')}/{text(found, 'id')[:64]} is about {said[:80]!r}, and "
            f"the list is that of Patient/{patient}: nothing was confirmed.",
            code="FHR153",
        )
