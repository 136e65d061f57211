"""Feedback on cards: understood by the uuid under which each was shown, and kept as an event.

JSON -> what became of each card -> CardEvent, with the task that a reason makes
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import orjson

from garrod.adapters.cds.cards import ANSWER
from garrod.adapters.cds.feedback import Told, feedback_of
from garrod.adapters.cds.shown import Shown
from garrod.adapters.fhir.cards import REASONS
from garrod.care.decide.ports import CardDeed, CardEvent, FollowUp
from garrod.core.errors import InputError
from garrod.entry.hooks.keeping import Desk, event_of

AHEAD = timedelta(minutes=5)  # Not clinical: how far another clock may be ahead of this one


async def told(desk: Desk, service: str, body: bytes) -> tuple[int, bytes]:
    """Keep what became of cards; return status and body: which were kept, which nobody knows.

    Raises: InputError CDS001, CDS002, CDS005, CDS007 (none is known), OutsideError.
    """
    events: list[CardEvent] = []
    kept, unknown = [], []
    for one in feedback_of(body):
        shown = await desk.consult.shown.find(one.card)
        if shown is None or shown.service != service:
            unknown.append(one.card)
            continue
        kept.append(one.card)
        events.append(_event(desk, shown, one))
    if not kept:
        raise InputError(
            "no card of this service was shown under these uuids: nothing was kept.", code="CDS007"
        )
    await desk.consult.moment.keep(desk.actor, [e for e in events if e.patient])
    await desk.consult.passing.keep(desk.actor, [e for e in events if not e.patient])
    answer: dict[str, Any] = {"kept": kept, **({"unknown": unknown} if unknown else {})}
    return 200, orjson.dumps({"extension": {ANSWER: answer}})


def _event(desk: Desk, shown: Shown, one: Told) -> CardEvent:
    """Return what became of a card; a moment that is to come is taken for now."""
    now = desk.consult.clock()
    at = one.at if one.at <= now + AHEAD else now
    seconds = (at - shown.at).total_seconds()
    labels = (shown.suggestions.get(id, "") for id in one.suggestions)
    reason = one.reason if one.system in ("", REASONS) else f"{one.system}|{one.reason}"
    event = event_of(shown, CardDeed.ACCEPTED if one.is_accepted else CardDeed.OVERRIDDEN)
    return replace(
        event,
        at=at,
        reason="" if one.is_accepted else reason,
        words=one.comment,
        option=", ".join(label for label in labels if label),
        seconds=seconds if seconds >= 0 else None,
        follow_ups=() if one.is_accepted else _follow_ups(desk, shown, reason),
    )


def _follow_ups(desk: Desk, shown: Shown, reason: str) -> tuple[FollowUp, ...]:
    """Return the task that a reason makes, as the site's rules have it."""
    code = shown.reasons.get(reason, "")
    known = desk.consult.services.knowledge.prescribing.follow_ups
    return (known[code],) if code in known else ()
