"""What is kept of a merge of two people, and what the merge needs of whoever knows FHIR."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Protocol

from garrod.care.record.medication.line import Author
from garrod.care.record.medication.merge import Meanwhile
from garrod.core.errors import ConflictError
from garrod.core.resource import Version


@dataclass(frozen=True, slots=True)
class Moved:
    """A resource that a merge wrote: its version before and after."""

    kind: str
    id: str
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class MergeKept:
    """A merge as it is kept: whose, by whom, which versions of lists, and what was moved."""

    kept: str
    absorbed: str
    kept_before: int
    absorbed_before: int
    list_after: int
    absorbed_after: int
    by: Author
    at: datetime
    reason: str
    moved: tuple[Moved, ...] = ()
    is_undone: bool = False


class Waiting(ConflictError):
    """Lines came or changed between merge and un-merge: somebody must say whose they are."""

    def __init__(self, waiting: tuple[Meanwhile, ...]) -> None:
        super().__init__(
            f"{len(waiting)} line(s) came or changed since the merge: say of each whose it is, and "
            "un-merge again. Nothing was done.",
            code="REC126",
        )
        self.waiting = waiting


class MergeCodec(Protocol):
    """Knows merges, and how two Patients name each other, as resources."""

    def merge(self, version: Version) -> MergeKept:
        """Return what is kept of a merge."""
        ...

    def merge_body(self, kept: MergeKept) -> bytes:
        """Return what is kept of a merge as a resource."""
        ...

    def joined(self, version: Version, other: str, *, is_absorbed: bool) -> bytes:
        """Return a Patient with a link to the other, and inactive where it is the absorbed one."""
        ...

    def parted(self, version: Version, other: str, before: Version) -> bytes:
        """Return a Patient without its link to the other, active or not as it was before."""
        ...

    def absorbed_into(self, version: Version) -> str:
        """Return the id of the Patient that replaced this one; "" where none did."""
        ...


MERGE = "Basic"


def merge_id(kept: str, absorbed: str) -> str:
    """Return the id under which the merge of two people is kept."""
    return f"merge-{sha256(f'{kept} {absorbed}'.encode()).hexdigest()[:40]}"
