"""The moment of prescribing: one card an order, none twice, the budget, and what becomes of it."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from garrod.care.decide.budget import Budget, Ledger
from garrod.care.decide.moment import NO_DOSE, Answered, Moment, Purpose
from garrod.care.decide.outcomes import Telling, accepted, overridden
from garrod.care.decide.ports import Also, CardDeed, CardEvent
from garrod.core.advice import Tier
from garrod.core.medicine import MedicineLine
from garrod.core.person import Person
from tests.making.decisions import ADULT, CYP2C19_PM, KNOWLEDGE, hla

AT = datetime(2026, 11, 25, 9, tzinfo=UTC)
TELLING = Telling("p1", "Practitioner/1", AT)
POOR = replace(ADULT, findings=(CYP2C19_PM,))
CLOPIDOGREL = MedicineLine("clopidogrel", daily_mg=Decimal(75), reference="MedicationRequest/1")
ABACAVIR = MedicineLine("abacavir", daily_mg=Decimal(600), reference="MedicationRequest/2")
RISK = replace(ADULT, findings=(hla("HLA-B", "*57:01 positive"),))


class Desk:
    """People, and a memory that keeps what it is told, as the record does."""

    def __init__(self, person: Person, *, most: int = 50) -> None:
        self.who = person
        self.events: list[CardEvent] = []
        self.at = AT
        self.moment = Moment(
            KNOWLEDGE, self, self, clock=lambda: self.at, ledger=Ledger(Budget(most, 100))
        )

    async def person(self, actor: object, patient: str) -> Person:
        return self.who

    async def acknowledged(self, actor: object, patient: str) -> Mapping[str, CardDeed]:
        answers = (CardDeed.ACCEPTED, CardDeed.OVERRIDDEN)
        return {e.card: e.deed for e in self.events if e.deed in answers}

    async def keep(
        self, actor: object, events: tuple[CardEvent, ...], *, also: Sequence[Also] = ()
    ) -> None:
        self.events += events

    def ask(
        self,
        *orders: MedicineLine,
        sitting: str = "",
        purpose: Purpose = Purpose.SIGN,
        person: Person | None = None,
    ) -> tuple[Answered, ...]:
        return asyncio.run(
            self.moment.answered(
                None, "p1", orders, sitting=sitting, purpose=purpose, person=person
            )
        )

    def keeps(self, *events: CardEvent, sitting: str = "") -> None:
        asyncio.run(self.moment.keep(None, events, sitting=sitting))


def loud(found: Sequence[Answered]) -> list[Tier | None]:
    return [a.card.tier if a.card else None for a in found]


def test_each_draft_gets_its_answer_the_others_counted_among_what_is_taken() -> None:
    both = Desk(POOR).ask(CLOPIDOGREL, MedicineLine("omeprazole"))
    assert both[0].card is not None
    assert both[0].card.tier is Tier.T2
    (alone,) = Desk(POOR).ask(MedicineLine("omeprazole"))
    assert both[1].decision != alone.decision


def test_answered_card_is_not_shown_again_until_something_changes() -> None:
    desk = Desk(POOR)
    (first,) = desk.ask(CLOPIDOGREL)
    assert first.card is not None
    desk.keeps(accepted(first.card, TELLING, option=first.card.options[0].name))
    (again,) = desk.ask(CLOPIDOGREL)
    assert (again.card, again.is_quiet) == (None, True)
    assert again.decision.advice
    desk.who = replace(ADULT, findings=(hla("HLA-B", "*57:01 positive"), CYP2C19_PM))
    (other,) = desk.ask(ABACAVIR)
    assert other.card is not None


def test_signing_does_not_repeat_what_selecting_showed() -> None:
    desk = Desk(POOR)
    assert loud(desk.ask(CLOPIDOGREL, sitting="s", purpose=Purpose.SELECT)) == [Tier.T2]
    (signed,) = desk.ask(CLOPIDOGREL, sitting="s")
    assert (signed.card, signed.is_quiet) == (None, True)
    assert loud(desk.ask(CLOPIDOGREL, sitting="another")) == [Tier.T2]
    desk.at = AT + timedelta(hours=9)
    assert loud(desk.ask(CLOPIDOGREL, sitting="s")) == [Tier.T2]
    assert desk.moment.ledger.use.orders == 2


def test_hard_stop_is_repeated_until_it_is_answered_and_comes_again_in_another_sitting() -> None:
    desk = Desk(RISK)
    for _ in range(2):
        (stop,) = desk.ask(ABACAVIR, sitting="s")
        assert stop.card is not None
        assert stop.card.tier is Tier.T1
    assert stop.card is not None
    told = overridden(
        stop.card, TELLING, "benefit-outweighs", second="Practitioner/2",
        follow_ups=KNOWLEDGE.prescribing.follow_ups,
    )  # fmt: skip
    desk.keeps(told, sitting="s")
    assert loud(desk.ask(ABACAVIR, sitting="s")) == [None]
    assert loud(desk.ask(ABACAVIR, sitting="t")) == [Tier.T1]
    assert loud(desk.ask(ABACAVIR)) == [Tier.T1]


def test_over_the_budget_the_pharmacist_is_told_and_a_hard_stop_stays() -> None:
    desk = Desk(POOR, most=0)
    (moved,) = desk.ask(CLOPIDOGREL)
    assert moved.card is None
    assert [a.tier for a in moved.moved] == [Tier.T4]
    assert moved.worklist is not None
    asyncio.run(desk.moment.shown(None, (moved,), TELLING))
    (event,) = desk.events
    assert (event.deed, [f.owner for f in event.follow_ups]) == (CardDeed.MOVED, ["pharmacist"])
    desk.who = RISK
    assert loud(desk.ask(ABACAVIR)) == [Tier.T1]
    assert desk.moment.ledger.use.moved == 1


def test_looking_up_counts_in_no_budget_and_repeats_what_was_said() -> None:
    desk = Desk(POOR, most=0)
    for _ in range(2):
        assert loud(desk.ask(CLOPIDOGREL, purpose=Purpose.LOOK, sitting="s")) == [Tier.T2]
    assert desk.moment.ledger.use.orders == 0


def test_what_is_shown_is_kept() -> None:
    desk = Desk(POOR)
    asyncio.run(desk.moment.shown(None, desk.ask(CLOPIDOGREL), TELLING))
    assert [e.deed for e in desk.events if e.deed is not CardDeed.MOVED] == [CardDeed.SHOWN]


def test_draft_without_a_dose_a_known_name_or_any_name_is_never_passed_silently() -> None:
    undosed, unknown, nameless = Desk(ADULT).ask(
        MedicineLine("paracetamol"), MedicineLine("xyzzymab"), MedicineLine(" ")
    )
    assert NO_DOSE in {n.reason for n in undosed.not_assessed}
    assert not any("dose-range" in clear.genes for clear in undosed.clear)
    for one in (unknown, nameless):
        assert one.card is not None
        assert one.card.tier is Tier.T3
        assert one.not_assessed
        assert one.card.headline.startswith("Not fully checked")
    (said,) = [n for n in unknown.not_assessed if n.code == "unknown-drug"]
    assert said.target.name == "xyzzymab"


def test_person_that_a_door_has_read_is_used() -> None:
    desk = Desk(ADULT)
    assert loud(desk.ask(CLOPIDOGREL, person=POOR)) == [Tier.T2]
    assert date(2026, 11, 25) == desk.moment.clock().date()


def test_renewal_of_an_answered_treatment_is_quiet_and_a_second_line_is_not() -> None:
    desk = Desk(POOR)
    (first,) = desk.ask(CLOPIDOGREL)
    assert first.card is not None
    rows = KNOWLEDGE.prescribing.follow_ups
    desk.keeps(overridden(first.card, TELLING, "benefit-outweighs", follow_ups=rows))
    desk.who = replace(POOR, medicines=(CLOPIDOGREL,))
    renewal = replace(CLOPIDOGREL, reference="", renews=(CLOPIDOGREL.reference,))
    (again,) = desk.ask(renewal)
    assert again.card is None
    assert again.is_quiet
    said = [(a.id, a.tier, a.title) for a in again.decision.advice if a.id.startswith("duplicates")]
    assert said == [
        ("duplicates:renews-clopidogrel:clopidogrel", Tier.T5,
         "Clopidogrel: goes on with what is taken"),
    ]  # fmt: skip
    (second,) = desk.ask(replace(renewal, renews=()))
    assert second.card is not None
    assert "duplicates:ingredient-clopidogrel:clopidogrel" in [a.id for a in second.card.advice]


def test_two_drafts_of_one_repeat_are_one_too_many() -> None:
    taken = MedicineLine("ramipril 5mg capsules", reference="MedicationRequest/r")
    desk = Desk(replace(ADULT, medicines=(taken,)))
    draft = replace(taken, reference="", renews=(taken.reference,), daily_mg=Decimal(5))
    (alone,) = desk.ask(draft)
    assert alone.card is None
    for one in desk.ask(draft, draft):
        assert one.card is not None
        assert [a.id for a in one.card.advice] == ["duplicates:exact-ramipril:ramipril"]
