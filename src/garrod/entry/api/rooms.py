"""What the handlers of the FHIR door work with: the record, the codec, searches, operations."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import orjson

from garrod.adapters.fhir.rest.checked import CheckedCodec
from garrod.care.record.service import Record
from garrod.entry.api.exchange import Answer, Asked
from garrod.entry.api.paging import Pages

Operation = Callable[["Rooms", Asked], Awaitable[Answer]]


async def _nothing(_: Rooms, __: Asked) -> Answer:
    return Answer(404)


class XmlFormat(Protocol):
    """Turns FHIR's XML into its JSON, and back."""

    def from_xml(self, body: bytes) -> bytes:
        """Return the JSON of a resource in XML.  Raises: FhirError."""
        ...

    def to_xml(self, body: bytes) -> bytes:
        """Return the XML of a resource in JSON."""
        ...


@dataclass(frozen=True, slots=True)
class Named:
    """An operation: its name without "$", where it may be asked, and what answers."""

    name: str
    act: Operation
    levels: frozenset[str]  # "system", "type", "instance"
    kinds: frozenset[str] = frozenset()  # none: every type
    methods: frozenset[str] = frozenset(("GET", "POST"))


@dataclass(frozen=True, slots=True)
class Rooms:
    """Everything a handler may use."""

    record: Record
    codec: CheckedCodec
    operations: Mapping[str, Named] = field(default_factory=dict)
    services: Any = None
    xml: XmlFormat | None = None
    answer: Operation = _nothing  # any request of this door, as one within a Bundle is answered
    subscribers: Any = None  # who keeps the subscriptions (subscribing.Subscribers)
    exports: Any = None  # who keeps exports (operations.bulk_jobs.Exports)
    consult: Any = None  # the moment of prescribing (entry.consult.Consult)
    terminology: Any = None  # what codes mean (adapters.terminology.service.Terminology)
    identity: Any = None  # who signs people in (entry.identity.Identity)
    audit: Any = None  # the audit log (entry.auditing.Audit)
    reviews: Any = None  # who weighs looks at records (entry.reviewing.Reviewing)
    pages: Pages = field(default_factory=Pages)  # seals links to further pages
    people: Any = None  # who tells of people as they are now (care.record.people.People)

    def outcome_saying(self, text: str) -> bytes:
        """Return an OperationOutcome that tells of something that went well."""
        issue = {"severity": "information", "code": "informational", "diagnostics": text}
        return orjson.dumps({"resourceType": "OperationOutcome", "issue": [issue]})
