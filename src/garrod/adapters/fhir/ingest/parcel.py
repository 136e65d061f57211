"""What is to be stored together, as values: parts, how each is recognised, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from garrod.adapters.fhir.json import Resource
from garrod.adapters.fhir.validate.issue import Issue
from garrod.core.resource import Version


class Rule(StrEnum):
    """What is done with a part, and with what the record has of it already."""

    OWN = "own"  # written under the id that it bears; another content makes the next version
    NEW = "new"  # written under an id made of its content; sent again, it is there already
    PARTY = "party"  # a person or organisation that the record knows by identifier stays as it is
    ITEM = "item"  # a prescribed or dispensed item of the same person: the next version of it
    STATUS = "status"  # the same, but its status and reason alone are taken over
    MESSAGE = "message"  # a Bundle, kept whole: never a new version of another one


@dataclass(frozen=True, slots=True)
class Mark:
    """An identifier by which a part is recognised."""

    system: str
    value: str


@dataclass(frozen=True, slots=True)
class Part:
    """One resource to be stored: bytes as sent, the same parsed, and how others name it."""

    rule: Rule
    kind: str
    body: bytes = field(repr=False)
    resource: Resource = field(repr=False)
    place: str = ""  # "Bundle.entry[3]"; "" for a resource that was sent alone
    own_id: str = ""
    made_id: str = ""  # of its content: the same each time that it is sent
    names: tuple[str, ...] = ()  # full url, Kind/id
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class Parcel:
    """What is stored in one transaction, or not at all."""

    parts: tuple[Part, ...]
    warnings: tuple[Issue, ...] = ()
    event: str = ""  # of a message: "prescription-order"
    acts: bytes = field(default=b"", repr=False)  # a batch or transaction, as it was sent


@dataclass(slots=True)
class Taken:
    """What came of a parcel: versions written, parts that were there, and what to be told.

    `settled` are those written that no list has to follow: they are of one.
    """

    written: list[Version] = field(default_factory=list)
    known: int = 0
    notes: list[str] = field(default_factory=list)
    settled: set[tuple[str, str]] = field(default_factory=set)
    refused: list[tuple[str, Exception]] = field(default_factory=list)  # of a batch: place, why

    @property
    def is_new(self) -> bool:
        """Return whether anything was written."""
        return bool(self.written)
