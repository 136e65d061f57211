"""A person as the record's resources tell of them: the port PersonReader, by the Bundle's reader.

versions -> as the record serves them -> read_entries -> understood
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from garrod.adapters.fhir.lines.merging import FhirMerges
from garrod.adapters.fhir.person import Read, read_entries
from garrod.adapters.fhir.record.splice import served_parsed
from garrod.core.person import Person
from garrod.core.resource import Version

SOURCE = "record"
MANY = 500  # Not clinical: resources that are read in a thread, so that others are answered beside


class RecordedPerson:
    """Reads people of the record. `understand` makes findings of the genomic results in a Read."""

    def __init__(self, understand: Callable[[Read], Person]) -> None:
        self._understand = understand
        self._merges = FhirMerges()

    def absorbed_into(self, version: Version) -> str:
        """Return the id of the Patient that replaced this one; "" where none did."""
        return self._merges.absorbed_into(version)

    async def person(self, versions: Sequence[Version], beside: Sequence[Version]) -> Person:
        """Return the person that resources tell of.  Raises: FhirError FHR003."""
        if len(versions) < MANY:
            return self._understand(read_versions(versions, beside))
        return self._understand(await asyncio.to_thread(read_versions, versions, beside))


def read_versions(versions: Sequence[Version], beside: Sequence[Version] = ()) -> Read:
    """Return what resources of one person tell, read just as a Bundle of them would be.

    Raises: FhirError FHR003 where they are not one person's.
    """
    entries = tuple([(f"{v.kind}/{v.id}", served_parsed(v)) for v in (*versions, *beside)])
    return read_entries(entries, name=SOURCE, source=SOURCE)
