"""Remembers which card stood where under which uuid: notes beside the record.

Feedback names a uuid and nothing else; what it was about is read here, also after a restart.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from garrod.care.decide.card import Card
from garrod.care.record.ports import Store, Tx

ROOM = "cds-card"


@dataclass(frozen=True, slots=True)
class Shown:
    """A card as it was shown: about whom, of which order, to whom, with which suggestions."""

    uuid: str
    patient: str
    service: str
    by: str
    at: datetime
    order: str
    card: str
    tier: str
    headline: str
    name: str
    codes: tuple[str, ...]
    advice: tuple[str, ...]
    packs: tuple[str, ...]
    reasons: dict[str, str] = field(default_factory=dict)  # code to its follow-up, or ""
    suggestions: dict[str, str] = field(default_factory=dict)  # id to what it is called


class ShownCards:
    """The cards that were shown. Every method raises OutsideError STO003 to STO006."""

    def __init__(self, store: Store) -> None:
        self.store = store

    async def keep(self, cards: Sequence[Shown]) -> None:
        """Remember cards, all or none."""
        if cards:
            await self.store.transact(self.keeping(cards))

    def keeping(self, cards: Sequence[Shown]) -> Callable[[Tx], Awaitable[None]]:
        """Return the work of remembering cards, to be done in a transaction with more in it."""
        notes = [(card.uuid, _written(card)) for card in cards]

        async def work(tx: Tx) -> None:
            for uuid, said in notes:
                await tx.keep(ROOM, uuid, said)

        return work

    async def find(self, uuid: str) -> Shown | None:
        """Return a card that was shown, or None."""
        said = await self.store.note(ROOM, uuid)
        return None if said is None else _read(said)


def packs_of(card: Card) -> tuple[str, ...]:
    """Return the packs that a card rests on."""
    return tuple(dict.fromkeys(p for advice in card.advice for p in advice.packs))


def _written(card: Shown) -> str:
    return json.dumps({**asdict(card), "at": card.at.isoformat()}, ensure_ascii=False)


def _read(said: str) -> Shown:
    found: dict[str, Any] = json.loads(said)
    for name in ("codes", "advice", "packs"):
        found[name] = tuple(found[name])
    return Shown(**{**found, "at": datetime.fromisoformat(found["at"])})
