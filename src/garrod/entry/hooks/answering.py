"""Answers the call of a hook: each draft once, with a card, with what could not be told, or silent.

Call -> person, drafts -> the moment of prescribing -> cards as CDS Hooks writes them
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

import orjson
import structlog

from garrod.adapters.cds.cards import Place, answer_json, card_json, suggested
from garrod.adapters.cds.catalogue import Service
from garrod.adapters.cds.fetch import Reader
from garrod.adapters.cds.model import Call, Draft
from garrod.adapters.cds.orders import drafts_of, is_selected, lost
from garrod.adapters.cds.request import call_of
from garrod.adapters.cds.shown import Shown, packs_of
from garrod.adapters.fhir.json import Resource, text
from garrod.care.decide.card import Card
from garrod.care.decide.model import NOTHING, Decision
from garrod.care.decide.moment import Answered
from garrod.care.decide.notices import notice_of, unread_order, unseen_facts
from garrod.care.decide.ports import CardDeed, CardEvent
from garrod.care.decide.reviewing import review_cards
from garrod.care.govern.access import Actor
from garrod.core.advice import NotAssessed, Target, Tier
from garrod.core.errors import AccessDenied, GarrodError
from garrod.core.medicine import MedicineLine
from garrod.entry.consult import Consult
from garrod.entry.hooks.desk import Settings
from garrod.entry.hooks.persons import Known, known, without

LOG = structlog.get_logger()
OURS_FAILED = "something went wrong here while it was checked"
NOT_KEPT = "what was shown could not be kept: feedback on it will not be understood"


@dataclass(frozen=True, slots=True)
class Desk:
    """What an answer needs: who asks, what decides, who reads elsewhere."""

    consult: Consult
    reader: Reader
    settings: Settings
    actor: Actor
    page: str = ""  # where our own sources are told of


@dataclass(frozen=True, slots=True)
class Said:
    """What is said of one draft. `outcome` is card, notice, quiet, clear, nothing or unread."""

    reference: str
    card: Card | None
    outcome: str
    decision: Decision = NOTHING


async def answered(desk: Desk, service: Service, body: bytes) -> tuple[int, bytes]:
    """Return status and body of the answer to a call; 412 where nothing at all can be said.

    Raises: InputError CDS001 to CDS004, OutsideError where the store cannot be read.
    """
    call = call_of(body, service)
    who = await known(desk.consult, desk.reader, desk.actor, call, desk.settings.fhir)
    if not who.is_known:
        return 412, orjson.dumps(_nothing_known(who))
    if service.drafts:
        said, notes = await _of_drafts(desk, call, who)
    else:
        said, notes = await _of_review(desk, who), []
    cards, shown = _told(desk, service, call, who, said)
    notes += await _kept(desk, who, said, shown)
    orders = [_summary(one) for one in said] if service.drafts else []
    answer = answer_json(cards, orders, (*who.notes, *notes))
    return 200, orjson.dumps(answer)


async def _of_drafts(desk: Desk, call: Call, who: Known) -> tuple[list[Said], list[str]]:
    """Return what is said of each draft asked about, in the order sent."""
    call, missing = await _with_dispatched(desk, call, who)
    found = drafts_of(call, frozenset((f"Patient/{call.patient}",)), who.resources)
    notes = [f"{found.others} orders are no medicines and were not looked at"] * bool(found.others)
    readable = [d for d in found.drafts if not d.why]
    asked = [d for d in (*found.drafts, *missing) if is_selected(d, call)]
    by_line = {id(d): a for d, a in zip(readable, await _judged(desk, who, readable), strict=True)}
    return [_said_of(who, d, by_line.get(id(d))) for d in asked], notes


async def _judged(desk: Desk, who: Known, drafts: Sequence[Draft]) -> Sequence[Answered | None]:
    """Return the answers of the moment; None for each where something of ours failed."""
    lines = [d.line for d in drafts]
    person = without(who.person, lines)
    moment = desk.consult.moment if who.local else desk.consult.passing
    try:
        return await moment.answered(desk.actor, who.local, lines, person=person)
    except AccessDenied:
        return await desk.consult.passing.answered(desk.actor, "", lines, person=person)
    except GarrodError:
        raise
    except Exception as error:  # a card that says so is safer than a door that fails
        LOG.error("CDS100 unforeseen fault", kind=type(error).__name__)
        return [None for _ in drafts]


def _said_of(who: Known, draft: Draft, answer: Answered | None) -> Said:
    target = _target(draft.line)
    if answer is None:
        gap = unread_order(target, draft.why or OURS_FAILED)
        return Said(draft.reference, notice_of(target, (), because=gap), "unread")
    decision = answer.decision
    gaps = [unseen_facts(target, sorted(who.person.unseen))] * bool(who.person.unseen)
    decision = replace(decision, not_assessed=(*gaps, *decision.not_assessed))
    if answer.card is not None:
        gaps = [g for g in gaps if g not in answer.card.not_assessed]
        card = replace(answer.card, not_assessed=(*gaps, *answer.card.not_assessed))
        return Said(draft.reference, card, "card", decision)
    because = next(iter((*gaps, *_unknown(decision))), None)
    if because is not None:
        card = notice_of(target, decision.not_assessed, because=because)
        return Said(draft.reference, card, "notice", decision)
    quiet = "clear" if decision.clear else "nothing"
    return Said(draft.reference, None, "quiet" if answer.is_quiet else quiet, decision)


def _unknown(decision: Decision) -> list[NotAssessed]:
    return [n for n in decision.not_assessed if n.code == "unknown-drug"]


async def _of_review(desk: Desk, who: Known) -> list[Said]:
    decision = desk.consult.review(who.person)
    seen: frozenset[str] = frozenset()
    if who.local:
        try:
            seen = frozenset(await desk.consult.memory.acknowledged(desk.actor, who.local))
        except AccessDenied:
            seen = frozenset()
    cards = review_cards(decision, seen)
    if who.person.unseen and not cards:
        target = Target("medicines")
        gap = unseen_facts(target, sorted(who.person.unseen))
        cards = (notice_of(target, (), because=gap),)
    return [Said("", card, "card", decision) for card in cards]


async def _with_dispatched(desk: Desk, call: Call, who: Known) -> tuple[Call, list[Draft]]:
    """Return the call with the orders that it only refers to, and those that nobody gave."""
    if not call.dispatched:
        return call, []
    entries, missing = [], []
    for reference in call.dispatched:
        kind, _, id = reference.rpartition("/")
        found = await _order(desk, call, who, kind.rpartition("/")[2], id)
        if found is None:
            missing.append(lost(reference))
        else:
            entries.append({"resource": found})
    return replace(call, orders={"resourceType": "Bundle", "entry": entries}), missing


async def _order(desk: Desk, call: Call, who: Known, kind: str, id: str) -> Resource | None:
    """Return an order that was sent along, that the caller's server has, or that we have."""
    for resource in who.resources:
        if text(resource, "resourceType") == kind and text(resource, "id") == id:
            return resource
    if not kind.isalpha() or not id:
        return None
    if call.ehr is not None and call.ehr.base.rstrip("/") != desk.settings.fhir:
        return await desk.reader.resource(call.ehr, f"{kind}/{id}")
    if not who.local:
        return None
    try:
        version = await desk.consult.record.read(desk.actor, kind, id)
    except GarrodError:
        return None
    return {**orjson.loads(version.body), "id": id}


def _told(
    desk: Desk, service: Service, call: Call, who: Known, said: Sequence[Said]
) -> tuple[list[dict[str, Any]], list[Shown]]:
    """Return the cards, and what is to be remembered of each."""
    cards, shown = [], []
    for one in said:
        if one.card is None:
            continue
        place = Place(uuid4(), call.patient, one.reference, desk.page, desk.settings.app)
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


async def _kept(desk: Desk, who: Known, said: Sequence[Said], shown: Sequence[Shown]) -> list[str]:
    """Keep what was shown; a card is given even where that fails, and it is said."""
    try:
        await desk.consult.shown.keep(shown)
        if who.local:
            events = [event_of(one, CardDeed.SHOWN) for one in shown if one.advice]
            await desk.consult.moment.keep(desk.actor, events)
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
        order=shown.order,
    )


def _summary(said: Said) -> dict[str, Any]:
    gaps = said.card.not_assessed if said.card else said.decision.not_assessed
    return {
        "order": said.reference,
        "answer": said.outcome,
        "clear": [c.as_json() for c in said.decision.clear],
        "not_assessed": [n.as_json() for n in gaps],
    }


def _nothing_known(who: Known) -> dict[str, Any]:
    words = (
        "nothing is known of this person: no prefetch was sent, and neither the record here nor "
        "the caller's server told of them. No order was checked."
    )
    issue = {"severity": "error", "code": "not-found", "details": {"text": words}}
    said = [
        {"severity": "warning", "code": "informational", "details": {"text": note}}
        for note in who.notes
    ]
    return {"resourceType": "OperationOutcome", "issue": [issue, *said]}


def _target(line: MedicineLine) -> Target:
    return Target(line.text, tuple(f"{c.system}|{c.code}" for c in line.codings if c.code))
