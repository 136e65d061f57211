"""Who knows what the stored bytes mean, so that what was made of them can be made again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from garrod.care.record.medicines_ports import Head
from garrod.core.resource import Draft, Version


class Meaning(Protocol):
    """Reads stored bytes as they were read when they were written."""

    def drafted(self, body: bytes, *, kind: str, id: str) -> Draft:
        """Return the draft of stored bytes.  Raises: GarrodError where they cannot be read."""
        ...

    def served(self, version: Version) -> bytes:
        """Return a version as it is served."""
        ...

    def params(self, kind: str) -> Iterable[str]:
        """Return the names of a kind's search parameters."""
        ...

    def is_ours(self, version: Version) -> bool:
        """Return whether a version is a medication list, or a line of one."""
        ...

    def head(self, version: Version) -> Head:
        """Return what a version of a medication list says.  Raises: GarrodError."""
        ...
