"""What one process does with the files of a reanalysis: who must be looked at, their lines, judged.

Each task is a chunk of a file or the places of lines, and the result is small, so that any executor
can carry both.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from garrod.adapters.fhir.people_folder import Chunk
    from garrod.adapters.fhir.people_parts import Piece
    from garrod.care.monitor.touching import Touching

WANTED, SHARED = "wanted.json", "shared.json"
PATIENT, ALLERGY = "Patient", "AllergyIntolerance"


@dataclass(frozen=True, slots=True)
class Deal:
    """A chunk to be dealt into some parts, and the file that its lines go to."""

    chunk: Chunk
    parts: int
    into: Path


def kinds_for(touching: Touching) -> tuple[str, ...]:
    """Return the kinds that tell who must be looked at."""
    from garrod.adapters.fhir.people_folder import TAKEN

    if touching.is_for_all:
        return (PATIENT,)
    by_age = (PATIENT,) if touching.calls_for_some else ()
    by_allergy = (ALLERGY,) if touching.reach.allergic else ()
    return (*by_age, *by_allergy, *TAKEN)


def sifted(chunk: Chunk) -> tuple[set[str], dict[str, frozenset[str]]]:
    """Return who must be looked at, and of the others the sides of touched pairs that they have.

    Raises: InputError INP071.
    """
    from garrod.adapters.fhir.people_folder import births_in, mentions, patients_in
    from garrod.entry.judging import here

    touching = here().touching
    if chunk.kind == ALLERGY or (chunk.kind == PATIENT and touching.is_for_all):
        return set(patients_in(chunk)), {}
    if chunk.kind == PATIENT:
        return {who for who, born in births_in(chunk) if touching.calls_for(born)}, {}
    found: set[str] = set()
    sieve = here().sieve()
    for mention in mentions(chunk):
        if mention.patient not in found and sieve.lets(mention.patient, mention.line):
            found.add(mention.patient)
    return found, {who: drugs for who, drugs in sieve.sides.items() if who not in found}


def dealt_chunk(deal: Deal) -> list[tuple[int, Piece]]:
    """Write the lines of a chunk that are of who is wanted.  Raises: InputError INP071."""
    from garrod.adapters.fhir.people_parts import dealt

    return dealt(deal.chunk, _wanted(deal.into.parent), deal.parts, deal.into)


def judged_part(part: tuple[Path, list[Piece]]) -> list[bytes]:
    """Return the lines of the people of one part.  Raises: FhirError, InputError INP071."""
    from garrod.adapters.fhir.people_parts import reads_of
    from garrod.entry.judging import here

    made, pieces = part
    return here().lines(reads_of(pieces, _shared(made)))


@lru_cache(maxsize=1)
def _wanted(made: Path) -> frozenset[str]:
    import orjson

    return frozenset(orjson.loads((made / WANTED).read_bytes()))


@lru_cache(maxsize=1)
def _shared(made: Path) -> Any:
    import orjson

    return orjson.loads((made / SHARED).read_bytes())
