"""The moment of prescribing: draft orders in, for each one calm card out, and what became of it.

patient or person, drafts -> decide each among the others -> Card unless acknowledged -> Answered
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from garrod.care.decide.card import Card, card_of
from garrod.care.decide.knowledge import Knowledge
from garrod.care.decide.model import Decision
from garrod.care.decide.ports import CardEvent, CardMemory, People
from garrod.care.decide.service import decide
from garrod.core.advice import Target
from garrod.core.medicine import Act, MedicineLine, Proposal
from garrod.core.person import Person

Judge = Callable[[Knowledge, Person, Proposal, date], Decision]


@dataclass(frozen=True, slots=True)
class Answered:
    """What one draft order is answered with; `card` is None where nothing is to be shown.

    `is_quiet` says that there is a card which the prescriber has acknowledged before.
    """

    order: MedicineLine
    decision: Decision
    card: Card | None
    is_quiet: bool = False


def _decided(knowledge: Knowledge, person: Person, proposal: Proposal, today: date) -> Decision:
    return decide(knowledge, person, proposal, today=today)


class Moment:
    """Answers orders for people of the record, and keeps what became of the cards."""

    def __init__(
        self,
        knowledge: Knowledge,
        people: People,
        memory: CardMemory,
        *,
        clock: Callable[[], datetime],
        judge: Judge = _decided,
    ) -> None:
        self.knowledge = knowledge
        self.people = people
        self.memory = memory
        self.clock = clock
        self._judge = judge

    async def answered(
        self,
        actor: object,
        patient: str,
        orders: Sequence[MedicineLine],
        *,
        person: Person | None = None,
    ) -> tuple[Answered, ...]:
        """Return an answer to each draft, the other drafts counted among what is taken.

        `person` is used where a door has read them already (a hook's prefetch).
        Raises: AccessDenied, NotFound REC001.
        """
        who = person or await self.people.person(actor, patient)
        known = await self.memory.acknowledged(actor, patient)
        found = []
        for place, order in enumerate(orders):
            others = (*orders[:place], *orders[place + 1 :])
            among = replace(who, medicines=(*who.medicines, *others))
            found.append(self._one(among, order, frozenset(known)))
        return tuple(found)

    def _one(self, person: Person, order: MedicineLine, known: frozenset[str]) -> Answered:
        proposal = Proposal(Act.ORDER, order)
        decision = self._judge(self.knowledge, person, proposal, self.clock().date())
        target = Target(
            order.text or "medicine", tuple(f"{c.system}|{c.code}" for c in order.codings)
        )
        card = card_of(decision, target, known)
        is_quiet = card is None and card_of(decision, target) is not None
        return Answered(order, decision, card, is_quiet)

    async def keep(self, actor: object, events: Sequence[CardEvent]) -> None:
        """Keep what became of cards: shown, accepted, overridden with the reason and its task."""
        await self.memory.keep(actor, tuple(events))
