"""What is remembered of cards about people whom the record does not know: next to nothing.

CardEvent -> a note that stands beside the record, belongs to nobody in it and acknowledges nothing
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from uuid import uuid4

from garrod.care.decide.ports import Also, CardDeed, CardEvent
from garrod.care.record.ports import Store, Tx

ROOM = "card-of-stranger"


class Strangers:
    """Keeps events as notes. Every method raises OutsideError STO003 to STO006."""

    def __init__(self, store: Store) -> None:
        self.store = store

    async def acknowledged(self, actor: object, patient: str) -> Mapping[str, CardDeed]:
        """Return no card: who is not known here acknowledged nothing here."""
        return {}

    async def keep(
        self, actor: object, events: tuple[CardEvent, ...], *, also: Sequence[Also] = ()
    ) -> None:
        """Keep what happened, and what `also` writes, all or nothing."""
        notes = [(str(uuid4()), _written(event)) for event in events]

        async def work(tx: Tx) -> None:
            for more in also:
                await more(tx)
            for id, said in notes:
                await tx.keep(ROOM, id, said)

        if notes or also:
            await self.store.transact(work)

    async def kept(self) -> tuple[dict[str, object], ...]:
        """Return what was kept, in no order."""
        return tuple(json.loads(said) for _, said in await self.store.notes(ROOM))


def _written(event: CardEvent) -> str:
    return json.dumps({**asdict(event), "at": event.at.isoformat()}, ensure_ascii=False)
