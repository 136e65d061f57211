"""What became of cards, kept as notes beside the record until the record's own memory takes it.

CardEvent -> a note each, and which cards of a person were answered
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from uuid import uuid4

from garrod.care.decide.ports import CardDeed, CardEvent
from garrod.care.record.ports import Store, Tx

ANSWERED, EVENTS = "card-answered", "card-event"
ANSWERS = (CardDeed.ACCEPTED, CardDeed.OVERRIDDEN)


class NotedMemory:
    """Keeps events as notes. Every method raises OutsideError STO003 to STO006."""

    def __init__(self, store: Store) -> None:
        self.store = store

    async def acknowledged(self, actor: object, patient: str) -> Mapping[str, CardDeed]:
        """Return the cards of a person that were accepted or overridden, by card id."""
        said = await self.store.note(ANSWERED, patient)
        return {} if said is None else {k: CardDeed(v) for k, v in json.loads(said).items()}

    async def keep(self, actor: object, events: tuple[CardEvent, ...]) -> None:
        """Keep what happened, all or nothing."""
        if not events:
            return
        named = [(str(uuid4()), event) for event in events]

        async def work(tx: Tx) -> None:
            for id, event in named:
                told = {**asdict(event), "at": event.at.isoformat()}
                await tx.keep(EVENTS, id, json.dumps(told, ensure_ascii=False))
                if event.deed in ANSWERS and event.patient:
                    before = json.loads(await tx.note(ANSWERED, event.patient) or "{}")
                    before[event.card] = event.deed.value
                    await tx.keep(ANSWERED, event.patient, json.dumps(before))

        await self.store.transact(work)


class Strangers:
    """Keeps what became of cards about people whom the record does not know: notes, no more."""

    def __init__(self, store: Store) -> None:
        self._notes = NotedMemory(store)

    async def keep(self, events: Sequence[CardEvent]) -> None:
        """Keep what happened, all or nothing."""
        await self._notes.keep(None, tuple(events))


class Nothing:
    """Remembers nothing: for people whom the record does not know."""

    async def acknowledged(self, actor: object, patient: str) -> Mapping[str, CardDeed]:
        """Return no card."""
        return {}

    async def keep(self, actor: object, events: tuple[CardEvent, ...]) -> None:
        """Keep nothing."""
