"""What is asked of the record, one act at a time or many at once, as values.

A door reads HTTP or a Bundle into these; what comes back it lays out again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from garrod.care.record.query import Query
from garrod.core.errors import GarrodError
from garrod.core.resource import Version


class Method(StrEnum):
    """The acts of a transaction, in the order in which they are done."""

    DELETE = "DELETE"
    POST = "POST"
    PUT = "PUT"
    PATCH = "PATCH"
    GET = "GET"


ORDER = tuple(Method)


@dataclass(frozen=True, slots=True)
class Entry:
    """One act. `search` stands for the resource where a condition names it instead of an id.

    `expected` is the version that the write is based on. `patch` is the body of a PATCH, with its
    media type. `full_url` is how other entries of a transaction name this one.
    """

    method: Method
    kind: str
    id: str = ""
    body: bytes = b""
    full_url: str = ""
    expected: int | None = None
    search: Query | None = None  # of a conditional create, update or delete
    condition: str = ""  # the same as it was written: for locks and messages
    is_patch_xml: bool = False
    own_id: str = ""  # the id within the body of a conditional update
    url: str = ""  # of a GET: what to read or search
    unless_known: str = ""  # of a GET: entity tags that the caller has
    unless_since: str = ""  # of a GET: the instant as of which the caller has it
    parsed: object = field(default=None, repr=False)  # what the codec read of the body already


@dataclass(frozen=True, slots=True)
class Done:
    """What came of one act: HTTP's status, and the version where there is one."""

    status: int
    version: Version | None = None
    fault: GarrodError | None = None  # of a batch, where each act stands for itself
    body: bytes = b""  # of a GET within a batch or transaction


@dataclass(frozen=True, slots=True)
class References:
    """What a body refers to that a transaction must resolve: full urls, and searches."""

    urls: tuple[str, ...] = ()
    searches: tuple[str, ...] = ()
