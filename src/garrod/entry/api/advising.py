"""What `$advise` and POST /advice share: a person of the record, orders, what is said of each.

Nothing is kept of it, and nothing counts in the alert budget: it is a question, not an order.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from garrod.adapters.cds.cards import Place
from garrod.adapters.cds.guidance import Guided
from garrod.adapters.cds.model import Draft
from garrod.adapters.fhir.json import Resource
from garrod.adapters.fhir.tasks_open import open_tasks
from garrod.care.decide.card import Card, card_of
from garrod.care.decide.model import Decision
from garrod.care.decide.moment import Purpose
from garrod.care.decide.notices import notice_of, unread_order
from garrod.care.decide.reviewing import review_cards
from garrod.care.govern.access import Actor
from garrod.care.monitor.raising import FOLLOW_UPS
from garrod.core.advice import NotAssessed, Target
from garrod.core.errors import AccessDenied, OutsideError
from garrod.entry.api.rooms import Rooms
from garrod.entry.consult import Consult

NOBODY = UUID(int=0)  # of a card that is not waited for


def consult_of(rooms: Rooms) -> Consult:
    """Return the moment of prescribing.  Raises: OutsideError API010 where there is none yet."""
    found = rooms.consult
    if not isinstance(found, Consult):
        raise OutsideError("the advisers are not there yet: ask again.", code="API010")
    return found


def place_of(patient: str, order: str = "") -> Place:
    """Return where a card of an answer stands."""
    return Place(NOBODY, patient, order)


async def guided(
    rooms: Rooms, actor: Actor, patient: str, drafts: Sequence[Draft]
) -> tuple[Guided, ...]:
    """Return what is said of each draft of a person.

    Raises: AccessDenied, NotFound REC001, Gone REC002.
    """
    consult = consult_of(rooms)
    person = await consult.people.person(actor, patient)
    lines = [d.line for d in drafts if not d.why]
    answers = iter(
        await consult.moment.answered(actor, patient, lines, person=person, purpose=Purpose.LOOK)
    )
    found = []
    for draft in drafts:
        target = _target(draft)
        if draft.why:
            found.append(_unread(target, unread_order(target, draft.why)))
            continue
        answer = next(answers)
        card = answer.card or card_of(answer.decision, target)
        found.append(Guided(target, answer.decision, card))
    return tuple(found)


async def reviewed(rooms: Rooms, actor: Actor, patient: str) -> Guided:
    """Return what is said of everything that a person takes; the loudest card with it.

    Raises: AccessDenied, NotFound REC001, Gone REC002.
    """
    consult = consult_of(rooms)
    person = await consult.people.person(actor, patient)
    decision = await consult.reviewed(actor, patient, person)
    cards: tuple[Card, ...] = review_cards(decision, most=1)
    return Guided(Target("medicines"), decision, cards[0] if cards else None)


def _unread(target: Target, gap: NotAssessed) -> Guided:
    return Guided(target, Decision(not_assessed=(gap,)), notice_of(target, (), because=gap))


def _target(draft: Draft) -> Target:
    line = draft.line
    return Target(line.text, tuple(f"{c.system}|{c.code}" for c in line.codings if c.code))


async def awaited(rooms: Rooms, actor: Actor, patient: str) -> tuple[Resource, ...] | None:
    """Return the open tasks that advice made of a person; None where they may not be read.

    Raises: OutsideError.
    """
    ours = consult_of(rooms).services.knowledge.prescribing.follow_ups.values()
    try:
        codes = {f.code for f in (*FOLLOW_UPS, *ours)}
        return await open_tasks(rooms.record, actor, patient, codes)
    except AccessDenied:
        return None
