"""A resource as the record keeps it: opaque bytes, their hash, and what was made of them to search.

What the bytes mean is known to `adapters/fhir` alone; the record and its stores never parse them.

bytes received -> Draft (bytes, index rows, patients) -> stored as Version, number by number
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

EARLIEST, LATEST = -(2**63), 2**63 - 1  # the ends of time: what a 64-bit integer holds


class TokenRow(NamedTuple):
    """A code of a search parameter; `system` is "" where the element has none."""

    param: str
    system: str
    code: str
    text: str = ""  # the words beside the code, folded: for :text


class StringRow(NamedTuple):
    """Words of a search parameter: folded (case and accents) and as they stand."""

    param: str
    folded: str
    exact: str


class DateRow(NamedTuple):
    """A span of time, half open, in microseconds since 1970 (UTC).

    An open end is EARLIEST or LATEST. What has no zone is read as UTC.
    """

    param: str
    low: int
    high: int


class ReferenceRow(NamedTuple):
    """A reference: to a resource here (kind and id), to a url elsewhere, or by identifier."""

    param: str
    kind: str
    id: str
    url: str = ""
    system: str = ""  # of reference.identifier
    value: str = ""


class NumberRow(NamedTuple):
    """A number or quantity, closed at both ends: low == high, but for a Range or a comparator.

    The precision of a search is that of the value sought, never that of the value stored, so that
    "more than 100" does not find 100. An open end is infinite. `code` is the UCUM code (or the
    unit's words where it has none), `system` its system; both "" for plain numbers.
    """

    param: str
    low: float
    high: float
    system: str = ""
    code: str = ""


class UriRow(NamedTuple):
    """A uri of a search parameter, as it stands."""

    param: str
    value: str


class CompositeRow(NamedTuple):
    """Two values of one part of a resource, for composite parameters.

    The first is a token. The second is a token or reference (`system` and `code`; of a reference
    here kind and id, of another "" and the url), a number or date (`low`, `high` and its unit), or
    words (`folded`); what is not used is blank.
    """

    param: str
    first_system: str
    first_code: str
    system: str = ""
    code: str = ""
    low: float = 0.0
    high: float = 0.0
    folded: str = ""


@dataclass(frozen=True, slots=True)
class Rows:
    """Everything by which one resource is found."""

    tokens: tuple[TokenRow, ...] = ()
    strings: tuple[StringRow, ...] = ()
    dates: tuple[DateRow, ...] = ()
    references: tuple[ReferenceRow, ...] = ()
    numbers: tuple[NumberRow, ...] = ()
    uris: tuple[UriRow, ...] = ()
    composites: tuple[CompositeRow, ...] = ()


NO_ROWS = Rows()


@dataclass(frozen=True, slots=True)
class Splice:
    """Where `id` and `meta` stand in the bytes: offsets of whole members, commas not included.

    `at` is the end of the member resourceType, where members may be put in with a comma before
    each. A member that is not there has start and end 0. `meta` holds the members of the received
    meta that are kept (profile, security, tag, source, extension ...) as JSON without braces.
    """

    at: int
    id_start: int = 0
    id_end: int = 0
    meta_start: int = 0
    meta_end: int = 0
    meta: bytes = b""


@dataclass(frozen=True, slots=True)
class Draft:
    """A resource to be written: bytes as received, how to serve them, how to find them.

    `patients` are the logical ids of the people whose compartment it belongs to.
    """

    kind: str
    id: str
    body: bytes = field(repr=False)
    splice: Splice = field(repr=False)
    rows: Rows = field(default=NO_ROWS, repr=False)
    patients: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Version:
    """One stored version; a deleted one has no body. `at` is UTC.

    `method` is POST, PUT, PATCH or DELETE.

    `sha256` (32 bytes) is of `body`; `sequence` is the number of its event in the outbox.
    """

    kind: str
    id: str
    number: int
    at: datetime
    method: str
    sequence: int
    body: bytes = field(default=b"", repr=False)
    splice: Splice | None = field(default=None, repr=False)
    sha256: bytes = field(default=b"", repr=False)

    @property
    def is_deleted(self) -> bool:
        """Return whether this version says that the resource is gone."""
        return self.method == "DELETE"

    @property
    def etag(self) -> str:
        """Return the weak entity tag of HTTP: W/"3"."""
        return f'W/"{self.number}"'
