"""What stored bytes mean to a proof of the record: rows as they were made of them, and lists."""

from __future__ import annotations

from collections.abc import Iterable

from garrod.adapters.fhir.lines.codec import FhirLines
from garrod.adapters.fhir.record.codec import FhirCodec
from garrod.care.record.medicines_ports import Head
from garrod.core.resource import Draft, Version


class FhirMeaning:
    """Reads stored bytes; they were checked when they were written, and are not checked again."""

    def __init__(self, codec: FhirCodec) -> None:
        self._codec = codec
        self._lines = FhirLines()

    def drafted(self, body: bytes, *, kind: str, id: str) -> Draft:
        """Return the draft of stored bytes.  Raises: FhirError FHR002, FHR100 to FHR106."""
        return FhirCodec.drafted(self._codec, body, kind=kind, id=id)

    def served(self, version: Version) -> bytes:
        """Return a version as it is served."""
        return self._codec.served(version)

    def params(self, kind: str) -> Iterable[str]:
        """Return the names of a kind's search parameters."""
        return self._codec.facts.parameters(kind)

    def is_ours(self, version: Version) -> bool:
        """Return whether a version is a medication list, or a line of one."""
        return self._lines.is_ours(version)

    def head(self, version: Version) -> Head:
        """Return what a version of a medication list says.  Raises: FhirError FHR150."""
        return self._lines.head(version)
