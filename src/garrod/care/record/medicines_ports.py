"""What the medication list needs of whoever knows FHIR: lines, heads of lists, receipts, orders.

Bytes stay opaque here; a `LineCodec` reads and writes them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import sha256
from typing import Protocol

from garrod.care.record.medication.duplicates import Override
from garrod.care.record.medication.line import Author, Line, Setting
from garrod.care.record.medication.said import Reported
from garrod.care.record.medication.stop import Authorisation, StopTask
from garrod.core.resource import Version

LINE, LIST = "MedicationStatement", "List"
GENERATED = "generated"  # a line that followed from a message, and that nobody has confirmed


@dataclass(frozen=True, slots=True)
class Listed:
    """A line within a version of a list: its id, the version of its resource, and its flag.

    `kept_by` is the setting whose line it is, where the person keeps it private from the others;
    `due` the day on which a line was to begin or to resume, where nobody has said that it did.
    """

    line_id: str
    number: int
    flag: str = ""
    kept_by: Setting | None = None
    due: date | None = None


@dataclass(frozen=True, slots=True)
class Reconciled:
    """The last reconciliation: at what move, by whom, when, and what nobody decided."""

    move: str
    by: Author
    at: datetime
    unresolved: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Head:
    """What a list says beside its lines, so that it can be shown without reading each of them.

    `overrides` are reasons why duplicates stay; `told` the newest content of each setting;
    `is_test` that the person is marked as test data.
    """

    patient: str
    listed: tuple[Listed, ...] = ()
    confirmed_by: Author | None = None
    confirmed_at: datetime | None = None
    overrides: tuple[Override, ...] = ()
    reconciled: Reconciled | None = None
    told: tuple[tuple[Setting, datetime], ...] = ()
    is_test: bool = False


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of a request with an idempotency key: of what it was, and what it made."""

    patient: str
    key: str
    fingerprint: str
    number: int  # the version of the list that came of it
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Order:
    """An authorisation as it stands, and its resource, so that it can be cancelled."""

    found: Authorisation
    version: Version


@dataclass(frozen=True, slots=True)
class Near:
    """Resources beside one that is read, by reference: medicines and reasons that it names."""

    bodies: Mapping[str, bytes] = field(default_factory=dict)


class LineCodec(Protocol):
    """Knows lines, lists and what they follow, as resources."""

    def line(self, version: Version) -> Line:
        """Return the line that a version holds.  Raises: FhirError FHR150 where it holds none."""
        ...

    def line_body(self, line: Line, patient: str, *, is_test: bool = False) -> bytes:
        """Return a line as a resource, marked where it is of a person who is test data."""
        ...

    def is_test(self, patient: Version) -> bool:
        """Return whether a person is marked as test data."""
        ...

    def remember(self, version: Version, line: Line) -> None:
        """Take note that a version was made of this line, so that it need not be read back."""
        ...

    def head(self, version: Version) -> Head:
        """Return what a version of a list says.  Raises: FhirError FHR150."""
        ...

    def head_body(self, head: Head, lines: Mapping[str, Line], at: datetime) -> bytes:
        """Return a list as a resource."""
        ...

    def is_ours(self, version: Version) -> bool:
        """Return whether a version is a line, a list or a receipt that only its acts may write."""
        ...

    def kept(self, version: Version) -> Kept:
        """Return a receipt."""
        ...

    def kept_body(self, kept: Kept) -> bytes:
        """Return a receipt as a resource."""
        ...

    def pointed(self, version: Version) -> tuple[str, ...]:
        """Return what must be read beside a resource to know its medicine and reasons."""
        ...

    def reported(self, version: Version, near: Near) -> Reported | None:
        """Return what a resource says of a medicine; None where it says nothing for the list."""
        ...

    def authorisation(self, order: Version, beside: tuple[Version, ...]) -> Authorisation:
        """Return how far a prescription has gone, from it and the tasks and supplies of it."""
        ...

    def cancelled(self, order: Version, reason: str) -> bytes:
        """Return a prescription as it is once it is cancelled."""
        ...

    def task_body(self, task: StopTask, patient: str, at: datetime) -> bytes:
        """Return a task as a resource."""
        ...


RECEIPT = "Basic"
_LONGEST = 64  # Not clinical: characters of an id in FHIR


_LIST_IDS = "medicines-"


def list_id(patient: str) -> str:
    """Return the id of a person's medication list: always the same for one person."""
    plain = f"{_LIST_IDS}{patient}"
    return plain if len(plain) <= _LONGEST else f"{_LIST_IDS}{_digest(patient)}"


def is_list_id(id: str) -> bool:
    """Return whether a List of that id can be nothing but somebody's medication list."""
    return id.startswith(_LIST_IDS)


def receipt_id(patient: str, key: str) -> str:
    """Return the id under which what came of a key is kept."""
    return f"receipt-{_digest(f'{patient} {key}')}"


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:40]
