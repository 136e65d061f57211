"""Answers the call of a hook: each draft once, with a card, with what could not be told, or silent.

Call -> person, drafts -> the moment of prescribing -> cards as CDS Hooks writes them
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import orjson
import structlog

from garrod.adapters.cds.cards import answer_json
from garrod.adapters.cds.catalogue import Service
from garrod.adapters.cds.model import Call, Draft
from garrod.adapters.cds.orders import drafts_of, is_selected, lost
from garrod.adapters.cds.request import call_of
from garrod.adapters.fhir.json import Resource, text
from garrod.care.decide.moment import Answered, Purpose
from garrod.care.decide.notices import notice_of, unread_order, unseen_facts
from garrod.care.decide.reviewing import review_cards
from garrod.core.advice import Target, Tier
from garrod.core.errors import AccessDenied, GarrodError
from garrod.core.medicine import MedicineLine
from garrod.entry.hooks.keeping import Desk, Said, kept, laid_out
from garrod.entry.hooks.persons import Known, known

LOG = structlog.get_logger()
CHOSEN, SIGNED = "order-select", "order-sign"
PURPOSES = {CHOSEN: Purpose.SELECT, SIGNED: Purpose.SIGN, "medication-refill": Purpose.SIGN}
OURS_FAILED = "something went wrong here while it was checked"


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
    cards, shown = laid_out(desk, service, call, who, said)
    notes += await kept(desk, call, who, said, shown)
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
    answers = await _judged(desk, call, who, readable)
    by_line = {id(d): a for d, a in zip(readable, answers, strict=True)}
    return [_said_of(who, d, by_line.get(id(d))) for d in asked], notes


async def _judged(
    desk: Desk, call: Call, who: Known, drafts: Sequence[Draft]
) -> Sequence[Answered | None]:
    """Return the answers of the moment; None for each where something of ours failed."""
    lines = [d.line for d in drafts]
    moment = desk.consult.moment if who.local else desk.consult.passing
    purpose = PURPOSES.get(call.hook, Purpose.LOOK)
    try:
        found = await moment.answered(
            desk.actor, who.local, lines, person=who.person, purpose=purpose
        )
        return [_once(desk, call, answer) for answer in found]
    except GarrodError:
        raise
    except Exception as error:  # a card that says so is safer than a door that fails
        LOG.error("CDS100 unforeseen fault", kind=type(error).__name__)
        return [None for _ in drafts]


def _once(desk: Desk, call: Call, answer: Answered) -> Answered:
    """Return an answer without the card that its prescriber saw when the medicine was chosen.

    The same service asked again shows it again: a client takes away what that service said before.
    """
    if answer.card is None or answer.card.tier is Tier.T1 or not call.user:
        return answer
    place = (f"{call.user}|{call.ehr.base if call.ehr else ''}", call.patient, answer.card.id)
    if call.hook == CHOSEN:
        desk.consult.chosen.show(place, desk.consult.clock())
    elif call.hook == SIGNED and desk.consult.chosen.was_shown(place, desk.consult.clock()):
        return replace(answer, card=None, is_quiet=True)
    return answer


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
        return Said(draft.reference, card, "card" if card.advice else "notice", decision, answer)
    because = next(iter(gaps), None)
    if because is not None and not answer.is_quiet:
        card = notice_of(target, decision.not_assessed, because=because)
        return Said(draft.reference, card, "notice", decision, answer)
    silent = "clear" if decision.clear else "nothing"
    outcome = "quiet" if answer.is_quiet else silent
    return Said(draft.reference, None, outcome, decision, answer)


async def _of_review(desk: Desk, who: Known) -> list[Said]:
    decision = await desk.consult.reviewed(desk.actor, who.local, who.person)
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
