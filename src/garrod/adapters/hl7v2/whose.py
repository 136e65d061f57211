"""Whose a message is: NHS number, date of birth and name must all say the same person.

PID -> Whose (a person of the record), or why nobody can say so but a human. Nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from garrod.adapters.fhir.ingest import find
from garrod.adapters.fhir.ingest.marks import NHS_NUMBER
from garrod.adapters.fhir.ingest.parcel import Mark
from garrod.adapters.fhir.json import Resource, many, text
from garrod.adapters.fhir.record.fold import fold
from garrod.adapters.fhir.record.parse import parse_kept
from garrod.adapters.hl7v2.er7 import Segment
from garrod.adapters.hl7v2.moments import day_of
from garrod.care.record.ports import Tx
from garrod.core.errors import CodeError
from garrod.core.identifiers import NhsNumber

FIELDS = (3, 2, 4, 19)  # where senders write it: by the standard, and in its first versions


@dataclass(frozen=True, slots=True)
class Whose:
    """The person of a message; `patient` "": nobody can say, and `why` says why not."""

    patient: str = ""
    why: str = ""


async def whose(tx: Tx, person: Segment) -> Whose:
    """Return the one person of the record with the number, the day of birth and the name."""
    numbers = tuple(dict.fromkeys(numbers_in(person)))
    if len(numbers) != 1:
        found = "several NHS numbers" if numbers else "no NHS number that can be one"
        return Whose(why=f"PID-3 has {found}")
    versions = await find.by_marks(tx, "Patient", (Mark(NHS_NUMBER, numbers[0]),))
    if len(versions) != 1:
        found = "several people" if versions else "nobody"
        return Whose(why=f"the NHS number (PID-3) is that of {found} here")
    why = difference(person, parse_kept(versions[0].body))
    return Whose(why=why) if why else Whose(versions[0].id)


def numbers_in(person: Segment) -> Iterator[str]:
    """Yield the NHS numbers of a person, without spaces, of the first field that has any."""
    for number in FIELDS:
        found = [n for parts in person.repeats(number) if (n := _number(parts))]
        if found:
            yield from found
            return


def _number(parts: tuple[str, ...]) -> str:
    """Return a number with a right check digit that is not said to be of another kind."""
    kind = parts[4].upper() if len(parts) > 4 else ""
    plain = "".join(parts[0].split()).replace("-", "")
    if kind not in ("", "NH", "NHS", "NI") or len(plain) != 10:
        return ""
    try:
        return NhsNumber(plain).value
    except CodeError:
        return ""


def difference(person: Segment, patient: Resource) -> str:
    """Return what of a message is other than the person's; "" where both say the same."""
    if text(patient, "birthDate") != day_of(person.text(7)) or not person.text(7):
        return "the date of birth (PID-7) is not that of the person with this NHS number"
    if not is_same_name(person, patient):
        return "the name (PID-5) is not that of the person with this NHS number"
    return ""


def is_same_name(person: Segment, patient: Resource) -> bool:
    """Return whether family name and first given name of a message are among the person's."""
    wanted = {
        (fold(parts[0]), _first(parts[1] if len(parts) > 1 else "")) for parts in person.repeats(5)
    }
    names = {
        (fold(text(name, "family")), _first(given))
        for name in many(patient, "name")
        for given in _given(name)
    }
    return any(family and given for family, given in wanted & names)


def _given(name: Resource) -> list[str]:
    given = name.get("given")
    return [g for g in given if isinstance(g, str)][:1] if isinstance(given, list) else []


def _first(given: str) -> str:
    return fold(given).partition(" ")[0]
