"""Of whom a call is: what was sent along, what the caller's server adds, what our record knows.

Call -> prefetch read -> record (where the person is the same) and the caller's server -> Person
An id of another server is never taken for one of ours: there the NHS number has to be the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar
from urllib.parse import quote

import orjson

from garrod.adapters.cds.fetch import Reader
from garrod.adapters.cds.model import Call
from garrod.adapters.cds.prefetch import Had, prefetched, unseen
from garrod.adapters.fhir.json import Resource, many, one, text
from garrod.care.govern.access import Actor
from garrod.care.record.service import Gone, NotFound
from garrod.core.errors import AccessDenied
from garrod.core.finding import GeneFinding
from garrod.core.medicine import ANY_LINE, MedicineLine
from garrod.core.person import Person, Result
from garrod.entry.consult import Consult, person_of

T = TypeVar("T")
NHS_NUMBER = "https://fhir.nhs.uk/Id/nhs-number"
MOST_COMPARED = 500  # Not clinical: prefetched resources held against the record
OTHER_PERSON = (
    "the Patient sent along is not the one that the call is about: what it says was not used"
)
NOT_THE_SAME = "the record here has another NHS number under that id, so it was not used"


@dataclass(frozen=True, slots=True)
class Known:
    """A person as far as anybody could tell. `local` is their id in our record, or ""."""

    person: Person
    local: str
    is_known: bool  # whether anything at all is known
    resources: tuple[Resource, ...] = ()
    notes: tuple[str, ...] = ()


async def known(consult: Consult, reader: Reader, actor: Actor, call: Call, fhir: str) -> Known:
    """Return the person of a call; `fhir` is our own base. Faults of others are notes, not errors.

    Raises: OutsideError where our own store cannot be read.
    """
    notes = list(call.notes)
    had, notes_of_patient = _of_patient(prefetched(call.prefetch), call.patient)
    notes += notes_of_patient
    is_ours = call.ehr is None or call.ehr.base.rstrip("/") == fhir
    local = await _local(consult, actor, call, had, is_ours=is_ours)
    if call.ehr is not None and not is_ours and (had.missing or had.pages):
        reached = await reader.completed(had, call.ehr, call.patient)
        had, more = _of_patient(reached.had, call.patient)
        notes += (*reached.notes, *more)
        local = local or await _local(consult, actor, call, had, is_ours=False)
    ours = None
    if local and not await _is_at_odds(consult, actor, had, local):
        if is_ours:
            had, stale = await _fresh(consult, actor, had)
            notes += stale
        ours = await consult.people.person(actor, local)
        ours = ours if is_ours else _named_here(ours, fhir)
    elif local:
        local = ""
        notes.append(NOT_THE_SAME)
    return _joined(consult, call, had, ours, (local, tuple(dict.fromkeys(notes))))


def _joined(
    consult: Consult, call: Call, had: Had, ours: Person | None, of: tuple[str, tuple[str, ...]]
) -> Known:
    local, notes = of
    lost = {*had.failed, *(() if ours else had.missing), *(() if ours else dict(had.pages))}
    gaps = unseen(lost)
    if had.resources:
        theirs = person_of(consult.services, had.resources, call.patient)
        person = united(theirs, ours) if ours else theirs
    else:
        person = ours or Person(f"Patient/{call.patient}")
    told = (
        f"Patient/{call.patient}",
        frozenset((*person.unseen, *gaps)),
        tuple(dict.fromkeys(person.notes)),
    )
    if told != (person.reference, person.unseen, person.notes):  # else what is known of it holds
        person = replace(person, reference=told[0], unseen=told[1], notes=told[2])
    is_known = bool(had.resources) or ours is not None
    return Known(person, local, is_known, had.resources, notes)


def united(theirs: Person, ours: Person) -> Person:
    """Return what was sent and what the record holds as one: nothing of either is lost.

    What says the same, by reference or by words, stands once, as it was sent.
    """
    return replace(
        theirs,
        sex=theirs.sex or ours.sex,
        birth_date=theirs.birth_date or ours.birth_date,
        weight_kg=theirs.weight_kg or ours.weight_kg,
        weight_seen=theirs.weight_seen if theirs.weight_kg else ours.weight_seen,
        height_cm=theirs.height_cm or ours.height_cm,
        is_pregnant=ours.is_pregnant if theirs.is_pregnant is None else theirs.is_pregnant,
        pregnancy_seen=theirs.pregnancy_seen or ours.pregnancy_seen,
        due_date=theirs.due_date or ours.due_date,
        is_breastfeeding=(
            ours.is_breastfeeding if theirs.is_breastfeeding is None else theirs.is_breastfeeding
        ),
        breastfeeding_seen=theirs.breastfeeding_seen or ours.breastfeeding_seen,
        is_smoker=ours.is_smoker if theirs.is_smoker is None else theirs.is_smoker,
        ethnicity=theirs.ethnicity or ours.ethnicity,
        target_inr=theirs.target_inr or ours.target_inr,
        medicines=_both(theirs.medicines, ours.medicines),
        allergies=_both(theirs.allergies, ours.allergies),
        conditions=_both(theirs.conditions, ours.conditions),
        findings=(*theirs.findings, *_new_genes(theirs, ours)),
        past=_both(theirs.past, ours.past),
        results=_both_results(theirs, ours),
        signs=_both(theirs.signs, ours.signs),
        requested=_both(theirs.requested, ours.requested),
        is_synthetic=theirs.is_synthetic or ours.is_synthetic,
        notes=(*theirs.notes, *ours.notes),
    )


def _named_here(ours: Person, fhir: str) -> Person:
    """Return a person whose references cannot be taken for those of another server."""

    def named(things: tuple[T, ...]) -> tuple[T, ...]:
        return tuple(
            replace(t, reference=f"{fhir}/{t.reference}") if t.reference else t  # type: ignore[attr-defined,type-var]
            for t in things
        )

    def listed(lines: tuple[MedicineLine, ...]) -> tuple[MedicineLine, ...]:
        return tuple(
            replace(
                m, renews=tuple(r if "|" in r or r == ANY_LINE else f"{fhir}/{r}" for r in m.renews)
            )
            for m in named(lines)
        )

    return replace(
        ours,
        medicines=listed(ours.medicines),
        past=listed(ours.past),
        allergies=named(ours.allergies),
        conditions=named(ours.conditions),
        results=named(ours.results),
        signs=named(ours.signs),
        requested=named(ours.requested),
    )


def _both(theirs: tuple[T, ...], ours: tuple[T, ...]) -> tuple[T, ...]:
    """Return both lists, each thing once."""
    seen = {mark for one_of in theirs for mark in _marks(one_of)}
    return (*theirs, *(o for o in ours if seen.isdisjoint(_marks(o))))


def _both_results(theirs: Person, ours: Person) -> tuple[Result, ...]:
    """Return the results of both: one seen on another day is another result."""
    seen = {(r.reference, r.text, r.seen) for r in theirs.results}
    codes = {(c.system, c.code, r.seen, str(r.value)) for r in theirs.results for c in r.codings}
    more = (
        r
        for r in ours.results
        if (r.reference, r.text, r.seen) not in seen
        and codes.isdisjoint((c.system, c.code, r.seen, str(r.value)) for c in r.codings)
    )
    return (*theirs.results, *more)


def _marks(thing: object) -> set[object]:
    """Return by what a thing is recognised: its reference, its words, its codes."""
    words = str(getattr(thing, "text", "")).casefold()
    codings = getattr(thing, "codings", ())
    found: set[object] = {("code", c.system, c.code) for c in codings if c.code}
    found |= {("ref", getattr(thing, "reference", "")), ("words", words)}
    return found - {("ref", ""), ("words", "")}


def _new_genes(theirs: Person, ours: Person) -> Iterable[GeneFinding]:
    known_genes = {f.gene for f in theirs.findings}
    return (f for f in ours.findings if f.gene not in known_genes)


def _of_patient(had: Had, patient: str) -> tuple[Had, list[str]]:
    """Return what was sent with the Patient's id; without a Patient who is somebody else."""
    found = had.patient
    if not found or text(found, "id") in ("", patient):
        named = tuple({**r, "id": patient} if r is found else r for r in had.resources)
        return replace(had, resources=named), []
    rest = tuple(r for r in had.resources if r is not found)
    return replace(had, resources=rest, failed=(*had.failed, "patient")), [OTHER_PERSON]


async def _local(consult: Consult, actor: Actor, call: Call, had: Had, *, is_ours: bool) -> str:
    """Return the person's id in our record, or "" where the record does not know them."""
    try:
        if is_ours:
            await consult.record.read(actor, "Patient", call.patient)
            return call.patient
        number = _nhs_number(had.patient)
        if not number:
            return ""
        question = f"Patient?identifier={quote(f'{NHS_NUMBER}|{number}', safe='')}"
        page, _ = await consult.record.search(actor, consult.record.codec.sought(question))
    except (NotFound, Gone, AccessDenied):
        return ""
    return page.versions[0].id if len(page.versions) == 1 else ""


async def _is_at_odds(consult: Consult, actor: Actor, had: Had, local: str) -> bool:
    """Return whether the person sent along has another NHS number than the one of the record."""
    theirs = _nhs_number(had.patient)
    if not theirs:
        return False
    version = await consult.record.read(actor, "Patient", local)
    mine = _nhs_number(dict(orjson.loads(version.body)))
    return bool(mine) and theirs != mine


def _nhs_number(patient: Resource) -> str:
    found = (
        text(i, "value") for i in many(patient, "identifier") if text(i, "system") == NHS_NUMBER
    )
    return next((n.replace(" ", "") for n in found if n.replace(" ", "").isdecimal()), "")


async def _fresh(consult: Consult, actor: Actor, had: Had) -> tuple[Had, list[str]]:
    """Return what was sent as the record has it now, where the record is newer, and how many."""
    seen = consult.record.seen_by(actor)
    fresh: list[Resource] = []
    count = 0
    for place, resource in enumerate(had.resources):
        kind, id = text(resource, "resourceType"), text(resource, "id")
        version = None
        if place < MOST_COMPARED and id and _number(resource):
            version = await seen.read(kind, id)
        if version is None or not _is_older(resource, version.number, version.at):
            fresh.append(resource)
            continue
        count += 1
        if not version.is_deleted:
            fresh.append({**orjson.loads(version.body), "id": id})
    if not count:
        return had, []
    said = f"{count} of the resources sent along were older than the record: the record's were used"
    return replace(had, resources=tuple(fresh)), [said]


def _number(resource: Resource) -> str:
    meta = one(resource, "meta")
    return text(meta, "versionId") or text(meta, "lastUpdated")


def _is_older(resource: Resource, number: int, at: datetime) -> bool:
    meta = one(resource, "meta")
    said = text(meta, "versionId")
    if said.isascii() and said.isdecimal():
        return int(said[:18]) < number
    try:
        moment = datetime.fromisoformat(text(meta, "lastUpdated"))
    except ValueError:
        return False
    return moment.tzinfo is not None and moment < at.replace(microsecond=0)
