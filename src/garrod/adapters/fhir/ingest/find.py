"""Finds what the record has of a part already: by id, by identifier, of the same person."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from garrod.adapters.fhir.ingest.marks import marks_of
from garrod.adapters.fhir.ingest.parcel import Mark, Part
from garrod.adapters.fhir.json import Resource, many, text
from garrod.adapters.fhir.record.codec import FhirCodec
from garrod.adapters.fhir.record.parse import parse
from garrod.care.record.ports import HistoryOf, Tx
from garrod.care.record.query import Criterion, ParamType, Query, Token
from garrod.core.errors import ConflictError
from garrod.core.resource import Draft, Version

MOST = 20  # Not clinical: resources with one identifier that are looked at
LOOKED_BACK = 50  # Not clinical: versions that a body is compared with
REPLACED = b"replaced-by"
OURS = ("id", "meta")


class Ambiguous(ConflictError):
    """An identifier names more than one: nobody but a person can say which is meant."""

    default_code = "REC201"


class Clash(ConflictError):
    """An id is taken by something of another person, or by another party."""

    default_code = "REC202"


def drafted(codec: FhirCodec, body: bytes, part: Part, id: str) -> Draft:
    """Return a part, checked before, ready to be written under an id."""
    resource = part.resource if body is part.body else parse(body)
    return FhirCodec.drafted(codec, body, kind=part.kind, id=id, resource=resource)


def draft_of(codec: FhirCodec, version: Version) -> Draft:
    """Return a stored version as a draft: its rows and people."""
    return FhirCodec.drafted(codec, version.body, kind=version.kind, id=version.id)


async def by_marks(tx: Tx, kind: str, marks: Sequence[Mark]) -> tuple[Version, ...]:
    """Return what bears one of some identifiers, each once. Others with the same one wait.

    A person who was merged into another one is left out.
    """
    found: dict[str, Version] = {}
    for mark in sorted(marks, key=lambda m: (m.system, m.value)):
        await tx.lock(f"{kind}?identifier={mark.system}|{mark.value}")
        token = Token(mark.system, mark.value)
        criterion = Criterion("identifier", ParamType.TOKEN, (token,))
        page = await tx.search(Query((kind,), (criterion,), count=MOST))
        found.update((v.id, v) for v in page.versions if not _is_replaced(v))
    return tuple(found.values())


def _is_replaced(version: Version) -> bool:
    """Return whether a person was merged into another one, who bears the number now."""
    if version.kind != "Patient" or REPLACED not in version.body:
        return False
    links = many(parse(version.body), "link")
    return any(text(link, "type") == REPLACED.decode() for link in links)


async def party(tx: Tx, part: Part) -> Version | None:
    """Return the person or organisation that a part is; None where the record has it not.

    One that shares a number and has another one of the same kind is somebody else. Of a patient
    there must be one only; of others the one that shares most, the oldest of these.
    Raises: Ambiguous REC201.
    """
    found = await by_marks(tx, part.kind, part.marks)
    if part.kind == "Patient" and len(found) > 1:
        named = ", ".join(f"{v.kind}/{v.id}" for v in found[:3])
        raise Ambiguous(
            f"{part.place or part.kind}: the NHS number of this Patient is borne by {named}: "
            "merge them, or correct one, and send this again."
        )
    fitting = [v for v in found if not _differs(part.marks, marks_of(parse(v.body)))]
    ranked = sorted(fitting, key=lambda v: (-len({*part.marks} & _marks(v)), v.sequence))
    return ranked[0] if ranked else None


def _marks(version: Version) -> set[Mark]:
    return set(marks_of(parse(version.body)))


def _differs(one: Sequence[Mark], other: Sequence[Mark]) -> bool:
    """Return whether two have different numbers of the same kind, and none of it in common."""
    for system in {m.system for m in one} & {m.system for m in other}:
        mine, theirs = ({m.value for m in marks if m.system == system} for marks in (one, other))
        if not mine & theirs:
            return True
    return False


async def item(tx: Tx, codec: FhirCodec, part: Part, patients: Collection[str]) -> Version | None:
    """Return the prescribed or dispensed item that a part is: same number, person and intent."""
    found = [
        version
        for version in await by_marks(tx, part.kind, part.marks)
        if set(draft_of(codec, version).patients) == set(patients)
        and parse(version.body).get("intent") == part.resource.get("intent")
    ]
    return max(found, key=lambda version: version.sequence) if found else None


async def check_free(tx: Tx, codec: FhirCodec, part: Part, draft: Draft) -> None:
    """Raise Ambiguous REC201 where the NHS number of a person is borne by somebody else here."""
    if part.kind != "Patient" or not part.marks:
        return
    others = [v for v in await by_marks(tx, "Patient", part.marks) if v.id != draft.id]
    if others:
        raise Ambiguous(
            f"the NHS number of Patient/{draft.id} is borne by Patient/{others[0].id} here: one "
            "person has one record; correct the number, or merge the two."
        )


def check_same(codec: FhirCodec, part: Part, before: Version, draft: Draft) -> None:
    """Raise Clash REC202 where the next version would be of another person or party."""
    then = draft_of(codec, before)
    if then.patients and draft.patients and not set(then.patients) & set(draft.patients):
        raise Clash(
            f"{draft.kind}/{draft.id} is here already and of another person: give it another id."
        )
    old, new = _identifiers(then), _identifiers(draft)
    is_party = draft.kind in PARTIES
    if is_party and old and new and not old & new:
        raise Clash(
            f"{draft.kind}/{draft.id} is here already with other identifiers: it is another one; "
            "give it another id."
        )
    births = [_births(one) for one in (then, draft)]
    if draft.kind == "Patient" and not old & new and all(births) and births[0] != births[1]:
        raise Clash(
            f"{draft.kind}/{draft.id} is here already with another date of birth, and no identifier"
            " in common: it is somebody else; give them another id."
        )


PARTIES = frozenset(
    ("Patient", "Practitioner", "PractitionerRole", "Organization", "Location", "RelatedPerson")
)


def _births(draft: Draft) -> set[tuple[int, int]]:
    return {(d.low, d.high) for d in draft.rows.dates if d.param == "birthdate"}


def _identifiers(draft: Draft) -> set[tuple[str, str]]:
    return {(t.system, t.code) for t in draft.rows.tokens if t.param == "identifier"}


def is_same(body: bytes, before: Version) -> bool:
    """Return whether a body says what a version says, id and meta aside."""
    return body == before.body or _plain(parse(body)) == _plain(parse(before.body))


async def is_older(tx: Tx, body: bytes, newest: Version) -> bool:
    """Return whether a body says what one of the last versions before the newest says."""
    page = await tx.history(HistoryOf(newest.kind, newest.id, count=LOOKED_BACK))
    earlier = (v for v in page.versions if v.number != newest.number and not v.is_deleted)
    return any(is_same(body, version) for version in earlier)


def _plain(resource: Resource) -> Resource:
    return {name: value for name, value in resource.items() if name not in OURS}
