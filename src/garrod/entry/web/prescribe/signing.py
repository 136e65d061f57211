"""Signs an order: written once, its card's outcome and follow-up tasks with it; and takes it back.

Looked, answer of the prescriber -> MedicationRequest in the record -> CardEvent
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import orjson

from garrod.care.decide.card import Card
from garrod.care.decide.outcomes import Telling, accepted, overridden, seen
from garrod.care.decide.ports import CardDeed, CardEvent
from garrod.care.govern.access import Actor
from garrod.core.errors import VersionConflict
from garrod.entry.consult import Consult
from garrod.entry.web.prescribe.form import Form
from garrod.entry.web.prescribe.looking import Looked, looked

REQUEST = "MedicationRequest"
SERVICE = "ServiceRequest"


@dataclass(frozen=True, slots=True)
class At:
    """Who signs, for whom, with what at hand."""

    consult: Consult
    actor: Actor
    patient: str


@dataclass(frozen=True, slots=True)
class Signed:
    """What was written: kind and id, and whether it was just now."""

    kind: str
    id: str
    is_new: bool


async def sign(at: At, here: Looked, *, seconds: float, sitting: str) -> Signed:
    """Write an order under the id of its form, so that a form sent twice is one order.

    Raises: AccessDenied, FhirError, InputError INP001 (an answer that the card does not take).
    """
    id = id_of(at.patient, here.form)
    telling = Telling(at.patient, at.actor.id, at.consult.clock(), seconds)
    events = await _events(at, here, telling, f"{REQUEST}/{id}")
    body = _active(at, dict(here.order), id)
    return await _written(at, (REQUEST, id), body, events, sitting)


async def ask_for_test(
    at: At, here: Looked, number: int, *, seconds: float, sitting: str
) -> Signed:
    """Write the test that a card offers; the card is followed thereby.

    Raises: IndexError for a number that the card has not; AccessDenied, FhirError.
    """
    card = here.card
    option = card.options[number] if card else None
    if card is None or option is None or option.order is None:
        raise IndexError(number)
    id = id_of(at.patient, here.form)
    body = {**option.order, "subject": {"reference": f"Patient/{at.patient}"}}
    telling = Telling(at.patient, at.actor.id, at.consult.clock(), seconds)
    event = accepted(card, telling, option=option.name, order=f"{SERVICE}/{id}")
    return await _written(at, (SERVICE, id), _active(at, body, id), (event,), sitting)


async def undo(consult: Consult, actor: Actor, kind: str, id: str) -> bool:
    """Take back an order that nobody has touched since it was signed; return whether it was.

    Raises: AccessDenied, NotFound REC001, Gone REC002.
    """
    version = await consult.record.read(actor, kind, id)
    body = {**orjson.loads(version.body), "id": id}
    if body.get("status") != "active":
        return False
    # a request that is cancelled leaves its line on the list; one that was an error takes it along
    status = "entered-in-error" if kind == REQUEST else "revoked"
    try:
        await consult.record.update(
            actor, kind, id, orjson.dumps({**body, "status": status}), expected=1
        )
    except VersionConflict:
        return False
    return True


async def told(consult: Consult, actor: Actor, kind: str, id: str) -> dict[str, Any]:
    """Return an order as the record has it.  Raises: AccessDenied, NotFound REC001."""
    version = await consult.record.read(actor, kind, id)
    found: dict[str, Any] = orjson.loads(version.body)
    return {**found, "id": id}


async def _events(at: At, here: Looked, telling: Telling, order: str) -> tuple[CardEvent, ...]:
    """Return what becomes of the card of this order, and of the one that it stands in for."""
    events = []
    if here.form.instead:
        first = await looked(at.consult, at.actor, at.patient, Form(here.form.instead))
        names = {o.name for o in first.card.options} if first.card else set()
        said = here.medicine.name if here.medicine else here.form.drug
        if first.card is not None and said in names:
            events.append(accepted(first.card, telling, option=said, order=order))
    if here.card is not None and here.before is None and here.card.advice:
        events.append(_answered(at.consult, here.card, here.form, telling, order))
    return tuple(events)


def _answered(consult: Consult, card: Card, form: Form, telling: Telling, order: str) -> CardEvent:
    """Return that a card was overruled, or that the order went on without an answer."""
    if not form.reason:
        return seen(card, telling, CardDeed.IGNORED)
    return overridden(
        card,
        telling,
        form.reason,
        words=form.words,
        second=form.second,
        order=order,
        follow_ups=consult.services.knowledge.prescribing.follow_ups,
    )


def _active(at: At, order: dict[str, Any], id: str) -> dict[str, Any]:
    now = at.consult.clock().isoformat(timespec="seconds")
    requester = {"display": "Prescriber of this server"}
    if at.actor.id.startswith("Practitioner/"):
        requester = {"reference": at.actor.id}
    return {
        **order,
        "id": id,
        "status": "active",
        "intent": "order",
        "authoredOn": now,
        "requester": requester,
    }


async def _written(
    at: At,
    named: tuple[str, str],
    body: dict[str, Any],
    events: tuple[CardEvent, ...],
    sitting: str,
) -> Signed:
    """Write an order and what became of its card in one transaction: both, or neither."""
    kind, id = named
    record = at.consult.record
    order = record.updating(at.actor, kind, id, orjson.dumps(body), expected=0)
    try:
        await at.consult.moment.keep(at.actor, events, sitting=sitting, also=(order,))
    except VersionConflict:
        return Signed(kind, id, is_new=False)
    return Signed(kind, id, is_new=True)


def id_of(patient: str, form: Form) -> str:
    """Return the id of the order that a form makes."""
    return f"rx-{sha256(f'{patient} {form.key}'.encode()).hexdigest()[:32]}"
