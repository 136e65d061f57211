"""The moment of prescribing: draft orders in, for each one calm card out, and what became of it.

patient or person, drafts -> decide each among the others -> budget -> Card unless told -> Answered
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from garrod.care.decide.budget import Ledger, moved_from
from garrod.care.decide.card import Card, card_of, quiet_card
from garrod.care.decide.knowledge import Knowledge
from garrod.care.decide.model import Clear, Decision
from garrod.care.decide.naming import codes_of_line, named_in
from garrod.care.decide.notices import notice_of, unread_order
from garrod.care.decide.outcomes import Telling, for_pharmacist, seen
from garrod.care.decide.ports import Also, CardDeed, CardEvent, CardMemory, People
from garrod.care.decide.restricted import Restriction, warned
from garrod.care.decide.service import decide
from garrod.care.decide.sittings import Sittings
from garrod.core.advice import Advice, NotAssessed, Target, Tier
from garrod.core.medicine import ANY_LINE, Act, MedicineLine, Proposal
from garrod.core.person import Person

Judge = Callable[[Knowledge, Person, Proposal, date], Decision]
NO_DOSE = "no daily dose could be read of the draft, so no rule about doses was applied"
NAMELESS = "the draft names no medicine"


class Purpose(StrEnum):
    """What an order is asked about for: to be chosen, to be signed, or merely looked up."""

    SELECT = "select"
    SIGN = "sign"
    LOOK = "look"  # counts in no budget, and repeats what was told before


@dataclass(frozen=True, slots=True)
class Answered:
    """What one draft order is answered with; `card` is None where nothing is to be shown.

    `is_quiet` says that there is a card which was answered before, or shown in this sitting.
    `worklist` is for the pharmacist, what was `moved` there over the budget among it.
    """

    order: MedicineLine
    decision: Decision
    card: Card | None
    is_quiet: bool = False
    worklist: Card | None = None
    moved: tuple[Advice, ...] = ()

    @property
    def clear(self) -> tuple[Clear, ...]:
        """Return what was checked and needs no change."""
        return self.decision.clear

    @property
    def not_assessed(self) -> tuple[NotAssessed, ...]:
        """Return what could not be assessed, and why."""
        return self.decision.not_assessed


def _decided(knowledge: Knowledge, person: Person, proposal: Proposal, today: date) -> Decision:
    return decide(knowledge, person, proposal, today=today)


def without(person: Person, orders: Sequence[MedicineLine]) -> Person:
    """Return a person without the lines that are themselves the orders, or were made of them.

    An order that is on record stands on the list already: it is no duplicate of itself.
    """
    asked = {order.reference for order in orders if order.reference}
    kept = tuple(
        line
        for line in person.medicines
        if line.reference not in asked and asked.isdisjoint(line.renews)
    )
    return person if len(kept) == len(person.medicines) else replace(person, medicines=kept)


class Moment:
    """Answers orders for people of the record, and keeps what became of the cards.

    `ledger` counts a site's orders; moments of one site share one.
    """

    def __init__(
        self,
        knowledge: Knowledge,
        people: People,
        memory: CardMemory,
        *,
        clock: Callable[[], datetime],
        judge: Judge = _decided,
        ledger: Ledger | None = None,
        restriction: Restriction | None = None,
    ) -> None:
        self.knowledge = knowledge
        self.people = people
        self.memory = memory
        self.clock = clock
        self.ledger = ledger or Ledger(knowledge.prescribing.budget)
        self.sittings = Sittings()
        self.restriction = restriction
        self._judge = judge

    async def answered(
        self,
        actor: object,
        patient: str,
        orders: Sequence[MedicineLine],
        *,
        person: Person | None = None,
        purpose: Purpose = Purpose.SIGN,
        sitting: str = "",
    ) -> tuple[Answered, ...]:
        """Return an answer to each draft, the other drafts counted among what is taken.

        `person` is used where a door has read them already (a hook's prefetch). Within one
        `sitting` ("" is none) a card is shown once, a hard stop until it is answered.
        Raises: AccessDenied, NotFound REC001.
        """
        who = without(person or await self.people.person(actor, patient), orders)
        whole = await self._whole(actor, patient, orders)
        known = frozenset(await self.memory.acknowledged(actor, patient))
        found = []
        for place, order in enumerate(orders):
            rest = (*orders[:place], *orders[place + 1 :])
            # Two drafts of one repeat are one too many: neither is the line that the other renews.
            others = tuple(replace(draft, renews=(ANY_LINE,)) for draft in rest)
            among = replace(who, medicines=(*who.medicines, *others)) if others else who
            one = self._one(among, order, known)
            if whole is not None:
                beside = replace(whole, medicines=(*whole.medicines, *others))
                one = self._warned(one, beside, known)
            if purpose is not Purpose.LOOK:
                one = self._told(one, patient, sitting, known)
            found.append(one)
        return tuple(found)

    async def _whole(
        self, actor: object, patient: str, orders: Sequence[MedicineLine]
    ) -> Person | None:
        """Return the person with what is hidden from the actor; None where nothing is."""
        if self.restriction is None or not patient:
            return None
        found = await self.restriction.hidden(actor, patient)
        return None if found is None else without(found, orders)

    def _warned(self, one: Answered, whole: Person, known: frozenset[str]) -> Answered:
        """Return an answer that points to what is hidden, where that would stop the order."""
        assert self.restriction is not None, "the whole is read only where it is spoken of"
        proposal = Proposal(Act.ORDER, one.order)
        full = self._judge(self.knowledge, whole, proposal, self.clock().date())
        target = Target(one.order.text or "medicine", codes_of_line(one.order))
        decision = warned(one.decision, full, target, self.restriction)
        if decision is one.decision:
            return one
        return replace(
            one, decision=decision, card=card_of(decision, target, known), is_quiet=False
        )

    def _one(self, person: Person, order: MedicineLine, known: frozenset[str]) -> Answered:
        """Return an order's decision and card, as if no budget were and nothing had been shown."""
        target = Target(order.text or "medicine", codes_of_line(order))
        if not order.text.strip() and not order.codings:
            gap = unread_order(target, NAMELESS)
            return Answered(
                order, Decision(not_assessed=(gap,)), notice_of(target, (), because=gap)
            )
        proposal = Proposal(Act.ORDER, order)
        decision = self._judge(self.knowledge, person, proposal, self.clock().date())
        is_undosed = order.daily_mg is None and order.weekly_mg is None
        if is_undosed and named_in(self.knowledge.medicines, order):
            gap = NotAssessed(target, "dose", NO_DOSE, "unread")
            decision = replace(decision, not_assessed=(*decision.not_assessed, gap))
        unknown = [n for n in decision.not_assessed if n.code == "unknown-drug"]
        card = card_of(decision, target, known)
        is_quiet = card is None and card_of(decision, target) is not None
        if card is None and not is_quiet and unknown:
            card = notice_of(target, decision.not_assessed, because=unknown[0])
        return Answered(order, decision, card, is_quiet, quiet_card(decision, target))

    def _told(self, one: Answered, patient: str, sitting: str, known: frozenset[str]) -> Answered:
        """Return an answer within the budget and without what this sitting was told."""
        at = self.clock()
        if one.card is not None:
            place = (sitting, patient, one.card.id)
            is_hard = one.card.tier is Tier.T1
            was_told = self.sittings.was_answered(place, at) or (
                not is_hard and self.sittings.was_shown(place, at)
            )
            if was_told:
                return replace(one, card=None, is_quiet=True)
            self.sittings.show(place, at)
        tier = one.card.tier if one.card is not None else Tier.T5
        key = f"{sitting}|{patient}|{one.order.reference}" if sitting else ""
        if self.ledger.may_interrupt(key, tier) or one.card is None:
            return one
        decision, moved = moved_from(one.decision)
        target = one.card.target
        return replace(
            one,
            decision=decision,
            card=card_of(decision, target, known),
            worklist=quiet_card(decision, target),
            moved=moved,
        )

    async def shown(
        self,
        actor: object,
        answered: Sequence[Answered],
        telling: Telling,
        *,
        also: Sequence[Also] = (),
    ) -> tuple[CardEvent, ...]:
        """Keep that cards were shown, and what went to the pharmacist; return the events.

        `also` is written in the same transaction.
        """
        events = [
            seen(one.card, telling, CardDeed.SHOWN) for one in answered if one.card is not None
        ]
        tasks = self.knowledge.prescribing.follow_ups
        events += [
            for_pharmacist(one.worklist, one.worklist.quiet, telling, tasks)
            for one in answered
            if one.worklist is not None and tasks
        ]
        await self.memory.keep(actor, tuple(events), also=also)
        return tuple(events)

    async def keep(
        self,
        actor: object,
        events: Sequence[CardEvent],
        *,
        sitting: str = "",
        also: Sequence[Also] = (),
    ) -> None:
        """Keep what became of cards: shown, accepted, overridden with the reason and its task.

        `also` (the order itself) is written in the same transaction.
        """
        await self.memory.keep(actor, tuple(events), also=also)
        for event in events:
            if event.deed in (CardDeed.ACCEPTED, CardDeed.OVERRIDDEN):
                self.sittings.answer((sitting, event.patient, event.card), event.at)
