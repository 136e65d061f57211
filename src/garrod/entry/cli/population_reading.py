"""What one process does with a record: some people read and judged.

Each process opens the record for itself, so that reading is shared as judging is.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from garrod.adapters.fhir.person import Read
    from garrod.adapters.fhir.rest.checked import CheckedCodec


@dataclass(frozen=True, slots=True)
class Asked:
    """A record, and some of its people by id."""

    database: str
    people: tuple[str, ...]


def judged_people(asked: Asked) -> list[tuple[str, bytes]]:
    """Return the reference of each who is there, and a line where they are affected, else none.

    Raises: FhirError, OutsideError.
    """
    from garrod.entry.judging import here

    reads = asyncio.run(_opened(asked))
    return [(read.person.reference, b"".join(here().lines([read]))) for read in reads]


async def _opened(asked: Asked) -> list[Read]:
    from garrod.entry.housing import housing_of, opened_record
    from garrod.entry.judging_people import read_people

    async with opened_record(housing_of(database=asked.database), _codec()) as record:
        return await read_people(record, asked.people)


@lru_cache(maxsize=1)
def _codec() -> CheckedCodec:
    from garrod.entry.cli.record import codec_of

    return codec_of(strict=False)
