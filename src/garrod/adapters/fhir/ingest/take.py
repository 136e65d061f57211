"""Stores a parcel: all of it in one transaction, or nothing.

parts -> recognised (same person, organisation, item) -> references between them -> written
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from datetime import datetime

from garrod.adapters.fhir.ingest import edit, find
from garrod.adapters.fhir.ingest.carried import Carried, Desk, carry, is_heard, sort_of
from garrod.adapters.fhir.ingest.late import ties
from garrod.adapters.fhir.ingest.parcel import Parcel, Part, Rule, Taken
from garrod.adapters.fhir.ingest.wrap import made_id
from garrod.adapters.fhir.record.codec import FhirCodec
from garrod.adapters.fhir.record.parse import parse
from garrod.adapters.fhir.record.splice import instant, references_in, rewritten
from garrod.adapters.fhir.rest.checked import CheckedCodec
from garrod.care.govern.access import Actor, Deed, demand
from garrod.care.record.ports import Tx
from garrod.care.record.service import Record
from garrod.core.errors import AccessDenied, ConflictError, GarrodError, InputError
from garrod.core.resource import Draft, Version

PROVENANCE = "Provenance"
ENDED = frozenset(("cancelled", "stopped", "completed", "entered-in-error"))
REFUSED = (InputError, ConflictError, AccessDenied)  # what a sender can answer for
MATCHED = (Rule.ITEM, Rule.STATUS)


@dataclass(frozen=True, slots=True)
class Taker:
    """Who stores, and where; `now` is when it was received.

    With `carried`, medication lists of another Garrod are taken over.
    """

    record: Record
    codec: CheckedCodec
    actor: Actor
    now: datetime
    carried: Carried | None = None


@dataclass(slots=True)
class _Run:
    """One run of a transaction: what is known of the parts so far."""

    taker: Taker
    tx: Tx
    taken: Taken = field(default_factory=Taken)
    found: dict[int, Version] = field(default_factory=dict)
    bodies: dict[int, bytes] = field(default_factory=dict)
    ids: dict[int, str] = field(default_factory=dict)
    targets: dict[str, str] = field(default_factory=dict)


async def take(taker: Taker, parcel: Parcel) -> Taken:
    """Store what a parcel holds and return what came of it.

    Raises: AccessDenied, Ambiguous REC201, Clash REC202, VersionConflict; nothing is then written.
    """

    return _told(parcel, await taker.record.store.transact(lambda tx: _one(taker, tx, parcel)))


async def take_within(taker: Taker, tx: Tx, parcel: Parcel) -> Taken:
    """Store what a parcel holds within a transaction that does more; as `take`."""
    return _told(parcel, await _one(taker, tx, parcel))


async def take_each(taker: Taker, parcels: list[Parcel]) -> list[Taken | GarrodError]:
    """Store resources that were sent one by one; one that is refused harms no other.

    They share a transaction; where one is refused, each has its own instead.
    """

    async def work(tx: Tx) -> list[Taken]:
        done = [await _taken(_Run(taker, tx), parcel) for parcel in parcels]
        await _follow(taker, tx, done)
        return done

    try:
        done = await taker.record.store.transact(work)
    except REFUSED:
        return list(await asyncio.gather(*(_tried(taker, parcel) for parcel in parcels)))
    return [_told(parcel, taken) for parcel, taken in zip(parcels, done, strict=True)]


async def _tried(taker: Taker, parcel: Parcel) -> Taken | GarrodError:
    try:
        return await take(taker, parcel)
    except REFUSED as error:
        if taker.carried is not None and isinstance(error, find.Clash | find.Ambiguous):
            taker.carried.refused.update(p.own_id for p in parcel.parts if p.kind == "Patient")
        return error


def _told(parcel: Parcel, taken: Taken) -> Taken:
    taken.notes[:0] = [f"{issue.path}: {issue.message}" for issue in parcel.warnings]
    return taken


async def _one(taker: Taker, tx: Tx, parcel: Parcel) -> Taken:
    taken = await _taken(_Run(taker, tx), parcel)
    await _follow(taker, tx, [taken])
    return taken


async def _follow(taker: Taker, tx: Tx, done: list[Taken]) -> None:
    """Let the lists follow what was written, but for what a list that was taken over has heard."""
    written = [v for taken in done for v in taken.written if (v.kind, v.id) not in taken.settled]
    if taker.carried is not None:
        desk = _desk(_Run(taker, tx), taker.carried)
        written = [v for v in written if not await is_heard(desk, v)]
    await taker.record.react(tx, written)


def _desk(run: _Run, carried: Carried) -> Desk:
    return Desk(run.tx, run.taker.codec, carried, lambda draft, before: _put(run, draft, before))


async def _taken(run: _Run, parcel: Parcel) -> Taken:
    parts = list(enumerate(parcel.parts))
    carried = run.taker.carried
    if carried is not None and len(parts) == 1 and (sort := sort_of(parts[0][1])):
        await carry(_desk(run, carried), parts[0][1], sort, run.taken)
        run.taken.settled.update((v.kind, v.id) for v in run.taken.written)
        return run.taken
    if parts and parts[0][1].rule is Rule.MESSAGE and await _is_known(run, parts[0][1]):
        run.taken.known = len(parts)
        return run.taken
    for number, part in parts:
        if part.rule is Rule.PARTY:
            found = await find.party(run.tx, part)
            if found is not None:
                run.found[number] = found
        if part.rule not in MATCHED:
            _name(run, number, part)
    first = [(n, p) for n, p in parts if p.rule in (Rule.MESSAGE, Rule.PARTY)]
    for number, part in first:
        await _store(run, number, part)
    for number, part in parts:
        if part.rule in MATCHED:
            await _match(run, number, part)
    for number, part in parts:
        if part.rule not in (Rule.MESSAGE, Rule.PARTY):
            await _store(run, number, part)
    await _tie_late(run)
    if parts and parts[0][1].rule is Rule.MESSAGE:
        await _tie(run, parts[0][1])
    return run.taken


async def _is_known(run: _Run, part: Part) -> bool:
    """Return whether a message was taken in before; settle the id under which it is kept.

    Many messages of the NHS share a Bundle id. A message is never a new version of another one,
    so one whose id is taken is kept under an id made of its content. A Bundle that was stored as a
    plain resource was not taken in: it has no Provenance of ours.
    """
    taken_by = await run.tx.read(part.kind, part.own_id) if part.own_id else None
    made = await run.tx.read(part.kind, part.made_id)
    for before in (taken_by, made):
        if before is not None and not before.is_deleted and find.is_same(part.body, before):
            run.ids[0] = before.id
            return await run.tx.read(PROVENANCE, _tie_id(part)) is not None
    is_free = part.own_id and taken_by is None
    run.ids[0] = part.own_id if is_free else part.made_id
    if part.own_id and not is_free:
        run.taken.notes.append(
            f"another Bundle has the id {part.own_id}: this one is kept as Bundle/{part.made_id}"
        )
    return False


def _tie_id(message: Part) -> str:
    return made_id(message.made_id, PROVENANCE)


def _name(run: _Run, number: int, part: Part) -> None:
    """Settle the id of a part, and how the others name it."""
    found = run.found.get(number)
    own = part.own_id or part.made_id
    id = run.ids.setdefault(number, found.id if found is not None else own)
    for name in part.names:
        run.targets.setdefault(name, f"{part.kind}/{id}")


async def _match(run: _Run, number: int, part: Part) -> None:
    body = await _resolved(run, number, part)
    draft = find.drafted(run.taker.codec, body, part, part.made_id)
    found = await find.item(run.tx, run.taker.codec, part, draft.patients)
    if found is not None:
        run.found[number] = found
    _name(run, number, part)
    run.bodies.pop(number)  # what it refers to may only be known now


async def _resolved(run: _Run, number: int, part: Part) -> bytes:
    """Return the body of a part with its references resolved, its person and prescription named."""
    if number in run.bodies:
        return run.bodies[number]
    body = part.body
    if part.rule is not Rule.MESSAGE and run.targets:
        body = rewritten(body, run.targets)
    if part.place:
        body = await _linked(run, part, body)
    run.bodies[number] = body
    return body


async def _linked(run: _Run, part: Part, body: bytes) -> bytes:
    for name, mark in edit.unnamed_subjects(part.resource):
        people = await find.by_marks(run.tx, "Patient", (mark,))
        if len(people) == 1:
            body = edit.with_subject(body, name, f"Patient/{people[0].id}")
    if part.kind != "MedicationDispense":
        return body
    people_of = set(find.drafted(run.taker.codec, body, part, part.made_id).patients)
    for mark in edit.filled_items(part.resource):
        for request in await find.by_marks(run.tx, "MedicationRequest", (mark,)):
            if people_of and people_of == set(find.draft_of(run.taker.codec, request).patients):
                body = edit.with_filled(body, f"MedicationRequest/{request.id}")
    return body


async def _store(run: _Run, number: int, part: Part) -> None:
    found = run.found.get(number)
    if part.rule is Rule.PARTY and found is not None:
        run.taken.known += 1
        return
    body = await _resolved(run, number, part)
    if part.rule is Rule.STATUS and found is not None:
        body = edit.with_status(found.body, part.resource)
        part = replace(part, body=b"")
    if part.rule is Rule.ITEM and found is not None:
        body = _kept_ended(run, part, body, found)
    draft = find.drafted(run.taker.codec, body, part, run.ids[number])
    _note_dangling(run, part, body)
    if run.taker.carried is not None and not part.place:
        run.taker.carried.check(draft)
        run.taker.carried.people.update((draft.id,) if part.kind == "Patient" else ())
    before = await run.tx.read(part.kind, draft.id)
    is_there = before is not None and not before.is_deleted
    if is_there and before is not None:
        if find.is_same(body, before):
            run.taken.known += 1
            return
        if part.own_id == draft.id and part.rule is not Rule.MESSAGE:
            find.check_same(run.taker.codec, part, before, draft)
            if await find.is_older(run.tx, body, before):
                run.taken.notes.append(
                    f"{part.kind}/{draft.id}: this is an earlier version; the newest stays"
                )
                run.taken.known += 1
                return
    if part.rule in (Rule.OWN, Rule.NEW) and not part.place:
        await find.check_free(run.tx, run.taker.codec, part, draft)
    await _put(run, draft, before)


def _kept_ended(run: _Run, part: Part, body: bytes, found: Version) -> bytes:
    """Return the body of an order, ended where the record says that it ended.

    A cancellation may arrive before its order, and an order twice; neither revives what was ended.
    """
    before = parse(found.body)
    if before.get("status") not in ENDED or part.resource.get("status") in ENDED:
        return body
    run.taken.notes.append(
        f"{part.place}: {found.kind}/{found.id} is {before['status']} here, and stays so"
    )
    return edit.with_status(body, before)


async def _put(run: _Run, draft: Draft, before: Version | None) -> Version:
    deed = Deed.CREATE if before is None else Deed.UPDATE
    demand(run.taker.record.access, run.taker.actor, deed, draft.kind, patients=draft.patients)
    method = "POST" if before is None else "PUT"
    version = await run.tx.put(draft, method=method, expected=before.number if before else 0)
    run.taken.written.append(version)
    return version


def _note_dangling(run: _Run, part: Part, body: bytes) -> None:
    if part.rule is Rule.MESSAGE or not part.place:
        return
    lost = [url for url in references_in(body).urls if url.startswith("urn:")]
    if lost:
        run.taken.notes.append(f"{part.place}: refers to {lost[0]}, which is not in the Bundle")


async def _tie_late(run: _Run) -> None:
    """Write dispenses anew that came before the people or prescriptions written now."""
    async for draft in ties(run.tx, run.taker.codec, tuple(run.taken.written)):
        await _put(run, draft, await run.tx.read(draft.kind, draft.id))
        run.taken.notes.append(f"{draft.kind}/{draft.id} came before and was tied to what came now")


async def _tie(run: _Run, message: Part) -> None:
    """Write which versions came by a message."""
    versions = [v for v in run.taken.written if v.kind != message.kind]
    targets = [f"{v.kind}/{v.id}/_history/{v.number}" for v in versions]
    bundle = f"{message.kind}/{run.ids[0]}"
    who, at = run.taker.actor.id, instant(run.taker.now)
    body = edit.source_of(targets or [bundle], bundle, who, at)
    draft = FhirCodec.drafted(run.taker.codec, body, kind=PROVENANCE, id=_tie_id(message))
    await _put(run, draft, await run.tx.read(PROVENANCE, draft.id))
