"""Makes parcels of what was sent: a resource, a Bundle of any type, Parameters that hold some.

message, document             kept whole, and its resources under ids of our own
collection, searchset         kept whole, and its resources under the ids that they bear
transaction, batch            done as it asks
history, responses, others    kept whole, nothing more: they tell of what was done elsewhere
Source: HL7 FHIR R4 (4.0.1), Bundle, https://hl7.org/fhir/R4/bundle.html
"""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass

import msgspec

from garrod.adapters.fhir.check.engine import Checker
from garrod.adapters.fhir.ingest.defects import borne
from garrod.adapters.fhir.ingest.marks import marks_of, rule_of
from garrod.adapters.fhir.ingest.parcel import Parcel, Part, Rule
from garrod.adapters.fhir.json import Resource, many, one, text
from garrod.adapters.fhir.record.parse import parse
from garrod.adapters.fhir.record.splice import slice_entries
from garrod.adapters.fhir.rest.checked import InvalidResource
from garrod.adapters.fhir.validate.issue import Issue, Severity

ACTS = frozenset(("transaction", "batch"))
MESSAGES = frozenset(("message", "document"))
LISTS = frozenset(("collection", "searchset"))
SPACE = uuid.UUID("6f0c3f0e-3a1b-4a52-9a51-5b0f6f5a7c11")  # Not clinical: of ids made of content
BUNDLE = "Bundle"
_BASE = re.compile(r"(https?://.+)/[A-Z][A-Za-z]+/[A-Za-z0-9.-]{1,64}")


class _Parameter(msgspec.Struct):
    resource: msgspec.Raw = msgspec.field(default_factory=msgspec.Raw)
    part: list[_Parameter] = msgspec.field(default_factory=list)


class _Parameters(msgspec.Struct):
    parameter: list[_Parameter] = msgspec.field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Whole:
    """A Bundle as it was sent, and what is said of all its parts."""

    body: bytes
    resource: Resource
    kind: str
    event: str
    digest: str


def parcels(
    body: bytes, checker: Checker, *, is_strict: bool, is_line: bool = False
) -> Iterator[Parcel]:
    """Yield what is to be stored of something that was sent; Bundles within it come behind it.

    `is_line`: of NDJSON, where a Bundle that was kept is a resource like any other, and what it
    held stands on lines of its own.
    Raises: FhirError FHR100 to FHR107; InvalidResource FHR140, before anything is yielded.
    """
    resource = parse(body)
    warnings = checked(resource, checker, is_strict=is_strict)
    is_bundle = resource["resourceType"] == BUNDLE
    if is_line and not (is_bundle and text(resource, "type") in ACTS):
        yield Parcel((alone(body, resource),), warnings)
        return
    if is_bundle:
        yield _bundle(body, resource, warnings)
    else:
        yield Parcel((alone(body, resource),), warnings)
    for inner in _within(body, resource):
        yield from parcels(inner, checker, is_strict=is_strict)


def checked(resource: Resource, checker: Checker, *, is_strict: bool) -> tuple[Issue, ...]:
    """Return what is borne of a resource with a warning.  Raises: InvalidResource FHR140."""
    issues = checker.check(resource, is_strict=is_strict)
    if not is_strict:
        issues = tuple(borne(issue, resource) for issue in issues)
    if any(issue.severity is Severity.ERROR for issue in issues):
        raise InvalidResource(resource["resourceType"], issues)
    return issues


def alone(body: bytes, resource: Resource) -> Part:
    """Return a resource that was sent by itself: its own id, or one made of its content."""
    own = text(resource, "id")
    return Part(
        rule=Rule.OWN if own else Rule.NEW,
        kind=resource["resourceType"],
        body=body,
        resource=resource,
        own_id=own,
        made_id=made_id(digest_of(body)),
        marks=marks_of(resource),
    )


def digest_of(body: bytes) -> str:
    """Return the fingerprint of bytes."""
    return hashlib.sha256(body).hexdigest()


def made_id(digest: str, place: str = "") -> str:
    """Return the id that content has here: the same bytes have the same one."""
    return str(uuid.uuid5(SPACE, f"{digest}{place}"))


def _bundle(body: bytes, resource: Resource, warnings: tuple[Issue, ...]) -> Parcel:
    kind = text(resource, "type")
    if kind in ACTS:
        return Parcel((), warnings, acts=body)
    event = _event(resource) if kind == "message" else ""
    whole = _Whole(body, resource, kind, event, digest_of(body))
    kept = Part(
        rule=Rule.MESSAGE,
        kind=BUNDLE,
        body=body,
        resource=resource,
        own_id=text(resource, "id"),
        made_id=made_id(whole.digest),
    )
    parts = _parts(whole) if kind in MESSAGES | LISTS else ()
    return Parcel((kept, *parts), warnings, event=event)


def _event(bundle: Resource) -> str:
    """Return which event a message tells of: the code of its header."""
    header = next((one(entry, "resource") for entry in many(bundle, "entry")), {})
    return text(one(header, "eventCoding"), "code") or text(header, "eventUri")


def _parts(whole: _Whole) -> Iterator[Part]:
    entries = list(many(whole.resource, "entry"))
    for number, (entry, body) in enumerate(zip(entries, slice_entries(whole.body), strict=True)):
        resource = one(entry, "resource")
        if resource and resource["resourceType"] != BUNDLE and _is_match(entry):
            yield _part(whole, number, text(entry, "fullUrl"), resource, body)


def _is_match(entry: Resource) -> bool:
    """Return whether an entry is data: not the outcome that a search puts beside its hits."""
    return text(one(entry, "search"), "mode") != "outcome"


def _part(whole: _Whole, number: int, url: str, resource: Resource, body: bytes) -> Part:
    kind, own, marks = resource["resourceType"], text(resource, "id"), marks_of(resource)
    keeps_id = bool(own) and whole.kind in LISTS
    rule = Rule.OWN if keeps_id else rule_of(kind, marks, whole.event)
    if keeps_id and kind == "Patient" and marks:
        rule = Rule.PARTY
    place = f"Bundle.entry[{number}]"
    return Part(
        rule=rule,
        kind=kind,
        body=body,
        resource=resource,
        place=place,
        own_id=own if keeps_id else "",
        made_id=made_id(whole.digest, place),
        names=tuple(_names(kind, own, url)),
        marks=marks,
    )


def _names(kind: str, own: str, url: str) -> Iterator[str]:
    """Yield how other resources of the Bundle may name one."""
    if url:
        yield url
    if own:
        yield f"{kind}/{own}"
    found = _BASE.fullmatch(url)
    if found:
        yield url[len(found[1]) + 1 :]


def _within(body: bytes, resource: Resource) -> Iterator[bytes]:
    """Yield the Bundles that Parameters or a Bundle hold, one level down."""
    if resource["resourceType"] == "Parameters":
        held = _held(msgspec.json.decode(body, type=_Parameters).parameter)
        yield from (inner for inner in held if parse(inner)["resourceType"] == BUNDLE)
    elif resource["resourceType"] == BUNDLE and text(resource, "type") not in ACTS:
        for entry, inner in zip(many(resource, "entry"), slice_entries(body), strict=True):
            if one(entry, "resource").get("resourceType") == BUNDLE:
                yield inner


def _held(parameters: list[_Parameter]) -> Iterator[bytes]:
    for parameter in parameters:
        if bytes(parameter.resource):
            yield bytes(parameter.resource)
        yield from _held(parameter.part)
