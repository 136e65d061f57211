"""What an answer needs and says, and how what was shown is remembered.

what is said of drafts -> cards as JSON, notes of each by its uuid, events of the record
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

from garrod.adapters.cds.again import command_of
from garrod.adapters.cds.cards import Place, card_json, suggested
from garrod.adapters.cds.catalogue import Service
from garrod.adapters.cds.fetch import Reader
from garrod.adapters.cds.model import Call
from garrod.adapters.cds.shown import Shown, packs_of
from garrod.care.decide.card import Card
from garrod.care.decide.model import NOTHING, Decision
from garrod.care.decide.moment import Answered
from garrod.care.decide.outcomes import Telling
from garrod.care.decide.ports import CardDeed, CardEvent
from garrod.care.govern.access import Actor
from garrod.core.advice import Target, Tier
from garrod.core.errors import GarrodError
from garrod.entry.consult import Consult
from garrod.entry.hooks.desk import Settings
from garrod.entry.hooks.persons import Known

NOT_KEPT = "what was shown could not be kept: feedback on it will not be understood"


@dataclass(frozen=True, slots=True)
class Desk:
    """What an answer needs: who asks, what decides, who reads elsewhere."""

    consult: Consult
    reader: Reader
    settings: Settings
    actor: Actor
    page: str = ""  # where our own sources are told of
    base: str = ""  # our own address, as the caller knows it


@dataclass(frozen=True, slots=True)
class Said:
    """What is said of one draft. `outcome` is card, notice, quiet, clear, nothing or unread.

    `answer` is that of the moment of prescribing, where there is one.
    """

    reference: str
    card: Card | None
    outcome: str
    decision: Decision = NOTHING
    answer: Answered | None = None

    @property
    def shown(self) -> Answered | None:
        """Return what the record keeps of it: a card with advice, or what is for the pharmacist."""
        if self.answer is None:
            return None
        is_advice = self.card is not None and bool(self.card.advice)
        return self.answer if is_advice else replace(self.answer, card=None)


def laid_out(
    desk: Desk, service: Service, call: Call, who: Known, said: Sequence[Said]
) -> tuple[list[dict[str, Any]], list[Shown]]:
    """Return the cards, and what is to be remembered of each."""
    cards: list[dict[str, Any]] = []
    shown: list[Shown] = []
    if all(one.card is None for one in said):
        return cards, shown
    is_recorded = who.local == call.patient and not who.resources
    again = command_of(call, desk.base, service.id, is_recorded=is_recorded)
    for one in said:
        if one.card is None:
            continue
        place = Place(
            uuid4(), call.patient, one.reference, desk.page, desk.settings.app, again=again
        )
        cards.append(card_json(one.card, place))
        shown.append(_shown(desk, service, call, who.local, (one.card, place)))
    return cards, shown


def _shown(desk: Desk, service: Service, call: Call, local: str, of: tuple[Card, Place]) -> Shown:
    card, place = of
    return Shown(
        uuid=str(place.uuid),
        patient=local,
        service=service.id,
        by=call.user or desk.actor.id,
        at=desk.consult.clock(),
        order=place.order,
        card=card.id,
        tier=card.tier.value,
        headline=card.headline,
        name=card.target.name,
        codes=card.target.codes,
        advice=tuple(a.id for a in card.advice),
        packs=packs_of(card),
        reasons={r.code: r.follow_up for r in card.reasons},
        suggestions={s.id: s.label for s in suggested(card, place)},
    )


async def kept(
    desk: Desk, call: Call, who: Known, said: Sequence[Said], shown: Sequence[Shown]
) -> list[str]:
    """Keep what was shown; a card is given even where that fails, and it is said."""
    answers = [a for one in said if (a := one.shown) is not None]
    telling = Telling(who.local, call.user or desk.actor.id, desk.consult.clock())
    try:
        if who.local and answers:
            also = (desk.consult.shown.keeping(shown),) if shown else ()
            await desk.consult.moment.shown(desk.actor, answers, telling, also=also)
        else:
            await desk.consult.shown.keep(shown)
    except GarrodError:
        return [NOT_KEPT]
    return []


def event_of(shown: Shown, deed: CardDeed) -> CardEvent:
    """Return that something became of a card that was shown."""
    return CardEvent(
        card=shown.card,
        patient=shown.patient,
        target=Target(shown.name, shown.codes),
        tier=Tier(shown.tier),
        headline=shown.headline,
        advice=shown.advice,
        packs=shown.packs,
        deed=deed,
        by=shown.by,
        at=shown.at,
    )
