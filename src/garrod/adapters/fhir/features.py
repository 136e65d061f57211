"""What consent may ask of a resource, from its bytes: read once and kept by what they hash to.

bytes -> one walk over all within (codes, references), and a few members of the top -> Features
Source: HL7 FHIR R4 (4.0.1), resource definitions
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from datetime import datetime
from typing import Any

import msgspec

from garrod.adapters.fhir.consents_read import logical, moment_of
from garrod.adapters.fhir.json import Resource
from garrod.care.govern.consent.model import Code, Features
from garrod.care.govern.labels import Labels
from garrod.core.errors import FhirError

KEPT = 65_536  # Not clinical: features kept, some 2 kB each
PATIENT = "Patient"
_DECODER = msgspec.json.Decoder()
# Who wrote it, or is answerable for it. A member may be a reference, a list, or hold one.
_AUTHORS = (
    "performer", "author", "recorder", "asserter", "requester", "informationSource", "agent",
    "prescriber", "sender", "assessor", "enterer", "provider", "reporter", "attester",
)  # fmt: skip
_HOLDS = ("actor", "who", "reference", "party", "individual", "member")
# When it was authored, or came about; the first that is there counts.
_MOMENTS = (
    "effectiveDateTime", "effectiveInstant", "effectivePeriod", "authoredOn", "recordedDate",
    "dateAsserted", "occurrenceDateTime", "occurrencePeriod", "occurredDateTime", "occurredPeriod",
    "performedDateTime", "performedPeriod", "authored", "dateWritten", "issued", "started", "date",
    "created", "dateTime", "recorded", "whenHandedOver", "whenPrepared", "onsetDateTime",
    "onsetPeriod", "period", "receivedTime", "sent", "lastOccurrence",
)  # fmt: skip
_CODED = ("code", "category", "type", "class", "medicationCodeableConcept", "vaccineCode")
_WORDED = ("code", "medicationCodeableConcept", "vaccineCode", "valueCodeableConcept")
_ENCOUNTERS = ("Encounter/", "EpisodeOfCare/")


class FeatureReader:
    """Reads features; `base` is this server's own address (None: any server's is taken as ours)."""

    def __init__(self, labels: Labels, base: str | None = None, *, kept: int = KEPT) -> None:
        self.labels = labels
        self._base = base
        self._kept: OrderedDict[tuple[bytes, str, str, tuple[str, ...]], Features] = OrderedDict()
        self._most = kept

    def of(
        self,
        body: bytes,
        kind: str,
        id: str,
        *,
        patients: tuple[str, ...] = (),
        sha256: bytes = b"",
    ) -> Features:
        """Return the features of a resource's bytes; `sha256` is of them, where it is known.

        `patients` are the people whose record it belongs to; left out, they are read off it.
        Raises: FhirError FHR171 where the bytes are no object.
        """
        key = (sha256 or hashlib.sha256(body).digest(), kind, id, patients)
        found = self._kept.get(key)
        if found is None:
            found = self._kept[key] = self._read(body, kind, id, patients)
            if len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return found

    def _read(self, body: bytes, kind: str, id: str, patients: tuple[str, ...]) -> Features:
        try:
            resource = _DECODER.decode(body)
            if not isinstance(resource, dict):
                raise FhirError(f"{kind}/{id} is no object.", code="FHR171")
            return features_of(
                resource, kind, id, labels=self.labels, patients=patients, base=self._base
            )
        except (ValueError, RecursionError) as error:
            raise FhirError(f"{kind}/{id} cannot be read ({error}).", code="FHR171") from error


def features_of(
    resource: Resource,
    kind: str,
    id: str,
    *,
    labels: Labels,
    patients: tuple[str, ...] = (),
    base: str | None = None,
) -> Features:
    """Return the features of a parsed resource."""
    within = _within(resource)
    refers = frozenset(logical(r, base) for r in within.references)
    return Features(
        reference=f"{kind}/{id}",
        kind=kind,
        patients=patients or _patients(resource, kind, id, base),
        labels=labels.completed(_stated(resource), labels.of(kind, within.codes, within.texts)),
        codes=_top_codes(resource),
        authors=_authors(resource, base),
        encounters=frozenset(r for r in refers if r.startswith(_ENCOUNTERS)),
        authored=_authored(resource),
        refers=refers,
    )


def computed_labels(resource: Resource, labels: Labels) -> frozenset[str]:
    """Return the labels that a resource has by what is in it, and does not state itself."""
    within, stated = _within(resource), _stated(resource)
    kind = resource.get("resourceType")
    found = labels.of(kind if type(kind) is str else "", within.codes, within.texts)
    return labels.completed(stated, found) - stated


class _Within:
    """Every coding and reference below a value, and the words beside codes."""

    __slots__ = ("codes", "references", "texts")

    def __init__(self) -> None:
        self.codes: set[Code] = set()
        self.references: set[str] = set()
        self.texts: set[str] = set()

    def add(self, value: Any) -> None:
        """Gather what is below an object or list."""
        if type(value) is list:
            for inner in value:
                if type(inner) is dict or type(inner) is list:
                    self.add(inner)
            return
        for name, inner in value.items():
            sort = type(inner)
            if sort is str:
                if name == "code":
                    system = value.get("system")
                    self.codes.add((system if type(system) is str else "", inner))
                elif name == "reference":
                    self.references.add(inner)
                elif name == "display" or (name == "text" and "coding" in value):
                    self.texts.add(inner)
            elif sort is dict or sort is list:
                self.add(inner)


def _within(resource: Resource) -> _Within:
    """Return what is within a resource, but for its meta and narrative."""
    found = _Within()
    for name, value in resource.items():
        if (type(value) is dict or type(value) is list) and name not in ("meta", "text"):
            found.add(value)
            if name in _WORDED and type(value) is dict and type(value.get("text")) is str:
                found.texts.add(value["text"])
    return found


def _stated(resource: Resource) -> frozenset[str]:
    """Return the codes of meta.security."""
    meta = resource.get("meta")
    security = meta.get("security") if type(meta) is dict else None
    if type(security) is not list:
        return frozenset()
    codes = (label.get("code") for label in security if type(label) is dict)
    return frozenset(code for code in codes if type(code) is str)


def _top_codes(resource: Resource) -> frozenset[Code]:
    found: set[Code] = set()
    for name in _CODED:
        value = resource.get(name)
        if type(value) is dict or type(value) is list:
            within = _Within()
            within.add(value)
            found |= within.codes
    return frozenset(found)


def _patients(resource: Resource, kind: str, id: str, base: str | None) -> tuple[str, ...]:
    """Return whom a resource is about, where nobody says whose record it belongs to."""
    found = [id] if kind == PATIENT else []
    for name in ("subject", "patient", "beneficiary", "for", "individual"):
        value = resource.get(name)
        reference = value.get("reference") if type(value) is dict else None
        if type(reference) is str:
            named, _, who = logical(reference, base).partition("/")
            if named == PATIENT and who not in found:
                found.append(who)
    return tuple(found)


def _authors(resource: Resource, base: str | None) -> frozenset[str]:
    found: set[str] = set()
    for name in _AUTHORS:
        value = resource.get(name)
        if value is not None:
            for one in value if type(value) is list else (value,):
                _author(one, found, base)
    return frozenset(found)


def _author(value: Any, found: set[str], base: str | None) -> None:
    if type(value) is not dict:
        return
    if type(value.get("reference")) is str:
        found.add(logical(value["reference"], base))
        return
    for name in _HOLDS:
        _author(value.get(name), found, base)


def _authored(resource: Resource) -> tuple[datetime | None, datetime | None]:
    for name in _MOMENTS:
        value = resource.get(name)
        if type(value) is str:
            return moment_of(value), moment_of(value, is_end=True)
        if type(value) is dict:
            start, end = value.get("start"), value.get("end")
            return (
                moment_of(start) if type(start) is str else None,
                moment_of(end, is_end=True) if type(end) is str else None,
            )
    return None, None
