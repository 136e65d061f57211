"""Many acts at once: all of them or none (transaction), or each for itself (batch).

entries -> conditions looked up, ids given -> references resolved -> written in FHIR's order

What a small transaction writes is drafted before the store's own transaction is begun, so that
others wait for the writing alone.
Source: HL7 FHIR R4 (4.0.1), RESTful API, "Transaction Processing Rules",
https://hl7.org/fhir/R4/http.html#trules
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from garrod.care.govern.access import Actor, Deed, demand
from garrod.care.record.entries import ORDER, Done, Entry, Method
from garrod.care.record.ports import Tx
from garrod.care.record.seen_store import given
from garrod.care.record.service import Record, sole, written_by
from garrod.care.record.taken import check_free
from garrod.core.errors import GarrodError, InputError
from garrod.core.resource import Draft, Version

Patcher = Callable[[Entry, bytes], bytes]
Getter = Callable[[Entry], Awaitable[Done]]
DEEDS = {
    Method.POST: Deed.CREATE,
    Method.PUT: Deed.UPDATE,
    Method.PATCH: Deed.UPDATE,
    Method.DELETE: Deed.DELETE,
    Method.GET: Deed.READ,
}

_WHOLE = (Method.POST, Method.PUT)  # whose entries hold the whole resource
SMALL = 32_768  # Not clinical: bytes of a transaction that is drafted at once, in milliseconds


@dataclass(slots=True)
class _Run:
    """One run of a transaction: what it works with, and what is known of its entries so far."""

    record: Record
    tx: Tx
    patch: Patcher
    ids: dict[int, str] = field(default_factory=dict)  # of entries that are written
    found: dict[int, Version] = field(default_factory=dict)  # of conditions that name one
    targets: dict[str, str] = field(default_factory=dict)  # full url or search -> Kind/id
    done: dict[int, Done] = field(default_factory=dict)
    ready: Mapping[int, Draft] = field(default_factory=dict)  # drafted before


async def transact(
    record: Record, actor: Actor, entries: Sequence[Entry], *, patch: Patcher, get: Getter
) -> list[Done]:
    """Do all acts in one transaction and return what came of each, in the order given.

    Raises: AccessDenied, FhirError, InputError REC006 (two entries write the same resource),
    TooMany, VersionConflict; then nothing is written.
    """
    new_ids = [record.new_id() for _ in entries]
    _check(entries)
    for entry in entries:
        demand(record.access, actor, DEEDS[entry.method], entry.kind)
    ready = _ready(record, entries, new_ids)

    async def work(tx: Tx) -> dict[int, Done]:
        run = _Run(record, tx, patch, ready=ready)
        given(tx, *new_ids)
        for number, entry in enumerate(entries):
            await _settle(run, number, entry, new_ids[number])
        _no_two(entries, run)
        for method in ORDER[:-1]:
            for number, entry in enumerate(entries):
                if entry.method is method:
                    run.done[number] = await _act(run, number, entry)
        await record.react(tx, _written_in(run))
        return run.done

    done = await record.seen_by(actor).transact(work)
    if record.gate is not None:
        record.gate.touched({entry.kind for entry in entries})
    for number, entry in enumerate(entries):
        if entry.method is Method.GET:
            done[number] = await get(entry)
    return [done[number] for number in range(len(entries))]


def _ready(record: Record, entries: Sequence[Entry], new_ids: Sequence[str]) -> dict[int, Draft]:
    """Return the drafts of entries that need nothing of the store to be drafted.

    Of a large transaction none: it is drafted where it holds up no reader.
    """
    if sum(len(entry.body) for entry in entries) > SMALL:
        return {}
    known = {
        entry.full_url: f"{entry.kind}/{entry.id or new}"
        for entry, new in zip(entries, new_ids, strict=True)
        if entry.full_url and entry.method in _WHOLE and entry.search is None
    }
    unknown = {entry.full_url for entry in entries if entry.search is not None}
    made = {}
    for number, entry in enumerate(entries):
        if entry.method not in _WHOLE or entry.search is not None:
            continue
        named = record.codec.references(entry.body)
        lost = any(u in unknown or (u not in known and u.startswith("urn:")) for u in named.urls)
        if lost or named.searches:
            continue
        targets = {url: known[url] for url in named.urls if url in known}
        body = record.codec.resolved(entry.body, targets) if targets else entry.body
        parsed = None if targets else entry.parsed
        id = entry.id or new_ids[number]
        made[number] = record.codec.drafted(body, kind=entry.kind, id=id, resource=parsed)
    return made


def _written_in(run: _Run) -> list[Version]:
    """Return what a run has written: not what its conditions found."""
    found = {id(version) for version in run.found.values()}
    done = (d.version for d in run.done.values())
    return [version for version in done if version is not None and id(version) not in found]


async def batch(entries: Sequence[Entry], act: Callable[[Entry], Awaitable[Done]]) -> list[Done]:
    """Do each act for itself; one that fails harms no other."""
    done = []
    for entry in entries:
        try:
            done.append(await act(entry))
        except GarrodError as fault:
            done.append(Done(0, fault=fault))
    return done


def _check(entries: Sequence[Entry]) -> None:
    """Raise InputError REC006 where two entries have one full url or write one resource."""
    urls = Counter(e.full_url for e in entries if e.full_url and e.method is not Method.GET)
    twice = [url for url, times in urls.items() if times > 1]
    if twice:
        raise InputError(
            f"two entries of the transaction have the full url {twice[0]!r}: each needs its own.",
            code="REC006",
        )


async def _settle(run: _Run, number: int, entry: Entry, new: str) -> None:
    """Look up an entry's condition, and say under which id it is written."""
    found = await sole(run.tx, entry.search, entry.condition)
    if found is not None:
        run.found[number] = found
    if found is None:
        await check_free(run.tx, entry.kind, entry.own_id, entry.condition)
    elif entry.own_id and entry.own_id != found.id:
        raise InputError(
            f"the body's id is {entry.own_id!r}, and {entry.condition!r} names "
            f"{entry.kind}/{found.id}: leave the id out, or correct one of them.",
            code="REC005",
        )
    id = found.id if found is not None else entry.id or entry.own_id or new
    if entry.method in (Method.POST, Method.PUT) or found is not None or entry.id:
        run.ids[number] = id
    if entry.full_url and entry.method in (Method.POST, Method.PUT):
        run.targets[entry.full_url] = f"{entry.kind}/{id}"


def _no_two(entries: Sequence[Entry], run: _Run) -> None:
    """Raise InputError REC006 where two entries write the same resource."""
    written = Counter(
        f"{entry.kind}/{run.ids[number]}"
        for number, entry in enumerate(entries)
        if entry.method is not Method.GET and number in run.ids
    )
    twice = [name for name, times in written.items() if times > 1]
    if twice:
        raise InputError(
            f"two entries of the transaction write {twice[0]}: put them into one, or into two "
            "transactions.",
            code="REC006",
        )


async def _act(run: _Run, number: int, entry: Entry) -> Done:
    found, id = run.found.get(number), run.ids.get(number, "")
    if entry.method is Method.DELETE:
        gone = await run.tx.delete(entry.kind, id, expected=entry.expected) if id else None
        return Done(204, gone)
    if entry.method is Method.POST and found is not None:
        return Done(200, found)
    if entry.method is Method.PATCH:
        return await _patched(run, entry, id)
    draft = run.ready.get(number)
    if draft is None:
        body = await _resolved(run, entry.body)
        parsed = entry.parsed if body is entry.body else None
        draft = run.record.codec.drafted(body, kind=entry.kind, id=id, resource=parsed)
    if entry.method is Method.POST:
        return Done(201, await run.tx.put(draft, method="POST", expected=0))
    expected = entry.expected
    if found is not None and expected is None:
        expected = found.number
    return await written_by(run.tx, draft, expected)


async def _patched(run: _Run, entry: Entry, id: str) -> Done:
    now = await run.tx.read(entry.kind, id) if id else None
    if now is None or now.is_deleted:
        named = id or entry.condition
        raise InputError(f"there is no {entry.kind}/{named} to patch.", code="REC001")
    body = run.patch(entry, run.record.codec.served(now))
    draft = run.record.codec.drafted(body, kind=entry.kind, id=now.id)
    expected = now.number if entry.expected is None else entry.expected
    return await written_by(run.tx, draft, expected, method="PATCH")


async def _resolved(run: _Run, body: bytes) -> bytes:
    """Return a body whose references to other entries, and by search, name resources."""
    codec = run.record.codec
    named = codec.references(body)
    if not named.urls and not named.searches:
        return body
    targets = {url: run.targets[url] for url in named.urls if url in run.targets}
    dangling = [url for url in named.urls if url not in targets and url.startswith("urn:")]
    if dangling:
        raise InputError(
            f"the transaction refers to {dangling[0]!r}, and no entry has that full url.",
            code="REC007",
        )
    for condition in named.searches:
        targets[condition] = await _sought(run, condition)
    return codec.resolved(body, targets) if targets else body


async def _sought(run: _Run, condition: str) -> str:
    """Return the resource that a conditional reference names: one, no more and no fewer."""
    query = run.record.codec.sought(condition)
    page = await run.tx.search(replace(query, count=2))
    if len(page.versions) != 1:
        how = "no resource" if not page.versions else "more than one"
        raise InputError(
            f"the reference {condition!r} names {how}: it has to name one.", code="REC007"
        )
    (only,) = page.versions
    return f"{only.kind}/{only.id}"
