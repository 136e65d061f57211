"""Patient/$everything: all that is stored of a person, page by page."""

from __future__ import annotations

from garrod.entry.api.exchange import Answer, Asked
from garrod.entry.api.rooms import Rooms
from garrod.entry.api.searching import page_of


async def everything(rooms: Rooms, asked: Asked) -> Answer:
    """Return a person's compartment, the person among it."""
    kind, id, _ = asked.path
    await rooms.record.read(asked.actor, kind, id)
    kinds = tuple(sorted(rooms.codec.kinds))
    return await page_of(rooms, asked, kinds, asked.path, patient=id)
