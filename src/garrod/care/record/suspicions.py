"""The review queue, kept in the record's own database beside it: no door tells notes of this room.

items of a run -> kept; outcome of who reviews -> kept once, in one transaction
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from garrod.care.govern.snoop_model import Case
from garrod.care.govern.snoop_review import Item, Verdict, decided, item_told, new_items, told_item
from garrod.care.record.guarded import NotFound
from garrod.care.record.ports import Store, Tx, View

ROOM = "snooping"


async def queued(store: Store, cases: Sequence[Case], now: datetime) -> list[Item]:
    """Return what a run added to the queue, or changed in it; it is kept then."""

    async def work(tx: Tx) -> list[Item]:
        await tx.lock(ROOM)
        found = list(new_items(cases, await items(tx), now))
        for item in found:
            await tx.keep(ROOM, item.id, json.dumps(told_item(item)))
        return found

    return await store.transact(work)


async def items(view: View) -> list[Item]:
    """Return all of the queue: what is open first, the strongest first; then the decided."""
    found = [item_told(json.loads(text)) for _, text in await view.notes(ROOM)]
    return sorted(found, key=lambda i: (i.outcome is not None, -i.case.points, i.id))


async def item_of(view: View, id: str) -> Item:
    """Return one item.  Raises: NotFound REC001."""
    note = await view.note(ROOM, id)
    if note is None:
        raise NotFound("there is no such case in the queue.")
    return item_told(json.loads(note))


async def decide(store: Store, id: str, verdict: Verdict, now: datetime) -> Item:
    """Return an item with what was decided of it; it is kept, and decided once.

    Raises: NotFound REC001; InputError SNP001, DecidedBefore SNP002, AccessDenied SNP003.
    """

    async def work(tx: Tx) -> Item:
        await tx.lock(ROOM)
        found = decided(await item_of(tx, id), verdict, now)
        await tx.keep(ROOM, found.id, json.dumps(told_item(found)))
        return found

    return await store.transact(work)
