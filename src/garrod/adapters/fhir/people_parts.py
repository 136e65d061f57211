"""The resources of the people who are wanted, dealt into parts of some hundred people.

chunks of files -> lines of who is wanted, by part, in one private file a chunk -> people of a part
Memory does not grow with what the files hold: one chunk or one part at a time. The files that are
dealt are taken away by whoever made the folder.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

from garrod.adapters.fhir.json import Resource, one, text
from garrod.adapters.fhir.people_folder import (
    TAKEN,
    Chunk,
    lines_in,
    resource_at,
    whose,
)
from garrod.adapters.fhir.person import Read, read_entries
from garrod.adapters.fhir.person_medicines import ENDED, is_line
from garrod.core.errors import FhirError

PER_PART = 100  # Not clinical: people of one part, about
REQUEST = "MedicationRequest"
_DISPENSED = b'{"resourceType":"MedicationDispense",'
_ORDERED, _BY = b'"authorizingPrescription":[{"reference":"MedicationRequest/', b'"}]'
_ORDERING, _ELSEWHERE = b"authorizingPrescription", (b'"contained"', b'"request"')


@dataclass(frozen=True, slots=True)
class Piece:
    """Whole lines of one part in a file."""

    path: Path
    start: int
    end: int


def parts_for(people: int) -> int:
    """Return into how many parts so many people are dealt."""
    return 1 + people // PER_PART


def dealt(chunk: Chunk, wanted: Collection[str], parts: int, into: Path) -> list[tuple[int, Piece]]:
    """Write the lines of a chunk that are of who is wanted; return where those of each part are.

    Raises: InputError INP071.
    """
    found: dict[int, list[bytes]] = {}
    for at, raw in lines_in(chunk):
        who = whose(chunk.path, at, raw)
        if who in wanted:
            found.setdefault(crc32(who.encode()) % parts, []).append(raw.rstrip() + b"\n")
    pieces: list[tuple[int, Piece]] = []
    end = 0
    with into.open("wb") as file:
        for part, lines in sorted(found.items()):
            start, end = end, end + file.write(b"".join(lines))
            pieces.append((part, Piece(into, start, end)))
    return pieces


def reads_of(pieces: Iterable[Piece], shared: Sequence[Resource] = ()) -> Iterator[Read]:
    """Yield the people of a part, by id.  Raises: FhirError FHR003, with who it is; INP071."""
    by_person: dict[str, list[tuple[Path, int, bytes]]] = {}
    for piece in pieces:
        for at, raw in lines_in(Chunk(piece.path, piece.start, piece.end)):
            by_person.setdefault(whose(piece.path, at, raw), []).append((piece.path, at, raw))
    for who in sorted(by_person):
        resources = _resources(who, by_person.pop(who))
        named = ((f"{text(r, 'resourceType')}/{text(r, 'id')}", r) for r in (*resources, *shared))
        if not any(text(r, "resourceType") == "Patient" for r in resources):
            raise FhirError(
                f"Patient/{who}: has resources and is not in Patient.ndjson", code="FHR003"
            )
        yield read_entries(tuple(named), name=f"Patient/{who}", source="people")


def _resources(who: str, lines: Sequence[tuple[Path, int, bytes]]) -> list[Resource]:
    """Return a person's resources, without what was dispensed for orders that have not ended.

    What was dispensed tells when an order that has ended was last supplied, and what was supplied
    without an order; of such an order neither.
    """
    kept = [line for line in lines if not line[2].startswith(_DISPENSED)]
    supplies = [line for line in lines if line[2].startswith(_DISPENSED)]
    resources = [resource_at(*line) for line in kept]
    going_on = _going_on(who, resources)
    read = [resource_at(*line) for line in supplies if _order_of(line[2]) not in going_on]
    return [*resources, *read]


def _going_on(who: str, resources: Sequence[Resource]) -> frozenset[bytes]:
    """Return the ids of a person's own orders whose end nobody asks for.

    None where there is a line of our own list: it may ask for the end of whatever it follows.
    """
    taken = [r for r in resources if text(r, "resourceType") in TAKEN]
    if any(is_line(r) for r in taken):
        return frozenset()
    orders = [r for r in taken if text(r, "resourceType") == REQUEST]
    asked = {text(r, "id") for r in orders if text(r, "status") in ENDED}
    own = {
        text(r, "id") for r in orders if text(one(r, "subject"), "reference") == f"Patient/{who}"
    }
    return frozenset(id.encode() for id in own - asked if id)


def _order_of(raw: bytes) -> bytes:
    """Return the id of the one order that something was dispensed for, if told at sight."""
    start = raw.find(_ORDERED)
    if start < 0 or raw.count(_ORDERING) != 1 or any(word in raw for word in _ELSEWHERE):
        return b""
    start += len(_ORDERED)
    end = raw.find(b'"', start)
    id = raw[start:end]
    return id if raw.startswith(_BY, end) and b"\\" not in id else b""
