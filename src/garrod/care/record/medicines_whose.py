"""Whose a write is: never of a person merged into another, nor with another person's resources."""

from __future__ import annotations

from collections.abc import Iterable

from garrod.care.record.medication.confirm import Entry
from garrod.care.record.medicines_merges import MergeCodec
from garrod.care.record.ports import Codec, View
from garrod.core.errors import ConflictError, InputError
from garrod.core.resource import Version


async def refuse_absorbed(view: View, merges: MergeCodec, patient: str) -> None:
    """Raise ConflictError REC125 where a person was merged into another."""
    person = await view.read("Patient", patient)
    other = ""
    if person is not None and not person.is_deleted:
        other = merges.absorbed_into(person)
    if other:
        raise ConflictError(
            f"Patient/{patient} was merged into Patient/{other}: write the medicines of that "
            "person.",
            code="REC125",
        )


async def refuse_foreign(view: View, codec: Codec, patient: str, entries: Iterable[Entry]) -> None:
    """Raise InputError REC127 where a line is linked to what is another person's.

    What is not here (yet) may be linked: a prescription may come after the line.
    """
    steps = (entry.step for entry in entries)
    linked = (reference for step in steps if step for reference in step.links.all())
    for reference in dict.fromkeys(linked):
        kind, _, id = reference.partition("/")
        found = await view.read(kind, id)
        if found is not None and not is_of(codec, found, patient):
            raise InputError(
                f"{reference} is not of Patient/{patient}: a line is linked to what is about its "
                "own person alone.",
                code="REC127",
            )


def is_of(codec: Codec, version: Version, patient: str) -> bool:
    """Return whether a resource is a person's; what is deleted is nobody's any more."""
    if version.is_deleted:
        return True
    return patient in codec.drafted(version.body, kind=version.kind, id=version.id).patients
