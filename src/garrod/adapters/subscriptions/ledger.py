"""Remembers who asked for a subscription and how far it was told: notes beside the record.

They stand in the record's own database, so that a backup holds both as of one moment: after it was
put back, each subscriber is told on from the place that it had reached then.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

from garrod.care.govern.access import Actor, actor_told, told_actor
from garrod.care.record.ports import Store, Tx

ROOM = "subscription"


@dataclass(frozen=True, slots=True)
class Place:
    """Whose a subscription is, what it asks for, and how far it was told."""

    owner: Actor
    definition: str
    started: int  # events behind this number belong to it
    position: int  # the last event that was looked at
    told: int  # events told so far


class Ledger:
    """The places of all subscriptions. Every method raises OutsideError STO003 to STO006."""

    def __init__(self, store: Store) -> None:
        self.store = store

    async def claim(self, id: str, definition: str, owner: Actor, sequence: int) -> None:
        """Remember who asked, and from which event on; the same asked again changes nothing."""
        new = Place(owner, definition, sequence, sequence, 0)

        async def work(tx: Tx) -> None:
            now = _read(await tx.note(ROOM, id))
            if now is None or now.definition != definition:
                await tx.keep(ROOM, id, _written(new))

        await self.store.transact(work)

    async def place(self, id: str) -> Place | None:
        """Return what is remembered of a subscription, or None."""
        return _read(await self.store.note(ROOM, id))

    async def tell(self, id: str, position: int, told: int) -> None:
        """Remember how far a subscription was told; never less than before."""

        async def work(tx: Tx) -> None:
            now = _read(await tx.note(ROOM, id))
            if now is not None and now.position < position:
                await tx.keep(ROOM, id, _written(replace(now, position=position, told=told)))

        await self.store.transact(work)

    async def forget(self, id: str) -> None:
        """Remember a subscription no more."""
        await self.store.transact(lambda tx: tx.keep(ROOM, id, None))


def _written(place: Place) -> str:
    told = {
        "owner": told_actor(place.owner),
        "definition": place.definition,
        "started": place.started,
        "position": place.position,
        "told": place.told,
    }
    return json.dumps(told, separators=(",", ":"))


def _read(text: str | None) -> Place | None:
    if text is None:
        return None
    told = json.loads(text)
    return Place(**{**told, "owner": actor_told(told["owner"])})
