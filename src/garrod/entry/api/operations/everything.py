"""Patient/$everything: all that is stored of a person, page by page."""

from __future__ import annotations

from garrod.entry.api.exchange import Answer, Asked
from garrod.entry.api.rooms import Rooms
from garrod.entry.api.searching import kinds_for, page_of


async def everything(rooms: Rooms, asked: Asked) -> Answer:
    """Return a person's compartment, the person among it."""
    id = asked.path[1]
    return await page_of(rooms, asked, kinds_for(rooms, asked.actor), asked.path, patient=id)
