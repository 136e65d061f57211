"""Says what each resource of a person is on a timeline: what, when, from where, by whom.

version -> Entry, kept by kind, id and number, since a version never changes
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from garrod.adapters.fhir.dates import when
from garrod.adapters.fhir.json import Resource, many, one, text
from garrod.adapters.fhir.lines.names import LINE, TREATMENTS
from garrod.adapters.fhir.record.dates import span
from garrod.adapters.fhir.record.parse import parse_kept
from garrod.core.errors import FhirError
from garrod.core.resource import Version
from garrod.entry.web.summary.genomic import genomic_words
from garrod.entry.web.summary.measured import Measure, measures_of, value_words
from garrod.entry.web.summary.origin import setting_of

VISITS, MEDICINES, SUPPLIES, RESULTS = "visits", "medicines", "supplies", "results"
DOCUMENTS, DECISIONS, HEALTH = "documents", "decisions", "health"
VOID = frozenset(("entered-in-error", "cancelled", "revoked", "nullified"))
REPLACED = "replaced"  # of a line of the list, in whose place another setting's stands
KEPT = 20_000  # Not clinical: versions of which it is kept what they say


class Said(NamedTuple):
    """What a resource says: a title, some detail, when as written, who as named or referred to."""

    title: str
    detail: str = ""
    when: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened. `low` is the first moment (microseconds); None: no day is known."""

    kind: str
    id: str
    group: str
    title: str
    detail: str
    when: str
    low: int | None
    setting: str
    by: str
    status: str
    received: datetime
    measures: tuple[Measure, ...] = ()

    @property
    def day(self) -> str:
        """Return the day as written, or less of it; "" where none is known."""
        return self.when[:10]

    @property
    def place(self) -> tuple[int, str, str]:
        """Return where it stands: the newest first, and always in the same order."""
        return (-self.low if self.low is not None else 2**62, self.kind, self.id)


def concept(resource: Resource, name: str, missing: str = "Not named") -> str:
    """Return a CodeableConcept in words."""
    found = one(resource, name)
    shown = next((text(c, "display") for c in many(found, "coding") if text(c, "display")), "")
    return text(found, "text") or shown or missing


def medicine(resource: Resource) -> str:
    """Return the medicine of an order, a supply or a statement in words."""
    pointer = one(resource, "medicationReference")
    missing = text(pointer, "display") or "A medicine that is not named here"
    return concept(resource, "medicationCodeableConcept", missing)


def who(resource: Resource, *names: str) -> str:
    """Return the first who is named in some fields: in words, or as a reference."""
    for name in names:
        value = resource.get(name)
        several = value if isinstance(value, list) else [value]
        for found in (one_of for one_of in several if isinstance(one_of, dict)):
            pointer = one(found, "actor") or one(found, "individual") or found
            said = text(pointer, "display") or text(pointer, "reference")
            if said:
                return said
    return ""


def _period(resource: Resource, name: str) -> str:
    period = one(resource, name)
    return text(period, "start") or text(period, "end")


def _directions(resource: Resource, name: str) -> str:
    return " ".join(text(d, "text") for d in many(resource, name) if text(d, "text"))


def _encounter(it: Resource) -> Said:
    kind = one(it, "class")
    title = text(kind, "display") or text(kind, "code") or "Visit"
    reasons = [concept({"r": r}, "r", "") for r in many(it, "reasonCode")]
    words = ENCOUNTERS.get(text(kind, "code"), title.capitalize())
    return Said(words, "; ".join(r for r in reasons if r), _period(it, "period"),
                who(it, "participant", "serviceProvider"))  # fmt: skip


def _request(it: Resource) -> Said:
    directions = _directions(it, "dosageInstruction")
    return Said(f"Prescribed: {medicine(it)}", directions, text(it, "authoredOn"),
                who(it, "requester"))  # fmt: skip


def _statement(it: Resource) -> Said:
    at = text(it, "dateAsserted") or _period(it, "effectivePeriod")
    is_ours = any(text(i, "system") in TREATMENTS for i in many(it, "identifier"))
    words = "On the list" if is_ours else "Stated"
    return Said(f"{words}: {medicine(it)}", _directions(it, "dosage"),
                at or text(it, "effectiveDateTime"), who(it, "informationSource"))  # fmt: skip


def _dispense(it: Resource) -> Said:
    amount = one(it, "quantity")
    number = f"{amount['value']} {text(amount, 'unit')}".strip() if "value" in amount else ""
    at = text(it, "whenHandedOver") or text(it, "whenPrepared")
    return Said(f"Handed out: {medicine(it)}", number, at, who(it, "performer"))


def _given(it: Resource) -> Said:
    at = text(it, "effectiveDateTime") or _period(it, "effectivePeriod")
    return Said(f"Given: {medicine(it)}", text(one(it, "dosage"), "text"), at,
                who(it, "performer"))  # fmt: skip


def _observation(it: Resource) -> Said:
    named = genomic_words(it) or (concept(it, "code"), value_words(it))
    return Said(*named, when(it), who(it, "performer"))


def _report(it: Resource) -> Said:
    at = text(it, "effectiveDateTime") or _period(it, "effectivePeriod") or text(it, "issued")
    return Said(f"Report: {concept(it, 'code')}", text(it, "conclusion"), at,
                who(it, "performer"))  # fmt: skip


def _asked_for(it: Resource) -> Said:
    return Said(f"Asked for: {concept(it, 'code')}", "", text(it, "authoredOn"),
                who(it, "requester"))  # fmt: skip


def _document(it: Resource) -> Said:
    title = text(it, "description") or text(it, "title") or concept(it, "type", "Document")
    return Said(f"Document: {title}", "", text(it, "date"), who(it, "author", "custodian"))


def _message(it: Resource) -> Said:
    about = next(
        (said for n in ("topic", "reasonCode", "category") if (said := concept(it, n, ""))), ""
    )
    payload = " ".join(text(p, "contentString") for p in many(it, "payload"))
    return Said(
        f"Message: {about}" if about else "Message", payload, text(it, "sent"), who(it, "sender")
    )


def _card(it: Resource) -> Said:
    answers = [text(one(m, "action"), "text") for m in many(it, "mitigation")]
    words = answers[-1].capitalize() if answers else "Shown, and not answered yet"
    authors = [who(m, "author") for m in many(it, "mitigation")]
    title = text(it, "detail") or concept(it, "code", "A warning")
    return Said(f"Advice: {title}", words, text(it, "identifiedDateTime"),
                authors[-1] if authors else "")  # fmt: skip


def _consent(it: Resource) -> Said:
    return Said(f"Choice about sharing: {concept(it, 'scope', 'consent')}", "",
                text(it, "dateTime"), who(it, "performer"))  # fmt: skip


def _task(it: Resource) -> Said:
    at = text(it, "lastModified") or text(it, "authoredOn")
    return Said(f"Task: {concept(it, 'code', 'to do')}", text(it, "description"), at,
                who(it, "owner"))  # fmt: skip


def _flag(it: Resource) -> Said:
    return Said(concept(it, "code", "Notice"), "", _period(it, "period"), who(it, "author"))


def _condition(it: Resource) -> Said:
    at = text(it, "onsetDateTime") or _period(it, "onsetPeriod") or text(it, "recordedDate")
    return Said(f"Problem: {concept(it, 'code')}", "", at, who(it, "recorder", "asserter"))


def _allergy(it: Resource) -> Said:
    at = text(it, "recordedDate") or text(it, "onsetDateTime")
    return Said(f"Allergy: {concept(it, 'code')}", "", at, who(it, "recorder", "asserter"))


def _procedure(it: Resource) -> Said:
    at = text(it, "performedDateTime") or _period(it, "performedPeriod")
    return Said(f"Procedure: {concept(it, 'code')}", "", at, who(it, "performer"))


def _vaccine(it: Resource) -> Said:
    return Said(f"Vaccine: {concept(it, 'vaccineCode')}", "", text(it, "occurrenceDateTime"),
                who(it, "performer"))  # fmt: skip


ENCOUNTERS = {
    "AMB": "Visit in person", "VR": "Visit by telephone or video", "IMP": "Stay in hospital",
    "ACUTE": "Stay in hospital", "EMER": "Emergency department", "HH": "Visit at home",
    "OBSENC": "Observation in hospital", "PRENC": "Before admission", "SS": "Short stay",
}  # fmt: skip
Reads = Callable[[Resource], Said]
READERS: Mapping[str, tuple[str, Reads]] = {
    "Encounter": (VISITS, _encounter),
    "MedicationRequest": (MEDICINES, _request),
    "MedicationStatement": (MEDICINES, _statement),
    "MedicationDispense": (SUPPLIES, _dispense),
    "MedicationAdministration": (SUPPLIES, _given),
    "Observation": (RESULTS, _observation),
    "DiagnosticReport": (RESULTS, _report),
    "ServiceRequest": (RESULTS, _asked_for),
    "DocumentReference": (DOCUMENTS, _document),
    "Composition": (DOCUMENTS, _document),
    "Communication": (DOCUMENTS, _message),
    "DetectedIssue": (DECISIONS, _card),
    "Consent": (DECISIONS, _consent),
    "Task": (DECISIONS, _task),
    "Flag": (DECISIONS, _flag),
    "Condition": (HEALTH, _condition),
    "AllergyIntolerance": (HEALTH, _allergy),
    "Procedure": (HEALTH, _procedure),
    "Immunization": (HEALTH, _vaccine),
}
KINDS = tuple(READERS)


def entry_of(version: Version) -> Entry:
    """Return what a version is on a timeline."""
    return _read(_Held(version))


class _Held:
    """A version as the key of what was made of it."""

    __slots__ = ("name", "version")

    def __init__(self, version: Version) -> None:
        self.version = version
        self.name = (version.kind, version.id, version.number, version.sha256)

    def __hash__(self) -> int:
        return hash(self.name)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Held) and other.name == self.name


@lru_cache(maxsize=KEPT)
def _read(held: _Held) -> Entry:
    version = held.version
    group, read = READERS[version.kind]
    try:
        it = parse_kept(version.body)
    except FhirError:  # kept as it came, long ago
        it = {"resourceType": version.kind}
    said = read(it)
    days = span(said.when)
    is_measured = version.kind == "Observation"
    return Entry(
        kind=version.kind,
        id=version.id,
        group=group,
        title=said.title,
        detail=said.detail,
        when=said.when,
        low=days[0] if days else None,
        setting=setting_of(it),
        by=said.by,
        status=_status(it),
        received=version.at,
        measures=measures_of(it, said.when) if is_measured else (),
    )


def _status(it: Resource) -> str:
    said = [part for x in many(it, "extension") if x.get("url") == LINE
            for part in many(x, "extension")]  # fmt: skip
    if any(part.get("url") == "supersededBy" for part in said):
        return REPLACED
    return text(it, "status") or text(it, "lifecycleStatus")
